use std::fmt;

use uuid::Uuid;

use crate::bytes::Bytes;
use crate::{DeviceInformation, Error};

/// The right to write to a Fitness Machine Control Point (0x2AD9).
///
/// Reading a rower needs none of it. Some devices must never be written to, and this type can't be
/// had for them, nor a [`Request`] without it:
///
/// * An ESP Rowing Monitor gives the standard's codes meanings of its own on every control point
///   that it has: 0x12, here "targeted expended energy", makes it change its Bluetooth service and
///   restart, 0x1F restarts it.
/// * The `ComModule` of a `WaterRower` S4 with software 4.0 or 4.1 answers any write by asking for a
///   bond (seen in Coxswain).
///
/// ```
/// use gatt::assigned::service;
/// use gatt::{DeviceInformation, FitnessMachineControl, Uuid};
///
/// let rower = [service::DEVICE_INFORMATION, service::FITNESS_MACHINE];
/// let control = FitnessMachineControl::of(&rower, &DeviceInformation::default()).unwrap();
/// assert_eq!(control.request_control().bytes(), [0x00]);
///
/// let settings = Uuid::from_u128(0x56892de1_7068_4b5a_acaa_473d97b02206);
/// let monitor = [service::FITNESS_MACHINE, settings];
/// assert!(FitnessMachineControl::of(&monitor, &DeviceInformation::default()).is_err());
/// ```
///
/// There is no other way to a request:
///
/// ```compile_fail
/// let request = gatt::Request { bytes: [0x12, 0, 0, 0], length: 3 };
/// ```
///
/// ```compile_fail
/// let control = gatt::FitnessMachineControl(());
/// ```
#[derive(Debug)]
pub struct FitnessMachineControl(());

/// Why a device must not be written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ControlRefused {
    /// Occurs when it has no Fitness Machine service.
    #[error("the device is no fitness machine")]
    NoFitnessMachine,
    /// Occurs when it is an ESP Rowing Monitor.
    #[error("an ESP Rowing Monitor gives the codes of fitness machines other meanings")]
    OtherMeanings,
    /// Occurs when it is a `WaterRower` whose software is 4.0 or 4.1.
    #[error("this version of the WaterRower's ComModule would ask for a bond")]
    WouldBond,
}

/// Services that only an ESP Rowing Monitor has: extended metrics, settings, updates.
///
/// Any one is enough: versions differ in which they have.
const OTHER_MEANINGS: [Uuid; 3] = [
    Uuid::from_u128(0xa72a_5762_803b_421d_a759_f031_4153_da97),
    Uuid::from_u128(0x5689_2de1_7068_4b5a_acaa_473d_97b0_2206),
    Uuid::from_u128(0xed24_9319_32c3_4e9f_83d7_7bb5_aa5d_5d4b),
];

impl FitnessMachineControl {
    /// For a connected device: all services that were discovered, and its device information.
    ///
    /// # Errors
    ///
    /// When this device must not be written to.
    pub fn of(services: &[Uuid], device: &DeviceInformation) -> Result<Self, ControlRefused> {
        if services.iter().any(|name| OTHER_MEANINGS.contains(name)) {
            return Err(ControlRefused::OtherMeanings);
        }
        if !services.contains(&crate::assigned::service::FITNESS_MACHINE) {
            return Err(ControlRefused::NoFitnessMachine);
        }
        let water_rower = device.manufacturer_name.as_deref() == Some("WaterRower");
        let software = device.software_revision.as_deref();
        if water_rower && matches!(software, Some("4.0" | "4.1")) {
            return Err(ControlRefused::WouldBond);
        }
        Ok(Self(()))
    }

    /// Asks for control; a machine wants it before all others.
    pub fn request_control(&self) -> Request {
        Request::new(0x00, [])
    }

    /// Sets everything to its default and ends the training.
    pub fn reset(&self) -> Request {
        Request::new(0x01, [])
    }

    /// Sets the resistance, in tenths of the machine's own measure.
    pub fn set_resistance(&self, tenths: u8) -> Request {
        Request::new(0x04, [tenths])
    }

    /// Sets the power to hold, in watts.
    pub fn set_power(&self, watts: i16) -> Request {
        Request::new(0x05, watts.to_le_bytes())
    }

    /// Sets the heart rate to hold, in beats per minute.
    pub fn set_heart_rate(&self, bpm: u8) -> Request {
        Request::new(0x06, [bpm])
    }

    /// Starts or resumes the training.
    pub fn start(&self) -> Request {
        Request::new(0x07, [])
    }

    /// Ends the training.
    pub fn stop(&self) -> Request {
        Request::new(0x08, [1])
    }

    /// Pauses the training.
    pub fn pause(&self) -> Request {
        Request::new(0x08, [2])
    }

    /// Sets the energy to spend, in kilocalories.
    pub fn set_energy(&self, kilocalories: u16) -> Request {
        Request::new(0x09, kilocalories.to_le_bytes())
    }

    /// Sets the distance to row, in metres; above 2²⁴ − 1 it is that.
    pub fn set_distance(&self, metres: u32) -> Request {
        let [low, middle, high, _] = metres.min(0xFF_FFFF).to_le_bytes();
        Request::new(0x0C, [low, middle, high])
    }

    /// Sets the time to row, in seconds.
    pub fn set_time(&self, seconds: u16) -> Request {
        Request::new(0x0D, seconds.to_le_bytes())
    }

    /// Sets the stroke rate to hold, in halves per minute.
    pub fn set_cadence(&self, half_strokes_per_minute: u16) -> Request {
        Request::new(0x14, half_strokes_per_minute.to_le_bytes())
    }
}

/// What to write to the control point, with response; the answer comes as an indication.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Request {
    bytes: [u8; 4],
    length: usize,
}

impl Request {
    fn new<const N: usize>(code: u8, parameter: [u8; N]) -> Self {
        let mut bytes = [0; 4];
        let given = std::iter::once(code).chain(parameter);
        let mut length = 0;
        for (slot, byte) in bytes.iter_mut().zip(given) {
            *slot = byte;
            length += 1;
        }
        Self { bytes, length }
    }

    /// The bytes to write.
    pub fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Request").field(&self.bytes()).finish()
    }
}

/// A machine's answer to a [`Request`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The code that it answers.
    pub code: u8,
    /// What came of it.
    pub result: ResultCode,
}

/// What came of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResultCode {
    /// Done.
    Success,
    /// The machine does not know the request.
    NotSupported,
    /// It does not like the parameter.
    InvalidParameter,
    /// It tried.
    OperationFailed,
    /// It gives no control, or took it back.
    ControlNotPermitted,
    /// A result that the standard reserves.
    Other(u8),
}

impl Reply {
    /// Decodes an indication of the control point: `80`, the request's code, the result.
    ///
    /// # Errors
    ///
    /// When it is shorter, or does not begin with `80`.
    pub fn decode(value: &[u8]) -> Result<Self, Error> {
        let mut bytes = Bytes::new("Fitness Machine Control Point", value);
        match bytes.u8("response code")? {
            0x80 => {}
            other => return Err(Error::NoResponse(other)),
        }
        Ok(Self {
            code: bytes.u8("request's code")?,
            result: match bytes.u8("result")? {
                1 => ResultCode::Success,
                2 => ResultCode::NotSupported,
                3 => ResultCode::InvalidParameter,
                4 => ResultCode::OperationFailed,
                5 => ResultCode::ControlNotPermitted,
                other => ResultCode::Other(other),
            },
        })
    }
}
