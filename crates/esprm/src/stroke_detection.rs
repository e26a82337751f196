use crate::Error;
use crate::bytes::head;
use crate::settings::scaled;

/// Stroke Detection Settings: how the monitor tells drive from recovery.
///
/// | offset | field | type | unit |
/// |---|---|---|---|
/// | 0 | bits 0-1 what is looked at, 2-6 length of the impulse array, 7 double precision | u8 | |
/// | 1 | least powered torque | s16 | 10⁻⁴ N m |
/// | 3 | least drag torque | s16 | 10⁻⁴ N m |
/// | (5) | slope margin, before 2025-12-12 only | f32 | 10⁻⁶ |
/// | 5 | least recovery slope | s16 | 10⁻³ |
/// | 7 | bits 0-11 least recovery, 12-23 least drive | u24 | ms |
/// | 10 | capacity of the force list | u8 | 1 |
///
/// The web client reads the torques without sign; the firmware has one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StrokeDetectionSettings {
    /// What is looked at.
    pub detection: StrokeDetection,
    /// How many impulses are looked at, 0 to 31.
    pub impulse_array_length: u8,
    /// Whether the firmware reckons in double precision. It says so and can't be told.
    pub double_precision: bool,
    /// With less torque than this, in N m, it is no drive.
    pub minimum_powered_torque: f64,
    /// With less torque than this, in N m, it is a recovery.
    pub minimum_drag_torque: f64,
    /// How far the slope may be off, of firmware before 2025-12-12.
    pub slope_margin: Option<f32>,
    /// The least slope of a recovery.
    pub minimum_recovery_slope: f64,
    /// A recovery lasts at least this many milliseconds, up to 4095.
    pub minimum_recovery_time: u16,
    /// A drive lasts at least this many milliseconds, up to 4095.
    pub minimum_drive_time: u16,
    /// How many forces of a drive are kept.
    pub force_capacity: u8,
}

/// What tells drive from recovery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StrokeDetection {
    /// The torque.
    Torque,
    /// The slope of the impulse times.
    Slope,
    /// Both.
    Both,
    /// A value that the firmware does not use.
    Unknown,
}

const TORQUE: f64 = 1e4;
const SLOPE: f64 = 1e3;
const MARGIN: f32 = 1e-6;

/// The length of a value before 2025-12-12.
const LEGACY: usize = 15;

impl StrokeDetectionSettings {
    /// Decodes a value: 15 bytes have the slope margin, 11 and other lengths above have it not.
    ///
    /// # Errors
    ///
    /// When there are fewer than 11 bytes.
    pub fn decode(value: &[u8]) -> Result<Self, Error> {
        const NAME: &str = "Stroke Detection Settings";
        let [flags, p0, p1, d0, d1] = head(NAME, value)?;
        let (margin, rest) = match value.split_at_checked(5).unwrap_or_default() {
            (_, rest) if value.len() == LEGACY => {
                let margin = f32::from_le_bytes(head(NAME, rest)?);
                (Some(margin * MARGIN), rest.get(4..).unwrap_or_default())
            }
            (_, rest) => (None, rest),
        };
        let Some(&[s0, s1, t0, t1, t2, force_capacity]) = rest.first_chunk() else {
            return Err(Error::Short {
                characteristic: NAME,
                length: value.len(),
                needed: 11,
            });
        };
        let signed = |bytes, factor| f64::from(i16::from_le_bytes(bytes)) / factor;
        Ok(Self {
            detection: StrokeDetection::decode(flags),
            impulse_array_length: flags >> 2 & 0x1F,
            double_precision: flags & 0x80 != 0,
            minimum_powered_torque: signed([p0, p1], TORQUE),
            minimum_drag_torque: signed([d0, d1], TORQUE),
            slope_margin: margin,
            minimum_recovery_slope: signed([s0, s1], SLOPE),
            minimum_recovery_time: u16::from_le_bytes([t0, t1 & 0x0F]),
            minimum_drive_time: u16::from_le_bytes([t1, t2]) >> 4,
            force_capacity,
        })
    }

    /// The 11 bytes of a request; the precision can't be set and is left out.
    pub(crate) fn encode(&self) -> Result<[u8; 11], Error> {
        let detection = match self.detection {
            StrokeDetection::Torque => 0,
            StrokeDetection::Slope => 1,
            StrokeDetection::Both => 2,
            StrokeDetection::Unknown => 3,
        };
        let length = up_to(
            "impulse array length",
            self.impulse_array_length.into(),
            31,
            "0 to 31",
        )?;
        let torque =
            |setting, value| scaled::<i16>(setting, value, TORQUE, "-3.2768 to 3.2767 N m");
        let powered = torque("minimum powered torque", self.minimum_powered_torque)?;
        let drag = torque("minimum drag torque", self.minimum_drag_torque)?;
        let slope = self.minimum_recovery_slope;
        let slope: i16 = scaled("minimum recovery slope", slope, SLOPE, "-32.768 to 32.767")?;
        let time = |setting, value| up_to(setting, value, 4095, "0 to 4095 ms");
        let recovery = time("minimum recovery time", self.minimum_recovery_time)?;
        let drive = time("minimum drive time", self.minimum_drive_time)?;

        let [flags, _] = (detection | length << 2).to_le_bytes();
        let [p0, p1] = powered.to_le_bytes();
        let [d0, d1] = drag.to_le_bytes();
        let [s0, s1] = slope.to_le_bytes();
        let [t0, t1, t2, _] = (u32::from(drive) << 12 | u32::from(recovery)).to_le_bytes();
        Ok([
            flags,
            p0,
            p1,
            d0,
            d1,
            s0,
            s1,
            t0,
            t1,
            t2,
            self.force_capacity,
        ])
    }
}

impl StrokeDetection {
    fn decode(bits: u8) -> Self {
        match bits & 3 {
            0 => Self::Torque,
            1 => Self::Slope,
            2 => Self::Both,
            _ => Self::Unknown,
        }
    }
}

fn up_to(setting: &'static str, value: u16, most: u16, range: &'static str) -> Result<u16, Error> {
    if value <= most {
        return Ok(value);
    }
    Err(Error::OutOfRange {
        setting,
        value: value.into(),
        range,
    })
}
