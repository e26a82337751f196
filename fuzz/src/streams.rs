//! What the targets of readers share: a reader with one of its settings, and the rules of streams.

use std::io::Cursor;

use pipeline_plugin::{
    Context, Header, Input, Item, Output, ReaderPlugin, Result, Settings, Streams, Timestamp,
    testing,
};

/// Takes what a reader sends and keeps the rules that all readers share: streams are opened and
/// finished in turn, batches are whole, and times never go back.
pub(crate) struct Keeper {
    open: bool,
    last: Option<Timestamp>,
    first: fn(&Header) -> Option<Timestamp>,
    other: fn(&Item, Option<Timestamp>),
}

impl Keeper {
    /// `first` is the time that no sample of a stream is before, `other` what must hold for an item
    /// that is no batch, given the time of the sample before it.
    pub(crate) fn new(
        first: fn(&Header) -> Option<Timestamp>,
        other: fn(&Item, Option<Timestamp>),
    ) -> Self {
        Keeper {
            open: false,
            last: None,
            first,
            other,
        }
    }
}

impl Output for Keeper {
    fn send(&mut self, item: Item) -> Result<()> {
        assert!(self.open, "an item without an open stream");
        let Item::Samples(batch) = item else {
            (self.other)(&item, self.last);
            return Ok(());
        };
        assert!(!batch.is_empty(), "an empty batch");
        for time in batch.time() {
            assert!(self.last <= Some(*time), "time goes back");
            self.last = Some(*time);
        }
        let mut columns = batch.columns().iter();
        assert!(columns.all(|column| column.values.len() == batch.len()));
        Ok(())
    }
}

impl Streams for Keeper {
    fn open(&mut self, header: Header) -> Result<()> {
        assert!(
            !std::mem::replace(&mut self.open, true),
            "two streams at once"
        );
        self.last = (self.first)(&header);
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        assert!(std::mem::take(&mut self.open), "no stream to finish");
        Ok(())
    }
}

/// Reads a file behind a first byte that chooses the settings.
pub(crate) fn read<R: ReaderPlugin + Settings>(
    bytes: &[u8],
    settings: &[&str],
    mut keeper: Keeper,
) {
    let Some((choice, file)) = bytes.split_first() else {
        return;
    };
    let settings = settings[usize::from(*choice) % settings.len()];
    let reader: R = testing::settings(settings).expect("settings");
    let input = Input {
        name: "fuzz",
        size: None,
        bytes: &mut Cursor::new(file),
    };
    let _ = reader.read(input, &mut keeper, &Context::detached());
}
