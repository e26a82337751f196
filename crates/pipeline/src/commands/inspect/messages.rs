//! Every message of a FIT file, one a line.

use std::fmt::Write;

use fit::profile::Kind;
use fit::{BaseType, Decoder, Message, MessageField, Value};
use serde_json::{Map, json};

use super::developer::message_name;
use super::fit_file::{FitFile, segment_at};
use super::json::{fault, number};
use super::selection::Selection;
use super::totals::from_fit;
use crate::output::result_line;
use crate::words;

/// How much text is gathered before it is printed: a call a line would take most of the time.
const CHUNK: usize = 64 << 10;

/// Prints the selected messages on standard output; what is wrong with the file follows, in text
/// on standard error.
pub(super) fn print(
    name: &str,
    bytes: &[u8],
    file: &FitFile,
    selection: &Selection,
    is_json: bool,
) {
    let mut lines = Lines::default();
    let mut decoder = Decoder::tolerant(bytes);
    // A tolerant decoder has no errors.
    while let Ok(Some(message)) = decoder.next_message() {
        if selection.has(message.number()) {
            if is_json {
                lines.add(&to_json(name, file, &message).to_string());
            } else {
                lines.add(&to_text(&message));
            }
        }
    }
    for problem in &file.faults {
        if is_json {
            let mut line = fault(problem);
            line["v"] = json!(1);
            line["type"] = json!("problem");
            line["file"] = json!(name);
            lines.add(&line.to_string());
        }
    }
    lines.flush();
    if !is_json {
        for fault in &file.faults {
            let (severity, place, text) = (fault.severity, fault.place(), fault.text());
            eprintln!("{severity}: {}: {place}: {text}", words::clean(name));
        }
    }
}

/// Lines on their way to standard output.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn add(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
        if self.0.len() > CHUNK {
            self.flush();
        }
    }

    fn flush(&mut self) {
        if !self.0.is_empty() {
            result_line(self.0.trim_end_matches('\n'));
            self.0.clear();
        }
    }
}

/// `record timestamp=2025-10-09T08:53:21Z  distance=4.16 m  heart_rate=121 bpm`: what was measured.
fn to_text(message: &Message<'_>) -> String {
    let mut line = message_name(message.number());
    if let (Some(time), None) = (message.timestamp(), message.field(TIMESTAMP)) {
        let _ = write!(line, "  timestamp={}", time_text(time));
    }
    for field in message.fields() {
        let field = message.resolved(field);
        let value = Shown::of(&field);
        if value == Shown::Missing {
            continue;
        }
        let name = field_name(&field);
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let name = if name.chars().all(plain) {
            name
        } else {
            format!("`{}`", words::clean(&name))
        };
        let _ = write!(line, "  {name}={}", value.text());
        if !field.unit().is_empty() && value.has_unit() {
            let _ = write!(line, " {}", words::clean(field.unit()));
        }
    }
    line
}

fn to_json(name: &str, file: &FitFile, message: &Message<'_>) -> serde_json::Value {
    let (mut fields, mut developer_fields) = (Map::new(), Map::new());
    if let (Some(time), None) = (message.timestamp(), message.field(TIMESTAMP)) {
        let value = Shown::time(time).json();
        fields.insert(
            "timestamp".to_owned(),
            json!({ "value": value, "unit": null }),
        );
    }
    for whole in message.fields() {
        let field = message.resolved(whole);
        let value = Shown::of(&field);
        let unit = Some(field.unit()).filter(|unit| !unit.is_empty() && value.has_unit());
        let mut member = json!({ "value": value.json(), "unit": unit });
        if field.name() != whole.name() {
            member["subfield_of"] = json!(whole.name());
        }
        let members = if let Some(developer) = field.developer() {
            member["developer"] = json!(developer);
            member["number"] = json!(field.field_number());
            &mut developer_fields
        } else {
            &mut fields
        };
        members.insert(unused(members, field_name(&field)), member);
    }
    json!({
        "v": 1,
        "type": "message",
        "file": name,
        "segment": segment_at(&file.report, message.offset()),
        "offset": message.offset(),
        "number": message.number(),
        "name": message_name(message.number()),
        "fields": fields,
        "developer_fields": developer_fields,
    })
}

/// A field that has the name of another gets a number behind its own.
fn unused(members: &Map<String, serde_json::Value>, name: String) -> String {
    if !members.contains_key(&name) {
        return name;
    }
    let numbered = |number: usize| format!("{name}#{number}");
    let free = |name: &String| !members.contains_key(name);
    (2..=members.len() + 2)
        .map(numbered)
        .find(free)
        .unwrap_or(name)
}

/// The number of the field that is the timestamp in every message.
const TIMESTAMP: u8 = 253;

/// The name, or `field_88` where neither the profile nor the file has one.
fn field_name(field: &MessageField<'_>) -> String {
    match (
        field.name().filter(|name| !name.is_empty()),
        field.developer(),
    ) {
        (Some(name), _) => name.to_owned(),
        (None, Some(developer)) => format!("developer_{developer}_{}", field.field_number()),
        (None, None) => format!("field_{}", field.field_number()),
    }
}

/// A value as it is shown.
#[derive(Clone, Debug, PartialEq)]
enum Shown {
    Missing,
    Number(f64),
    Integer(i128),
    Numbers(Vec<f64>),
    /// The name of the value, a time, or bytes in hexadecimal.
    Word(String),
    Text(String),
}

impl Shown {
    fn of(field: &MessageField<'_>) -> Self {
        if let Some(label) = field.label().filter(|_| field.len() == 1) {
            return Self::Word(label.to_owned());
        }
        let kind = field.known().map(|known| known.kind);
        let raw = || u32::try_from(field.integers().next()??).ok();
        let is_time = field.developer().is_none() && field.field_number() == TIMESTAMP;
        let value = field.value();
        match (kind, value) {
            (_, Value::Missing) => Self::Missing,
            (Some(Kind::DateTime), _) => raw().map_or(Self::Missing, Self::time),
            (None, _) if is_time => raw().map_or(Self::Missing, Self::time),
            (Some(Kind::LocalDateTime), _) => raw().map_or(Self::Missing, Self::local_time),
            (_, Value::Number(number)) => Self::Number(shortest(field, number)),
            (_, Value::Integer(integer)) => Self::Integer(integer),
            (_, Value::Numbers(numbers)) if numbers.iter().all(|it| it.is_nan()) => Self::Missing,
            (_, Value::Numbers(numbers)) => {
                Self::Numbers(numbers.iter().map(|it| shortest(field, *it)).collect())
            }
            (_, Value::Text(text)) => Self::Text(text.into_owned()),
            (_, Value::Bytes(bytes)) => Self::Word(hexadecimal(&bytes)),
            (_, _) => Self::Missing,
        }
    }

    fn time(seconds: u32) -> Self {
        match from_fit(seconds) {
            Some(time) => Self::Word(time.to_string()),
            None => Self::Integer(seconds.into()),
        }
    }

    /// A local time has no zone.
    fn local_time(seconds: u32) -> Self {
        match Self::time(seconds) {
            Self::Word(time) => Self::Word(time.trim_end_matches('Z').to_owned()),
            other => other,
        }
    }

    fn has_unit(&self) -> bool {
        !matches!(self, Self::Word(_) | Self::Text(_))
    }

    fn text(&self) -> String {
        match self {
            Self::Missing => String::new(),
            Self::Number(number) => number.to_string(),
            Self::Integer(integer) => integer.to_string(),
            Self::Numbers(numbers) => {
                let numbers = numbers.iter().map(|number| {
                    if number.is_nan() {
                        "–".to_owned()
                    } else {
                        number.to_string()
                    }
                });
                format!("[{}]", numbers.collect::<Vec<_>>().join(", "))
            }
            Self::Word(word) => word.clone(),
            Self::Text(text) => {
                let text = words::clean(text)
                    .replace('\\', "\\\\")
                    .replace('"', "\\\"");
                format!("\"{text}\"")
            }
        }
    }

    fn json(&self) -> serde_json::Value {
        match self {
            Self::Missing => serde_json::Value::Null,
            Self::Number(value) => number(Some(*value)),
            Self::Integer(integer) => match (i64::try_from(*integer), u64::try_from(*integer)) {
                (Ok(integer), _) => json!(integer),
                (_, Ok(integer)) => json!(integer),
                _ => json!(integer.to_string()),
            },
            Self::Numbers(numbers) => numbers.iter().map(|it| number(Some(*it))).collect(),
            Self::Word(text) | Self::Text(text) => json!(text),
        }
    }
}

/// The number with as few digits as say it: 32-bit floats and shifted values have others behind.
#[expect(clippy::cast_possible_truncation, reason = "it was read from 32 bits")]
fn shortest(field: &MessageField<'_>, number: f64) -> f64 {
    const DIGITS: f64 = 1e6;
    if field.base() == BaseType::Float32 {
        return (number as f32).to_string().parse().unwrap_or(number);
    }
    let is_shifted = field.known().is_some_and(|known| known.offset != 0.0);
    if is_shifted {
        (number * DIGITS).round() / DIGITS
    } else {
        number
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn time_text(seconds: u32) -> String {
    Shown::time(seconds).text()
}
