//! Reading: every message with every value, CRCs checked; and records as typed values.

use std::hint::black_box;

use anyhow::{Result, anyhow};
use fit::activity::{Content, Reader};
use fit::{BaseType, Columns, Decoder, Scanner, StreamScanner, Walk, profile};
use rustyfit::proto::Value;
use rustyfit::{DecoderEvent, StreamingIterator};

use crate::input::Input;
use crate::probe::Peer;
use crate::rounds::{self, Contestant};

pub(crate) fn compare(inputs: &[Input], rounds: usize) -> Result<()> {
    for input in inputs {
        let title = format!(
            "decode {}: {} bytes, {} messages",
            input.name,
            input.bytes.len(),
            input.messages
        );
        rounds::run(&title, messages(input), rounds)?;
        for (peer, reason) in &input.out {
            println!("  {} {reason}", peer.name());
        }
        let title = format!("typed records of {}", input.name);
        rounds::run(&title, records(input), rounds)?;
    }
    Ok(())
}

fn messages(input: &Input) -> Vec<Contestant<'_>> {
    let (bytes, size, count) = (&input.bytes[..], input.bytes.len(), input.messages);
    let new = |name, job: fn(&[u8]) -> Result<f64>| {
        Contestant::new(name, size, count, move || job(bytes))
    };
    let mut contestants = vec![
        new("ours, messages", |bytes| touch(Decoder::new(bytes))),
        new("ours, messages of a stream", |bytes| {
            touch(Decoder::over(StreamScanner::new(bytes)))
        }),
    ];
    if input.takes_part(Peer::Rustyfit) {
        contestants.push(new("rustyfit, stream", |bytes| rustyfit(bytes, false)));
        contestants.push(new("rustyfit, stream, components too", |bytes| {
            rustyfit(bytes, true)
        }));
    }
    if input.takes_part(Peer::Fitparser) {
        contestants.push(new("fitparser", fitparser));
    }
    if input.takes_part(Peer::FitRust) {
        contestants.push(new("fit-rust (checks no CRC)", fit_rust));
    }
    contestants
}

/// Looks at every value of every field.
fn touch<S: Walk<Error: std::error::Error + Send + Sync + 'static>>(
    mut decoder: Decoder<S>,
) -> Result<f64> {
    let mut sum = 0.0;
    while let Some(message) = decoder.next_message()? {
        for field in message.fields() {
            if field.base() == BaseType::String {
                sum += field
                    .text()
                    .map_or(0.0, |text| f64::from(u8::from(!text.is_empty())));
            } else if field.len() == 1 {
                sum += field.number().unwrap_or_default();
            } else {
                sum += field.numbers().flatten().sum::<f64>();
            }
        }
    }
    Ok(sum)
}

/// Its numbers aren't scaled: ours are.
pub(crate) fn rustyfit(mut bytes: &[u8], components: bool) -> Result<f64> {
    let mut decoder = rustyfit::Decoder::builder()
        .expand_components(components)
        .build();
    let mut stream = decoder.stream(&mut bytes);
    let mut sum = 0.0;
    while let Some(event) = stream.next() {
        if let DecoderEvent::Message(message) = event.map_err(|error| anyhow!("{error}"))? {
            let fields = message.fields.iter().map(|field| &field.value);
            let developer = message.developer_fields.iter().map(|field| &field.value);
            sum += fields.chain(developer).map(number).sum::<f64>();
        }
    }
    Ok(sum)
}

#[expect(clippy::cast_precision_loss, reason = "only looked at")]
fn number(value: &Value) -> f64 {
    match value {
        Value::Int8(value) => f64::from(*value),
        Value::Uint8(value) => f64::from(*value),
        Value::Int16(value) => f64::from(*value),
        Value::Uint16(value) => f64::from(*value),
        Value::Int32(value) => f64::from(*value),
        Value::Uint32(value) => f64::from(*value),
        Value::Float32(value) => f64::from(*value),
        Value::Float64(value) => *value,
        Value::ArrayUint8(values) => values.iter().map(|it| f64::from(*it)).sum(),
        Value::ArrayUint16(values) => values.iter().map(|it| f64::from(*it)).sum(),
        Value::ArrayUint32(values) => values.iter().map(|it| f64::from(*it)).sum(),
        Value::String(text) => text.len() as f64,
        _ => 0.0,
    }
}

pub(crate) fn fitparser(bytes: &[u8]) -> Result<f64> {
    let mut sum = 0.0;
    for record in fitparser::from_bytes(bytes)? {
        for field in record.fields() {
            sum += match field.value() {
                fitparser::Value::Float64(value) => *value,
                fitparser::Value::UInt8(value) => f64::from(*value),
                _ => 0.0,
            };
        }
    }
    Ok(sum)
}

pub(crate) fn fit_rust(bytes: &[u8]) -> Result<f64> {
    let read = fit_rust::Fit::read(bytes.to_vec())?;
    #[expect(clippy::cast_precision_loss, reason = "only looked at")]
    let count = black_box(read).data.len() as f64;
    Ok(count)
}

fn records(input: &Input) -> Vec<Contestant<'_>> {
    let (bytes, size, count) = (&input.bytes[..], input.bytes.len(), input.messages);
    let new = |name, job: fn(&[u8]) -> Result<f64>| {
        Contestant::new(name, size, count, move || job(bytes))
    };
    let mut contestants = vec![
        new("ours, typed", |bytes| typed(Reader::new(bytes))),
        new("ours, typed, of a stream", |bytes| {
            typed(Reader::over(StreamScanner::new(bytes)))
        }),
        new("ours, rows of all numbers", rows),
        new("ours, bytes of messages only", scan),
    ];
    if input.takes_part(Peer::Rustyfit) {
        contestants.push(new("rustyfit, stream and typed", rustyfit_typed));
    }
    contestants
}

fn typed<S: Walk<Error: std::error::Error + Send + Sync + 'static>>(
    mut reader: Reader<S>,
) -> Result<f64> {
    let mut sum = 0.0;
    while let Some(entry) = reader.next_entry()? {
        if let Content::Record(record) = entry.content {
            let record = black_box(record);
            sum += record.distance + record.power;
        }
    }
    Ok(sum)
}

fn rows(bytes: &[u8]) -> Result<f64> {
    let mut decoder = Decoder::new(bytes);
    let mut plans: Vec<Columns> = Vec::new();
    let mut row = Vec::new();
    let mut sum = 0.0;
    while let Some(message) = decoder.next_message()? {
        if message.number() != profile::RECORD.number {
            continue;
        }
        let known = plans.iter().position(|columns| columns.fit(&message));
        let at = known.unwrap_or_else(|| {
            plans.push(Columns::of(&message));
            plans.len() - 1
        });
        row.resize(plans[at].width().max(row.len()), f64::NAN);
        plans[at].fill(&message, &mut row);
        sum += black_box(&row)[0];
    }
    Ok(sum)
}

fn scan(bytes: &[u8]) -> Result<f64> {
    let mut count = 0.0;
    for event in Scanner::new(bytes) {
        count += f64::from(u8::from(matches!(event?, fit::Event::Data(_))));
    }
    Ok(count)
}

fn rustyfit_typed(mut bytes: &[u8]) -> Result<f64> {
    let mut decoder = rustyfit::Decoder::new();
    let mut stream = decoder.stream(&mut bytes);
    let mut sum = 0.0;
    while let Some(event) = stream.next() {
        if let DecoderEvent::Message(message) = event.map_err(|error| anyhow!("{error}"))?
            && message.num.0 == profile::RECORD.number
        {
            let record = black_box(rustyfit::profile::mesgdef::Record::from(message));
            sum += f64::from(record.distance) + f64::from(record.power);
        }
    }
    Ok(sum)
}
