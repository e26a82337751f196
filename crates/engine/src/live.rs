//! Running a source that has to be waited for: a device.
//!
//! Three kinds of thread keep apart what must not wait for each other. The source runs alone,
//! on an event loop of its own. Its items go through one bounded channel to the thread with the
//! transforms, so a source waits at most for these. Each sink has a thread and a bounded queue;
//! one that fails or can't keep up is detached, and the others go on.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use pipeline_plugin::{
    Cancel, Clock, CommandQueue, Error, ErrorKind, Even, Fate, Header, Inputs, Item, Kind, Result,
    SourceFuture, SourcePlugin, StateStore, StreamOut,
};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{mpsc, oneshot};

use crate::chain::{Chain, Opening, Reached};
use crate::dylib::{Finished, Watch};
use crate::options::LiveOptions;
use crate::sink_thread::given_up;

/// Items that may wait for the transforms.
const QUEUE: usize = 256;

/// What the source asks of the thread with the transforms.
enum Request {
    Open(Box<Header>),
    Send(Item),
    Checkpoint(oneshot::Sender<Result<()>>),
    Finish(oneshot::Sender<Result<Fate>>),
    Settled(oneshot::Sender<Result<()>>),
}

/// Runs a source to its end; `reached` delivers what the sinks made of each stream, and returns
/// when it is delivered.
///
/// A stream that is open when the source fails is completed with what there is. `opened` counts the
/// streams that it wanted to open; `end` comes when that of the options does.
pub(crate) fn run(
    source: &dyn SourcePlugin,
    options: &LiveOptions,
    inputs: Arc<dyn Inputs>,
    opening: &Opening<'_>,
    opened: &AtomicU32,
    end: &OwnEnd,
    reached: &mut Finished<'_>,
) -> Result<()> {
    let runtime = event_loop()?;
    let (sender, receiver) = mpsc::channel(QUEUE);
    let watch = Watch::current();
    let commands = source.takes_commands().then(CommandQueue::default);
    let context = opening.context.clone().with_commands(commands.clone());
    let clock = options.clock();
    let cx = options.lend(context.clone(), Arc::clone(&clock));
    let cx = cx.with_inputs(inputs);
    let cancel = context.cancel();
    let opening = Opening {
        context: &context,
        ..opening.clone()
    };
    let no_more_commands = || commands.iter().for_each(CommandQueue::close);
    if opening.dry_run {
        // No sink is opened that could post any.
        no_more_commands();
    }
    let state = context.state();
    let trouble = Trouble::default();
    let trouble = &trouble;
    thread::scope(|scope| {
        let transforms = thread::Builder::new()
            .name("transforms".to_owned())
            .spawn_scoped(scope, move || {
                watch.as_ref().map(Watch::attach);
                transform(receiver, &opening, trouble, reached)
            })
            .map_err(|error| Error::io("start a thread", error))?;
        let mut out = ChannelOut {
            sender,
            opened,
            trouble,
            state: state.store(),
            clock: Arc::clone(&clock),
            even: None,
            ends: options.once.then_some((end, cancel)),
        };
        let work = source.run(&mut out, &cx);
        let over = || end.comes_unless_stopped(cancel);
        let result = runtime.block_on(for_most(options.most, &*clock, over, work));
        no_more_commands();
        drop(out);
        let rest = transforms
            .join()
            .unwrap_or_else(|_| Err(Error::new(ErrorKind::Plugin, "a transform panicked")));
        // What the transforms say is the cause when the source only saw its channel close.
        rest.and(result)
    })
}

/// What futures of sources run on: this thread.
///
/// # Errors
///
/// When the system has no room for it.
pub fn event_loop() -> Result<Runtime> {
    Builder::new_current_thread()
        .enable_time()
        .build()
        .map_err(|error| Error::io("start the event loop", error))
}

/// The end that a run was given: a time, or its first stream.
#[derive(Clone, Debug, Default)]
pub(crate) struct OwnEnd(Arc<AtomicBool>);

impl OwnEnd {
    /// Whether it has come: then the run was not to do more than it did.
    pub(crate) fn has_come(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    /// It comes: the run is asked to stop.
    fn comes(&self, cancel: &Cancel) {
        self.0.store(true, Ordering::SeqCst);
        cancel.throw();
    }

    /// The same, unless somebody has stopped the run before.
    fn comes_unless_stopped(&self, cancel: &Cancel) {
        if !cancel.is_thrown() {
            self.comes(cancel);
        }
    }
}

/// Waits for `work`; after that time it does what is to be done then, and waits on.
pub(crate) async fn for_most<T>(
    most: Option<Duration>,
    clock: &dyn Clock,
    at_the_end: impl Fn(),
    work: impl Future<Output = T>,
) -> T {
    let mut work = pin!(work);
    let mut over = most.map(|most| clock.sleep(most));
    std::future::poll_fn(|cx| {
        let result = work.as_mut().poll(cx);
        if result.is_pending()
            && let Some(sleep) = &mut over
            && sleep.as_mut().poll(cx).is_ready()
        {
            over = None;
            at_the_end();
        }
        result
    })
    .await
}

/// The thread with the transforms.
///
/// Whatever goes wrong with a stream gives up that stream: the source hears of it with the next thing
/// that it does, and may go on with another stream.
fn transform(
    mut requests: mpsc::Receiver<Request>,
    opening: &Opening<'_>,
    trouble: &Trouble,
    reached: &mut Finished<'_>,
) -> Result<()> {
    let mut chain: Option<Chain> = None;
    while let Some(request) = requests.blocking_recv() {
        match request {
            Request::Open(header) => {
                let opened = match chain.take() {
                    Some(_) => Err(misused("opened a stream while another was open")),
                    None => Chain::open(opening, *header),
                };
                chain = trouble.keep(opened);
            }
            Request::Send(item) => match &mut chain {
                Some(open) => {
                    if trouble.keep(open.send(item)).is_none() {
                        chain = None;
                    }
                }
                // What is left of a stream that was given up.
                None if trouble.is_known() => {}
                None => drop(trouble.keep::<()>(Err(misused("sent an item without a stream")))),
            },
            Request::Checkpoint(reply) => {
                let result = match &mut chain {
                    Some(chain) => chain
                        .checkpoint()
                        .and_then(|()| reached(Reached::Checkpoint))
                        .map(drop),
                    None => Err(trouble.take().unwrap_or_else(given_up)),
                };
                let _ = reply.send(result);
            }
            Request::Finish(reply) => {
                let result = match chain.take() {
                    Some(chain) => end(chain, reached),
                    None => Err(trouble.take().unwrap_or_else(given_up)),
                };
                let _ = reply.send(result);
            }
            Request::Settled(reply) => {
                let result = match &chain {
                    None => reached(Reached::Settled).map(drop),
                    Some(_) => Ok(()),
                };
                let _ = reply.send(result);
            }
        }
    }
    match chain {
        // Nobody waits for its fate any more.
        Some(chain) => end(chain, reached).map(|_| ()),
        None => trouble.take().map_or(Ok(()), Err),
    }
}

fn misused(what: &str) -> Error {
    Error::new(ErrorKind::Plugin, format!("the source {what}"))
}

/// Why the stream was given up, until the source has heard it.
#[derive(Default)]
struct Trouble {
    error: Mutex<Option<Error>>,
    /// A stream was given up, and none has been opened since.
    known: AtomicBool,
}

impl Trouble {
    fn lock(&self) -> MutexGuard<'_, Option<Error>> {
        self.error.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps what went wrong, if something did.
    fn keep<T>(&self, result: Result<T>) -> Option<T> {
        let (value, error) = match result {
            Ok(value) => (Some(value), None),
            Err(error) => (None, Some(error)),
        };
        self.known.store(error.is_some(), Ordering::Relaxed);
        if error.is_some() {
            *self.lock() = error;
        }
        value
    }

    fn is_known(&self) -> bool {
        self.known.load(Ordering::Relaxed)
    }

    fn take(&self) -> Option<Error> {
        self.lock().take()
    }
}

fn end(chain: Chain, reached: &mut Finished<'_>) -> Result<Fate> {
    Ok(if reached(Reached::End(chain.finish()?))? {
        Fate::Delivered
    } else {
        Fate::Undelivered
    })
}

/// What a source writes to.
struct ChannelOut<'a> {
    sender: mpsc::Sender<Request>,
    opened: &'a AtomicU32,
    trouble: &'a Trouble,
    state: &'a StateStore,
    /// Stands still while the transforms and sinks are waited for.
    clock: Arc<dyn Clock>,
    /// While an activity is open.
    even: Option<Even>,
    /// What comes with the first finished stream.
    ends: Option<(&'a OwnEnd, &'a Cancel)>,
}

impl ChannelOut<'_> {
    async fn ask<T>(
        &self,
        request: impl FnOnce(oneshot::Sender<Result<T>>) -> Request,
    ) -> Result<T> {
        let _hold = self.clock.hold();
        let (reply, answer) = oneshot::channel();
        self.sender
            .send(request(reply))
            .await
            .map_err(|_| given_up())?;
        answer.await.map_err(|_| given_up())?
    }

    async fn post(&self, request: Request) -> Result<()> {
        let _hold = self.clock.hold();
        self.sender.send(request).await.map_err(|_| given_up())
    }
}

impl StreamOut for ChannelOut<'_> {
    fn open(&mut self, header: Header) -> SourceFuture<'_, ()> {
        self.opened.fetch_add(1, Ordering::Relaxed);
        // Here and not where it is opened, so that what is set from now on is the stream's.
        self.state.stream_opened();
        // A log has the time that the system has, as soon as it knows better.
        self.even = (header.kind != Kind::Log).then(|| self.clock.evenly());
        // A sink may take its time, and the device goes on talking: nobody waits for it.
        Box::pin(self.post(Request::Open(Box::new(header))))
    }

    fn send(&mut self, item: Item) -> SourceFuture<'_, ()> {
        Box::pin(async {
            match self.trouble.take() {
                Some(error) => Err(error),
                None => self.post(Request::Send(item)).await,
            }
        })
    }

    fn checkpoint(&mut self) -> SourceFuture<'_, ()> {
        Box::pin(self.ask(Request::Checkpoint))
    }

    fn finish(&mut self) -> SourceFuture<'_, Fate> {
        Box::pin(async {
            let fate = self.ask(Request::Finish).await;
            self.even = None;
            let fate = fate?;
            if let Some((end, cancel)) = self.ends {
                end.comes(cancel);
            }
            Ok(fate)
        })
    }

    fn settled(&mut self) -> SourceFuture<'_, ()> {
        Box::pin(self.ask(Request::Settled))
    }
}
