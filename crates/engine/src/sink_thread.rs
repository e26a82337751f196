//! A sink on a thread of its own, for live streams.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use pipeline_plugin::{Delivered, Error, ErrorKind, Item, Result, Sink, Summary};

use crate::dylib::Watch;

/// Items that may wait for a sink before it is given up.
const QUEUE: usize = 4096;

/// How often to look whether a watched thread has ended.
const LOOK: Duration = Duration::from_millis(5);

/// How long a sink may take to make its items durable, those that wait for it included.
const CHECKPOINT: Duration = Duration::from_secs(60);

/// What a sink's thread is to do.
enum Work {
    Write(Item),
    Checkpoint(SyncSender<()>),
}

/// A sink with a thread and a queue of its own.
pub(crate) struct SinkThread {
    work: Option<SyncSender<Work>>,
    ends: SyncSender<Summary>,
    thread: Option<JoinHandle<Result<Option<Delivered>>>>,
    /// What still waits for the sink is not to be written.
    detached: Arc<AtomicBool>,
    /// Looks after the thread where plugins of libraries may go silent.
    watch: Option<Watch>,
}

impl SinkThread {
    /// Moves `sink` to a thread with the name of its stage.
    pub(crate) fn start(sink: Box<dyn Sink>, stage: &str) -> Result<Self> {
        let (work, queue) = sync_channel(QUEUE);
        let (ends, end) = sync_channel(1);
        let watch = Watch::current().map(|_| Watch::default());
        let watched = watch.clone();
        let detached = Arc::new(AtomicBool::new(false));
        let is_detached = Arc::clone(&detached);
        let thread = thread::Builder::new()
            .name(stage.to_owned())
            .spawn(move || {
                watched.as_ref().map(Watch::attach);
                write(sink, &queue, &end, &is_detached)
            })
            .map_err(|error| Error::io("start a thread", error))?;
        Ok(Self {
            work: Some(work),
            ends,
            thread: Some(thread),
            detached,
            watch,
        })
    }

    fn join(&mut self) -> Result<Option<Delivered>> {
        self.work = None;
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

    fn post(&mut self, work: Work) -> Result<()> {
        let Some(queue) = &self.work else {
            return Err(given_up());
        };
        match queue.try_send(work) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(_)) => {
                self.detach();
                Err(Error::skip("the sink can't keep up and was detached"))
            }
            Err(TrySendError::Disconnected(_)) => Err(self.ended()),
        }
    }

    /// Lets the thread end after what it is at.
    fn detach(&mut self) {
        self.detached.store(true, Ordering::Relaxed);
        self.work = None;
    }

    /// Why its thread has ended: only an error does that.
    fn ended(&mut self) -> Error {
        self.join().err().unwrap_or_else(given_up)
    }
}

/// The thread of a sink. Without an end the stream was given up, and so is what was written.
fn write(
    mut sink: Box<dyn Sink>,
    queue: &Receiver<Work>,
    end: &Receiver<Summary>,
    is_detached: &AtomicBool,
) -> Result<Option<Delivered>> {
    for work in queue {
        if is_detached.load(Ordering::Relaxed) {
            return Ok(None);
        }
        match work {
            Work::Write(item) => sink.write(&item)?,
            Work::Checkpoint(done) => {
                sink.checkpoint()?;
                let _ = done.try_send(());
            }
        }
    }
    match end.try_recv() {
        Ok(summary) => sink.finish(&summary).map(Some),
        Err(_) => Ok(None),
    }
}

impl Sink for SinkThread {
    fn write(&mut self, item: &Item) -> Result<()> {
        self.post(Work::Write(item.clone()))
    }

    fn checkpoint(&mut self) -> Result<()> {
        let (done, wait) = sync_channel(1);
        self.post(Work::Checkpoint(done))?;
        let until = Instant::now() + CHECKPOINT;
        loop {
            match wait.recv_timeout(LOOK) {
                Ok(()) => return Ok(()),
                Err(RecvTimeoutError::Disconnected) => return Err(self.ended()),
                Err(RecvTimeoutError::Timeout) => {}
            }
            if let Some(error) = self.watch.as_ref().and_then(Watch::silence) {
                self.detach();
                return Err(error);
            }
            if Instant::now() >= until {
                self.detach();
                let seconds = CHECKPOINT.as_secs();
                let message = format!("the sink did not make its items durable within {seconds} s");
                return Err(Error::skip(message));
            }
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
