//! A device that does what the tests tell it to.

use std::collections::VecDeque;
use std::time::Duration;

use sim::{Output, Peripheral, Properties, Refused, Service, WriteKind};
use uuid::Uuid;

pub(crate) const SERVICE: Uuid = Uuid::from_u128(0x6e40_0001_b5a3_f393_e0a9_e50e_24dc_ca9e);
/// What is written here is done: see [`Probe::obey`].
pub(crate) const ORDERS: Uuid = Uuid::from_u128(0x6e40_0002_b5a3_f393_e0a9_e50e_24dc_ca9e);
/// Notifies, and can be read.
pub(crate) const VALUES: Uuid = Uuid::from_u128(0x6e40_0003_b5a3_f393_e0a9_e50e_24dc_ca9e);
/// Tells `connections/disconnections`.
pub(crate) const COUNTS: Uuid = Uuid::from_u128(0x6e40_0004_b5a3_f393_e0a9_e50e_24dc_ca9e);
/// Is said to be readable, but refuses.
pub(crate) const CLOSED: Uuid = Uuid::from_u128(0x6e40_0005_b5a3_f393_e0a9_e50e_24dc_ca9e);

#[derive(Debug, Default)]
pub(crate) struct Probe {
    connections: [u32; 2],
    /// How often something was written with a response, and without.
    writes: [u32; 2],
    outputs: VecDeque<(Duration, Output)>,
}

impl Probe {
    fn say(&mut self, now: Duration, value: Vec<u8>) {
        let characteristic = VALUES;
        self.outputs.push_back((
            now,
            Output::Value {
                characteristic,
                value,
            },
        ));
    }

    fn obey(&mut self, now: Duration, order: &[u8]) {
        let number = || {
            let digits = std::str::from_utf8(&order[1..]).unwrap_or_default();
            digits.parse::<u32>().unwrap_or_default()
        };
        match order.first() {
            // So many numbered values.
            Some(b'N') => (0..number()).for_each(|n| self.say(now, n.to_le_bytes().to_vec())),
            // So many identical ones.
            Some(b'I') => (0..number()).for_each(|_| self.say(now, b"same".to_vec())),
            // The link is dropped.
            Some(b'Q') => self.outputs.push_back((now, Output::Disconnect)),
            // How often was something written?
            Some(b'W') => {
                let [with, without] = self.writes;
                self.say(now, format!("{with}/{without}").into_bytes());
            }
            // It comes back.
            _ => self.say(now, order.to_vec()),
        }
    }
}

impl Peripheral for Probe {
    fn name(&self) -> String {
        "PROBE\u{1b}[31m".to_owned()
    }

    fn advertised(&self) -> Vec<Uuid> {
        vec![SERVICE]
    }

    fn services(&self) -> Vec<Service> {
        let both = Properties {
            write: true,
            write_without_response: true,
            ..Properties::default()
        };
        let has = [
            (ORDERS, both),
            (VALUES, Properties::NOTIFY.and_read()),
            (COUNTS, Properties::READ),
            (CLOSED, Properties::READ),
        ];
        vec![Service::new(SERVICE, has)]
    }

    fn connect(&mut self, _: Duration, _: usize) {
        self.connections[0] += 1;
    }

    fn disconnect(&mut self, _: Duration) {
        self.connections[1] += 1;
        self.outputs.clear();
    }

    fn subscribe(&mut self, _: Duration, characteristic: Uuid) -> Result<(), Refused> {
        if characteristic == VALUES {
            Ok(())
        } else {
            Err(Refused)
        }
    }

    fn read(&mut self, _: Duration, characteristic: Uuid) -> Result<Vec<u8>, Refused> {
        let [on, off] = self.connections;
        match characteristic {
            VALUES => Ok(b"read".to_vec()),
            COUNTS => Ok(format!("{on}/{off}").into_bytes()),
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
        if characteristic != ORDERS {
            return Err(Refused);
        }
        self.writes[usize::from(kind == WriteKind::WithoutResponse)] += 1;
        self.obey(now, value);
        Ok(())
    }

    fn poll_output(&mut self, now: Duration) -> Option<(Duration, Output)> {
        self.outputs
            .front()
            .is_some_and(|(time, _)| *time <= now)
            .then(|| self.outputs.pop_front())?
    }

    fn poll_timeout(&self) -> Option<Duration> {
        self.outputs.front().map(|(time, _)| *time)
    }
}
