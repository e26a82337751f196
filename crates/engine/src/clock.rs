//! The computer's own clock, as a run has it.

use std::pin::Pin;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use pipeline_plugin::{Clock, Timestamp};

use crate::platform::time_with_suspends;

/// UTC at the start of the run plus the time that has passed since, also while the computer was
/// suspended: neither that nor a step of the system's clock moves samples.
#[derive(Debug)]
pub struct HostClock {
    start: Timestamp,
    since: Duration,
}

impl Default for HostClock {
    fn default() -> Self {
        Self {
            start: system_time(),
            since: time_with_suspends(),
        }
    }
}

/// What the system's clock shows.
fn system_time() -> Timestamp {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let micros = i64::try_from(now.unwrap_or_default().as_micros()).unwrap_or(i64::MAX);
    Timestamp::from_micros(micros)
}

impl Clock for HostClock {
    fn now(&self) -> Timestamp {
        let passed = time_with_suspends().saturating_sub(self.since);
        self.start + passed.as_secs_f64()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(tokio::time::sleep(duration))
    }

    fn stepped(&self) -> f64 {
        system_time().seconds_since(self.now())
    }
}

/// A step of the system's clock that is worth a word, in seconds: leap seconds and what a suspended
/// computer loses are less.
const STEP: f64 = 5.0;

/// What to say when the system's clock was set by so many seconds after the run had begun.
pub(crate) fn said_of_a_step(seconds: f64) -> Option<String> {
    if seconds.abs() < STEP {
        return None;
    }
    let way = if seconds > 0.0 { "ahead" } else { "back" };
    let by = match seconds.abs() {
        seconds if seconds < 120.0 => format!("{seconds:.0} s"),
        seconds if seconds < 7200.0 => format!("{:.0} min", seconds / 60.0),
        seconds if seconds < 172_800.0 => format!("{:.0} h", seconds / 3600.0),
        seconds => format!("{:.0} days", seconds / 86_400.0),
    };
    Some(format!(
        "the computer's clock was set {way} by {by} after the run had begun; the run's times go on \
         as they began: start it anew for right ones"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_shows_and_moves_nothing() {
        let clock = HostClock::default();
        assert!(clock.stepped().abs() < STEP, "{}", clock.stepped());
        // As if the clock had been set since.
        let slow = HostClock {
            start: clock.start + -3.0 * 3600.0,
            ..clock
        };
        assert!((slow.stepped() - 10_800.0).abs() < STEP);
        assert!(slow.now() < slow.start + 60.0);
    }

    #[test]
    fn what_is_said_of_a_step() {
        let check = |seconds: f64| {
            let said = said_of_a_step(seconds)?;
            let said = said.strip_prefix("the computer's clock was set ")?;
            said.split_once(" after").map(|(step, _)| step.to_owned())
        };
        assert_eq!(check(4.9), None);
        assert_eq!(check(61.0).unwrap(), "ahead by 61 s");
        assert_eq!(check(-3600.0).unwrap(), "back by 60 min");
        assert_eq!(check(36_000.0).unwrap(), "ahead by 10 h");
        assert_eq!(check(1.75e9).unwrap(), "ahead by 20255 days");
    }
}
