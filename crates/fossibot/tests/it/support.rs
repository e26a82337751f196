use std::time::{Duration, Instant};

use fossibot::{Event, Options, Outcome, Poller, Profile, Profiles, Status};
use sim::{Output, Peripheral, Station, WriteKind, power_station};

pub(crate) fn profile(name: &str) -> Profile {
    Profiles::builtin().unwrap().named(name).unwrap().clone()
}

pub(crate) fn bytes(hex: &str) -> Vec<u8> {
    let pairs = hex.as_bytes().chunks(2);
    pairs
        .map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

/// A reading of a status by its name.
pub(crate) fn reading(profile: &Profile, status: &Status, name: &str) -> f64 {
    let index = profile
        .readings()
        .position(|reading| reading.name() == name);
    status.values[index.unwrap_or_else(|| panic!("{name}"))]
}

/// A central that connects to a station, keeps the poller's time, and connects again when the link
/// is lost.
#[derive(Debug)]
pub(crate) struct Central {
    pub(crate) poller: Poller,
    pub(crate) station: Station,
    pub(crate) mtu: usize,
    pub(crate) now: Duration,
    pub(crate) connected: bool,
    pub(crate) events: Vec<(Duration, Event)>,
    /// Frames of the status that arrived whole.
    pub(crate) arrived: u64,
    /// Times that anything was done.
    pub(crate) steps: u64,
    pub(crate) attempts: u64,
    connect_at: Duration,
    start: Instant,
}

impl Central {
    pub(crate) fn new(station: Station, mtu: usize, profile: &str, options: Options) -> Self {
        Self {
            poller: Poller::new(self::profile(profile), options),
            station,
            mtu,
            now: Duration::ZERO,
            connected: false,
            events: Vec::new(),
            arrived: 0,
            steps: 0,
            attempts: 0,
            connect_at: Duration::ZERO,
            start: Instant::now(),
        }
    }

    pub(crate) fn instant(&self) -> Instant {
        self.start + self.now
    }

    pub(crate) fn time_of(&self, instant: Instant) -> Duration {
        instant - self.start
    }

    /// The link is lost, and there again after some time at the earliest.
    pub(crate) fn lose(&mut self, for_long: Duration) {
        self.connected = false;
        self.station.disconnect(self.now);
        self.poller.handle_disconnected();
        self.connect_at = self.now + for_long;
        self.drain();
    }

    fn connect(&mut self) {
        self.attempts += 1;
        if !self.station.is_on(self.now) {
            self.connect_at = self.now + Duration::from_secs(60);
            return;
        }
        self.connected = true;
        self.station.connect(self.now, self.mtu);
        self.station
            .subscribe(self.now, power_station::REPLY)
            .unwrap();
        self.poller.handle_connected(self.instant());
    }

    fn drain(&mut self) {
        while let Some(request) = self.poller.poll_request() {
            let kind = WriteKind::WithResponse;
            // A station that has just gone off refuses; the link is told to be lost soon.
            let _ = self
                .station
                .write(self.now, power_station::REQUEST, kind, request.bytes());
        }
        while let Some(event) = self.poller.poll_event() {
            let silent = event == Event::Silent;
            self.events.push((self.now, event));
            if silent {
                self.lose(Duration::from_secs(5));
            }
        }
    }

    /// Goes on to a time.
    pub(crate) fn run_until(&mut self, end: Duration) {
        while self.now < end {
            let times = if self.connected {
                let poller = self.poller.poll_timeout();
                [
                    self.station.poll_timeout(),
                    poller.map(|at| self.time_of(at)),
                ]
            } else {
                [Some(self.connect_at), None]
            };
            let next = times.into_iter().flatten().min().unwrap();
            self.now = next.clamp(self.now, end);
            self.step();
        }
    }

    fn step(&mut self) {
        self.steps += 1;
        if !self.connected && self.connect_at <= self.now {
            self.connect();
        }
        while self.connected
            && let Some((_, output)) = self.station.poll_output(self.now)
        {
            match output {
                Output::Value { value, .. } => {
                    self.arrived += u64::from(value.len() == 168 && value[1] == 4);
                    self.poller.handle_notification(self.instant(), &value);
                }
                Output::Disconnect => self.lose(Duration::from_secs(2)),
            }
        }
        if self.connected {
            self.poller.handle_timeout(self.instant());
        }
        self.drain();
    }

    pub(crate) fn run_for(&mut self, time: Duration) {
        self.run_until(self.now + time);
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        let consent = fossibot::Consent {
            shut_down: true,
            experimental: true,
        };
        let command = self.poller.profile().command(name, value, consent).unwrap();
        self.poller.set(self.instant(), command);
        self.drain();
    }

    pub(crate) fn statuses(&self) -> impl Iterator<Item = &Status> {
        self.events.iter().filter_map(|(_, event)| match event {
            Event::Status(status) => Some(status),
            _ => None,
        })
    }

    pub(crate) fn outcomes(&self) -> Vec<(String, Outcome)> {
        let outcomes = self.events.iter().filter_map(|(_, event)| match event {
            Event::Written(written) => Some((written.command.to_string(), written.outcome)),
            _ => None,
        });
        outcomes.collect()
    }
}
