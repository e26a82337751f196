use crate::frame::{Frame, MAX_CONTENT, opcode};
use crate::{Delivered, FileName};

/// Something to write to [`Characteristic::Command`](crate::Characteristic::Command).
///
/// What erases a computer can't be said: there are no constructors for factory reset, firmware
/// update, unbinding and formatting, and [`Command::raw`] refuses them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    bytes: Vec<u8>,
}

impl Command {
    /// What do you do? An idle computer answers that it is idle; a busy one often doesn't answer.
    pub fn status() -> Self {
        Self::new(opcode::STATUS, &[])
    }

    /// Be idle, whatever you do.
    pub fn idle() -> Self {
        Self::new(opcode::IDLE, &[])
    }

    /// Stop the transfer.
    pub fn stop() -> Self {
        Self::new(opcode::STOP, &[])
    }

    /// How much storage is there?
    pub fn storage() -> Self {
        Self::new(opcode::STORAGE, &[])
    }

    /// Give me a file.
    pub fn fetch(file: &FileName) -> Self {
        Self::new(opcode::FETCH, file.as_str().as_bytes())
    }

    /// Take a file.
    pub fn send(file: &FileName) -> Self {
        Self::new(opcode::SEND, file.as_str().as_bytes())
    }

    /// Delete a ride that is safe elsewhere.
    pub fn delete(ride: &Delivered) -> Self {
        Self::new(opcode::DELETE, ride.name().as_str().as_bytes())
    }

    /// Set the clock, in seconds since 1970, UTC.
    pub fn set_clock(seconds: u32) -> Self {
        Self::new(opcode::SET_CLOCK, &seconds.to_le_bytes())
    }

    /// How old are your satellite data?
    pub fn gnss() -> Self {
        Self::new(opcode::GNSS, &[])
    }

    /// Any opcode that is known to change nothing, for those who explore a new model.
    ///
    /// # Errors
    ///
    /// [`RawError`] for every other opcode, since what an unknown one does is unknown: the vendor has
    /// commands to reset, unbind and format whose numbers aren't public. And for content of more than
    /// 18 bytes.
    pub fn raw(opcode: u8, content: &[u8]) -> Result<Self, RawError> {
        const HARMLESS: [u8; 6] = [
            opcode::IDLE,
            opcode::STORAGE,
            opcode::DETAIL,
            opcode::STOP,
            opcode::GNSS,
            opcode::STATUS,
        ];
        if !HARMLESS.contains(&opcode) {
            return Err(RawError::Opcode(opcode));
        }
        if content.len() > MAX_CONTENT {
            return Err(RawError::Long(content.len()));
        }
        Ok(Self::new(opcode, content))
    }

    /// Whether a value for [`Characteristic::Command`](crate::Characteristic::Command) is one that a
    /// `Command` can be.
    ///
    /// For hosts that lend a link to code which they don't know. Values without a right checksum are
    /// none, for nobody knows whether every computer looks at it.
    pub fn may_be_sent(value: &[u8]) -> bool {
        const SAID: [u8; 10] = [
            opcode::STATUS,
            opcode::IDLE,
            opcode::STOP,
            opcode::STORAGE,
            opcode::FETCH,
            opcode::SEND,
            opcode::DELETE,
            opcode::SET_CLOCK,
            opcode::GNSS,
            opcode::DETAIL,
        ];
        Frame::decode(value).is_ok_and(|frame| SAID.contains(&frame.opcode))
    }

    /// The bytes to write.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes to write.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    fn new(opcode: u8, content: &[u8]) -> Self {
        Self {
            bytes: Frame { opcode, content }.encode(),
        }
    }
}

/// Why a raw command isn't made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RawError {
    /// Occurs when the opcode isn't known to be harmless.
    #[error("command {0:#04x} is not known to be harmless and is never sent")]
    Opcode(u8),
    /// Occurs when the content doesn't fit into a frame.
    #[error("a command takes 18 bytes; this one has {0}")]
    Long(usize),
}
