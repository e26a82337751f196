use std::time::{Duration, Instant};

use gatt::EventClock;

use crate::measurement::Measurement;

/// The rower's own clocks: how long a wheel and a crank took between measurements.
///
/// They are finer than arrival and stand still while nobody rows, but they wrap every 32 or 64
/// seconds: after half of that without a measurement they say nothing.
#[derive(Debug)]
pub(super) struct Clock {
    clocks: [EventClock; 2],
    last: Option<(Instant, [Option<u16>; 2])>,
}

impl Default for Clock {
    fn default() -> Self {
        Self {
            clocks: [EventClock::CSC; 2],
            last: None,
        }
    }
}

impl Clock {
    /// Begins anew, with another device.
    pub(super) fn reset(&mut self, clocks: [EventClock; 2]) {
        *self = Self { clocks, last: None };
    }

    /// Seconds of wheel and crank since the measurement before.
    pub(super) fn advance(&mut self, now: Instant, measurement: &Measurement) -> [Option<f64>; 2] {
        let times = [measurement.wheel_time, measurement.crank_time];
        let before = self.last.replace((now, times));
        let Some((at, before)) = before else {
            return [None, None];
        };
        let passed = now.saturating_duration_since(at);
        let [wheel, crank] = [0, 1].map(|index| {
            let clock = self.clocks.get(index)?;
            let sure = Duration::from_secs_f64(clock.wrap() / 2.0);
            let from = before.get(index).copied().flatten()?;
            let to = times.get(index).copied().flatten()?;
            (passed <= sure).then(|| clock.seconds(from, to))
        });
        [wheel, crank]
    }
}
