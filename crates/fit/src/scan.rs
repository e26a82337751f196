//! Walking the records of a file.

use std::collections::VecDeque;

use crate::definition::{Data, Definition};
use crate::header::Header;
use crate::problem::{Problem, ProblemKind, Severity};
use crate::segment::{self, Effort, Segment};
use crate::time;

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
/// * a header that can't be read ends the file.
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
    locals: [Option<Definition<'a>>; 16],
    /// The last timestamp of this segment.
    last: Option<u32>,
    /// Whether the lack of a reference for compressed timestamps has been reported.
    timeless: bool,
    pending: VecDeque<Problem>,
    first: bool,
}

#[derive(Clone, Copy, Debug)]
struct Mode {
    strict: bool,
    check_crc: bool,
}

/// Segments of a file whose end is searched for; real files have one or two.
const SEARCHES: u8 = 16;

/// What a [`Scanner`] meets.
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

/// What the next step led to, before a definition is copied into it.
pub(crate) enum Step<'a> {
    Segment(Segment),
    Definition(u8),
    Data {
        local: u8,
        offset: usize,
        bytes: &'a [u8],
        timestamp: Option<u32>,
    },
    Problem(Problem),
}

impl<'a> Scanner<'a> {
    /// A strict scanner of a whole file.
    pub fn new(file: &'a [u8]) -> Self {
        Self::with_mode(
            file,
            Mode {
                strict: true,
                check_crc: true,
            },
        )
    }

    /// A tolerant scanner of a whole file.
    pub fn tolerant(file: &'a [u8]) -> Self {
        Self::with_mode(
            file,
            Mode {
                strict: false,
                check_crc: true,
            },
        )
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
            locals: [None; 16],
            last: None,
            timeless: false,
            pending: VecDeque::new(),
            first: true,
        }
    }

    /// The definition that a local type has now.
    pub(crate) fn definition(&self, local: u8) -> Option<&Definition<'a>> {
        self.locals.get(usize::from(local)).and_then(Option::as_ref)
    }

    #[inline]
    pub(crate) fn step(&mut self) -> Option<Result<Step<'a>, Problem>> {
        loop {
            if let Some(problem) = self.pending.pop_front() {
                return Some(self.report(problem));
            }
            if self.at < self.end {
                match self.record() {
                    Ok(step) => return Some(Ok(step)),
                    Err(kind) => self.skip_segment(kind),
                }
            } else if self.next >= self.file.len() && !self.first {
                return None;
            } else if let Some(step) = self.start_segment() {
                return Some(Ok(step));
            }
        }
    }

    #[inline]
    fn record(&mut self) -> Result<Step<'a>, ProblemKind> {
        let rest = self.file.get(self.at..self.end).unwrap_or_default();
        let header = rest.first().copied().unwrap_or_default();
        let local = match header & 0xC0 {
            0x40 => return self.define(rest),
            0x00 => header & 0x0F,
            _ => header >> 5 & 0x03,
        };
        let Some(Some(definition)) = self.locals.get(usize::from(local)) else {
            return Err(ProblemKind::UndefinedLocal { local });
        };
        let need = definition.message_size();
        let Some(bytes) = rest.get(..need) else {
            return Err(ProblemKind::MessageTruncated {
                need,
                have: rest.len(),
            });
        };
        let mut timestamp = definition.timestamp(bytes);
        if header & 0x80 != 0 {
            timestamp = self.decompress(header, timestamp);
        }
        self.last = timestamp.or(self.last);
        let offset = self.at;
        self.at += need;
        Ok(Step::Data {
            local,
            offset,
            bytes,
            timestamp,
        })
    }

    /// The time of a message with a compressed timestamp.
    fn decompress(&mut self, header: u8, full: Option<u32>) -> Option<u32> {
        let timestamp = full.or_else(|| self.last.map(|last| time::expand(last, header)));
        if timestamp.is_none() && !self.timeless {
            self.timeless = true;
            let kind = ProblemKind::TimestampMissing;
            self.pending.push_back(Problem {
                offset: self.at,
                kind,
            });
        }
        timestamp
    }

    fn define(&mut self, rest: &'a [u8]) -> Result<Step<'a>, ProblemKind> {
        let definition = Definition::read(rest, self.at)?;
        let offset = self.at;
        self.pending
            .extend(definition.oddities().map(|kind| Problem { offset, kind }));
        self.at += definition.bytes.len();
        if let Some(local) = self.locals.get_mut(usize::from(definition.local)) {
            *local = Some(definition);
        }
        Ok(Step::Definition(definition.local))
    }

    fn skip_segment(&mut self, kind: ProblemKind) {
        self.pending.push_back(Problem {
            offset: self.at,
            kind,
        });
        self.at = self.end;
    }

    fn start_segment(&mut self) -> Option<Step<'a>> {
        let (offset, first) = (self.next, self.first);
        self.first = false;
        self.locals = [None; 16];
        (self.last, self.timeless) = (None, false);
        match segment::header(self.file, offset) {
            Ok(header) => Some(self.enter(offset, header)),
            Err(kind) => {
                let kind = if first {
                    kind
                } else {
                    self.behind_the_end(kind)
                };
                self.pending.push_back(Problem { offset, kind });
                self.next = self.file.len();
                None
            }
        }
    }

    fn enter(&mut self, offset: usize, header: Header) -> Step<'a> {
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
        Step::Segment(segment)
    }

    /// What the bytes behind the last segment are, if they are no header for the reason `kind`.
    fn behind_the_end(&self, kind: ProblemKind) -> ProblemKind {
        let rest = self.file.get(self.next..).unwrap_or_default();
        let bytes = rest.len();
        match rest.first() {
            _ if rest.iter().all(|byte| segment::is_padding(*byte)) => {
                ProblemKind::Padding { bytes }
            }
            Some(12 | 14) => kind,
            _ => ProblemKind::Trailing { bytes },
        }
    }

    fn report(&mut self, problem: Problem) -> Result<Step<'a>, Problem> {
        if !self.mode.strict || problem.severity() == Severity::Warning {
            return Ok(Step::Problem(problem));
        }
        self.pending.clear();
        self.next = self.file.len();
        self.at = self.end;
        Err(problem)
    }
}

impl<'a> Iterator for Scanner<'a> {
    type Item = Result<Event<'a>, Problem>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let step = match self.step()? {
            Ok(step) => step,
            Err(problem) => return Some(Err(problem)),
        };
        Some(Ok(match step {
            Step::Segment(segment) => Event::Segment(segment),
            Step::Problem(problem) => Event::Problem(problem),
            Step::Definition(local) => Event::Definition(*self.definition(local)?),
            Step::Data {
                local,
                offset,
                bytes,
                timestamp,
            } => {
                let definition = *self.definition(local)?;
                Event::Data(Data {
                    definition,
                    offset,
                    bytes,
                    timestamp,
                })
            }
        }))
    }
}

impl std::iter::FusedIterator for Scanner<'_> {}
