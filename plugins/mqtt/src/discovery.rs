//! What Home Assistant is told of a device.

use pipeline_plugin::Field;
use serde_json::{Map, Value, json};

use crate::device::{Device, identifier, key};

/// Class, unit and decimals of a unit, in Home Assistant's words.
const UNITS: &[(&str, &str, &str, Option<u8>)] = &[
    ("W", "power", "W", Some(0)),
    ("kW", "power", "kW", Some(2)),
    ("Wh", "energy", "Wh", Some(0)),
    ("kWh", "energy", "kWh", Some(2)),
    ("V", "voltage", "V", Some(1)),
    ("A", "current", "A", Some(1)),
    ("Hz", "frequency", "Hz", Some(1)),
    ("s", "duration", "s", Some(0)),
    ("min", "duration", "min", Some(0)),
    ("h", "duration", "h", Some(1)),
    ("C", "temperature", "°C", Some(1)),
    ("m", "distance", "m", Some(0)),
    ("m/s", "speed", "m/s", Some(2)),
    ("kg", "weight", "kg", Some(1)),
];

/// Fields that are yes or no, and their class.
const YES_OR_NO: [(&str, &str); 4] = [
    ("mains", "plug"),
    ("charging", "battery_charging"),
    ("key_sound", ""),
    ("silent_charging", ""),
];

/// How the names of fields begin that tell how a device is and is set, and not what it does: Home
/// Assistant shows them apart.
const DIAGNOSTIC: [&str; 19] = [
    "fault",
    "error_code",
    "firmware",
    "capacity",
    "signal",
    "link_quality",
    "charge_limit",
    "discharge_limit",
    "charge_level",
    "ac_charge_level",
    "max_charge_current",
    "light_mode",
    "key_sound",
    "silent_charging",
    "usb_standby",
    "ac_standby",
    "dc_standby",
    "screen_rest",
    "idle_off",
];

/// What limits take that are narrower than 0 to 100 %: what a station refuses is not offered.
const LIMITS: [(&str, u8, u8); 2] = [("charge", 10, 100), ("discharge", 0, 50)];

/// Where the topics of a device are.
pub(crate) struct Place<'a> {
    pub(crate) base: &'a str,
    pub(crate) id: &'a str,
    pub(crate) expire: u64,
    pub(crate) control: bool,
}

/// The configuration of a device, as one retained message.
pub(crate) fn config(device: &Device, place: &Place<'_>) -> Value {
    let Place { base, id, .. } = place;
    let own = format!("{}_{id}", identifier(base));
    let mut about = Map::new();
    about.insert("ids".to_owned(), json!([own]));
    about.insert("name".to_owned(), device.name().into());
    let recorder = &device.header.device;
    if !recorder.version.is_empty() {
        about.insert("sw".to_owned(), recorder.version.clone().into());
    }
    if let Some(serial) = recorder.serial {
        about.insert("sn".to_owned(), serial.to_string().into());
    }
    let mut components = Map::new();
    for latest in device.values.iter().filter(|latest| latest.was_measured) {
        let part = identifier(&key(&latest.field));
        let mut unique = part.clone();
        let mut number = 2;
        while components.contains_key(&unique) {
            unique = format!("{part}_{number}");
            number += 1;
        }
        let component = component(&latest.field, &format!("{own}_{unique}"), place);
        components.insert(unique, component);
    }
    json!({
        "dev": about,
        "o": { "name": "pipeline", "sw": env!("CARGO_PKG_VERSION") },
        "cmps": components,
        "state_topic": format!("{base}/{id}/state"),
        "availability": [
            { "topic": format!("{base}/status") },
            { "topic": format!("{base}/{id}/status") },
        ],
        "availability_mode": "all",
        "qos": 1,
    })
}

fn component(field: &Field, unique: &str, place: &Place<'_>) -> Value {
    let (name, unit) = (field.name(), field.unit());
    // A key in quotes: names are anything.
    let value = format!("value_json[{}]", Value::from(key(field)));
    let command = |name: &str| format!("{}/{}/set/{name}", place.base, place.id);
    let mut map = Map::new();
    let mut set = |key: &str, value: Value| {
        map.insert(key.to_owned(), value);
    };
    set("unique_id", unique.into());
    set("name", title(name).into());
    let yes_or_no = format!("{{{{ None if {value} is none else ('ON' if {value} else 'OFF') }}}}");
    let switch = name.strip_suffix("_switch").filter(|_| unit.is_empty());
    let limit = name.strip_suffix("_limit").filter(|_| unit == "%");
    if let (Some(switch), true) = (switch, place.control) {
        set("p", "switch".into());
        set("name", title(switch).into());
        set("command_topic", command(switch).into());
        set("value_template", yes_or_no.into());
    } else if let (Some(limit), true) = (limit, place.control) {
        set("p", "number".into());
        set("command_topic", command(&format!("{limit}-limit")).into());
        set("value_template", format!("{{{{ {value} }}}}").into());
        set("unit_of_measurement", "%".into());
        let known = LIMITS.iter().find(|(name, ..)| *name == limit);
        let (least, most) = known.map_or((0, 100), |(_, least, most)| (*least, *most));
        set("min", least.into());
        set("max", most.into());
        set("entity_category", "config".into());
    } else if let Some((_, class)) = YES_OR_NO.iter().find(|(known, _)| *known == name) {
        set("p", "binary_sensor".into());
        if !class.is_empty() {
            set("device_class", (*class).into());
        }
        set("value_template", yes_or_no.into());
        set("expire_after", place.expire.into());
        diagnostic(name, &mut set);
    } else if switch.is_some() {
        set("p", "binary_sensor".into());
        set("value_template", yes_or_no.into());
        set("expire_after", place.expire.into());
    } else {
        set("p", "sensor".into());
        set("value_template", format!("{{{{ {value} }}}}").into());
        set("expire_after", place.expire.into());
        measured(field, &mut set);
    }
    Value::from(map)
}

/// Class, unit and kind of a number.
fn measured(field: &Field, set: &mut dyn FnMut(&str, Value)) {
    let (name, unit) = (field.name(), field.unit());
    let known = UNITS.iter().find(|(symbol, ..)| *symbol == unit);
    let total = known.is_some_and(|(_, class, ..)| *class == "energy");
    let state = if total {
        "total_increasing"
    } else {
        "measurement"
    };
    set("state_class", state.into());
    match known {
        Some((_, class, unit, decimals)) => {
            set("device_class", (*class).into());
            set("unit_of_measurement", (*unit).into());
            if let Some(decimals) = decimals {
                set("suggested_display_precision", (*decimals).into());
            }
        }
        None if unit.is_empty() => {}
        None => set("unit_of_measurement", unit.into()),
    }
    if name.starts_with("state_of_charge") && unit == "%" {
        set("device_class", "battery".into());
        set("suggested_display_precision", 1.into());
    }
    diagnostic(name, set);
}

fn diagnostic(name: &str, set: &mut dyn FnMut(&str, Value)) {
    if DIAGNOSTIC.iter().any(|word| name.starts_with(word)) {
        set("entity_category", "diagnostic".into());
    }
}

/// The name of a socket: `a1`, `c`.
fn is_port(word: &str) -> bool {
    let digits = word.strip_prefix(['a', 'b', 'c']);
    digits.is_some_and(|digits| digits.len() < 2 && digits.bytes().all(|it| it.is_ascii_digit()))
}

/// `ac_output_power` as people write it: `AC output power`.
fn title(name: &str) -> String {
    const CAPITALS: [&str; 6] = ["ac", "dc", "usb", "pv", "soc", "usb-c"];
    let mut words = Vec::new();
    for (index, word) in name.split('_').filter(|word| !word.is_empty()).enumerate() {
        let mut letters = word.chars();
        let word = if CAPITALS.contains(&word) || is_port(word) {
            word.to_uppercase()
        } else if let (0, Some(first)) = (index, letters.next()) {
            first.to_uppercase().chain(letters).collect()
        } else {
            word.to_owned()
        };
        words.push(word);
    }
    words.join(" ")
}
