//! The one buffer: a fixed window that slides over the input.

use std::io::{self, Read};

/// The bytes of the input that are being looked at.
#[derive(Debug)]
pub(crate) struct Window {
    buffer: Box<[u8]>,
    /// Where the unread bytes begin and end in `buffer`.
    start: usize,
    end: usize,
    /// The place of `buffer[0]` in the input.
    base_offset: u64,
    base_line: u64,
    /// Whether the input has ended.
    ended: bool,
}

/// A place in the input, worked out only when somebody asks.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    before: &'a [u8],
    base_offset: u64,
    base_line: u64,
}

impl Place<'_> {
    /// The byte, counted from 0.
    pub fn offset(self) -> u64 {
        self.base_offset + self.before.len() as u64
    }

    /// The line, counted from 1.
    pub fn line(self) -> u64 {
        self.base_line + newlines(self.before)
    }
}

impl Window {
    pub(crate) fn new(size: usize) -> Window {
        Window {
            buffer: vec![0; size.max(64)].into_boxed_slice(),
            start: 0,
            end: 0,
            base_offset: 0,
            base_line: 1,
            ended: false,
        }
    }

    /// Forgets everything but keeps the buffer.
    pub(crate) fn clear(&mut self) {
        (self.start, self.end, self.base_offset, self.base_line) = (0, 0, 0, 1);
        self.ended = false;
    }

    /// The unread bytes.
    #[inline]
    pub(crate) fn rest(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// Whether the unread bytes are the last ones.
    #[inline]
    pub(crate) fn ended(&self) -> bool {
        self.ended
    }

    /// Bytes of the input seen so far.
    pub(crate) fn seen(&self) -> u64 {
        self.base_offset + self.end as u64
    }

    /// The place `ahead` bytes after the first unread byte.
    #[inline]
    pub(crate) fn place(&self, ahead: usize) -> Place<'_> {
        let before = self
            .buffer
            .get(..self.start + ahead)
            .unwrap_or(&self.buffer);
        Place {
            before,
            base_offset: self.base_offset,
            base_line: self.base_line,
        }
    }

    /// Marks `count` bytes as read.
    #[inline]
    pub(crate) fn consume(&mut self, count: usize) {
        self.start = (self.start + count).min(self.end);
    }

    /// Moves the unread bytes to the front and fills the rest from `input`.
    ///
    /// Returns `false` when there is no room, since one piece fills the whole window.
    pub(crate) fn fill(&mut self, input: &mut impl Read) -> io::Result<bool> {
        let read = self.buffer.get(..self.start).unwrap_or_default();
        self.base_line += newlines(read);
        self.base_offset += self.start as u64;
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        if self.end == self.buffer.len() {
            return Ok(false);
        }
        // Always to the brim, so that how the input comes in pieces can't be seen outside.
        while !self.ended {
            let Some(room) = self
                .buffer
                .get_mut(self.end..)
                .filter(|room| !room.is_empty())
            else {
                break;
            };
            match input.read(room) {
                Ok(0) => self.ended = true,
                Ok(count) => self.end = (self.end + count).min(self.buffer.len()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }
}

/// Counts line feeds; in blocks whose sum fits a byte, which compilers turn into vector code.
fn newlines(bytes: &[u8]) -> u64 {
    bytes
        .chunks(255)
        .map(|block| u64::from(block.iter().map(|&b| u8::from(b == b'\n')).sum::<u8>()))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_lines_across_refills() {
        let text = "a\n".repeat(1000);
        let mut input = text.as_bytes();
        let mut window = Window::new(64);
        window.fill(&mut input).unwrap();
        while !window.rest().is_empty() {
            let place = window.place(0);
            assert_eq!(place.line(), place.offset() / 2 + 1);
            window.consume(6);
            window.fill(&mut input).unwrap();
        }
        assert_eq!(window.place(0).line(), 1001);
    }

    #[test]
    fn refuses_to_fill_a_full_window() {
        let mut input = [b'x'; 100].as_slice();
        let mut window = Window::new(64);
        assert!(window.fill(&mut input).unwrap());
        assert!(!window.fill(&mut input).unwrap());
    }
}
