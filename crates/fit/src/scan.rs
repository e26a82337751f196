//! Walking the records of a file.

use std::collections::VecDeque;

use crate::definition::{Data, Definition};
use crate::header::Header;
use crate::problem::{Problem, ProblemKind, Severity};
use crate::records::{Record, RecordKind, Records};
use crate::segment::{self, Effort, Segment};
use crate::walk::{Place, Step, Steps};

/// Walks the bytes of a file and yields what it meets, in the order of the file.
///
/// Nothing is copied, and nothing is allocated per message. A strict scanner ends with the first
/// [`Problem`] that is an error; a tolerant one yields it as an [`Event`] and goes on as well as it
/// can:
///
/// * a wrong header CRC, file CRC or data size is reported right behind the segment's header, before
///   its records. Of a segment whose size can't be right, everything up to the next header or the
///   end of the file is read.
/// * where a definition is missing or the data end within a record, the segment's rest is skipped.
/// * where a header is expected and none is there, the file goes on at the next one.
///
/// Warnings are events in both cases. Unknown messages, fields and base types are none of a scanner's
/// concern: they are bytes of a known size.
#[derive(Clone, Debug)]
pub struct Scanner<'a> {
    file: &'a [u8],
    mode: Mode,
    searches: u8,
    at: usize,
    /// Where the records of this segment end.
    end: usize,
    /// Where the next segment starts.
    next: usize,
    records: Records<&'a [u8]>,
    segment: Option<Segment>,
    /// The last data message.
    message: &'a [u8],
    place: Place,
    /// The last problem.
    problem: Option<Problem>,
    pending: VecDeque<Problem>,
    first: bool,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Mode {
    pub(crate) strict: bool,
    pub(crate) check_crc: bool,
}

/// Segments of a file whose end is searched for; real files have one or two.
const SEARCHES: u8 = 16;

/// What a [`Scanner`] or a [`StreamScanner`](crate::StreamScanner) meets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// The header of a segment.
    Segment(Segment),
    /// A definition message.
    Definition(Definition<'a>),
    /// A data message.
    Data(Data<'a>),
    /// Something wrong; errors only if the scanner is tolerant.
    Problem(Problem),
}

impl Mode {
    /// Ends with the first error, and looks at CRCs.
    pub(crate) const STRICT: Self = Self {
        strict: true,
        check_crc: true,
    };
    /// Goes on after errors, and looks at CRCs.
    pub(crate) const TOLERANT: Self = Self {
        strict: false,
        check_crc: true,
    };

    /// Whether a problem ends the walk.
    pub(crate) fn ends_with(self, problem: &Problem) -> bool {
        self.strict && problem.severity() == Severity::Error
    }
}

impl<'a> Scanner<'a> {
    /// A strict scanner of a whole file.
    pub fn new(file: &'a [u8]) -> Self {
        Self::with_mode(file, Mode::STRICT)
    }

    /// A tolerant scanner of a whole file.
    pub fn tolerant(file: &'a [u8]) -> Self {
        Self::with_mode(file, Mode::TOLERANT)
    }

    /// The same scanner without a look at file CRCs: for files that were checked before.
    #[must_use]
    pub fn without_crc(mut self) -> Self {
        self.mode.check_crc = false;
        self
    }

    fn with_mode(file: &'a [u8], mode: Mode) -> Self {
        Self {
            file,
            mode,
            searches: SEARCHES,
            at: 0,
            end: 0,
            next: 0,
            records: Records::default(),
            segment: None,
            message: &[],
            place: Place::default(),
            problem: None,
            pending: VecDeque::new(),
            first: true,
        }
    }

    /// The definition that a local type has now.
    #[inline]
    fn known(&self, local: u8) -> Option<Definition<'a>> {
        let known = self.records.known(local)?;
        Some(known.definition.with_bytes(known.bytes))
    }

    #[inline]
    fn next_step(&mut self) -> Result<Step, Problem> {
        if self.pending.is_empty() {
            let rest = self.file.get(self.at..self.end).unwrap_or_default();
            if let Some(record) = self.records.data(rest) {
                return Ok(self.take(rest, record));
            }
        }
        self.other_step()
    }

    /// Any step but the most frequent one.
    #[inline(never)]
    fn other_step(&mut self) -> Result<Step, Problem> {
        loop {
            if let Some(problem) = self.pending.pop_front() {
                return self.report(problem);
            }
            if self.at < self.end {
                let rest = self.file.get(self.at..self.end).unwrap_or_default();
                match self.records.read(rest, self.at, &mut self.pending) {
                    Ok(record) => return Ok(self.take(rest, record)),
                    Err(kind) => self.skip_segment(kind),
                }
            } else if self.next >= self.file.len() && !self.first {
                return Ok(Step::End);
            } else if self.start_segment() {
                return Ok(Step::Segment);
            }
        }
    }

    #[inline]
    fn take(&mut self, rest: &'a [u8], record: Record) -> Step {
        let offset = self.at;
        self.at += record.size;
        match record.kind {
            RecordKind::Definition => Step::Definition(record.local),
            RecordKind::Data(timestamp) => {
                self.message = rest.get(..record.size).unwrap_or_default();
                self.place = Place { offset, timestamp };
                Step::Data(record.local)
            }
        }
    }

    fn skip_segment(&mut self, kind: ProblemKind) {
        let offset = self.at;
        self.pending.push_back(Problem { offset, kind });
        self.at = self.end;
    }

    /// Enters the next segment, if there is one right here.
    fn start_segment(&mut self) -> bool {
        let (offset, first) = (self.next, self.first);
        self.first = false;
        let rest = self.file.get(offset..).unwrap_or_default();
        match segment::header(rest) {
            Ok(header) => {
                self.enter(offset, header);
                true
            }
            Err(kind) => {
                let next = segment::next_header(rest, 1).unwrap_or(rest.len());
                let gap = rest.get(..next).unwrap_or_default();
                let bytes = gap.len();
                let padding = gap.iter().all(|byte| segment::is_padding(*byte));
                let kind = match padding {
                    _ if first || segment::is_header_size(gap.first().copied()) => kind,
                    true => ProblemKind::Padding { bytes },
                    false => ProblemKind::Trailing { bytes },
                };
                self.pending.push_back(Problem { offset, kind });
                self.next = offset + next;
                false
            }
        }
    }

    fn enter(&mut self, offset: usize, header: Header) {
        self.records = Records::default();
        let effort = Effort {
            check_crc: self.mode.check_crc,
            search: self.searches > 0,
        };
        let (segment, problems) = segment::measure(self.file, offset, header, effort);
        self.searches = self.searches.saturating_sub(u8::from(!problems.is_empty()));
        self.pending.extend(problems);
        self.next = segment.end();
        (self.at, self.end) = (segment.data.start, segment.data.end);
        let major = header.protocol_major();
        if major > 2 {
            let kind = ProblemKind::Protocol { major };
            self.pending.push_front(Problem {
                offset: offset + 1,
                kind,
            });
            self.at = self.end;
        }
        self.segment = Some(segment);
    }

    fn report(&mut self, problem: Problem) -> Result<Step, Problem> {
        if !self.mode.ends_with(&problem) {
            self.problem = Some(problem);
            return Ok(Step::Problem);
        }
        self.pending.clear();
        self.next = self.file.len();
        self.at = self.end;
        Err(problem)
    }
}

impl Steps for Scanner<'_> {
    type Error = Problem;

    #[inline]
    fn step(&mut self) -> Result<Step, Problem> {
        self.next_step()
    }

    fn segment(&self) -> Option<&Segment> {
        self.segment.as_ref()
    }

    fn definition(&self, local: u8) -> Option<Definition<'_>> {
        self.known(local)
    }

    #[inline]
    fn place(&self) -> Place {
        self.place
    }

    #[inline]
    fn message(&self) -> &[u8] {
        self.message
    }

    fn problem(&mut self) -> Option<Problem> {
        self.problem.take()
    }
}

impl<'a> Iterator for Scanner<'a> {
    type Item = Result<Event<'a>, Problem>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let step = match self.next_step() {
            Ok(step) => step,
            Err(problem) => return Some(Err(problem)),
        };
        Some(Ok(match step {
            Step::Data(local) => Event::Data(self.place.data(self.known(local)?, self.message)),
            Step::Definition(local) => Event::Definition(self.known(local)?),
            Step::Segment => Event::Segment(self.segment.clone()?),
            Step::Problem => Event::Problem(self.problem.take()?),
            Step::End => return None,
        }))
    }
}

impl std::iter::FusedIterator for Scanner<'_> {}
