use std::collections::BTreeMap;
use std::time::Duration;

use uuid::Uuid;

use crate::{Faults, Outage, Output, Peripheral, Random, Refused, WriteKind};

/// A link to a device: what a central sees of it, in the order of virtual time.
///
/// It connects at once, subscribes to everything that there is, and does so again after each
/// outage. It ends when the device has nothing more to do.
#[derive(Debug)]
pub struct Session<P> {
    peripheral: P,
    mtu: usize,
    faults: Faults,
    random: Random,
    now: Duration,
    connected: bool,
    /// Which outage is next, or is.
    outage: usize,
    /// What is on its way, by the time at which it arrives and the order in which it was sent.
    under_way: BTreeMap<(Duration, u64), Happening>,
    sent: u64,
}

/// What a central sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happening {
    /// The link is there, and everything is subscribed to.
    Connected,
    /// The link is lost.
    Disconnected,
    /// A value has arrived.
    Value {
        /// Of which characteristic.
        characteristic: Uuid,
        /// The value.
        value: Vec<u8>,
    },
}

impl<P: Peripheral> Session<P> {
    /// A link that carries values of up to `mtu` - 3 bytes.
    pub fn new(peripheral: P, mtu: usize, faults: Faults) -> Self {
        let random = Random::new(faults.seed);
        Self {
            mtu: mtu.min(peripheral.largest_mtu()),
            peripheral,
            faults,
            random,
            now: Duration::ZERO,
            connected: false,
            outage: 0,
            under_way: BTreeMap::new(),
            sent: 0,
        }
    }

    /// The device at the other end.
    pub fn peripheral(&self) -> &P {
        &self.peripheral
    }

    /// Reads a characteristic now.
    ///
    /// # Errors
    ///
    /// When there is no link, or the device refuses.
    pub fn read(&mut self, characteristic: Uuid) -> Result<Vec<u8>, Refused> {
        if !self.connected {
            return Err(Refused);
        }
        self.peripheral.read(self.now, characteristic)
    }

    /// Writes to a characteristic now.
    ///
    /// # Errors
    ///
    /// When there is no link, the device refuses, or the value is too long for the link.
    pub fn write(
        &mut self,
        characteristic: Uuid,
        kind: WriteKind,
        value: &[u8],
    ) -> Result<(), Refused> {
        if !self.connected || value.len() > self.mtu - 3 {
            return Err(Refused);
        }
        self.peripheral
            .write(self.now, characteristic, kind, value)?;
        self.collect();
        Ok(())
    }

    fn current(&self) -> Option<Outage> {
        self.faults.outages.get(self.outage).copied()
    }

    fn connect(&mut self) -> Happening {
        self.connected = true;
        self.peripheral.connect(self.now, self.mtu);
        for service in self.peripheral.services() {
            for characteristic in service.characteristics {
                let properties = characteristic.properties;
                if properties.notify || properties.indicate {
                    // Devices may refuse; a central goes on then.
                    let _ = self.peripheral.subscribe(self.now, characteristic.name);
                }
            }
        }
        Happening::Connected
    }

    fn disconnect(&mut self) -> Happening {
        self.connected = false;
        self.under_way.clear();
        self.peripheral.disconnect(self.now);
        Happening::Disconnected
    }

    /// Puts on its way what the device has to say up to now.
    fn collect(&mut self) {
        while let Some((time, output)) = self.peripheral.poll_output(self.now) {
            let Output::Value {
                characteristic,
                value,
            } = output
            else {
                self.send(time, Happening::Disconnected);
                continue;
            };
            if value.len() > self.mtu - 3 || self.random.happens(self.faults.loss) {
                continue;
            }
            let happening = Happening::Value {
                characteristic,
                value,
            };
            if self.random.happens(self.faults.duplication) {
                self.send(time, happening.clone());
            }
            self.send(time, happening);
        }
    }

    fn send(&mut self, time: Duration, happening: Happening) {
        let mut arrival = time.max(self.now);
        if self.random.happens(self.faults.delay) {
            arrival += self.faults.longest_delay.mul_f64(self.random.unit());
        }
        self.sent += 1;
        self.under_way.insert((arrival, self.sent), happening);
    }

    /// When something next happens: something arrives, the device acts, the link comes or goes.
    fn next_time(&self) -> Option<Duration> {
        let arrival = self.under_way.keys().next().map(|(time, _)| *time);
        let device = self.peripheral.poll_timeout();
        let next = [arrival, device].into_iter().flatten().min()?;
        let link = self.current().map(|outage| {
            if self.connected {
                outage.start
            } else {
                outage.end
            }
        });
        Some(link.map_or(next, |link| next.min(link)).max(self.now))
    }
}

impl<P: Peripheral> Iterator for Session<P> {
    type Item = (Duration, Happening);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.current() {
                Some(outage) if self.connected && outage.start <= self.now => {
                    return Some((self.now, self.disconnect()));
                }
                Some(outage) if !self.connected && outage.end <= self.now => {
                    self.outage += 1;
                    return Some((self.now, self.connect()));
                }
                Some(outage) if outage.start <= self.now => {}
                _ if !self.connected => return Some((self.now, self.connect())),
                _ => {}
            }
            self.collect();
            if let Some(entry) = self.under_way.first_entry()
                && entry.key().0 <= self.now
            {
                let happening = entry.remove();
                if happening == Happening::Disconnected {
                    self.disconnect();
                }
                return Some((self.now, happening));
            }
            self.now = self.next_time()?;
        }
    }
}
