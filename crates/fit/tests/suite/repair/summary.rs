//! The messages at the end of an activity that are made anew, and what they say.

use fit::Step;
use fit::profile::types::{event_type, file};
use fit::profile::{self, Field, activity, event, file_id, lap, record, session};

use super::{count, file_of, messages, place_of, repaired, steps, values};
use crate::made_activity::{PAUSE, START, made_activity};
use crate::support::golden;

const SUMS: [Field; 6] = [
    session::START_TIME,
    session::TOTAL_ELAPSED_TIME,
    session::TOTAL_TIMER_TIME,
    session::TOTAL_DISTANCE,
    session::TOTAL_CYCLES,
    session::NUM_LAPS,
];

/// The first `count` records of the made activity, with all that is between them.
fn until_record(count: usize) -> Vec<u8> {
    let file = made_activity();
    let list = messages(&file);
    let mut records = list.iter().filter(|it| it.0 == profile::RECORD.number);
    let (_, bytes, at) = records.nth(count - 1).unwrap();
    file[..at + 1 + bytes.len()].to_vec()
}

#[test]
fn a_session_from_the_records_is_the_one_that_was_lost() {
    for name in ["golden-row-1000m-plain", "golden-row-1000m-dev"] {
        let whole = golden(name);
        let fixed = repaired(&whole[..place_of(&whole, profile::LAP)]);
        let fields = [
            session::START_TIME,
            session::TIMESTAMP,
            session::TOTAL_ELAPSED_TIME,
            session::TOTAL_TIMER_TIME,
            session::TOTAL_DISTANCE,
            session::TOTAL_CYCLES,
            session::TOTAL_WORK,
            session::ENHANCED_AVG_SPEED,
            session::ENHANCED_MAX_SPEED,
            session::AVG_HEART_RATE,
            session::MAX_HEART_RATE,
            session::AVG_CADENCE,
            session::MAX_CADENCE,
            session::AVG_POWER,
            session::MAX_POWER,
            session::AVG_STROKE_DISTANCE,
            session::SPORT,
            session::SUB_SPORT,
            session::TRIGGER,
        ];
        let read = |file| values(file, profile::SESSION, &fields);
        for ((lost, made), field) in read(&whole)[0]
            .iter()
            .zip(&read(&fixed.file)[0])
            .zip(fields)
        {
            // The golden files round their averages and the work in other places.
            let near = (lost - made).abs() <= 0.01 * lost.abs();
            assert!(near, "{name} {}: {lost}, made {made}", field.name);
        }
        let exact = &fields[..6];
        let read = |file| values(file, profile::SESSION, exact);
        assert_eq!(read(&fixed.file), read(&whole), "{name}");
    }
}

#[test]
fn laps_and_session_fit_the_records_wherever_the_file_ends() {
    for records in 1_u32..=76 {
        let fixed = repaired(&until_record(records as usize));
        let second = records - 1;
        let pause = if second > 40 { PAUSE } else { 0 };
        let time = f64::from(second);
        let elapsed = f64::from(second + pause);
        // A lap ends with its last record, its message is behind that one.
        let laps = (second.saturating_sub(1) / 25 + 1).min(3);
        let strokes = (0.4 * time).floor();
        let expected = [
            START.into(),
            elapsed,
            time,
            4.0 * time,
            strokes,
            laps.into(),
        ];
        let session = &values(&fixed.file, profile::SESSION, &SUMS)[0];
        assert_eq!(session, &expected, "{records} records");
        let made = values(&fixed.file, profile::LAP, &SUMS[..5]);
        let mut sums = [f64::from(START), 0.0, 0.0, 0.0, 0.0];
        for lap in &made {
            assert_eq!(
                lap[..1],
                [sums[0] + sums[1]],
                "{records} records: laps follow each other"
            );
            for (sum, value) in sums.iter_mut().zip(lap).skip(1) {
                *sum += value;
            }
        }
        assert_eq!(
            sums[..],
            expected[..5],
            "{records} records: sums of the laps"
        );
        let index = values(&fixed.file, profile::LAP, &[lap::MESSAGE_INDEX]).concat();
        assert_eq!(index, (0..laps).map(f64::from).collect::<Vec<_>>());
        let activity = &values(
            &fixed.file,
            profile::ACTIVITY,
            &[
                activity::TOTAL_TIMER_TIME,
                activity::NUM_SESSIONS,
                activity::TIMESTAMP,
            ],
        )[0];
        assert_eq!(activity, &[time, 1.0, f64::from(START) + elapsed]);
    }
}

#[test]
fn averages_are_over_time() {
    let fixed = repaired(&until_record(21));
    let fields = [
        session::AVG_POWER,
        session::MAX_POWER,
        session::AVG_HEART_RATE,
        session::MIN_HEART_RATE,
        session::ENHANCED_AVG_SPEED,
        session::AVG_STROKE_DISTANCE,
        session::SPORT,
        session::SUB_SPORT,
    ];
    // Power goes from 151 to 170 W, the heart rate from second 11 on from 111 to 120.
    let expected = [161.0, 170.0, 116.0, 111.0, 4.0, 10.0, 15.0, 14.0];
    assert_eq!(values(&fixed.file, profile::SESSION, &fields)[0], expected);
}

#[test]
fn the_timer_is_stopped_if_it_runs() {
    let fields = [event::TIMESTAMP, event::EVENT_TYPE];
    let end = |records| {
        let fixed = repaired(&until_record(records));
        values(&fixed.file, profile::EVENT, &fields).pop().unwrap()
    };
    assert_eq!(
        end(31),
        [f64::from(START + 30), event_type::STOP_ALL.into()]
    );
    assert_eq!(
        end(61),
        [f64::from(START + 80), event_type::STOP_ALL.into()]
    );
    // It breaks off while the timer stands.
    let whole = made_activity();
    let list = messages(&whole);
    let start = list
        .iter()
        .filter(|it| it.0 == profile::EVENT.number)
        .nth(2)
        .unwrap()
        .2;
    let fixed = repaired(&whole[..start]);
    assert_eq!(count(&fixed.file, profile::EVENT), 2);
    let session = &values(&fixed.file, profile::SESSION, &SUMS)[0];
    assert_eq!(session[1..4], [40.0, 40.0, 160.0]);
}

#[test]
fn what_there_is_is_kept() {
    let whole = made_activity();
    let cut_before = |message| repaired(&whole[..place_of(&whole, message)]);
    let fixed = cut_before(profile::SESSION);
    assert_eq!(count(&fixed.file, profile::LAP), 3);
    let expected = [START.into(), 95.0, 75.0, 300.0, 30.0, 3.0];
    assert_eq!(values(&fixed.file, profile::SESSION, &SUMS)[0], expected);
    assert!(
        !fixed
            .steps
            .iter()
            .any(|step| matches!(step, Step::Lap(_) | Step::TimerStopped { .. }))
    );
    let fixed = cut_before(profile::ACTIVITY);
    assert_eq!(count(&fixed.file, profile::SESSION), 1);
    let text = steps(&fixed);
    assert_eq!(text[text.len() - 1], "added an activity: 75 s");
    assert_eq!(text.len(), 3, "{text:?}");
}

#[test]
fn quantities_that_only_some_laps_have_are_left_out() {
    let time = |seconds: u32| f64::from(START + seconds);
    let id: &[_] = &[(file_id::TYPE, file::ACTIVITY.into())];
    let first = [(record::TIMESTAMP, time(0)), (record::POWER, 100.0)];
    let last = [(record::TIMESTAMP, time(10)), (record::POWER, 200.0)];
    let end = [(record::TIMESTAMP, time(30)), (record::POWER, 200.0)];
    let lap: &[_] = &[
        (lap::START_TIME, time(0)),
        (lap::TOTAL_ELAPSED_TIME, 10.0),
        (lap::TOTAL_TIMER_TIME, 10.0),
        (lap::TOTAL_CALORIES, 3.0),
    ];
    let rows: [(_, &[_]); 5] = [
        (profile::FILE_ID, id),
        (profile::RECORD, &first),
        (profile::RECORD, &last),
        (profile::LAP, lap),
        (profile::RECORD, &end),
    ];
    let file = file_of(&rows);
    let fixed = repaired(&file[..file.len() - 1]);
    let fields = [
        session::TOTAL_CALORIES,
        session::TOTAL_WORK,
        session::TOTAL_TIMER_TIME,
    ];
    let session = &values(&fixed.file, profile::SESSION, &fields)[0];
    // The records have no calories. The step of 20 s counts as 10 in the work.
    assert!(session[0].is_nan());
    assert_eq!(session[1..], [2000.0 + 2000.0, 30.0]);
    let laps = values(
        &fixed.file,
        profile::LAP,
        &[lap::TOTAL_CALORIES, lap::TOTAL_WORK],
    );
    assert!(laps[1].iter().all(|value| value.is_nan()), "{laps:?}");
}
