use crate::Error;
use crate::bytes::head;

/// Extended Metrics: what the monitor knows of the last stroke.
///
/// | offset | field | type | unit |
/// |---|---|---|---|
/// | 0 | average power | s16 | W |
/// | 2 | drive | u16 | 1/4096 s |
/// | 4 | recovery | u16 | 1/4096 s |
/// | 6 | drag factor | u16; u8 before 2025-12-10 | 10⁻⁶ N m s² |
///
/// The firmware's documentation has the recovery before the drive; its source, its tests and its
/// web client have it as it is here.
///
/// The monitor sends it when it has counted a stroke, at the end of the drive, and when it has
/// counted none for some seconds: then with the numbers of the last stroke again, or with the
/// recovery of the drive that goes on at this moment, or, after a stop, with a drive of 0 and the
/// time that it waited for one as recovery.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ExtendedMetrics {
    /// Mean power in watts over the drive of the stroke before and the recovery after it; 0 with
    /// the first stroke and after a stop.
    pub average_power: i16,
    /// Duration of the drive in seconds, modulo 16; 0 after a stop.
    pub drive_time: f64,
    /// Duration of the recovery before that drive in seconds, modulo 16.
    pub recovery_time: f64,
    /// Damping of the flywheel, in 10⁻⁶ N m s²; 0 when not known yet.
    pub drag_factor: u16,
}

/// Durations count 1/4096 s.
const TICK: f64 = 1.0 / 4096.0;

impl ExtendedMetrics {
    /// After how many seconds the durations begin again at 0. A recovery does when the monitor's
    /// stop threshold is longer.
    pub const WRAP: f64 = 16.0;

    /// Decodes a value of 7 bytes (firmware before 2025-12-10), 8, or more: the firmware's
    /// documentation says that it may grow.
    ///
    /// # Errors
    ///
    /// When there are fewer than 7 bytes.
    pub fn decode(value: &[u8]) -> Result<Self, Error> {
        let [p0, p1, d0, d1, r0, r1, low] = head("Extended Metrics", value)?;
        let high = value.get(7).copied().unwrap_or_default();
        let ticks = |bytes| f64::from(u16::from_le_bytes(bytes)) * TICK;
        Ok(Self {
            average_power: i16::from_le_bytes([p0, p1]),
            drive_time: ticks([d0, d1]),
            recovery_time: ticks([r0, r1]),
            drag_factor: u16::from_le_bytes([low, high]),
        })
    }
}
