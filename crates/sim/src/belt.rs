use std::collections::VecDeque;
use std::time::Duration;

use uuid::Uuid;

use crate::assigned::{battery, device_information, heart_rate};
use crate::{Output, Peripheral, Properties, Random, Refused, Service, WriteKind};

/// What it says of itself.
const SAID: [(Uuid, &str); 4] = [
    (device_information::MANUFACTURER_NAME, "Polar Electro Oy"),
    (device_information::MODEL_NUMBER, "H10"),
    (device_information::SERIAL_NUMBER, "A1B24F2A"),
    (device_information::FIRMWARE_REVISION, "5.0.0"),
];

/// A heart-rate belt: it says once a second how fast the heart beats.
#[derive(Debug)]
pub struct Belt {
    /// The heart rate by the second, in beats per minute; 0 while the belt has none.
    rates: Vec<u16>,
    /// The second that is next.
    next: u32,
    subscribed: Option<bool>,
    outputs: VecDeque<(Duration, Output)>,
}

impl Belt {
    /// With those heart rates, one for each second.
    pub fn new(rates: Vec<u16>) -> Self {
        Self {
            rates,
            next: 0,
            subscribed: None,
            outputs: VecDeque::new(),
        }
    }

    /// With a heart that beats faster at first and then more or less steadily.
    pub fn made(seed: u64, seconds: u32) -> Self {
        let mut random = Random::new(seed);
        let rate = |second: u32| {
            let warm = (f64::from(second) / 120.0).min(1.0);
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "between 80 and 170"
            )]
            let rate = (90.0 + 65.0 * warm + random.between(-3.0, 3.0)) as u16;
            rate
        };
        Self::new((0..seconds).map(rate).collect())
    }

    fn due(&self) -> Option<Duration> {
        let second = self.next as usize;
        (second < self.rates.len()).then(|| Duration::from_secs(self.next.into()))
    }

    fn measurement(rate: u16) -> Vec<u8> {
        // Contact can be detected, and is unless there is no heart rate.
        let contact = if rate == 0 { 0b100 } else { 0b110 };
        if rate == 0 {
            return vec![contact, 0];
        }
        let interval = u16::try_from(61_440 / u32::from(rate)).unwrap_or(u16::MAX);
        let [low, high] = interval.to_le_bytes();
        if let Ok(rate) = u8::try_from(rate) {
            return vec![0x10 | contact, rate, low, high];
        }
        let [r0, r1] = rate.to_le_bytes();
        vec![0x11 | contact, r0, r1, low, high]
    }
}

impl Peripheral for Belt {
    fn name(&self) -> String {
        "HRM 4F2A".to_owned()
    }

    fn advertised(&self) -> Vec<Uuid> {
        vec![heart_rate::SERVICE]
    }

    fn services(&self) -> Vec<Service> {
        let measurement = (heart_rate::MEASUREMENT, Properties::NOTIFY);
        let level = (battery::LEVEL, Properties::READ);
        let said = SAID.map(|(characteristic, _)| (characteristic, Properties::READ));
        vec![
            Service::new(heart_rate::SERVICE, [measurement]),
            Service::new(battery::SERVICE, [level]),
            Service::new(device_information::SERVICE, said),
        ]
    }

    fn connect(&mut self, _: Duration, _: usize) {
        self.subscribed = Some(false);
    }

    fn disconnect(&mut self, _: Duration) {
        self.subscribed = None;
        self.outputs.clear();
    }

    fn subscribe(&mut self, _: Duration, characteristic: Uuid) -> Result<(), Refused> {
        match &mut self.subscribed {
            Some(subscribed) if characteristic == heart_rate::MEASUREMENT => {
                *subscribed = true;
                Ok(())
            }
            _ => Err(Refused),
        }
    }

    fn read(&mut self, _: Duration, characteristic: Uuid) -> Result<Vec<u8>, Refused> {
        if characteristic == battery::LEVEL {
            return Ok(vec![64]);
        }
        let said = SAID.iter().find(|(known, _)| *known == characteristic);
        said.map(|(_, text)| text.as_bytes().to_vec())
            .ok_or(Refused)
    }

    fn write(&mut self, _: Duration, _: Uuid, _: WriteKind, _: &[u8]) -> Result<(), Refused> {
        Err(Refused)
    }

    fn poll_output(&mut self, now: Duration) -> Option<(Duration, Output)> {
        while let Some(time) = self.due().filter(|time| *time <= now) {
            let rate = self.rates[self.next as usize];
            self.next += 1;
            if self.subscribed == Some(true) {
                let output = Output::Value {
                    characteristic: heart_rate::MEASUREMENT,
                    value: Self::measurement(rate),
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
