use crate::{Event, Timestamp};

/// Follows the timer events of a stream: how much of a stretch of time counts.
///
/// Only the pauses since the last sample are kept, so memory does not grow.
#[derive(Clone, Debug, Default)]
pub struct Timer {
    pauses: Vec<(Timestamp, Timestamp)>,
    stopped: Option<Timestamp>,
}

impl Timer {
    /// Takes a timer event; others are ignored.
    pub fn event(&mut self, event: &Event) {
        match event {
            Event::TimerStop { time } => {
                self.stopped.get_or_insert(*time);
            }
            Event::TimerStart { time } => {
                if let Some(stopped) = self.stopped.take() {
                    self.pauses.push((stopped, *time));
                }
            }
            Event::Gap { .. } | Event::Meta(_) => {}
        }
    }

    /// Whether the timer runs.
    pub fn is_running(&self) -> bool {
        self.stopped.is_none()
    }

    /// Seconds between two times, without the pauses in between. `from` is not before the last
    /// [`forget`](Self::forget).
    pub fn active(&self, from: Timestamp, to: Timestamp) -> f64 {
        let open = self.stopped.map(|stopped| (stopped, to));
        let paused: f64 = self
            .pauses
            .iter()
            .chain(&open)
            .map(|(stop, start)| ((*start).min(to) - (*stop).max(from)).max(0.0))
            .sum();
        ((to - from) - paused).max(0.0)
    }

    /// Forgets the pauses that ended before `time`; call it with each sample's time.
    pub fn forget(&mut self, time: Timestamp) {
        self.pauses.retain(|(_, start)| *start > time);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_do_not_count() {
        let at = Timestamp::from_seconds;
        let mut timer = Timer::default();
        timer.event(&Event::TimerStop { time: at(10) });
        assert!((timer.active(at(5), at(20)) - 5.0).abs() < 1e-9);
        timer.event(&Event::TimerStart { time: at(15) });
        assert!(timer.is_running());
        assert!((timer.active(at(5), at(20)) - 10.0).abs() < 1e-9);
        assert!((timer.active(at(12), at(20)) - 5.0).abs() < 1e-9);
        timer.forget(at(20));
        assert!((timer.active(at(20), at(21)) - 1.0).abs() < 1e-9);
    }
}
