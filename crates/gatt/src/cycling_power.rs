use crate::bytes::Bytes;
use crate::csc::{crank, wheel};
use crate::{Error, Revolutions};

/// A Cycling Power Measurement (0x2A63).
///
/// | bit | field | type | unit |
/// |---|---|---|---|
/// | always | flags, power | u16, s16 | W |
/// | 0 | pedal power balance | u8 | 0.5 % |
/// | 1 | the balance is the left pedal's | | |
/// | 2 | accumulated torque | u16 | 1/32 N m |
/// | 3 | the torque is measured at the crank | | |
/// | 4 | wheel revolutions, time of the last | u32, u16 | 1/2048 s |
/// | 5 | crank revolutions, time of the last | u16, u16 | 1/1024 s |
/// | 6 | extreme forces, highest and lowest | s16, s16 | N |
/// | 7 | extreme torques, highest and lowest | s16, s16 | 1/32 N m |
/// | 8 | extreme angles, highest and lowest | 12 bits each | degrees |
/// | 9 | top dead spot | u16 | degrees |
/// | 10 | bottom dead spot | u16 | degrees |
/// | 11 | accumulated energy | u16 | kJ |
/// | 12 | offset compensation is needed | | |
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CyclingPowerMeasurement {
    /// Power at this moment, in watts. On an ESP Rowing Monitor: mean power of the stroke before.
    pub power: i16,
    /// How the power is shared between the pedals.
    pub pedal_balance: Option<PedalBalance>,
    /// Torque added up over the revolutions, in newton metres; wraps at 2048.
    pub accumulated_torque: Option<f64>,
    /// Where the torque is measured; says something only beside `accumulated_torque`.
    pub torque_source: TorqueSource,
    /// Wheel revolutions; distance on rowers.
    pub wheel: Option<Revolutions>,
    /// Crank revolutions; strokes on rowers.
    pub crank: Option<Revolutions>,
    /// Forces within the last revolution, in newtons.
    pub extreme_forces: Option<Extremes>,
    /// Torques within the last revolution, in newton metres.
    pub extreme_torques: Option<Extremes>,
    /// Where the extremes were, in degrees from the top.
    pub extreme_angles: Option<Extremes>,
    /// Crank angle at which power turns positive, in degrees.
    pub top_dead_spot: Option<u16>,
    /// Crank angle at which power turns negative, in degrees.
    pub bottom_dead_spot: Option<u16>,
    /// Energy since the device started, in kilojoules; wraps at 65,536.
    pub accumulated_energy: Option<u16>,
    /// Whether the sensor asks for a calibration.
    pub offset_compensation: bool,
}

/// How power is shared between the pedals.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PedalBalance {
    /// One pedal's share, in percent.
    pub share: f64,
    /// Whether the pedal is known to be the left one.
    pub left: bool,
}

/// Where torque is measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TorqueSource {
    /// At the wheel.
    #[default]
    Wheel,
    /// At the crank.
    Crank,
}

/// The highest and the lowest value within a revolution.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extremes {
    /// The highest.
    pub maximum: f64,
    /// The lowest.
    pub minimum: f64,
}

/// Torques count 1/32 N m.
const TORQUE: f64 = 1.0 / 32.0;

impl CyclingPowerMeasurement {
    /// Decodes a value; bytes after the fields that its flags promise are ignored.
    ///
    /// # Errors
    ///
    /// When it ends before a field that its flags promise.
    pub fn decode(value: &[u8]) -> Result<Self, Error> {
        let mut bytes = Bytes::new("Cycling Power Measurement", value);
        let bytes = &mut bytes;
        let flags = bytes.u16("flags")?;
        let has = |bit: u8| flags & 1 << bit != 0;
        let mut measurement = Self {
            power: bytes.i16("power")?,
            offset_compensation: has(12),
            ..Self::default()
        };
        if has(0) {
            measurement.pedal_balance = Some(PedalBalance {
                share: f64::from(bytes.u8("pedal power balance")?) * 0.5,
                left: has(1),
            });
        }
        if has(2) {
            let torque = bytes.u16("accumulated torque")?;
            measurement.accumulated_torque = Some(f64::from(torque) * TORQUE);
        }
        if has(3) {
            measurement.torque_source = TorqueSource::Crank;
        }
        measurement.wheel = has(4).then(|| wheel(bytes)).transpose()?;
        measurement.crank = has(5).then(|| crank(bytes)).transpose()?;
        if has(6) {
            measurement.extreme_forces = Some(extremes(bytes, 1.0, "extreme forces")?);
        }
        if has(7) {
            measurement.extreme_torques = Some(extremes(bytes, TORQUE, "extreme torques")?);
        }
        if has(8) {
            let angles = bytes.u24("extreme angles")?;
            measurement.extreme_angles = Some(Extremes {
                maximum: f64::from(angles & 0xFFF),
                minimum: f64::from(angles >> 12),
            });
        }
        if has(9) {
            measurement.top_dead_spot = Some(bytes.u16("top dead spot")?);
        }
        if has(10) {
            measurement.bottom_dead_spot = Some(bytes.u16("bottom dead spot")?);
        }
        if has(11) {
            measurement.accumulated_energy = Some(bytes.u16("accumulated energy")?);
        }
        Ok(measurement)
    }
}

fn extremes(bytes: &mut Bytes<'_>, unit: f64, field: &'static str) -> Result<Extremes, Error> {
    Ok(Extremes {
        maximum: f64::from(bytes.i16(field)?) * unit,
        minimum: f64::from(bytes.i16(field)?) * unit,
    })
}
