//! A sink on a thread of its own, for live streams.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use pipeline_plugin::{Delivered, Error, ErrorKind, Item, Result, Sink, Summary};

use crate::dylib::Watch;

/// Items that may wait for a sink before it is given up.
const QUEUE: usize = 4096;

/// How often to look whether a watched thread has ended.
const LOOK: Duration = Duration::from_millis(5);

/// A sink with a thread and a queue of its own.
pub(crate) struct SinkThread {
    items: Option<SyncSender<Item>>,
    ends: SyncSender<Summary>,
    thread: Option<JoinHandle<Result<Option<Delivered>>>>,
    /// Looks after the thread where plugins of libraries may go silent.
    watch: Option<Watch>,
}

impl SinkThread {
    /// Moves `sink` to a thread with the name of its stage.
    pub(crate) fn start(sink: Box<dyn Sink>, stage: &str) -> Result<Self> {
        let (items, queue) = sync_channel(QUEUE);
        let (ends, end) = sync_channel(1);
        let watch = Watch::current().map(|_| Watch::default());
        let watched = watch.clone();
        let thread = thread::Builder::new()
            .name(stage.to_owned())
            .spawn(move || {
                watched.as_ref().map(Watch::attach);
                write(sink, &queue, &end)
            })
            .map_err(|error| Error::io("start a thread", error))?;
        Ok(Self {
            items: Some(items),
            ends,
            thread: Some(thread),
            watch,
        })
    }

    fn join(&mut self) -> Result<Option<Delivered>> {
        self.items = None;
        let thread = self.thread.take();
        if let (Some(watch), Some(thread)) = (&self.watch, &thread) {
            while !thread.is_finished() {
                if let Some(error) = watch.silence() {
                    return Err(error);
                }
                thread::sleep(LOOK);
            }
        }
        let thread = thread.map(JoinHandle::join);
        thread
            .unwrap_or(Ok(Ok(None)))
            .unwrap_or_else(|_| Err(Error::new(ErrorKind::Plugin, "the sink panicked")))
    }
}

/// The thread of a sink. Without an end the stream was given up, and so is what was written.
fn write(
    mut sink: Box<dyn Sink>,
    queue: &Receiver<Item>,
    end: &Receiver<Summary>,
) -> Result<Option<Delivered>> {
    for item in queue {
        sink.write(&item)?;
    }
    match end.try_recv() {
        Ok(summary) => sink.finish(&summary).map(Some),
        Err(_) => Ok(None),
    }
}

impl Sink for SinkThread {
    fn write(&mut self, item: &Item) -> Result<()> {
        let Some(items) = &self.items else {
            return Err(given_up());
        };
        match items.try_send(item.clone()) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(_)) => {
                self.items = None;
                Err(Error::skip("the sink can't keep up and was detached"))
            }
            // Its thread has ended: only an error does that.
            Err(TrySendError::Disconnected(_)) => match self.join() {
                Err(error) => Err(error),
                Ok(_) => Err(given_up()),
            },
        }
    }

    fn finish(mut self: Box<Self>, summary: &Summary) -> Result<Delivered> {
        let _ = self.ends.try_send(summary.clone());
        self.join()?.ok_or_else(given_up)
    }
}

pub(crate) fn given_up() -> Error {
    Error::skip("the stream was given up")
}
