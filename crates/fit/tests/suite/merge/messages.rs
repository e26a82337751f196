//! Messages that need more than to be copied.

use std::io::Cursor;

use fit::profile::types::{event_type, split_type};
use fit::profile::{self, event, record, session, split, split_summary, user_profile};
use fit::{Decoder, Encoder, LeftOut, Scanner, Shape, Value};

use super::{merged, values, with_session};
use crate::made_activity::START;
use crate::support::file_of;

#[test]
fn split_summaries_of_a_kind_are_added() {
    let summary = |kind: u8, time: f64, metres: f64| {
        (
            profile::SPLIT_SUMMARY,
            vec![
                (split_summary::SPLIT_TYPE, kind.into()),
                (split_summary::NUM_SPLITS, 1.0),
                (split_summary::TOTAL_TIMER_TIME, time),
                (split_summary::TOTAL_DISTANCE, metres),
                (split_summary::AVG_SPEED, metres / time),
            ],
        )
    };
    let piece = |index: f64, lap: f64| {
        (
            profile::SPLIT,
            vec![(split::MESSAGE_INDEX, index), (split::FIRST_LAP_INDEX, lap)],
        )
    };
    let (active, rest) = (split_type::INTERVAL_ACTIVE, split_type::INTERVAL_REST);
    let first = with_session(
        0,
        &[],
        &[
            piece(0.0, 0.0),
            summary(active, 80.0, 400.0),
            summary(rest, 20.0, 10.0),
        ],
    );
    let second = with_session(
        200,
        &[],
        &[
            piece(0.0, 0.0),
            piece(1.0, 0.0),
            summary(active, 20.0, 200.0),
        ],
    );
    let one = merged(&[&first, &second]);
    let fields = [
        split_summary::SPLIT_TYPE,
        split_summary::NUM_SPLITS,
        split_summary::TOTAL_TIMER_TIME,
        split_summary::TOTAL_DISTANCE,
        split_summary::AVG_SPEED,
    ];
    let expected = [
        [active.into(), 2.0, 100.0, 600.0, 6.0],
        [rest.into(), 1.0, 20.0, 10.0, 0.5],
    ];
    assert_eq!(values(&one.file, profile::SPLIT_SUMMARY, &fields), expected);
    let splits = values(
        &one.file,
        profile::SPLIT,
        &[split::MESSAGE_INDEX, split::FIRST_LAP_INDEX],
    );
    assert_eq!(splits, [[0.0, 0.0], [1.0, 1.0], [2.0, 1.0]]);
}

#[test]
fn a_timer_that_nobody_mentioned_is_started_and_stopped() {
    let one = merged(&[&with_session(0, &[], &[]), &with_session(300, &[], &[])]);
    let timer = values(
        &one.file,
        profile::EVENT,
        &[event::TIMESTAMP, event::EVENT_TYPE],
    );
    let at = |seconds: u32, kind: u8| [f64::from(START + seconds), kind.into()];
    let (start, stop) = (event_type::START, event_type::STOP_ALL);
    assert_eq!(
        timer,
        [at(0, start), at(100, stop), at(300, start), at(400, stop)]
    );
}

#[test]
fn settings_are_those_of_the_first() {
    let with_weight = |start, weight| {
        let user = (profile::USER_PROFILE, vec![(user_profile::WEIGHT, weight)]);
        with_session(start, &[], &[user])
    };
    let one = merged(&[&with_weight(0, 80.0), &with_weight(200, 80.0)]);
    assert_eq!(one.left_out, []);
    let one = merged(&[
        &with_session(0, &[], &[]),
        &with_weight(200, 80.0),
        &with_weight(400, 82.0),
    ]);
    assert_eq!(
        values(&one.file, profile::USER_PROFILE, &[user_profile::WEIGHT]),
        [[80.0]]
    );
    assert_eq!(
        one.left_out,
        [LeftOut::Messages(profile::USER_PROFILE.number)]
    );
}

#[test]
fn compressed_timestamps_are_written_in_full() {
    // Two records with compressed timestamps behind one with a full one.
    let time = START.to_le_bytes();
    let later = |seconds: u32| 0x80 | u8::try_from((START + seconds) & 0x1F).unwrap();
    let mut records = Vec::new();
    records.extend(b"\x40\x00\x00\x00\x00\x01\x00\x01\x00\x00\x04");
    records.extend(b"\x41\x00\x00\x14\x00\x01\xFD\x04\x86\x01");
    records.extend(time);
    records.extend(b"\x40\x00\x00\x14\x00\x01\x03\x01\x02");
    records.extend([later(1), 120, later(2), 121]);
    let left = file_of(&records);
    let first = fit::repair(&left).unwrap().unwrap().file;
    let second = with_session(100, &[], &[]);
    let one = merged(&[&first, &second]);
    assert!(Scanner::new(&one.file).all(|event| match event.unwrap() {
        fit::Event::Data(data) => data.compressed().is_none(),
        _ => true,
    }));
    let records = values(
        &one.file,
        profile::RECORD,
        &[record::TIMESTAMP, record::HEART_RATE],
    );
    assert_eq!(records[1], [f64::from(START + 1), 120.0]);
    assert_eq!(records[2], [f64::from(START + 2), 121.0]);
}

#[test]
fn low_bits_of_totals_go_on() {
    let with_bits = |start: u32| {
        let field = record::COMPRESSED_SPEED_DISTANCE;
        let shape = Shape::of(profile::RECORD)
            .field(record::TIMESTAMP)
            .array(field, 3)
            .build()
            .unwrap();
        let plain = with_session(start, &[(session::TOTAL_DISTANCE, 300.0)], &[]);
        let mut encoder = Encoder::new(Cursor::new(Vec::new())).unwrap();
        for event in Scanner::new(&plain) {
            let fit::Event::Data(data) = event.unwrap() else {
                continue;
            };
            if data.definition.number != profile::RECORD.number {
                encoder
                    .write_bytes(&Shape::copy_of(&data.definition), data.payload())
                    .unwrap();
                continue;
            }
            let time = f64::from(data.timestamp.unwrap());
            // 0, 100, 200 and 300 m in sixteenths, of which twelve bits are kept.
            for metres in if data.timestamp == Some(START + start) {
                0..1
            } else {
                1..4_u16
            } {
                let low = (metres * 1600) & 0x0FFF;
                let [a, b] = (low << 4).to_le_bytes();
                let bytes = [0x10, a, b];
                encoder
                    .write_values(
                        &shape,
                        &[time.into(), Value::Bytes(bytes.as_slice().into())],
                    )
                    .unwrap();
            }
        }
        encoder.finish().unwrap().into_inner()
    };
    let one = merged(&[&with_bits(0), &with_bits(200)]);
    let mut totals = fit::Accumulator::default();
    let mut metres = Vec::new();
    let mut decoder = Decoder::new(&one.file);
    while let Some(message) = decoder.next_message().unwrap() {
        let values = totals.expand(&message);
        let distance = values
            .iter()
            .find(|value| value.field.number == record::DISTANCE.number);
        metres.extend(distance.map(fit::Expanded::number));
    }
    assert_eq!(
        metres,
        [0.0, 100.0, 200.0, 300.0, 300.0, 400.0, 500.0, 600.0]
    );
}
