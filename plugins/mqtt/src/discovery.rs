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

/// How the names of fields begin that are 0 as long as nothing is wrong, and else say what, as a
/// number.
const FAULT: &str = "fault_";

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

/// What a field is beside a value, if its device takes commands.
enum Control<'a> {
    /// Of that name, on or off.
    Switch(&'a str),
    /// Of that name, a share in percent from and to.
    Limit(&'a str, u8, u8),
}

impl<'a> Control<'a> {
    fn of(field: &'a Field) -> Option<Self> {
        let (name, unit) = (field.name(), field.unit());
        if let ("", Some(switch)) = (unit, name.strip_suffix("_switch")) {
            return Some(Self::Switch(switch));
        }
        let limit = name.strip_suffix("_limit").filter(|_| unit == "%")?;
        let known = LIMITS.iter().find(|(name, ..)| *name == limit);
        let (least, most) = known.map_or((0, 100), |(_, least, most)| (*least, *most));
        Some(Self::Limit(limit, least, most))
    }

    fn platform(&self) -> &'static str {
        match self {
            Self::Switch(_) => "switch",
            Self::Limit(..) => "number",
        }
    }
}

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
        let field = &latest.field;
        let part = unused(&components, &identifier(&key(field)));
        let unique = format!("{own}_{part}");
        let shown = value(field, &unique, place);
        let Some(control) = Control::of(field) else {
            components.insert(part, shown);
            continue;
        };
        // It is one of the two. Of what it was before, when commands were forbidden or allowed,
        // Home Assistant lets go when the part has nothing but its platform.
        let (shown, controlled) = if place.control {
            let gone = json!({ "p": shown.get("p") });
            (gone, self::control(field, &control, &unique, place))
        } else {
            (shown, json!({ "p": control.platform() }))
        };
        let other = unused(&components, &format!("{part}_set"));
        components.insert(part, shown);
        components.insert(other, controlled);
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
    })
}

/// A key that no component has: this one, or with a number behind it.
fn unused(components: &Map<String, Value>, part: &str) -> String {
    let mut unique = part.to_owned();
    let mut number = 2;
    while components.contains_key(&unique) {
        unique = format!("{part}_{number}");
        number += 1;
    }
    unique
}

/// What all components have.
fn begun(platform: &str, name: &str, unique: &str) -> Map<String, Value> {
    let mut map = Map::new();
    map.insert("p".to_owned(), platform.into());
    map.insert("unique_id".to_owned(), unique.into());
    map.insert("name".to_owned(), name.into());
    // Not inherited from the device.
    map.insert("qos".to_owned(), 1.into());
    map
}

/// A field's value in a template, with its key in quotes: names are anything.
fn in_template(field: &Field) -> String {
    format!("value_json[{}]", Value::from(key(field)))
}

/// A template for yes or no.
fn yes_or_no(field: &Field) -> String {
    let value = in_template(field);
    format!("{{{{ None if {value} is none else ('ON' if {value} else 'OFF') }}}}")
}

/// What can be set.
fn control(field: &Field, control: &Control<'_>, unique: &str, place: &Place<'_>) -> Value {
    let command = |name: &str| format!("{}/{}/set/{name}", place.base, place.id);
    match control {
        Control::Switch(switch) => {
            let mut map = begun(control.platform(), &title(switch), unique);
            map.insert("command_topic".to_owned(), command(switch).into());
            map.insert("value_template".to_owned(), yes_or_no(field).into());
            Value::from(map)
        }
        Control::Limit(limit, least, most) => {
            let mut map = begun(control.platform(), &title(field.name()), unique);
            let template = format!("{{{{ {} }}}}", in_template(field));
            let topic = command(&format!("{limit}-limit"));
            map.insert("command_topic".to_owned(), topic.into());
            map.insert("value_template".to_owned(), template.into());
            map.insert("unit_of_measurement".to_owned(), "%".into());
            map.insert("min".to_owned(), (*least).into());
            map.insert("max".to_owned(), (*most).into());
            map.insert("entity_category".to_owned(), "config".into());
            Value::from(map)
        }
    }
}

/// What is shown.
fn value(field: &Field, unique: &str, place: &Place<'_>) -> Value {
    let name = field.name();
    let known = YES_OR_NO.iter().find(|(known, _)| *known == name);
    let is_fault = name.starts_with(FAULT) && field.unit().is_empty();
    let is_switch = matches!(Control::of(field), Some(Control::Switch(_)));
    let is_yes_or_no = known.is_some() || is_fault || is_switch;
    let platform = if is_yes_or_no {
        "binary_sensor"
    } else {
        "sensor"
    };
    let mut map = begun(platform, &title(name), unique);
    let mut set = |key: &str, value: Value| {
        map.insert(key.to_owned(), value);
    };
    set("expire_after", place.expire.into());
    if is_yes_or_no {
        set("value_template", yes_or_no(field).into());
    } else {
        set(
            "value_template",
            format!("{{{{ {} }}}}", in_template(field)).into(),
        );
        measured(field, &mut set);
    }
    if let Some((_, class)) = known.filter(|(_, class)| !class.is_empty()) {
        set("device_class", (*class).into());
    }
    if is_fault {
        set("device_class", "problem".into());
        let topic = format!("{}/{}/state", place.base, place.id);
        let code = format!("{{{{ {{'code': {}}} | tojson }}}}", in_template(field));
        set("json_attributes_topic", topic.into());
        set("json_attributes_template", code.into());
    }
    if DIAGNOSTIC.iter().any(|word| name.starts_with(word)) {
        set("entity_category", "diagnostic".into());
    }
    Value::from(map)
}

/// Class, unit and kind of a number.
fn measured(field: &Field, set: &mut dyn FnMut(&str, Value)) {
    let (name, unit) = (field.name(), field.unit());
    let known = UNITS.iter().find(|(symbol, ..)| *symbol == unit);
    if unit.is_empty() && DIAGNOSTIC.iter().any(|word| name.starts_with(word)) {
        // A code: its mean says nothing.
        set("suggested_display_precision", 0.into());
        return;
    }
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use pipeline_plugin::{Batch, Header, Timestamp};

    use super::*;

    /// What Home Assistant takes for a class of sensors: units, and kinds of states. Its version
    /// 2026.2 refuses a sensor of other units, and warns of other states.
    const RULES: [(&str, &[&str], &[&str]); 11] = [
        ("power", &["mW", "W", "kW", "MW"], &["measurement"]),
        (
            "energy",
            &["J", "kJ", "MJ", "Wh", "kWh", "MWh", "cal", "kcal"],
            &["total", "total_increasing"],
        ),
        ("voltage", &["mV", "V", "kV"], &["measurement"]),
        ("current", &["mA", "A"], &["measurement"]),
        ("frequency", &["Hz", "kHz", "MHz", "GHz"], &["measurement"]),
        (
            "duration",
            &["ms", "s", "min", "h", "d"],
            &["measurement", "total"],
        ),
        ("temperature", &["°C", "°F", "K"], &["measurement"]),
        (
            "distance",
            &["mm", "cm", "m", "km"],
            &["measurement", "total"],
        ),
        ("speed", &["m/s", "km/h", "kn"], &["measurement"]),
        ("weight", &["g", "kg"], &["measurement", "total"]),
        ("battery", &["%"], &["measurement"]),
    ];

    /// The components of a device with these fields.
    fn components(fields: &[(&str, &str)], control: bool) -> Map<String, Value> {
        let mut device = Device::new(&Header::default());
        let mut batch = Batch::of_times(vec![Timestamp::from_seconds(0)]);
        for (name, unit) in fields {
            batch.add(Field::new(name, unit), vec![1.0]);
        }
        device.state(&batch, 0, Duration::from_secs(60));
        let place = Place {
            base: "pipeline",
            id: "shed",
            expire: 60,
            control,
        };
        let config = config(&device, &place);
        config["cmps"].as_object().unwrap().clone()
    }

    #[test]
    fn classes_units_and_states_go_together() {
        let units = UNITS.iter().map(|(unit, ..)| *unit).chain(["%", "", "bpm"]);
        let mut classes = 0;
        for unit in units {
            for name in ["value", "state_of_charge", "charge_limit", "fault_ac"] {
                let all = components(&[(name, unit)], false);
                let sensor = &all[name];
                if sensor["p"] != "sensor" {
                    continue;
                }
                let Some(class) = sensor["device_class"].as_str() else {
                    continue;
                };
                classes += 1;
                let (_, units, states) = RULES.iter().find(|rule| rule.0 == class).unwrap();
                let text = |key: &str| sensor[key].as_str().unwrap();
                assert!(units.contains(&text("unit_of_measurement")), "{sensor}");
                assert!(states.contains(&text("state_class")), "{sensor}");
            }
        }
        assert!(classes > UNITS.len(), "{classes}");
    }

    #[test]
    fn what_can_be_set_is_one_thing_and_the_other_goes() {
        let fields = [("ac_switch", ""), ("charge_limit", "%"), ("mains", "")];
        let of = |control: bool| {
            let all = components(&fields, control);
            let line = |(key, value): (&String, &Value)| {
                let gone = value.as_object().unwrap().len() == 1;
                let is = if gone { "gone" } else { "there" };
                format!("{key} {} {is}", value["p"].as_str().unwrap())
            };
            all.iter().map(line).collect::<Vec<_>>()
        };
        assert_eq!(
            of(false),
            [
                "ac_switch binary_sensor there",
                "ac_switch_set switch gone",
                "charge_limit sensor there",
                "charge_limit_set number gone",
                "mains binary_sensor there",
            ]
        );
        assert_eq!(
            of(true),
            [
                "ac_switch binary_sensor gone",
                "ac_switch_set switch there",
                "charge_limit sensor gone",
                "charge_limit_set number there",
                "mains binary_sensor there",
            ]
        );
    }

    #[test]
    fn a_code_has_no_mean() {
        let all = components(&[("error_code", ""), ("fault_ac", "")], false);
        assert_eq!(all["error_code"].get("state_class"), None);
        assert_eq!(all["fault_ac"]["device_class"], "problem");
    }
}
