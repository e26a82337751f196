//! The computer's own clock, as a run uses it.

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
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let micros = i64::try_from(now.unwrap_or_default().as_micros()).unwrap_or(i64::MAX);
        Self {
            start: Timestamp::from_micros(micros),
            since: time_with_suspends(),
        }
    }
}

impl Clock for HostClock {
    fn now(&self) -> Timestamp {
        let passed = time_with_suspends().saturating_sub(self.since);
        self.start + passed.as_secs_f64()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(tokio::time::sleep(duration))
    }
}
