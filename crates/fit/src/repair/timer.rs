//! When the timer ran, and which times of records make sense.

use crate::message::Message;
use crate::profile::event;
use crate::profile::types::{event as event_of, event_type};

/// The starts and stops of the timer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Timer {
    /// FIT seconds, and whether it runs from then on; ascending.
    changes: Vec<(u32, bool)>,
}

impl Timer {
    /// Takes an `event`.
    pub(crate) fn take(&mut self, message: &Message<'_>) {
        let number = |field: u8| message.integer_of(field);
        if number(event::EVENT.number) != Some(event_of::TIMER) {
            return;
        }
        let runs = match number(event::EVENT_TYPE.number) {
            Some(event_type::START) => true,
            Some(
                event_type::STOP
                | event_type::STOP_ALL
                | event_type::STOP_DISABLE
                | event_type::STOP_DISABLE_ALL,
            ) => false,
            _ => return,
        };
        let Some(time) = message.timestamp() else {
            return;
        };
        let last = self.changes.last();
        // Twice the same, or back in time: the first one counts.
        if last.is_none_or(|(before, ran)| *before <= time && *ran != runs) {
            self.changes.push((time, runs));
        }
    }

    /// When it was started first, if that was the first that happened to it.
    pub(crate) fn first_start(&self) -> Option<u32> {
        self.changes
            .first()
            .filter(|(_, runs)| *runs)
            .map(|(time, _)| *time)
    }

    /// The first start after a time.
    pub(crate) fn start_after(&self, time: f64) -> Option<u32> {
        let later = self
            .changes
            .iter()
            .find(|(at, runs)| *runs && f64::from(*at) >= time);
        later.map(|(at, _)| *at)
    }

    /// When it was stopped, if nothing happened to it since.
    pub(crate) fn last_stop(&self) -> Option<u32> {
        self.changes
            .last()
            .filter(|(_, runs)| !*runs)
            .map(|(time, _)| *time)
    }

    /// Whether it was started and not stopped.
    pub(crate) fn runs_on(&self) -> bool {
        self.changes.last().is_some_and(|(_, runs)| *runs)
    }

    /// Seconds that it ran between two times. Without any events it always ran.
    pub(crate) fn between(&self, from: f64, to: f64) -> f64 {
        let after = self
            .changes
            .partition_point(|(time, _)| f64::from(*time) <= from);
        let ran_before = self.changes.first().is_none_or(|(_, runs)| !*runs);
        let before = after.checked_sub(1).and_then(|at| self.changes.get(at));
        let mut runs = before.map_or(ran_before, |(_, runs)| *runs);
        let (mut at, mut sum) = (from, 0.0);
        for (time, next) in self.changes.iter().skip(after) {
            let time = f64::from(*time).min(to);
            sum += if runs { time - at } else { 0.0 };
            (at, runs) = (time, *next);
            if at >= to {
                return sum.max(0.0);
            }
        }
        (sum + if runs { to - at } else { 0.0 }).max(0.0)
    }
}

/// Tells times of records that make sense from those that don't.
///
/// One record whose time is days off is a fault; several that agree are not, such as the first ones
/// that have a date, behind others that count seconds from when the device was switched on.
#[derive(Clone, Debug, Default)]
pub(super) struct Clock {
    last: Option<u32>,
    doubtful: Option<u32>,
}

/// What a [`Clock`] makes of a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tick {
    /// It goes on.
    On,
    /// What was before doesn't count.
    Anew,
    /// It makes no sense.
    Never,
}

impl Clock {
    /// Takes the time of the next record.
    pub(crate) fn tick(&mut self, time: u32) -> Tick {
        const NEAR: u32 = 2 * 24 * 3600;
        let near = |other: Option<u32>| other.is_some_and(|other| time.abs_diff(other) <= NEAR);
        if self.last.is_none() || near(self.last) {
            self.doubtful = None;
            self.last = self.last.max(Some(time));
            return Tick::On;
        }
        if !near(self.doubtful) {
            self.doubtful = Some(time);
            return Tick::Never;
        }
        let first_date = self.last.is_none_or(|last| last < crate::time::FIRST_DATE);
        let anew = first_date || Some(time) < self.last;
        (self.last, self.doubtful) = (Some(time), None);
        if anew { Tick::Anew } else { Tick::On }
    }
}
