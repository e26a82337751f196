//! The shape of a message: which fields it has, computed once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::base::BaseType;
use crate::definition::{Definition, FieldDefinition};
use crate::developer::DeveloperField;
use crate::error::Error;
use crate::number::Scaling;
use crate::profile::{Field, Message};

/// Which fields a message has, in which order and of which size.
///
/// Build it once per sort of message with [`Shape::of`] and write as many messages with it as there
/// are: they share one definition. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Shape {
    /// Tells shapes apart without comparing their definitions.
    pub(crate) id: u64,
    pub(crate) number: u16,
    pub(crate) slots: Arc<[Slot]>,
    /// The definition without its record header.
    pub(crate) definition: Arc<[u8]>,
    pub(crate) developer: bool,
    /// Bytes of a message without its record header.
    pub(crate) size: usize,
    /// Whether each field is a single number.
    pub(crate) scalar: bool,
    pub(crate) protocol_2: bool,
}

/// Where a value goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slot {
    pub(crate) scaling: Scaling,
    /// Bytes of the whole field.
    pub(crate) size: u8,
    pub(crate) number: u8,
    pub(crate) base: BaseType,
}

impl Shape {
    /// Starts the shape of a message. Fields are written in the order in which they are added.
    pub fn of(message: Message) -> ShapeBuilder {
        Self::of_number(message.number)
    }

    /// Starts the shape of a message that the profile doesn't know.
    pub fn of_number(message: u16) -> ShapeBuilder {
        let (slots, fields, developer) = (Vec::new(), Vec::new(), Vec::new());
        ShapeBuilder {
            message,
            slots,
            fields,
            developer,
            error: None,
        }
    }

    /// The message's number.
    pub fn number(&self) -> u16 {
        self.number
    }

    /// How many values a message of this shape has, developer fields included.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether the message has no fields.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Bytes of a message, with its record header.
    pub fn message_size(&self) -> usize {
        self.size + 1
    }

    /// The shape of the messages that a file has under this definition, byte order and oddities
    /// included. Only [`Encoder::write_bytes`](crate::Encoder::write_bytes) takes it.
    pub fn copy_of(definition: &Definition<'_>) -> Self {
        let bytes = definition.bytes.get(1..).unwrap_or_default().to_vec();
        let mut shape = Self::from_parts(definition.number, Vec::new(), bytes);
        shape.size = definition.size as usize;
        shape.scalar = false;
        shape.developer = definition
            .bytes
            .first()
            .is_some_and(|header| header & 0x20 != 0);
        let wide = |field: FieldDefinition| field.base().needs_protocol_2();
        shape.protocol_2 = shape.developer || definition.fields().any(wide);
        shape
    }

    /// Whether the shape knows its bytes only.
    pub(crate) fn is_raw(&self) -> bool {
        self.slots.is_empty() && self.size > 0
    }

    fn from_parts(number: u16, slots: Vec<Slot>, definition: Vec<u8>) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let scalar = slots.iter().all(Slot::is_scalar);
        let size = slots.iter().map(|slot| usize::from(slot.size)).sum();
        let protocol_2 = slots.iter().any(|slot| slot.base.needs_protocol_2());
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        let (slots, definition) = (slots.into(), definition.into());
        Self {
            id,
            number,
            slots,
            definition,
            developer: false,
            size,
            scalar,
            protocol_2,
        }
    }
}

impl Slot {
    fn is_scalar(&self) -> bool {
        self.size == self.base.size() && self.base != BaseType::String
    }
}

/// Collects the fields of a [`Shape`].
#[derive(Debug)]
pub struct ShapeBuilder {
    message: u16,
    slots: Vec<Slot>,
    /// Three bytes a field: number, size, base type.
    fields: Vec<[u8; 3]>,
    /// Three bytes a field: number, size, developer.
    developer: Vec<([u8; 3], Slot)>,
    error: Option<Error>,
}

impl ShapeBuilder {
    /// Adds a field with a single number.
    #[must_use]
    pub fn field(mut self, field: Field) -> Self {
        if field.base == BaseType::String {
            let (message, field) = (self.message, field.number);
            self.error
                .get_or_insert(Error::SizeMissing { message, field });
            return self;
        }
        self.add(field, 1)
    }

    /// Adds several fields with a single number each.
    #[must_use]
    pub fn fields(self, fields: &[Field]) -> Self {
        fields.iter().fold(self, |shape, field| shape.field(*field))
    }

    /// Adds a field with `count` elements.
    #[must_use]
    pub fn array(self, field: Field, count: usize) -> Self {
        self.add(field, count)
    }

    /// Adds a text with room for `size` bytes, a closing NUL included; see [`text_size`].
    #[must_use]
    pub fn text(self, field: Field, size: usize) -> Self {
        self.add(field, size)
    }

    /// Adds a developer field. These follow all others, whatever the order of the calls.
    #[must_use]
    pub fn developer(mut self, field: &DeveloperField<'_>) -> Self {
        let size = usize::from(field.base.size()) * usize::from(field.count);
        let Some(size) = self.check(field.number, size) else {
            return self;
        };
        let twice = |(triple, _): &([u8; 3], Slot)| matches!(*triple, [n, _, d] if n == field.number && d == field.developer);
        if self.developer.iter().any(twice) {
            let (message, field) = (self.message, field.number);
            self.error
                .get_or_insert(Error::DuplicateField { message, field });
        }
        let scaling = Scaling::new(field.base, field.scale, field.offset);
        let slot = Slot {
            scaling,
            size,
            number: field.number,
            base: field.base,
        };
        self.developer
            .push(([field.number, size, field.developer], slot));
        self
    }

    /// The shape.
    ///
    /// # Errors
    ///
    /// If a field takes more than 255 bytes, is there twice or is a string without a size, or if
    /// there are more than 255 fields.
    pub fn build(self) -> Result<Shape, Error> {
        let Self {
            message,
            mut slots,
            fields,
            developer,
            error,
        } = self;
        if let Some(error) = error {
            return Err(error);
        }
        let count =
            |count| u8::try_from(count).map_err(|_| Error::TooManyFields { message, count });
        let [low, high] = message.to_le_bytes();
        let mut definition = vec![0, 0, low, high, count(fields.len())?];
        definition.extend(fields.iter().flatten());
        if !developer.is_empty() {
            definition.push(count(developer.len())?);
            definition.extend(developer.iter().flat_map(|(triple, _)| triple));
            slots.extend(developer.iter().map(|(_, slot)| *slot));
        }
        let mut shape = Shape::from_parts(message, slots, definition);
        shape.developer = !developer.is_empty();
        shape.protocol_2 |= shape.developer;
        Ok(shape)
    }

    fn add(mut self, field: Field, count: usize) -> Self {
        let size = usize::from(field.base.size()).saturating_mul(count);
        let Some(size) = self.check(field.number, size) else {
            return self;
        };
        if self.slots.iter().any(|slot| slot.number == field.number) {
            let (message, field) = (self.message, field.number);
            self.error
                .get_or_insert(Error::DuplicateField { message, field });
        }
        let scaling = Scaling::new(field.base, field.scale, field.offset);
        self.slots.push(Slot {
            scaling,
            size,
            number: field.number,
            base: field.base,
        });
        self.fields.push([field.number, size, field.base.code()]);
        self
    }

    /// The size as a definition carries it; remembers the error if it is too large.
    fn check(&mut self, field: u8, size: usize) -> Option<u8> {
        let checked = u8::try_from(size).ok();
        if checked.is_none() {
            let message = self.message;
            self.error.get_or_insert(Error::FieldTooLarge {
                message,
                field,
                size,
            });
        }
        checked
    }
}

/// Bytes that a text takes with its closing NUL, at most 255: the encoder cuts what is longer.
///
/// ```
/// assert_eq!(fit::text_size("pipeline"), 9);
/// ```
pub fn text_size(text: &str) -> usize {
    (text.len() + 1).min(255)
}
