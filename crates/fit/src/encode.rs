//! Writing FIT files.

use std::io::{Seek, SeekFrom, Write};

use crate::base::BaseType;
use crate::crc::Crc;
use crate::developer::{self, DeveloperField};
use crate::error::Error;
use crate::header::Header;
use crate::locals::Locals;
use crate::put::put;
use crate::shape::{Shape, Slot};
use crate::value::Value;

/// Bytes collected before they go to the writer.
const BUFFER: usize = 64 * 1024;

/// A field is written as a whole word; the bytes behind it are overwritten by the next.
const WORD: usize = 8;

/// The version of the protocol that a file declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// 1.0: no developer fields, no 64-bit integers.
    V1,
    /// 2.0.
    V2,
}

impl Protocol {
    /// The byte in the header.
    pub const fn byte(self) -> u8 {
        match self {
            Self::V1 => 0x10,
            Self::V2 => 0x20,
        }
    }
}

/// What an [`Encoder`] writes into the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// The protocol; `None` for the lowest that has all that the messages need.
    pub protocol: Option<Protocol>,
    /// The profile version; informational.
    pub profile: u16,
}

impl Default for Options {
    fn default() -> Self {
        // 21.158, in the form that is used from 21.100 on.
        Self {
            protocol: None,
            profile: 21_158,
        }
    }
}

/// Writes a FIT file, message by message.
///
/// The header is written first with a size of 0 and corrected by [`finish`](Self::finish); a file
/// whose encoder was dropped before that can still be read up to its last whole message by
/// everything that believes the bytes rather than the header. The same messages give the same bytes.
/// After an [`Error::Write`] nothing more can be written.
#[derive(Debug)]
pub struct Encoder<W> {
    writer: W,
    options: Options,
    /// Where the header starts in the writer.
    start: u64,
    buffer: Vec<u8>,
    filled: usize,
    crc: Crc,
    /// Bytes of data already given to the writer.
    flushed: u64,
    locals: Locals,
    protocol_2: bool,
    messages: u64,
    saturated: u64,
}

impl<W: Write + Seek> Encoder<W> {
    /// Starts a file at the writer's position.
    ///
    /// # Errors
    ///
    /// [`Error::Write`] if the writer refuses the header.
    pub fn new(writer: W) -> Result<Self, Error> {
        Self::with_options(writer, Options::default())
    }

    /// Starts a file with other contents of the header.
    ///
    /// # Errors
    ///
    /// [`Error::Write`] if the writer refuses the header.
    pub fn with_options(mut writer: W, options: Options) -> Result<Self, Error> {
        let start = writer.stream_position()?;
        let protocol = options.protocol.unwrap_or(Protocol::V1);
        writer.write_all(&Header::new(protocol.byte(), options.profile, 0).to_bytes())?;
        Ok(Self {
            writer,
            options,
            start,
            buffer: vec![0; BUFFER],
            filled: 0,
            // With the header's own CRC in it, the CRC of the header is 0 whatever it says.
            crc: Crc::new(),
            flushed: 0,
            locals: Locals::default(),
            protocol_2: false,
            messages: 0,
            saturated: 0,
        })
    }

    /// Writes a message of numbers: one physical value per field, in the shape's order. NaN means
    /// "not measured". Values that don't fit are saturated to the nearest valid one and counted.
    ///
    /// # Errors
    ///
    /// [`Error::ValueCount`] or [`Error::ValueKind`] if the values don't suit the shape; nothing is
    /// written then. [`Error::Write`] if the writer refuses.
    #[inline]
    pub fn write(&mut self, shape: &Shape, values: &[f64]) -> Result<(), Error> {
        if values.len() != shape.slots.len() || !shape.scalar {
            return Err(unsuitable(shape, values.len()));
        }
        let mut at = self.begin(shape)?;
        let mut saturated = 0;
        for (slot, value) in shape.slots.iter().zip(values) {
            let (raw, cut) = slot.scaling.raw(*value);
            saturated += u64::from(cut);
            if let Some(word) = self.buffer.get_mut(at..at + WORD) {
                word.copy_from_slice(&raw.to_le_bytes());
            }
            at += usize::from(slot.size);
        }
        self.filled = at;
        self.saturated += saturated;
        self.messages += 1;
        Ok(())
    }

    /// Writes a message of any values, one per field, in the shape's order. Texts are cut at a
    /// character to leave room for the closing NUL, arrays are filled up with "not measured".
    ///
    /// # Errors
    ///
    /// [`Error::ValueCount`], [`Error::ValueKind`] or [`Error::ValueTooLong`] if the values don't suit
    /// the shape; no message is written then. [`Error::Write`] if the writer refuses.
    pub fn write_values(&mut self, shape: &Shape, values: &[Value<'_>]) -> Result<(), Error> {
        if values.len() != shape.slots.len() || shape.is_raw() {
            return Err(unsuitable(shape, values.len()));
        }
        let start = self.begin(shape)?;
        let mut saturated = 0;
        let mut room = self
            .buffer
            .get_mut(start..start + shape.size)
            .unwrap_or_default();
        for (slot, value) in shape.slots.iter().zip(values) {
            let Some((field, rest)) = room.split_at_mut_checked(slot.size.into()) else {
                break;
            };
            room = rest;
            match put(slot, value, field) {
                Ok(cut) => saturated += cut,
                Err(reason) => {
                    self.filled = start - 1;
                    return Err(reason.into_error(shape.number, slot));
                }
            }
        }
        self.filled = start + shape.size;
        self.saturated += saturated;
        self.messages += 1;
        Ok(())
    }

    /// Writes a message whose bytes are known, such as one that was read from another file.
    ///
    /// # Errors
    ///
    /// [`Error::ValueTooLong`] if `bytes` isn't exactly as long as the shape says. [`Error::Write`] if
    /// the writer refuses.
    pub fn write_bytes(&mut self, shape: &Shape, bytes: &[u8]) -> Result<(), Error> {
        if bytes.len() != shape.size {
            let (message, room, given) = (shape.number, shape.size, bytes.len());
            return Err(Error::ValueTooLong {
                message,
                field: 0,
                room,
                given,
            });
        }
        let start = self.begin(shape)?;
        if let Some(room) = self.buffer.get_mut(start..start + shape.size) {
            room.copy_from_slice(bytes);
        }
        self.filled = start + shape.size;
        self.messages += 1;
        Ok(())
    }

    /// Writes the `developer_data_id` message of an application; it precedes its fields.
    ///
    /// # Errors
    ///
    /// [`Error::Write`] if the writer refuses.
    pub fn write_application(
        &mut self,
        developer: u8,
        id: &[u8; 16],
        version: u32,
    ) -> Result<(), Error> {
        let (shape, values) = developer::application(developer, id, version)?;
        self.protocol_2 = true;
        self.write_values(&shape, &values)
    }

    /// Writes the `field_description` message of a developer field; it precedes the first message
    /// that has the field.
    ///
    /// # Errors
    ///
    /// [`Error::Write`] if the writer refuses.
    pub fn write_description(&mut self, field: &DeveloperField<'_>) -> Result<(), Error> {
        let (shape, values) = field.description()?;
        self.protocol_2 = true;
        self.write_values(&shape, &values)
    }

    /// How many messages were written.
    pub fn messages(&self) -> u64 {
        self.messages
    }

    /// How many values didn't fit their field and were saturated.
    pub fn saturated(&self) -> u64 {
        self.saturated
    }

    /// Gives all whole messages to the writer and flushes it.
    ///
    /// # Errors
    ///
    /// [`Error::Write`] if the writer refuses.
    pub fn flush(&mut self) -> Result<(), Error> {
        self.drain()?;
        self.writer.flush()?;
        Ok(())
    }

    /// Writes the CRC, corrects the header and gives the writer back, positioned behind the file.
    ///
    /// # Errors
    ///
    /// [`Error::FileTooLarge`] if there are 4 GiB of data or more. [`Error::Write`] if the writer
    /// refuses.
    pub fn finish(mut self) -> Result<W, Error> {
        self.drain()?;
        let size = self.flushed;
        let data_size = u32::try_from(size).map_err(|_| Error::FileTooLarge { size })?;
        self.writer.write_all(&self.crc.value().to_le_bytes())?;
        let needed = if self.protocol_2 {
            Protocol::V2
        } else {
            Protocol::V1
        };
        let protocol = self.options.protocol.unwrap_or(needed);
        let header = Header::new(protocol.byte(), self.options.profile, data_size);
        let end = self.writer.stream_position()?;
        self.writer.seek(SeekFrom::Start(self.start))?;
        self.writer.write_all(&header.to_bytes())?;
        self.writer.seek(SeekFrom::Start(end))?;
        self.writer.flush()?;
        Ok(self.writer)
    }

    /// Makes room for a message, writes its definition if need be and its record header, and
    /// returns where its first field goes. `filled` is left before the record header.
    #[inline]
    fn begin(&mut self, shape: &Shape) -> Result<usize, Error> {
        if self.filled + 2 + shape.definition.len() + shape.size + WORD > self.buffer.len() {
            self.make_room(shape)?;
        }
        let local = self.locals.find(shape);
        if local.fresh {
            self.define(shape, local.number);
        }
        if let Some(header) = self.buffer.get_mut(self.filled) {
            *header = local.number;
        }
        Ok(self.filled + 1)
    }

    #[cold]
    fn make_room(&mut self, shape: &Shape) -> Result<(), Error> {
        self.drain()?;
        let needed = 2 + shape.definition.len() + shape.size + WORD;
        if needed > self.buffer.len() {
            self.buffer.resize(needed, 0);
        }
        Ok(())
    }

    #[cold]
    fn define(&mut self, shape: &Shape, local: u8) {
        self.protocol_2 |= shape.protocol_2;
        let end = self.filled + 1 + shape.definition.len();
        if let Some([header, body @ ..]) = self.buffer.get_mut(self.filled..end) {
            *header = 0x40 | if shape.developer { 0x20 } else { 0 } | local;
            body.copy_from_slice(&shape.definition);
        }
        self.filled = end;
    }

    fn drain(&mut self) -> Result<(), Error> {
        let bytes = self.buffer.get(..self.filled).unwrap_or_default();
        self.writer.write_all(bytes)?;
        self.crc.update(bytes);
        self.flushed += bytes.len() as u64;
        self.filled = 0;
        Ok(())
    }
}

#[cold]
fn unsuitable(shape: &Shape, given: usize) -> Error {
    let (message, expected) = (shape.number, shape.slots.len());
    let complex = |slot: &&Slot| slot.size != slot.base.size() || slot.base == BaseType::String;
    match shape.slots.iter().find(complex) {
        _ if shape.is_raw() => Error::RawOnly { message },
        _ if given != expected => Error::ValueCount {
            message,
            expected,
            given,
        },
        Some(slot) => Error::ValueKind {
            message,
            field: slot.number,
            base: slot.base,
        },
        None => Error::ValueCount {
            message,
            expected,
            given,
        },
    }
}
