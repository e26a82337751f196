use crate::Error;
use crate::bytes::Bytes;

/// What a Fitness Machine can measure: its Fitness Machine Feature (0x2ACC).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FitnessMachineFeatures(u32);

/// Something that a rower can measure; the value is its bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FitnessMachineFeature {
    /// Stroke rate.
    Cadence = 1,
    /// Total distance.
    TotalDistance = 2,
    /// Pace.
    Pace = 5,
    /// Resistance level.
    ResistanceLevel = 7,
    /// Energy.
    ExpendedEnergy = 9,
    /// Heart rate, from a belt that the machine itself listens to.
    HeartRate = 10,
    /// Metabolic equivalent.
    MetabolicEquivalent = 11,
    /// Elapsed time.
    ElapsedTime = 12,
    /// Remaining time.
    RemainingTime = 13,
    /// Power.
    Power = 14,
}

impl FitnessMachineFeatures {
    /// Decodes a value.
    ///
    /// The standard's 8 bytes are two words, features and targets. An ESP Rowing Monitor sends the
    /// first word only, and Open Rowing Monitor half of it (both seen in their source), so
    /// everything from 2 bytes on will do.
    ///
    /// # Errors
    ///
    /// When there are fewer than 2 bytes.
    pub fn decode(value: &[u8]) -> Result<Self, Error> {
        let mut bytes = Bytes::new("Fitness Machine Feature", value);
        let low = u32::from(bytes.u16("features")?);
        let high = bytes.u16("features").map_or(0, u32::from);
        Ok(Self(high << 16 | low))
    }

    /// Whether the machine can measure that.
    pub fn has(self, feature: FitnessMachineFeature) -> bool {
        self.0 & 1 << feature as u32 != 0
    }
}

/// What a power meter can tell: its Cycling Power Feature (0x2A65).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CyclingPowerFeatures {
    /// Whether it counts wheel revolutions.
    pub wheel: bool,
    /// Whether it counts crank revolutions.
    pub crank: bool,
}

impl CyclingPowerFeatures {
    /// Decodes a value.
    ///
    /// # Errors
    ///
    /// When there are fewer than 4 bytes.
    pub fn decode(value: &[u8]) -> Result<Self, Error> {
        let flags = Bytes::new("Cycling Power Feature", value).u32("features")?;
        Ok(Self {
            wheel: flags & 1 << 2 != 0,
            crank: flags & 1 << 3 != 0,
        })
    }
}

/// What a speed and cadence sensor can tell: its CSC Feature (0x2A5C).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CscFeatures {
    /// Whether it counts wheel revolutions.
    pub wheel: bool,
    /// Whether it counts crank revolutions.
    pub crank: bool,
}

impl CscFeatures {
    /// Decodes a value.
    ///
    /// # Errors
    ///
    /// When there are fewer than 2 bytes.
    pub fn decode(value: &[u8]) -> Result<Self, Error> {
        let flags = Bytes::new("CSC Feature", value).u16("features")?;
        Ok(Self {
            wheel: flags & 1 != 0,
            crank: flags & 2 != 0,
        })
    }
}

/// What a Fitness Machine says while it advertises: service data of 0x1826.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FitnessMachineAdvertisement {
    /// Whether it may be used now.
    pub available: bool,
    /// Whether it is a rower.
    pub rower: bool,
}

impl FitnessMachineAdvertisement {
    /// Decodes the service data.
    ///
    /// # Errors
    ///
    /// When there are fewer than 3 bytes.
    pub fn decode(data: &[u8]) -> Result<Self, Error> {
        let mut bytes = Bytes::new("Fitness Machine service data", data);
        Ok(Self {
            available: bytes.u8("flags")? & 1 != 0,
            rower: bytes.u16("machine type")? & 1 << 4 != 0,
        })
    }
}
