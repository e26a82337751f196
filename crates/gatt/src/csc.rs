use crate::bytes::Bytes;
use crate::{Error, Revolutions};

/// A CSC Measurement (0x2A5B): what a speed or cadence sensor counted.
///
/// | offset | field | type |
/// |---|---|---|
/// | 0 | flags: bit 0 wheel, bit 1 crank | u8 |
/// | | wheel revolutions, time of the last (1/1024 s) | u32, u16 |
/// | | crank revolutions, time of the last (1/1024 s) | u16, u16 |
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CscMeasurement {
    /// Wheel revolutions; distance on rowers.
    pub wheel: Option<Revolutions>,
    /// Crank revolutions; strokes on rowers.
    pub crank: Option<Revolutions>,
}

impl CscMeasurement {
    /// Decodes a value.
    ///
    /// # Errors
    ///
    /// When it ends before a field that its flags promise.
    pub fn decode(value: &[u8]) -> Result<Self, Error> {
        let mut bytes = Bytes::new("CSC Measurement", value);
        let flags = bytes.u8("flags")?;
        let has = |bit: u8| flags & 1 << bit != 0;
        Ok(Self {
            wheel: has(0).then(|| wheel(&mut bytes)).transpose()?,
            crank: has(1).then(|| crank(&mut bytes)).transpose()?,
        })
    }
}

/// Wheel revolutions as both cycling measurements have them.
pub(crate) fn wheel(bytes: &mut Bytes<'_>) -> Result<Revolutions, Error> {
    Ok(Revolutions {
        count: bytes.u32("wheel revolutions")?,
        time: bytes.u16("time of the last wheel event")?,
    })
}

/// Crank revolutions as both cycling measurements have them.
pub(crate) fn crank(bytes: &mut Bytes<'_>) -> Result<Revolutions, Error> {
    Ok(Revolutions {
        count: bytes.u16("crank revolutions")?.into(),
        time: bytes.u16("time of the last crank event")?,
    })
}
