use std::time::{Duration, Instant};

use pipeline_plugin::Timestamp;

/// The host's time as the instants that the conversation knows: it reads no clock, and only their
/// differences count.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dial {
    zero: Timestamp,
    instant: Instant,
}

impl Dial {
    pub(crate) fn new(now: Timestamp) -> Self {
        Self {
            zero: now,
            instant: Instant::now(),
        }
    }

    pub(crate) fn instant(self, time: Timestamp) -> Instant {
        let micros = time.micros().saturating_sub(self.zero.micros());
        self.instant + Duration::from_micros(u64::try_from(micros).unwrap_or(0))
    }

    pub(crate) fn time(self, instant: Instant) -> Timestamp {
        let since = instant.saturating_duration_since(self.instant);
        let micros = i64::try_from(since.as_micros()).unwrap_or(i64::MAX);
        Timestamp::from_micros(self.zero.micros().saturating_add(micros))
    }
}
