//! Activities as typed values.

use std::fs;
use std::io::Cursor;

use fit::activity::{Content, Reader, Record, Totals};
use fit::profile::types::{event, event_type, file, manufacturer, sport, sub_sport};
use fit::profile::{self, lap, record, session};
use fit::{Decoder, Encoder, Message, Shape, StreamScanner, degrees_from_semicircles};

use crate::support::{data, file_of, files, golden, shared};

/// What a file says, as text.
fn all(mut reader: Reader<impl fit::Walk<Error: std::fmt::Debug>>) -> Vec<String> {
    let mut entries = Vec::new();
    while let Some(entry) = reader.next_entry().unwrap() {
        entries.push(format!("{} {:?}", entry.segment, entry.content));
    }
    entries
}

fn every_file() -> Vec<(String, Vec<u8>)> {
    let mut paths = files(&data().join("golden"));
    paths.extend(files(&data().join("made")));
    paths.extend(shared("valid").unwrap_or_default());
    let read = |path: std::path::PathBuf| (path.display().to_string(), fs::read(&path).unwrap());
    paths.into_iter().map(read).collect()
}

fn each_record(file: &[u8], mut see: impl FnMut(&Record, &Message<'_>)) {
    let mut reader = Reader::tolerant(file);
    while let Some(entry) = reader.next_entry().unwrap() {
        if let Content::Record(record) = entry.content {
            see(record, &entry.message);
        }
    }
}

#[test]
fn streams_have_the_same_activities() {
    for (name, file) in every_file() {
        let streamed = Reader::over(StreamScanner::tolerant(&file[..]));
        assert!(all(streamed) == all(Reader::tolerant(&file)), "{name}");
    }
}

fn same(one: f64, other: Option<f64>) -> bool {
    other.map_or(one.is_nan(), |other| other.to_bits() == one.to_bits())
}

#[test]
fn records_have_the_values_of_their_messages() {
    for (name, file) in every_file() {
        each_record(&file, |record, message| {
            let number = |field: profile::Field| message.number_of(field.number);
            let wide = |wide, narrow| number(wide).or_else(|| number(narrow));
            let degrees = |field| number(field).map(degrees_from_semicircles);
            let cadence = number(record::CADENCE)
                .map(|whole| whole + number(record::FRACTIONAL_CADENCE).unwrap_or(0.0))
                .or_else(|| number(record::CADENCE256));
            let speed = wide(record::ENHANCED_SPEED, record::SPEED);
            let altitude = wide(record::ENHANCED_ALTITUDE, record::ALTITUDE);
            let packed = message
                .field(record::COMPRESSED_SPEED_DISTANCE.number)
                .is_some();
            for (what, given, expected) in [
                (
                    "latitude",
                    record.position_lat,
                    degrees(record::POSITION_LAT),
                ),
                (
                    "longitude",
                    record.position_long,
                    degrees(record::POSITION_LONG),
                ),
                ("altitude", record.altitude, altitude),
                ("distance", record.distance, number(record::DISTANCE)),
                ("speed", record.speed, speed),
                ("heart rate", record.heart_rate, number(record::HEART_RATE)),
                ("cadence", record.cadence, cadence),
                ("power", record.power, number(record::POWER)),
                ("cycles", record.total_cycles, number(record::TOTAL_CYCLES)),
                (
                    "temperature",
                    record.temperature,
                    number(record::TEMPERATURE),
                ),
                ("grade", record.grade, number(record::GRADE)),
                ("calories", record.calories, number(record::CALORIES)),
                (
                    "accuracy",
                    record.gps_accuracy,
                    number(record::GPS_ACCURACY),
                ),
            ] {
                let unpacked = packed && matches!(what, "distance" | "speed" | "cycles");
                assert!(
                    same(given, expected) || unpacked,
                    "{name}: {what} {given} {expected:?}"
                );
            }
            assert_eq!(record.timestamp, message.timestamp());
        });
    }
}

/// The numbers of this device's files are in `compressed_speed_distance`.
#[test]
fn packed_fields_are_unpacked() {
    for path in shared("valid").unwrap_or_default() {
        if !path
            .display()
            .to_string()
            .contains("compressed-timestamp-speed-distance")
        {
            continue;
        }
        let file = fs::read(&path).unwrap();
        let (mut records, mut last) = (0, 0.0);
        each_record(&file, |record, message| {
            if message
                .field(record::COMPRESSED_SPEED_DISTANCE.number)
                .is_some()
            {
                records += 1;
                assert!(record.distance >= last && record.speed < 25.0);
                last = record.distance;
            }
        });
        assert!(records > 600 && last > 1000.0, "{records} {last}");
    }
}

/// A total of 10 m in full, then its low twelve bits, which overflow.
#[test]
fn totals_go_on_from_full_ones() {
    let full = [0x40, 0, 0, 20, 0, 1, 5, 4, 0x86];
    let packed = [0x41, 0, 0, 20, 0, 1, 8, 3, 0x0D];
    // Speed in the low twelve bits, 0.01 m/s; distance in the high ones, 1/16 m.
    let message = |speed: u32, distance: u32| {
        let word = speed | (distance & 0xFFF) << 12;
        let [a, b, c, _] = word.to_le_bytes();
        [1, a, b, c]
    };
    let records = [
        &full[..],
        &[0, 0xE8, 3, 0, 0],
        &packed,
        &message(350, 200),
        &message(351, 4000),
        &message(352, 100),
    ];
    let file = file_of(&records.concat());
    let mut seen = Vec::new();
    each_record(&file, |record, _| {
        seen.push((record.speed, record.distance));
    });
    assert!(same(seen[0].0, None) && same(seen[0].1, Some(10.0)));
    let rest = [(3.5, 200.0 / 16.0), (3.51, 250.0), (3.52, 4196.0 / 16.0)];
    assert_eq!(seen[1..], rest);
}

#[test]
fn a_wide_field_that_is_not_measured_leaves_the_narrow_one() {
    let shape = Shape::of(profile::RECORD)
        .field(record::SPEED)
        .field(record::ENHANCED_SPEED)
        .field(record::CADENCE)
        .field(record::FRACTIONAL_CADENCE)
        .field(record::LEFT_RIGHT_BALANCE);
    let shape = shape.build().unwrap();
    let mut encoder = Encoder::new(Cursor::new(Vec::new())).unwrap();
    encoder
        .write(&shape, &[4.0, f64::NAN, 24.0, 0.5, 0xB2.into()])
        .unwrap();
    encoder
        .write(&shape, &[4.0, 5.0, 24.0, f64::NAN, f64::NAN])
        .unwrap();
    let file = encoder.finish().unwrap().into_inner();
    let mut seen = Vec::new();
    each_record(&file, |it, _| {
        seen.push((it.speed, it.cadence, it.left_right_balance));
    });
    assert_eq!(seen, [(4.0, 24.5, Some(0xB2)), (5.0, 24.0, None)]);
}

#[test]
fn layouts_that_alternate_do_not_mix() {
    let speed = Shape::of(profile::RECORD)
        .field(record::SPEED)
        .build()
        .unwrap();
    let power = Shape::of(profile::RECORD)
        .field(record::POWER)
        .build()
        .unwrap();
    let mut encoder = Encoder::new(Cursor::new(Vec::new())).unwrap();
    for _ in 0..3 {
        encoder.write(&speed, &[4.0]).unwrap();
        encoder.write(&power, &[200.0]).unwrap();
    }
    let file = encoder.finish().unwrap().into_inner();
    let mut measured = Vec::new();
    each_record(&file, |it, _| {
        measured.push((it.speed.is_nan(), it.power.is_nan()));
    });
    assert_eq!(measured, [(false, true), (true, false)].repeat(3));
}

#[test]
fn a_row_is_read_whole() {
    let file = golden("golden-row-1000m-dev");
    let mut reader = Reader::new(&file);
    let (mut records, mut laps, mut timer) = (Vec::new(), Vec::new(), Vec::new());
    let (mut total, mut kinds) = (None, Vec::new());
    while let Some(entry) = reader.next_entry().unwrap() {
        match entry.content {
            Content::Record(record) => records.push(*record),
            Content::Lap(lap) => laps.push(*lap),
            Content::Session(session) => total = Some(session.totals),
            Content::Event(it) => timer.push((it.event, it.event_type)),
            Content::FileId(it) => kinds.push((it.file_type, it.manufacturer)),
            Content::Activity(it) => assert_eq!(it.sessions, Some(1)),
            _ => {}
        }
    }
    assert!(reader.problems().is_empty());
    assert_eq!(
        kinds,
        [(Some(file::ACTIVITY), Some(manufacturer::DEVELOPMENT))]
    );
    let (start, stop) = (event_type::START, event_type::STOP_ALL);
    assert_eq!(timer[0], (Some(event::TIMER), Some(start)));
    assert_eq!(timer.last(), Some(&(Some(event::TIMER), Some(stop))));
    let total: Totals = total.expect("a session");
    assert_eq!(
        (total.sport, total.sub_sport),
        (Some(sport::ROWING), Some(sub_sport::INDOOR_ROWING))
    );
    let sum = |value: fn(&Totals) -> f64| laps.iter().map(|lap| value(&lap.totals)).sum::<f64>();
    assert!((sum(|lap| lap.distance) - total.distance).abs() < 0.1);
    assert!((sum(|lap| lap.timer_time) - total.timer_time).abs() < 0.01);
    assert!(
        records
            .windows(2)
            .all(|pair| pair[0].distance <= pair[1].distance)
    );
    assert!((records.last().unwrap().distance - total.distance).abs() < 1.0);
}

#[test]
fn totals_have_the_values_of_their_messages() {
    for (name, file) in every_file() {
        let mut reader = Reader::tolerant(&file);
        while let Some(entry) = reader.next_entry().unwrap() {
            let message = entry.message;
            let number = |field: profile::Field| message.number_of(field.number);
            let (totals, expected) = match entry.content {
                Content::Lap(it) => (
                    it.totals,
                    [
                        lap::TOTAL_DISTANCE,
                        lap::TOTAL_TIMER_TIME,
                        lap::MAX_HEART_RATE,
                    ],
                ),
                Content::Session(it) => (
                    it.totals,
                    [
                        session::TOTAL_DISTANCE,
                        session::TOTAL_TIMER_TIME,
                        session::MAX_HEART_RATE,
                    ],
                ),
                _ => continue,
            };
            let given = [totals.distance, totals.timer_time, totals.max_heart_rate];
            for (given, expected) in given.into_iter().zip(expected) {
                assert!(same(given, number(expected)), "{name}: {}", expected.name);
            }
        }
    }
}

/// Each segment of a chained file is a file of its own.
#[test]
fn segments_are_told_apart() {
    let file = golden("golden-row-3s-min");
    let chain = file.repeat(3);
    let mut reader = Reader::new(&chain);
    let mut segments = Vec::new();
    while let Some(entry) = reader.next_entry().unwrap() {
        if matches!(entry.content, Content::FileId(_)) {
            segments.push(entry.segment);
        }
    }
    assert_eq!(segments, [0, 1, 2]);
}

#[test]
fn what_a_record_holds_is_said() {
    let file = golden("golden-row-1000m-dev");
    let mut decoder = Decoder::new(&file);
    while let Some(message) = decoder.next_message().unwrap() {
        if message.number() == profile::RECORD.number {
            let rest = fit::Columns::only(&message, |column| {
                column.developer().is_some() || !Record::holds(column.field_number())
            });
            assert!(rest.iter().all(|column| column.developer().is_some()));
            assert!(rest.width() > 0);
        }
    }
}
