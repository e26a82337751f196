use super::RemoteError;
use super::bytes::Bytes;

/// What a device can be, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RemoteTypes(pub u16);

impl RemoteTypes {
    /// Glasses.
    pub const GLASSES: Self = Self(1);
    /// A camera.
    pub const CAMERA: Self = Self(1 << 1);
    /// A display.
    pub const DISPLAY: Self = Self(1 << 2);
    /// An e-bike.
    pub const EBIKE: Self = Self(1 << 3);

    /// Whether all of these bits are set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// What a device does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemoteMode {
    /// 0: nothing.
    Off,
    /// 1: it shows what it gets.
    On,
    /// 2: something of its own.
    Custom,
    /// 3 to 63 are reserved.
    Other(u16),
}

impl RemoteMode {
    pub(super) fn from_number(number: u16) -> Self {
        match number {
            0 => Self::Off,
            1 => Self::On,
            2 => Self::Custom,
            other => Self::Other(other),
        }
    }

    /// The number on the wire; also the bit in [`Feature::modes`].
    pub const fn number(self) -> u16 {
        match self {
            Self::Off => 0,
            Self::On => 1,
            Self::Custom => 2,
            Self::Other(number) => number,
        }
    }
}

/// What a device can do.
///
/// | bytes | what |
/// |---|---|
/// | 2 | types: bit 0 glasses, 1 camera, 2 display, 3 e-bike |
/// | 2 | modes: bit 0 off, 1 on, 2 custom |
/// | … | reserved |
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Feature {
    /// What it can be.
    pub types: RemoteTypes,
    /// The modes that it has, a bit each.
    pub modes: u16,
    /// What stands behind.
    pub reserved: Vec<u8>,
}

impl Feature {
    /// Reads the characteristic.
    ///
    /// # Errors
    ///
    /// When there are fewer than four bytes.
    pub fn decode(value: &[u8]) -> Result<Self, RemoteError> {
        let mut bytes = Bytes::new("the feature", value);
        Ok(Self {
            types: RemoteTypes(bytes.u16()?),
            modes: bytes.u16()?,
            reserved: bytes.rest().to_vec(),
        })
    }

    /// The characteristic's value.
    pub fn encode(&self) -> Vec<u8> {
        let mut value = self.types.0.to_le_bytes().to_vec();
        value.extend(self.modes.to_le_bytes());
        value.extend(&self.reserved);
        value
    }

    /// Whether it has a mode.
    pub fn has_mode(&self, mode: RemoteMode) -> bool {
        let bit = 1_u16.checked_shl(mode.number().into()).unwrap_or(0);
        self.modes & bit != 0
    }
}
