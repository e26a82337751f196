//! How FIT numbers links and sorts of sensors.

use fit::profile::types::{antplus_device_type as ant, ble_device_type as ble, source_type};
use pipeline_plugin::{Link, SensorKind};

/// A sort of sensor, by Bluetooth and by ANT+, which number them differently.
const KINDS: [(SensorKind, u8, u8); 6] = [
    (SensorKind::HeartRate, ble::HEART_RATE, ant::HEART_RATE),
    (SensorKind::Power, ble::BIKE_POWER, ant::BIKE_POWER),
    (SensorKind::Speed, ble::BIKE_SPEED, ant::BIKE_SPEED),
    (SensorKind::Cadence, ble::BIKE_CADENCE, ant::BIKE_CADENCE),
    (
        SensorKind::SpeedAndCadence,
        ble::BIKE_SPEED_CADENCE,
        ant::BIKE_SPEED_CADENCE,
    ),
    (
        SensorKind::Footpod,
        ble::FOOTPOD,
        ant::STRIDE_SPEED_DISTANCE,
    ),
];

/// The source type of a link.
pub(crate) fn source_of(link: Link) -> u8 {
    match link {
        Link::BluetoothLowEnergy => source_type::BLUETOOTH_LOW_ENERGY,
        Link::AntPlus => source_type::ANTPLUS,
    }
}

/// The link of a source type, if a device has one.
pub(crate) fn link_of(source: u8) -> Option<Link> {
    match source {
        source_type::BLUETOOTH_LOW_ENERGY => Some(Link::BluetoothLowEnergy),
        source_type::ANTPLUS => Some(Link::AntPlus),
        _ => None,
    }
}

/// The device type of a sensor: what it means depends on the source type.
pub(crate) fn device_type(kind: SensorKind, link: Link) -> Option<u8> {
    let (_, ble, ant) = KINDS.iter().find(|(known, ..)| *known == kind)?;
    Some(match link {
        Link::BluetoothLowEnergy => *ble,
        Link::AntPlus => *ant,
    })
}

/// The sort of sensor that a device type means.
pub(crate) fn kind_of(device_type: u8, link: Link) -> Option<SensorKind> {
    let mut kinds = KINDS.iter().map(|(kind, ..)| *kind);
    kinds.find(|kind| self::device_type(*kind, link) == Some(device_type))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_number_sensors_differently() {
        let of = |link| device_type(SensorKind::HeartRate, link);
        assert_eq!(of(Link::BluetoothLowEnergy), Some(1));
        assert_eq!(of(Link::AntPlus), Some(120));
        for (kind, ..) in KINDS {
            for link in [Link::BluetoothLowEnergy, Link::AntPlus] {
                assert_eq!(link_of(source_of(link)), Some(link));
                let number = device_type(kind, link).unwrap();
                assert_eq!(kind_of(number, link), Some(kind));
            }
        }
        assert_eq!(kind_of(17, Link::AntPlus), None);
    }
}
