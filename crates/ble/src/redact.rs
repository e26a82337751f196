//! Making a recording unrecognisable by what tells whose it is: addresses, serial numbers, names.

use std::sync::{Mutex, PoisonError};

use pipeline_plugin::ble::{Uuid, uuid16};

use crate::journal::{Entry, Hex, Op};

/// Characteristics whose values tell whose device it is: Device Name, System ID, Serial Number.
const TELLING: [Uuid; 3] = [uuid16(0x2A00), uuid16(0x2A23), uuid16(0x2A25)];

/// Characteristics that hold secrets: the identity and the keys of a Fossibot power station.
pub const SECRETS: [Uuid; 1] = [uuid16(0xC301)];

/// What names begin with by which a device's kind is known, longer ones first; the rest of a name may
/// be a serial number, or the owner's own.
const KINDS: [&str; 24] = [
    "ESP Rowing Monitor (CPS)",
    "ESP Rowing Monitor (CSC)",
    "ESP Rowing Monitor (FTMS)",
    "ESPRowingMonitor",
    "ESP Rowing Monitor",
    "ESP32",
    "XOSS NAV",
    "XOSS",
    "CYCPLUS",
    "M1_",
    "M2_",
    "M3_",
    "FOSSIBOT",
    "FOSS_",
    "POWER-V1-",
    "POWER-",
    "AFERIY",
    "Sydpower",
    "PM5",
    "WaterRower",
    "S4 COMMS",
    "Polar",
    "TICKR",
    "HRM",
];

/// Values that are shorter are not looked for in others: they would be found by chance.
const SHORTEST: usize = 4;

/// Replaces what tells whose device it is, each time by the same.
#[derive(Debug, Default)]
pub(crate) struct Redactor {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    /// Identifiers of devices, and what stands for them.
    devices: Vec<(String, String)>,
    /// Names, and what stands for them.
    names: Vec<(String, String)>,
    /// Bytes that are not to be seen in any value, and as many that stand for them.
    bytes: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Redactor {
    /// The entry without them.
    pub(crate) fn redact(&self, entry: &Entry) -> Entry {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut entry = entry.clone();
        match &mut entry {
            Entry::Seen { device, .. } => {
                device.id = known.device(&device.id);
                if let Some(name) = &mut device.name {
                    *name = known.name(name);
                }
                for (_, data) in &mut device.manufacturer {
                    known.clean(data);
                }
            }
            Entry::Connected { device, .. } => *device = known.device(device),
            Entry::Unconnected { device, error, .. } => {
                *device = known.device(device);
                error.message = known.text(&error.message);
            }
            Entry::Done {
                op, of, hex, error, ..
            } => {
                if *op == Op::Read && TELLING.contains(&of.0) {
                    known.telling(&hex.0);
                    hex.0.iter_mut().for_each(|byte| *byte = stand_in(*byte));
                }
                if SECRETS.contains(&of.0) {
                    known.secret(hex);
                }
                known.clean(hex);
                if let Some(error) = error {
                    error.message = known.text(&error.message);
                }
            }
            Entry::Value { of, hex, .. } => {
                if SECRETS.contains(&of.0) {
                    known.secret(hex);
                }
                known.clean(hex);
            }
            Entry::Lost { .. }
            | Entry::Disconnected { .. }
            | Entry::Delivered { .. }
            | Entry::Stop { .. }
            | Entry::End { .. } => {}
        }
        entry
    }

    /// The text without identifiers and names that were seen so far.
    pub(crate) fn text(&self, text: &str) -> String {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.text(text)
    }
}

impl Known {
    fn device(&mut self, id: &str) -> String {
        if let Some((_, alias)) = self.devices.iter().find(|(known, _)| known == id) {
            return alias.clone();
        }
        let number = self.devices.len() + 1;
        let address: Option<Vec<u8>> = id
            .split(':')
            .map(|byte| u8::from_str_radix(byte, 16).ok())
            .collect();
        let alias = match address.filter(|address| address.len() == 6) {
            Some(mut address) => {
                // Of a recording without addresses: zeros stand in any value.
                if !address.starts_with(&[0; 4]) {
                    self.forbid(&address, |_| 0);
                    // Devices send their own address lowest byte first.
                    address.reverse();
                    self.forbid(&address, |_| 0);
                }
                format!(
                    "00:00:00:00:{:02X}:{:02X}",
                    number >> 8 & 0xFF,
                    number & 0xFF
                )
            }
            None => format!("device-{number}"),
        };
        self.devices.push((id.to_owned(), alias.clone()));
        alias
    }

    fn name(&mut self, name: &str) -> String {
        if let Some((_, alias)) = self.names.iter().find(|(known, _)| known == name) {
            return alias.clone();
        }
        let kind = KINDS.iter().find(|kind| name.starts_with(**kind));
        let kind = kind.map_or(0, |kind| kind.len());
        let stands = |(at, c): (usize, char)| {
            if at < kind || c == ' ' || c == '-' {
                c.to_string()
            } else {
                "x".repeat(c.len_utf8())
            }
        };
        let alias: String = name.char_indices().map(stands).collect();
        if alias != name {
            let own = name
                .get(kind..)
                .unwrap_or_default()
                .trim_matches([' ', '-']);
            self.forbid(own.as_bytes(), stand_in);
        }
        self.names.push((name.to_owned(), alias.clone()));
        alias
    }

    /// A value that tells whose device it is.
    fn telling(&mut self, value: &[u8]) {
        let value = value.trim_ascii();
        let end = value
            .iter()
            .rposition(|byte| *byte != 0)
            .map_or(0, |at| at + 1);
        self.forbid(value.get(..end).unwrap_or_default(), stand_in);
    }

    /// Not even of which kind its bytes were is to be seen, there or anywhere behind.
    fn secret(&mut self, value: &mut Hex) {
        self.forbid(&value.0, |_| 0);
        value.0.fill(0);
    }

    fn forbid(&mut self, bytes: &[u8], stand_in: fn(u8) -> u8) {
        let is_known = self.bytes.iter().any(|(known, _)| known == bytes);
        if bytes.len() >= SHORTEST && !is_known {
            let alias = bytes.iter().copied().map(stand_in).collect();
            self.bytes.push((bytes.to_vec(), alias));
        }
    }

    /// Replaces forbidden bytes in a value.
    fn clean(&self, value: &mut Hex) {
        for (forbidden, alias) in &self.bytes {
            let mut at = 0;
            while let Some(window) = value.0.get_mut(at..at + forbidden.len()) {
                if window == forbidden {
                    window.copy_from_slice(alias);
                }
                at += 1;
            }
        }
    }

    /// Replaces identifiers and names in a text.
    fn text(&self, text: &str) -> String {
        let known = self.devices.iter().chain(&self.names);
        known.fold(text.to_owned(), |text, (known, alias)| {
            text.replace(known, alias)
        })
    }
}

/// What stands for a byte: of the same kind, so that text stays text.
fn stand_in(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => b'0',
        b'a'..=b'z' | b'A'..=b'Z' => b'x',
        b' '..=b'~' => byte,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::{Device, Id};

    fn read(of: u16, value: &[u8]) -> Entry {
        Entry::Done {
            t: 2,
            asked: 1,
            link: 1,
            op: Op::Read,
            of: Id(uuid16(of)),
            hex: Hex(value.to_vec()),
            error: None,
        }
    }

    fn value_of(entry: &Entry) -> String {
        let (Entry::Done { hex, .. } | Entry::Value { hex, .. }) = entry else {
            return String::new();
        };
        String::from_utf8_lossy(&hex.0).into_owned()
    }

    #[test]
    fn whose_device_it_is_can_t_be_seen_anywhere() {
        let redactor = Redactor::default();
        let device = Device {
            id: "24:0A:C4:12:34:56".to_owned(),
            name: Some("XOSS G-008642".to_owned()),
            manufacturer: vec![(1, Hex(vec![9, 0x56, 0x34, 0x12, 0xC4, 0x0A, 0x24]))],
            ..Device::default()
        };
        let (t, scan) = (1, 1);
        let Entry::Seen { device, .. } = redactor.redact(&Entry::Seen { t, scan, device }) else {
            panic!("a sighting stays one");
        };
        assert_eq!(device.id, "00:00:00:00:00:01");
        assert_eq!(device.name.as_deref(), Some("XOSS x-xxxxxx"));
        assert_eq!(device.manufacturer[0].1.0, [9, 0, 0, 0, 0, 0, 0]);
        let serial = redactor.redact(&read(0x2A25, b"AB-77191\0"));
        assert_eq!(value_of(&serial), "xx-00000\0");
        let other = redactor.redact(&read(0x2A26, b"v1 of AB-77191, G-008642"));
        assert_eq!(value_of(&other), "v1 of xx-00000, x-000000");
        let other = redactor.redact(&read(0x2A26, b"1.10"));
        assert_eq!(value_of(&other), "1.10");
    }

    /// `pipeline capture` doesn't read them, but a plugin may have done so in a recording.
    #[test]
    fn of_secrets_only_their_length_is_left() {
        let redactor = Redactor::default();
        let secret = [0x41, 0x2D, 0x37, 0xC3, 0x7E];
        for entry in [read(0xC301, &secret), read(0x2A26, &secret)] {
            assert_eq!(value_of(&redactor.redact(&entry)), "\0\0\0\0\0");
        }
        let told = Entry::Value {
            t: 3,
            link: 1,
            of: Id(uuid16(0xC301)),
            hex: Hex(vec![0x42; 3]),
        };
        assert_eq!(value_of(&redactor.redact(&told)), "\0\0\0");
    }

    #[test]
    fn what_is_unrecognisable_stays_as_it_is() {
        let redactor = Redactor::default();
        let device = Device {
            id: "00:00:00:00:00:01".to_owned(),
            name: Some("M2_xxxx".to_owned()),
            ..Device::default()
        };
        let (t, scan) = (1, 1);
        let seen = Entry::Seen { t, scan, device };
        assert_eq!(redactor.redact(&seen), seen);
        let read = read(0x2AD1, &[0xAC, 0, 0x7E, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
        assert_eq!(redactor.redact(&read), read);
    }

    #[test]
    fn the_same_device_keeps_its_name_and_another_gets_another() {
        let redactor = Redactor::default();
        let connected = |device: &str| {
            let entry = redactor.redact(&Entry::Connected {
                t: 2,
                asked: 1,
                link: 1,
                device: device.to_owned(),
                mtu: 23,
                services: Vec::new(),
            });
            let Entry::Connected { device, .. } = entry else {
                return String::new();
            };
            device
        };
        assert_eq!(connected("AA:BB:CC:DD:EE:FF"), "00:00:00:00:00:01");
        assert_eq!(
            connected("9C6C4E26-0000-1111-2222-333344445555"),
            "device-2"
        );
        assert_eq!(connected("AA:BB:CC:DD:EE:FF"), "00:00:00:00:00:01");
    }
}
