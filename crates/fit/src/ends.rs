//! Where a segment of a stream ends, if its header may be wrong.

use std::io::Read;

use crate::error::Error;
use crate::problem::{Problem, ProblemKind as Kind};
use crate::segment::{self, HEADER_START, SIZE_AT};
use crate::stream::{CRC, FAR, NEAR, NEVER, State, StreamScanner};
use crate::walk::Step;

impl<R: Read> StreamScanner<R> {
    /// The place that the header gives as the end of the data is here or, if they end within a
    /// record, a bit ahead.
    #[cold]
    pub(crate) fn end_data(&mut self, cut: Option<Kind>) -> Result<Option<Step>, Error> {
        let (end, ahead) = (self.end, self.end - self.window.offset());
        self.ensure(ahead + CRC + NEAR)?;
        let right = self.window.crc(ahead);
        let tail = self.window.rest().get(ahead..).unwrap_or_default();
        let given = tail.first_chunk().map(|crc| u16::from_le_bytes(*crc));
        let kind = match given {
            Some(given) if given == right => None,
            // A device that lost power hasn't written the size.
            _ if self.declares_nothing() => {
                self.search();
                return Ok(None);
            }
            Some(given) => Some(Kind::FileCrc { given, right }),
            None => Some(Kind::CrcMissing { have: tail.len() }),
        };
        let behind = tail.get(CRC..).unwrap_or_default();
        let problem = kind.map(|kind| Problem { offset: end, kind });
        if problem.is_some() && !self.may_end_before(behind) {
            self.failed = problem;
            self.search();
            return Ok(None);
        }
        self.pending.extend(problem);
        self.leave(ahead, given, Some(right), cut);
        Ok(None)
    }

    /// Whether a segment with a wrong CRC may end before these bytes.
    fn may_end_before(&self, bytes: &[u8]) -> bool {
        self.mode.strict
            || self.state == State::Skip
            || segment::is_header(bytes)
            || bytes.iter().all(|byte| segment::is_padding(*byte))
    }

    /// The header is wrong about the end of this segment: it is where the next header or the file's
    /// end is.
    #[cold]
    pub(crate) fn search(&mut self) {
        (self.end, self.plain) = (NEVER, 0);
        if self.state == State::Records {
            self.state = State::Search;
        }
    }

    /// The next record of a segment whose end isn't known.
    #[cold]
    pub(crate) fn searched_record(&mut self) -> Result<Option<Step>, Error> {
        self.ensure(FAR)?;
        let (offset, limit) = (self.window.offset(), self.limit());
        if self.is_padded_crc(limit) && self.ends_here() {
            return Ok(None);
        }
        let rest = self.window.rest();
        let rest = rest.get(..limit - offset).unwrap_or(rest);
        if rest.is_empty() {
            self.end_search(None);
            return Ok(None);
        }
        match self.records.read(rest, offset, &mut self.pending) {
            Ok(record) => return Ok(Some(self.take(record))),
            Err(kind @ (Kind::MessageTruncated { .. } | Kind::DefinitionTruncated { .. })) => {
                self.end_search(Some(kind));
            }
            Err(kind) => self.lose(kind),
        }
        Ok(None)
    }

    /// Where the next header or the window ends.
    fn limit(&mut self) -> usize {
        let header = self.ahead.header(&self.window);
        header.unwrap_or(self.window.end())
    }

    /// Whether there is nothing but two bytes and padding up to `limit`.
    fn is_padded_crc(&mut self, limit: usize) -> bool {
        let behind = self.window.offset() + CRC;
        behind <= limit && self.ahead.is_padding(&self.window, behind, limit)
    }

    /// Ends the segment if all signs are that it ends here, before the place that the header gives.
    #[cold]
    pub(crate) fn ends_early(&mut self) -> bool {
        let behind = self.window.rest().get(CRC..).unwrap_or_default();
        let is_end = segment::is_header(behind) || self.is_padded_crc(self.window.end());
        is_end && self.ends_here()
    }

    /// Ends the segment if the next two bytes are its CRC.
    #[cold]
    pub(crate) fn ends_here(&mut self) -> bool {
        let right = self.window.crc(0);
        let given = self.window.rest().first_chunk().copied();
        let has_data = self
            .segment
            .as_ref()
            .is_some_and(|it| it.data.start < self.window.offset());
        if given.map(u16::from_le_bytes) != Some(right) || !has_data {
            return false;
        }
        let problem = self.wrong_size(self.window.offset(), true);
        self.pending.extend(problem);
        self.leave(0, Some(right), Some(right), None);
        true
    }

    /// Ends the segment at the next header or the end of the file, without a right CRC.
    fn end_search(&mut self, cut: Option<Kind>) {
        let (offset, limit) = (self.window.offset(), self.limit());
        let problem = self.wrong_size(limit, false);
        self.pending.extend(problem);
        self.leave(limit - offset, None, None, cut);
    }

    /// The segment ends so many bytes ahead.
    fn leave(&mut self, ahead: usize, crc: Option<u16>, right_crc: Option<u16>, cut: Option<Kind>) {
        let offset = self.window.offset();
        self.pending
            .extend(cut.map(|kind| Problem { offset, kind }));
        if let Some(segment) = &mut self.segment {
            segment.data.end = offset + ahead;
            (segment.crc, segment.right_crc) = (crc, right_crc.and(crc).and(right_crc));
        }
        let crc = if crc.is_some() { CRC } else { 0 };
        self.window.advance(ahead + crc);
        (self.state, self.plain) = (State::Header, 0);
    }

    fn declares_nothing(&self) -> bool {
        let segment = self.segment.as_ref();
        segment.is_some_and(|segment| segment.header.data_size == 0)
    }

    /// What is wrong with the size in the header, if the data end at `end`.
    fn wrong_size(&mut self, end: usize, has_crc: bool) -> Option<Problem> {
        let segment = self.segment.as_ref()?;
        let (found, declared) = (end - segment.data.start, segment.header.data_size);
        let offset = segment.offset + SIZE_AT;
        let kind = match (self.failed.take(), declared, found) {
            (Some(failed), ..) if !has_crc => return Some(failed),
            (_, 0, 0) => {
                let kind = Kind::CrcMissing { have: 0 };
                return Some(Problem { offset: end, kind });
            }
            (_, 0, _) => Kind::DataSizeZero { found },
            _ if has_crc => Kind::DataSize { declared, found },
            _ => Kind::Truncated { declared, found },
        };
        Some(Problem { offset, kind })
    }

    /// The records can't be read from here on.
    #[cold]
    pub(crate) fn lose(&mut self, kind: Kind) {
        let offset = self.window.offset();
        self.pending.push_back(Problem { offset, kind });
        (self.state, self.plain) = (State::Skip, 0);
    }

    /// Goes on to the end of the segment or the next header.
    #[cold]
    pub(crate) fn skip(&mut self) -> Result<Option<Step>, Error> {
        self.ensure(FAR)?;
        let limit = self.limit();
        if self.end <= limit {
            self.window.advance(self.end - self.window.offset());
            return self.end_data(None);
        }
        if self.window.is_last() || limit < self.window.end() {
            self.end_search(None);
        } else {
            let bytes = self.window.rest().len();
            self.window.advance(bytes.saturating_sub(HEADER_START - 1));
        }
        Ok(None)
    }
}
