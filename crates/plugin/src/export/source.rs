//! An asynchronous source on the one thread that the host made for it.

use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context as TaskContext, Poll, Wake, Waker};
use std::time::Duration;

use super::Lent;
use super::bluetooth::{Arrivals, LentCentral};
use super::stages::Out;
use crate::abi::Host;
use crate::{
    Answer, Clock, Command, CommandQueue, Fate, Header, Item, Output, Result, SourceCx,
    SourceFuture, SourcePlugin, StreamOut, Streams, Timestamp,
};

/// How long to wait for what is woken by another thread before looking again.
const LOOK: Duration = Duration::from_millis(10);

/// The same while the host waits for a device: what comes from there ends the wait.
const RADIO_LOOK: Duration = Duration::from_millis(100);

/// Runs a source to its end.
///
/// Futures must be `Send`, and the host may be called on this thread only. So a future that needs
/// the host leaves its wish here, and this loop fulfils it between two polls.
pub(super) fn run_source(source: &dyn SourcePlugin, host: &Host<'_>) -> Result<()> {
    let desk = Desk::default();
    let commands = source.takes_commands().then(CommandQueue::default);
    let lent = Lent::with(host, commands.clone());
    let mut inbox = commands.map(Inbox::new);
    let clock: Arc<dyn Clock> = Arc::new(DeskClock(desk.clone()));
    let mut cx = SourceCx::new(lent.context.clone(), clock);
    if let Ok(bluetooth) = host.bluetooth() {
        let wanted = bluetooth.wanted().ok().flatten();
        let central = LentCentral::new(desk.clone());
        cx = cx.with_ble(Arc::new(central), wanted.map(crate::ble::DeviceName::new));
    }
    let mut wishes = Wishes(desk.clone());
    let mut out = Out::new(host, &lent);
    let mut running = pin!(source.run(&mut wishes, &cx));
    let waker = Waker::from(Arc::new(Quiet));
    let mut task = TaskContext::from_waker(&waker);
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
        let wishes = std::mem::take(&mut desk.lock().wishes);
        if !wishes.is_empty() {
            for wish in wishes {
                wish(&mut out);
            }
            continue;
        }
        let (wait, for_radio) = desk.wait(Timestamp::from_micros(host.now()));
        let waited = if for_radio {
            let most = if inbox.is_some() { LOOK } else { RADIO_LOOK };
            Arrivals::wait(host, wait.min(most), &desk)
        } else {
            host.sleep(wait.min(LOOK))
        };
        if waited.is_err() {
            // A stop shows at the next look. From then on the host's sleep returns at once.
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

/// A waker that need not wake: the loop looks again by itself. Unlike the one of the standard
/// library all its clones are known as the same, so that whoever keeps wakers keeps one.
struct Quiet;

impl Wake for Quiet {
    fn wake(self: Arc<Self>) {}
}

/// What passes between the futures and the loop.
#[derive(Clone, Default)]
pub(super) struct Desk(Arc<Mutex<State>>, Arc<Mutex<Arrivals>>);

#[derive(Default)]
struct State {
    now: Timestamp,
    /// When sleeping futures want to be polled.
    alarms: Vec<Timestamp>,
    /// Whether a future waits for the radio.
    for_radio: bool,
    wishes: VecDeque<Wish>,
}

/// Something to do with the host between two polls.
type Wish = Box<dyn FnOnce(&mut Out<'_>) + Send>;

impl Desk {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The time as of the last look.
    pub(super) fn now(&self) -> Timestamp {
        self.lock().now
    }

    /// Has something done with the host. Nothing is done for a future that is dropped before.
    pub(super) async fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Out<'_>) -> T + Send + 'static,
    ) -> T {
        let place = Arc::new(Mutex::new(None));
        let to: Weak<Mutex<Option<T>>> = Arc::downgrade(&place);
        self.later(move |out| {
            if let Some(place) = to.upgrade() {
                *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(work(out));
            }
        });
        poll_fn(|_| {
            let mut place = place.lock().unwrap_or_else(PoisonError::into_inner);
            place.take().map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }

    /// Has something done with the host, and does not wait for it.
    pub(super) fn later(&self, work: impl FnOnce(&mut Out<'_>) + Send + 'static) {
        self.lock().wishes.push_back(Box::new(work));
    }

    /// What has arrived from the radio.
    pub(super) fn arrivals(&self) -> MutexGuard<'_, Arrivals> {
        self.1.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has the loop wait for the radio, at most until then.
    pub(super) fn wait_for_radio(&self, until: Timestamp) {
        let mut state = self.lock();
        state.for_radio = true;
        state.alarms.push(until);
    }

    /// How long until the next alarm, and whether a future waits for the radio.
    fn wait(&self, now: Timestamp) -> (Duration, bool) {
        let mut state = self.lock();
        let next = state.alarms.iter().min().copied();
        state.alarms.clear();
        let until = next.map_or(LOOK.as_secs_f64(), |next| next - now);
        let wait = Duration::try_from_secs_f64(until.max(0.0)).unwrap_or(RADIO_LOOK);
        (wait, std::mem::take(&mut state.for_radio))
    }
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

/// The host's clock, as of the last look.
struct DeskClock(Desk);

impl fmt::Debug for DeskClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the host's clock")
    }
}

impl Clock for DeskClock {
    fn now(&self) -> Timestamp {
        self.0.now()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let desk = self.0.clone();
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

/// Where the source sends its streams.
struct Wishes(Desk);

#[expect(
    clippy::redundant_closure_for_method_calls,
    reason = "the methods themselves have one lifetime, not any"
)]
impl StreamOut for Wishes {
    fn open(&mut self, header: Header) -> SourceFuture<'_, ()> {
        Box::pin(self.0.ask(move |out| out.open(header)))
    }

    fn send(&mut self, item: Item) -> SourceFuture<'_, ()> {
        Box::pin(self.0.ask(move |out| out.send(item)))
    }

    fn checkpoint(&mut self) -> SourceFuture<'_, ()> {
        Box::pin(self.0.ask(|out| out.checkpoint()))
    }

    fn finish(&mut self) -> SourceFuture<'_, Fate> {
        Box::pin(self.0.ask(|out| out.end()))
    }
}
