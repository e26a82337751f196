use gatt::{CscMeasurement, CyclingPowerMeasurement, Revolutions, RowerData};

use crate::odometer::Reading;

/// What the three base services have in common.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Measurement {
    pub(crate) reading: Reading,
    /// When the distance last changed, in ticks of the wheel's clock.
    pub(crate) wheel_time: Option<u16>,
    /// When the last stroke ended, in ticks of the crank's clock.
    pub(crate) crank_time: Option<u16>,
    pub(crate) power: Option<f64>,
    pub(crate) speed: Option<f64>,
    pub(crate) stroke_rate: Option<f64>,
    /// The resistance level as it came.
    pub(crate) resistance: Option<u16>,
}

impl From<CyclingPowerMeasurement> for Measurement {
    fn from(measurement: CyclingPowerMeasurement) -> Self {
        Self {
            power: Some(measurement.power.into()),
            ..revolutions(measurement.wheel, measurement.crank)
        }
    }
}

impl From<CscMeasurement> for Measurement {
    fn from(measurement: CscMeasurement) -> Self {
        revolutions(measurement.wheel, measurement.crank)
    }
}

impl From<RowerData> for Measurement {
    fn from(record: RowerData) -> Self {
        Self {
            reading: Reading {
                strokes: record.stroke_count,
                distance: record.total_distance,
            },
            power: record.instantaneous_power.map(f64::from),
            speed: record.speed(),
            stroke_rate: record.stroke_rate,
            resistance: record.resistance_level.map(i16::cast_unsigned),
            ..Self::default()
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "cranks count in 16 bits")]
fn revolutions(wheel: Option<Revolutions>, crank: Option<Revolutions>) -> Measurement {
    Measurement {
        reading: Reading {
            strokes: crank.map(|crank| crank.count as u16),
            distance: wheel.map(|wheel| wheel.count),
        },
        wheel_time: wheel.map(|wheel| wheel.time),
        crank_time: crank.map(|crank| crank.time),
        ..Measurement::default()
    }
}
