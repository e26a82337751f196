//! Changing numbers in the bytes of a message.

use crate::base::BaseType;
use crate::definition::{Definition, FieldDefinition};
use crate::profile::Component;

/// Where a field is in the bytes of a message, without its record header.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    at: usize,
    size: usize,
    base: BaseType,
    big_endian: bool,
}

/// A number that is changed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patch {
    pub(super) spot: Spot,
    pub(super) change: Change,
}

/// What is changed in it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Change {
    /// So many steps are added; saturated at the largest value that is valid.
    Add(i128),
    /// So many are added to its twelve lowest bits: the others say something else.
    AddIndex(u16),
    /// It is replaced by a raw number.
    Set(u64),
    /// So much is added to a floating-point number.
    AddFloat(f64),
    /// So many steps are added to some bits, which are the low ones of a total.
    AddBits(Component, u64),
}

/// The fields of a definition, and where they are in a message without its record header.
pub(super) fn spots(definition: &Definition<'_>) -> Vec<(FieldDefinition, Spot)> {
    let mut at = 0;
    let big_endian = definition.big_endian;
    let spot = |field: FieldDefinition| {
        let size = usize::from(field.size);
        let base = field.base();
        let spot = Spot {
            at,
            size,
            base,
            big_endian,
        };
        at += size;
        (field, spot)
    };
    definition.fields().map(spot).collect()
}

impl Spot {
    /// The same place, read as another type, such as the one that describes a developer field.
    pub(super) fn as_base(self, base: BaseType) -> Self {
        Self { base, ..self }
    }

    /// The raw number; `None` if it is missing, or the field isn't a single integer.
    pub(super) fn read(&self, message: &[u8]) -> Option<i128> {
        let bytes = message.get(self.at..self.at + self.size)?;
        if self.size != usize::from(self.base.size()) || self.base.range().is_none() {
            return None;
        }
        let raw = self.bits(bytes);
        if raw == self.base.invalid() {
            return None;
        }
        let spare = 64 - 8 * u32::try_from(self.size).ok()?;
        let signed = (raw << spare).cast_signed() >> spare;
        Some(if self.base.is_signed() {
            signed.into()
        } else {
            raw.into()
        })
    }

    /// The bytes of a field as a number, those of a field of several elements one behind the other.
    fn bits(&self, bytes: &[u8]) -> u64 {
        let shift = |raw: u64, byte: &u8| raw << 8 | u64::from(*byte);
        if self.big_endian && self.base.size() > 1 {
            bytes.iter().fold(0, shift)
        } else {
            bytes.iter().rev().fold(0, shift)
        }
    }

    fn write(&self, message: &mut [u8], raw: u64) {
        let Some(bytes) = message.get_mut(self.at..self.at + self.size) else {
            return;
        };
        let little = raw.to_le_bytes();
        if self.big_endian && self.base.size() > 1 {
            for (byte, new) in bytes.iter_mut().rev().zip(little) {
                *byte = new;
            }
        } else {
            for (byte, new) in bytes.iter_mut().zip(little) {
                *byte = new;
            }
        }
    }
}

impl Patch {
    /// Changes the number in a message; one that is missing stays so.
    pub(super) fn apply(&self, message: &mut [u8]) {
        let spot = &self.spot;
        match self.change {
            Change::Set(raw) => spot.write(message, raw),
            Change::AddFloat(sum) => self.add_float(message, sum),
            Change::AddBits(component, steps) => self.add_bits(message, &component, steps),
            Change::Add(steps) => {
                let (Some(raw), Some((min, max))) = (spot.read(message), spot.base.range()) else {
                    return;
                };
                let sum = (raw + steps).clamp(min, max);
                spot.write(message, low_bits(sum));
            }
            Change::AddIndex(steps) => {
                const INDEX: i128 = 0x0FFF;
                let Some(raw) = spot.read(message) else {
                    return;
                };
                let index = ((raw & INDEX) + i128::from(steps)).min(INDEX);
                spot.write(message, low_bits(raw & !INDEX | index));
            }
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "the field has no more digits"
    )]
    fn add_float(&self, message: &mut [u8], sum: f64) {
        let spot = &self.spot;
        let Some(bytes) = message.get(spot.at..spot.at + spot.size) else {
            return;
        };
        let raw = spot.bits(bytes);
        match (spot.base, spot.size, u32::try_from(raw)) {
            (BaseType::Float32, 4, Ok(raw)) if !f32::from_bits(raw).is_nan() => {
                let new = (f64::from(f32::from_bits(raw)) + sum) as f32;
                spot.write(message, new.to_bits().into());
            }
            (BaseType::Float64, 8, _) if !f64::from_bits(raw).is_nan() => {
                spot.write(message, (f64::from_bits(raw) + sum).to_bits());
            }
            _ => {}
        }
    }

    fn add_bits(&self, message: &mut [u8], component: &Component, steps: u64) {
        let spot = &self.spot;
        // Eight bytes hold all fields that have such bits.
        let Some(bytes) = message
            .get(spot.at..spot.at + spot.size)
            .filter(|it| it.len() <= 8)
        else {
            return;
        };
        let bytewise = Spot {
            base: if spot.size == usize::from(spot.base.size()) {
                spot.base
            } else {
                BaseType::Byte
            },
            ..*spot
        };
        let missing = if spot.base == BaseType::Byte {
            bytes.iter().all(|byte| *byte == u8::MAX)
        } else {
            bytewise.bits(bytes) == spot.base.invalid()
        };
        let end = component.start + u16::from(component.bits);
        if missing || usize::from(end) > 8 * spot.size {
            return;
        }
        let raw = bytewise.bits(bytes);
        let mask = (1_u64 << component.bits) - 1;
        let old = raw >> component.start & mask;
        let new = old.wrapping_add(steps) & mask;
        bytewise.write(
            message,
            raw & !(mask << component.start) | new << component.start,
        );
    }
}

/// The low bits of a number that fits its field.
fn low_bits(number: i128) -> u64 {
    u64::try_from(number & i128::from(u64::MAX)).unwrap_or_default()
}
