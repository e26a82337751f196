use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use uuid::Uuid;

/// A simulated device. Time is what has passed since it was switched on.
///
/// Whenever something was done to it, and at [`poll_timeout`](Self::poll_timeout), call
/// [`poll_output`](Self::poll_output) until it returns `None`.
pub trait Peripheral {
    /// The name that it advertises.
    fn name(&self) -> String;

    /// The services that it advertises.
    fn advertised(&self) -> Vec<Uuid>;

    /// Whether it can be heard: not while it is switched off.
    fn is_on(&self, now: Duration) -> bool {
        let _ = now;
        true
    }

    /// All its services.
    fn services(&self) -> Vec<Service>;

    /// The largest MTU that it agrees to: whatever a central asks for, no more is connected with.
    fn largest_mtu(&self) -> usize {
        517
    }

    /// A central has connected; values of up to `mtu` - 3 bytes can be sent.
    fn connect(&mut self, now: Duration, mtu: usize);

    /// The link was lost; subscriptions are forgotten.
    fn disconnect(&mut self, now: Duration);

    /// The central wants notifications or indications.
    ///
    /// # Errors
    ///
    /// When the characteristic has none.
    fn subscribe(&mut self, now: Duration, characteristic: Uuid) -> Result<(), Refused>;

    /// The central reads.
    ///
    /// # Errors
    ///
    /// When the characteristic can't be read.
    fn read(&mut self, now: Duration, characteristic: Uuid) -> Result<Vec<u8>, Refused>;

    /// The central writes.
    ///
    /// # Errors
    ///
    /// When the characteristic can't be written to, or not so.
    fn write(
        &mut self,
        now: Duration,
        characteristic: Uuid,
        kind: WriteKind,
        value: &[u8],
    ) -> Result<(), Refused>;

    /// What the device does up to that time, the earliest first.
    fn poll_output(&mut self, now: Duration) -> Option<(Duration, Output)>;

    /// When the device next does something by itself; `None` when it is done.
    fn poll_timeout(&self) -> Option<Duration>;
}

/// What a device does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// It sends the value of a characteristic.
    Value {
        /// Of which.
        characteristic: Uuid,
        /// What.
        value: Vec<u8>,
    },
    /// It drops the link.
    Disconnect,
}

/// A service and what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Its name.
    pub name: Uuid,
    /// What is in it.
    pub characteristics: Vec<Characteristic>,
}

impl Service {
    /// One with these characteristics, by name.
    pub fn new(name: Uuid, characteristics: impl IntoIterator<Item = (Uuid, Properties)>) -> Self {
        let characteristics = characteristics.into_iter();
        Self {
            name,
            characteristics: characteristics
                .map(|(name, properties)| Characteristic { name, properties })
                .collect(),
        }
    }
}

/// A characteristic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Characteristic {
    /// Its name.
    pub name: Uuid,
    /// What can be done with it.
    pub properties: Properties,
}

/// What can be done with a characteristic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "they are the standard's bits"
)]
pub struct Properties {
    /// It can be read.
    pub read: bool,
    /// It can be written with a response.
    pub write: bool,
    /// It can be written without one.
    pub write_without_response: bool,
    /// It notifies.
    pub notify: bool,
    /// It indicates.
    pub indicate: bool,
}

/// The two ways to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteKind {
    /// The device confirms.
    WithResponse,
    /// It does not.
    WithoutResponse,
}

/// The characteristic does not allow that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused;

impl Properties {
    /// Can be read.
    pub const READ: Self = Self::none().and_read();
    /// Notifies.
    pub const NOTIFY: Self = Self::none().and_notify();

    const fn none() -> Self {
        Self {
            read: false,
            write: false,
            write_without_response: false,
            notify: false,
            indicate: false,
        }
    }

    /// Can also be read.
    #[must_use]
    pub const fn and_read(mut self) -> Self {
        self.read = true;
        self
    }

    /// Also notifies.
    #[must_use]
    pub const fn and_notify(mut self) -> Self {
        self.notify = true;
        self
    }

    /// Whether that way to write is offered.
    pub const fn offers(self, kind: WriteKind) -> bool {
        match kind {
            WriteKind::WithResponse => self.write,
            WriteKind::WithoutResponse => self.write_without_response,
        }
    }
}

impl<P: Peripheral + ?Sized> Peripheral for Box<P> {
    fn name(&self) -> String {
        (**self).name()
    }

    fn advertised(&self) -> Vec<Uuid> {
        (**self).advertised()
    }

    fn is_on(&self, now: Duration) -> bool {
        (**self).is_on(now)
    }

    fn services(&self) -> Vec<Service> {
        (**self).services()
    }

    fn largest_mtu(&self) -> usize {
        (**self).largest_mtu()
    }

    fn connect(&mut self, now: Duration, mtu: usize) {
        (**self).connect(now, mtu);
    }

    fn disconnect(&mut self, now: Duration) {
        (**self).disconnect(now);
    }

    fn subscribe(&mut self, now: Duration, characteristic: Uuid) -> Result<(), Refused> {
        (**self).subscribe(now, characteristic)
    }

    fn read(&mut self, now: Duration, characteristic: Uuid) -> Result<Vec<u8>, Refused> {
        (**self).read(now, characteristic)
    }

    fn write(
        &mut self,
        now: Duration,
        characteristic: Uuid,
        kind: WriteKind,
        value: &[u8],
    ) -> Result<(), Refused> {
        (**self).write(now, characteristic, kind, value)
    }

    fn poll_output(&mut self, now: Duration) -> Option<(Duration, Output)> {
        (**self).poll_output(now)
    }

    fn poll_timeout(&self) -> Option<Duration> {
        (**self).poll_timeout()
    }
}

/// A device that somebody else looks at as well: a test.
impl<P: Peripheral + ?Sized> Peripheral for Arc<Mutex<P>> {
    fn name(&self) -> String {
        self.lock().unwrap_or_else(PoisonError::into_inner).name()
    }

    fn advertised(&self) -> Vec<Uuid> {
        self.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .advertised()
    }

    fn services(&self) -> Vec<Service> {
        self.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .services()
    }

    fn largest_mtu(&self) -> usize {
        self.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .largest_mtu()
    }

    fn connect(&mut self, now: Duration, mtu: usize) {
        self.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .connect(now, mtu);
    }

    fn disconnect(&mut self, now: Duration) {
        self.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .disconnect(now);
    }

    fn subscribe(&mut self, now: Duration, characteristic: Uuid) -> Result<(), Refused> {
        self.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .subscribe(now, characteristic)
    }

    fn read(&mut self, now: Duration, characteristic: Uuid) -> Result<Vec<u8>, Refused> {
        self.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .read(now, characteristic)
    }

    fn write(
        &mut self,
        now: Duration,
        characteristic: Uuid,
        kind: WriteKind,
        value: &[u8],
    ) -> Result<(), Refused> {
        self.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .write(now, characteristic, kind, value)
    }

    fn poll_output(&mut self, now: Duration) -> Option<(Duration, Output)> {
        self.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .poll_output(now)
    }

    fn poll_timeout(&self) -> Option<Duration> {
        self.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .poll_timeout()
    }
}
