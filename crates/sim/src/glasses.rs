use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use uuid::Uuid;

use crate::assigned::{battery, device_information, remote};
use crate::{Output, Peripheral, Properties, Refused, Service, WriteKind};

/// Display glasses, or a display, with the Bluetooth Remote Service, made from the vendor's document
/// alone: nobody whose work we know has seen one.
///
/// They want to be asked for control before anything else, show values only while their mode is on,
/// and keep everything that they were told for those who test.
#[derive(Clone, Debug)]
pub struct Glasses {
    name: String,
    /// What they are: bit 0 glasses, bit 2 display.
    kind: u16,
    mode: u16,
    controlled: bool,
    brightness: u8,
    sleep: u16,
    phone: bool,
    clock: Option<(u32, u32)>,
    updating: bool,
    largest_mtu: usize,
    mtu: Option<usize>,
    subscribed: BTreeSet<Uuid>,
    outputs: VecDeque<(Duration, Output)>,
    screen: BTreeMap<u8, u32>,
    overlays: BTreeMap<u8, u8>,
    messages: Vec<String>,
    packets: Vec<Vec<u8>>,
}

const DONE: u8 = 1;
const UNSUPPORTED: u8 = 2;
const BAD_PARAMETER: u8 = 3;
const NOT_PERMITTED: u8 = 5;

/// The sizes of what the document's combinations hold, by key.
const COMBINATIONS: [(u8, &[(u8, usize)]); 4] = [
    (
        200,
        &[(0, 1), (2, 1), (4, 4), (7, 4), (8, 2), (15, 2), (21, 1)],
    ),
    (201, &[(0, 1), (15, 2), (16, 1), (17, 4), (20, 2)]),
    (202, THIRD),
    (203, THIRD),
];
const THIRD: &[(u8, usize)] = &[(0, 1), (21, 1), (26, 1), (29, 2), (23, 1), (28, 1), (30, 2)];

impl Glasses {
    /// Glasses that are off.
    pub fn worn() -> Self {
        Self::new("XOSS GLASSES 01", 1)
    }

    /// A display that is off.
    pub fn display() -> Self {
        Self::new("XOSS DISPLAY 02", 1 << 2)
    }

    fn new(name: &str, kind: u16) -> Self {
        Self {
            name: name.to_owned(),
            kind,
            mode: 0,
            controlled: false,
            brightness: 50,
            sleep: 600,
            phone: false,
            clock: None,
            updating: false,
            largest_mtu: 185,
            mtu: None,
            subscribed: BTreeSet::new(),
            outputs: VecDeque::new(),
            screen: BTreeMap::new(),
            overlays: BTreeMap::new(),
            messages: Vec::new(),
            packets: Vec::new(),
        }
    }

    /// The same with another largest MTU.
    #[must_use]
    pub fn with_largest_mtu(mut self, mtu: usize) -> Self {
        self.largest_mtu = mtu;
        self
    }

    /// What is shown, by the document's keys, in its whole numbers; nothing while they are off.
    pub fn screen(&self) -> &BTreeMap<u8, u32> {
        &self.screen
    }

    /// The style of each value that was given one.
    pub fn overlays(&self) -> &BTreeMap<u8, u8> {
        &self.overlays
    }

    /// Notifications that were shown.
    pub fn messages(&self) -> &[String] {
        &self.messages
    }

    /// Everything that was written to the data pipeline.
    pub fn packets(&self) -> &[Vec<u8>] {
        &self.packets
    }

    /// 0 off, 1 on, 2 custom.
    pub fn mode(&self) -> u16 {
        self.mode
    }

    /// Percent.
    pub fn brightness(&self) -> u8 {
        self.brightness
    }

    /// After how many seconds without a word they sleep.
    pub fn sleep_time(&self) -> u16 {
        self.sleep
    }

    /// Whether they show the phone's notifications.
    pub fn shows_notifications(&self) -> bool {
        self.phone
    }

    /// The time that they were told: UTC and local, in seconds since 1970.
    pub fn clock(&self) -> Option<(u32, u32)> {
        self.clock
    }

    /// Whether somebody sent them into their firmware update.
    pub fn is_updating(&self) -> bool {
        self.updating
    }

    fn send(&mut self, now: Duration, characteristic: Uuid, value: Vec<u8>) {
        if self.subscribed.contains(&characteristic) {
            let output = Output::Value {
                characteristic,
                value,
            };
            self.outputs.push_back((now, output));
        }
    }

    /// Type and mode; of glasses also the case, which is empty.
    fn status(&self) -> Vec<u8> {
        let glasses = self.kind & 1 == 1;
        let mut value = vec![if glasses { 0b111 } else { 0b11 }];
        value.extend(self.kind.to_le_bytes());
        value.extend(self.mode.to_le_bytes());
        if glasses {
            value.extend([82, 2]);
        }
        value
    }

    fn control(&mut self, now: Duration, value: &[u8]) {
        let Some((&opcode, parameters)) = value.split_first() else {
            return;
        };
        if opcode == 0xDF {
            self.updating = true;
            self.outputs.push_back((now, Output::Disconnect));
            return;
        }
        let mode = self.mode;
        let (result, answer) = if opcode == 0 {
            self.controlled = true;
            (DONE, Vec::new())
        } else if self.controlled {
            self.command(opcode, parameters)
        } else {
            (NOT_PERMITTED, Vec::new())
        };
        let mut response = vec![0x80, opcode, result];
        response.extend(answer);
        self.send(now, remote::CONTROL_POINT, response);
        if self.mode != mode {
            self.send(now, remote::MACHINE_STATUS, self.status());
        }
    }

    /// The result of a command, and what was asked for.
    fn command(&mut self, opcode: u8, parameters: &[u8]) -> (u8, Vec<u8>) {
        let done = |answer: &[u8]| (DONE, answer.to_vec());
        match (opcode, parameters) {
            (0x01, []) => self.controlled = false,
            (0x02, &[kind]) if u16::from(kind) == self.kind => {}
            (0x02, &[low, high]) if u16::from_le_bytes([low, high]) == self.kind => {}
            (0x03, &[mode @ 0..=1] | &[mode @ 0..=1, 0]) => {
                self.mode = mode.into();
                self.screen.clear();
            }
            (0x06, [0xFF]) if self.kind == 1 => return done(&[self.brightness]),
            (0x06, &[percent @ 0..=100]) if self.kind == 1 => {
                self.brightness = percent;
                return done(&[percent]);
            }
            (0x12, &[0xFF, 0xFF]) => return done(&self.sleep.to_le_bytes()),
            (0x12, &[low, high]) if u16::from_le_bytes([low, high]) <= 6000 => {
                self.sleep = u16::from_le_bytes([low, high]);
                return done(&[low, high]);
            }
            (0x20, [0xFF]) => return done(&[self.phone.into()]),
            (0x20, &[on @ 0..=1]) => {
                self.phone = on == 1;
                return done(&[on]);
            }
            (0xDA, [utc @ .., _, _, _, _]) if utc.len() == 4 => {
                self.clock = Some((number(utc), number(&parameters[4..])));
            }
            (0x01..=0x03 | 0x12 | 0x20 | 0xDA, _) => return (BAD_PARAMETER, Vec::new()),
            (0x06, _) if self.kind == 1 => return (BAD_PARAMETER, Vec::new()),
            _ => return (UNSUPPORTED, Vec::new()),
        }
        (DONE, Vec::new())
    }

    /// What comes over the data pipeline; what can't be read is not shown.
    fn show(&mut self, value: &[u8]) {
        self.packets.push(value.to_vec());
        if self.mode == 0 {
            return;
        }
        match value {
            [0, combination @ 200..=203, data @ ..] => {
                let found = COMBINATIONS.iter().find(|(key, _)| key == combination);
                let mut rest = data;
                for &(key, width) in found.map_or(&[][..], |(_, layout)| layout) {
                    let Some((part, behind)) = rest.split_at_checked(width) else {
                        return;
                    };
                    rest = behind;
                    if part.iter().any(|byte| *byte != 0xFF) {
                        self.screen.insert(key, number(part));
                    }
                }
            }
            [0, key, data @ ..] => {
                self.screen.insert(*key, number(data));
            }
            [2, key, style] => {
                self.overlays.insert(*key, *style);
            }
            [3, list @ ..] => {
                let mut rest = list;
                while let [length, key, behind @ ..] = rest {
                    let Some((part, behind)) = behind.split_at_checked((*length).into()) else {
                        return;
                    };
                    self.screen.insert(*key, number(part));
                    rest = behind;
                }
            }
            [5, _, text @ ..] => self
                .messages
                .push(String::from_utf8_lossy(text).into_owned()),
            _ => {}
        }
    }
}

/// A little-endian number of up to four bytes.
fn number(bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .rev()
        .fold(0, |number, byte| number << 8 | u32::from(*byte))
}

impl Peripheral for Glasses {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn advertised(&self) -> Vec<Uuid> {
        vec![remote::SERVICE]
    }

    fn services(&self) -> Vec<Service> {
        let control = Properties {
            write: true,
            indicate: true,
            ..Properties::default()
        };
        let pipeline = Properties {
            write_without_response: true,
            ..Properties::default()
        };
        let read = Properties::READ;
        vec![
            Service::new(
                remote::SERVICE,
                [
                    (remote::FEATURE, read),
                    (remote::MACHINE_STATUS, Properties::NOTIFY.and_read()),
                    (remote::CONTROL_POINT, control),
                    (remote::DATA_PIPELINE, pipeline),
                ],
            ),
            Service::new(
                device_information::SERVICE,
                [
                    (device_information::MANUFACTURER_NAME, read),
                    (device_information::MODEL_NUMBER, read),
                    (device_information::SERIAL_NUMBER, read),
                    (device_information::FIRMWARE_REVISION, read),
                ],
            ),
            Service::new(battery::SERVICE, [(battery::LEVEL, read)]),
        ]
    }

    fn largest_mtu(&self) -> usize {
        self.largest_mtu
    }

    fn connect(&mut self, _: Duration, mtu: usize) {
        self.mtu = Some(mtu);
        self.controlled = false;
        self.subscribed.clear();
        self.outputs.clear();
    }

    fn disconnect(&mut self, _: Duration) {
        self.mtu = None;
        self.controlled = false;
        self.subscribed.clear();
        self.outputs.clear();
    }

    fn subscribe(&mut self, _: Duration, characteristic: Uuid) -> Result<(), Refused> {
        let all = [remote::MACHINE_STATUS, remote::CONTROL_POINT];
        if self.mtu.is_none() || !all.contains(&characteristic) {
            return Err(Refused);
        }
        self.subscribed.insert(characteristic);
        Ok(())
    }

    fn read(&mut self, _: Duration, characteristic: Uuid) -> Result<Vec<u8>, Refused> {
        Ok(match characteristic {
            remote::FEATURE => [self.kind.to_le_bytes(), [0b011, 0]].concat(),
            remote::MACHINE_STATUS => self.status(),
            battery::LEVEL => vec![64],
            device_information::MANUFACTURER_NAME => b"XOSS".to_vec(),
            device_information::MODEL_NUMBER => b"XL".to_vec(),
            device_information::SERIAL_NUMBER => b"XL00000042".to_vec(),
            device_information::FIRMWARE_REVISION => b"V1.3.3".to_vec(),
            _ => return Err(Refused),
        })
    }

    fn write(
        &mut self,
        now: Duration,
        characteristic: Uuid,
        kind: WriteKind,
        value: &[u8],
    ) -> Result<(), Refused> {
        match (characteristic, kind) {
            _ if self.mtu.is_none_or(|mtu| value.len() + 3 > mtu) => return Err(Refused),
            (remote::CONTROL_POINT, WriteKind::WithResponse) => self.control(now, value),
            (remote::DATA_PIPELINE, WriteKind::WithoutResponse) => self.show(value),
            _ => return Err(Refused),
        }
        Ok(())
    }

    fn poll_output(&mut self, _: Duration) -> Option<(Duration, Output)> {
        self.outputs.pop_front()
    }

    fn poll_timeout(&self) -> Option<Duration> {
        self.outputs.front().map(|(time, _)| *time)
    }
}
