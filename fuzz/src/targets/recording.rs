//! Any bytes as a recording that the source `rowing` listens to: it comes to an end, without a panic,
//! and its streams are opened and finished in turn.

use std::io::Cursor;
use std::sync::Arc;
use std::time::Duration;

use ble::{Recorded, Recording};
use pipeline_plugin::{
    Cancel, Context, Fate, Header, Item, Result, SourceCx, SourceFuture, SourcePlugin, StreamOut,
    VirtualClock, block_on,
};
use plugin_rowing::Rowing;

#[derive(Default)]
struct Turns {
    is_open: bool,
}

impl Turns {
    fn done<T: Send + 'static>(&mut self, was: bool, is: bool, value: T) -> SourceFuture<'_, T> {
        assert_eq!(self.is_open, was);
        self.is_open = is;
        Box::pin(std::future::ready(Result::Ok(value)))
    }
}

impl StreamOut for Turns {
    fn open(&mut self, _: Header) -> SourceFuture<'_, ()> {
        self.done(false, true, ())
    }

    fn send(&mut self, _: Item) -> SourceFuture<'_, ()> {
        self.done(true, true, ())
    }

    fn finish(&mut self) -> SourceFuture<'_, Fate> {
        self.done(true, false, Fate::Delivered)
    }
}

pub(crate) fn fuzz(bytes: &[u8]) {
    let Ok(recording) = Recording::new(Cursor::new(bytes.to_vec())) else {
        return;
    };
    // The source looks up every minute, and does no more in a week than in a day.
    let Ok(again) = Recording::new(bytes) else {
        panic!("the same bytes are a recording");
    };
    if again.survey().duration > Duration::from_secs(86_400) {
        return;
    }
    let clock = Arc::new(VirtualClock::new(recording.head().start));
    let cancel = Cancel::default();
    let central = Recorded::new(recording, clock.clone(), cancel.clone());
    let cx = SourceCx::new(Context::new("fuzz", cancel, |_| ()), clock);
    let cx = cx.with_ble(Arc::new(central), None);
    let _ = block_on(Rowing::default().run(&mut Turns::default(), &cx));
}
