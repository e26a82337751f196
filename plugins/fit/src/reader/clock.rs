//! Times of a file as times of ours.

use fit::time;
use pipeline_plugin::Timestamp;

/// Turns the times of a recording into ours.
///
/// A recorder whose clock was never set counts from when it was switched on; such times are below
/// [`time::FIRST_DATE`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Clock {
    /// FIT seconds at which the recorder was switched on, where that is known.
    switched_on: Option<i64>,
}

/// Which sorts of times there are, and how they belong together.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Times {
    dates: bool,
    counted: bool,
    /// FIT seconds at which the recorder was switched on.
    switched_on: Option<i64>,
}

impl Times {
    /// Takes the time of a record into account.
    pub(crate) fn note(&mut self, seconds: u32) {
        if seconds < time::FIRST_DATE {
            self.counted = true;
        } else {
            self.dates = true;
        }
    }

    /// The recorder says which date a time since it was switched on is.
    pub(crate) fn correlate(&mut self, date: u32, counted: u32) {
        if date >= time::FIRST_DATE && counted < time::FIRST_DATE {
            self.switched_on = Some(i64::from(date) - i64::from(counted));
        }
    }

    /// Whether no record has a date.
    pub(crate) fn are_undated(&self) -> bool {
        self.counted && !self.dates && self.switched_on.is_none()
    }

    /// The clock of a recording with these times. Without any date they count from 1989-12-31, as
    /// if they were dates.
    pub(crate) fn clock(&self) -> Clock {
        Clock {
            switched_on: self.switched_on.or(self.are_undated().then_some(0)),
        }
    }
}

impl Clock {
    /// A time of the file; `None` if its date can't be told.
    #[inline]
    pub(crate) fn time(self, seconds: u32) -> Option<Timestamp> {
        let seconds = match seconds {
            u32::MAX => return None,
            time::FIRST_DATE.. => i64::from(seconds),
            _ => i64::from(seconds) + self.switched_on?,
        };
        Some(Timestamp::from_seconds(seconds + time::EPOCH))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_since_switched_on_become_dates_where_the_recorder_knows_how() {
        let mut times = Times::default();
        times.note(500);
        assert!(times.are_undated());
        let text = |times: &Times, seconds| times.clock().time(seconds).map(|it| it.to_string());
        assert_eq!(text(&times, 500).unwrap(), "1989-12-31T00:08:20Z");
        times.note(1_000_000_000);
        assert_eq!(text(&times, 500), None);
        assert_eq!(text(&times, u32::MAX), None);
        assert_eq!(text(&times, 1_000_000_000).unwrap(), "2021-09-08T01:46:40Z");
        times.correlate(1_000_000_000, 600);
        assert_eq!(text(&times, 500).unwrap(), "2021-09-08T01:45:00Z");
    }
}
