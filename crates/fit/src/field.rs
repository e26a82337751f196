//! The fields of a message and their values.

use std::borrow::Cow;
use std::slice::ChunksExact;

use crate::base::BaseType;
use crate::layout::{Column, Description};
use crate::number::physical;
use crate::profile::{self, Component, Kind};
use crate::value::Value;

/// A field of a message that was read.
#[derive(Clone, Copy, Debug)]
pub struct MessageField<'m> {
    pub(crate) column: &'m Column,
    pub(crate) bytes: &'m [u8],
    /// The sub-field that applies, once it was asked for.
    pub(crate) subfield: Option<&'static profile::Field>,
}

impl<'m> MessageField<'m> {
    /// The field's number.
    #[inline]
    pub fn field_number(&self) -> u8 {
        self.column.definition.number
    }

    /// The developer data index, if it is a developer field.
    pub fn developer(&self) -> Option<u8> {
        self.column
            .definition
            .developer
            .then_some(self.column.definition.code)
    }

    /// The name, from the profile or the file's own description.
    pub fn name(&self) -> Option<&'m str> {
        self.subfield.map_or(self.column.name(), |it| Some(it.name))
    }

    /// The unit of the physical value; empty if it has none or none is known.
    pub fn unit(&self) -> &'m str {
        self.subfield.map_or(self.column.unit(), |it| it.unit)
    }

    /// The field of the profile; of a [resolved](crate::Message::resolved) field the sub-field's.
    pub fn known(&self) -> Option<&'static profile::Field> {
        self.subfield.or(self.column.known)
    }

    /// What the file says about this developer field.
    pub fn description(&self) -> Option<&'m Description> {
        self.column.description.as_deref()
    }

    /// How the elements are stored; bytes, if that isn't known or the size isn't theirs.
    #[inline]
    pub fn base(&self) -> BaseType {
        self.column.base
    }

    /// The bytes as they are in the file.
    #[inline]
    pub fn bytes(&self) -> &'m [u8] {
        self.bytes
    }

    /// How many elements there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.bytes.len() / usize::from(self.column.base.size())
    }

    /// Whether the field has no bytes.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The physical value, of an array the first one; `None` if it is no number or not measured.
    #[inline]
    pub fn number(&self) -> Option<f64> {
        element(self.column.base, self.bytes, self.column.big_endian).map(|raw| self.physical(raw))
    }

    /// The physical values of all elements; `None` for those not measured.
    #[inline]
    pub fn numbers(&self) -> Numbers<'m> {
        let size = usize::from(self.column.base.size());
        Numbers {
            field: *self,
            elements: self.bytes.chunks_exact(size),
        }
    }

    /// The raw integers of all elements; `None` for those not measured. Nothing, if the elements are
    /// no integers.
    pub fn integers(&self) -> impl Iterator<Item = Option<i128>> + use<'m> {
        let field = *self;
        let size = usize::from(self.column.base.size());
        let bytes = if self.column.base.range().is_some() {
            self.bytes
        } else {
            &[]
        };
        bytes
            .chunks_exact(size)
            .map(move |bytes| integer(field.column.base, bytes, field.column.big_endian))
    }

    /// The text up to its first NUL, with U+FFFD for what isn't UTF-8; `None` if it is empty or the
    /// field is no text.
    pub fn text(&self) -> Option<Cow<'m, str>> {
        if self.column.base != BaseType::String {
            return None;
        }
        let text = self
            .bytes
            .split(|byte| *byte == 0)
            .next()
            .filter(|text| !text.is_empty());
        text.map(String::from_utf8_lossy)
    }

    /// The name of the value, if the field is an enumeration whose names are known.
    pub fn label(&self) -> Option<&'static str> {
        let Some(Kind::Named(names)) = self.known().map(|known| known.kind) else {
            return None;
        };
        let raw = self.integers().next()??;
        names.name_of(u32::try_from(raw).ok()?)
    }

    /// The value, whatever it is.
    ///
    /// A single unscaled 64-bit integer is an [`Integer`](Value::Integer); opaque bytes, and what can't
    /// be read as the base type, are [`Bytes`](Value::Bytes).
    pub fn value(&self) -> Value<'m> {
        let base = self.column.base;
        match (base, self.len()) {
            (_, 0) => Value::Missing,
            (BaseType::String, _) => self.text().map_or(Value::Missing, Value::Text),
            (BaseType::Byte, _) if self.bytes.iter().all(|byte| *byte == 0xFF) => Value::Missing,
            (BaseType::Byte, 2..) => Value::Bytes(Cow::Borrowed(self.bytes)),
            (_, 1) if base.size() == 8 && base.range().is_some() && !self.is_scaled() => self
                .integers()
                .next()
                .flatten()
                .map_or(Value::Missing, Value::Integer),
            (_, 1) => self.number().map_or(Value::Missing, Value::Number),
            _ => self.array(),
        }
    }

    fn array(&self) -> Value<'m> {
        if self.numbers().all(|number| number.is_none()) {
            return Value::Missing;
        }
        Value::Numbers(
            self.numbers()
                .map(|number| number.unwrap_or(f64::NAN))
                .collect(),
        )
    }

    #[inline]
    fn is_scaled(&self) -> bool {
        self.scaling() != (1.0, 0.0)
    }

    #[inline]
    fn physical(&self, raw: f64) -> f64 {
        let (scale, offset) = self.scaling();
        physical(raw, scale, offset)
    }

    #[inline]
    fn scaling(&self) -> (f64, f64) {
        match self.subfield {
            None => (self.column.scale, self.column.offset),
            Some(subfield) => (subfield.scale, subfield.offset),
        }
    }

    /// The bits of a component, where the elements that hold them are valid.
    pub(crate) fn bits(&self, component: &Component) -> Option<u64> {
        let (base, size) = (self.column.base, usize::from(self.column.base.size()));
        let end = component.start + u16::from(component.bits) - 1;
        let (first, last) = (usize::from(component.start / 8), usize::from(end / 8));
        let is_missing = if base == BaseType::Byte {
            self.bytes.iter().all(|byte| *byte == u8::MAX)
        } else {
            let elements = self.numbers().skip(first / size);
            let mut elements = elements.take(last / size - first / size + 1);
            elements.any(|number| number.is_none())
        };
        if is_missing {
            return None;
        }
        let mut word = 0;
        for at in (first..=last).rev() {
            let within = at % size;
            let at = if self.column.big_endian {
                at - within + (size - 1 - within)
            } else {
                at
            };
            word = word << 8 | u64::from(*self.bytes.get(at)?);
        }
        let mask = (1 << component.bits) - 1;
        Some(word >> (component.start % 8) & mask)
    }
}

/// The physical values of a field's elements; see [`MessageField::numbers`].
#[derive(Clone, Debug)]
pub struct Numbers<'m> {
    field: MessageField<'m>,
    elements: ChunksExact<'m, u8>,
}

impl Iterator for Numbers<'_> {
    type Item = Option<f64>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let bytes = self.elements.next()?;
        let raw = element(self.field.column.base, bytes, self.field.column.big_endian);
        Some(raw.map(|raw| self.field.physical(raw)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.elements.size_hint()
    }

    /// What the elements are is looked at once, not for each of them.
    #[inline]
    fn fold<B, F: FnMut(B, Self::Item) -> B>(self, init: B, mut f: F) -> B {
        let Self { field, elements } = self;
        let (base, big_endian) = (field.column.base, field.column.big_endian);
        match (base, field.is_scaled()) {
            (BaseType::Uint8 | BaseType::Byte, false) => elements.fold(init, |all, bytes| {
                f(all, element(BaseType::Uint8, bytes, false))
            }),
            (_, false) => {
                elements.fold(init, |all, bytes| f(all, element(base, bytes, big_endian)))
            }
            (_, true) => elements.fold(init, |all, bytes| {
                let raw = element(base, bytes, big_endian);
                f(all, raw.map(|raw| field.physical(raw)))
            }),
        }
    }
}

impl ExactSizeIterator for Numbers<'_> {}
impl std::iter::FusedIterator for Numbers<'_> {}

/// The first element, unscaled; `None` if it is invalid or no number.
#[inline]
#[expect(
    clippy::cast_precision_loss,
    reason = "who needs all 64 bits asks for integers"
)]
pub(crate) fn element(base: BaseType, bytes: &[u8], big_endian: bool) -> Option<f64> {
    // The table of `BaseType`, written out: this is the innermost loop of reading.
    match base {
        BaseType::Enum | BaseType::Uint8 | BaseType::Byte => bytes
            .first()
            .filter(|raw| **raw != u8::MAX)
            .map(|raw| (*raw).into()),
        BaseType::Uint16 => {
            let raw = unsigned_16(bytes, big_endian)?;
            (raw != u16::MAX).then(|| raw.into())
        }
        BaseType::Uint32 => {
            let raw = unsigned_32(bytes, big_endian)?;
            (raw != u32::MAX).then(|| raw.into())
        }
        BaseType::Sint32 => {
            let raw = unsigned_32(bytes, big_endian)?.cast_signed();
            (raw != i32::MAX).then(|| raw.into())
        }
        BaseType::Float32 => {
            let raw = f32::from_bits(unsigned_32(bytes, big_endian)?);
            (!raw.is_nan()).then(|| raw.into())
        }
        BaseType::Float64 => {
            let raw = f64::from_bits(unsigned_64(bytes, big_endian)?);
            (!raw.is_nan()).then_some(raw)
        }
        BaseType::String => None,
        _ => integer(base, bytes, big_endian).map(|raw| raw as f64),
    }
}

/// The first element as a raw integer; `None` if it is invalid. The base type is an integer's.
fn integer(base: BaseType, bytes: &[u8], big_endian: bool) -> Option<i128> {
    let raw = match base.size() {
        1 => u64::from(*bytes.first()?),
        2 => unsigned_16(bytes, big_endian)?.into(),
        4 => unsigned_32(bytes, big_endian)?.into(),
        _ => unsigned_64(bytes, big_endian)?,
    };
    if raw == base.invalid() {
        return None;
    }
    let spare = 64 - 8 * u32::from(base.size());
    let extended = (raw << spare).cast_signed() >> spare;
    Some(if base.is_signed() {
        extended.into()
    } else {
        raw.into()
    })
}

#[inline]
fn unsigned_16(bytes: &[u8], big_endian: bool) -> Option<u16> {
    let raw = u16::from_le_bytes(*bytes.first_chunk()?);
    Some(if big_endian { raw.swap_bytes() } else { raw })
}

#[inline]
fn unsigned_32(bytes: &[u8], big_endian: bool) -> Option<u32> {
    let raw = u32::from_le_bytes(*bytes.first_chunk()?);
    Some(if big_endian { raw.swap_bytes() } else { raw })
}

#[inline]
fn unsigned_64(bytes: &[u8], big_endian: bool) -> Option<u64> {
    let raw = u64::from_le_bytes(*bytes.first_chunk()?);
    Some(if big_endian { raw.swap_bytes() } else { raw })
}
