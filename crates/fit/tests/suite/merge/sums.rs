//! Totals, laps, counters and the timer.

use std::fs;

use fit::profile::types::event_type;
use fit::profile::{self, Field, activity, event, lap, record, session, time_in_zone};
use fit::{Decoder, LeftOut, Sports};

use super::{merged, numbers, values, with_session};
use crate::made_activity::{START, later, made_activity, made_later};
use crate::support::{golden, shared};

/// Seconds from the start of the made activity to its end.
const LENGTH: u32 = 95;

const SUMS: [Field; 6] = [
    session::START_TIME,
    session::TOTAL_ELAPSED_TIME,
    session::TOTAL_TIMER_TIME,
    session::TOTAL_DISTANCE,
    session::TOTAL_CYCLES,
    session::NUM_LAPS,
];

#[test]
fn two_rows_become_one() {
    let (first, second) = (made_activity(), made_later(1000));
    // The order of the files doesn't matter.
    let one = merged(&[&second, &first]);
    assert_eq!(one.file, merged(&[&first, &second]).file);
    assert_eq!(one.left_out, []);
    let legs: Vec<_> = one
        .legs
        .iter()
        .map(|leg| (leg.file, leg.start, leg.end, leg.laps))
        .collect();
    assert_eq!(
        legs,
        [
            (1, START, START + LENGTH, 3),
            (0, START + 1000, START + 1000 + LENGTH, 3)
        ]
    );
    let expected = [START.into(), 1095.0, 150.0, 600.0, 60.0, 6.0];
    assert_eq!(values(&one.file, profile::SESSION, &SUMS), [expected]);
    // The second row's laps are numbered on, and the third lap of the first one lasts until then.
    let laps = values(
        &one.file,
        profile::LAP,
        &[
            lap::MESSAGE_INDEX,
            lap::START_TIME,
            lap::TOTAL_ELAPSED_TIME,
            lap::TOTAL_TIMER_TIME,
            lap::TOTAL_DISTANCE,
        ],
    );
    let start = f64::from(START);
    let expected = [
        [0.0, start, 25.0, 25.0, 100.0],
        [1.0, start + 25.0, 45.0, 25.0, 100.0],
        [2.0, start + 70.0, 25.0 + 905.0, 25.0, 100.0],
        [3.0, start + 1000.0, 25.0, 25.0, 100.0],
        [4.0, start + 1025.0, 45.0, 25.0, 100.0],
        [5.0, start + 1070.0, 25.0, 25.0, 100.0],
    ];
    assert_eq!(laps, expected);
    let timer = values(
        &one.file,
        profile::EVENT,
        &[event::TIMESTAMP, event::EVENT_TYPE],
    );
    let at = |seconds: u32, kind: u8| vec![f64::from(START + seconds), kind.into()];
    let expected = [
        at(0, event_type::START),
        at(40, event_type::STOP),
        at(60, event_type::START),
        at(95, event_type::STOP_ALL),
        at(1000, event_type::START),
        at(1040, event_type::STOP),
        at(1060, event_type::START),
        at(1095, event_type::STOP_ALL),
    ];
    assert_eq!(timer, expected);
    let fields = [
        activity::TIMESTAMP,
        activity::TOTAL_TIMER_TIME,
        activity::NUM_SESSIONS,
        activity::LOCAL_TIMESTAMP,
    ];
    let expected = [start + 1095.0, 150.0, 1.0, start + 1095.0 + 3600.0];
    assert_eq!(values(&one.file, profile::ACTIVITY, &fields), [expected]);
}

#[test]
fn counters_go_on() {
    let one = merged(&[&made_activity(), &made_later(95), &made_later(500)]);
    let fields = [record::TIMESTAMP, record::DISTANCE, record::TOTAL_CYCLES];
    let records = values(&one.file, profile::RECORD, &fields);
    assert_eq!(records.len(), 3 * 76);
    for (before, after) in records.iter().zip(&records[1..]) {
        assert!(
            before
                .iter()
                .zip(after)
                .all(|(before, after)| before <= after),
            "{before:?} {after:?}"
        );
        assert!(after[1] - before[1] <= 4.0, "{before:?} {after:?}");
    }
    assert_eq!(records[records.len() - 1][1..], [900.0, 90.0]);
    assert_eq!(
        records[76][1..],
        [300.0, 30.0],
        "the first record of the second one"
    );
}

#[test]
fn unknown_messages_keep_their_place() {
    let one = merged(&[&made_activity(), &made_later(200)]);
    let mut before = None;
    let mut seen = Vec::new();
    let mut decoder = Decoder::new(&one.file);
    while let Some(message) = decoder.next_message().unwrap() {
        if message.number() == 0xFF04 {
            seen.push((before, message.data().payload()[0]));
        }
        before = Some(message.number());
    }
    // Each of them stands behind the record of its second.
    let seconds = (0..=75)
        .chain(0..=75)
        .map(|second| (Some(profile::RECORD.number), second));
    assert!(seen.into_iter().eq(seconds));
}

/// Sessions of golden files, merged with themselves: sums are twice as much, means and extremes the
/// same.
#[test]
fn means_and_extremes() {
    let first = golden("golden-row-1000m-dev");
    let one = merged(&[&first, &later(&first, 3600)]);
    let check = |factor: f64, fields: &[Field]| {
        let before = values(&first, profile::SESSION, fields).concat();
        let after = values(&one.file, profile::SESSION, fields).concat();
        let expected: Vec<f64> = before.iter().map(|value| value * factor).collect();
        assert_eq!(after, expected);
    };
    check(
        2.0,
        &[
            session::TOTAL_TIMER_TIME,
            session::TOTAL_DISTANCE,
            session::TOTAL_CYCLES,
            session::TOTAL_CALORIES,
            session::TOTAL_WORK,
            session::NUM_LAPS,
        ],
    );
    check(
        1.0,
        &[
            session::START_TIME,
            session::AVG_HEART_RATE,
            session::MAX_HEART_RATE,
            session::AVG_CADENCE,
            session::AVG_POWER,
            session::MAX_POWER,
            session::ENHANCED_MAX_SPEED,
            session::AVG_STROKE_DISTANCE,
            session::SPORT,
            session::SUB_SPORT,
            session::FIRST_LAP_INDEX,
        ],
    );
    let zones = [time_in_zone::REFERENCE_MESG, time_in_zone::REFERENCE_INDEX];
    let laps: u16 = profile::LAP.number;
    let session = profile::SESSION.number;
    let expected = [
        (laps, 0.0),
        (laps, 1.0),
        (laps, 2.0),
        (laps, 3.0),
        (session, 0.0),
    ];
    let expected = expected.map(|(message, index)| [f64::from(message), index]);
    assert_eq!(values(&one.file, profile::TIME_IN_ZONE, &zones), expected);
}

#[test]
fn means_are_weighed_by_the_time_of_the_timer() {
    let row = |start, timer, power, heart, np, fraction| {
        with_session(
            start,
            &[
                (session::TOTAL_TIMER_TIME, timer),
                (session::AVG_POWER, power),
                (session::AVG_HEART_RATE, heart),
                (session::NORMALIZED_POWER, np),
                (session::MAX_HEART_RATE, heart + 10.0),
                (session::MIN_HEART_RATE, heart - 10.0),
                (session::TOTAL_CYCLES, 10.0),
                (session::TOTAL_FRACTIONAL_CYCLES, fraction),
                (session::TOTAL_TRAINING_EFFECT, 3.0),
                (session::THRESHOLD_POWER, 250.0),
            ],
            &[],
        )
    };
    let one = merged(&[
        &row(0, 90.0, 200.0, 120.0, 200.0, 0.75),
        &row(200, 30.0, 240.0, f64::NAN, 300.0, 0.5),
    ]);
    let fields = [
        session::AVG_POWER,
        session::AVG_HEART_RATE,
        session::MAX_HEART_RATE,
        session::MIN_HEART_RATE,
        session::NORMALIZED_POWER,
        session::TOTAL_CYCLES,
        session::TOTAL_FRACTIONAL_CYCLES,
        session::THRESHOLD_POWER,
    ];
    // (90 * 200^4 + 30 * 300^4) / 120, and of that the fourth root: 238.3.
    let expected = [210.0, 120.0, 130.0, 110.0, 238.0, 21.0, 0.25, 250.0];
    assert_eq!(values(&one.file, profile::SESSION, &fields), [expected]);
    // Training effect depends on the whole; nobody can add it.
    let effect = session::TOTAL_TRAINING_EFFECT;
    assert!(values(&one.file, profile::SESSION, &[effect])[0][0].is_nan());
    assert_eq!(
        one.left_out,
        [LeftOut::Field(profile::SESSION.number, effect.number)]
    );
}

/// Real files, each with itself a week later.
#[test]
fn real_files() {
    for path in shared("valid").unwrap_or_default() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let first = fs::read(&path).unwrap();
        let second = later(&first, 7 * 24 * 3600);
        let one = match fit::merge(&[&first, &second], Sports::Same) {
            Ok(_) => merged(&[&first, &second]),
            Err(error) => {
                // Settings behind the activity; a device that didn't know the date.
                assert!(
                    ["24", "25", "26"].iter().any(|it| name.starts_with(it)),
                    "{name}: {error}"
                );
                continue;
            }
        };
        let dropped = [
            profile::FILE_ID,
            profile::FILE_CREATOR,
            profile::SESSION,
            profile::ACTIVITY,
            profile::DEVELOPER_DATA_ID,
            profile::FIELD_DESCRIPTION,
            profile::EVENT,
            profile::TIME_IN_ZONE,
        ];
        let left_out = |number: &u16| {
            dropped.iter().any(|it| it.number == *number) || [2, 3, 7, 12, 26, 27].contains(number)
        };
        let count = |file: &[u8]| numbers(file).iter().filter(|it| !left_out(it)).count();
        assert_eq!(count(&one.file), count(&first) + count(&second), "{name}");
        let fields = [
            session::TOTAL_DISTANCE,
            session::TOTAL_TIMER_TIME,
            session::TOTAL_CYCLES,
        ];
        let before = values(&first, profile::SESSION, &fields).concat();
        let after = values(&one.file, profile::SESSION, &fields).concat();
        for (before, after) in before.iter().zip(&after) {
            assert!(
                before.is_nan() && after.is_nan() || (2.0 * before - after).abs() < 1e-6,
                "{name}"
            );
        }
    }
}
