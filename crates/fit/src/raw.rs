//! Writing a segment record by record, byte for byte.

use std::io::Write;

use crate::crc::Crc;
use crate::error::Error;
use crate::header::Header;

/// Writes a segment whose header and records are known, such as a copy of what a
/// [`Scanner`](crate::Scanner) met.
///
/// The header is written as it is, so its `data_size` must be right from the start. Nothing but the
/// CRC of header and records is added.
#[derive(Debug)]
pub struct RawWriter<W> {
    writer: W,
    crc: Crc,
}

impl<W: Write> RawWriter<W> {
    /// Starts a segment with this header.
    ///
    /// # Errors
    ///
    /// [`Error::Write`] if the writer refuses.
    pub fn new(writer: W, header: &Header) -> Result<Self, Error> {
        let mut raw = Self {
            writer,
            crc: Crc::new(),
        };
        let mut bytes = header.to_bytes();
        bytes.resize(header.size.max(Header::MIN_SIZE).into(), 0);
        raw.record(&bytes)?;
        Ok(raw)
    }

    /// Writes a definition or data message with its record header.
    ///
    /// # Errors
    ///
    /// [`Error::Write`] if the writer refuses.
    pub fn record(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.crc.update(bytes);
        self.writer.write_all(bytes)?;
        Ok(())
    }

    /// Writes the CRC and gives the writer back.
    ///
    /// # Errors
    ///
    /// [`Error::Write`] if the writer refuses.
    pub fn finish(mut self) -> Result<W, Error> {
        self.writer.write_all(&self.crc.value().to_le_bytes())?;
        Ok(self.writer)
    }
}
