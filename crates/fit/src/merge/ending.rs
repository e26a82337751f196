//! The messages at the end of a merged activity: splits, session, times in zones, activity.

use std::collections::BTreeSet;

use super::LeftOut;
use super::combine::{Collected, combine};
use super::developer::Indexes;
use super::leg::Leg;
use super::write::{Memory, milliseconds};
use crate::error::Error;
use crate::profile::types::{activity as activity_type, event as event_of, event_type};
use crate::profile::{self, Field, activity, session, split_summary, time_in_zone};
use crate::shape::Shape;

/// Writes what sums up all activities.
pub(super) fn write(
    encoder: &mut Memory,
    legs: &[Leg<'_>],
    indexes: &[Indexes],
    left_out: &mut BTreeSet<LeftOut>,
) -> Result<(), Error> {
    splits(encoder, legs, left_out)?;
    let Some(session) = session(legs, indexes, left_out) else {
        return Ok(());
    };
    put(encoder, &session)?;
    zones(encoder, legs, left_out)?;
    let end = legs
        .iter()
        .map(|leg| leg.busy.max(leg.end))
        .fold(0.0, f64::max)
        .ceil();
    let offset = legs.iter().rev().find_map(|leg| leg.utc_offset);
    let shape = Shape::of(profile::ACTIVITY)
        .fields(&[
            activity::TIMESTAMP,
            activity::TOTAL_TIMER_TIME,
            activity::NUM_SESSIONS,
        ])
        .fields(&[
            activity::TYPE,
            activity::EVENT,
            activity::EVENT_TYPE,
            activity::LOCAL_TIMESTAMP,
        ])
        .build()?;
    let timer = session
        .number(session::TOTAL_TIMER_TIME)
        .unwrap_or(f64::NAN);
    let kind = [activity_type::MANUAL, event_of::ACTIVITY, event_type::STOP].map(f64::from);
    let [kind, event, event_type] = kind;
    let local = end + offset.unwrap_or_default();
    encoder.write(&shape, &[end, timer, 1.0, kind, event, event_type, local])
}

fn put(encoder: &mut Memory, message: &Collected) -> Result<(), Error> {
    let (shape, values) = message.message()?;
    encoder.write_values(&shape, &values)
}

/// A message with what it weighs in means: the time in which the timer ran.
fn weighed(message: &Collected, timer: Field, elapsed: Field) -> (&Collected, f64) {
    let time = message.number(timer).or_else(|| message.number(elapsed));
    (message, time.unwrap_or_default())
}

/// One summary for each sort of split: Garmin Connect refuses two of a sort (muktihari/fit #394).
fn splits(
    encoder: &mut Memory,
    legs: &[Leg<'_>],
    left_out: &mut BTreeSet<LeftOut>,
) -> Result<(), Error> {
    let all: Vec<_> = legs.iter().flat_map(|leg| &leg.split_summaries).collect();
    let kind = |it: &Collected| it.number(split_summary::SPLIT_TYPE).map(f64::to_bits);
    let mut kinds = Vec::new();
    for summary in &all {
        if !kinds.contains(&kind(summary)) {
            kinds.push(kind(summary));
        }
    }
    for (index, sort) in (0_u32..).zip(kinds) {
        let timer = split_summary::TOTAL_TIMER_TIME;
        let of_sort = all.iter().filter(|it| kind(it) == sort);
        let of_sort: Vec<_> = of_sort.map(|it| weighed(it, timer, timer)).collect();
        let lost = |field| {
            left_out.insert(LeftOut::Field(profile::SPLIT_SUMMARY.number, field));
        };
        if let Some(mut summary) = combine(&of_sort, lost) {
            if summary.number(split_summary::MESSAGE_INDEX).is_some() {
                summary.set(split_summary::MESSAGE_INDEX, index.into());
            }
            let speed = [split_summary::AVG_SPEED];
            set_speed(&mut summary, &speed, split_summary::TOTAL_DISTANCE, timer);
            put(encoder, &summary)?;
        }
    }
    Ok(())
}

/// Makes the mean speed what distance and time say, where there is one.
fn set_speed(message: &mut Collected, speeds: &[Field], distance: Field, timer: Field) {
    let (distance, time) = (message.number(distance), message.number(timer));
    if let (Some(distance), Some(time @ 0.001..)) = (distance, time) {
        for speed in speeds {
            if message.number(*speed).is_some() {
                message.set(*speed, distance / time);
            }
        }
    }
}

/// The session of all activities.
fn session(
    legs: &[Leg<'_>],
    indexes: &[Indexes],
    left_out: &mut BTreeSet<LeftOut>,
) -> Option<Collected> {
    let mut all = Vec::new();
    for (leg, indexes) in legs.iter().zip(indexes) {
        for session in &leg.sessions {
            let mut session = session.clone();
            for field in &mut session.fields {
                let index = field.developer.and_then(|index| indexes.get(&index));
                field.developer = index.copied().or(field.developer);
            }
            all.push(session);
        }
    }
    let (timer, elapsed) = (session::TOTAL_TIMER_TIME, session::TOTAL_ELAPSED_TIME);
    let weighed: Vec<_> = all.iter().map(|it| weighed(it, timer, elapsed)).collect();
    let lost = |field| {
        // These are made anew.
        let anew = [session::SPORT, session::SUB_SPORT, session::FIRST_LAP_INDEX];
        if anew.iter().all(|it| it.number != field) {
            left_out.insert(LeftOut::Field(profile::SESSION.number, field));
        }
    };
    let mut merged = combine(&weighed, lost)?;
    merged.set(session::MESSAGE_INDEX, 0.0);
    merged.set(session::FIRST_LAP_INDEX, 0.0);
    let laps: u32 = legs.iter().filter_map(|leg| leg.counts.first()).sum();
    merged.set(session::NUM_LAPS, laps.into());
    merged.set(elapsed, elapsed_time(legs));
    let longest = weighed.iter().max_by(|(_, a), (_, b)| a.total_cmp(b));
    for field in [session::SPORT, session::SUB_SPORT] {
        let longest = longest.and_then(|(session, _)| session.number(field));
        merged.set(field, longest.unwrap_or_default());
    }
    let speeds = [session::ENHANCED_AVG_SPEED, session::AVG_SPEED];
    set_speed(&mut merged, &speeds, session::TOTAL_DISTANCE, timer);
    set_speed(
        &mut merged,
        &[session::AVG_STROKE_DISTANCE],
        session::TOTAL_DISTANCE,
        session::TOTAL_CYCLES,
    );
    Some(merged)
}

/// Seconds from the first start to the last end: the sum of the activities and the pauses between.
#[expect(clippy::cast_precision_loss, reason = "a pause has less than 2^53 ms")]
fn elapsed_time(legs: &[Leg<'_>]) -> f64 {
    let busy: f64 = legs.iter().map(|leg| leg.end - leg.start).sum();
    let pauses = legs.iter().zip(legs.iter().skip(1));
    let pauses: i128 = pauses
        .map(|(leg, next)| milliseconds(next.start - leg.end))
        .sum();
    busy + pauses as f64 / 1000.0
}

/// The times in zones of the session, if all sessions have them, in the same zones.
fn zones(
    encoder: &mut Memory,
    legs: &[Leg<'_>],
    left_out: &mut BTreeSet<LeftOut>,
) -> Result<(), Error> {
    let all: Vec<_> = legs
        .iter()
        .flat_map(|leg| &leg.zones)
        .map(|it| (it, 1.0))
        .collect();
    let sessions: usize = legs.iter().map(|leg| leg.sessions.len()).sum();
    let mut differ = all.len() != sessions;
    let merged = combine(&all, |_| differ = true);
    let Some(mut merged) = merged else {
        return Ok(());
    };
    if differ {
        left_out.insert(LeftOut::Messages(profile::TIME_IN_ZONE.number));
        return Ok(());
    }
    merged.set(time_in_zone::REFERENCE_INDEX, 0.0);
    put(encoder, &merged)
}
