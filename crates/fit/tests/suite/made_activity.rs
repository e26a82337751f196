//! An activity with everything that makes repairing and merging hard.

use std::io::Cursor;

use fit::profile::types::{event_type, file, sport as sport_of, sub_sport};
use fit::profile::{self, Field, Kind, activity, event, file_id, lap, record, session, sport};
use fit::{BaseType, DeveloperField, Encoder, Event, Scanner, Shape};

/// When it starts, in FIT seconds.
pub(crate) const START: u32 = 1_100_000_000;

const DRAG: DeveloperField<'_> = DeveloperField::new(2, BaseType::Uint16, "DragFactor", "");
const LAPS: u32 = 3;
/// Seconds of a lap.
const LAP: u32 = 25;
/// Seconds without timer, behind second 40.
pub(crate) const PAUSE: u32 = 20;

type Memory = Encoder<Cursor<Vec<u8>>>;

fn write(encoder: &mut Memory, message: profile::Message, fields: &[(Field, f64)]) {
    let (fields, values): (Vec<_>, Vec<_>) = fields.iter().copied().unzip();
    let shape = Shape::of(message).fields(&fields).build().unwrap();
    encoder.write(&shape, &values).unwrap();
}

fn timer(encoder: &mut Memory, time: u32, kind: u8) {
    let fields = [
        (event::TIMESTAMP, time.into()),
        (event::EVENT, 0.0),
        (event::EVENT_TYPE, kind.into()),
    ];
    write(encoder, profile::EVENT, &fields);
}

/// The same activity at another time.
pub(crate) fn made_later(seconds: u32) -> Vec<u8> {
    later(&made_activity(), seconds)
}

/// A sound file with all its times put off: those of fields that the profile knows as dates.
pub(crate) fn later(file: &[u8], seconds: u32) -> Vec<u8> {
    let mut bytes = file.to_vec();
    let mut ends = Vec::new();
    for event in Scanner::new(file) {
        match event.unwrap() {
            Event::Segment(segment) => ends.push((segment.offset, segment.data.end)),
            Event::Data(data) => {
                let known = profile::message(data.definition.number);
                let mut at = data.offset + 1;
                for field in data.fields() {
                    let kind = known
                        .and_then(|it| it.field(field.definition.number))
                        .map(|it| it.kind);
                    let is_date = matches!(kind, Some(Kind::DateTime | Kind::LocalDateTime));
                    if is_date && field.bytes.len() == 4 && !field.definition.developer {
                        shift(&mut bytes[at..at + 4], seconds, field.big_endian);
                    }
                    at += field.bytes.len();
                }
            }
            _ => {}
        }
    }
    for (start, end) in ends {
        let crc = fit::crc::checksum(&bytes[start..end]);
        bytes[end..end + 2].copy_from_slice(&crc.to_le_bytes());
    }
    bytes
}

fn shift(bytes: &mut [u8], seconds: u32, big_endian: bool) {
    let raw = <[u8; 4]>::try_from(&*bytes).unwrap();
    let time = if big_endian {
        u32::from_be_bytes(raw)
    } else {
        u32::from_le_bytes(raw)
    };
    if time != u32::MAX {
        let later = time + seconds;
        let raw = if big_endian {
            later.to_be_bytes()
        } else {
            later.to_le_bytes()
        };
        bytes.copy_from_slice(&raw);
    }
}

/// A row of 75 s with a pause of 20 s in it and laps of 25 s and 100 m each, whose messages stand
/// between the records as watches write them. It has messages that nobody knows, developer fields,
/// and a heart rate that comes late.
pub(crate) fn made_activity() -> Vec<u8> {
    let mut encoder = Encoder::new(Cursor::new(Vec::new())).unwrap();
    let start = START;
    let head = [
        (file_id::TYPE, file::ACTIVITY.into()),
        (file_id::MANUFACTURER, 255.0),
        (file_id::TIME_CREATED, start.into()),
    ];
    write(&mut encoder, profile::FILE_ID, &head);
    encoder
        .write_application(0, b"made for a test!", 1)
        .unwrap();
    encoder.write_description(&DRAG).unwrap();
    let rowing = [
        (sport::SPORT, sport_of::ROWING.into()),
        (sport::SUB_SPORT, sub_sport::INDOOR_ROWING.into()),
    ];
    write(&mut encoder, profile::SPORT, &rowing);
    timer(&mut encoder, start, event_type::START);
    records(&mut encoder, start);
    let end = start + LAPS * LAP + PAUSE;
    timer(&mut encoder, end, event_type::STOP_ALL);
    write_lap(&mut encoder, 2, end);
    let fields = [
        (session::MESSAGE_INDEX, 0.0),
        (session::TIMESTAMP, end.into()),
        (session::START_TIME, start.into()),
        (session::TOTAL_ELAPSED_TIME, 95.0),
        (session::TOTAL_TIMER_TIME, 75.0),
        (session::TOTAL_DISTANCE, 300.0),
        (session::TOTAL_CYCLES, 30.0),
        (session::SPORT, sport_of::ROWING.into()),
        (session::SUB_SPORT, sub_sport::INDOOR_ROWING.into()),
        (session::NUM_LAPS, 3.0),
    ];
    write(&mut encoder, profile::SESSION, &fields);
    let fields = [
        (activity::TIMESTAMP, end.into()),
        (activity::TOTAL_TIMER_TIME, 75.0),
        (activity::NUM_SESSIONS, 1.0),
        (activity::LOCAL_TIMESTAMP, (end + 3600).into()),
    ];
    write(&mut encoder, profile::ACTIVITY, &fields);
    encoder.finish().unwrap().into_inner()
}

fn records(encoder: &mut Memory, start: u32) {
    let fields = [
        record::TIMESTAMP,
        record::DISTANCE,
        record::POWER,
        record::CADENCE,
        record::TOTAL_CYCLES,
    ];
    let plain = Shape::of(profile::RECORD)
        .fields(&fields)
        .developer(&DRAG)
        .build()
        .unwrap();
    let with_heart = Shape::of(profile::RECORD)
        .fields(&fields)
        .field(record::HEART_RATE)
        .developer(&DRAG)
        .build()
        .unwrap();
    let unknown = Field::unnamed(7, BaseType::Byte);
    let unknown = Shape::of_number(0xFF04).array(unknown, 5).build().unwrap();
    for second in 0..=LAPS * LAP {
        // Stopped in the middle of the second lap.
        let pause = if second > 40 { PAUSE } else { 0 };
        let time = start + second + pause;
        if second == 41 {
            timer(encoder, start + 40, event_type::STOP);
            timer(encoder, start + 40 + PAUSE, event_type::START);
        }
        let elapsed = f64::from(second);
        let mut row = vec![time.into(), 4.0 * elapsed, 150.0 + elapsed, 24.0];
        row.push((0.4 * elapsed).floor());
        if second > 10 {
            row.push(100.0 + elapsed);
        }
        row.push(112.0);
        let shape = if second > 10 { &with_heart } else { &plain };
        encoder.write(shape, &row).unwrap();
        let byte = u8::try_from(second).unwrap();
        encoder
            .write_bytes(&unknown, &[byte, 0, 0xFF, byte, 0])
            .unwrap();
        if second == LAP || second == 2 * LAP {
            write_lap(encoder, second / LAP - 1, time);
        }
    }
}

fn write_lap(encoder: &mut Memory, index: u32, end: u32) {
    let elapsed = if index == 1 { LAP + PAUSE } else { LAP };
    let fields = [
        (lap::MESSAGE_INDEX, index.into()),
        (lap::TIMESTAMP, end.into()),
        (lap::START_TIME, (end - elapsed).into()),
        (lap::TOTAL_ELAPSED_TIME, elapsed.into()),
        (lap::TOTAL_TIMER_TIME, LAP.into()),
        (lap::TOTAL_DISTANCE, 100.0),
        (lap::TOTAL_CYCLES, 10.0),
    ];
    write(encoder, profile::LAP, &fields);
}
