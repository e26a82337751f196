//! What travels on the command characteristic.
//!
//! | byte | what |
//! |---|---|
//! | 0 | opcode |
//! | 1 … n | content, mostly a file name; nothing is one byte 00 |
//! | last | xor of all bytes before |
//!
//! At most 20 bytes in both directions, also where the MTU is larger.

/// Most bytes of content: exactly `YYYYMMDDhhmmss.fit`.
pub(crate) const MAX_CONTENT: usize = 18;
const MAX_FRAME: usize = MAX_CONTENT + 2;

pub(crate) mod opcode {
    pub(crate) const IDLE: u8 = 0x04;
    pub(crate) const FETCH: u8 = 0x05;
    pub(crate) const FETCH_ACCEPTED: u8 = 0x06;
    pub(crate) const SEND: u8 = 0x07;
    pub(crate) const SEND_ACCEPTED: u8 = 0x08;
    pub(crate) const STORAGE: u8 = 0x09;
    pub(crate) const STORAGE_IS: u8 = 0x0A;
    pub(crate) const DELETE: u8 = 0x0D;
    pub(crate) const DELETED: u8 = 0x0E;
    pub(crate) const DETAIL: u8 = 0x0F;
    pub(crate) const BAD_COMMAND: u8 = 0x11;
    pub(crate) const NO_SUCH_FILE: u8 = 0x12;
    pub(crate) const OUT_OF_MEMORY: u8 = 0x13;
    pub(crate) const NOT_IDLE: u8 = 0x14;
    pub(crate) const NOT_PARSED: u8 = 0x15;
    pub(crate) const STOP: u8 = 0x1F;
    pub(crate) const SET_CLOCK: u8 = 0x54;
    pub(crate) const CLOCK_IS_SET: u8 = 0x55;
    pub(crate) const GNSS: u8 = 0x77;
    pub(crate) const GNSS_IS: u8 = 0x78;
    pub(crate) const STATUS: u8 = 0xFF;
}

/// Why bytes are no frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// Occurs when there are fewer bytes than opcode and checksum.
    #[error("a reply of {0} bytes")]
    Short(usize),
    /// Occurs when there are more than 20 bytes.
    #[error("a reply of {0} bytes; at most 20 are possible")]
    Long(usize),
    /// Occurs when the bytes' xor isn't 0.
    #[error("a reply with a wrong checksum")]
    Checksum,
}

/// Opcode and content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Frame<'a> {
    pub(crate) opcode: u8,
    /// Empty where the frame has a single 00.
    pub(crate) content: &'a [u8],
}

impl<'a> Frame<'a> {
    pub(crate) fn decode(bytes: &'a [u8]) -> Result<Self, FrameError> {
        if bytes.len() > MAX_FRAME {
            return Err(FrameError::Long(bytes.len()));
        }
        match bytes {
            // CYCPLUS M2 says that it is idle with one byte, without content and checksum.
            [opcode::IDLE] => Ok(Self {
                opcode: opcode::IDLE,
                content: &[],
            }),
            // NAV also understands and sends frames without any content.
            [opcode, content @ .., _] if xor(bytes) == 0 => Ok(Self {
                opcode: *opcode,
                content: if content == [0] { &[] } else { content },
            }),
            [_, _, ..] => Err(FrameError::Checksum),
            _ => Err(FrameError::Short(bytes.len())),
        }
    }

    /// The bytes to write; the content has to fit.
    pub(crate) fn encode(self) -> Vec<u8> {
        let mut bytes = vec![self.opcode];
        match self.content {
            [] => bytes.push(0),
            content => bytes.extend_from_slice(content),
        }
        bytes.push(xor(&bytes));
        bytes
    }
}

fn xor(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |xor, byte| xor ^ byte)
}
