//! The same messages through fit-rust 0.1.8, an independent encoder: the same bytes.
//!
//! What it writes correctly, and what is compared here: little-endian files with a header of 14 bytes,
//! single numbers and enumerations of the fields in its own tables, given as raw values (it doesn't
//! scale), times as Unix seconds, texts that already have their NULs. What it doesn't: a missing value
//! or a field that its tables lack (`record.cycle_length16`) becomes zeros, positions are rounded to
//! `f32`, a field with an offset (altitude) overflows, arrays and developer fields can't be written, and with a header of 12 bytes its file CRC is
//! wrong.

use std::fs;
use std::io::Cursor;

use fit::profile::types::{event, event_type, file, manufacturer};
use fit::profile::{self, Field, Kind, activity, event as timer, file_id, lap, record, session};
use fit::{BaseType, Decoder, Encoder, Options, Protocol, Shape, Value};
use fit_rust::Fit;
use fit_rust::protocol::data_field::DataField;
use fit_rust::protocol::message_type::MessageType;
use fit_rust::protocol::value::Value as Their;
use fit_rust::protocol::{
    DataMessage, DefinitionMessage, FieldDefinition, FitDataMessage, FitDefinitionMessage,
    FitHeader, FitMessage, FitMessageHeader,
};
use proptest::prelude::*;

use crate::support::golden;

const OPTIONS: Options = Options {
    protocol: Some(Protocol::V2),
    profile: 21_158,
};

/// A message: its local type, its number, and its fields with their raw values.
#[derive(Debug)]
struct Row {
    local: u8,
    message: profile::Message,
    fields: Vec<(Field, u32)>,
}

/// Writes rows with fit-rust.
fn theirs(rows: &[Row]) -> Vec<u8> {
    let mut data = Vec::new();
    let mut defined = [false; 16];
    for row in rows {
        let kind = MessageType::from_primitive(row.message.number).unwrap();
        if !std::mem::replace(&mut defined[usize::from(row.local)], true) {
            let fields: Vec<_> = row
                .fields
                .iter()
                .map(|(field, _)| their_definition(field))
                .collect();
            let count = u8::try_from(fields.len()).unwrap();
            data.push(FitMessage::Definition(FitDefinitionMessage {
                header: FitMessageHeader::new(true, row.local),
                data: DefinitionMessage::new(false, count, fields, kind),
            }));
        }
        let values = row
            .fields
            .iter()
            .map(|(field, raw)| their_value(field, *raw))
            .collect();
        data.push(FitMessage::Data(FitDataMessage {
            header: FitMessageHeader::new(false, row.local),
            data: DataMessage {
                message_type: kind,
                values,
            },
        }));
    }
    let header = FitHeader {
        header_size: 14,
        protocol_version: 0x20,
        profile_version: 21_158,
        data_size: 0,
        data_type: String::new(),
        crc: Some(0),
    };
    written(&Fit { header, data })
}

fn written(fit: &Fit) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("theirs.fit");
    fit.write(&path).unwrap();
    fs::read(path).unwrap()
}

fn their_definition(field: &Field) -> FieldDefinition {
    let code = field.base.code();
    FieldDefinition::new(
        field.number,
        field.base.size(),
        code & 0x80 != 0,
        code & 0x1F,
    )
}

fn their_value(field: &Field, raw: u32) -> DataField {
    let value = match (field.kind, field.base.size()) {
        (Kind::DateTime | Kind::LocalDateTime, _) => Their::Time(raw + 631_065_600),
        (_, 1) => Their::U8(u8::try_from(raw).unwrap()),
        (_, 2) => Their::U16(u16::try_from(raw).unwrap()),
        _ => Their::U32(raw),
    };
    DataField::new(field.number, value)
}

/// Writes rows with this crate, as physical values.
fn ours(rows: &[Row]) -> Vec<u8> {
    let mut encoder = Encoder::with_options(Cursor::new(Vec::new()), OPTIONS).unwrap();
    for row in rows {
        let fields: Vec<_> = row.fields.iter().map(|(field, _)| *field).collect();
        let shape = Shape::of(row.message).fields(&fields).build().unwrap();
        let physical = |(field, raw): &(Field, u32)| {
            let missing = u64::from(*raw) == field.base.invalid();
            if missing {
                f64::NAN
            } else {
                f64::from(*raw) / field.scale - field.offset
            }
        };
        let values: Vec<_> = row.fields.iter().map(physical).collect();
        encoder.write(&shape, &values).unwrap();
    }
    assert_eq!(encoder.saturated(), 0);
    encoder.finish().unwrap().into_inner()
}

#[test]
fn the_subset_survives_fit_rust() {
    let file = golden("golden-row-1000m-fitrust-subset");
    let read = Fit::read(file.clone()).unwrap();
    assert_eq!(written(&read), file);
}

#[test]
fn both_encoders_write_the_subset() {
    let file = golden("golden-row-1000m-fitrust-subset");
    let mut decoder = Decoder::new(&file);
    let mut rows = Vec::new();
    while let Some(message) = decoder.next_message().unwrap() {
        let numbers = message
            .fields()
            .filter(|field| field.base() != BaseType::String);
        let fields = numbers.map(|field| {
            let invalid = field.base().invalid().into();
            let raw = field.integers().next().unwrap().unwrap_or(invalid);
            (*field.known().unwrap(), u32::try_from(raw).unwrap())
        });
        let local = message.data().definition.local;
        let number = message.number();
        rows.push(Row {
            local,
            message: *profile::message(number).unwrap(),
            fields: fields.collect(),
        });
    }
    assert_eq!(rows.len(), 253);
    assert_eq!(ours(&rows), theirs(&rows));
}

/// Where fit-rust writes zeros, this crate writes "not measured".
#[test]
fn missing_values_differ_as_expected() {
    let shape = Shape::of(profile::RECORD)
        .field(record::HEART_RATE)
        .build()
        .unwrap();
    let mut encoder = Encoder::with_options(Cursor::new(Vec::new()), OPTIONS).unwrap();
    encoder.write_values(&shape, &[Value::Missing]).unwrap();
    let ours = encoder.finish().unwrap().into_inner();
    let row = Row {
        local: 0,
        message: profile::RECORD,
        fields: vec![(record::CYCLE_LENGTH16, 1040)],
    };
    let theirs = theirs(&[row]);
    assert_eq!(ours[ours.len() - 3], 0xFF);
    assert_eq!(
        theirs[theirs.len() - 4..theirs.len() - 2],
        [0, 0],
        "1040 is lost"
    );
}

/// A row of these fields with any valid values.
fn row(
    local: u8,
    message: profile::Message,
    fields: &[Field],
) -> impl Strategy<Value = Row> + use<> {
    let fields: Vec<_> = fields
        .iter()
        .map(|field| (Just(*field), raw(field)))
        .collect();
    fields.prop_map(move |fields| Row {
        local,
        message,
        fields,
    })
}

fn raw(field: &Field) -> std::ops::Range<u32> {
    let (min, max) = field.base.range().unwrap();
    // Dates from 1998 on, such that the Unix time fits into 32 bits.
    let (min, max) = match field.kind {
        Kind::DateTime | Kind::LocalDateTime => (0x1000_0000, 0xD000_0000),
        _ => (u32::try_from(min).unwrap(), u32::try_from(max).unwrap()),
    };
    min..max
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let record = row(
        1,
        profile::RECORD,
        &[
            record::TIMESTAMP,
            record::DISTANCE,
            record::ENHANCED_SPEED,
            record::POWER,
            record::CADENCE,
            record::HEART_RATE,
            record::TOTAL_CYCLES,
            record::CALORIES,
        ],
    );
    let timer = row(
        2,
        profile::EVENT,
        &[timer::TIMESTAMP, timer::EVENT, timer::EVENT_TYPE],
    );
    let lap = row(
        3,
        profile::LAP,
        &[
            lap::MESSAGE_INDEX,
            lap::TIMESTAMP,
            lap::START_TIME,
            lap::TOTAL_ELAPSED_TIME,
            lap::TOTAL_DISTANCE,
            lap::AVG_SPEED,
            lap::SPORT,
        ],
    );
    let session = row(
        4,
        profile::SESSION,
        &[
            session::TIMESTAMP,
            session::TOTAL_TIMER_TIME,
            session::AVG_STROKE_COUNT,
        ],
    );
    prop::collection::vec(
        prop_oneof![8 => record, 1 => timer, 1 => lap, 1 => session],
        1..60,
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn both_encoders_write_the_same(rows in rows()) {
        // Local types are given in the order of first use, as this crate does.
        let mut order: Vec<u8> = Vec::new();
        let rows: Vec<_> = rows.into_iter().map(|row| {
            let at = order.iter().position(|local| *local == row.local).unwrap_or_else(|| {
                order.push(row.local);
                order.len() - 1
            });
            Row { local: u8::try_from(at).unwrap(), ..row }
        }).collect();
        prop_assert_eq!(ours(&rows), theirs(&rows));
    }
}

#[test]
fn an_activity_is_the_same() {
    let start = 1_128_934_400;
    let row = |local, message, fields: &[(Field, u32)]| Row {
        local,
        message,
        fields: fields.to_vec(),
    };
    let rows = [
        row(
            0,
            profile::FILE_ID,
            &[
                (file_id::TYPE, file::ACTIVITY.into()),
                (file_id::MANUFACTURER, manufacturer::DEVELOPMENT.into()),
                (file_id::TIME_CREATED, start),
            ],
        ),
        row(
            1,
            profile::EVENT,
            &[
                (timer::TIMESTAMP, start),
                (timer::EVENT, event::TIMER.into()),
                (timer::EVENT_TYPE, event_type::START.into()),
            ],
        ),
        row(
            2,
            profile::RECORD,
            &[(record::TIMESTAMP, start), (record::DISTANCE, 416)],
        ),
        row(
            3,
            profile::ACTIVITY,
            &[
                (activity::TIMESTAMP, start + 1),
                (activity::TOTAL_TIMER_TIME, 1000),
                (activity::LOCAL_TIMESTAMP, start + 7201),
            ],
        ),
    ];
    assert_eq!(ours(&rows), theirs(&rows));
}
