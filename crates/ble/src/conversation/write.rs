//! From what happened to YAML.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use pipeline_plugin::ble::{Service, Uuid};
use pipeline_plugin::{Error, Result};

use super::VERSION;
use super::known::{Known, SHORTEST_MTU};
use super::raw::PROPERTIES;
use crate::journal::{Device, Entry, Fault, Head, Hex, Id, Op, ServiceLine};

/// Bytes in a line.
const WIDTH: usize = 24;

/// From how many equal bytes on they are counted.
const REPEATED: usize = 8;

/// The shortest text in a value that is shown.
const TEXT: usize = 4;

pub(super) fn yaml(head: &Head, entries: &[Entry], names: &[(&str, Uuid)]) -> Result<String> {
    let mut talk = Talk {
        devices: devices(entries)?,
        asked: BTreeSet::new(),
        names: names.iter().map(|(name, uuid)| (*uuid, *name)).collect(),
        used: BTreeMap::new(),
    };
    let devices = talk.devices();
    let mut steps = String::new();
    for entry in entries {
        if let Some(step) = talk.step(entry)? {
            let _ = writeln!(steps, "  - {{ {step} }}{}", comment(entry));
        }
    }
    let mut text =
        "# What pipeline and a device said to one another; `pipeline convert` plays it.\n"
            .to_owned();
    let _ = writeln!(text, "conversation: {VERSION}");
    let _ = writeln!(text, "start: {}", quoted(&head.start.to_string()));
    let _ = writeln!(text, "program: {}", quoted(&head.program));
    match &head.source {
        Some(source) => {
            let _ = writeln!(text, "source: {{ {}: {} }}", source.plugin, source.settings);
        }
        None => text += "# source: { rowing: {} }   # which one makes activities of it\n",
    }
    if let Some(device) = &head.device {
        let _ = writeln!(text, "device: {}", quoted(device));
    }
    if !talk.used.is_empty() {
        text += "names:\n";
        for (name, uuid) in &talk.used {
            let _ = writeln!(text, "  {name}: {}", quoted(&Id(*uuid).to_string()));
        }
    }
    text += "devices:\n";
    text += &devices;
    text += "steps:\n";
    text += &steps;
    Ok(text)
}

struct Talk<'a> {
    devices: Vec<Known>,
    /// Connections on which something was written since they last sent something.
    asked: BTreeSet<u32>,
    names: BTreeMap<Uuid, &'a str>,
    /// Names that occur.
    used: BTreeMap<&'a str, Uuid>,
}

/// Who takes part: what is known of each device in the end.
fn devices(entries: &[Entry]) -> Result<Vec<Known>> {
    let mut known: Vec<Known> = Vec::new();
    for entry in entries {
        match entry {
            Entry::Seen { device, .. } => {
                device.clone_into(&mut place(&mut known, &device.id).seen);
            }
            Entry::Unconnected { device, .. } => {
                place(&mut known, device);
            }
            Entry::Connected {
                device,
                mtu,
                services,
                ..
            } => {
                let one = place(&mut known, device);
                if one.services.is_empty() {
                    (one.mtu, one.services) = (*mtu, services.clone());
                } else if one.services != *services {
                    let text = "a device has changed its services in between, which a \
                                conversation can't tell";
                    return Err(Error::skip(text).with_help("record one connection only"));
                }
            }
            _ => {}
        }
    }
    for at in 0..known.len() {
        let (before, rest) = known.split_at_mut(at);
        let Some(one) = rest.first_mut() else { break };
        let name = slug(one.seen.name.as_deref().unwrap_or_default());
        let is_taken = name.is_empty() || before.iter().any(|other| other.called == name);
        one.called = if is_taken {
            format!("{name}device-{}", at + 1)
        } else {
            name
        };
    }
    Ok(known)
}

fn place<'a>(known: &'a mut Vec<Known>, id: &str) -> &'a mut Known {
    let at = known.iter().position(|one| one.seen.id == id);
    let at = at.unwrap_or_else(|| {
        known.push(Known {
            called: String::new(),
            seen: Device {
                id: id.to_owned(),
                ..Device::default()
            },
            mtu: SHORTEST_MTU,
            services: Vec::new(),
            link: None,
        });
        known.len() - 1
    });
    #[expect(clippy::indexing_slicing, reason = "found or pushed just now")]
    &mut known[at]
}

/// A name in small letters, digits and dashes.
fn slug(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    let slug = words.join("-").to_ascii_lowercase();
    // Digits alone would be a number.
    if slug.starts_with(|c: char| c.is_ascii_digit()) {
        format!("device-{slug}")
    } else {
        slug
    }
}

impl Talk<'_> {
    /// What a service or characteristic is called.
    fn name(&mut self, uuid: Uuid) -> String {
        match self.names.get(&uuid) {
            Some(name) => {
                self.used.insert(name, uuid);
                (*name).to_owned()
            }
            None => quoted(&Id(uuid).to_string()),
        }
    }

    fn devices(&mut self) -> String {
        let mut text = String::new();
        let known = std::mem::take(&mut self.devices);
        for one in &known {
            let _ = writeln!(text, "  - called: {}", one.called);
            let _ = writeln!(text, "    id: {}", quoted(&one.seen.id));
            if let Some(name) = &one.seen.name {
                let _ = writeln!(text, "    name: {}", quoted(name));
            }
            if let Some(rssi) = one.seen.rssi {
                let _ = writeln!(text, "    rssi: {rssi}");
            }
            if !one.seen.services.is_empty() {
                let services = one.seen.services.iter();
                let services: Vec<_> = services.map(|id| self.name(id.0)).collect();
                let _ = writeln!(text, "    advertises: [{}]", services.join(", "));
            }
            for ((company, data), at) in one.seen.manufacturer.iter().zip(0..) {
                if at == 0 {
                    text += "    manufacturer:\n";
                }
                let _ = writeln!(text, "      - {{ company: {company}, hex: {} }}", hex(data));
            }
            let _ = writeln!(text, "    mtu: {}", one.mtu);
            self.services(&one.services, &mut text);
        }
        self.devices = known;
        text
    }

    fn services(&mut self, services: &[ServiceLine], text: &mut String) {
        if services.is_empty() {
            return;
        }
        *text += "    services:\n";
        for service in services {
            let service = Service::from(service.clone());
            let _ = write!(text, "      - {}:", self.name(service.uuid));
            *text += if service.characteristics.is_empty() {
                " []\n"
            } else {
                "\n"
            };
            for one in service.characteristics {
                let bits = PROPERTIES.iter().zip(0..);
                let set = bits.filter(|(_, bit)| one.properties >> bit & 1 == 1);
                let set: Vec<_> = set.map(|(name, _)| *name).collect();
                let name = self.name(one.uuid);
                let _ = writeln!(text, "          - {name}: [{}]", set.join(", "));
            }
        }
    }

    /// The step that an entry is; `None` if it says nothing that is heard when it is played.
    fn step(&mut self, entry: &Entry) -> Result<Option<String>> {
        let at = seconds(entry.t());
        let what = match entry {
            Entry::Seen { scan, device, .. } => {
                let called = &self.of_id(&device.id)?.called;
                match scan {
                    1 => format!("seen: {called}"),
                    scan => format!("seen: {called}, scan: {scan}"),
                }
            }
            Entry::Connected {
                device, link, mtu, ..
            } => {
                let one = self.of_id(device)?;
                one.link = Some(*link);
                if one.mtu == *mtu {
                    format!("connect: {}", one.called)
                } else {
                    format!("connect: {}, mtu: {mtu}", one.called)
                }
            }
            Entry::Unconnected { device, error, .. } => {
                let called = &self.of_id(device)?.called;
                format!("refuse: {called}, error: {}", fault(error))
            }
            Entry::Done { .. } | Entry::Value { .. } => self.of_characteristic(entry)?,
            Entry::Lost { link, .. } => format!("lost: {}", self.of_link(*link)?.called),
            Entry::Disconnected { link, .. } => {
                // A device that has a new connection has lost the old one.
                let Ok(one) = self.of_link(*link) else {
                    return Ok(None);
                };
                format!("disconnect: {}", one.called)
            }
            Entry::Delivered { streams, .. } => format!("delivered: {streams}"),
            Entry::Stop { .. } => "end: run".to_owned(),
            Entry::End { .. } => "end: source".to_owned(),
        };
        Ok(Some(format!("at: {at}, {what}")))
    }

    fn of_characteristic(&mut self, entry: &Entry) -> Result<String> {
        let (Entry::Done { link, of, hex, .. } | Entry::Value { link, of, hex, .. }) = entry else {
            return Ok(String::new());
        };
        let first = self.devices.first().and_then(|one| one.link) == Some(*link);
        let one = self.of_link(*link)?;
        let on = if first {
            String::new()
        } else {
            format!(", on: {}", one.called)
        };
        let verb = match entry {
            Entry::Done { op, .. } => {
                if op.is_write() {
                    self.asked.insert(*link);
                }
                match op {
                    Op::Read => "read",
                    Op::Write => "write",
                    Op::WriteQuickly => "write-quickly",
                    Op::Subscribe => "subscribe",
                    Op::Unsubscribe => "unsubscribe",
                }
            }
            _ if self.asked.remove(link) => "answer",
            _ => "notify",
        };
        let mut text = format!("{verb}: {}{on}", self.name(of.0));
        if !hex.is_empty() {
            let _ = write!(text, ", hex: {}", self::hex(hex));
        }
        if let Entry::Done {
            error: Some(error), ..
        } = entry
        {
            let _ = write!(text, ", error: {}", fault(error));
        }
        Ok(text)
    }

    fn of_id(&mut self, id: &str) -> Result<&mut Known> {
        let mut devices = self.devices.iter_mut();
        let one = devices.find(|one| one.seen.id == id);
        one.ok_or_else(|| Error::skip(format!("the recording knows no device `{id}`")))
    }

    fn of_link(&mut self, link: u32) -> Result<&mut Known> {
        let mut devices = self.devices.iter_mut();
        let one = devices.find(|one| one.link == Some(link));
        one.ok_or_else(|| {
            let text = format!(
                "connection {link} of the recording is used although its device has a newer one, \
                 or none"
            );
            Error::skip(text)
        })
    }
}

/// Seconds, to the microsecond.
fn seconds(t: i64) -> String {
    let text = format!("{}.{:06}", t / 1_000_000, t % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A text in quotes: what JSON quotes is YAML.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn fault(error: &Fault) -> String {
    serde_json::to_string(error).unwrap_or_default()
}

/// Bytes in quotes, so many in a line; many equal ones as `00*57`.
fn hex(bytes: &Hex) -> String {
    let mut words = Vec::new();
    for run in bytes.0.chunk_by(|a, b| a == b) {
        let Some(byte) = run.first() else { continue };
        if run.len() >= REPEATED {
            words.push(format!("{byte:02x}*{}", run.len()));
        } else {
            words.extend(run.iter().map(|byte| format!("{byte:02x}")));
        }
    }
    let lines: Vec<_> = words.chunks(WIDTH).map(|line| line.join(" ")).collect();
    // White space between the quotes counts for nothing.
    let start = if lines.len() > 1 { "\n      " } else { "" };
    format!("\"{start}{}\"", lines.join("\n      "))
}

/// The text in a value, if there is one, for people.
fn comment(entry: &Entry) -> String {
    let (Entry::Done { hex, .. } | Entry::Value { hex, .. }) = entry else {
        return String::new();
    };
    let texts = hex.0.split(|byte| !matches!(byte, b' '..=b'~'));
    let text = texts.max_by_key(|text| text.len());
    let text = text.and_then(|text| std::str::from_utf8(text).ok());
    // Numbers look like a few letters now and then.
    let others = hex.0.iter().filter(|byte| **byte != 0).count();
    let text = text.filter(|text| text.len() >= TEXT && 2 * text.len() >= others);
    text.map_or_else(String::new, |text| format!("   # {}", text.trim()))
}
