//! What laps and sessions have in common, and how it reads.

use fit::Message;
use fit::profile::{Field, lap, session};
use pipeline_plugin::Timestamp;

use crate::words;

/// What was done over a lap or a session; `None` where the file doesn't say.
#[derive(Clone, Debug, Default)]
pub(super) struct Totals {
    pub(super) start: Option<Timestamp>,
    /// Seconds from start to end.
    pub(super) elapsed_time: Option<f64>,
    /// Seconds with the timer running.
    pub(super) timer_time: Option<f64>,
    /// Metres.
    pub(super) distance: Option<f64>,
    /// Strokes, strides or revolutions.
    pub(super) cycles: Option<f64>,
    /// Metres per cycle.
    pub(super) cycle_length: Option<f64>,
    /// Kilocalories.
    pub(super) calories: Option<f64>,
    /// Joules.
    pub(super) work: Option<f64>,
    /// Metres per second.
    pub(super) avg_speed: Option<f64>,
    /// Metres per second.
    pub(super) max_speed: Option<f64>,
    /// Beats per minute.
    pub(super) avg_heart_rate: Option<f64>,
    /// Beats per minute.
    pub(super) max_heart_rate: Option<f64>,
    /// Cycles per minute.
    pub(super) avg_cadence: Option<f64>,
    /// Cycles per minute.
    pub(super) max_cadence: Option<f64>,
    /// Watts.
    pub(super) avg_power: Option<f64>,
    /// Watts.
    pub(super) max_power: Option<f64>,
}

/// Where a message has its totals: the fields have other numbers in laps and sessions.
pub(super) struct Places {
    start: Field,
    elapsed_time: Field,
    timer_time: Field,
    distance: Field,
    cycles: Field,
    cycle_length: Field,
    calories: Field,
    work: Field,
    /// The wide field, and the narrow one of old files.
    avg_speed: [Field; 2],
    max_speed: [Field; 2],
    avg_heart_rate: Field,
    max_heart_rate: Field,
    /// The whole number and the fraction.
    avg_cadence: [Field; 2],
    max_cadence: [Field; 2],
    avg_power: Field,
    max_power: Field,
}

/// Where a `lap` has its totals.
pub(super) const LAP: Places = Places {
    start: lap::START_TIME,
    elapsed_time: lap::TOTAL_ELAPSED_TIME,
    timer_time: lap::TOTAL_TIMER_TIME,
    distance: lap::TOTAL_DISTANCE,
    cycles: lap::TOTAL_CYCLES,
    cycle_length: lap::AVG_STROKE_DISTANCE,
    calories: lap::TOTAL_CALORIES,
    work: lap::TOTAL_WORK,
    avg_speed: [lap::ENHANCED_AVG_SPEED, lap::AVG_SPEED],
    max_speed: [lap::ENHANCED_MAX_SPEED, lap::MAX_SPEED],
    avg_heart_rate: lap::AVG_HEART_RATE,
    max_heart_rate: lap::MAX_HEART_RATE,
    avg_cadence: [lap::AVG_CADENCE, lap::AVG_FRACTIONAL_CADENCE],
    max_cadence: [lap::MAX_CADENCE, lap::MAX_FRACTIONAL_CADENCE],
    avg_power: lap::AVG_POWER,
    max_power: lap::MAX_POWER,
};

/// Where a `session` has its totals.
pub(super) const SESSION: Places = Places {
    start: session::START_TIME,
    elapsed_time: session::TOTAL_ELAPSED_TIME,
    timer_time: session::TOTAL_TIMER_TIME,
    distance: session::TOTAL_DISTANCE,
    cycles: session::TOTAL_CYCLES,
    cycle_length: session::AVG_STROKE_DISTANCE,
    calories: session::TOTAL_CALORIES,
    work: session::TOTAL_WORK,
    avg_speed: [session::ENHANCED_AVG_SPEED, session::AVG_SPEED],
    max_speed: [session::ENHANCED_MAX_SPEED, session::MAX_SPEED],
    avg_heart_rate: session::AVG_HEART_RATE,
    max_heart_rate: session::MAX_HEART_RATE,
    avg_cadence: [session::AVG_CADENCE, session::AVG_FRACTIONAL_CADENCE],
    max_cadence: [session::MAX_CADENCE, session::MAX_FRACTIONAL_CADENCE],
    avg_power: session::AVG_POWER,
    max_power: session::MAX_POWER,
};

impl Totals {
    /// The totals of a lap or a session.
    pub(super) fn of(message: &Message<'_>, places: &Places) -> Self {
        let number = |field: &Field| message.number_of(field.number);
        let speed = |[wide, narrow]: &[Field; 2]| number(wide).or_else(|| number(narrow));
        let rate = |[whole, fraction]: &[Field; 2]| {
            Some(number(whole)? + number(fraction).unwrap_or_default())
        };
        Self {
            start: time(message, places.start),
            elapsed_time: number(&places.elapsed_time),
            timer_time: number(&places.timer_time),
            distance: number(&places.distance),
            cycles: number(&places.cycles),
            cycle_length: number(&places.cycle_length),
            calories: number(&places.calories),
            work: number(&places.work),
            avg_speed: speed(&places.avg_speed),
            max_speed: speed(&places.max_speed),
            avg_heart_rate: number(&places.avg_heart_rate),
            max_heart_rate: number(&places.max_heart_rate),
            avg_cadence: rate(&places.avg_cadence),
            max_cadence: rate(&places.max_cadence),
            avg_power: number(&places.avg_power),
            max_power: number(&places.max_power),
        }
    }

    /// The time that counts: with the timer running, else from start to end.
    pub(super) fn time(&self) -> Option<f64> {
        self.timer_time.or(self.elapsed_time)
    }

    /// The mean speed in m/s: the file's, else from distance and time.
    pub(super) fn speed(&self) -> Option<f64> {
        let computed = || Some(self.distance? / self.time().filter(|time| *time > 0.0)?);
        self.avg_speed
            .or_else(computed)
            .filter(|speed| *speed > 0.0)
    }
}

/// The time in a field; `None` also if it is counted from when the device was switched on.
pub(super) fn time(message: &Message<'_>, field: Field) -> Option<Timestamp> {
    from_fit(raw(message, field)?)
}

/// The raw integer in a field.
pub(super) fn raw(message: &Message<'_>, field: Field) -> Option<u32> {
    let raw = message.field(field.number)?.integers().next()??;
    u32::try_from(raw).ok()
}

/// A FIT time as one of ours.
pub(super) fn from_fit(seconds: u32) -> Option<Timestamp> {
    fit::time::to_unix_seconds(seconds).map(Timestamp::from_seconds)
}

/// The name of the value in a field, or its number where the profile has no name.
pub(super) fn named(message: &Message<'_>, field: Field) -> Option<String> {
    let raw = raw(message, field)?;
    let label = message.field(field.number)?.label();
    Some(label.map_or_else(|| raw.to_string(), str::to_owned))
}

/// How people of a sport count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Habit {
    /// Strokes, and the time for 500 m.
    Rowing,
    /// Strides, and km/h.
    Running,
    /// Cycles, and km/h.
    #[default]
    Other,
}

impl Habit {
    /// The habit of a sport, by the names of the profile or those of TCX. TCX has no rowing: what
    /// it calls `Other` is taken for rowing, as the reader of TCX does.
    pub(super) fn of(sport: &str, sub_sport: &str) -> Self {
        match (sport, sub_sport) {
            (_, "indoor_rowing") | ("rowing" | "Rowing" | "Other", _) => Self::Rowing,
            ("running" | "Running", _) => Self::Running,
            _ => Self::Other,
        }
    }

    /// The unit of cadence.
    pub(super) fn rate(self) -> &'static str {
        match self {
            Self::Rowing => "spm",
            Self::Running => "strides/min",
            Self::Other => "rpm",
        }
    }

    /// What the cycles are.
    pub(super) fn cycles(self) -> &'static str {
        match self {
            Self::Rowing => "strokes",
            Self::Running => "strides",
            Self::Other => "cycles",
        }
    }

    /// The unit of [`pace`](Self::pace).
    pub(super) fn pace_unit(self) -> &'static str {
        match self {
            Self::Rowing => "/500 m",
            _ => "km/h",
        }
    }

    /// A speed in m/s as the sport has it: the time for 500 m, or km/h.
    pub(super) fn pace(self, speed: f64) -> String {
        match self {
            Self::Rowing => words::split(speed),
            _ => format!("{:.1}", speed * 3.6),
        }
    }
}
