use super::RemoteError;
use super::bytes::Bytes;
use super::control::Camera;
use super::feature::{RemoteMode, RemoteTypes};

const TYPE: u8 = 1;
const MODE: u8 = 1 << 1;
const GLASSES: u8 = 1 << 2;
const CAMERA: u8 = 1 << 3;
const DISPLAY: u8 = 1 << 4;
const EBIKE: u8 = 1 << 5;

/// How a device does.
///
/// | bytes | what | if bit |
/// |---|---|---|
/// | 1 | flags | |
/// | 2 | type | 0 |
/// | 2, or 1 | mode | 1 |
/// | 2 | glasses: charge of the case in percent, its state | 2 |
/// | 11 | camera | 3 |
/// | ? | display: "to do" in the document | 4 |
/// | 4 | e-bike: charge in percent, state, motor power in watts | 5 |
/// | … | reserved | |
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MachineStatus {
    /// What it is at the moment.
    pub types: Option<RemoteTypes>,
    /// What it does.
    pub mode: Option<RemoteMode>,
    /// Of glasses.
    pub glasses: Option<Glasses>,
    /// Of a camera.
    pub camera: Option<Camera>,
    /// Whether it says something of a display. Its length isn't known, so that it stands in
    /// [`rest`](Self::rest) with all that follows.
    pub display: bool,
    /// Of an e-bike.
    pub ebike: Option<EBike>,
    /// What wasn't read.
    pub rest: Vec<u8>,
}

/// Of glasses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Glasses {
    /// Charge of the case, in percent.
    pub case_charge: u8,
    /// State of the case; its meaning isn't known.
    pub case_state: u8,
}

/// Of an e-bike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EBike {
    /// Charge, in percent; `None` where it doesn't know.
    pub charge: Option<u8>,
    /// How the battery does.
    pub battery: Battery,
    /// Power of the motor, in watts; `None` where it doesn't know.
    pub power: Option<u16>,
}

/// How a battery does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Battery {
    /// 1.
    Full,
    /// 2.
    Good,
    /// 3.
    Middle,
    /// 4.
    Low,
    /// 5.
    Critical,
    /// 6.
    Charging,
    /// 0 and others are reserved.
    Other(u8),
}

impl Battery {
    fn from_number(number: u8) -> Self {
        match number {
            1 => Self::Full,
            2 => Self::Good,
            3 => Self::Middle,
            4 => Self::Low,
            5 => Self::Critical,
            6 => Self::Charging,
            other => Self::Other(other),
        }
    }

    fn number(self) -> u8 {
        match self {
            Self::Full => 1,
            Self::Good => 2,
            Self::Middle => 3,
            Self::Low => 4,
            Self::Critical => 5,
            Self::Charging => 6,
            Self::Other(number) => number,
        }
    }
}

impl MachineStatus {
    /// Reads the characteristic.
    ///
    /// The table gives the mode two bytes, the text one: it is taken for one where exactly one byte
    /// would be missing otherwise.
    ///
    /// # Errors
    ///
    /// When bytes are missing.
    pub fn decode(value: &[u8]) -> Result<Self, RemoteError> {
        let mut bytes = Bytes::new("the machine status", value);
        let flags = bytes.u8()?;
        let has = |bit| flags & bit != 0;
        let sizes = [(TYPE, 2), (MODE, 2), (GLASSES, 2), (CAMERA, 11), (EBIKE, 4)];
        let needed: usize = sizes
            .iter()
            .filter(|(bit, _)| has(*bit))
            .map(|(_, size)| size)
            .sum();
        let short_mode = has(MODE) && !has(DISPLAY) && bytes.rest().len() + 1 == needed;
        let mut status = Self {
            display: has(DISPLAY),
            ..Self::default()
        };
        if has(TYPE) {
            status.types = Some(RemoteTypes(bytes.u16()?));
        }
        if has(MODE) {
            let mode = if short_mode {
                bytes.u8()?.into()
            } else {
                bytes.u16()?
            };
            status.mode = Some(RemoteMode::from_number(mode));
        }
        if has(GLASSES) {
            let [case_charge, case_state] = bytes.array()?;
            status.glasses = Some(Glasses {
                case_charge,
                case_state,
            });
        }
        if has(CAMERA) {
            status.camera = Some(Camera::decode(&mut bytes)?);
        }
        if has(EBIKE) && !has(DISPLAY) {
            let [charge, battery] = bytes.array()?;
            let power = bytes.u16()?;
            status.ebike = Some(EBike {
                charge: (charge != u8::MAX).then_some(charge),
                battery: Battery::from_number(battery),
                power: (power != u16::MAX).then_some(power),
            });
        }
        status.rest = bytes.rest().to_vec();
        Ok(status)
    }

    /// The characteristic's value, with two bytes of mode.
    pub fn encode(&self) -> Vec<u8> {
        let mut flags = 0;
        let mut value = vec![flags];
        if let Some(types) = self.types {
            flags |= TYPE;
            value.extend(types.0.to_le_bytes());
        }
        if let Some(mode) = self.mode {
            flags |= MODE;
            value.extend(mode.number().to_le_bytes());
        }
        if let Some(glasses) = self.glasses {
            flags |= GLASSES;
            value.extend([glasses.case_charge, glasses.case_state]);
        }
        if let Some(camera) = self.camera {
            flags |= CAMERA;
            value.extend(camera.encode());
        }
        if self.display {
            flags |= DISPLAY;
        }
        if let Some(ebike) = self.ebike {
            flags |= EBIKE;
            value.extend([ebike.charge.unwrap_or(u8::MAX), ebike.battery.number()]);
            value.extend(ebike.power.unwrap_or(u16::MAX).to_le_bytes());
        }
        value.extend(&self.rest);
        if let Some(first) = value.first_mut() {
            *first = flags;
        }
        value
    }
}
