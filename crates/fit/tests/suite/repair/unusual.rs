//! Activities of unusual shape: several legs, odd times, parts that others left out.

use std::io::Cursor;

use fit::profile::types::{event_type, file, sport as sport_of};
use fit::profile::{
    self, Field, activity, device_settings, event, file_id, lap, record, session, sport,
};
use fit::{Encoder, Shape, Value};

use super::{file_of, messages, repaired, steps, values};
use crate::made_activity::START;

#[test]
fn a_whole_activity_without_session_gets_one() {
    let time = |seconds: u32| f64::from(START + seconds);
    let id: &[_] = &[(file_id::TYPE, file::ACTIVITY.into())];
    let first = [(record::TIMESTAMP, time(0)), (record::DISTANCE, 0.0)];
    let last = [(record::TIMESTAMP, time(60)), (record::DISTANCE, 240.0)];
    let end: &[_] = &[
        (activity::TIMESTAMP, time(60)),
        (activity::TOTAL_TIMER_TIME, 60.0),
    ];
    let rows: [(_, &[_]); 4] = [
        (profile::FILE_ID, id),
        (profile::RECORD, &first),
        (profile::RECORD, &last),
        (profile::ACTIVITY, end),
    ];
    let fixed = repaired(&file_of(&rows));
    let numbers: Vec<_> = messages(&fixed.file).iter().map(|it| it.0).collect();
    assert_eq!(
        numbers,
        [0, 20, 20, 19, 18, 34],
        "the activity stays the last message"
    );
    assert_eq!(
        steps(&fixed),
        [
            "added a lap: 60 s, 240 m, generic",
            "added a session: 60 s, 240 m, generic"
        ]
    );
    // The activity's local type was one that the new messages took: its definition is there again.
    assert_eq!(
        values(
            &fixed.file,
            profile::ACTIVITY,
            &[activity::TOTAL_TIMER_TIME]
        ),
        [[60.0]]
    );
}

#[test]
fn a_second_leg_gets_a_session_of_its_own() {
    let time = |seconds: u32| f64::from(START + seconds);
    let at = |seconds, metres| {
        vec![
            (record::TIMESTAMP, time(seconds)),
            (record::DISTANCE, metres),
        ]
    };
    let leg = |start: u32, kind: u8| {
        vec![
            (session::START_TIME, time(start)),
            (session::TOTAL_ELAPSED_TIME, 100.0),
            (session::TOTAL_TIMER_TIME, 100.0),
            (session::TOTAL_DISTANCE, 300.0),
            (session::SPORT, kind.into()),
        ]
    };
    let sport = |kind: u8| vec![(sport::SPORT, f64::from(kind))];
    let lap = vec![(lap::START_TIME, time(0)), (lap::TOTAL_ELAPSED_TIME, 100.0)];
    let timer = |seconds, kind: u8| {
        vec![
            (event::TIMESTAMP, time(seconds)),
            (event::EVENT, 0.0),
            (event::EVENT_TYPE, kind.into()),
        ]
    };
    let rows: Vec<(profile::Message, Vec<(Field, f64)>)> = vec![
        (
            profile::FILE_ID,
            vec![(file_id::TYPE, file::ACTIVITY.into())],
        ),
        (profile::SPORT, sport(sport_of::CYCLING)),
        (profile::EVENT, timer(0, event_type::START)),
        (profile::RECORD, at(0, 0.0)),
        (profile::RECORD, at(100, 300.0)),
        (profile::EVENT, timer(100, event_type::STOP_ALL)),
        (profile::LAP, lap),
        (profile::SESSION, leg(0, sport_of::CYCLING)),
        (profile::SPORT, sport(sport_of::RUNNING)),
        (profile::EVENT, timer(130, event_type::START)),
        (profile::RECORD, at(130, 300.0)),
        (profile::RECORD, at(190, 500.0)),
    ];
    let rows: Vec<_> = rows
        .iter()
        .map(|(message, fields)| (*message, &fields[..]))
        .collect();
    let file = file_of(&rows);
    let fixed = repaired(&file[..file.len() - 2]);
    let fields = [
        session::START_TIME,
        session::TOTAL_TIMER_TIME,
        session::TOTAL_DISTANCE,
        session::SPORT,
        session::FIRST_LAP_INDEX,
    ];
    let sessions = values(&fixed.file, profile::SESSION, &fields);
    assert_eq!(sessions.len(), 2);
    assert_eq!(sessions[1], [time(130), 60.0, 200.0, 1.0, 1.0]);
    let fields = [
        activity::TOTAL_TIMER_TIME,
        activity::NUM_SESSIONS,
        activity::TYPE,
    ];
    assert_eq!(
        values(&fixed.file, profile::ACTIVITY, &fields),
        [[160.0, 2.0, 1.0]]
    );
}

#[test]
fn local_time_comes_from_the_settings_of_the_device() {
    let settings = Shape::of(profile::DEVICE_SETTINGS)
        .field(device_settings::ACTIVE_TIME_ZONE)
        .array(device_settings::TIME_OFFSET, 2)
        .build()
        .unwrap();
    let id = Shape::of(profile::FILE_ID)
        .field(file_id::TYPE)
        .build()
        .unwrap();
    let record = Shape::of(profile::RECORD)
        .field(record::TIMESTAMP)
        .build()
        .unwrap();
    let mut encoder = Encoder::new(Cursor::new(Vec::new())).unwrap();
    encoder.write(&id, &[file::ACTIVITY.into()]).unwrap();
    // Four hours behind UTC, stored as unsigned.
    let offsets = [7200.0, f64::from((-14_400_i32).cast_unsigned())];
    let values_of = [
        Value::Number(1.0),
        Value::Numbers(offsets.as_slice().into()),
    ];
    encoder.write_values(&settings, &values_of).unwrap();
    encoder.write(&record, &[START.into()]).unwrap();
    let file = encoder.finish().unwrap().into_inner();
    let fixed = repaired(&file);
    let fields = [activity::TIMESTAMP, activity::LOCAL_TIMESTAMP];
    let rows = values(&fixed.file, profile::ACTIVITY, &fields);
    assert_eq!(rows, [[f64::from(START), f64::from(START - 14_400)]]);
}

#[test]
fn odd_times_of_records_do_not_make_an_activity_of_years() {
    let id: &[_] = &[(file_id::TYPE, file::ACTIVITY.into())];
    let check = |times: &[u32], start: u32, elapsed: f64| {
        let records: Vec<_> = times
            .iter()
            .map(|time| [(record::TIMESTAMP, f64::from(*time))])
            .collect();
        let mut rows = vec![(profile::FILE_ID, id)];
        rows.extend(records.iter().map(|fields| (profile::RECORD, &fields[..])));
        let fixed = repaired(&file_of(&rows));
        let fields = [session::START_TIME, session::TOTAL_ELAPSED_TIME];
        let session = &values(&fixed.file, profile::SESSION, &fields)[0];
        assert_eq!(session, &[f64::from(start), elapsed], "{times:?}");
    };
    check(&[START, START + 1, START + 2], START, 2.0);
    // A flipped bit, forwards and backwards.
    check(
        &[START, START + 1, START + (1 << 27), START + 3],
        START,
        3.0,
    );
    check(
        &[START, START + 1, START - (1 << 27), START + 3],
        START,
        3.0,
    );
    check(
        &[START + (1 << 27), START, START + 1, START + 2],
        START + 1,
        1.0,
    );
    // Seconds since the device was switched on, until it knows the date.
    check(&[17, 18, 19, START, START + 1, START + 2], START + 1, 1.0);
    // A night in a tent.
    check(&[START, START + 300_000, START + 300_001], START, 300_001.0);
    check(&[START + 5, START + 4, START + 6], START + 4, 2.0);
}

#[test]
fn files_that_are_no_activities_get_no_summaries() {
    for kind in [file::SETTINGS, file::COURSE, file::MONITORING_B] {
        let id: &[_] = &[(file_id::TYPE, kind.into())];
        let row = [
            (record::TIMESTAMP, f64::from(START)),
            (record::DISTANCE, 5.0),
        ];
        let rows: [(_, &[_]); 3] = [
            (profile::FILE_ID, id),
            (profile::RECORD, &row),
            (profile::RECORD, &row),
        ];
        let file = file_of(&rows);
        assert!(matches!(fit::repair(&file), Ok(None)), "{kind}");
        let fixed = repaired(&file[..file.len() - 4]);
        let numbers: Vec<_> = messages(&fixed.file).iter().map(|it| it.0).collect();
        assert_eq!(numbers, [0, 20], "{kind}");
    }
}
