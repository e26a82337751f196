use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use pipeline_plugin::{Clock, Even, Timestamp};

/// Another clock, faster or slower: simulated devices at the speed of real ones, or at twenty
/// times that.
#[derive(Clone, Debug)]
pub struct PacedClock {
    clock: Arc<dyn Clock>,
    /// What that clock showed at the start.
    origin: Timestamp,
    start: Timestamp,
    speed: f64,
    /// What is simulated knows no step of the system's clock.
    #[expect(dead_code, reason = "it counts while it is there")]
    even: Arc<Even>,
}

impl PacedClock {
    /// A clock that shows `start` now and runs `speed` times as fast as `clock`.
    pub fn new(clock: Arc<dyn Clock>, start: Timestamp, speed: f64) -> Self {
        Self {
            even: Arc::new(clock.evenly()),
            origin: clock.now(),
            clock,
            start,
            speed,
        }
    }
}

impl Clock for PacedClock {
    fn now(&self) -> Timestamp {
        self.start + self.clock.now().seconds_since(self.origin) * self.speed
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let real = duration.as_secs_f64() / self.speed;
        let real = Duration::try_from_secs_f64(real).unwrap_or(Duration::MAX);
        self.clock.sleep(real)
    }
}
