//! An asynchronous source on the one thread that the host made for it.

use std::collections::VecDeque;
use std::fmt;
use std::future::{poll_fn, ready};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context as TaskContext, Poll, Wake, Waker};
use std::time::Duration;

use super::Lent;
use super::bluetooth::{Arrivals, Lender, LentCentral};
use super::inbox::Inbox;
use super::inputs::LentInputs;
use super::stages::Out;
use crate::abi::{self, Host};
use crate::{
    Clock, CommandQueue, Fate, Header, Item, Output, Result, SourceCx, SourceFuture, SourcePlugin,
    StreamOut, Streams, Timestamp,
};

/// How long to wait at most while somebody else may wake the source: another thread of its own.
const LOOK: Duration = Duration::from_millis(10);

/// The same while the host waits for a device: what comes from there ends the wait.
const RADIO_LOOK: Duration = Duration::from_millis(100);

/// How long to wait when no time is waited for: a stop and a command end it.
const IDLE: Duration = Duration::from_secs(1);

/// Runs a source to its end.
///
/// Futures must be `Send`, and the host may be called on this thread only. So a future that needs
/// the host leaves its wish here, and this loop fulfils it between two polls.
pub(super) fn run_source(source: &dyn SourcePlugin, host: &Host<'_>) -> Result<()> {
    let desk = Desk::default();
    let commands = source.takes_commands().then(CommandQueue::default);
    let lent = Lent::with(host, commands.clone());
    let mut inbox = commands.map(Inbox::new);
    let cx = source_cx(host, &desk, &lent);
    let mut wishes = Wishes(desk.clone());
    let mut out = Out::new(host, &lent);
    let mut running = pin!(source.run(&mut wishes, &cx));
    let bell = Arc::new(Bell::default());
    let waker = Waker::from(Arc::clone(&bell));
    let mut task = TaskContext::from_waker(&waker);
    loop {
        lent.meet(host);
        if let Some(inbox) = &mut inbox {
            inbox.look(host, Duration::ZERO);
        }
        desk.lock().now = Timestamp::from_micros(host.now());
        bell.rung.store(false, Ordering::SeqCst);
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
        if bell.rung.load(Ordering::SeqCst) {
            continue;
        }
        let kept = lent.keeps(&waker) + inbox.as_ref().map_or(0, |inbox| inbox.keeps(&waker));
        // One is `bell`, one is `waker`.
        let is_alone = Arc::strong_count(&bell) == 2 + kept;
        if wait(host, &desk, inbox.as_mut(), is_alone).is_err() {
            // A stop shows at the next look. From then on the host's sleep returns at once.
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

fn source_cx(host: &Host<'_>, desk: &Desk, lent: &Lent) -> SourceCx {
    let clock: Arc<dyn Clock> = Arc::new(DeskClock(desk.clone()));
    let cx = SourceCx::new(lent.context.clone(), clock);
    let cx = cx.with_inputs(Arc::new(LentInputs::new(desk.clone())));
    let Ok(bluetooth) = host.bluetooth() else {
        return cx;
    };
    let wanted = bluetooth.wanted().ok().flatten();
    let central = LentCentral::new(desk.clone());
    cx.with_ble(Arc::new(central), wanted.map(crate::ble::DeviceName::new))
}

/// Waits for what the futures wait for, which ends early for a stop and for a command. Unless the
/// source `is_alone`: then something may happen that the host knows nothing of, and the wait is
/// short. (Virtual time jumps over a wait; in many short ones it crawls.)
fn wait(
    host: &Host<'_>,
    desk: &Desk,
    inbox: Option<&mut Inbox>,
    is_alone: bool,
) -> abi::Result<()> {
    let (until, for_radio) = desk.wait(Timestamp::from_micros(host.now()));
    let at_most = |look| if is_alone { until } else { until.min(look) };
    match inbox.filter(|inbox| inbox.is_open()) {
        // The first hosts did not end a wait for the radio when a command came.
        Some(_) if for_radio && !host.wakes_for_commands() => {
            desk.wait_for_arrival(host, until.min(LOOK))
        }
        _ if for_radio => desk.wait_for_arrival(host, at_most(RADIO_LOOK)),
        Some(inbox) => {
            inbox.look(host, at_most(LOOK));
            Ok(())
        }
        None => host.sleep(at_most(LOOK)),
    }
}

/// What wakers of a source ring. The loop looks by itself at what it knows of; all clones of a waker
/// count, so it knows whether there is anything else.
#[derive(Default)]
struct Bell {
    rung: AtomicBool,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.rung.store(true, Ordering::SeqCst);
    }
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
    fn now(&self) -> Timestamp {
        self.lock().now
    }

    /// Has something done with the host and the way out. Nothing is done for a future that is
    /// dropped before.
    async fn ask_out<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Out<'_>) -> T + Send + 'static,
    ) -> T {
        let place = Arc::new(Mutex::new(None));
        let to: Weak<Mutex<Option<T>>> = Arc::downgrade(&place);
        self.wish(move |out| {
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

    fn wish(&self, work: impl FnOnce(&mut Out<'_>) + Send + 'static) {
        self.lock().wishes.push_back(Box::new(work));
    }

    /// Waits for what comes first from the radio, at most so long.
    fn wait_for_arrival(&self, host: &Host<'_>, most: Duration) -> abi::Result<()> {
        let arrival = host.bluetooth()?.wait(most)?;
        self.arrivals().keep(arrival);
        Ok(())
    }

    /// How long until the next alarm, and whether a future waits for the radio.
    fn wait(&self, now: Timestamp) -> (Duration, bool) {
        let mut state = self.lock();
        let next = state.alarms.iter().min().copied();
        state.alarms.clear();
        let until = next.map_or(IDLE.as_secs_f64(), |next| next - now);
        let wait = Duration::try_from_secs_f64(until.max(0.0)).unwrap_or(IDLE);
        (wait, std::mem::take(&mut state.for_radio))
    }
}

impl Lender for Desk {
    async fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Host<'_>) -> T + Send + 'static,
    ) -> T {
        self.ask_out(|out| work(out.host())).await
    }

    fn later(&self, work: impl FnOnce(&Host<'_>) + Send + 'static) {
        self.wish(|out| work(out.host()));
    }

    fn arrivals(&self) -> MutexGuard<'_, Arrivals> {
        self.1.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn arrived<T: Send>(
        &self,
        limit: Duration,
        mut take: impl FnMut(&mut Arrivals) -> Option<T> + Send,
    ) -> Result<Option<T>> {
        let until = self.now() + limit.as_secs_f64();
        poll_fn(|_| {
            if let Some(value) = take(&mut self.arrivals()) {
                return Poll::Ready(Ok(Some(value)));
            }
            if self.now() >= until {
                return Poll::Ready(Ok(None));
            }
            let mut state = self.lock();
            state.for_radio = true;
            state.alarms.push(until);
            Poll::Pending
        })
        .await
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
        Box::pin(self.0.ask_out(move |out| out.open(header)))
    }

    fn send(&mut self, item: Item) -> SourceFuture<'_, ()> {
        Box::pin(self.0.ask_out(move |out| out.send(item)))
    }

    fn checkpoint(&mut self) -> SourceFuture<'_, ()> {
        Box::pin(self.0.ask_out(|out| out.checkpoint()))
    }

    fn finish(&mut self) -> SourceFuture<'_, Fate> {
        Box::pin(self.0.ask_out(|out| out.end()))
    }

    fn settled(&mut self) -> SourceFuture<'_, ()> {
        if self.0.arrivals().has_events() {
            // For the host that is heard already, and the source has not taken it yet.
            return Box::pin(ready(Ok(())));
        }
        Box::pin(self.0.ask_out(|out| out.settled()))
    }
}
