use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use uuid::Uuid;

use crate::{Faults, Happening, Output, Peripheral, Random, Refused, Service, WriteKind};

/// A device and the air between it and a central: what it sends is lost, repeated or late, and at
/// times there is no link at all.
///
/// Time is what has passed since the device was switched on, and never goes back from one call to
/// the next. After every call ask [`poll`](Self::poll) until it returns `None`, and again at
/// [`poll_timeout`](Self::poll_timeout).
pub struct Air<P> {
    peripheral: P,
    mtu: usize,
    faults: Faults,
    random: Random,
    connected: bool,
    subscribed: BTreeSet<Uuid>,
    /// Which outage is next, or is.
    outage: usize,
    /// What is on its way, by the time at which it arrives and the order in which it was sent.
    under_way: BTreeMap<(Duration, u64), Happening>,
    sent: u64,
}

impl<P: Peripheral> Air<P> {
    /// With a link that carries values of up to `mtu` - 3 bytes, or fewer if the device can't.
    pub fn new(peripheral: P, mtu: usize, faults: Faults) -> Self {
        let random = Random::new(faults.seed);
        Self {
            mtu: mtu.min(peripheral.largest_mtu()),
            peripheral,
            faults,
            random,
            connected: false,
            subscribed: BTreeSet::new(),
            outage: 0,
            under_way: BTreeMap::new(),
            sent: 0,
        }
    }

    /// The device.
    pub fn peripheral(&self) -> &P {
        &self.peripheral
    }

    /// The MTU of the link.
    pub fn mtu(&self) -> usize {
        self.mtu
    }

    /// All services of the device.
    pub fn services(&self) -> Vec<Service> {
        self.peripheral.services()
    }

    /// Whether there is a connection.
    pub fn is_connected(&self) -> bool {
        self.connected
    }

    /// Whether the device can be heard now.
    pub fn is_reachable(&mut self, now: Duration) -> bool {
        self.skip_outages(now);
        let outage = self.faults.outages.get(self.outage);
        self.peripheral.is_on(now) && outage.is_none_or(|outage| now < outage.start)
    }

    /// Whether neither the device nor the air will do anything by themselves any more.
    pub fn is_done(&self) -> bool {
        self.under_way.is_empty() && self.peripheral.poll_timeout().is_none()
    }

    /// A central connects.
    ///
    /// # Errors
    ///
    /// When the device can't be heard, or is connected already.
    pub fn connect(&mut self, now: Duration) -> Result<(), Refused> {
        if self.connected || !self.is_reachable(now) {
            return Err(Refused);
        }
        // What it said when nobody listened is gone; what it says now is not.
        if let Some(before) = now.checked_sub(Duration::from_micros(1)) {
            while self.peripheral.poll_output(before).is_some() {}
        }
        self.under_way.clear();
        self.subscribed.clear();
        self.connected = true;
        self.peripheral.connect(now, self.mtu);
        Ok(())
    }

    /// The central ends the connection, or the link is lost.
    pub fn disconnect(&mut self, now: Duration) {
        if self.connected {
            self.connected = false;
            self.under_way.clear();
            self.subscribed.clear();
            self.peripheral.disconnect(now);
        }
    }

    /// The central wants notifications or indications.
    ///
    /// # Errors
    ///
    /// When there is no link, or the device refuses.
    pub fn subscribe(&mut self, now: Duration, characteristic: Uuid) -> Result<(), Refused> {
        self.linked()?;
        self.peripheral.subscribe(now, characteristic)?;
        self.subscribed.insert(characteristic);
        Ok(())
    }

    /// The central wants no more of them.
    ///
    /// # Errors
    ///
    /// When there is no link.
    pub fn unsubscribe(&mut self, characteristic: Uuid) -> Result<(), Refused> {
        self.linked()?;
        self.subscribed.remove(&characteristic);
        Ok(())
    }

    /// The central reads.
    ///
    /// # Errors
    ///
    /// When there is no link, or the device refuses.
    pub fn read(&mut self, now: Duration, characteristic: Uuid) -> Result<Vec<u8>, Refused> {
        self.linked()?;
        self.peripheral.read(now, characteristic)
    }

    /// The central writes.
    ///
    /// # Errors
    ///
    /// When there is no link, the device refuses, or the value is too long for the link.
    pub fn write(
        &mut self,
        now: Duration,
        characteristic: Uuid,
        kind: WriteKind,
        value: &[u8],
    ) -> Result<(), Refused> {
        self.linked()?;
        if value.len() > self.mtu - 3 {
            return Err(Refused);
        }
        self.peripheral.write(now, characteristic, kind, value)?;
        self.collect(now);
        Ok(())
    }

    /// What the central sees next, if it is time.
    pub fn poll(&mut self, now: Duration) -> Option<Happening> {
        self.poll_timed(now).map(|(_, happening)| happening)
    }

    /// The same with the time at which it arrived, for a central that looks late.
    pub fn poll_timed(&mut self, now: Duration) -> Option<(Duration, Happening)> {
        if self.connected && !self.is_reachable(now) {
            self.disconnect(now);
            return Some((now, Happening::Disconnected));
        }
        self.collect(now);
        let entry = self.under_way.first_entry()?;
        let time = entry.key().0;
        if time > now {
            return None;
        }
        let happening = entry.remove();
        if happening == Happening::Disconnected {
            self.disconnect(now);
        }
        Some((time, happening))
    }

    /// When something next happens: something arrives, the device acts, the link goes or can be
    /// had again. Never before `now`.
    pub fn poll_timeout(&mut self, now: Duration) -> Option<Duration> {
        let arrival = self.under_way.keys().next().map(|(time, _)| *time);
        let device = self.peripheral.poll_timeout();
        self.skip_outages(now);
        let link = self.faults.outages.get(self.outage).map(|outage| {
            if now < outage.start {
                outage.start
            } else {
                outage.end
            }
        });
        // Nothing that lasts: when all is said, outages do not matter.
        let next = [arrival, device].into_iter().flatten().min()?;
        Some(link.map_or(next, |link| link.min(next)).max(now))
    }

    fn linked(&self) -> Result<(), Refused> {
        if self.connected { Ok(()) } else { Err(Refused) }
    }

    fn skip_outages(&mut self, now: Duration) {
        let outages = self.faults.outages.iter().skip(self.outage);
        self.outage += outages.take_while(|outage| outage.end <= now).count();
    }

    /// Puts on its way what the device has to say up to now.
    fn collect(&mut self, now: Duration) {
        while let Some((time, output)) = self.peripheral.poll_output(now) {
            if !self.connected {
                continue;
            }
            let Output::Value {
                characteristic,
                value,
            } = output
            else {
                self.send(time, Happening::Disconnected);
                continue;
            };
            let wanted = self.subscribed.contains(&characteristic);
            if !wanted || value.len() > self.mtu - 3 || self.random.happens(self.faults.loss) {
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
        let mut arrival = time;
        if self.random.happens(self.faults.delay) {
            arrival += self.faults.longest_delay.mul_f64(self.random.unit());
        }
        self.sent += 1;
        self.under_way.insert((arrival, self.sent), happening);
    }
}

impl<P> fmt::Debug for Air<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Air")
            .field("connected", &self.connected)
            .finish_non_exhaustive()
    }
}
