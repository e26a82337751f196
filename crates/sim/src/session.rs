use std::time::Duration;

use uuid::Uuid;

use crate::{Air, Faults, Peripheral, Refused, WriteKind};

/// A link to a device: what a central sees of it, in the order of virtual time.
///
/// It connects at once, subscribes to everything that there is, and does so again after each
/// outage. It ends when the device has nothing more to do.
#[derive(Debug)]
pub struct Session<P> {
    air: Air<P>,
    now: Duration,
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
        Self {
            air: Air::new(peripheral, mtu, faults),
            now: Duration::ZERO,
        }
    }

    /// The device at the other end.
    pub fn peripheral(&self) -> &P {
        self.air.peripheral()
    }

    /// Reads a characteristic now.
    ///
    /// # Errors
    ///
    /// When there is no link, or the device refuses.
    pub fn read(&mut self, characteristic: Uuid) -> Result<Vec<u8>, Refused> {
        self.air.read(self.now, characteristic)
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
        self.air.write(self.now, characteristic, kind, value)
    }

    fn connect(&mut self) -> bool {
        if self.air.connect(self.now).is_err() {
            return false;
        }
        for service in self.air.services() {
            for characteristic in service.characteristics {
                let properties = characteristic.properties;
                if properties.notify || properties.indicate {
                    // Devices may refuse; a central goes on then.
                    let _ = self.air.subscribe(self.now, characteristic.name);
                }
            }
        }
        true
    }
}

impl<P: Peripheral> Iterator for Session<P> {
    type Item = (Duration, Happening);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if !self.air.is_connected() && self.connect() {
                return Some((self.now, Happening::Connected));
            }
            if let Some(happening) = self.air.poll(self.now) {
                return Some((self.now, happening));
            }
            self.now = self.air.poll_timeout(self.now)?;
        }
    }
}
