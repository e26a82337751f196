//! Walking the records of a file while it is read.

use std::collections::VecDeque;
use std::io::Read;

use crate::ahead::Ahead;
use crate::definition::{Definition, MAX_MESSAGE};
use crate::error::Error;
use crate::header::Header;
use crate::problem::{Problem, ProblemKind as Kind};
use crate::records::{Record, RecordKind, Records};
use crate::scan::{Event, Mode};
use crate::segment::{self, HEADER_START, MAX_HEADER, Segment};
use crate::walk::{Place, Step, Steps};
use crate::window::Window;

/// Walks a file while it is read, in memory that doesn't grow: what [`Scanner`](crate::Scanner) does
/// with a file in memory.
///
/// The reader is asked for 64 KiB at a time, so it needs no buffer of its own. Events borrow from the
/// window on the file:
///
/// ```
/// use fit::{Event, StreamScanner};
///
/// # fn main() -> Result<(), fit::Error> {
/// # let header = fit::Header::new(0x10, 2140, 0);
/// # let file = fit::RawWriter::new(Vec::new(), &header)?.finish()?;
/// # let reader = file.as_slice();
/// let mut scanner = StreamScanner::new(reader);
/// let mut messages = 0;
/// while let Some(event) = scanner.next_event()? {
///     if let Event::Data(data) = event {
///         messages += 1;
///     }
/// }
/// # assert_eq!(messages, 0);
/// # Ok(())
/// # }
/// ```
///
/// Of a sound file the events are the same as a `Scanner`'s. What can't be known before the end of a
/// segment is told at its end:
///
/// * [`Segment::data`] is what the header says, and the CRCs are `None`. [`segment`](Self::segment) has
///   the real ones from the segment's end on.
/// * A wrong file CRC or data size is reported behind the records of the segment, by a strict scanner
///   too: who must not use records of a damaged file has to wait for the end.
/// * If the CRC isn't right where the data should end, and more data follow, they are read up to the
///   next header or the end of the file. A `Scanner` does so only if there is a right CRC at the end.
/// * Where the rest of a segment is skipped, the file goes on at the next header.
#[derive(Debug)]
pub struct StreamScanner<R> {
    pub(crate) window: Window<R>,
    pub(crate) mode: Mode,
    pub(crate) records: Records<Vec<u8>>,
    pub(crate) state: State,
    pub(crate) segment: Option<Segment>,
    /// Where the data of this segment end as far as is known: never, if the header can't be right.
    pub(crate) end: usize,
    /// A wrong CRC at the place that the header gives, if the data go on behind it.
    pub(crate) failed: Option<Problem>,
    /// Up to where records can be read without a look at where the segment or the file ends.
    pub(crate) plain: usize,
    /// What was seen of the bytes to come.
    pub(crate) ahead: Ahead,
    /// Bytes of the last data message.
    message: usize,
    place: Place,
    /// The last problem.
    problem: Option<Problem>,
    pub(crate) pending: VecDeque<Problem>,
    first: bool,
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Header,
    /// Records of a segment whose end is known.
    Records,
    /// Records of a segment whose end is searched for.
    Search,
    /// Records that can't be read.
    Skip,
    End,
}

/// Bytes that the window has at first.
const WINDOW: usize = 64 * 1024;

/// Bytes ahead of each record that show whether the file ends there, padding included.
pub(crate) const NEAR: usize = 4096;

/// Bytes ahead of each record while the segment's end is searched for: any record and a header.
pub(crate) const FAR: usize = MAX_MESSAGE + MAX_HEADER;

/// Bytes of a CRC.
pub(crate) const CRC: usize = 2;

/// Where a segment ends whose header doesn't say so.
pub(crate) const NEVER: usize = usize::MAX;

impl<R: Read> StreamScanner<R> {
    /// A strict scanner of a whole file: it ends with the first error.
    pub fn new(reader: R) -> Self {
        Self::with_mode(reader, Mode::STRICT)
    }

    /// A tolerant scanner of a whole file: it yields errors as events and goes on.
    pub fn tolerant(reader: R) -> Self {
        Self::with_mode(reader, Mode::TOLERANT)
    }

    fn with_mode(reader: R, mode: Mode) -> Self {
        Self {
            window: Window::new(reader, WINDOW),
            mode,
            records: Records::default(),
            state: State::Header,
            segment: None,
            end: 0,
            failed: None,
            plain: 0,
            ahead: Ahead::default(),
            message: 0,
            place: Place::default(),
            problem: None,
            pending: VecDeque::new(),
            first: true,
        }
    }

    /// What comes next in the file; `None` at its end.
    ///
    /// # Errors
    ///
    /// [`Error::Read`] if the reader fails, [`Error::File`] with the first error of the file if the
    /// scanner is strict. Nothing comes after an error.
    #[inline]
    pub fn next_event(&mut self) -> Result<Option<Event<'_>>, Error> {
        Ok(match self.next_step()? {
            Step::Data(local) => self
                .definition(local)
                .map(|definition| Event::Data(self.place.data(definition, self.message()))),
            Step::Definition(local) => self.definition(local).map(Event::Definition),
            Step::Segment => self.segment.clone().map(Event::Segment),
            Step::Problem => self.problem.take().map(Event::Problem),
            Step::End => None,
        })
    }

    /// The segment of the last event. The end of its data and its CRCs are known only when it has
    /// ended, and then to the next call.
    pub fn segment(&self) -> Option<&Segment> {
        self.segment.as_ref()
    }

    #[inline]
    fn next_step(&mut self) -> Result<Step, Error> {
        if let Some(record) = self.plain_record() {
            return Ok(self.take(record));
        }
        self.other_step()
    }

    /// The next record, if it is a data message without anything odd in sight, as most are.
    #[inline]
    fn plain_record(&mut self) -> Option<Record> {
        if self.window.offset() >= self.plain || !self.pending.is_empty() {
            return None;
        }
        let rest = self.window.rest_until(self.end);
        if segment::may_be_outside(rest.get(CRC..)?) {
            return None;
        }
        self.records.data(rest)
    }

    /// Any step but the most frequent one.
    #[inline(never)]
    fn other_step(&mut self) -> Result<Step, Error> {
        loop {
            if let Some(problem) = self.pending.pop_front() {
                return self.report(problem);
            }
            let step = match self.state {
                State::Records => self.record()?,
                State::Header => self.start_segment()?,
                State::Search => self.searched_record()?,
                State::Skip => self.skip()?,
                State::End => return Ok(Step::End),
            };
            if let Some(step) = step {
                return Ok(step);
            }
        }
    }

    fn report(&mut self, problem: Problem) -> Result<Step, Error> {
        if !self.mode.ends_with(&problem) {
            self.problem = Some(problem);
            return Ok(Step::Problem);
        }
        self.pending.clear();
        self.state = State::End;
        Err(problem.into())
    }

    pub(crate) fn ensure(&mut self, bytes: usize) -> Result<(), Error> {
        self.window.ensure(bytes).map_err(|error| {
            self.state = State::End;
            Error::Read(error)
        })
    }

    /// Enters the segment that starts here, or looks for the next one.
    fn start_segment(&mut self) -> Result<Option<Step>, Error> {
        self.ensure(MAX_HEADER)?;
        let first = std::mem::replace(&mut self.first, false);
        let rest = self.window.rest();
        if rest.is_empty() && !first {
            self.state = State::End;
            return Ok(None);
        }
        match segment::header(rest) {
            Ok(header) => Ok(Some(self.enter(header))),
            Err(kind) => {
                self.gap(first, kind)?;
                Ok(None)
            }
        }
    }

    fn enter(&mut self, header: Header) -> Step {
        let offset = self.window.offset();
        self.window.start_crc();
        self.window.advance(header.size.into());
        let start = self.window.offset();
        let size = usize::try_from(header.data_size).unwrap_or(NEVER);
        self.end = start.saturating_add(size);
        self.records = Records::default();
        self.failed = None;
        self.ahead = Ahead::from(start);
        self.plain = 0;
        self.state = State::Records;
        let major = header.protocol_major();
        if major > 2 {
            let (offset, kind) = (offset + 1, Kind::Protocol { major });
            self.pending.push_back(Problem { offset, kind });
            self.state = State::Skip;
        }
        self.pending.extend(segment::header_crc(&header, offset));
        self.segment = Some(Segment {
            offset,
            header,
            data: start..self.end,
            crc: None,
            right_crc: None,
        });
        Step::Segment
    }

    /// What is between segments, for the reason `kind` not the header of one.
    fn gap(&mut self, first: bool, kind: Kind) -> Result<(), Error> {
        let offset = self.window.offset();
        let start = self.window.rest().first().copied();
        let mut padding = true;
        let is_header = first || segment::is_header_size(start);
        // A strict scanner ends here, so it needn't look further.
        while !(is_header && self.mode.strict) {
            self.ensure(NEAR)?;
            let from = usize::from(self.window.offset() == offset);
            let rest = self.window.rest();
            let next = segment::next_header(rest, from);
            let unseen = if self.window.is_last() {
                0
            } else {
                HEADER_START - 1
            };
            let gap = next.unwrap_or(rest.len() - unseen);
            padding &= rest.iter().take(gap).all(|byte| segment::is_padding(*byte));
            self.window.advance(gap);
            if next.is_some() || self.window.is_last() {
                break;
            }
        }
        let bytes = self.window.offset() - offset;
        let kind = match padding {
            _ if is_header => kind,
            true => Kind::Padding { bytes },
            false => Kind::Trailing { bytes },
        };
        self.pending.push_back(Problem { offset, kind });
        Ok(())
    }

    /// The next record, or `None` where there is something else to be done first.
    fn record(&mut self) -> Result<Option<Step>, Error> {
        self.ensure(NEAR)?;
        let (offset, end) = (self.window.offset(), self.window.end());
        if offset == self.end {
            return self.end_data(None);
        }
        let is_last = self.window.is_last();
        if is_last && end < self.end {
            self.search();
            return Ok(None);
        }
        self.plain = if is_last { self.end } else { end - NEAR };
        let behind = self.window.rest().get(CRC..).unwrap_or_default();
        if segment::may_be_outside(behind) && self.ends_early() {
            return Ok(None);
        }
        let rest = self.window.rest_until(self.end);
        match self.records.read(rest, offset, &mut self.pending) {
            Ok(record) => return Ok(Some(self.take(record))),
            Err(
                Kind::MessageTruncated { need, have } | Kind::DefinitionTruncated { need, have },
            ) if have < self.end - offset => {
                self.ensure(need)?;
            }
            Err(kind @ (Kind::MessageTruncated { .. } | Kind::DefinitionTruncated { .. })) => {
                return self.end_data(Some(kind));
            }
            Err(kind) => self.lose(kind),
        }
        Ok(None)
    }

    #[inline]
    pub(crate) fn take(&mut self, record: Record) -> Step {
        let offset = self.window.offset();
        self.window.advance(record.size);
        match record.kind {
            RecordKind::Definition => Step::Definition(record.local),
            RecordKind::Data(timestamp) => {
                self.message = record.size;
                self.place = Place { offset, timestamp };
                Step::Data(record.local)
            }
        }
    }
}

impl<R: Read> Steps for StreamScanner<R> {
    type Error = Error;

    #[inline]
    fn step(&mut self) -> Result<Step, Error> {
        self.next_step()
    }

    fn segment(&self) -> Option<&Segment> {
        self.segment.as_ref()
    }

    #[inline]
    fn definition(&self, local: u8) -> Option<Definition<'_>> {
        let known = self.records.known(local)?;
        Some(known.definition.with_bytes(&known.bytes))
    }

    #[inline]
    fn place(&self) -> Place {
        self.place
    }

    #[inline]
    fn message(&self) -> &[u8] {
        self.window.before(self.message)
    }

    fn problem(&mut self) -> Option<Problem> {
        self.problem.take()
    }
}
