//! A window on a stream.

use std::io::{self, ErrorKind, Read};

use crate::crc::Crc;

/// The part of a stream that is in memory, and the CRC of what went by.
///
/// What is in it depends on the place alone, not on how the reader cuts the stream into pieces:
/// whoever asks for bytes gets a full window.
#[derive(Debug)]
pub(crate) struct Window<R> {
    reader: R,
    buffer: Vec<u8>,
    /// Where in the buffer the next byte is.
    at: usize,
    /// Where in the buffer the bytes end.
    filled: usize,
    /// Where in the stream the buffer starts.
    base: usize,
    is_last: bool,
    crc: Crc,
    /// Up to where in the buffer the CRC has been computed.
    computed: usize,
}

impl<R: Read> Window<R> {
    pub(crate) fn new(reader: R, size: usize) -> Self {
        Self {
            reader,
            buffer: vec![0; size],
            at: 0,
            filled: 0,
            base: 0,
            is_last: false,
            crc: Crc::new(),
            computed: 0,
        }
    }

    /// Sees to it that there are so many bytes, unless the stream ends before.
    #[inline]
    pub(crate) fn ensure(&mut self, bytes: usize) -> io::Result<()> {
        if self.filled - self.at < bytes && !self.is_last {
            self.fill(bytes)?;
        }
        Ok(())
    }

    #[cold]
    fn fill(&mut self, bytes: usize) -> io::Result<()> {
        self.compute();
        self.buffer.copy_within(self.at..self.filled, 0);
        self.base += self.at;
        self.filled -= self.at;
        (self.at, self.computed) = (0, 0);
        if self.buffer.len() < bytes {
            self.buffer.resize(2 * bytes, 0);
        }
        while let Some(room @ [_, ..]) = self.buffer.get_mut(self.filled..) {
            let most = room.len();
            match self.reader.read(room) {
                Ok(0) => {
                    self.is_last = true;
                    break;
                }
                Ok(read) => self.filled += read.min(most),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

impl<R> Window<R> {
    /// Where in the stream the next byte is.
    #[inline]
    pub(crate) fn offset(&self) -> usize {
        self.base + self.at
    }

    /// Where in the stream the window ends.
    #[inline]
    pub(crate) fn end(&self) -> usize {
        self.base + self.filled
    }

    /// Whether the stream ends where the window ends.
    #[inline]
    pub(crate) fn is_last(&self) -> bool {
        self.is_last
    }

    /// The bytes from the next one on.
    #[inline]
    pub(crate) fn rest(&self) -> &[u8] {
        self.buffer.get(self.at..self.filled).unwrap_or_default()
    }

    /// The bytes from the next one on to this offset, as far as they are in the window.
    #[inline]
    pub(crate) fn rest_until(&self, end: usize) -> &[u8] {
        let end = self.filled.min(end - self.base);
        self.buffer.get(self.at..end).unwrap_or_default()
    }

    /// The bytes right before the next one; they are there until the window is filled anew.
    #[inline]
    pub(crate) fn before(&self, bytes: usize) -> &[u8] {
        let start = self.at.saturating_sub(bytes);
        self.buffer.get(start..self.at).unwrap_or_default()
    }

    #[inline]
    pub(crate) fn advance(&mut self, bytes: usize) {
        self.at = (self.at + bytes).min(self.filled);
    }

    /// Starts the CRC anew at the next byte.
    pub(crate) fn start_crc(&mut self) {
        self.crc = Crc::new();
        self.computed = self.at;
    }

    /// The CRC up to the byte that is so many bytes ahead.
    pub(crate) fn crc(&mut self, ahead: usize) -> u16 {
        self.compute();
        let mut crc = self.crc;
        crc.update(self.rest().get(..ahead).unwrap_or_default());
        crc.value()
    }

    fn compute(&mut self) {
        let news = self.buffer.get(self.computed..self.at);
        self.crc.update(news.unwrap_or_default());
        self.computed = self.at;
    }
}
