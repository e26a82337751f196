use crate::bytes::head;
use crate::settings::LogLevel;
use crate::{
    DragFactorSettings, Error, MachineSettings, SensorSignalSettings, StrokeDetectionSettings,
};

/// What can be asked of the monitor.
///
/// | code | request | parameters |
/// |---|---|---|
/// | 17 | set the log level | u8 |
/// | 18 | change the Bluetooth service, restart | u8 |
/// | 19 | send delta times | u8 0 or 1 |
/// | 20 | write delta times to the SD card | u8 0 or 1 |
/// | 21 | set the machine | bytes 1-8 of Settings |
/// | 22 | set the sensor signal | bytes 9-10 |
/// | 23 | set the drag factor | bytes 11-17 |
/// | 24 | set the stroke detection | all 11 bytes |
/// | 31 | restart | |
///
/// 21 to 24 need a build that lets settings be changed, and take effect after a restart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Request {
    /// Sets how much the monitor tells on its serial port.
    SetLogLevel(LogLevel),
    /// Makes the monitor a sensor of another kind; it restarts, and the link is lost.
    ChangeBleService(BleService),
    /// Whether to send the times between impulses.
    SetDeltaTimeLogging(bool),
    /// Whether to write them to an SD card.
    SetSdCardLogging(bool),
    /// Sets the flywheel and what drives it.
    SetMachineSettings(MachineSettings),
    /// Sets how impulses and pauses are told apart.
    SetSensorSignalSettings(SensorSignalSettings),
    /// Sets how the drag factor is reckoned.
    SetDragFactorSettings(DragFactorSettings),
    /// Sets how drive and recovery are told apart.
    SetStrokeDetectionSettings(StrokeDetectionSettings),
    /// Restarts the monitor; the link is lost.
    RestartDevice,
}

/// As which kind of sensor the monitor counts distance and strokes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BleService {
    /// Cycling Power, the default.
    CyclingPower,
    /// Cycling Speed and Cadence.
    CyclingSpeedAndCadence,
    /// Fitness Machine.
    FitnessMachine,
}

impl Request {
    /// The code.
    pub const fn code(&self) -> u8 {
        match self {
            Self::SetLogLevel(_) => 17,
            Self::ChangeBleService(_) => 18,
            Self::SetDeltaTimeLogging(_) => 19,
            Self::SetSdCardLogging(_) => 20,
            Self::SetMachineSettings(_) => 21,
            Self::SetSensorSignalSettings(_) => 22,
            Self::SetDragFactorSettings(_) => 23,
            Self::SetStrokeDetectionSettings(_) => 24,
            Self::RestartDevice => 31,
        }
    }

    /// Whether the monitor restarts when it has answered.
    pub const fn restarts(&self) -> bool {
        matches!(self, Self::ChangeBleService(_) | Self::RestartDevice)
    }

    /// The bytes to write.
    ///
    /// # Errors
    ///
    /// When a setting is out of the monitor's range, or finer than it can hold.
    pub fn encode(&self) -> Result<Vec<u8>, Error> {
        let mut bytes = vec![self.code()];
        match self {
            Self::SetLogLevel(level) => bytes.push(known(*level)?),
            Self::ChangeBleService(service) => bytes.push(match service {
                BleService::CyclingPower => 0,
                BleService::CyclingSpeedAndCadence => 1,
                BleService::FitnessMachine => 2,
            }),
            Self::SetDeltaTimeLogging(on) | Self::SetSdCardLogging(on) => bytes.push((*on).into()),
            Self::SetMachineSettings(settings) => bytes.extend(settings.encode()?),
            Self::SetSensorSignalSettings(settings) => bytes.extend(settings.encode()?),
            Self::SetDragFactorSettings(settings) => bytes.extend(settings.encode()?),
            Self::SetStrokeDetectionSettings(settings) => bytes.extend(settings.encode()?),
            Self::RestartDevice => {}
        }
        Ok(bytes)
    }
}

fn known(level: LogLevel) -> Result<u8, Error> {
    if level == LogLevel::Unknown {
        return Err(Error::OutOfRange {
            setting: "log level",
            value: 7.0,
            range: "0 to 6",
        });
    }
    Ok(level as u8)
}

/// What the monitor answers to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Response {
    /// The code of the request.
    pub code: u8,
    /// What came of it.
    pub result: ResultCode,
}

/// What came of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResultCode {
    /// Done.
    Success,
    /// This build does not know the request.
    UnsupportedOpCode,
    /// The parameter has a wrong length, or is simply out of range.
    InvalidParameter,
    /// A setting is out of bounds. (The firmware's documentation calls it an invalid operation.)
    OperationFailed,
    /// Not now.
    ControlNotPermitted,
    /// A result that the firmware does not use.
    Other(u8),
}

impl Response {
    /// Decodes an indication: 32, the request's code, the result.
    ///
    /// # Errors
    ///
    /// When it is shorter or begins with something else.
    pub fn decode(value: &[u8]) -> Result<Self, Error> {
        const NAME: &str = "Settings Control Point";
        let [response, code, result] = head(NAME, value)?;
        if response != 32 {
            return Err(Error::NoResponse {
                characteristic: NAME,
                code: response,
            });
        }
        let result = match result {
            1 => ResultCode::Success,
            2 => ResultCode::UnsupportedOpCode,
            3 => ResultCode::InvalidParameter,
            4 => ResultCode::OperationFailed,
            5 => ResultCode::ControlNotPermitted,
            other => ResultCode::Other(other),
        };
        Ok(Self { code, result })
    }
}
