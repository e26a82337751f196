//! Any value to the bytes of its field.

use crate::base::BaseType;
use crate::error::Error;
use crate::shape::Slot;
use crate::value::Value;

/// Why a value can't go into a field.
pub(crate) enum Refusal {
    Kind,
    Length(usize),
}

impl Refusal {
    pub(crate) fn into_error(self, message: u16, slot: &Slot) -> Error {
        let (field, base, room) = (slot.number, slot.base, usize::from(slot.size));
        match self {
            Self::Kind => Error::ValueKind {
                message,
                field,
                base,
            },
            Self::Length(given) => Error::ValueTooLong {
                message,
                field,
                room,
                given,
            },
        }
    }
}

/// Writes a value into the bytes of its field; returns how many elements were saturated.
pub(crate) fn put(slot: &Slot, value: &Value<'_>, field: &mut [u8]) -> Result<u64, Refusal> {
    fill(slot, field);
    let scaling = &slot.scaling;
    match (value, slot.base) {
        (Value::Missing, _) => Ok(0),
        (Value::Bytes(bytes), _) => {
            let room = field
                .get_mut(..bytes.len())
                .ok_or(Refusal::Length(bytes.len()))?;
            room.copy_from_slice(bytes);
            Ok(0)
        }
        (Value::Text(text), BaseType::String) => {
            put_text(text, field);
            Ok(0)
        }
        (Value::Text(_), _) | (_, BaseType::String) => Err(Refusal::Kind),
        (Value::Number(number), _) => Ok(put_words([scaling.raw(*number)], slot, field)),
        (Value::Integer(raw), _) => {
            let word = scaling.integer(*raw).ok_or(Refusal::Kind)?;
            Ok(put_words([word], slot, field))
        }
        (Value::Numbers(numbers), base) => {
            let given = numbers.len() * usize::from(base.size());
            if given > field.len() {
                return Err(Refusal::Length(given));
            }
            let words = numbers.iter().map(|number| scaling.raw(*number));
            Ok(put_words(words, slot, field))
        }
    }
}

/// Fills a field with the invalid pattern.
fn fill(slot: &Slot, field: &mut [u8]) {
    let pattern = slot.scaling.invalid.to_le_bytes();
    let element = pattern.iter().take(slot.base.size().into());
    for (room, byte) in field.iter_mut().zip(element.cycle()) {
        *room = *byte;
    }
}

/// Writes as many whole characters as leave room for a NUL into a field of NULs.
fn put_text(text: &str, field: &mut [u8]) {
    // `str::floor_char_boundary` is in `std` since 1.91 only.
    let limit = field.len().saturating_sub(1).min(text.len());
    let boundary = (0..=limit).rev().find(|at| text.is_char_boundary(*at));
    for (room, byte) in field
        .iter_mut()
        .zip(text.bytes().take(boundary.unwrap_or(0)))
    {
        *room = byte;
    }
}

/// Writes elements; returns how many were saturated.
fn put_words(words: impl IntoIterator<Item = (u64, bool)>, slot: &Slot, field: &mut [u8]) -> u64 {
    let mut saturated = 0;
    let elements = field.chunks_exact_mut(slot.base.size().into());
    for (element, (raw, cut)) in elements.zip(words) {
        saturated += u64::from(cut);
        for (room, byte) in element.iter_mut().zip(raw.to_le_bytes()) {
            *room = byte;
        }
    }
    saturated
}
