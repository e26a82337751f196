use crate::Error;
use crate::bytes::Bytes;

/// A Heart Rate Measurement (0x2A37).
///
/// | bit of the flags (u8) | field | type | unit |
/// |---|---|---|---|
/// | 0 | heart rate: 0 u8, 1 u16 | | 1/min |
/// | 1-2 | skin contact | | |
/// | 3 | energy expended | u16 | kJ |
/// | 4 | R-R intervals, to the end | u16 each | 1/1024 s |
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeartRateMeasurement<'a> {
    /// Beats per minute as sent; 0 when the belt has none. See [`bpm`](Self::bpm).
    pub heart_rate: u16,
    /// Whether the belt touches the skin.
    pub contact: Contact,
    /// Energy since the belt was reset, in kilojoules.
    pub energy_expended: Option<u16>,
    rr: &'a [u8],
}

/// Whether a belt touches the skin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contact {
    /// The belt can't tell.
    NotSupported,
    /// It does not.
    NotDetected,
    /// It does.
    Detected,
}

impl<'a> HeartRateMeasurement<'a> {
    /// Decodes a value.
    ///
    /// # Errors
    ///
    /// When it ends before a field that its flags promise.
    pub fn decode(value: &'a [u8]) -> Result<Self, Error> {
        let mut bytes = Bytes::new("Heart Rate Measurement", value);
        let flags = bytes.u8("flags")?;
        let heart_rate = if flags & 1 == 0 {
            bytes.u8("heart rate")?.into()
        } else {
            bytes.u16("heart rate")?
        };
        let contact = match flags >> 1 & 3 {
            2 => Contact::NotDetected,
            3 => Contact::Detected,
            _ => Contact::NotSupported,
        };
        let energy_expended = (flags & 1 << 3 != 0)
            .then(|| bytes.u16("energy expended"))
            .transpose()?;
        let rr = if flags & 1 << 4 == 0 {
            &[]
        } else {
            bytes.rest()
        };
        Ok(Self {
            heart_rate,
            contact,
            energy_expended,
            rr,
        })
    }

    /// Beats per minute, unless the belt has none (0) or says what no heart does (above 254,
    /// which FIT could not hold either).
    pub fn bpm(&self) -> Option<u8> {
        u8::try_from(self.heart_rate)
            .ok()
            .filter(|bpm| (1..=254).contains(bpm))
    }

    /// Times between heart beats, oldest first, in seconds.
    pub fn rr_intervals(&self) -> impl Iterator<Item = f64> + use<'a> {
        let (intervals, _) = self.rr.as_chunks();
        intervals
            .iter()
            .map(|interval| f64::from(u16::from_le_bytes(*interval)) / 1024.0)
    }
}
