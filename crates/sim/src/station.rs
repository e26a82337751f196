//! A power station of the Sydpower family.

mod day;
mod encode;
mod faults;

use std::collections::BTreeMap;
use std::time::Duration;

use uuid::Uuid;

use self::day::{Day, State};
use self::encode::{Settings, frame, input_registers};
pub use self::faults::{Model, StationFaults};
use crate::assigned::{device_information, power_station};
use crate::{Output, Peripheral, Properties, Random, Refused, Service, WriteKind};

/// A power station in a house with the sun on its panels and mains that it charges from when it is
/// low. It answers to the frames of its family, pushes its status, and misbehaves on demand.
///
/// It is worn out for good by 0 in register 68, as real ones are said to be:
/// [`is_destroyed`](Self::is_destroyed).
#[derive(Debug)]
pub struct Station {
    model: Model,
    name: String,
    faults: StationFaults,
    random: Random,
    day: Day,
    settings: Settings,
    /// It was shut down, and nobody has pressed the button.
    shut_down: bool,
    destroyed: bool,
    writes: Vec<(u16, u16)>,
    mtu: Option<usize>,
    subscribed: bool,
    /// When it next tells its status unasked.
    push: Duration,
    /// What it will send, by its time and then by the order in which it was made.
    outputs: BTreeMap<(Duration, u64), Vec<u8>>,
    made: u64,
    requests: u64,
    answered: u64,
    now: Duration,
}

/// How often it tells its status without a reason.
const PUSH: Duration = Duration::from_secs(61);

impl Station {
    /// With a battery that is charged to a part of 1; it is ten in the morning.
    pub fn new(seed: u64, charge: f64) -> Self {
        Self {
            model: Model::Common,
            name: "POWER-0084".to_owned(),
            faults: StationFaults::default(),
            random: Random::new(seed),
            day: Day::new(seed, charge),
            settings: Settings::default(),
            shut_down: false,
            destroyed: false,
            writes: Vec::new(),
            mtu: None,
            subscribed: false,
            push: PUSH,
            outputs: BTreeMap::new(),
            made: 0,
            requests: 0,
            answered: 0,
            now: Duration::ZERO,
        }
    }

    /// Of another model.
    #[must_use]
    pub fn of(mut self, model: Model) -> Self {
        self.model = model;
        let name = match model {
            Model::Common => "POWER-0084",
            Model::Newer => "POWER-V1-1C83",
        };
        self.named(name)
    }

    /// With another name.
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    /// Misbehaving so.
    #[must_use]
    pub fn with(mut self, faults: StationFaults) -> Self {
        self.random = Random::new(faults.seed ^ 0x5EED);
        self.faults = faults;
        self
    }

    /// Whether something was written that wears it out for good.
    pub fn is_destroyed(&self) -> bool {
        self.destroyed
    }

    /// Every write that it has received: register and value.
    pub fn writes(&self) -> &[(u16, u16)] {
        &self.writes
    }

    /// How many requests it has received.
    pub fn requests(&self) -> u64 {
        self.requests
    }

    /// How many times it has sent its status as an answer, whole and without faults.
    pub fn answered(&self) -> u64 {
        self.answered
    }

    /// What really happens in it, for tests: watts in, out, into the battery, and the charge.
    pub fn truth(&mut self, now: Duration) -> [f64; 4] {
        let state = self.state(now);
        let input = state.mains_in() + state.solar;
        [input, state.output(), state.charging, state.charge]
    }

    fn off_until(&self, now: Duration) -> Option<Duration> {
        let mut off = self.faults.off.iter();
        let outage = off.find(|outage| outage.start <= now && now < outage.end)?;
        Some(outage.end)
    }

    fn state(&mut self, now: Duration) -> State {
        let state = self.day.at(now, &self.settings);
        // What it switches off by itself when the battery is empty.
        if state.charge <= self.settings.discharge_limit() && state.mains_in() < 1.0 {
            self.settings.switch_outputs_off();
            return self.day.at(now, &self.settings);
        }
        state
    }

    fn registers(&mut self, now: Duration, function: u8) -> Vec<u16> {
        let state = self.state(now);
        if function == 3 {
            self.settings.registers(self.model).to_vec()
        } else {
            input_registers(self.model, &state, &self.settings)
        }
    }

    /// Puts a frame on its way, in pieces that fit; they come within 5 ms.
    fn send(&mut self, at: Duration, bytes: &[u8]) {
        let room = self.mtu.unwrap_or(23) - 3;
        let mut pieces: Vec<Vec<u8>> = bytes.chunks(room).map(<[u8]>::to_vec).collect();
        if pieces.len() > 1 && self.random.happens(self.faults.swap) {
            pieces.swap(0, 1);
        }
        for (index, piece) in (0_u32..).zip(pieces) {
            if self.random.happens(self.faults.piece_loss) {
                continue;
            }
            self.made += 1;
            let at = at + Duration::from_micros(500) * index;
            self.outputs.insert((at, self.made), piece);
        }
    }

    fn reply(&mut self, function: u8, start: u16, count: u16) -> Vec<u8> {
        let all = self.registers(self.now, function);
        let values = all.iter().skip(start.into()).take(count.into());
        let values: Vec<u16> = values.copied().collect();
        frame(&self.faults, function, start, &values)
    }

    /// A question has come: answers it, well or badly.
    fn answer(&mut self, function: u8, start: u16, count: u16) {
        let latency = Duration::from_micros(110_000 + self.random.next() % 75_000);
        let at = self.now + latency;
        let silent = self.random.happens(self.faults.silence);
        let refuses = self.random.happens(self.faults.exception);
        let other = self.random.happens(self.faults.other_bank);
        if silent {
            return;
        }
        if refuses {
            let bytes = encode::sealed(&self.faults, vec![0x11, function | 0x80, 4]);
            return self.send(at, &bytes);
        }
        let function = if other { 7 - function } else { function };
        let mut bytes = self.reply(function, start, count);
        if self.random.happens(self.faults.text) {
            bytes.splice(0..0, *b"AT+CIPSTATUS\r\n");
        }
        if function == 4 && !other {
            self.answered += 1;
        }
        self.send(at, &bytes);
        if self.random.happens(self.faults.repetition) {
            self.send(at + Duration::from_millis(40), &bytes);
        }
    }

    fn set(&mut self, register: u16, value: u16, request: &[u8]) {
        self.writes.push((register, value));
        let at = self.now + Duration::from_millis(50);
        self.send(at, request);
        if self.model == Model::Common && (register, value) == (68, 0) {
            self.destroyed = true;
        }
        if self.model == Model::Common && (register, value) == (64, 1) {
            self.shut_down = true;
        }
        if self.faults.ignored.contains(&register) {
            return;
        }
        // What happened before the setting happened without it.
        let now = self.now;
        self.state(now);
        self.settings.set(self.model, register, value);
        for half_seconds in 1..=3 {
            let at = at + Duration::from_millis(500) * half_seconds;
            self.push = self.push.min(at);
        }
    }
}

impl Peripheral for Station {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn advertised(&self) -> Vec<Uuid> {
        // The product's number, byte by byte the other way around: no service at all.
        let digits = self.name.rsplit(['-', ' ']).next().unwrap_or_default();
        let number = u16::from_str_radix(digits, 16).unwrap_or_default();
        let name = u128::from(number.swap_bytes()) << 96;
        vec![Uuid::from_u128(name | 0x1000_8000_0080_5f9b_34fb)]
    }

    fn is_on(&self, now: Duration) -> bool {
        !self.destroyed && !self.shut_down && self.off_until(now).is_none()
    }

    fn services(&self) -> Vec<Service> {
        let write = Properties {
            write: true,
            ..Properties::default()
        };
        let without_response = Properties {
            write_without_response: true,
            ..Properties::default()
        };
        vec![
            Service::new(
                power_station::SERVICE,
                [
                    (power_station::IDENTITY, Properties::READ),
                    (power_station::UNUSED, without_response),
                    (power_station::REQUEST, write),
                    (power_station::REPLY, Properties::NOTIFY),
                ],
            ),
            Service::new(device_information::SERVICE, []),
        ]
    }

    fn connect(&mut self, now: Duration, mtu: usize) {
        self.now = now;
        if !self.is_on(now) {
            return;
        }
        self.mtu = Some(mtu);
        self.subscribed = false;
        self.push = now + Duration::from_millis(300);
        if self.faults.stale_echo {
            let echo = encode::sealed(&self.faults, vec![0x11, 6, 0, 66, 0, 100]);
            self.send(now + Duration::from_millis(20), &echo);
        }
    }

    fn disconnect(&mut self, now: Duration) {
        self.now = now;
        self.mtu = None;
        self.subscribed = false;
        self.outputs.clear();
    }

    fn subscribe(&mut self, now: Duration, characteristic: Uuid) -> Result<(), Refused> {
        self.now = now;
        if characteristic != power_station::REPLY || self.mtu.is_none() {
            return Err(Refused);
        }
        self.subscribed = true;
        Ok(())
    }

    fn read(&mut self, _: Duration, characteristic: Uuid) -> Result<Vec<u8>, Refused> {
        match characteristic {
            // Secrets of the unit. Nobody has to read them.
            power_station::IDENTITY => Ok(b"secret".to_vec()),
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
        self.now = now;
        if characteristic != power_station::REQUEST
            || kind != WriteKind::WithResponse
            || !self.is_on(now)
            || self.mtu.is_none()
        {
            return Err(Refused);
        }
        self.requests += 1;
        if encode::sealed(
            &StationFaults::default(),
            value[..value.len().saturating_sub(2)].to_vec(),
        ) != value
        {
            return Ok(());
        }
        match *value {
            [0x11, function @ 3..=4, s0, s1, n0, n1, _, _] => {
                let [start, count] = [[s0, s1], [n0, n1]].map(u16::from_be_bytes);
                self.answer(function, start, count);
            }
            [0x11, 6, r0, r1, v0, v1, _, _] if self.model == Model::Common => {
                let [register, written] = [[r0, r1], [v0, v1]].map(u16::from_be_bytes);
                self.set(register, written, value);
            }
            [0x11, 6, register, 0, 1, v0, v1, _, _] if self.model == Model::Newer => {
                self.set(register.into(), u16::from_be_bytes([v0, v1]), value);
            }
            _ => {}
        }
        Ok(())
    }

    fn poll_output(&mut self, now: Duration) -> Option<(Duration, Output)> {
        self.now = now;
        if self.mtu.is_some() && !self.is_on(now) && self.outputs.is_empty() {
            self.mtu = None;
            return Some((now, Output::Disconnect));
        }
        if self.mtu.is_some() && self.push <= now {
            let at = self.push;
            self.push = at.max(now) + PUSH;
            if self.subscribed {
                let count = match self.model {
                    Model::Common => 80,
                    Model::Newer => 100,
                };
                let bytes = self.reply(4, 0, count);
                self.send(at, &bytes);
            }
        }
        let entry = self.outputs.first_entry()?;
        if entry.key().0 > now {
            return None;
        }
        let ((time, _), value) = entry.remove_entry();
        let output = Output::Value {
            characteristic: power_station::REPLY,
            value,
        };
        Some((time, output))
    }

    fn poll_timeout(&self) -> Option<Duration> {
        if self.mtu.is_none() {
            // It goes on for ever, also when nobody listens.
            return Some(self.now + PUSH);
        }
        let mut off = self.faults.off.iter().map(|outage| outage.start);
        let off = off.find(|start| *start > self.now);
        let sent = self.outputs.keys().next().map(|(time, _)| *time);
        [Some(self.push), off, sent].into_iter().flatten().min()
    }
}
