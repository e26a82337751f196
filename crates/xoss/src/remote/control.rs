use super::RemoteError;
use super::bytes::Bytes;
use super::feature::{RemoteMode, RemoteTypes};

const REQUEST_CONTROL: u8 = 0x00;
const RESET: u8 = 0x01;
const SET_TYPE: u8 = 0x02;
const SET_MODE: u8 = 0x03;
const BRIGHTNESS: u8 = 0x06;
const DEBUG_WORKOUT: u8 = 0x0A;
const DEBUG_NAVIGATION: u8 = 0x0B;
const SLEEP_TIME: u8 = 0x12;
const NOTIFICATIONS: u8 = 0x20;
const RESPONSE: u8 = 0x80;
const SET_TIME: u8 = 0xDA;
const FIRMWARE_UPDATE: u8 = 0xDF;

/// A command for the control point; the device answers each with a [`Response`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Let me control you; before everything else.
    RequestControl,
    /// I don't any more.
    Reset,
    /// Be this. The width isn't printed; two bytes as everywhere else, one is read too.
    SetType(RemoteTypes),
    /// Do this. As above.
    SetMode(RemoteMode),
    /// Brightness in percent; `None` asks.
    Brightness(Option<u8>),
    /// Workout data as in a [`Packet`](super::Packet), for tests.
    DebugWorkout(Vec<u8>),
    /// Navigation as in a [`Packet`](super::Packet), for tests.
    DebugNavigation(Vec<u8>),
    /// Seconds until it sleeps, 0 to 6,000; `None` asks.
    SleepTime(Option<u16>),
    /// Whether to show the phone's notifications; `None` asks.
    Notifications(Option<bool>),
    /// The time in seconds since 1970.
    SetTime {
        /// UTC.
        utc: u32,
        /// The same instant's local time.
        local: u32,
    },
    /// Anything else.
    Raw(RawRequest),
}

/// An opcode without a name here. The camera's commands need one, since the document doesn't give
/// any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawRequest {
    opcode: u8,
    parameters: Vec<u8>,
}

impl RawRequest {
    /// # Errors
    ///
    /// [`RemoteError::Opcode`] for the firmware update, for the response, and for what has a name.
    pub fn new(opcode: u8, parameters: Vec<u8>) -> Result<Self, RemoteError> {
        match opcode {
            REQUEST_CONTROL | RESET | SET_TYPE | SET_MODE | BRIGHTNESS | DEBUG_WORKOUT
            | DEBUG_NAVIGATION | SLEEP_TIME | NOTIFICATIONS | RESPONSE | SET_TIME
            | FIRMWARE_UPDATE => Err(RemoteError::Opcode(opcode)),
            _ => Ok(Self { opcode, parameters }),
        }
    }

    /// The first byte.
    pub fn opcode(&self) -> u8 {
        self.opcode
    }

    /// What follows.
    pub fn parameters(&self) -> &[u8] {
        &self.parameters
    }
}

impl Request {
    /// The bytes to write, with response.
    pub fn encode(&self) -> Vec<u8> {
        let (opcode, parameters) = match self {
            Self::RequestControl => (REQUEST_CONTROL, Vec::new()),
            Self::Reset => (RESET, Vec::new()),
            Self::SetType(types) => (SET_TYPE, types.0.to_le_bytes().to_vec()),
            Self::SetMode(mode) => (SET_MODE, mode.number().to_le_bytes().to_vec()),
            Self::Brightness(percent) => {
                let percent = percent.map_or(u8::MAX, |percent| percent.min(100));
                (BRIGHTNESS, vec![percent])
            }
            Self::DebugWorkout(data) => (DEBUG_WORKOUT, data.clone()),
            Self::DebugNavigation(data) => (DEBUG_NAVIGATION, data.clone()),
            Self::SleepTime(seconds) => {
                let seconds = seconds.map_or(u16::MAX, |seconds| seconds.min(6000));
                (SLEEP_TIME, seconds.to_le_bytes().to_vec())
            }
            Self::Notifications(on) => (NOTIFICATIONS, vec![on.map_or(u8::MAX, u8::from)]),
            Self::SetTime { utc, local } => {
                (SET_TIME, [utc.to_le_bytes(), local.to_le_bytes()].concat())
            }
            Self::Raw(raw) => (raw.opcode, raw.parameters.clone()),
        };
        let mut bytes = vec![opcode];
        bytes.extend(parameters);
        bytes
    }

    /// Whether a value for the control point is one that a `Request` can be: the firmware update is
    /// none.
    ///
    /// For hosts that lend a link to code which they don't know.
    pub fn may_be_sent(value: &[u8]) -> bool {
        Self::decode(value).is_ok()
    }

    /// Reads a command, as a device does.
    ///
    /// # Errors
    ///
    /// When bytes are missing, or for an opcode that isn't a command here.
    pub fn decode(value: &[u8]) -> Result<Self, RemoteError> {
        let mut bytes = Bytes::new("the request", value);
        let opcode = bytes.u8()?;
        Ok(match opcode {
            REQUEST_CONTROL => Self::RequestControl,
            RESET => Self::Reset,
            SET_TYPE => Self::SetType(RemoteTypes(one_or_two(&mut bytes)?)),
            SET_MODE => Self::SetMode(RemoteMode::from_number(one_or_two(&mut bytes)?)),
            BRIGHTNESS => {
                let percent = bytes.u8()?;
                Self::Brightness((percent != u8::MAX).then_some(percent))
            }
            DEBUG_WORKOUT => Self::DebugWorkout(bytes.rest().to_vec()),
            DEBUG_NAVIGATION => Self::DebugNavigation(bytes.rest().to_vec()),
            SLEEP_TIME => {
                let seconds = bytes.u16()?;
                Self::SleepTime((seconds != u16::MAX).then_some(seconds))
            }
            NOTIFICATIONS => {
                let on = bytes.u8()?;
                Self::Notifications((on != u8::MAX).then_some(on != 0))
            }
            SET_TIME => Self::SetTime {
                utc: bytes.u32()?,
                local: bytes.u32()?,
            },
            _ => Self::Raw(RawRequest::new(opcode, bytes.rest().to_vec())?),
        })
    }
}

fn one_or_two(bytes: &mut Bytes<'_>) -> Result<u16, RemoteError> {
    if bytes.rest().len() == 1 {
        return bytes.u8().map(u16::from);
    }
    bytes.u16()
}

/// What a device says to a [`Request`].
///
/// | byte | what |
/// |---|---|
/// | 0 | 80 |
/// | 1 | the request's opcode |
/// | 2 | result |
/// | … | value, up to 17 bytes |
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The opcode of the request.
    pub request: u8,
    /// Whether it did it.
    pub result: ResultCode,
    /// What was asked for.
    pub value: ResponseValue,
}

/// Whether a device did what it was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResultCode {
    /// 1.
    #[error("done")]
    Done,
    /// 2.
    #[error("the device does not know the command")]
    Unsupported,
    /// 3.
    #[error("the device does not take the value")]
    BadParameter,
    /// 4.
    #[error("the device could not do it")]
    Failed,
    /// 5.
    #[error("the device wants to be asked for control first")]
    NotPermitted,
    /// The others are reserved.
    #[error("result {0}, which has no meaning")]
    Other(u8),
}

impl ResultCode {
    fn from_number(number: u8) -> Self {
        match number {
            1 => Self::Done,
            2 => Self::Unsupported,
            3 => Self::BadParameter,
            4 => Self::Failed,
            5 => Self::NotPermitted,
            other => Self::Other(other),
        }
    }

    fn number(self) -> u8 {
        match self {
            Self::Done => 1,
            Self::Unsupported => 2,
            Self::BadParameter => 3,
            Self::Failed => 4,
            Self::NotPermitted => 5,
            Self::Other(number) => number,
        }
    }
}

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResponseValue {
    /// Nothing.
    None,
    /// Brightness in percent.
    Brightness(u8),
    /// Seconds until it sleeps.
    SleepTime(u16),
    /// Whether it shows notifications.
    Notifications(bool),
    /// Something else.
    Other(Vec<u8>),
}

impl Response {
    /// Reads an indication.
    ///
    /// # Errors
    ///
    /// When bytes are missing, or it is no response.
    pub fn decode(value: &[u8]) -> Result<Self, RemoteError> {
        let mut bytes = Bytes::new("the response", value);
        let [opcode, request, result] = bytes.array()?;
        if opcode != RESPONSE {
            return Err(RemoteError::Opcode(opcode));
        }
        let value = match (request, bytes.rest()) {
            (_, []) => ResponseValue::None,
            (BRIGHTNESS, [percent]) => ResponseValue::Brightness(*percent),
            (SLEEP_TIME, &[low, high]) => ResponseValue::SleepTime(u16::from_le_bytes([low, high])),
            (NOTIFICATIONS, [on @ 0..=1]) => ResponseValue::Notifications(*on == 1),
            (_, other) => ResponseValue::Other(other.to_vec()),
        };
        Ok(Self {
            request,
            result: ResultCode::from_number(result),
            value,
        })
    }

    /// The indication's value.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![RESPONSE, self.request, self.result.number()];
        match &self.value {
            ResponseValue::None => {}
            ResponseValue::Brightness(percent) => bytes.push(*percent),
            ResponseValue::SleepTime(seconds) => bytes.extend(seconds.to_le_bytes()),
            ResponseValue::Notifications(on) => bytes.push((*on).into()),
            ResponseValue::Other(other) => bytes.extend(other),
        }
        bytes
    }
}

/// How a camera is set: 11 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Camera {
    /// Focal length, in millimetres.
    pub lens: u8,
    /// Frames a second; 0: automatic.
    pub frame_rate: u8,
    /// Exposure of one part in so many of a second; 0: automatic.
    pub shutter: u16,
    /// Sensitivity, ISO; 0: automatic.
    pub sensitivity: u16,
    /// White balance, in kelvin; 0: automatic.
    pub white_balance: u16,
    /// Tint.
    pub tint: u8,
    /// High dynamic range.
    pub hdr: bool,
    /// Logarithmic.
    pub log: bool,
}

impl Camera {
    pub(super) fn decode(bytes: &mut Bytes<'_>) -> Result<Self, RemoteError> {
        Ok(Self {
            lens: bytes.u8()?,
            frame_rate: bytes.u8()?,
            shutter: bytes.u16()?,
            sensitivity: bytes.u16()?,
            white_balance: bytes.u16()?,
            tint: bytes.u8()?,
            hdr: bytes.u8()? != 0,
            log: bytes.u8()? != 0,
        })
    }

    pub(super) fn encode(self) -> Vec<u8> {
        let mut bytes = vec![self.lens, self.frame_rate];
        for number in [self.shutter, self.sensitivity, self.white_balance] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend([self.tint, self.hdr.into(), self.log.into()]);
        bytes
    }
}

/// What a camera is told. The document gives these codes, but no opcode that carries them: put them
/// behind one that the device is known to take, with [`RawRequest`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CameraControl {
    /// 0.
    TakePhoto,
    /// 1.
    StartVideo,
    /// 2.
    StopVideo,
    /// 3.
    Configure(Camera),
}

impl CameraControl {
    /// Code and settings. Formatting the storage (4) can't be said.
    pub fn encode(self) -> Vec<u8> {
        match self {
            Self::TakePhoto => vec![0],
            Self::StartVideo => vec![1],
            Self::StopVideo => vec![2],
            Self::Configure(camera) => {
                let mut bytes = vec![3];
                bytes.extend(camera.encode());
                bytes
            }
        }
    }
}
