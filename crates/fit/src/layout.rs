//! What the fields of a definition mean.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::BaseType;
use crate::definition::{Definition, FieldDefinition, fitting};
use crate::message::{DEVELOPER_DATA_ID, FIELD_DESCRIPTION, Message, to_u16};
use crate::profile::{self, field_description};

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
#[derive(Clone, Debug, Default)]
pub(crate) struct Layout {
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

impl Layout {
    #[inline]
    pub(crate) fn describes(&self) -> bool {
        self.describes
    }

    /// Resolves the fields of a definition.
    pub(crate) fn set(
        &mut self,
        definition: &Definition<'_>,
        descriptions: &BTreeMap<(u8, u8), Arc<Description>>,
    ) {
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
