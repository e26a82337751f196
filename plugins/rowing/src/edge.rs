use std::time::{Duration, Instant};

use pipeline_plugin::Timestamp;

/// Where the host's times become the recorder's and back.
///
/// The recorder counts in instants, which have no meaning of their own; one stands for a time of
/// the host's, and the others follow. Nothing of it shows in what comes out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Edge {
    zero: Timestamp,
    origin: Instant,
}

impl Edge {
    pub(crate) fn new(zero: Timestamp) -> Self {
        Self {
            zero,
            origin: Instant::now(),
        }
    }

    pub(crate) fn instant(self, time: Timestamp) -> Instant {
        let micros = time.micros().saturating_sub(self.zero.micros());
        let apart = Duration::from_micros(micros.unsigned_abs());
        let instant = if micros < 0 {
            self.origin.checked_sub(apart)
        } else {
            self.origin.checked_add(apart)
        };
        instant.unwrap_or(self.origin)
    }

    /// To the nearest microsecond.
    pub(crate) fn timestamp(self, instant: Instant) -> Timestamp {
        let micros = |apart: Duration| {
            let nearest = (apart + Duration::from_nanos(500)).as_micros();
            i64::try_from(nearest).unwrap_or(i64::MAX)
        };
        let zero = self.zero.micros();
        Timestamp::from_micros(match instant.checked_duration_since(self.origin) {
            Some(after) => zero.saturating_add(micros(after)),
            None => zero.saturating_sub(micros(self.origin.saturating_duration_since(instant))),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let edge = Edge::new(Timestamp::from_seconds(1_772_442_000));
        for micros in [-86_400_000_000, -1, 0, 1, 1_565_300_000_123] {
            let time = Timestamp::from_micros(1_772_442_000_000_000 + micros);
            assert_eq!(edge.timestamp(edge.instant(time)), time);
        }
    }
}
