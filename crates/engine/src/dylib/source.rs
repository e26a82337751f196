//! A source of a library: it blocks on a thread of its own (R5), and its wishes are fulfilled on
//! the event loop.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use pipeline_plugin::export::Incoming;
use pipeline_plugin::{
    Cancel, Context, Error, ErrorKind, Header, Item, Place, Problem, Result, SourceCx,
    SourceFuture, SourcePlugin, StreamOut, Timestamp,
};
use tokio::sync::{mpsc, oneshot};

use super::call::Lend;
use super::stages::Stage;
use super::watch::{LOOK, Watch};
use crate::live::HostClock;

/// What the thread asks of the event loop.
enum Wish {
    Open(Box<Header>),
    Send(Item),
    Finish,
    Sleep(Duration),
}

/// A wish with a place for the answer, or the end.
enum Word {
    Wish(Wish, oneshot::Sender<Result<()>>),
    Done(Result<()>),
}

/// The way from the thread to the event loop.
pub(super) struct Bridge {
    say: mpsc::Sender<Word>,
    cx: SourceCx,
}

impl Bridge {
    fn ask(&self, wish: Wish) -> Result<()> {
        let (answer, answered) = oneshot::channel();
        self.say
            .blocking_send(Word::Wish(wish, answer))
            .map_err(|_| Error::cancelled())?;
        answered.blocking_recv().map_err(|_| Error::cancelled())?
    }

    pub(super) fn open(&self, header: Header) -> Result<()> {
        self.ask(Wish::Open(Box::new(header)))
    }

    pub(super) fn send(&self, item: Item) -> Result<()> {
        self.ask(Wish::Send(item))
    }

    pub(super) fn finish(&self) -> Result<()> {
        self.ask(Wish::Finish)
    }

    pub(super) fn now(&self) -> Timestamp {
        self.cx.now()
    }

    /// Waits; whether nobody asked to stop.
    pub(super) fn sleep(&self, microseconds: i64) -> Result<bool> {
        let micros = u64::try_from(microseconds).unwrap_or_default();
        match self.ask(Wish::Sleep(Duration::from_micros(micros))) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == ErrorKind::Cancelled => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// A source of a library.
pub(super) struct DylibSource(pub(super) Arc<Stage>);

impl SourcePlugin for DylibSource {
    fn check(&self, place: &Place) -> Vec<Problem> {
        self.0.check(place)
    }

    fn run<'a>(&'a self, out: &'a mut dyn StreamOut, cx: &'a SourceCx) -> SourceFuture<'a, ()> {
        Box::pin(async move {
            let watch = Watch::default();
            let mut hear = self.start(&watch, cx)?;
            loop {
                let word = match tokio::time::timeout(LOOK, hear.recv()).await {
                    Ok(Some(word)) => word,
                    Ok(None) => return Err(Error::new(ErrorKind::Plugin, "a source panicked")),
                    Err(_) => match watch.silence() {
                        Some(error) => return Err(error),
                        None => continue,
                    },
                };
                let (wish, answer) = match word {
                    Word::Done(result) => return result,
                    Word::Wish(wish, answer) => (wish, answer),
                };
                let result = match wish {
                    Wish::Open(header) => out.open(*header).await,
                    Wish::Send(item) => out.send(item).await,
                    Wish::Finish => out.finish().await,
                    Wish::Sleep(duration) => cx.sleep(duration).await,
                };
                let _ = answer.send(result);
            }
        })
    }
}

impl DylibSource {
    /// Starts the thread on which the plugin's `run` blocks.
    fn start(&self, watch: &Watch, cx: &SourceCx) -> Result<mpsc::Receiver<Word>> {
        let (say, hear) = mpsc::channel(1);
        let (stage, watch, cx) = (Arc::clone(&self.0), watch.clone(), cx.clone());
        let body = move || {
            watch.attach();
            let context = cx.context().clone();
            let bridge = Bridge {
                say: say.clone(),
                cx,
            };
            let lend = Lend::Source(&bridge, Incoming::default());
            let result = stage.run(&context, lend, "");
            let _ = say.blocking_send(Word::Done(result));
        };
        thread::Builder::new()
            .name(self.0.plugin.loaded.name.clone())
            .spawn(body)
            .map_err(|error| Error::io("start a thread", error))?;
        Ok(hear)
    }
}

/// Runs a source whose items go nowhere, asks it to stop after `time`, and returns how long it
/// then took: for those who check a plugin.
///
/// # Errors
///
/// What the source says.
pub fn try_source(source: &dyn SourcePlugin, time: Duration) -> Result<Duration> {
    let cancel = Cancel::default();
    let context = Context::new("check", cancel.clone(), |_| ());
    let cx = SourceCx::new(context, Arc::new(HostClock::default()));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .map_err(|error| Error::io("start the event loop", error))?;
    runtime.block_on(async {
        let mut out = Nowhere;
        let mut running = source.run(&mut out, &cx);
        if let Ok(result) = tokio::time::timeout(time, &mut running).await {
            return result.map(|()| Duration::ZERO);
        }
        cancel.throw();
        let asked = Instant::now();
        match running.await {
            Err(error) if error.kind() != ErrorKind::Cancelled => Err(error),
            _ => Ok(asked.elapsed()),
        }
    })
}

/// Takes everything.
struct Nowhere;

impl StreamOut for Nowhere {
    fn open(&mut self, _: Header) -> SourceFuture<'_, ()> {
        Box::pin(async { Ok(()) })
    }

    fn send(&mut self, _: Item) -> SourceFuture<'_, ()> {
        Box::pin(async { Ok(()) })
    }

    fn finish(&mut self) -> SourceFuture<'_, ()> {
        Box::pin(async { Ok(()) })
    }
}
