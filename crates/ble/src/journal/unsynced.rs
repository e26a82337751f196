use std::time::{Duration, Instant};

/// How much time an empty battery takes at most.
pub(super) const DURABLE: Duration = Duration::from_secs(1);

/// Since when something is written that isn't durable yet: when the next sync is due.
///
/// A sync begins a second after the first line that the one before did not take with it, whether or
/// not more lines come: what is written is never older than that when one begins. While a sync takes
/// longer, what is written meanwhile is due when it is over.
#[derive(Debug, Default)]
pub(super) struct Unsynced {
    since: Option<Instant>,
}

/// How long whoever syncs has to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// Until something is written.
    Never,
    /// So long.
    In(Duration),
    Now,
}

impl Unsynced {
    /// A line was written; whether whoever syncs has to be told, for it waits for one.
    pub(super) fn wrote(&mut self, now: Instant) -> bool {
        let is_first = self.since.is_none();
        self.since.get_or_insert(now);
        is_first
    }

    pub(super) fn due(&self, now: Instant) -> Due {
        let Some(since) = self.since else {
            return Due::Never;
        };
        match (since + DURABLE).saturating_duration_since(now) {
            Duration::ZERO => Due::Now,
            wait => Due::In(wait),
        }
    }

    /// A sync begins: it takes everything with it that is written now. Whether there is anything.
    pub(super) fn begin(&mut self) -> bool {
        self.since.take().is_some()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Lets time pass by the rule: lines are written at these times, in milliseconds, and syncs take
    /// so long. For each line how long it waited until a sync began that took it with it.
    fn waits(lines: &[u64], syncs: &[u64]) -> Vec<u64> {
        let origin = Instant::now();
        let at = |millis: u64| origin + Duration::from_millis(millis);
        let mut syncs = syncs.iter().cycle();
        let (mut unsynced, mut waits) = (Unsynced::default(), Vec::new());
        let mut written: Vec<u64> = Vec::new();
        let mut lines = lines.iter().copied().peekable();
        let mut now = 0;
        loop {
            let write = lines.peek().copied();
            match (unsynced.due(at(now)), write) {
                (Due::Never, None) => return waits,
                // Whoever syncs is not asked while it is at it.
                (Due::In(_) | Due::Never, Some(line)) if line <= now => {
                    assert_eq!(unsynced.wrote(at(line)), written.is_empty());
                    written.push(line);
                    lines.next();
                }
                (Due::Never, Some(line)) => now = line,
                (Due::In(wait), write) => {
                    let due = now + u64::try_from(wait.as_millis()).unwrap();
                    now = write.filter(|line| *line < due).unwrap_or(due);
                }
                (Due::Now, _) => {
                    assert!(unsynced.begin());
                    waits.extend(written.drain(..).map(|line| now - line));
                    now += syncs.next().copied().unwrap_or_default();
                    while let Some(line) = lines.next_if(|line| *line <= now) {
                        unsynced.wrote(at(line));
                        written.push(line);
                    }
                }
            }
        }
    }

    #[test]
    fn packets_that_stop_coming_are_durable_a_second_later() {
        assert_eq!(waits(&[0], &[10]), [1000]);
        // One comes while the one before is being synced.
        assert_eq!(waits(&[0, 1005], &[10]), [1000, 1000]);
        assert_eq!(waits(&[0, 400, 999, 5000], &[10]), [1000, 600, 1, 1000]);
    }

    #[test]
    fn a_slow_disk_is_not_waited_for_twice() {
        assert_eq!(waits(&[0, 1001, 1500], &[3000]), [1000, 2999, 2500]);
    }

    proptest! {
        /// Whatever comes and whenever, nothing waits for longer than a second, or than the sync that
        /// was under way when it came.
        #[test]
        fn nothing_waits_for_longer_than_a_second(
            gaps in prop::collection::vec(0_u64..3000, 1..60),
            syncs in prop::collection::vec(0_u64..1500, 1..8),
        ) {
            let mut now = 0;
            let lines: Vec<u64> = gaps
                .iter()
                .map(|gap| {
                    now += gap;
                    now
                })
                .collect();
            let waits = waits(&lines, &syncs);
            prop_assert_eq!(waits.len(), lines.len());
            let longest = syncs.iter().max().copied().unwrap_or_default();
            prop_assert!(waits.iter().all(|wait| *wait <= longest.max(1000)), "{:?}", waits);
        }
    }
}
