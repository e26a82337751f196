//! Running a source that has to be waited for: a device.
//!
//! Three kinds of thread keep apart what must not wait for each other. The source runs alone,
//! on an event loop of its own. Its items go through one bounded channel to the thread with the
//! transforms, so a source waits at most for these. Each sink has a thread and a bounded queue;
//! one that fails or can't keep up is detached, and the others go on.

use std::pin::pin;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use pipeline_plugin::{
    Clock, Delivered, Error, ErrorKind, Header, Item, Result, Sink, SourceCx, SourceFuture,
    SourcePlugin, StreamOut, Summary, Timestamp,
};
use tokio::sync::{mpsc, oneshot};

use crate::chain::{Chain, Opening, Outcome};

/// Items that may wait for the transforms.
const QUEUE: usize = 256;

/// Items that may wait for a sink before it is given up.
const SINK_QUEUE: usize = 4096;

/// What the source asks of the thread with the transforms.
enum Command {
    Open(Box<Header>, oneshot::Sender<Result<()>>),
    Send(Item),
    Finish(oneshot::Sender<Result<()>>),
}

/// Runs a source to its end; `finished` delivers what the sinks made of each stream, and
/// returns when it is delivered.
///
/// A stream that is open when the source fails is completed with what there is.
pub(crate) fn run(
    source: &dyn SourcePlugin,
    opening: &Opening<'_>,
    finished: &mut (dyn FnMut(Vec<Outcome>) -> Result<()> + Send),
) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .map_err(|error| Error::io("start the event loop", error))?;
    let (sender, receiver) = mpsc::channel(QUEUE);
    let cx = SourceCx::new(opening.context.clone(), Arc::new(HostClock::new()));
    thread::scope(|scope| {
        let transforms = thread::Builder::new()
            .name("transforms".to_owned())
            .spawn_scoped(scope, move || transform(receiver, opening, finished))
            .map_err(|error| Error::io("start a thread", error))?;
        let mut out = ChannelOut { sender };
        let result = runtime.block_on(async { pin!(source.run(&mut out, &cx)).await });
        drop(out);
        let rest = transforms
            .join()
            .unwrap_or_else(|_| Err(Error::new(ErrorKind::Plugin, "a transform panicked")));
        // What the transforms say is the cause when the source only saw its channel close.
        rest.and(result)
    })
}

/// The thread with the transforms.
fn transform(
    mut commands: mpsc::Receiver<Command>,
    opening: &Opening<'_>,
    finished: &mut (dyn FnMut(Vec<Outcome>) -> Result<()> + Send),
) -> Result<()> {
    let mut chain: Option<Chain> = None;
    while let Some(command) = commands.blocking_recv() {
        match command {
            Command::Open(header, reply) => {
                let result = match &chain {
                    Some(_) => Err(Error::new(
                        ErrorKind::Plugin,
                        "two streams are open at once",
                    )),
                    None => Chain::open(opening, *header).map(|opened| chain = Some(opened)),
                };
                let _ = reply.send(result);
            }
            // An error ends this thread: the source sees its channel close.
            Command::Send(item) => match &mut chain {
                Some(chain) => chain.send(item)?,
                None => {
                    return Err(Error::new(
                        ErrorKind::Plugin,
                        "an item came without a stream",
                    ));
                }
            },
            Command::Finish(reply) => {
                let result = match chain.take() {
                    Some(chain) => chain.finish().and_then(&mut *finished),
                    None => Err(Error::new(ErrorKind::Plugin, "no stream is open")),
                };
                let _ = reply.send(result);
            }
        }
    }
    match chain {
        Some(chain) => chain.finish().and_then(finished),
        None => Ok(()),
    }
}

/// What a source writes to.
struct ChannelOut {
    sender: mpsc::Sender<Command>,
}

impl ChannelOut {
    async fn ask(
        &self,
        command: impl FnOnce(oneshot::Sender<Result<()>>) -> Command,
    ) -> Result<()> {
        let (reply, answer) = oneshot::channel();
        self.sender
            .send(command(reply))
            .await
            .map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
    }
}

fn closed() -> Error {
    Error::skip("the stream was given up")
}

impl StreamOut for ChannelOut {
    fn open(&mut self, header: Header) -> SourceFuture<'_, ()> {
        Box::pin(self.ask(|reply| Command::Open(Box::new(header), reply)))
    }

    fn send(&mut self, item: Item) -> SourceFuture<'_, ()> {
        Box::pin(async {
            self.sender
                .send(Command::Send(item))
                .await
                .map_err(|_| closed())
        })
    }

    fn finish(&mut self) -> SourceFuture<'_, ()> {
        Box::pin(self.ask(Command::Finish))
    }
}

/// UTC at the start of the run plus the monotonic clock: steps of the system's clock and
/// suspends do not move samples.
#[derive(Debug)]
struct HostClock {
    start: Timestamp,
    since: Instant,
}

impl HostClock {
    fn new() -> Self {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let micros = i64::try_from(now.unwrap_or_default().as_micros()).unwrap_or(i64::MAX);
        Self {
            start: Timestamp::from_micros(micros),
            since: Instant::now(),
        }
    }
}

impl Clock for HostClock {
    fn now(&self) -> Timestamp {
        self.start + self.since.elapsed().as_secs_f64()
    }

    fn sleep(&self, duration: Duration) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(tokio::time::sleep(duration))
    }
}

/// A sink with a thread and a queue of its own.
pub(crate) struct SinkThread {
    items: Option<SyncSender<Item>>,
    ends: SyncSender<Summary>,
    thread: Option<JoinHandle<Result<Option<Delivered>>>>,
}

impl SinkThread {
    /// Moves `sink` to a thread with the name of its stage.
    pub(crate) fn start(sink: Box<dyn Sink>, stage: &str) -> Result<Self> {
        let (items, queue) = sync_channel(SINK_QUEUE);
        let (ends, end) = sync_channel(1);
        let thread = thread::Builder::new()
            .name(stage.to_owned())
            .spawn(move || write(sink, &queue, &end))
            .map_err(|error| Error::io("start a thread", error))?;
        Ok(Self {
            items: Some(items),
            ends,
            thread: Some(thread),
        })
    }

    fn join(&mut self) -> Result<Option<Delivered>> {
        self.items = None;
        let thread = self.thread.take().map(JoinHandle::join);
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
            return Err(closed());
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
                Ok(_) => Err(closed()),
            },
        }
    }

    fn finish(mut self: Box<Self>, summary: &Summary) -> Result<Delivered> {
        let _ = self.ends.try_send(summary.clone());
        self.join()?.ok_or_else(closed)
    }
}
