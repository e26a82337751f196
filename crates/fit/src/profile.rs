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
    /// The wider field of the same message that readers expand this one into.
    pub into: Option<u8>,
    /// The unit of the physical value; empty if it has none.
    pub unit: &'static str,
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
    /// The values, ascending, with their names.
    pub values: &'static [(u32, &'static str)],
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
        let (kind, into) = (Kind::Plain, None);
        Self {
            number,
            name: "",
            base,
            array,
            kind,
            scale: 1.0,
            offset: 0.0,
            into,
            unit: "",
        }
    }
}

impl Enumeration {
    /// The name of a value.
    pub fn name_of(&self, value: u32) -> Option<&'static str> {
        let at = self
            .values
            .binary_search_by_key(&value, |(value, _)| *value)
            .ok()?;
        self.values.get(at).map(|(_, name)| *name)
    }

    /// The value of a name.
    pub fn value_of(&self, name: &str) -> Option<u32> {
        self.values
            .iter()
            .find(|(_, known)| *known == name)
            .map(|(value, _)| *value)
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
