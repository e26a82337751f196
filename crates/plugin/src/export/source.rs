//! An asynchronous source on the one thread that the host made for it.

use std::fmt;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context as TaskContext, Poll, Waker};
use std::time::Duration;

use super::Lent;
use super::stages::Out;
use crate::abi::Host;
use crate::{
    Answer, Clock, Command, CommandQueue, Header, Item, Output, Result, SourceCx, SourceFuture,
    SourcePlugin, StreamOut, Streams, Timestamp,
};

/// How long to wait for what is woken by another thread before looking again.
const LOOK: Duration = Duration::from_millis(10);

/// Runs a source to its end.
///
/// Futures must be `Send`, and the host may be called on this thread only. So a future that needs
/// the host leaves its wish here, and this loop fulfils it between two polls.
pub(super) fn run_source(source: &dyn SourcePlugin, host: &Host<'_>) -> Result<()> {
    let desk = Arc::new(Desk::default());
    let commands = source.takes_commands().then(CommandQueue::default);
    let lent = Lent::with(host, commands.clone());
    let mut inbox = commands.map(Inbox::new);
    let clock: Arc<dyn Clock> = Arc::new(DeskClock(Arc::clone(&desk)));
    let cx = SourceCx::new(lent.context.clone(), clock);
    let mut wishes = Wishes(Arc::clone(&desk));
    let mut out = Out::new(host, &lent);
    let mut running = pin!(source.run(&mut wishes, &cx));
    let mut task = TaskContext::from_waker(Waker::noop());
    loop {
        lent.meet(host);
        if let Some(inbox) = &mut inbox {
            inbox.look(host);
        }
        desk.lock().now = Timestamp::from_micros(host.now());
        let polled = running.as_mut().poll(&mut task);
        if let Some(inbox) = &mut inbox {
            // Before a wish that may wait for the sink that asked.
            inbox.answer(host);
        }
        if let Poll::Ready(result) = polled {
            lent.meet(host);
            return result;
        }
        let wish = desk.lock().wish.take();
        if let Some(wish) = wish {
            let result = match wish {
                Wish::Open(header) => out.open(*header),
                Wish::Send(item) => out.send(item),
                Wish::Checkpoint => out.checkpoint(),
                Wish::Finish => out.finish(),
            };
            desk.lock().answer = Some(result);
            continue;
        }
        let wait = desk.wait(Timestamp::from_micros(host.now()));
        // A stop shows at the next look.
        let _ = host.sleep(wait);
    }
}

/// What passes between the futures and the loop.
#[derive(Default)]
struct Desk(Mutex<State>);

#[derive(Default)]
struct State {
    now: Timestamp,
    /// When sleeping futures want to be polled.
    alarms: Vec<Timestamp>,
    wish: Option<Wish>,
    answer: Option<Result<()>>,
}

enum Wish {
    Open(Box<Header>),
    Send(Item),
    Checkpoint,
    Finish,
}

/// Commands on their way from the host to the source, and answers on their way back.
struct Inbox {
    queue: CommandQueue,
    /// Commands that the source has or will get: number and answer.
    open: Vec<(u64, Answer)>,
}

impl Inbox {
    fn new(queue: CommandQueue) -> Self {
        let open = Vec::new();
        Self { queue, open }
    }

    fn look(&mut self, host: &Host<'_>) {
        match host.next_command(Duration::ZERO) {
            Ok(Some(asked)) => {
                let value = serde_json::from_str(&asked.json).unwrap_or_default();
                let (command, answer) = Command::new("", asked.name, value);
                // If the queue is full, the answer is that it was dropped.
                let _ = self.queue.post(command);
                self.open.push((asked.number, answer));
            }
            Ok(None) => {}
            // An older host, or the run is to stop.
            Err(_) => self.queue.close(),
        }
    }

    fn answer(&mut self, host: &Host<'_>) {
        self.open.retain(|(number, answer)| {
            let Some(result) = answer.poll() else {
                return true;
            };
            let result = result.map(|value| value.to_string()).map_err(Into::into);
            let _ = host.answer(*number, result.as_deref());
            false
        });
    }
}

impl Desk {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long until the next alarm, and at most until the next look.
    fn wait(&self, now: Timestamp) -> Duration {
        let mut state = self.lock();
        let next = state.alarms.iter().min().copied();
        state.alarms.clear();
        let until = next.map_or(f64::INFINITY, |next| next - now);
        LOOK.min(Duration::try_from_secs_f64(until.max(0.0)).unwrap_or(LOOK))
    }
}

/// The host's clock, as of the last look.
struct DeskClock(Arc<Desk>);

impl fmt::Debug for DeskClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the host's clock")
    }
}

impl Clock for DeskClock {
    fn now(&self) -> Timestamp {
        self.0.lock().now
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let desk = Arc::clone(&self.0);
        let until = self.now() + duration.as_secs_f64();
        Box::pin(poll_fn(move |_| {
            let mut state = desk.lock();
            if state.now >= until {
                return Poll::Ready(());
            }
            state.alarms.push(until);
            Poll::Pending
        }))
    }
}

/// Leaves wishes and waits for answers.
struct Wishes(Arc<Desk>);

impl Wishes {
    fn ask(&self, wish: Wish) -> SourceFuture<'_, ()> {
        let mut wish = Some(wish);
        Box::pin(poll_fn(move |_| {
            let mut state = self.0.lock();
            if let Some(wish) = wish.take() {
                state.wish = Some(wish);
                return Poll::Pending;
            }
            state.answer.take().map_or(Poll::Pending, Poll::Ready)
        }))
    }
}

impl StreamOut for Wishes {
    fn open(&mut self, header: Header) -> SourceFuture<'_, ()> {
        self.ask(Wish::Open(Box::new(header)))
    }

    fn send(&mut self, item: Item) -> SourceFuture<'_, ()> {
        self.ask(Wish::Send(item))
    }

    fn checkpoint(&mut self) -> SourceFuture<'_, ()> {
        self.ask(Wish::Checkpoint)
    }

    fn finish(&mut self) -> SourceFuture<'_, ()> {
        self.ask(Wish::Finish)
    }
}
