use gatt::assigned::characteristic;
use gatt::{DeviceInformation, Uuid, battery_level};
use pipeline_plugin::ble::{Connection, Sighting};
use pipeline_plugin::{Device, Link, Result};

/// A rower that is connected: what it is, and what it said of itself.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    /// What to subscribe to.
    pub(crate) rower: rowing::Device,
    /// What people call it.
    pub(crate) title: String,
    /// For the header.
    pub(crate) device: Device,
    /// Its settings, as they came, if it is an ESP Rowing Monitor.
    pub(crate) settings: Option<Vec<u8>>,
    /// The charge of its battery in percent.
    pub(crate) battery: Option<u8>,
}

/// What services say of a device that was connected.
#[derive(Clone, Debug)]
pub(crate) enum Identity {
    Rower(rowing::Device),
    /// It counts revolutions, and nothing says that these are strokes.
    Sensor(rowing::Device),
    Other,
}

impl Identity {
    pub(crate) fn of(sighting: &Sighting, connection: &Connection) -> Self {
        let services: Vec<Uuid> = connection.services().iter().map(|it| it.uuid).collect();
        let all: Vec<Uuid> = connection.characteristics().map(|it| it.uuid).collect();
        let Some(rower) = rowing::Device::of(&services, &all) else {
            return Self::Other;
        };
        let is_fitness_machine = rower.base() == rowing::BaseService::FitnessMachine;
        let name = sighting.title().to_lowercase();
        let is_named = ["row", "erg", "concept", "kayak", "ski"]
            .iter()
            .any(|word| name.contains(word));
        if rower.is_esp_rowing_monitor() || is_fitness_machine || is_named {
            Self::Rower(rower)
        } else {
            Self::Sensor(rower)
        }
    }
}

impl Machine {
    /// Asks a rower what it is.
    pub(crate) async fn ask(
        rower: rowing::Device,
        sighting: &Sighting,
        connection: &mut Connection,
    ) -> Result<Self> {
        let mut information = DeviceInformation::default();
        let (mut settings, mut battery) = (None, None);
        for name in rower.readings() {
            let Some(value) = connection.read_if_there(name).await? else {
                continue;
            };
            if name == esprm::assigned::characteristic::SETTINGS {
                settings = Some(value);
            } else if name == characteristic::BATTERY_LEVEL {
                battery = battery_level(&value).ok();
            } else {
                information.take(name, &value);
            }
        }
        Ok(Self {
            title: sighting.title().to_owned(),
            device: rower_of(&rower, &information, sighting),
            rower,
            settings,
            battery,
        })
    }
}

/// The device as the header has it.
fn rower_of(rower: &rowing::Device, said: &DeviceInformation, sighting: &Sighting) -> Device {
    let device = described(said, sighting);
    // An ESP Rowing Monitor has the name that its owner gave it in place of the maker's.
    let own = said.manufacturer_name.as_deref().map(neutral);
    match own.filter(|_| rower.is_esp_rowing_monitor()) {
        Some(name) => Device { name, ..device },
        None => device,
    }
}

/// A device by what it says of itself, or by the name under which it was seen.
pub(crate) fn described(said: &DeviceInformation, sighting: &Sighting) -> Device {
    let maker = said.manufacturer_name.as_deref().map(neutral);
    let model = said.model_number.as_deref().map(neutral);
    let name = match (maker, model) {
        (Some(maker), Some(model)) if !model.contains(&maker) => format!("{maker} {model}"),
        (_, Some(model)) => model,
        (Some(maker), None) => maker,
        (None, None) => sighting.title().to_owned(),
    };
    let version = [&said.firmware_revision, &said.software_revision];
    let version = version.into_iter().flatten().next();
    Device {
        manufacturer: said.manufacturer_name.as_deref().and_then(manufacturer),
        name,
        serial: said.serial_number.as_deref().and_then(serial),
        version: version.map(|version| neutral(version)).unwrap_or_default(),
        link: Some(Link::BluetoothLowEnergy),
    }
}

/// FIT's number of a maker of rowers and belts.
fn manufacturer(name: &str) -> Option<u16> {
    const MAKERS: [(&str, u16); 15] = [
        ("beurer", 19),
        ("concept2", 40),
        ("coospo", 135),
        ("coros", 294),
        ("cycplus", 132),
        ("decathlon", 310),
        ("garmin", 1),
        ("igpsport", 115),
        ("magene", 107),
        ("polar", 123),
        ("scosche", 83),
        ("suunto", 23),
        ("technogym", 111),
        ("wahoo", 32),
        ("waterrower", 118),
    ];
    let name: String = name.to_lowercase().split_whitespace().collect();
    let known = MAKERS.iter().find(|(maker, _)| name.contains(maker));
    known.map(|(_, number)| *number)
}

/// Serial numbers are decimal, or the end of an address in hexadecimal digits.
fn serial(text: &str) -> Option<u32> {
    let text = text.trim();
    let number = text.parse().or_else(|_| u32::from_str_radix(text, 16));
    number.ok().filter(|number| *number != 0)
}

/// A text of a device without what moves a terminal's cursor.
fn neutral(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serial_numbers() {
        let cases = [
            ("430123456", Some(430_123_456)),
            ("A1B2C3", Some(0x00A1_B2C3)),
            ("0", None),
            ("S/N 12", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(serial(text), expected, "{text}");
        }
    }

    #[test]
    fn makers() {
        assert_eq!(manufacturer("Concept2"), Some(40));
        assert_eq!(manufacturer("Water Rower"), Some(118));
        assert_eq!(manufacturer("Polar Electro Oy"), Some(123));
        assert_eq!(manufacturer("Nobody"), None);
    }
}
