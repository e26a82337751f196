//! The messages at the end of an activity: the timer's stop, laps, session, activity.

use std::io::Cursor;

use super::missing::{Made, Missing};
use super::step::{Step, Steps, Summary};
use super::survey::Survey;
use crate::encode::Encoder;
use crate::error::Error;
use crate::header::Header;
use crate::profile::types::{
    activity as activity_type, event as event_of, event_type, file, intensity, lap_trigger,
    manufacturer, session_trigger,
};
use crate::profile::{self, Field, activity, event, file_id, lap, session};
use crate::shape::Shape;

type Memory = Encoder<Cursor<Vec<u8>>>;

/// The definitions and messages that `write` writes, without header and CRC. They define local types
/// from 0 on.
pub(super) fn records(
    write: impl FnOnce(&mut Memory) -> Result<(), Error>,
) -> Result<Vec<u8>, Error> {
    let mut encoder = Encoder::new(Cursor::new(Vec::new()))?;
    write(&mut encoder)?;
    let mut bytes = encoder.finish()?.into_inner();
    bytes.truncate(bytes.len() - 2);
    bytes.drain(..usize::from(Header::SIZE));
    Ok(bytes)
}

/// Writes a message of those fields that have a value.
fn write(
    encoder: &mut Memory,
    message: profile::Message,
    fields: &[(Field, f64)],
) -> Result<(), Error> {
    let known = fields.iter().filter(|(_, value)| !value.is_nan());
    let (fields, values): (Vec<_>, Vec<_>) = known.copied().unzip();
    encoder.write(&Shape::of(message).fields(&fields).build()?, &values)
}

/// Writes the `file_id` of an activity that has lost its own.
pub(super) fn file_id(encoder: &mut Memory, start: f64) -> Result<(), Error> {
    let fields = [
        (file_id::TYPE, file::ACTIVITY.into()),
        (file_id::MANUFACTURER, manufacturer::DEVELOPMENT.into()),
        (file_id::TIME_CREATED, start),
    ];
    write(encoder, profile::FILE_ID, &fields)
}

/// Writes the stop of the timer, the laps and the session, as far as they are missing.
pub(super) fn summaries(
    encoder: &mut Memory,
    missing: &Missing,
    survey: &Survey,
    steps: &mut Steps,
) -> Result<(), Error> {
    if let Some(time) = missing.stop {
        let fields = [
            (event::TIMESTAMP, time.ceil()),
            (event::EVENT, event_of::TIMER.into()),
            (event::EVENT_TYPE, event_type::STOP_ALL.into()),
            (event::EVENT_GROUP, 0.0),
        ];
        write(encoder, profile::EVENT, &fields)?;
        steps.push(Step::TimerStopped {
            time: seconds(time.ceil()),
        });
    }
    let sport = sport(survey);
    for made in &missing.laps {
        write(encoder, profile::LAP, &lap_fields(made, sport))?;
        steps.push(Step::Lap(summary(made, sport)));
    }
    if let Some(made) = &missing.session {
        let fields = session_fields(made, sport, missing.session_laps);
        write(encoder, profile::SESSION, &fields)?;
        steps.push(Step::Session(summary(made, sport)));
    }
    Ok(())
}

/// Writes the activity, if it is missing.
pub(super) fn activity(
    encoder: &mut Memory,
    missing: &Missing,
    survey: &Survey,
    steps: &mut Steps,
) -> Result<(), Error> {
    let Some((timer_time, sessions, end)) = missing.activity else {
        return Ok(());
    };
    let kind = if sessions > 1.0 {
        activity_type::AUTO_MULTI_SPORT
    } else {
        activity_type::MANUAL
    };
    let fields = [
        (activity::TIMESTAMP, end.ceil()),
        (activity::TOTAL_TIMER_TIME, timer_time),
        (activity::NUM_SESSIONS, sessions),
        (activity::TYPE, kind.into()),
        (activity::EVENT, event_of::ACTIVITY.into()),
        (activity::EVENT_TYPE, event_type::STOP.into()),
        (
            activity::LOCAL_TIMESTAMP,
            end.ceil() + f64::from(survey.utc_offset.unwrap_or(0)),
        ),
    ];
    write(encoder, profile::ACTIVITY, &fields)?;
    steps.push(Step::Activity { timer_time });
    Ok(())
}

/// Sport and variant of what is made.
fn sport(survey: &Survey) -> (f64, f64) {
    survey.sport.unwrap_or_default()
}

fn summary(made: &Made, (sport, _): (f64, f64)) -> Summary {
    let sums = &made.tally.sums;
    let known = |value: f64| (!value.is_nan()).then_some(value);
    Summary {
        start: seconds(made.window.start),
        elapsed_time: sums.elapsed,
        timer_time: sums.timer,
        distance: known(sums.distance),
        calories: known(sums.calories),
        sport: u8::try_from(seconds(sport)).unwrap_or_default(),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates: times of records are in the range"
)]
fn seconds(time: f64) -> u32 {
    time as u32
}

fn lap_fields(made: &Made, (sport, sub_sport): (f64, f64)) -> Vec<(Field, f64)> {
    let tally = &made.tally;
    let [from, to] = positions(made);
    let mut fields = vec![
        (lap::MESSAGE_INDEX, made.index),
        (lap::TIMESTAMP, made.window.end.ceil()),
        (lap::START_TIME, made.window.start.floor()),
        (lap::START_POSITION_LAT, from.0),
        (lap::START_POSITION_LONG, from.1),
        (lap::END_POSITION_LAT, to.0),
        (lap::END_POSITION_LONG, to.1),
        (lap::TOTAL_ELAPSED_TIME, tally.sums.elapsed),
        (lap::TOTAL_TIMER_TIME, tally.sums.timer),
        (lap::TOTAL_DISTANCE, tally.sums.distance),
        (lap::TOTAL_CYCLES, tally.sums.cycles),
        (lap::TOTAL_CALORIES, tally.sums.calories),
        (lap::TOTAL_WORK, tally.sums.work),
    ];
    let averages = averages(made);
    fields.extend([
        (lap::ENHANCED_AVG_SPEED, averages.speed.0),
        (lap::ENHANCED_MAX_SPEED, averages.speed.1),
        (lap::AVG_STROKE_DISTANCE, averages.cycle_length),
        (lap::AVG_HEART_RATE, tally.heart_rate.mean()),
        (lap::MAX_HEART_RATE, tally.heart_rate.max()),
        (lap::MIN_HEART_RATE, tally.heart_rate.min()),
        (lap::AVG_CADENCE, tally.cadence.mean()),
        (lap::MAX_CADENCE, tally.cadence.max()),
        (lap::AVG_POWER, tally.power.mean()),
        (lap::MAX_POWER, tally.power.max()),
        (lap::EVENT, event_of::LAP.into()),
        (lap::EVENT_TYPE, event_type::STOP.into()),
        (lap::INTENSITY, intensity::ACTIVE.into()),
        (lap::LAP_TRIGGER, lap_trigger::SESSION_END.into()),
        (lap::SPORT, sport),
        (lap::SUB_SPORT, sub_sport),
    ]);
    fields
}

fn session_fields(
    made: &Made,
    (sport, sub_sport): (f64, f64),
    (laps, first): (f64, f64),
) -> Vec<(Field, f64)> {
    let tally = &made.tally;
    let [from, to] = positions(made);
    let mut fields = vec![
        (session::MESSAGE_INDEX, made.index),
        (session::TIMESTAMP, made.window.end.ceil()),
        (session::START_TIME, made.window.start.floor()),
        (session::START_POSITION_LAT, from.0),
        (session::START_POSITION_LONG, from.1),
        (session::END_POSITION_LAT, to.0),
        (session::END_POSITION_LONG, to.1),
        (session::TOTAL_ELAPSED_TIME, tally.sums.elapsed),
        (session::TOTAL_TIMER_TIME, tally.sums.timer),
        (session::TOTAL_DISTANCE, tally.sums.distance),
        (session::TOTAL_CYCLES, tally.sums.cycles),
        (session::TOTAL_CALORIES, tally.sums.calories),
        (session::TOTAL_WORK, tally.sums.work),
    ];
    let averages = averages(made);
    fields.extend([
        (session::ENHANCED_AVG_SPEED, averages.speed.0),
        (session::ENHANCED_MAX_SPEED, averages.speed.1),
        (session::AVG_STROKE_DISTANCE, averages.cycle_length),
        (session::AVG_HEART_RATE, tally.heart_rate.mean()),
        (session::MAX_HEART_RATE, tally.heart_rate.max()),
        (session::MIN_HEART_RATE, tally.heart_rate.min()),
        (session::AVG_CADENCE, tally.cadence.mean()),
        (session::MAX_CADENCE, tally.cadence.max()),
        (session::AVG_POWER, tally.power.mean()),
        (session::MAX_POWER, tally.power.max()),
        (session::EVENT, event_of::SESSION.into()),
        (session::EVENT_TYPE, event_type::STOP.into()),
        (session::SPORT, sport),
        (session::SUB_SPORT, sub_sport),
        (session::FIRST_LAP_INDEX, first),
        (session::NUM_LAPS, laps),
        (session::TRIGGER, session_trigger::ACTIVITY_END.into()),
    ]);
    fields
}

/// What follows from sums and extremes.
struct Averages {
    /// Mean and highest.
    speed: (f64, f64),
    cycle_length: f64,
}

fn averages(made: &Made) -> Averages {
    let sums = &made.tally.sums;
    let ratio = |value: f64, by: f64| if by > 0.0 { value / by } else { f64::NAN };
    let (mean, max) = (ratio(sums.distance, sums.timer), made.tally.speed.max());
    Averages {
        // Some recorders' speeds don't fit their distances.
        speed: (mean, if max < mean { mean } else { max }),
        cycle_length: ratio(sums.distance, sums.cycles),
    }
}

fn positions(made: &Made) -> [(f64, f64); 2] {
    made.tally.positions.unwrap_or([(f64::NAN, f64::NAN); 2])
}
