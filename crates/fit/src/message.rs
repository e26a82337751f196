//! Messages with names, units and physical values.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::definition::{Data, FieldDefinition};
use crate::field::MessageField;
use crate::layout::{Column, Description, Layout};
use crate::problem::{Problem, ProblemKind};
use crate::problems::Problems;
use crate::profile::{self, developer_data_id};
use crate::scan::Scanner;
use crate::segment::Segment;
use crate::walk::{Place, Step, Walk};

/// Reads the messages of a file: one in memory ([`new`](Self::new), [`tolerant`](Self::tolerant)), or
/// one that a [`StreamScanner`](crate::StreamScanner) reads ([`over`](Self::over)).
///
/// A strict decoder ends with the first error; a tolerant one reads what can be read, as [`Scanner`]
/// describes it. [`next_message`](Self::next_message) gathers warnings and, if it is tolerant, errors
/// in [`problems`](Self::problems); [`next_piece`](Self::next_piece) yields them in their places.
///
/// What it keeps in memory doesn't grow with the file.
#[derive(Clone, Debug)]
pub struct Decoder<S> {
    scanner: S,
    /// The columns of each local type.
    layouts: [Layout; 16],
    descriptions: BTreeMap<(u8, u8), Arc<Description>>,
    /// How often the descriptions have changed.
    generation: u64,
    applications: BTreeMap<u8, [u8; 16]>,
    /// Developer fields without a description, found in the last definition.
    pending: VecDeque<Problem>,
    problems: Problems,
}

/// A message: its fields by name or number, with physical values.
#[derive(Clone, Copy, Debug)]
pub struct Message<'m> {
    layout: &'m Layout,
    place: Place,
    bytes: &'m [u8],
}

/// A part of a file, as [`Decoder::next_piece`] yields them.
#[derive(Clone, Debug)]
pub enum Piece<'m> {
    /// A segment starts here. Developer fields of the one before are forgotten.
    Segment(&'m Segment),
    /// A message.
    Message(Message<'m>),
    /// Something wrong; errors only if the decoder is tolerant.
    Problem(Problem),
}

/// What the next piece is, before it is borrowed.
pub(crate) enum Next {
    Segment,
    /// Of this local type.
    Message(u8),
    Problem(Problem),
    End,
}

impl<'a> Decoder<Scanner<'a>> {
    /// A strict decoder of a whole file.
    pub fn new(file: &'a [u8]) -> Self {
        Self::over(Scanner::new(file))
    }

    /// A tolerant decoder of a whole file.
    pub fn tolerant(file: &'a [u8]) -> Self {
        Self::over(Scanner::tolerant(file))
    }
}

impl<S: Walk> Decoder<S> {
    /// A decoder of what a scanner meets from here on.
    pub fn over(scanner: S) -> Self {
        Self {
            scanner,
            layouts: Default::default(),
            descriptions: BTreeMap::new(),
            generation: 0,
            applications: BTreeMap::new(),
            pending: VecDeque::new(),
            problems: Problems::default(),
        }
    }

    /// The next message; `None` at the end of the file.
    ///
    /// # Errors
    ///
    /// The first error of the file, if the decoder is strict; if it is tolerant, a stream that can't be
    /// read is the only one.
    #[inline]
    pub fn next_message(&mut self) -> Result<Option<Message<'_>>, S::Error> {
        loop {
            match self.advance()? {
                Next::Message(local) => return Ok(self.message(local)),
                Next::Problem(problem) => self.note(problem),
                Next::Segment => {}
                Next::End => return Ok(None),
            }
        }
    }

    /// What comes next in the file: a segment, a message, or something wrong; `None` at its end.
    ///
    /// # Errors
    ///
    /// As for [`next_message`](Self::next_message).
    pub fn next_piece(&mut self) -> Result<Option<Piece<'_>>, S::Error> {
        Ok(match self.advance()? {
            Next::Message(local) => self.message(local).map(Piece::Message),
            Next::Segment => self.scanner.segment().map(Piece::Segment),
            Next::Problem(problem) => Some(Piece::Problem(problem)),
            Next::End => None,
        })
    }

    #[inline]
    pub(crate) fn advance(&mut self) -> Result<Next, S::Error> {
        loop {
            if let Some(problem) = self.pending.pop_front() {
                return Ok(Next::Problem(problem));
            }
            match self.scanner.step()? {
                Step::Data(local) => {
                    if self.layout(local).is_some_and(Layout::describes) {
                        self.describe(local);
                    }
                    return Ok(Next::Message(local));
                }
                Step::Definition(local) => self.define(local),
                Step::Segment => {
                    self.descriptions.clear();
                    self.generation += 1;
                    self.applications.clear();
                    return Ok(Next::Segment);
                }
                Step::Problem => {
                    if let Some(problem) = self.scanner.problem() {
                        return Ok(Next::Problem(problem));
                    }
                }
                Step::End => return Ok(Next::End),
            }
        }
    }

    /// The message that the last step led to.
    #[inline]
    pub(crate) fn message(&self, local: u8) -> Option<Message<'_>> {
        Some(Message {
            // It is there: the scanner has just used the definition.
            layout: self.layout(local)?,
            place: self.scanner.place(),
            bytes: self.scanner.message(),
        })
    }

    /// The segment that the last message is in.
    ///
    /// Of a stream, the end of its data and its CRC are known only when the next one starts, or the
    /// file ends.
    pub fn segment(&self) -> Option<&Segment> {
        self.scanner.segment()
    }

    /// What was wrong with the file so far, as far as [`next_message`](Self::next_message) met it.
    pub fn problems(&self) -> &Problems {
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

    #[cold]
    pub(crate) fn note(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    fn define(&mut self, local: u8) {
        let Some(definition) = self.scanner.definition(local) else {
            return;
        };
        let Some(layout) = self.layouts.get_mut(usize::from(local)) else {
            return;
        };
        layout.set(&definition, &self.descriptions, self.generation);
        let undescribed =
            |column: &&Column| column.definition.developer && column.description.is_none();
        for column in layout.columns.iter().filter(undescribed) {
            let FieldDefinition {
                number: field,
                code: developer,
                ..
            } = column.definition;
            let kind = ProblemKind::Undescribed { developer, field };
            let offset = definition.offset;
            self.pending.push_back(Problem { offset, kind });
        }
    }

    #[inline]
    fn layout(&self, local: u8) -> Option<&Layout> {
        self.layouts.get(usize::from(local))
    }

    /// Remembers what a `field_description` or a `developer_data_id` says.
    #[cold]
    fn describe(&mut self, local: u8) {
        let Some(message) = self.message(local) else {
            return;
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
            self.generation += 1;
            self.descriptions.insert(key, Arc::new(description));
        }
    }
}

pub(crate) const FIELD_DESCRIPTION: u16 = profile::FIELD_DESCRIPTION.number;
pub(crate) const DEVELOPER_DATA_ID: u16 = profile::DEVELOPER_DATA_ID.number;

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
        self.layout.definition.number
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
        self.place.timestamp
    }

    /// The message as it is in the file.
    pub fn data(&self) -> Data<'m> {
        self.place.data(self.layout.definition(), self.bytes)
    }

    /// Where the message is, in bytes from the start of the file.
    pub fn offset(&self) -> usize {
        self.place.offset
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

    #[inline]
    pub(crate) fn layout(&self) -> &'m Layout {
        self.layout
    }

    #[inline]
    pub(crate) fn bytes(&self) -> &'m [u8] {
        self.bytes
    }

    /// The raw integer of a field, neither scaled nor shifted; `None` if it isn't there, not measured or
    /// doesn't fit.
    pub fn integer_of<T: TryFrom<i128>>(&self, field: u8) -> Option<T> {
        self.field(field)?.integers().next()??.try_into().ok()
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
        let big_endian = self.layout.definition.big_endian;
        MessageField {
            column,
            bytes: bytes.unwrap_or_default(),
            big_endian,
            subfield: None,
        }
    }
}
