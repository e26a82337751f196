//! Writing: records of eight fields, into memory.

use std::io::Cursor;

use anyhow::{Result, anyhow};
use embedded_io_adapters::std::FromStd;
use fit::profile::{self, Field, record};
use fit::{Encoder, Shape};
use fit_rust::protocol::data_field::DataField;
use fit_rust::protocol::message_type::MessageType;
use fit_rust::protocol::value::Value as FitRustValue;
use fit_rust::protocol::{
    DataMessage, DefinitionMessage, FieldDefinition, FitDataMessage, FitDefinitionMessage,
    FitHeader, FitMessage, FitMessageHeader,
};
use rustyfit::profile::typedef::{FitBaseType, MesgNum};
use rustyfit::proto::{Message, Value};

use crate::rounds::{self, Contestant};

const RECORDS: u32 = 1_000_000;

/// fit-rust keeps all messages in memory.
const FIT_RUST_RECORDS: u32 = 100_000;

/// The record of an indoor row. All but one are fields that fit-rust knows.
const FIELDS: [Field; 8] = [
    record::TIMESTAMP,
    record::DISTANCE,
    record::ENHANCED_SPEED,
    record::POWER,
    record::CADENCE,
    record::HEART_RATE,
    record::TOTAL_CYCLES,
    record::CALORIES,
];

/// Bytes of a record: header, and the fields' sizes.
const RECORD: usize = 1 + 4 + 4 + 4 + 2 + 1 + 1 + 4 + 2;

pub(crate) fn compare(rounds: usize) -> Result<()> {
    let contestants = [
        ("ours", RECORDS, ours as fn(u32) -> Result<f64>),
        ("rustyfit, stream", RECORDS, rustyfit),
        ("fit-rust, 100,000 of them", FIT_RUST_RECORDS, fit_rust),
    ];
    let contestants = contestants.map(|(name, records, job)| {
        let count = records as usize;
        Contestant::new(name, RECORD * count, count, move || job(records))
    });
    let title = format!("encode {RECORDS} records of 8 fields");
    rounds::run(&title, contestants.into(), rounds)
}

/// The physical values of a record.
fn row(second: u32) -> [f64; 8] {
    let time = f64::from(second);
    let strokes = (0.4 * time).floor();
    [
        1.129e9 + time,
        4.16 * time,
        4.16,
        201.0,
        24.0,
        140.0,
        strokes,
        f64::from(second / 5 % 60_000),
    ]
}

/// The raw values of a record.
fn raw(second: u32) -> [u32; 8] {
    let centimetres = 416 * second;
    [
        1_129_000_000 + second,
        centimetres,
        4160,
        201,
        24,
        140,
        second * 2 / 5,
        second / 5 % 60_000,
    ]
}

fn buffer(records: u32) -> Cursor<Vec<u8>> {
    Cursor::new(Vec::with_capacity(256 + RECORD * records as usize))
}

#[expect(clippy::cast_precision_loss, reason = "for people")]
fn size(file: &[u8]) -> f64 {
    file.len() as f64
}

/// From physical values: scaled, rounded and saturated.
fn ours(records: u32) -> Result<f64> {
    let shape = Shape::of(profile::RECORD).fields(&FIELDS).build()?;
    let mut encoder = Encoder::new(buffer(records))?;
    for second in 0..records {
        encoder.write(&shape, &row(second))?;
    }
    Ok(size(encoder.finish()?.get_ref()))
}

/// From raw values: it doesn't scale.
fn rustyfit(records: u32) -> Result<f64> {
    let mut file = buffer(records);
    let mut encoder = rustyfit::Encoder::new();
    let mut stream = encoder.stream(FromStd::new(&mut file));
    let field = |field: &Field| rustyfit::proto::Field {
        num: field.number,
        base_type: FitBaseType(field.base.code()),
        value: Value::Invalid,
        is_expanded: false,
    };
    let mut message = Message {
        header: 0,
        num: MesgNum::RECORD,
        fields: FIELDS.iter().map(field).collect(),
        developer_fields: Vec::new(),
    };
    for second in 0..records {
        for ((field, known), raw) in message.fields.iter_mut().zip(&FIELDS).zip(raw(second)) {
            field.value = match known.base.size() {
                1 => Value::Uint8(u8::try_from(raw)?),
                2 => Value::Uint16(u16::try_from(raw)?),
                _ => Value::Uint32(raw),
            };
        }
        stream
            .write_message(&mut message)
            .map_err(|error| anyhow!("{error}"))?;
    }
    stream.finish().map_err(|error| anyhow!("{error}"))?;
    Ok(size(file.get_ref()))
}

/// From raw values, times as Unix seconds; it writes files only.
fn fit_rust(records: u32) -> Result<f64> {
    let definitions = FIELDS.iter().map(|field| {
        let code = field.base.code();
        FieldDefinition::new(
            field.number,
            field.base.size(),
            code & 0x80 != 0,
            code & 0x1F,
        )
    });
    let count = u8::try_from(FIELDS.len())?;
    let definition =
        DefinitionMessage::new(false, count, definitions.collect(), MessageType::Record);
    let mut data = vec![FitMessage::Definition(FitDefinitionMessage {
        header: FitMessageHeader::new(true, 0),
        data: definition,
    })];
    for second in 0..records {
        let values = FIELDS.iter().zip(raw(second)).map(|(field, raw)| {
            let value = match (field.number, field.base.size()) {
                (253, _) => FitRustValue::Time(raw + 631_065_600),
                (_, 1) => FitRustValue::U8(raw.to_le_bytes()[0]),
                (_, 2) => FitRustValue::U16(u16::try_from(raw).unwrap_or(u16::MAX)),
                _ => FitRustValue::U32(raw),
            };
            DataField::new(field.number, value)
        });
        data.push(FitMessage::Data(FitDataMessage {
            header: FitMessageHeader::new(false, 0),
            data: DataMessage {
                message_type: MessageType::Record,
                values: values.collect(),
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
    let file = tempfile::NamedTempFile::new()?;
    fit_rust::Fit { header, data }.write(file.path())?;
    #[expect(clippy::cast_precision_loss, reason = "for people")]
    let size = file.as_file().metadata()?.len() as f64;
    Ok(size)
}
