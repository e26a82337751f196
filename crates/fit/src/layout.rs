//! What the fields of a definition mean.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::base::BaseType;
use crate::definition::{Definition, FieldDefinition, TIMESTAMP, fitting};
use crate::message::{DEVELOPER_DATA_ID, FIELD_DESCRIPTION, Message, to_u16};
use crate::profile::{self, field_description};

/// Layouts are told apart across all decoders.
static NEXT_ID: AtomicU64 = AtomicU64::new(1);

/// What a file says about one of its developer fields.
#[derive(Clone, Debug, PartialEq)]
pub struct Description {
    /// The developer data index.
    pub developer: u8,
    /// The field's number within its application.
    pub number: u8,
    /// How one element is stored.
    pub base: BaseType,
    /// The name.
    pub name: String,
    /// The unit.
    pub units: String,
    /// Raw steps per unit.
    pub scale: f64,
    /// Added to the physical value before scaling.
    pub offset: f64,
    /// The message and the field of the profile that mean the same.
    pub native: Option<(u16, u8)>,
}

/// The fields of the messages of one local type.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    /// What tells it apart from any other; 0 for no layout.
    pub(crate) id: u64,
    /// Which state of the descriptions it was made with.
    generation: u64,
    /// The definition without its bytes.
    pub(crate) definition: Definition<'static>,
    bytes: Vec<u8>,
    pub(crate) message: Option<&'static profile::Message>,
    pub(crate) columns: Vec<Column>,
    /// Whether the messages describe developer fields or their applications.
    describes: bool,
}

/// A field of a layout.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    pub(crate) definition: FieldDefinition,
    /// Where the field is in a message, record header included.
    pub(crate) start: u32,
    pub(crate) base: BaseType,
    pub(crate) scale: f64,
    pub(crate) offset: f64,
    pub(crate) known: Option<&'static profile::Field>,
    pub(crate) description: Option<Arc<Description>>,
}

impl Column {
    /// The name, from the profile or the file's own description.
    pub(crate) fn name(&self) -> Option<&str> {
        match (&self.description, self.known) {
            (Some(description), _) => Some(&description.name),
            (None, Some(known)) => Some(known.name),
            (None, None) if self.is_timestamp() => Some("timestamp"),
            _ => None,
        }
    }

    /// The unit of the physical value; empty if it has none or none is known.
    pub(crate) fn unit(&self) -> &str {
        match (&self.description, self.known) {
            (Some(description), _) => &description.units,
            (None, Some(known)) => known.unit,
            _ => "",
        }
    }

    fn is_timestamp(&self) -> bool {
        self.definition.number == TIMESTAMP && !self.definition.developer
    }
}

impl Description {
    /// What a `field_description` message says; `None` if it lacks what matters.
    pub(crate) fn of(message: &Message<'_>) -> Option<Self> {
        use field_description as field;
        let base = message.integer_of(field::FIT_BASE_TYPE_ID.number)?;
        let text = |number| message.text_of(number).unwrap_or_default().into_owned();
        let native = message
            .number_of(field::NATIVE_MESG_NUM.number)
            .and_then(to_u16);
        let native_field = message.integer_of(field::NATIVE_FIELD_NUM.number);
        Some(Self {
            developer: message.integer_of(field::DEVELOPER_DATA_INDEX.number)?,
            number: message.integer_of(field::FIELD_DEFINITION_NUMBER.number)?,
            base: BaseType::from_code(base).unwrap_or(BaseType::Byte),
            name: text(field::FIELD_NAME.number),
            units: text(field::UNITS.number),
            scale: message
                .number_of(field::SCALE.number)
                .filter(|scale| *scale > 0.0)
                .unwrap_or(1.0),
            offset: message.number_of(field::OFFSET.number).unwrap_or_default(),
            native: native.zip(native_field),
        })
    }
}

impl Default for Layout {
    fn default() -> Self {
        Self {
            id: 0,
            generation: 0,
            definition: Definition::EMPTY,
            bytes: Vec::new(),
            message: None,
            columns: Vec::new(),
            describes: false,
        }
    }
}

impl Layout {
    pub(crate) fn definition(&self) -> Definition<'_> {
        self.definition.with_bytes(&self.bytes)
    }

    fn has_developer_fields(&self) -> bool {
        self.columns
            .last()
            .is_some_and(|column| column.definition.developer)
    }

    #[inline]
    pub(crate) fn describes(&self) -> bool {
        self.describes
    }

    /// Resolves the fields of a definition. `generation` tells when the descriptions have changed.
    pub(crate) fn set(
        &mut self,
        definition: &Definition<'_>,
        descriptions: &BTreeMap<(u8, u8), Arc<Description>>,
        generation: u64,
    ) {
        let same = self.id != 0 && self.bytes == definition.bytes;
        self.definition = definition.with_bytes(&[]);
        // Some devices send the same definition before each message.
        if same && (self.generation == generation || !self.has_developer_fields()) {
            return;
        }
        self.id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
        self.generation = generation;
        self.bytes.clear();
        self.bytes.extend_from_slice(definition.bytes);
        self.message = profile::message(definition.number);
        self.describes = matches!(definition.number, FIELD_DESCRIPTION | DEVELOPER_DATA_ID);
        self.columns.clear();
        let mut start = 1;
        for field in definition.fields() {
            let described = |key| {
                if field.developer {
                    descriptions.get(key)
                } else {
                    None
                }
            };
            let description = described(&(field.code, field.number)).cloned();
            let known = self.message.and_then(|message| message.field(field.number));
            let known = known.filter(|_| !field.developer);
            let base = description.as_ref().map(|it| fitting(it.base, field.size));
            let (scale, offset) = match (&description, known) {
                (Some(it), _) => (it.scale, it.offset),
                (None, Some(known)) => (known.scale, known.offset),
                _ => (1.0, 0.0),
            };
            let base = base.unwrap_or_else(|| field.base());
            self.columns.push(Column {
                definition: field,
                start,
                base,
                scale,
                offset,
                known,
                description,
            });
            start += u32::from(field.size);
        }
    }
}
