//! What laps and sessions say of themselves.

use fit::Message;
use fit::profile::{Field, lap, session};
use pipeline_plugin::{Intensity, Sport, Totals, Trigger};

/// When a lap or a session was, in FIT seconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    pub(crate) start: Option<u32>,
    /// When the message was written; at the end, as a rule.
    pub(crate) written: Option<u32>,
    /// Seconds from the start to the end; `NaN` if the file doesn't say.
    pub(crate) elapsed: f64,
}

/// A lap of the file.
#[derive(Clone, Debug)]
pub(crate) struct LapFacts {
    pub(crate) span: Span,
    pub(crate) trigger: Trigger,
    pub(crate) intensity: Intensity,
    pub(crate) totals: Totals,
    /// Seconds in each heart-rate zone.
    pub(crate) zones: Option<Vec<f64>>,
    /// The number that others refer to it by.
    pub(crate) index: u16,
}

/// A session of the file.
#[derive(Clone, Debug)]
pub(crate) struct SessionFacts {
    pub(crate) span: Span,
    pub(crate) sport: Option<Sport>,
    pub(crate) totals: Totals,
}

/// A message's numbers, by the fields that hold them.
pub(crate) struct Numbers<'m>(pub(crate) Message<'m>);

impl Numbers<'_> {
    /// The first of these fields that is measured; `NaN` if none is.
    fn first(&self, fields: &[Field]) -> f64 {
        let mut numbers = fields
            .iter()
            .filter_map(|field| self.0.number_of(field.number));
        numbers.next().unwrap_or(f64::NAN)
    }

    /// The sum of a number and its fraction, which may not be there.
    fn whole_and_part(&self, whole: Field, part: Field) -> f64 {
        let fraction = self.0.number_of(part.number).unwrap_or(0.0);
        self.first(&[whole]) + fraction
    }

    pub(crate) fn label(&self, field: Field) -> Option<&'static str> {
        self.0.field(field.number)?.label()
    }

    /// A field with whole seconds, or another small number.
    pub(crate) fn integer<T: TryFrom<i128>>(&self, field: Field) -> Option<T> {
        let mut integers = self.0.field(field.number)?.integers();
        T::try_from(integers.next()??).ok()
    }

    fn span(&self, start: Field, elapsed: Field, timer: Field) -> Span {
        Span {
            start: self.integer(start),
            written: self.0.timestamp(),
            elapsed: self.first(&[elapsed, timer]),
        }
    }

    /// The sport that two fields name.
    pub(crate) fn sport(&self, sport: Field, sub_sport: Field) -> Option<Sport> {
        let name = self.label(sport)?;
        let sub = self.label(sub_sport).unwrap_or("generic");
        let sport = format!("{name}/{sub}").parse().or_else(|_| name.parse());
        sport.ok()
    }
}

impl LapFacts {
    /// What a `lap` message says; `position` is its place among the laps, from 0.
    pub(crate) fn of(message: Message<'_>, position: u16) -> Self {
        let said = Numbers(message);
        let trigger = match said.label(lap::LAP_TRIGGER) {
            Some("time") => Trigger::Time,
            Some("distance") => Trigger::Distance,
            Some("session_end") => Trigger::SessionEnd,
            _ => Trigger::Manual,
        };
        let intensity = match said.label(lap::INTENSITY) {
            Some("rest" | "recovery") => Intensity::Rest,
            _ => Intensity::Active,
        };
        Self {
            span: said.span(
                lap::START_TIME,
                lap::TOTAL_ELAPSED_TIME,
                lap::TOTAL_TIMER_TIME,
            ),
            trigger,
            intensity,
            totals: lap_totals(&said),
            zones: times(&message, lap::TIME_IN_HR_ZONE),
            index: said
                .integer(lap::MESSAGE_INDEX)
                .map_or(position, |index: u16| index & INDEX),
        }
    }

    /// The sport that the lap names.
    pub(crate) fn sport(message: Message<'_>) -> Option<Sport> {
        Numbers(message).sport(lap::SPORT, lap::SUB_SPORT)
    }
}

/// The bits of a message index that are the index.
const INDEX: u16 = 0x0FFF;

impl SessionFacts {
    /// What a `session` message says.
    pub(crate) fn of(message: Message<'_>) -> Self {
        let said = Numbers(message);
        let (elapsed, timer) = (session::TOTAL_ELAPSED_TIME, session::TOTAL_TIMER_TIME);
        Self {
            span: said.span(session::START_TIME, elapsed, timer),
            sport: said.sport(session::SPORT, session::SUB_SPORT),
            totals: Totals {
                timer_time: said.first(&[timer, elapsed]),
                distance: said.first(&[session::TOTAL_DISTANCE]),
                cycles: said.first(&[session::TOTAL_CYCLES]),
                calories: said.first(&[session::TOTAL_CALORIES]),
                ..Totals::default()
            },
        }
    }
}

fn lap_totals(said: &Numbers<'_>) -> Totals {
    let one = |field| said.first(&[field]);
    Totals {
        timer_time: said.first(&[lap::TOTAL_TIMER_TIME, lap::TOTAL_ELAPSED_TIME]),
        distance: one(lap::TOTAL_DISTANCE),
        cycles: said.whole_and_part(lap::TOTAL_CYCLES, lap::TOTAL_FRACTIONAL_CYCLES),
        calories: one(lap::TOTAL_CALORIES),
        work: one(lap::TOTAL_WORK),
        max_speed: said.first(&[lap::ENHANCED_MAX_SPEED, lap::MAX_SPEED]),
        avg_heart_rate: one(lap::AVG_HEART_RATE),
        max_heart_rate: one(lap::MAX_HEART_RATE),
        min_heart_rate: one(lap::MIN_HEART_RATE),
        avg_cadence: said.whole_and_part(lap::AVG_CADENCE, lap::AVG_FRACTIONAL_CADENCE),
        max_cadence: said.whole_and_part(lap::MAX_CADENCE, lap::MAX_FRACTIONAL_CADENCE),
        avg_power: one(lap::AVG_POWER),
        max_power: one(lap::MAX_POWER),
    }
}

/// The seconds in an array; `None` if there are none.
pub(crate) fn times(message: &Message<'_>, field: Field) -> Option<Vec<f64>> {
    let times: Vec<_> = message.field(field.number)?.numbers().collect();
    let known = times.iter().any(Option::is_some);
    known.then(|| times.into_iter().map(Option::unwrap_or_default).collect())
}
