//! Developer fields of several files in one: which application has which index.

use std::collections::BTreeMap;

use super::Unmergeable;
use crate::base::BaseType;
use crate::message::{Message, to_u16};
use crate::profile::{self, developer_data_id, field_description};
use crate::value::Value;

/// What a message says, field by field, but for the developer data index.
type Content = Vec<(u8, Value<'static>)>;

/// An application of a file, and its fields.
#[derive(Clone, Debug)]
pub(super) struct Application {
    index: u8,
    /// Who it is; nothing, if the file doesn't say.
    id: Content,
    fields: BTreeMap<u8, Content>,
}

/// A developer field that stands for one of the profile.
#[derive(Clone, Copy, Debug)]
pub(super) struct Native {
    pub(super) base: BaseType,
    pub(super) scale: f64,
    pub(super) message: u16,
    pub(super) field: u8,
}

/// The applications of a merged file.
#[derive(Debug, Default)]
pub(super) struct Applications {
    all: Vec<Application>,
    /// What the file says of them so far.
    written: BTreeMap<(u8, Option<u8>), Content>,
}

/// The index of an application in the merged file, by that in the file it comes from.
pub(super) type Indexes = BTreeMap<u8, u8>;

const ID: u16 = profile::DEVELOPER_DATA_ID.number;

/// The field that has the developer data index, in either message.
pub(super) fn index_field(message: u16) -> u8 {
    if message == ID {
        developer_data_id::DEVELOPER_DATA_INDEX.number
    } else {
        field_description::DEVELOPER_DATA_INDEX.number
    }
}

fn content(message: &Message<'_>) -> Content {
    let index = index_field(message.number());
    let fields = message
        .fields()
        .filter(|field| field.field_number() != index);
    let values = fields.map(|field| (field.field_number(), field.value().into_owned()));
    let mut content: Content = values
        .filter(|(_, value)| *value != Value::Missing)
        .collect();
    content.sort_by_key(|(number, _)| *number);
    content
}

impl Application {
    fn new(index: u8) -> Self {
        let (id, fields) = (Content::new(), BTreeMap::new());
        Self { index, id, fields }
    }

    /// Takes over what a `developer_data_id` or a `field_description` says.
    pub(super) fn note(applications: &mut Vec<Self>, message: &Message<'_>) {
        let Some(index) = message.integer_of(index_field(message.number())) else {
            return;
        };
        let at = applications.iter().position(|it| it.index == index);
        let at = at.unwrap_or_else(|| {
            applications.push(Self::new(index));
            applications.len() - 1
        });
        let Some(application) = applications.get_mut(at) else {
            return;
        };
        let content = content(message);
        if message.number() == ID {
            // A new version has the same fields, or others: those tell.
            let version = developer_data_id::APPLICATION_VERSION.number;
            application.id = content
                .into_iter()
                .filter(|(number, _)| *number != version)
                .collect();
        } else if let Some(number) =
            message.integer_of(field_description::FIELD_DEFINITION_NUMBER.number)
        {
            application.fields.insert(number, content);
        }
    }

    /// How a field is stored, and which field of the profile it stands for.
    pub(super) fn native(&self, number: u8) -> Option<Native> {
        use field_description as it;
        let content = self.fields.get(&number)?;
        let value = |field: profile::Field| {
            let found = content.iter().find(|(number, _)| *number == field.number);
            found.and_then(|(_, value)| value.number())
        };
        let base = to_u16(value(it::FIT_BASE_TYPE_ID)?)?;
        Some(Native {
            base: BaseType::from_code(u8::try_from(base).ok()?)?,
            scale: value(it::SCALE).filter(|scale| *scale > 0.0).unwrap_or(1.0),
            message: to_u16(value(it::NATIVE_MESG_NUM)?)?,
            field: u8::try_from(to_u16(value(it::NATIVE_FIELD_NUM)?)?).ok()?,
        })
    }

    /// Its index in the file that it comes from.
    pub(super) fn index(&self) -> u8 {
        self.index
    }

    /// Whether both are one application: none says of a field what the other contradicts.
    fn agrees(&self, other: &Self) -> bool {
        let same = |(number, content): (&u8, &Content)| {
            other
                .fields
                .get(number)
                .is_none_or(|there| there == content)
        };
        self.id == other.id && self.fields.iter().all(same)
    }
}

impl Applications {
    /// Finds room for the applications of a file, and for indexes that it uses without saying what
    /// they are.
    pub(super) fn add(
        &mut self,
        applications: &[Application],
        used: &[u8],
    ) -> Result<Indexes, Unmergeable> {
        let unknown = used
            .iter()
            .filter(|used| applications.iter().all(|it| it.index != **used));
        let unknown: Vec<_> = unknown.map(|index| Application::new(*index)).collect();
        let mut indexes = Indexes::new();
        for application in applications.iter().chain(&unknown) {
            // Two applications of one file stay two.
            let known = self.all.iter_mut().find(|known| {
                known.agrees(application) && !indexes.values().any(|taken| *taken == known.index)
            });
            let index = if let Some(known) = known {
                known.fields.extend(application.fields.clone());
                known.index
            } else {
                let index = self.room_for(application.index)?;
                self.all.push(Application {
                    index,
                    ..application.clone()
                });
                index
            };
            indexes.insert(application.index, index);
        }
        Ok(indexes)
    }

    /// The index itself, if nobody has it, else another one.
    fn room_for(&self, index: u8) -> Result<u8, Unmergeable> {
        let free = |index: &u8| self.all.iter().all(|it| it.index != *index);
        let mut places = std::iter::once(index).chain(0..u8::MAX);
        places.find(free).ok_or(Unmergeable::TooManyApplications)
    }

    /// Whether the merged file doesn't yet say what a `developer_data_id` or a `field_description`
    /// does.
    pub(super) fn is_news(&mut self, message: &Message<'_>, indexes: &Indexes) -> bool {
        let Some(index) = message.integer_of(index_field(message.number())) else {
            return true;
        };
        let index = indexes.get(&index).copied().unwrap_or(index);
        let content = content(message);
        if message.number() == ID {
            return self.written.insert((index, None), content).is_none();
        }
        let number = message.integer_of(field_description::FIELD_DEFINITION_NUMBER.number);
        let before = self.written.insert((index, number), content.clone());
        before != Some(content)
    }
}
