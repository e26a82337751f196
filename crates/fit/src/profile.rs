//! Names, scales and units of messages and fields.
//!
//! Per message there is a constant ([`RECORD`]) and a module of fields ([`record::DISTANCE`]); per
//! enumeration a constant in [`types`] and a module of values (`types::sport::ROWING`). All of it
//! comes from the text tables in the crate's `profile/` folder.

use crate::base::BaseType;

/// A message of the profile.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Message {
    /// The global message number.
    pub number: u16,
    /// The name, in snake case.
    pub name: &'static str,
    /// The fields, by ascending number.
    pub fields: &'static [Field],
}

/// A field of the profile.
///
/// `raw = round((physical + offset) * scale)`, `physical = raw / scale - offset`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Field {
    /// The field's number within its message.
    pub number: u8,
    /// The name, in snake case.
    pub name: &'static str,
    /// How one element is stored.
    pub base: BaseType,
    /// Whether the field has more than one element.
    pub array: bool,
    /// What the number means.
    pub kind: Kind,
    /// Raw steps per unit.
    pub scale: f64,
    /// Added to the physical value before scaling, in its unit.
    pub offset: f64,
    /// The unit of the physical value; empty if it has none.
    pub unit: &'static str,
    /// The values of other fields that its bits hold, from the lowest bits on.
    pub components: &'static [Component],
    /// What it means instead, depending on other fields; the first that applies counts.
    pub subfields: &'static [SubField],
}

/// Bits of a field that are a value of another field of the same message.
///
/// `physical = bits / scale - offset`, in the unit of the other field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Component {
    /// The other field.
    pub field: u8,
    /// The lowest of the bits, counted through all elements in little-endian order.
    pub start: u16,
    /// How many bits; 1 to 32.
    pub bits: u8,
    /// Steps per unit.
    pub scale: f64,
    /// Added to the physical value before scaling.
    pub offset: f64,
    /// Whether the bits are the low ones of a total that grows from message to message.
    pub accumulate: bool,
}

/// A meaning of a field that depends on other fields: `total_cycles` are `total_strokes` of a rower.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SubField {
    /// Fields and their values, each of which makes the sub-field apply.
    pub conditions: &'static [(u8, &'static [u32])],
    /// Name, type, scale, offset, unit and components; the number is that of the whole field.
    pub field: Field,
}

/// What the number in a field means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// A quantity, an identifier or a text.
    Plain,
    /// Seconds since 1989-12-31T00:00:00Z.
    DateTime,
    /// The same in local time.
    LocalDateTime,
    /// One of a list of named values.
    Named(&'static Enumeration),
}

/// A list of named values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Enumeration {
    /// The name, in snake case.
    pub name: &'static str,
    /// How a value is stored.
    pub base: BaseType,
    /// The values, ascending.
    numbers: &'static [u32],
    /// Their names in a row: a pointer each would make half of the tables' size.
    names: &'static str,
    /// Where each name ends.
    ends: &'static [u16],
}

impl Message {
    /// The field with this number.
    pub fn field(&self, number: u8) -> Option<&'static Field> {
        let at = self
            .fields
            .binary_search_by_key(&number, |field| field.number)
            .ok()?;
        self.fields.get(at)
    }

    /// The field with this name.
    pub fn field_named(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

impl Field {
    /// A field without a name, scale or unit: for messages that the profile doesn't know.
    pub const fn unnamed(number: u8, base: BaseType) -> Self {
        let array = matches!(base, BaseType::String);
        Self {
            number,
            name: "",
            base,
            array,
            kind: Kind::Plain,
            scale: 1.0,
            offset: 0.0,
            unit: "",
            components: &[],
            subfields: &[],
        }
    }
}

impl Enumeration {
    /// The name of a value.
    pub fn name_of(&self, value: u32) -> Option<&'static str> {
        self.name_at(self.numbers.binary_search(&value).ok()?)
    }

    /// The value of a name.
    pub fn value_of(&self, name: &str) -> Option<u32> {
        self.values()
            .find(|(_, known)| *known == name)
            .map(|(value, _)| value)
    }

    /// The values, ascending, with their names.
    pub fn values(&self) -> impl Iterator<Item = (u32, &'static str)> {
        let numbers = self.numbers.iter().enumerate();
        numbers.filter_map(|(at, number)| Some((*number, self.name_at(at)?)))
    }

    fn name_at(&self, at: usize) -> Option<&'static str> {
        let end = |at: usize| self.ends.get(at).map(|end| usize::from(*end));
        let start = at.checked_sub(1).and_then(end).unwrap_or_default();
        self.names.get(start..end(at)?)
    }
}

/// The message with this number.
pub fn message(number: u16) -> Option<&'static Message> {
    let at = MESSAGES
        .binary_search_by_key(&number, |message| message.number)
        .ok()?;
    MESSAGES.get(at)
}

/// The message with this name.
pub fn message_named(name: &str) -> Option<&'static Message> {
    MESSAGES.iter().find(|message| message.name == name)
}

include!(concat!(env!("OUT_DIR"), "/profile.rs"));
