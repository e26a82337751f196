use std::collections::BTreeMap;
use std::fmt;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use crate::Timestamp;

/// The host's clock: the real one, or a virtual one for simulated devices.
pub trait Clock: Send + Sync + fmt::Debug {
    /// The time now, in UTC. It never goes back. When the system's clock is set ahead it follows,
    /// as if the computer had been suspended: a small computer without a battery learns the time
    /// from the network when the run has begun long ago. While somebody needs even time, it waits.
    fn now(&self) -> Timestamp;

    /// Waits.
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>>;

    /// Says that something else than time is waited for until the answer is dropped: another thread,
    /// which needs no time of this clock. A clock that jumps does not do so meanwhile.
    fn hold(&self) -> Hold {
        Hold::default()
    }

    /// Says that the times of what is being recorded have to fit together until the answer is
    /// dropped: then a step of the system's clock moves none of them. The default is for clocks
    /// that know no steps.
    fn evenly(&self) -> Even {
        Even::default()
    }
}

/// Keeps a clock from following the system's clock when that is set.
#[derive(Debug, Default)]
pub struct Even(Option<Arc<AtomicUsize>>);

impl Even {
    /// One more who needs even time; `count` says how many there are.
    pub fn counted(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(Some(Arc::clone(count)))
    }
}

impl Drop for Even {
    fn drop(&mut self) {
        if let Some(count) = &self.0 {
            count.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

/// Keeps a clock from jumping.
#[derive(Debug, Default)]
pub struct Hold(Option<VirtualClock>);

impl Drop for Hold {
    fn drop(&mut self) {
        if let Some(clock) = &self.0 {
            let mut shared = clock.lock();
            shared.holds = shared.holds.saturating_sub(1);
            shared.changes += 1;
            shared.sleepers.values().for_each(Waker::wake_by_ref);
        }
    }
}

/// A clock that jumps to where something happens, for simulated and recorded devices.
///
/// Whoever waits longest loses nothing: when everybody who shares the clock waits, it jumps to the
/// earliest time that somebody waits for. It needs no runtime, and gives the same order each time
/// as long as all who share it belong to one task.
#[derive(Clone, Debug)]
pub struct VirtualClock {
    shared: Arc<Mutex<Shared>>,
}

#[derive(Debug)]
struct Shared {
    now: Timestamp,
    /// Who waits until when; the number keeps apart who waits for the same time.
    sleepers: BTreeMap<(Timestamp, u64), Waker>,
    number: u64,
    /// How often the time or the sleepers have changed, or somebody asked for the time.
    changes: u64,
    /// How many wait for something else than time.
    holds: usize,
    /// How often sleepers gave way since the time has changed.
    stalled: u32,
}

impl VirtualClock {
    /// A clock that stands at that time.
    pub fn new(start: Timestamp) -> Self {
        Self {
            shared: Arc::new(Mutex::new(Shared {
                now: start,
                sleepers: BTreeMap::new(),
                number: 0,
                changes: 0,
                holds: 0,
                stalled: 0,
            })),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        let mut shared = self.lock();
        // Whoever asks for the time is at something, and may be about to wait.
        shared.changes += 1;
        shared.now
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let until = self.now() + duration.as_secs_f64();
        Box::pin(Sleep {
            clock: self.clone(),
            until,
            number: None,
            seen: 0,
            turns: 0,
        })
    }

    fn hold(&self) -> Hold {
        self.lock().holds += 1;
        Hold(Some(self.clone()))
    }
}

struct Sleep {
    clock: VirtualClock,
    until: Timestamp,
    /// Its place among the sleepers.
    number: Option<u64>,
    /// The changes when it last gave way to the others.
    seen: u64,
    /// How often it has given way since.
    turns: u32,
}

/// How often a sleeper gives way to one that is before it in the line: that one needs one turn
/// to give way itself, and one to go.
const PATIENCE: u32 = 3;

/// How often all sleepers together give way until the time goes on whatever others are at.
const STALLED: u32 = 100_000;

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let clock = self.clock.clone();
        let mut shared = clock.lock();
        if shared.now >= self.until {
            drop(shared);
            self.leave();
            return Poll::Ready(());
        }
        let Some(number) = self.number else {
            // The others of this task have to say first until when they wait.
            shared.number += 1;
            shared.changes += 1;
            let number = shared.number;
            let place = (self.until, number);
            shared.sleepers.insert(place, cx.waker().clone());
            self.number = Some(number);
            cx.waker().wake_by_ref();
            return Poll::Pending;
        };
        let place = (self.until, number);
        if shared.sleepers.insert(place, cx.waker().clone()).is_none() {
            shared.changes += 1;
        }
        if shared.holds > 0 {
            // Whoever lets the clock go wakes it.
            return Poll::Pending;
        }
        if self.seen != shared.changes {
            self.seen = shared.changes;
            self.turns = 0;
        }
        self.turns += 1;
        let first = shared.sleepers.keys().next() == Some(&place);
        let patience = if first { 1 } else { PATIENCE };
        shared.stalled += 1;
        if self.turns <= patience && shared.stalled < STALLED {
            // Something has happened: somebody of this task may be about to wait for less.
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        if !first {
            // Whoever is first is not asked any more, as when its owner waits for something else;
            // it comes back into the line when it is.
            shared.sleepers.pop_first();
            shared.changes += 1;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        shared.now = self.until;
        shared.stalled = 0;
        drop(shared);
        self.leave();
        Poll::Ready(())
    }
}

impl Sleep {
    /// Gives way to the next sleeper.
    fn leave(&mut self) {
        let Some(number) = self.number.take() else {
            return;
        };
        let mut shared = self.clock.lock();
        shared.changes += 1;
        shared.sleepers.remove(&(self.until, number));
        if let Some(waker) = shared.sleepers.values().next() {
            waker.wake_by_ref();
        }
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.leave();
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::pin::pin;

    use super::*;
    use crate::testing::block_on;

    #[test]
    fn who_waits_shorter_comes_first_and_no_time_passes() {
        let clock = VirtualClock::new(Timestamp::from_micros(0));
        let told = RefCell::new(Vec::new());
        let tell = async |name: &str, steps: &[u64]| {
            for step in steps {
                clock.sleep(Duration::from_secs(*step)).await;
                let second = clock.now().micros() / 1_000_000;
                told.borrow_mut().push(format!("{name} {second}"));
            }
        };
        let started = std::time::Instant::now();
        block_on(async {
            let mut long = pin!(tell("long", &[100, 1]));
            let mut short = pin!(tell("short", &[30, 30, 3600]));
            let mut ended = [false, false];
            std::future::poll_fn(|cx| {
                ended[0] = ended[0] || long.as_mut().poll(cx).is_ready();
                ended[1] = ended[1] || short.as_mut().poll(cx).is_ready();
                if ended == [true, true] {
                    Poll::Ready(())
                } else {
                    Poll::Pending
                }
            })
            .await;
        });
        let expected = ["short 30", "short 60", "long 100", "long 101", "short 3660"];
        assert_eq!(*told.borrow(), expected);
        assert!(started.elapsed() < Duration::from_secs(60));
    }

    /// A source that waits for its sinks must not be overtaken by the end of the run.
    #[test]
    fn it_does_not_jump_while_another_thread_is_waited_for() {
        let clock = VirtualClock::new(Timestamp::from_micros(0));
        let answer = Arc::new(Mutex::new((false, None::<Waker>)));
        let thread_answer = Arc::clone(&answer);
        let other = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(20));
            let mut answer = thread_answer.lock().unwrap();
            answer.0 = true;
            if let Some(waker) = answer.1.take() {
                waker.wake();
            }
        });
        block_on(async {
            let mut long = pin!(clock.sleep(Duration::from_secs(3600)));
            let mut held = Some(clock.hold());
            std::future::poll_fn(|cx| {
                let slept = long.as_mut().poll(cx).is_ready();
                assert!(!slept || held.is_none(), "it jumped");
                let mut answer = answer.lock().unwrap();
                if answer.0 {
                    held = None;
                }
                answer.1 = Some(cx.waker().clone());
                if slept {
                    Poll::Ready(())
                } else {
                    Poll::Pending
                }
            })
            .await;
        });
        other.join().unwrap();
        assert_eq!(clock.now().micros(), 3_600_000_000);
    }

    /// Who has something to do at this very time does it before the time goes on.
    #[test]
    fn work_without_waiting_takes_no_time() {
        let clock = VirtualClock::new(Timestamp::from_micros(0));
        block_on(async {
            let mut long = pin!(clock.sleep(Duration::from_secs(60)));
            for _ in 0..10 {
                let mut work = pin!(async { clock.now() });
                let time = std::future::poll_fn(|cx| {
                    assert!(long.as_mut().poll(cx).is_pending());
                    work.as_mut().poll(cx)
                });
                assert_eq!(time.await, Timestamp::from_micros(0));
            }
        });
    }

    /// Whoever keeps a wait without asking for it holds nobody up, and has waited meanwhile.
    #[test]
    fn a_wait_that_nobody_asks_for_holds_nobody_up() {
        let clock = VirtualClock::new(Timestamp::from_micros(0));
        block_on(async {
            let mut kept = pin!(clock.sleep(Duration::from_secs(1)));
            let once = std::future::poll_fn(|cx| Poll::Ready(kept.as_mut().poll(cx).is_ready()));
            assert!(!once.await);
            let tick = async |every: u64| {
                for _ in 0..3 {
                    clock.sleep(Duration::from_secs(every)).await;
                }
                clock.now()
            };
            let mut short = pin!(tick(5));
            let mut long = pin!(tick(20));
            let ended = std::future::poll_fn(|cx| {
                assert!(long.as_mut().poll(cx).is_pending());
                short.as_mut().poll(cx)
            });
            assert_eq!(ended.await, Timestamp::from_seconds(15));
            kept.await;
            assert_eq!(clock.now(), Timestamp::from_seconds(15));
            assert_eq!(long.await, Timestamp::from_seconds(60));
        });
    }

    /// Whoever is polled first has not the last word: others may wait for less in the same turn.
    #[test]
    fn a_wait_that_begins_late_is_not_jumped_over() {
        let clock = VirtualClock::new(Timestamp::from_micros(0));
        let times = block_on(async {
            let mut long = pin!(clock.sleep(Duration::from_secs(60)));
            let mut short = clock.sleep(Duration::from_secs(1));
            let mut times = Vec::new();
            std::future::poll_fn(|cx| {
                loop {
                    if long.as_mut().poll(cx).is_ready() {
                        return Poll::Ready(());
                    }
                    if short.as_mut().poll(cx).is_pending() {
                        return Poll::Pending;
                    }
                    times.push(clock.now().micros() / 1_000_000);
                    short = clock.sleep(Duration::from_secs(25));
                }
            })
            .await;
            times
        });
        assert_eq!(times, [1, 26, 51]);
        assert_eq!(clock.now(), Timestamp::from_seconds(60));
    }
}
