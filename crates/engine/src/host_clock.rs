//! The computer's clock.

use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use pipeline_plugin::{Clock, Even, Timestamp};

use crate::platform::time_with_suspends;

/// How far the system's clock has to be ahead for that to be a step, in seconds. Nothing but setting it
/// takes it away from the time that has passed.
const STEP: f64 = 1.0;

/// The computer's clock: UTC at the start of the run plus the time that has passed since, also while
/// the computer was suspended. When the system's clock is set ahead it follows, unless somebody needs
/// even time; back it never goes.
#[derive(Debug)]
pub struct HostClock {
    /// A time, and how much had passed then.
    anchor: Mutex<(Timestamp, Duration)>,
    /// How many need even time.
    even: Arc<AtomicUsize>,
}

impl Default for HostClock {
    fn default() -> Self {
        Self::at(system_time(), time_with_suspends())
    }
}

impl HostClock {
    fn at(time: Timestamp, passed: Duration) -> Self {
        Self {
            anchor: Mutex::new((time, passed)),
            even: Arc::default(),
        }
    }

    /// The time when the system says that one, and as much has passed.
    fn follow(&self, system: Timestamp, passed: Duration) -> Timestamp {
        let mut anchor = self.anchor.lock().unwrap_or_else(PoisonError::into_inner);
        let (time, then) = *anchor;
        let own = time + passed.saturating_sub(then).as_secs_f64();
        let is_free = self.even.load(Ordering::Relaxed) == 0;
        if is_free && system.seconds_since(own) >= STEP {
            *anchor = (system, passed);
            return system;
        }
        own
    }
}

impl Clock for HostClock {
    fn now(&self) -> Timestamp {
        self.follow(system_time(), time_with_suspends())
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(tokio::time::sleep(duration))
    }

    fn evenly(&self) -> Even {
        Even::counted(&self.even)
    }
}

fn system_time() -> Timestamp {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let micros = i64::try_from(now.unwrap_or_default().as_micros()).unwrap_or(i64::MAX);
    Timestamp::from_micros(micros)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A small computer without a battery begins with the time at which it was switched off, and learns
    /// the true one from the network.
    #[test]
    fn a_clock_that_is_set_ahead_is_followed_but_not_within_an_activity() {
        let begin = Timestamp::parse("2026-03-01T08:00:00Z").unwrap();
        let after = Duration::from_secs;
        let clock = HostClock::at(begin, after(100));
        assert_eq!(clock.follow(begin + 5.0, after(105)), begin + 5.0);
        let row = clock.evenly();
        let again = clock.evenly();
        let days = 3.0 * 86_400.0;
        assert_eq!(clock.follow(begin + days, after(110)), begin + 10.0);
        drop(row);
        assert_eq!(clock.follow(begin + days, after(120)), begin + 20.0);
        drop(again);
        assert_eq!(clock.follow(begin + days, after(130)), begin + days);
        assert_eq!(clock.follow(begin + days, after(131)), begin + days + 1.0);
        // Back it does not go, and what is no step moves nothing.
        assert_eq!(clock.follow(begin, after(140)), begin + days + 10.0);
        let ahead = begin + days + 20.9;
        assert_eq!(clock.follow(ahead, after(150)), begin + days + 20.0);
    }
}
