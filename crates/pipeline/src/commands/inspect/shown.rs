//! A field's name and value as they are shown.

use std::fmt::Write;

use fit::profile::Kind;
use fit::{BaseType, MessageField, Value};
use serde_json::json;

use super::json::number;
use super::totals::from_fit;
use crate::words;

/// The number of the field that is the timestamp in every message.
pub(super) const TIMESTAMP: u8 = 253;

/// The name, or `field_88` where neither the profile nor the file has one.
pub(super) fn field_name(field: &MessageField<'_>) -> String {
    match (
        field.name().filter(|name| !name.is_empty()),
        field.developer(),
    ) {
        (Some(name), _) => name.to_owned(),
        (None, Some(developer)) => format!("developer_{developer}_{}", field.field_number()),
        (None, None) => format!("field_{}", field.field_number()),
    }
}

/// The name, set off if it could be taken for something else.
pub(super) fn plain_name(field: &MessageField<'_>) -> String {
    let name = field_name(field);
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if name.chars().all(plain) {
        name
    } else {
        format!("`{}`", words::clean(&name))
    }
}

/// A value as it is shown. Two are equal if they are shown alike: what is missing within a list, such as
/// the padding of a force curve, is the same on both sides.
#[derive(Clone, Debug)]
pub(super) enum Shown {
    Missing,
    Number(f64),
    Integer(i128),
    Numbers(Vec<f64>),
    /// The name of the value, a time, or bytes in hexadecimal.
    Word(String),
    Text(String),
}

impl PartialEq for Shown {
    fn eq(&self, other: &Self) -> bool {
        let same = |one: &f64, other: &f64| one == other || (one.is_nan() && other.is_nan());
        match (self, other) {
            (Self::Missing, Self::Missing) => true,
            (Self::Number(one), Self::Number(other)) => same(one, other),
            (Self::Integer(one), Self::Integer(other)) => one == other,
            (Self::Numbers(one), Self::Numbers(other)) => {
                let mut pairs = one.iter().zip(other);
                one.len() == other.len() && pairs.all(|(one, other)| same(one, other))
            }
            (Self::Word(one), Self::Word(other)) | (Self::Text(one), Self::Text(other)) => {
                one == other
            }
            _ => false,
        }
    }
}

impl Shown {
    pub(super) fn of(field: &MessageField<'_>) -> Self {
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

    pub(super) fn time(seconds: u32) -> Self {
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

    pub(super) fn has_unit(&self) -> bool {
        !matches!(self, Self::Word(_) | Self::Text(_))
    }

    /// The value with its unit, where there is one.
    pub(super) fn with_unit(&self, unit: &str) -> String {
        let mut text = self.text();
        if !unit.is_empty() && self.has_unit() {
            let _ = write!(text, " {}", words::clean(unit));
        }
        text
    }

    pub(super) fn text(&self) -> String {
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

    pub(super) fn json(&self) -> serde_json::Value {
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

/// The number with as few digits as say it: 32-bit floats have others behind.
#[expect(clippy::cast_possible_truncation, reason = "it was read from 32 bits")]
fn shortest(field: &MessageField<'_>, number: f64) -> f64 {
    if field.base() == BaseType::Float32 {
        (number as f32).to_string().parse().unwrap_or(number)
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

pub(super) fn time_text(seconds: u32) -> String {
    Shown::time(seconds).text()
}
