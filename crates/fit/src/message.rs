//! Messages with names, units and physical values.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::definition::{Data, Definition, FieldDefinition};
use crate::field::MessageField;
use crate::layout::{Column, Description, Layout};
use crate::problem::{Problem, ProblemKind};
use crate::profile::{self, developer_data_id};
use crate::scan::{Scanner, Step};
use crate::segment::Segment;

/// Reads the messages of a file.
///
/// A strict decoder ends with the first error; a tolerant one reads what can be read, as [`Scanner`]
/// describes it. Warnings and, if it is tolerant, errors gather in [`problems`](Self::problems).
#[derive(Clone, Debug)]
pub struct Decoder<'a> {
    scanner: Scanner<'a>,
    segments: Vec<Segment>,
    /// The columns of each local type.
    layouts: [Layout; 16],
    descriptions: BTreeMap<(u8, u8), Arc<Description>>,
    applications: BTreeMap<u8, [u8; 16]>,
    problems: Vec<Problem>,
}

/// A message: its fields by name or number, with physical values.
#[derive(Clone, Copy, Debug)]
pub struct Message<'m> {
    definition: &'m Definition<'m>,
    layout: &'m Layout,
    offset: usize,
    bytes: &'m [u8],
    timestamp: Option<u32>,
}

impl<'a> Decoder<'a> {
    /// A strict decoder of a whole file.
    pub fn new(file: &'a [u8]) -> Self {
        Self::over(Scanner::new(file))
    }

    /// A tolerant decoder of a whole file.
    pub fn tolerant(file: &'a [u8]) -> Self {
        Self::over(Scanner::tolerant(file))
    }

    /// A decoder of what a scanner meets from here on.
    pub fn over(scanner: Scanner<'a>) -> Self {
        Self {
            scanner,
            segments: Vec::new(),
            layouts: Default::default(),
            descriptions: BTreeMap::new(),
            applications: BTreeMap::new(),
            problems: Vec::new(),
        }
    }

    /// The next message; `None` at the end of the file.
    ///
    /// # Errors
    ///
    /// The first error of the file, if the decoder is strict; a tolerant one has none.
    pub fn next_message(&mut self) -> Result<Option<Message<'_>>, Problem> {
        while let Some(step) = self.scanner.step() {
            match step? {
                Step::Problem(problem) => self.problems.push(problem),
                Step::Segment(segment) => self.enter(segment),
                Step::Definition(local) => self.define(local),
                Step::Data {
                    local,
                    offset,
                    bytes,
                    timestamp,
                } => {
                    if self.scanner.definition(local).is_some_and(is_description) {
                        self.describe(local, bytes);
                    }
                    let definition = self.scanner.definition(local);
                    // Both are there: the scanner has just used the definition.
                    let known = definition.zip(self.layout(local));
                    return Ok(known.map(|(definition, layout)| Message {
                        definition,
                        layout,
                        offset,
                        bytes,
                        timestamp,
                    }));
                }
            }
        }
        Ok(None)
    }

    /// The segments met so far; the last message is in the last one.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// What was wrong with the file so far.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The developer fields described so far in this segment.
    pub fn descriptions(&self) -> impl Iterator<Item = &Description> {
        self.descriptions.values().map(AsRef::as_ref)
    }

    /// The identifier of an application, by its developer data index.
    pub fn application(&self, developer: u8) -> Option<&[u8; 16]> {
        self.applications.get(&developer)
    }

    fn enter(&mut self, segment: Segment) {
        self.segments.push(segment);
        self.descriptions.clear();
        self.applications.clear();
    }

    fn define(&mut self, local: u8) {
        let Some(definition) = self.scanner.definition(local) else {
            return;
        };
        let Some(layout) = self.layouts.get_mut(usize::from(local)) else {
            return;
        };
        layout.set(definition, &self.descriptions);
        let undescribed =
            |column: &&Column| column.definition.developer && column.description.is_none();
        for column in layout.columns.iter().filter(undescribed) {
            let FieldDefinition {
                number: field,
                code: developer,
                ..
            } = column.definition;
            let kind = ProblemKind::Undescribed { developer, field };
            self.problems.push(Problem {
                offset: definition.offset,
                kind,
            });
        }
    }

    #[inline]
    fn layout(&self, local: u8) -> Option<&Layout> {
        self.layouts.get(usize::from(local))
    }

    /// Remembers what a `field_description` or a `developer_data_id` says.
    #[cold]
    fn describe(&mut self, local: u8, bytes: &[u8]) {
        let definition = self.scanner.definition(local);
        let Some((definition, layout)) = definition.zip(self.layout(local)) else {
            return;
        };
        let message = Message {
            definition,
            layout,
            offset: 0,
            bytes,
            timestamp: None,
        };
        if message.number() == DEVELOPER_DATA_ID {
            let index = message.integer_of(developer_data_id::DEVELOPER_DATA_INDEX.number);
            let id = message.field(developer_data_id::APPLICATION_ID.number);
            let id = id.and_then(|id| id.bytes().first_chunk().copied());
            if let (Some(index), Some(id)) = (index, id) {
                self.applications.insert(index, id);
            }
        } else if let Some(description) = Description::of(&message) {
            let key = (description.developer, description.number);
            self.descriptions.insert(key, Arc::new(description));
        }
    }
}

fn is_description(definition: &Definition<'_>) -> bool {
    matches!(definition.number, FIELD_DESCRIPTION | DEVELOPER_DATA_ID)
}

const FIELD_DESCRIPTION: u16 = profile::FIELD_DESCRIPTION.number;
const DEVELOPER_DATA_ID: u16 = profile::DEVELOPER_DATA_ID.number;

/// The number as an integer, if it is one of 16 bits.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked before"
)]
pub(crate) fn to_u16(number: f64) -> Option<u16> {
    (number >= 0.0 && number <= f64::from(u16::MAX)).then_some(number as u16)
}

impl<'m> Message<'m> {
    /// The message's number.
    pub fn number(&self) -> u16 {
        self.definition.number
    }

    /// The message's name, if the profile knows it.
    pub fn name(&self) -> Option<&'static str> {
        self.layout.message.map(|message| message.name)
    }

    /// The message of the profile.
    pub fn known(&self) -> Option<&'static profile::Message> {
        self.layout.message
    }

    /// Its time in FIT seconds: the timestamp field or, in old files, the compressed timestamp.
    pub fn timestamp(&self) -> Option<u32> {
        self.timestamp
    }

    /// The message as it is in the file.
    pub fn data(&self) -> Data<'m> {
        let Self {
            offset,
            bytes,
            timestamp,
            ..
        } = *self;
        Data {
            definition: *self.definition,
            offset,
            bytes,
            timestamp,
        }
    }

    /// Where the message is, in bytes from the start of the file.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The fields in the order of the file, developer fields last.
    pub fn fields(&self) -> impl ExactSizeIterator<Item = MessageField<'m>> + use<'m> {
        let message = *self;
        self.layout
            .columns
            .iter()
            .map(move |column| message.at(column))
    }

    /// The field with this number.
    pub fn field(&self, number: u8) -> Option<MessageField<'m>> {
        self.find(|it| it.definition.number == number && !it.definition.developer)
    }

    /// The developer field with this number, of whichever application comes first.
    pub fn developer_field(&self, number: u8) -> Option<MessageField<'m>> {
        self.find(|it| it.definition.number == number && it.definition.developer)
    }

    /// The field with this name, as the profile or the file's descriptions give it.
    pub fn field_named(&self, name: &str) -> Option<MessageField<'m>> {
        self.fields().find(|field| field.name() == Some(name))
    }

    /// The physical value of a field; `None` if it isn't there or not measured.
    #[inline]
    pub fn number_of(&self, field: u8) -> Option<f64> {
        self.field(field)?.number()
    }

    /// The text of a field; `None` if it isn't there or empty.
    pub fn text_of(&self, field: u8) -> Option<Cow<'m, str>> {
        self.field(field)?.text()
    }

    pub(crate) fn integer_of(&self, field: u8) -> Option<u8> {
        self.number_of(field)
            .and_then(to_u16)
            .and_then(|value| value.try_into().ok())
    }

    #[inline]
    fn find(&self, is_it: impl Fn(&Column) -> bool) -> Option<MessageField<'m>> {
        let column = self.layout.columns.iter().find(|column| is_it(column))?;
        Some(self.at(column))
    }

    #[inline]
    fn at(&self, column: &'m Column) -> MessageField<'m> {
        let start = column.start as usize;
        let bytes = self
            .bytes
            .get(start..start + usize::from(column.definition.size));
        let big_endian = self.definition.big_endian;
        MessageField {
            column,
            bytes: bytes.unwrap_or_default(),
            big_endian,
            subfield: None,
        }
    }
}
