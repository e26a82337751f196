use serde::{Deserialize, Serialize};

use crate::Device;

/// A device that measured for the one that recorded: a heart-rate belt.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sensor {
    /// What it measures.
    pub kind: SensorKind,
    /// What it is.
    #[serde(flatten)]
    pub device: Device,
    /// The charge of its battery in percent, when it was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub battery: Option<u8>,
}

impl Sensor {
    /// Whether the other is the same device, which may tell more of itself.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let of = |it: &Self| (it.kind, it.device.serial);
        of(self) == of(other) && self.device.name == other.device.name
    }
}

/// What a sensor measures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SensorKind {
    /// The heart rate.
    #[default]
    HeartRate,
    /// The power at a bicycle's pedals.
    Power,
    /// The speed of a wheel.
    Speed,
    /// The cadence of a crank.
    Cadence,
    /// The speed of a wheel and the cadence of a crank.
    SpeedAndCadence,
    /// The steps of a runner.
    Footpod,
}

/// How what a device tells reaches the one that writes it down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    /// Bluetooth Low Energy.
    BluetoothLowEnergy,
    /// ANT+.
    AntPlus,
}
