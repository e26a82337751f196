//! Lines of a file, in bounded memory.

use std::io::{self, Read};

use memchr::memchr;

/// How much is read at once, in bytes.
const CHUNK: usize = 128 << 10;

/// A longer line is an accident: no recording has so many samples in one batch.
const LONGEST: usize = 4 << 20;

/// Why there is no further line.
#[derive(Debug)]
pub(crate) enum Broken {
    /// The input can't be read.
    Io(io::Error),
    /// The line is longer than [`LONGEST`].
    TooLong,
}

/// Reads lines one after another into the same memory.
#[derive(Debug)]
pub(crate) struct Lines<R> {
    input: R,
    buffer: Vec<u8>,
    /// Where the unread bytes begin and end in `buffer`.
    start: usize,
    end: usize,
    ended: bool,
    /// The number of the last line, counted from 1.
    number: u64,
    terminated: bool,
}

impl<R: Read> Lines<R> {
    pub(crate) fn new(input: R) -> Self {
        Self {
            input,
            buffer: vec![0; CHUNK],
            start: 0,
            end: 0,
            ended: false,
            number: 0,
            terminated: true,
        }
    }

    /// The number of the last line, counted from 1.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// Whether the last line has an end; if not, the file may have been cut off in it.
    pub(crate) fn is_terminated(&self) -> bool {
        self.terminated
    }

    /// The next line with its number, without its end.
    pub(crate) fn next(&mut self) -> Result<Option<(u64, &[u8])>, Broken> {
        let mut searched = 0;
        loop {
            let unread = self.buffer.get(self.start..self.end).unwrap_or_default();
            let unsearched = unread.get(searched..).unwrap_or_default();
            if let Some(length) = memchr(b'\n', unsearched) {
                let line = self.start..self.start + searched + length;
                self.start = line.end + 1;
                self.number += 1;
                self.terminated = true;
                let number = self.number;
                return Ok(self.buffer.get(line).map(|line| (number, line)));
            }
            searched = unread.len();
            if self.ended {
                let line = self.start..self.end;
                self.start = self.end;
                if line.is_empty() {
                    return Ok(None);
                }
                self.number += 1;
                self.terminated = false;
                let number = self.number;
                return Ok(self.buffer.get(line).map(|line| (number, line)));
            }
            self.fill()?;
        }
    }

    /// Moves the unread bytes to the front and reads more behind them.
    fn fill(&mut self) -> Result<(), Broken> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        if self.end == self.buffer.len() {
            if self.end >= LONGEST {
                return Err(Broken::TooLong);
            }
            self.buffer.resize(self.end * 2, 0);
        }
        let room = self.buffer.get_mut(self.end..).unwrap_or_default();
        match self.input.read(room) {
            Ok(0) => self.ended = true,
            Ok(count) => self.end = (self.end + count).min(self.buffer.len()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Broken::Io(error)),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_any_length() {
        let long = "x".repeat(3 * CHUNK);
        let text = format!("a\n\n{long}\nlast");
        let mut lines = Lines::new(text.as_bytes());
        let mut told = Vec::new();
        while let Some((number, line)) = lines.next().unwrap() {
            let length = line.len();
            told.push((length, number, lines.is_terminated()));
        }
        assert_eq!(
            told,
            [
                (1, 1, true),
                (0, 2, true),
                (long.len(), 3, true),
                (4, 4, false)
            ]
        );
    }

    #[test]
    fn a_line_without_end_does_not_fill_the_memory() {
        let mut lines = Lines::new(io::repeat(b'x'));
        assert!(matches!(lines.next(), Err(Broken::TooLong)));
        assert!(lines.buffer.len() <= LONGEST);
    }
}
