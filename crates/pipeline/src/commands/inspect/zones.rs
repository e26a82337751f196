//! The time in each zone of heart rate or power.

use fit::Message;
use fit::profile::{Field, lap, session, time_in_zone};

use super::maker::numbered;
use super::totals::{named, raw};
use crate::words;

/// The bits of a message index that are the index.
const INDEX: u32 = 0x0FFF;

/// The time in each zone of a lap or a session.
#[derive(Clone, Debug, Default)]
pub(super) struct Zones {
    /// Seconds in each zone; zone 0 is below the first bound.
    pub(super) times: Vec<f64>,
    /// Where each zone ends, in bpm or watts; empty if the file doesn't say.
    pub(super) bounds: Vec<f64>,
    /// How the bounds were computed.
    pub(super) method: Option<String>,
    /// The highest heart rate that was assumed, in bpm.
    pub(super) max_heart_rate: Option<f64>,
    /// The heart rate at rest that was assumed, in bpm.
    pub(super) resting_heart_rate: Option<f64>,
    /// The threshold that was assumed, in bpm or watts.
    pub(super) threshold: Option<f64>,
}

/// A `time_in_zone` message.
#[derive(Clone, Debug)]
pub(super) struct TimeInZone {
    /// The message that it belongs to, by number.
    pub(super) message: Option<u32>,
    /// Which of those messages.
    pub(super) index: Option<u32>,
    pub(super) heart_rate: Option<Zones>,
    pub(super) power: Option<Zones>,
}

impl TimeInZone {
    pub(super) fn of(message: &Message<'_>) -> Self {
        use time_in_zone as field;
        let number = |field: Field| message.number_of(field.number);
        let zones = |times, bounds| Zones::of(message, times, Some(bounds));
        let heart_rate = zones(field::TIME_IN_HR_ZONE, field::HR_ZONE_HIGH_BOUNDARY);
        let power = zones(field::TIME_IN_POWER_ZONE, field::POWER_ZONE_HIGH_BOUNDARY);
        Self {
            message: raw(message, field::REFERENCE_MESG),
            index: index(message, field::REFERENCE_INDEX),
            heart_rate: heart_rate.map(|zones| Zones {
                method: named(message, field::HR_CALC_TYPE),
                max_heart_rate: number(field::MAX_HEART_RATE),
                resting_heart_rate: number(field::RESTING_HEART_RATE),
                threshold: number(field::THRESHOLD_HEART_RATE),
                ..zones
            }),
            power: power.map(|zones| Zones {
                method: named(message, field::PWR_CALC_TYPE),
                threshold: number(field::FUNCTIONAL_THRESHOLD_POWER),
                ..zones
            }),
        }
    }
}

/// The index in a field of type `message_index`.
pub(super) fn index(message: &Message<'_>, field: Field) -> Option<u32> {
    raw(message, field).map(|raw| raw & INDEX)
}

impl Zones {
    /// The times in a lap itself.
    pub(super) fn of_lap(message: &Message<'_>) -> Option<Self> {
        Self::of(message, lap::TIME_IN_HR_ZONE, None)
    }

    /// The times in a session itself.
    pub(super) fn of_session(message: &Message<'_>) -> Option<Self> {
        Self::of(message, session::TIME_IN_HR_ZONE, None)
    }

    /// The power zones in a session itself.
    pub(super) fn power_of_session(message: &Message<'_>) -> Option<Self> {
        Self::of(message, session::TIME_IN_POWER_ZONE, None)
    }

    /// `None` if no time was measured.
    fn of(message: &Message<'_>, times: Field, bounds: Option<Field>) -> Option<Self> {
        let numbers = |field: Field| message.field(field.number).map(|field| field.numbers());
        let times: Vec<_> = numbers(times)?.collect();
        times.iter().flatten().next()?;
        let bounds = bounds.and_then(numbers).into_iter().flatten().flatten();
        Some(Self {
            times: times.into_iter().map(Option::unwrap_or_default).collect(),
            bounds: bounds.collect(),
            ..Self::default()
        })
    }

    /// `Z0 <95 0:14`, `Z1 95–114 2:10`…; the zone above the last bound only where time was spent.
    pub(super) fn facts(&self) -> Vec<String> {
        let mut facts = Vec::new();
        for (zone, time) in self.times.iter().enumerate() {
            let bound = |index: usize| self.bounds.get(index);
            let range = match (zone.checked_sub(1).and_then(bound), bound(zone)) {
                (None, Some(high)) => format!(" <{high}"),
                (Some(low), Some(high)) => format!(" {low}–{high}"),
                (Some(_), None) if *time == 0.0 => continue,
                (Some(low), None) => format!(" ≥{low}"),
                (None, None) => String::new(),
            };
            let time = whole_duration(*time);
            facts.push(format!("Z{zone}{range} {time}"));
        }
        facts
    }

    /// `percent of 185 bpm`: where the bounds come from.
    pub(super) fn origin(&self) -> Option<String> {
        let known = |number: Option<f64>| number.filter(|number| *number > 0.0);
        let max = known(self.max_heart_rate);
        let resting = known(self.resting_heart_rate);
        let threshold = known(self.threshold);
        Some(match (self.method.as_deref()?, max, resting, threshold) {
            ("percent_max_hr", Some(max), ..) => format!("percent of {max} bpm"),
            ("percent_hrr", Some(max), Some(resting), _) => {
                format!("percent of the reserve from {resting} to {max} bpm")
            }
            ("percent_lthr", .., Some(threshold)) => {
                format!("percent of the threshold {threshold} bpm")
            }
            ("percent_ftp", .., Some(threshold)) => {
                format!("percent of the threshold {threshold} W")
            }
            ("custom", ..) => "custom bounds".to_owned(),
            (method, ..) => numbered("method", method),
        })
    }
}

/// `2:10`: seconds to the second; zones are no stopwatch.
fn whole_duration(seconds: f64) -> String {
    let text = words::duration(seconds.round());
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}
