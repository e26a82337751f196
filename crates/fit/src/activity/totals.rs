//! Laps and sessions.

use crate::message::Message;
use crate::place::degrees_from_semicircles;
use crate::profile::{Field, lap, session};

/// What a lap or a session sums up. NaN stands for what the file doesn't say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Totals {
    /// Its number among the laps or sessions, from 0.
    pub index: Option<u16>,
    /// When the message was written, in FIT seconds. That may be long after the end: the end is
    /// `start_time` and `elapsed_time`.
    pub timestamp: Option<u32>,
    /// When it started, in FIT seconds.
    pub start_time: Option<u32>,
    /// Seconds from start to end.
    pub elapsed_time: f64,
    /// Seconds with the timer running.
    pub timer_time: f64,
    /// Seconds in motion.
    pub moving_time: f64,
    /// Metres.
    pub distance: f64,
    /// Strokes, revolutions or strides.
    pub cycles: f64,
    /// Kilocalories.
    pub calories: f64,
    /// Joules.
    pub work: f64,
    /// Metres up.
    pub ascent: f64,
    /// Metres down.
    pub descent: f64,
    /// Metres per second; the enhanced one, where there is one.
    pub avg_speed: f64,
    /// Metres per second; the enhanced one, where there is one.
    pub max_speed: f64,
    /// Beats per minute.
    pub avg_heart_rate: f64,
    /// Beats per minute.
    pub min_heart_rate: f64,
    /// Beats per minute.
    pub max_heart_rate: f64,
    /// Strokes, revolutions or strides per minute, with the fraction, where there is one.
    pub avg_cadence: f64,
    /// Strokes, revolutions or strides per minute, with the fraction, where there is one.
    pub max_cadence: f64,
    /// Watts.
    pub avg_power: f64,
    /// Watts.
    pub max_power: f64,
    /// Watts.
    pub normalized_power: f64,
    /// Metres per stroke.
    pub avg_stroke_distance: f64,
    /// Metres above sea level; the enhanced one, where there is one.
    pub avg_altitude: f64,
    /// Degrees Celsius.
    pub avg_temperature: f64,
    /// Latitude and longitude of the start in degrees.
    pub start_position: [f64; 2],
    /// Latitude and longitude of the end in degrees.
    pub end_position: [f64; 2],
    /// The sport; names are in [`types::SPORT`](crate::profile::types::SPORT).
    pub sport: Option<u8>,
    /// The kind of the sport; names are in [`types::SUB_SPORT`](crate::profile::types::SUB_SPORT).
    pub sub_sport: Option<u8>,
}

/// A lap.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lap {
    /// What it sums up.
    pub totals: Totals,
    /// What it was for; names are in [`types::INTENSITY`](crate::profile::types::INTENSITY).
    pub intensity: Option<u8>,
    /// Why it ended; names are in [`types::LAP_TRIGGER`](crate::profile::types::LAP_TRIGGER).
    pub trigger: Option<u8>,
    /// The step of the workout that it was.
    pub workout_step: Option<u16>,
}

/// A session: the whole activity, or the part of one sport.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Session {
    /// What it sums up.
    pub totals: Totals,
    /// Which lap is its first.
    pub first_lap: Option<u16>,
    /// How many laps it has.
    pub laps: Option<u16>,
    /// Why it ended; names are in
    /// [`types::SESSION_TRIGGER`](crate::profile::types::SESSION_TRIGGER).
    pub trigger: Option<u8>,
    /// 0 to 5.
    pub training_effect: f64,
    /// 0 to 5.
    pub anaerobic_training_effect: f64,
}

/// Where a message has its totals. Of two fields the first counts, if it has a value.
struct Places {
    index: Field,
    timestamp: Field,
    start_time: Field,
    elapsed_time: Field,
    timer_time: Field,
    moving_time: Field,
    distance: Field,
    cycles: Field,
    calories: Field,
    work: Field,
    ascent: Field,
    descent: Field,
    avg_speed: [Field; 2],
    max_speed: [Field; 2],
    avg_heart_rate: Field,
    min_heart_rate: Field,
    max_heart_rate: Field,
    /// The whole and its fraction.
    avg_cadence: [Field; 2],
    max_cadence: [Field; 2],
    avg_power: Field,
    max_power: Field,
    normalized_power: Field,
    avg_stroke_distance: Field,
    avg_altitude: [Field; 2],
    avg_temperature: Field,
    start_position: [Field; 2],
    end_position: [Field; 2],
    sport: Field,
    sub_sport: Field,
}

const LAP: Places = Places {
    index: lap::MESSAGE_INDEX,
    timestamp: lap::TIMESTAMP,
    start_time: lap::START_TIME,
    elapsed_time: lap::TOTAL_ELAPSED_TIME,
    timer_time: lap::TOTAL_TIMER_TIME,
    moving_time: lap::TOTAL_MOVING_TIME,
    distance: lap::TOTAL_DISTANCE,
    cycles: lap::TOTAL_CYCLES,
    calories: lap::TOTAL_CALORIES,
    work: lap::TOTAL_WORK,
    ascent: lap::TOTAL_ASCENT,
    descent: lap::TOTAL_DESCENT,
    avg_speed: [lap::ENHANCED_AVG_SPEED, lap::AVG_SPEED],
    max_speed: [lap::ENHANCED_MAX_SPEED, lap::MAX_SPEED],
    avg_heart_rate: lap::AVG_HEART_RATE,
    min_heart_rate: lap::MIN_HEART_RATE,
    max_heart_rate: lap::MAX_HEART_RATE,
    avg_cadence: [lap::AVG_CADENCE, lap::AVG_FRACTIONAL_CADENCE],
    max_cadence: [lap::MAX_CADENCE, lap::MAX_FRACTIONAL_CADENCE],
    avg_power: lap::AVG_POWER,
    max_power: lap::MAX_POWER,
    normalized_power: lap::NORMALIZED_POWER,
    avg_stroke_distance: lap::AVG_STROKE_DISTANCE,
    avg_altitude: [lap::ENHANCED_AVG_ALTITUDE, lap::AVG_ALTITUDE],
    avg_temperature: lap::AVG_TEMPERATURE,
    start_position: [lap::START_POSITION_LAT, lap::START_POSITION_LONG],
    end_position: [lap::END_POSITION_LAT, lap::END_POSITION_LONG],
    sport: lap::SPORT,
    sub_sport: lap::SUB_SPORT,
};

const SESSION: Places = Places {
    index: session::MESSAGE_INDEX,
    timestamp: session::TIMESTAMP,
    start_time: session::START_TIME,
    elapsed_time: session::TOTAL_ELAPSED_TIME,
    timer_time: session::TOTAL_TIMER_TIME,
    moving_time: session::TOTAL_MOVING_TIME,
    distance: session::TOTAL_DISTANCE,
    cycles: session::TOTAL_CYCLES,
    calories: session::TOTAL_CALORIES,
    work: session::TOTAL_WORK,
    ascent: session::TOTAL_ASCENT,
    descent: session::TOTAL_DESCENT,
    avg_speed: [session::ENHANCED_AVG_SPEED, session::AVG_SPEED],
    max_speed: [session::ENHANCED_MAX_SPEED, session::MAX_SPEED],
    avg_heart_rate: session::AVG_HEART_RATE,
    min_heart_rate: session::MIN_HEART_RATE,
    max_heart_rate: session::MAX_HEART_RATE,
    avg_cadence: [session::AVG_CADENCE, session::AVG_FRACTIONAL_CADENCE],
    max_cadence: [session::MAX_CADENCE, session::MAX_FRACTIONAL_CADENCE],
    avg_power: session::AVG_POWER,
    max_power: session::MAX_POWER,
    normalized_power: session::NORMALIZED_POWER,
    avg_stroke_distance: session::AVG_STROKE_DISTANCE,
    avg_altitude: [session::ENHANCED_AVG_ALTITUDE, session::AVG_ALTITUDE],
    avg_temperature: session::AVG_TEMPERATURE,
    start_position: [session::START_POSITION_LAT, session::START_POSITION_LONG],
    end_position: [session::END_POSITION_LAT, session::END_POSITION_LONG],
    sport: session::SPORT,
    sub_sport: session::SUB_SPORT,
};

/// The bits of a message index that are the index.
const INDEX: u16 = 0x0FFF;

impl Totals {
    fn of(message: &Message<'_>, places: &Places) -> Self {
        let number = |field: &Field| message.number_of(field.number).unwrap_or(f64::NAN);
        let first = |[one, other]: &[Field; 2]| {
            let one = message.number_of(one.number);
            one.unwrap_or_else(|| number(other))
        };
        let sum = |[whole, fraction]: &[Field; 2]| {
            number(whole) + message.number_of(fraction.number).unwrap_or_default()
        };
        let position =
            |fields: &[Field; 2]| fields.map(|field| degrees_from_semicircles(number(&field)));
        let index = message.integer_of::<u16>(places.index.number);
        Self {
            index: index.map(|index| index & INDEX),
            timestamp: message.integer_of(places.timestamp.number),
            start_time: message.integer_of(places.start_time.number),
            elapsed_time: number(&places.elapsed_time),
            timer_time: number(&places.timer_time),
            moving_time: number(&places.moving_time),
            distance: number(&places.distance),
            cycles: number(&places.cycles),
            calories: number(&places.calories),
            work: number(&places.work),
            ascent: number(&places.ascent),
            descent: number(&places.descent),
            avg_speed: first(&places.avg_speed),
            max_speed: first(&places.max_speed),
            avg_heart_rate: number(&places.avg_heart_rate),
            min_heart_rate: number(&places.min_heart_rate),
            max_heart_rate: number(&places.max_heart_rate),
            avg_cadence: sum(&places.avg_cadence),
            max_cadence: sum(&places.max_cadence),
            avg_power: number(&places.avg_power),
            max_power: number(&places.max_power),
            normalized_power: number(&places.normalized_power),
            avg_stroke_distance: number(&places.avg_stroke_distance),
            avg_altitude: first(&places.avg_altitude),
            avg_temperature: number(&places.avg_temperature),
            start_position: position(&places.start_position),
            end_position: position(&places.end_position),
            sport: message.integer_of(places.sport.number),
            sub_sport: message.integer_of(places.sub_sport.number),
        }
    }
}

impl Lap {
    pub(super) fn of(message: &Message<'_>) -> Self {
        Self {
            totals: Totals::of(message, &LAP),
            intensity: message.integer_of(lap::INTENSITY.number),
            trigger: message.integer_of(lap::LAP_TRIGGER.number),
            workout_step: message.integer_of(lap::WKT_STEP_INDEX.number),
        }
    }
}

impl Session {
    pub(super) fn of(message: &Message<'_>) -> Self {
        let number = |field: Field| message.number_of(field.number).unwrap_or(f64::NAN);
        Self {
            totals: Totals::of(message, &SESSION),
            first_lap: message.integer_of(session::FIRST_LAP_INDEX.number),
            laps: message.integer_of(session::NUM_LAPS.number),
            trigger: message.integer_of(session::TRIGGER.number),
            training_effect: number(session::TOTAL_TRAINING_EFFECT),
            anaerobic_training_effect: number(session::TOTAL_ANAEROBIC_TRAINING_EFFECT),
        }
    }
}
