//! The developer fields of a file: which there are, by which application, and where they occur.

use std::collections::BTreeSet;
use std::fmt::Write;

use fit::profile::{self, developer_data_id, field_description};
use fit::{BaseType, Message, MessageField};

use super::totals::{named, raw};

/// A developer field.
#[derive(Clone, Debug)]
pub(super) struct DeveloperField {
    /// The developer data index of its application.
    pub(super) developer: u32,
    /// Its number within the application.
    pub(super) number: u32,
    /// `None` if the file doesn't describe the field.
    pub(super) name: Option<String>,
    pub(super) unit: String,
    /// How one element is stored.
    pub(super) base: String,
    /// The messages that have it, by number.
    pub(super) messages: BTreeSet<u16>,
}

/// An application that has developer fields.
#[derive(Clone, Debug)]
pub(super) struct Application {
    /// Its developer data index.
    pub(super) developer: u32,
    /// A UUID, a text, or bytes in hexadecimal.
    pub(super) id: Option<String>,
    pub(super) version: Option<u32>,
}

/// The developer fields of a segment.
#[derive(Clone, Debug, Default)]
pub(super) struct Developers {
    pub(super) applications: Vec<Application>,
    pub(super) fields: Vec<DeveloperField>,
}

impl Developers {
    pub(super) fn take(&mut self, message: &Message<'_>) {
        if message.number() == profile::DEVELOPER_DATA_ID.number {
            self.applications
                .extend(Application::of(message).filter(|new| {
                    // Some files say the same of an application again and again.
                    self.application(new.developer).is_none()
                }));
        } else if message.number() == profile::FIELD_DESCRIPTION.number {
            self.describe(message);
        }
        for field in message.fields() {
            if let Some(developer) = field.developer() {
                self.note(message.number(), developer.into(), &field);
            }
        }
    }

    /// The fields of one application.
    pub(super) fn fields_of(&self, developer: u32) -> impl Iterator<Item = &DeveloperField> {
        self.fields
            .iter()
            .filter(move |field| field.developer == developer)
    }

    /// The developer data indices, in the order of the file.
    pub(super) fn indices(&self) -> Vec<u32> {
        let mut indices = Vec::new();
        let applications = self.applications.iter().map(|it| it.developer);
        for index in applications.chain(self.fields.iter().map(|it| it.developer)) {
            if !indices.contains(&index) {
                indices.push(index);
            }
        }
        indices
    }

    /// The application with this index.
    pub(super) fn application(&self, developer: u32) -> Option<&Application> {
        self.applications
            .iter()
            .find(|it| it.developer == developer)
    }

    fn describe(&mut self, message: &Message<'_>) {
        use field_description as field;
        let developer = raw(message, field::DEVELOPER_DATA_INDEX);
        let number = raw(message, field::FIELD_DEFINITION_NUMBER);
        let (Some(developer), Some(number)) = (developer, number) else {
            return;
        };
        let text = |field| message.text_of(field).map(std::borrow::Cow::into_owned);
        let described = DeveloperField {
            developer,
            number,
            name: text(field::FIELD_NAME.number),
            unit: text(field::UNITS.number).unwrap_or_default(),
            base: base(message),
            messages: BTreeSet::new(),
        };
        let same = |known: &&mut DeveloperField| {
            (known.developer, known.number) == (developer, number)
                && (&known.name, &known.unit, &known.base)
                    == (&described.name, &described.unit, &described.base)
        };
        if self.fields.iter_mut().find(same).is_none() {
            self.fields.push(described);
        }
    }

    /// Notes where a field occurs. One that is described anew counts as another.
    fn note(&mut self, message: u16, developer: u32, field: &MessageField<'_>) {
        let number = u32::from(field.field_number());
        let is_it =
            |known: &&mut DeveloperField| (known.developer, known.number) == (developer, number);
        if let Some(known) = self.fields.iter_mut().rev().find(is_it) {
            known.messages.insert(message);
            return;
        }
        self.fields.push(DeveloperField {
            developer,
            number,
            name: None,
            unit: String::new(),
            base: BaseType::Byte.name().to_owned(),
            messages: BTreeSet::from([message]),
        });
    }
}

/// The name of the base type that a description gives.
fn base(message: &Message<'_>) -> String {
    let code = raw(message, field_description::FIT_BASE_TYPE_ID);
    let base = code
        .and_then(|code| u8::try_from(code).ok())
        .and_then(BaseType::from_code);
    base.map_or_else(
        || named(message, field_description::FIT_BASE_TYPE_ID).unwrap_or_default(),
        |base| base.name().to_owned(),
    )
}

impl Application {
    fn of(message: &Message<'_>) -> Option<Self> {
        let id = message.field(developer_data_id::APPLICATION_ID.number);
        Some(Self {
            developer: raw(message, developer_data_id::DEVELOPER_DATA_INDEX)?,
            id: id.and_then(|id| identifier(id.bytes())),
            version: raw(message, developer_data_id::APPLICATION_VERSION),
        })
    }
}

impl DeveloperField {
    /// The name, or the number of a field without one.
    pub(super) fn label(&self) -> String {
        self.name
            .clone()
            .unwrap_or_else(|| format!("field_{}", self.number))
    }
}

/// An identifier as people read it: 16 bytes are a UUID, unless they are a text.
fn identifier(bytes: &[u8]) -> Option<String> {
    if bytes.is_empty() || bytes.iter().all(|byte| *byte == 0xFF) {
        return None;
    }
    let text = bytes.trim_ascii_end();
    let text = text.split(|byte| *byte == 0).next().unwrap_or_default();
    let printable = |byte: &u8| byte.is_ascii_graphic() || *byte == b' ';
    let rest_is_empty = bytes.iter().skip(text.len()).all(|byte| *byte == 0);
    if text.len() >= 3 && text.iter().all(printable) && rest_is_empty {
        return Some(String::from_utf8_lossy(text).into_owned());
    }
    let mut hexadecimal = String::new();
    for (index, byte) in bytes.iter().enumerate() {
        if bytes.len() == 16 && matches!(index, 4 | 6 | 8 | 10) {
            hexadecimal.push('-');
        }
        let _ = write!(hexadecimal, "{byte:02x}");
    }
    Some(hexadecimal)
}

/// The name of a message, or `message_79` for one that the profile doesn't know.
pub(super) fn message_name(number: u16) -> String {
    profile::message(number).map_or_else(
        || format!("message_{number}"),
        |message| message.name.to_owned(),
    )
}
