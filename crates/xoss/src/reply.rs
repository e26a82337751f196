use crate::frame::{Frame, FrameError, opcode};
use crate::shown::{Echo, Shown};

/// What a device says on [`Characteristic::Command`](crate::Characteristic::Command).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// It has nothing to do; also the end of a transfer that went well.
    Idle,
    /// The file of that name follows.
    FetchAccepted(Echo),
    /// It wants the file of that name.
    SendAccepted(Echo),
    /// How much room there is.
    Storage(Storage),
    /// The file of that name is gone.
    Deleted(Echo),
    /// The clock is set; seconds since 1970, UTC.
    ClockSet(u32),
    /// How old the satellite data are.
    Gnss(GnssStatus),
    /// It won't.
    Refused(Refusal),
    /// An opcode that isn't known, or content that can't be read.
    Unknown {
        /// The first byte.
        opcode: u8,
        /// What came with it.
        content: Echo,
    },
}

impl Reply {
    /// Reads a notification.
    ///
    /// # Errors
    ///
    /// [`FrameError`] when it is no frame.
    pub fn decode(bytes: &[u8]) -> Result<Self, FrameError> {
        let Frame { opcode, content } = Frame::decode(bytes)?;
        let echo = Echo::new(content);
        let unknown = || Self::Unknown {
            opcode,
            content: echo.clone(),
        };
        Ok(match opcode {
            opcode::IDLE => Self::Idle,
            opcode::FETCH_ACCEPTED => Self::FetchAccepted(echo),
            opcode::SEND_ACCEPTED => Self::SendAccepted(echo),
            opcode::STORAGE_IS => Storage::decode(content).map_or_else(unknown, Self::Storage),
            opcode::DELETED => Self::Deleted(echo),
            opcode::CLOCK_IS_SET => match content.try_into() {
                Ok(seconds) => Self::ClockSet(u32::from_le_bytes(seconds)),
                Err(_) => unknown(),
            },
            opcode::GNSS_IS => GnssStatus::decode(content).map_or_else(unknown, Self::Gnss),
            opcode::BAD_COMMAND => Self::Refused(Refusal::BadCommand),
            opcode::NO_SUCH_FILE => Self::Refused(Refusal::NoSuchFile(echo)),
            opcode::OUT_OF_MEMORY => Self::Refused(Refusal::OutOfMemory),
            opcode::NOT_IDLE if content.is_empty() => Self::Refused(Refusal::Busy),
            opcode::NOT_IDLE => Self::Refused(Refusal::FileBusy(echo)),
            opcode::NOT_PARSED => Self::Refused(Refusal::NotParsed(echo)),
            _ => unknown(),
        })
    }
}

/// How a device says no.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// 11: bad format, bad checksum or unknown command.
    #[error("the device did not understand the command")]
    BadCommand,
    /// 12: there is no such file; some devices say which.
    #[error("there is no such file on the device")]
    NoSuchFile(Echo),
    /// 13: there is no room.
    #[error("the device has no room left")]
    OutOfMemory,
    /// 14 without a name: a transfer is running.
    #[error("the device is busy with another transfer")]
    Busy,
    /// 14 with a name: that file is being recorded.
    #[error("the device is busy with `{0}`, probably recording it")]
    FileBusy(Echo),
    /// 15: the device took the file but couldn't read it.
    #[error("the device could not read `{0}` after it was sent")]
    NotParsed(Echo),
}

/// Room on the device, as it says itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Storage {
    /// Free, in KB.
    pub free: u32,
    /// In total, in KB: 8,104 on G+ Gen 1, 16,384 on M2.
    pub total: u32,
}

impl Storage {
    /// Reads `free/total`.
    fn decode(content: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(content).ok()?;
        let (free, total) = text.trim_matches([' ', '\0']).split_once('/')?;
        Some(Self {
            free: free.trim().parse().ok()?,
            total: total.trim().parse().ok()?,
        })
    }
}

/// How old the satellite data (A-GNSS) are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GnssStatus {
    /// Two bytes before the date, 1 where seen; probably the receiver's model.
    pub model: u16,
    /// Until when they are good, in seconds since 1970; `None` when there are none.
    pub expires: Option<u32>,
}

impl GnssStatus {
    fn decode(content: &[u8]) -> Option<Self> {
        let (&model, rest) = content.split_first_chunk()?;
        let expires = u32::from_le_bytes(rest.try_into().ok()?);
        Some(Self {
            model: u16::from_le_bytes(model),
            expires: (expires != 0).then_some(expires),
        })
    }
}

/// What a device says of itself in its Device Information and Battery services.
///
/// Everything is optional: a CYCPLUS M2 was seen without the hardware's revision.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeviceInfo {
    /// 2A29.
    pub manufacturer: Option<String>,
    /// 2A24.
    pub model: Option<String>,
    /// 2A25.
    pub serial: Option<String>,
    /// 2A26.
    pub firmware: Option<String>,
    /// 2A27.
    pub hardware: Option<String>,
    /// 2A19, in percent.
    pub battery: Option<u8>,
}

impl DeviceInfo {
    /// The characteristics worth reading where the device has them, before the first transfer: what
    /// is read may come back as a notification.
    pub const CHARACTERISTICS: [uuid::Uuid; 6] = [
        crate::gatt::uuid16(0x2A29),
        crate::gatt::uuid16(0x2A24),
        crate::gatt::uuid16(0x2A25),
        crate::gatt::uuid16(0x2A26),
        crate::gatt::uuid16(0x2A27),
        crate::gatt::uuid16(0x2A19),
    ];

    /// Takes over what was read from one of [`CHARACTERISTICS`](Self::CHARACTERISTICS). Texts are
    /// made harmless.
    pub fn set(&mut self, characteristic: uuid::Uuid, value: &[u8]) {
        let number = Self::CHARACTERISTICS
            .iter()
            .position(|it| *it == characteristic);
        let text = match number {
            Some(0) => &mut self.manufacturer,
            Some(1) => &mut self.model,
            Some(2) => &mut self.serial,
            Some(3) => &mut self.firmware,
            Some(4) => &mut self.hardware,
            Some(5) => {
                self.battery = value.first().copied().filter(|percent| *percent <= 100);
                return;
            }
            _ => return,
        };
        let end = value.iter().position(|byte| *byte == 0);
        let value = value.get(..end.unwrap_or(value.len())).unwrap_or_default();
        *text = (!value.is_empty()).then(|| Shown(value.trim_ascii()).to_string());
    }
}
