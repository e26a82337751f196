//! A device as it is shown.

use std::cmp::Reverse;
use std::fmt::Write;

use pipeline_plugin::ble::Sighting;
use serde_json::{Value, json};

use super::kind::Kind;
use crate::{plugins, words};

/// A device in range.
pub(crate) struct Device {
    seen: Sighting,
    kind: Kind,
    /// What has to be typed to use it.
    next: Option<String>,
}

impl Device {
    /// A device; one that is simulated is used by the description that it comes from.
    pub(crate) fn new(seen: Sighting, simulated: Option<&str>) -> Self {
        let kind = Kind::of(&seen);
        let device = simulated.map_or_else(|| argument(&seen), quoted);
        let next = kind.pipeline().map(|name| {
            let is_bundled = plugins::PIPELINES
                .iter()
                .any(|(bundled, _)| *bundled == name);
            let file = if is_bundled {
                format!("@{name}")
            } else {
                format!("{name}.yaml")
            };
            format!("pipeline run {file} --device {device}")
        });
        Self { seen, kind, next }
    }

    /// Its place in the list: known kinds first, then by signal, then by address.
    pub(crate) fn rank(&self) -> (bool, Reverse<Option<i16>>, String) {
        let is_unknown = self.kind == Kind::Unknown;
        (is_unknown, Reverse(self.seen.rssi), self.seen.id.clone())
    }

    pub(crate) fn json(&self) -> Value {
        let services: Vec<_> = self.seen.services.iter().map(ToString::to_string).collect();
        json!({
            "v": 1,
            "type": "device",
            "address": self.seen.id,
            "name": self.seen.name,
            "kind": self.kind.name(),
            "label": self.kind.label(),
            "rssi": self.seen.rssi,
            "services": services,
            "next": self.next,
        })
    }
}

/// The list. Devices that no pipeline can use are only counted, unless `all` are wanted.
pub(crate) fn text(devices: &[Device], all: bool) -> String {
    let is_shown = |device: &&Device| all || device.kind != Kind::Unknown;
    let shown: Vec<_> = devices.iter().filter(is_shown).collect();
    let width = |column: fn(&Device) -> String| {
        let widths = shown.iter().map(|device| column(device).chars().count());
        widths.max().unwrap_or_default()
    };
    let widths = (width(name), width(|device| device.seen.id.clone()));
    let mut text = String::new();
    for device in &shown {
        let (name, id) = (name(device), words::clean(&device.seen.id));
        let (name_width, id_width) = widths;
        let signal = device.seen.rssi.map_or_else(String::new, signal);
        let label = device.kind.label();
        let line = format!("{name:name_width$}  {id:id_width$}  {signal:20}  {label}");
        let _ = writeln!(text, "{}", line.trim_end());
        for line in device
            .next
            .iter()
            .map(String::as_str)
            .chain(device.kind.note())
        {
            let _ = writeln!(text, "    {line}");
        }
    }
    let hidden = devices.len() - shown.len();
    if hidden > 0 {
        let more = if shown.is_empty() { "" } else { "more " };
        let what = words::count(hidden, "device", "devices");
        let what = what.replacen(' ', &format!(" {more}"), 1);
        let _ = writeln!(text, "{what} that no pipeline can use; `--all` lists them");
    }
    text
}

fn name(device: &Device) -> String {
    device
        .seen
        .name
        .as_deref()
        .map_or("–".to_owned(), words::clean)
}

/// `-52 dBm, strong`.
fn signal(rssi: i16) -> String {
    let word = match rssi {
        -60.. => "strong",
        -75..-60 => "good",
        -88..-75 => "weak",
        _ => "nearly gone",
    };
    format!("{rssi} dBm, {word}")
}

/// What to write behind `--device`: the name, if a shell takes it as it is, or else the address.
fn argument(seen: &Sighting) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || " ._-()".contains(c);
    match &seen.name {
        Some(name) if name.chars().all(is_plain) && !name.starts_with('-') => quoted(name),
        _ => quoted(&seen.id),
    }
}

/// As one word for a shell. No name that comes this far has a quotation mark in it.
fn quoted(text: &str) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || "._-:+=".contains(c);
    if text.chars().all(is_word) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', ""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(name: Option<&str>, rssi: i16) -> Device {
        let seen = Sighting {
            id: "C0:FF:EE:00:00:01".to_owned(),
            name: name.map(str::to_owned),
            rssi: Some(rssi),
            ..Sighting::default()
        };
        Device::new(seen, None)
    }

    #[test]
    fn commands_are_safe_to_paste() {
        for (name, expected) in [
            (Some("XOSS G-040989"), "'XOSS G-040989'"),
            (Some("POWER-0084"), "POWER-0084"),
            (Some("XOSS'; rm -rf ~ #"), "C0:FF:EE:00:00:01"),
            (Some("XOSS $(reboot)"), "C0:FF:EE:00:00:01"),
            (Some("M1_`id`"), "C0:FF:EE:00:00:01"),
        ] {
            let next = device(name, -50).next.unwrap();
            assert!(next.ends_with(&format!("--device {expected}")), "{next}");
        }
        assert_eq!(device(None, -50).next, None);
    }

    #[test]
    fn the_useful_and_near_come_first() {
        let mut devices = vec![
            device(None, -30),
            device(Some("XOSS G"), -90),
            device(Some("POWER-0084"), -61),
        ];
        devices.sort_by_key(Device::rank);
        let text = text(&devices, false);
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].starts_with("POWER-0084  C0:FF:EE:00:00:01  -61 dBm, good"));
        assert!(lines[2].starts_with("XOSS G "), "{text}");
        let last = "1 more device that no pipeline can use; `--all` lists them";
        assert_eq!(lines.last(), Some(&last));
    }
}
