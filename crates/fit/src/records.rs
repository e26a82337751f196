//! Reading the records of a segment one by one, wherever their bytes come from.

use std::collections::VecDeque;

use crate::definition::Definition;
use crate::problem::{Problem, ProblemKind};
use crate::time;

/// What is known of a segment while its records go by; `B` keeps the bytes of definitions.
#[derive(Clone, Debug)]
pub(crate) struct Records<B> {
    /// The definition of each local type.
    locals: [Option<Known<B>>; 16],
    /// The last timestamp.
    last: Option<u32>,
    /// Whether the lack of a reference for compressed timestamps has been reported.
    timeless: bool,
}

/// A definition and its bytes.
#[derive(Clone, Debug)]
pub(crate) struct Known<B> {
    /// Without its bytes.
    pub(crate) definition: Definition<'static>,
    pub(crate) bytes: B,
}

/// A record that was read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record {
    /// The local type that it defines or uses.
    pub(crate) local: u8,
    /// Bytes of the record.
    pub(crate) size: usize,
    pub(crate) kind: RecordKind,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum RecordKind {
    Definition,
    /// A data message and its time.
    Data(Option<u32>),
}

/// What keeps the bytes of a definition: a slice that borrows them, or a copy.
pub(crate) trait Keep<'r>: Default {
    /// Keeps these instead of the ones before.
    fn keep(&mut self, bytes: &'r [u8]);
}

impl<'r> Keep<'r> for &'r [u8] {
    fn keep(&mut self, bytes: &'r [u8]) {
        *self = bytes;
    }
}

impl<'r> Keep<'r> for Vec<u8> {
    fn keep(&mut self, bytes: &'r [u8]) {
        self.clear();
        self.extend_from_slice(bytes);
    }
}

impl<B> Default for Records<B> {
    fn default() -> Self {
        Self {
            locals: [const { None }; 16],
            last: None,
            timeless: false,
        }
    }
}

impl<B> Records<B> {
    /// The definition that a local type has now.
    #[inline]
    pub(crate) fn known(&self, local: u8) -> Option<&Known<B>> {
        self.locals.get(usize::from(local)).and_then(Option::as_ref)
    }

    /// Reads the record at the start of `rest`, which is `offset` bytes into the file and not empty.
    ///
    /// If `rest` ends within the record, nothing has changed, and the error says how many bytes are
    /// needed as far as that is known. Warnings go to `pending`.
    pub(crate) fn read<'r>(
        &mut self,
        rest: &'r [u8],
        offset: usize,
        pending: &mut VecDeque<Problem>,
    ) -> Result<Record, ProblemKind>
    where
        B: Keep<'r>,
    {
        if let Some(record) = self.data(rest) {
            return Ok(record);
        }
        let header = rest.first().copied().unwrap_or_default();
        let local = match header & 0xC0 {
            0x40 => return self.define(rest, offset, pending),
            0x00 => header & 0x0F,
            _ => header >> 5 & 0x03,
        };
        let Some(known) = self.known(local) else {
            return Err(ProblemKind::UndefinedLocal { local });
        };
        let size = known.definition.message_size();
        let Some(bytes) = rest.get(..size) else {
            let have = rest.len();
            return Err(ProblemKind::MessageTruncated { need: size, have });
        };
        let full = known.definition.timestamp(bytes);
        let timestamp = full.or_else(|| self.last.map(|last| time::expand(last, header)));
        if timestamp.is_none() && !self.timeless {
            self.timeless = true;
            let kind = ProblemKind::TimestampMissing;
            pending.push_back(Problem { offset, kind });
        }
        self.last = timestamp.or(self.last);
        Ok(Record {
            local,
            size,
            kind: RecordKind::Data(timestamp),
        })
    }

    /// Reads the record at the start of `rest`, if it is a whole data message without a compressed
    /// timestamp, as most records are; if it isn't, nothing has changed.
    #[inline]
    pub(crate) fn data(&mut self, rest: &[u8]) -> Option<Record> {
        let header = *rest.first()?;
        if header & 0xC0 != 0 {
            return None;
        }
        let local = header & 0x0F;
        let definition = &self.known(local)?.definition;
        let size = definition.message_size();
        let timestamp = definition.timestamp(rest.get(..size)?);
        self.last = timestamp.or(self.last);
        let kind = RecordKind::Data(timestamp);
        Some(Record { local, size, kind })
    }

    fn define<'r>(
        &mut self,
        rest: &'r [u8],
        offset: usize,
        pending: &mut VecDeque<Problem>,
    ) -> Result<Record, ProblemKind>
    where
        B: Keep<'r>,
    {
        let definition = Definition::read(rest, offset)?;
        pending.extend(definition.oddities().map(|kind| Problem { offset, kind }));
        let Definition { local, bytes, .. } = definition;
        if let Some(known) = self.locals.get_mut(usize::from(local)) {
            let known = known.get_or_insert_with(|| Known {
                definition: Definition::EMPTY,
                bytes: B::default(),
            });
            known.definition = definition.with_bytes(&[]);
            known.bytes.keep(bytes);
        }
        Ok(Record {
            local,
            size: bytes.len(),
            kind: RecordKind::Definition,
        })
    }
}
