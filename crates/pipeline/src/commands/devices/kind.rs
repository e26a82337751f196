//! What a device is, from what it advertises.

use fossibot::Family;
use gatt::assigned::service;
use pipeline_plugin::ble::{Sighting, Uuid, uuid16};

/// What a device is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Monitor,
    Rower,
    PowerMeter,
    SpeedSensor,
    Belt,
    Computer,
    Station,
    WifiStation,
    Glasses,
    Unknown,
}

/// The remote service's short form, which some glasses advertise instead of the long one.
const REMOTE_SHORT: Uuid = uuid16(0x01C0);

/// What an ESP Rowing Monitor puts behind its name: the service that it is set to.
const SET_TO: [&str; 3] = ["(CPS)", "(CSC)", "(FTMS)"];

impl Kind {
    /// What the device is. Most names count more than a service: several kinds share services.
    pub(crate) fn of(seen: &Sighting) -> Self {
        let name = seen.name.as_deref().unwrap_or_default();
        let has = |service: Uuid| seen.services.contains(&service);
        let is_power = has(service::CYCLING_POWER);
        let is_speed = has(service::CYCLING_SPEED_AND_CADENCE);
        let is_machine = has(service::FITNESS_MACHINE);
        // Before the name: glasses of the same makes have one that begins like a computer's.
        if has(xoss::remote::SERVICE) || has(REMOTE_SHORT) {
            return Self::Glasses;
        }
        if is_computer(name) {
            return Self::Computer;
        }
        match Family::of(name) {
            Some(Family::Sydpower) => return Self::Station,
            Some(Family::WifiOnly) => return Self::WifiStation,
            None => {}
        }
        let is_set = SET_TO.iter().any(|service| name.ends_with(service));
        match () {
            () if is_set && (is_power || is_speed || is_machine) => Self::Monitor,
            () if is_machine => Self::Rower,
            () if is_power => Self::PowerMeter,
            () if is_speed => Self::SpeedSensor,
            () if has(service::HEART_RATE) => Self::Belt,
            () => Self::Unknown,
        }
    }

    /// For machines.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Monitor => "esp-rowing-monitor",
            Self::Rower => "rower",
            Self::PowerMeter => "power-meter",
            Self::SpeedSensor => "speed-sensor",
            Self::Belt => "heart-rate",
            Self::Computer => "cycle-computer",
            Self::Station => "power-station",
            Self::WifiStation => "power-station-wifi",
            Self::Glasses => "display-glasses",
            Self::Unknown => "unknown",
        }
    }

    /// For people.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Monitor => "ESP Rowing Monitor",
            Self::Rower => "rower or other fitness machine",
            Self::PowerMeter => "power meter, or a rower as one",
            Self::SpeedSensor => "speed sensor, or a rower as one",
            Self::Belt => "heart-rate belt",
            Self::Computer => "XOSS or CYCPLUS computer",
            Self::Station => "Fossibot power station",
            Self::WifiStation => "Fossibot power station without Bluetooth telemetry",
            Self::Glasses => "display glasses",
            Self::Unknown => "unknown device",
        }
    }

    /// The bundled pipeline that uses it.
    pub(crate) fn pipeline(self) -> Option<&'static str> {
        match self {
            Self::Monitor | Self::Rower | Self::PowerMeter | Self::SpeedSensor => {
                Some("rowing-to-fit")
            }
            Self::Computer => Some("xoss-sync"),
            Self::Station => Some("fossibot-log"),
            Self::Belt | Self::WifiStation | Self::Glasses | Self::Unknown => None,
        }
    }

    /// What else there is to know.
    pub(crate) fn note(self) -> Option<&'static str> {
        match self {
            Self::Belt => Some("worn while rowing, it is found by itself"),
            Self::WifiStation => Some("it tells its state over Wi-Fi only, which isn't supported"),
            Self::Glasses => Some("the sink `xoss-display` shows a live row on them"),
            _ => None,
        }
    }
}

/// Whether a name is that of a cycle computer whose rides can be fetched.
fn is_computer(name: &str) -> bool {
    let mut prefixes = xoss::Profile::ALL
        .iter()
        .flat_map(|profile| profile.advertised);
    prefixes.any(|prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_are_told_apart() {
        let power = service::CYCLING_POWER;
        let machine = service::FITNESS_MACHINE;
        for (name, services, expected) in [
            ("KayakFirst (CPS)", vec![power], Kind::Monitor),
            ("Monitor (FTMS)", vec![machine], Kind::Monitor),
            ("Skillrow", vec![machine], Kind::Rower),
            ("Assioma", vec![power], Kind::PowerMeter),
            ("HRM 4F2A", vec![service::HEART_RATE], Kind::Belt),
            ("XOSS G-040989", vec![], Kind::Computer),
            ("M2_03E8", vec![], Kind::Computer),
            ("POWER-0084", vec![uuid16(0x8400)], Kind::Station),
            ("FOSS_F1800A123", vec![uuid16(0xFFFF)], Kind::WifiStation),
            ("XOSS GLASSES 01", vec![REMOTE_SHORT], Kind::Glasses),
            ("(CPS)", vec![], Kind::Unknown),
            ("", vec![], Kind::Unknown),
        ] {
            let seen = Sighting {
                name: Some(name.to_owned()),
                services,
                ..Sighting::default()
            };
            assert_eq!(Kind::of(&seen), expected, "{name}");
        }
    }
}
