//! Records out of bytes, in a fixed amount of memory.

use std::io::{self, Read};

use csv_core::{ReadRecordResult, ReaderBuilder};
use memchr::memchr_iter;

use super::fault::Place;

/// How many bytes of a file are looked at at a time.
pub(crate) const BUFFER: usize = 64 << 10;

/// What may stand between cells, the likeliest first.
pub(crate) const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// A longer record is an accident: a quote that is never closed.
const LONGEST: usize = 1 << 20;

/// More cells than this in a record are an accident.
const MOST_CELLS: usize = 4096;

/// The bytes of the input that are being looked at.
#[derive(Debug)]
pub(crate) struct Window<R> {
    input: R,
    buffer: Box<[u8]>,
    /// Where the unread bytes begin and end in `buffer`.
    start: usize,
    end: usize,
    /// The place of `buffer[0]` in the input.
    base_offset: u64,
    /// The line of the first unread byte.
    line: u64,
    ended: bool,
}

impl<R: Read> Window<R> {
    /// A window of that many bytes.
    pub(crate) fn new(input: R, size: usize) -> Self {
        Self {
            input,
            buffer: vec![0; size.max(1)].into_boxed_slice(),
            start: 0,
            end: 0,
            base_offset: 0,
            line: 1,
            ended: false,
        }
    }

    /// The unread bytes.
    pub(crate) fn rest(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// Whether the unread bytes are the last ones.
    pub(crate) fn ended(&self) -> bool {
        self.ended
    }

    /// Marks `count` bytes as read.
    pub(crate) fn consume(&mut self, count: usize) {
        let read = self.rest().get(..count).unwrap_or_default();
        self.line += memchr_iter(b'\n', read).count() as u64;
        self.start = (self.start + count).min(self.end);
    }

    /// Where the first unread byte is.
    pub(crate) fn place(&self) -> Place {
        Place {
            line: self.line,
            byte: self.base_offset + self.start as u64,
        }
    }

    /// Moves the unread bytes to the front and fills the rest, as far as the input goes.
    pub(crate) fn fill(&mut self) -> io::Result<()> {
        self.base_offset += self.start as u64;
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        while !self.ended
            && let Some(room) = self.buffer.get_mut(self.end..).filter(|r| !r.is_empty())
        {
            match self.input.read(room) {
                Ok(0) => self.ended = true,
                Ok(count) => self.end = (self.end + count).min(self.buffer.len()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// Why there is no further record.
#[derive(Debug)]
pub(crate) enum Broken {
    /// The input can't be read.
    Io(io::Error),
    /// A record is longer than [`LONGEST`].
    TooLong,
    /// A record has more than [`MOST_CELLS`] cells.
    TooManyCells,
}

/// Reads records one after another into the same memory.
#[derive(Debug)]
pub(crate) struct Records<R> {
    window: Window<R>,
    parser: csv_core::Reader,
    /// The record's cells, one behind the other.
    bytes: Vec<u8>,
    ends: Vec<usize>,
    cells: usize,
    place: Place,
    /// How many bytes of the input the record took.
    length: usize,
    unterminated: bool,
}

impl<R: Read> Records<R> {
    pub(crate) fn new(window: Window<R>, separator: u8) -> Self {
        Self {
            window,
            parser: ReaderBuilder::new().delimiter(separator).build(),
            bytes: vec![0; 1024],
            ends: vec![0; 64],
            cells: 0,
            place: Place { line: 1, byte: 0 },
            length: 0,
            unterminated: false,
        }
    }

    /// Reads the next record; `false` at the end.
    pub(crate) fn advance(&mut self) -> Result<bool, Broken> {
        self.skip_line_ends()?;
        self.place = self.window.place();
        self.unterminated = false;
        (self.cells, self.length) = (0, 0);
        let mut filled = 0;
        loop {
            if self.window.rest().is_empty() && !self.window.ended() {
                self.window.fill().map_err(Broken::Io)?;
            }
            let rest = self.window.rest();
            let at_end = rest.is_empty();
            let (bytes, ends) = (
                self.bytes.get_mut(filled..).unwrap_or_default(),
                self.ends.get_mut(self.cells..).unwrap_or_default(),
            );
            let (result, read, written, cells) = self.parser.read_record(rest, bytes, ends);
            self.window.consume(read);
            self.length += read;
            filled += written;
            self.cells += cells;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if self.bytes.len() >= LONGEST => {
                    return Err(Broken::TooLong);
                }
                ReadRecordResult::OutputFull => self.bytes.resize(self.bytes.len() * 2, 0),
                ReadRecordResult::OutputEndsFull if self.ends.len() >= MOST_CELLS => {
                    return Err(Broken::TooManyCells);
                }
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::Record => {
                    self.unterminated = at_end;
                    return Ok(true);
                }
                ReadRecordResult::End => return Ok(false),
            }
        }
    }

    /// Line ends before a record are no part of it: where it begins is told in errors.
    fn skip_line_ends(&mut self) -> Result<(), Broken> {
        loop {
            let rest = self.window.rest();
            let blank = rest
                .iter()
                .take_while(|byte| matches!(byte, b'\n' | b'\r'))
                .count();
            let all = blank == rest.len();
            self.window.consume(blank);
            if !all || self.window.ended() {
                return Ok(());
            }
            self.window.fill().map_err(Broken::Io)?;
        }
    }

    /// The cells of the record, without quotes.
    pub(crate) fn cells(&self) -> Cells<'_> {
        Cells {
            bytes: &self.bytes,
            ends: self.ends.get(..self.cells).unwrap_or_default(),
        }
    }

    /// Where the record begins.
    pub(crate) fn place(&self) -> Place {
        self.place
    }

    /// Where a cell begins; in a record with quotes, where the record does.
    pub(crate) fn place_of(&self, cell: usize) -> Place {
        let ends = self.ends.get(..self.cells).unwrap_or_default();
        let text = ends.last().copied().unwrap_or(0);
        // Beside the cells there are separators, and a line end of one or two bytes.
        let is_plain = self.length.saturating_sub(text + self.cells) <= 1;
        let before = match cell.checked_sub(1).and_then(|before| ends.get(before)) {
            Some(end) if is_plain => end + cell,
            _ => 0,
        };
        Place {
            byte: self.place.byte + before as u64,
            ..self.place
        }
    }

    /// Whether the file ends within the record: it has no line end.
    pub(crate) fn is_unterminated(&self) -> bool {
        self.unterminated
    }
}

/// The cells of a record.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cells<'a> {
    bytes: &'a [u8],
    ends: &'a [usize],
}

impl<'a> Cells<'a> {
    pub(crate) fn len(self) -> usize {
        self.ends.len()
    }

    /// A cell; empty if there is none.
    #[inline]
    pub(crate) fn get(self, index: usize) -> &'a [u8] {
        let start = match index.checked_sub(1) {
            Some(before) => self.ends.get(before).copied(),
            None => Some(0),
        };
        let range = start.zip(self.ends.get(index).copied());
        range
            .and_then(|(start, end)| self.bytes.get(start..end))
            .unwrap_or_default()
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = &'a [u8]> {
        (0..self.len()).map(move |index| self.get(index))
    }
}
