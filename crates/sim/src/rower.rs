use std::collections::VecDeque;
use std::time::Duration;

use uuid::Uuid;

use crate::assigned::{device_information, fitness_machine};
use crate::{DataEvent, Output, Peripheral, Properties, Refused, Service, WriteKind};

/// A rower of another make: a Fitness Machine that tells a row once a second.
///
/// Which fields it sends is up to the caller, by the bits of Rower Data; stroke rate and count are
/// always there. A record that the link can't carry at once is sent in parts, all but the last with
/// "More Data".
#[derive(Debug)]
pub struct Rower {
    row: Vec<DataEvent>,
    fields: u16,
    start: Start,
    manufacturer: String,
    /// The second that is next.
    next: u32,
    mtu: Option<usize>,
    subscribed: bool,
    outputs: VecDeque<(Duration, Output)>,
}

/// What the machine shows when the row begins: somebody rowed before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Start {
    /// Strokes.
    pub strokes: u16,
    /// Metres.
    pub distance: u32,
}

impl Rower {
    /// The fields of a `KayakPro`: distance, pace, power, energy, elapsed time.
    pub const KAYAK_PRO: u16 = 0x092C;
    /// The fields of a Technogym Skillrow, all in one record.
    pub const SKILLROW: u16 = 0x0FFE;
    /// Every field.
    pub const ALL: u16 = 0x1FFE;

    /// Switched on at the row's first event.
    pub fn new(row: Vec<DataEvent>, fields: u16, start: Start) -> Self {
        Self {
            row,
            fields: fields & Self::ALL,
            start,
            manufacturer: "Simulated".to_owned(),
            next: 0,
            mtu: None,
            subscribed: false,
            outputs: VecDeque::new(),
        }
    }

    /// Of that make.
    #[must_use]
    pub fn made_by(mut self, manufacturer: &str) -> Self {
        manufacturer.clone_into(&mut self.manufacturer);
        self
    }

    fn due(&self) -> Option<Duration> {
        let end = self.row.last()?.time;
        let time = Duration::from_secs(self.next.into());
        // The second after the row still tells its end.
        (time < end + Duration::from_secs(1)).then_some(time)
    }

    fn record(&self, now: Duration) -> Vec<Vec<u8>> {
        let room = self.mtu.unwrap_or(23) - 3;
        let shown = Shown::at(&self.row, now, self.start);
        let mut left = self.fields;
        let mut parts = Vec::new();
        loop {
            // The closing part, if all that is left fits beside rate and count.
            let closing = shown.part(left, false);
            if closing.len() <= room {
                parts.push(closing);
                return parts;
            }
            let mut taken = 0;
            for bit in 1..=12 {
                let more = taken | left & 1 << bit;
                if shown.part(more, true).len() <= room {
                    taken = more;
                }
            }
            left &= !taken;
            parts.push(shown.part(taken, true));
        }
    }
}

/// What the machine shows at some time.
#[derive(Clone, Copy, Debug)]
struct Shown {
    seconds: u16,
    strokes: u16,
    distance: u32,
    rate: f64,
    speed: f64,
    power: f64,
    drag_factor: f64,
}

impl Shown {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "counters wrap"
    )]
    fn at(row: &[DataEvent], now: Duration, start: Start) -> Self {
        let after = row.partition_point(|event| event.time <= now);
        let nothing = DataEvent::default();
        let last = after.checked_sub(1).map_or(&nothing, |index| &row[index]);
        let coming = row.get(after).unwrap_or(last);
        let span = coming.time.saturating_sub(last.time).as_secs_f64();
        let share = if span > 0.0 {
            now.saturating_sub(last.time).as_secs_f64() / span
        } else {
            0.0
        };
        let metres = (coming.distance - last.distance) / 100.0;
        let cycle = (last.drive + last.recovery) as f64 / 1e6;
        Self {
            seconds: now.as_secs() as u16,
            strokes: start.strokes.wrapping_add(last.strokes as u16),
            distance: start.distance + (last.distance / 100.0 + share * metres).floor() as u32,
            rate: if last.drive == 0 { 0.0 } else { 60.0 / cycle },
            speed: if span > 0.0 { metres / span } else { 0.0 },
            power: last.power,
            drag_factor: last.drag_factor,
        }
    }

    /// The fields of those bits.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "plausible numbers fit, and casts of floats saturate"
    )]
    fn part(&self, fields: u16, more_data: bool) -> Vec<u8> {
        let mut bytes = (fields | u16::from(more_data)).to_le_bytes().to_vec();
        let has = |bit: u16| fields & 1 << bit != 0;
        let rate = (2.0 * self.rate).round() as u8;
        let pace = match self.speed {
            speed if speed > 0.01 => (500.0 / speed).round() as u16,
            _ => 0,
        };
        let power = (self.power.round() as i16).to_le_bytes();
        if !more_data {
            bytes.push(rate);
            bytes.extend(self.strokes.to_le_bytes());
        }
        if has(1) {
            bytes.push(rate);
        }
        if has(2) {
            let [low, middle, high, _] = self.distance.to_le_bytes();
            bytes.extend([low, middle, high]);
        }
        for bit in [3, 4] {
            if has(bit) {
                bytes.extend(pace.to_le_bytes());
            }
        }
        for bit in [5, 6] {
            if has(bit) {
                bytes.extend(power);
            }
        }
        if has(7) {
            bytes.extend(((self.drag_factor * 1e6) as i16).to_le_bytes());
        }
        if has(8) {
            // The energy per hour and per minute are not available.
            bytes.extend((self.seconds / 5).to_le_bytes());
            bytes.extend([0xFF, 0xFF, 0xFF]);
        }
        if has(9) {
            bytes.push(0);
        }
        if has(10) {
            bytes.push(85);
        }
        if has(11) {
            bytes.extend(self.seconds.to_le_bytes());
        }
        if has(12) {
            bytes.extend([0, 0]);
        }
        bytes
    }
}

impl Peripheral for Rower {
    fn name(&self) -> String {
        format!("{} rower", self.manufacturer)
    }

    fn advertised(&self) -> Vec<Uuid> {
        vec![fitness_machine::SERVICE]
    }

    fn services(&self) -> Vec<Service> {
        let control = Properties {
            write: true,
            indicate: true,
            ..Properties::default()
        };
        vec![
            Service::new(
                fitness_machine::SERVICE,
                [
                    (fitness_machine::ROWER_DATA, Properties::NOTIFY),
                    (fitness_machine::FEATURE, Properties::READ),
                    (fitness_machine::CONTROL_POINT, control),
                ],
            ),
            Service::new(
                device_information::SERVICE,
                [(device_information::MANUFACTURER_NAME, Properties::READ)],
            ),
        ]
    }

    fn connect(&mut self, _: Duration, mtu: usize) {
        self.mtu = Some(mtu);
        self.subscribed = false;
    }

    fn disconnect(&mut self, _: Duration) {
        self.mtu = None;
        self.subscribed = false;
        self.outputs.clear();
    }

    fn subscribe(&mut self, _: Duration, characteristic: Uuid) -> Result<(), Refused> {
        match characteristic {
            fitness_machine::ROWER_DATA => self.subscribed = true,
            fitness_machine::CONTROL_POINT => {}
            _ => return Err(Refused),
        }
        Ok(())
    }

    fn read(&mut self, _: Duration, characteristic: Uuid) -> Result<Vec<u8>, Refused> {
        match characteristic {
            fitness_machine::FEATURE => Ok(vec![0xA6, 0x7E, 0, 0, 0, 0, 0, 0]),
            device_information::MANUFACTURER_NAME => Ok(self.manufacturer.clone().into_bytes()),
            _ => Err(Refused),
        }
    }

    fn write(
        &mut self,
        now: Duration,
        characteristic: Uuid,
        kind: WriteKind,
        value: &[u8],
    ) -> Result<(), Refused> {
        if characteristic != fitness_machine::CONTROL_POINT || kind != WriteKind::WithResponse {
            return Err(Refused);
        }
        let code = value.first().copied().unwrap_or_default();
        let result = if matches!(code, 0 | 1 | 7 | 8) { 1 } else { 2 };
        let output = Output::Value {
            characteristic,
            value: vec![0x80, code, result],
        };
        self.outputs.push_back((now, output));
        Ok(())
    }

    fn poll_output(&mut self, now: Duration) -> Option<(Duration, Output)> {
        while let Some(time) = self.due().filter(|time| *time <= now) {
            self.next += 1;
            if !self.subscribed {
                continue;
            }
            for value in self.record(time) {
                let characteristic = fitness_machine::ROWER_DATA;
                let output = Output::Value {
                    characteristic,
                    value,
                };
                self.outputs.push_back((time, output));
            }
        }
        self.outputs.pop_front()
    }

    fn poll_timeout(&self) -> Option<Duration> {
        self.due()
    }
}
