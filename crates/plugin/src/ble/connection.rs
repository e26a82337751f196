use std::fmt;
use std::time::Duration;

use super::{Characteristic, Link, LinkEvent, Service, Sighting, Uuid, WriteKind};
use crate::{Cancel, Error, ErrorKind, Result};

/// Values longer than this can't be written at once, however large the MTU (Core Specification,
/// maximum length of an attribute).
const LONGEST_VALUE: usize = 512;

/// A connection to a device, as a source sees it. It ends when this is dropped.
pub struct Connection {
    title: String,
    link: Box<dyn Link>,
    cancel: Cancel,
}

/// Which way to write is preferred where a characteristic offers both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Write {
    /// Without a response where possible: it is faster.
    Quickly,
    /// With a response where possible: the device confirms.
    Confirmed,
}

impl Connection {
    pub(crate) fn new(device: &Sighting, link: Box<dyn Link>, cancel: Cancel) -> Self {
        Self {
            title: device.title().to_owned(),
            link,
            cancel,
        }
    }

    /// The services of the device.
    pub fn services(&self) -> &[Service] {
        self.link.services()
    }

    /// Whether the device has that service.
    pub fn has_service(&self, service: Uuid) -> bool {
        self.services().iter().any(|has| has.uuid == service)
    }

    /// All characteristics of all services.
    pub fn characteristics(&self) -> impl Iterator<Item = Characteristic> + '_ {
        let services = self.services().iter();
        services.flat_map(|service| service.characteristics.iter().copied())
    }

    /// A characteristic, if the device has it.
    pub fn characteristic(&self, characteristic: Uuid) -> Option<Characteristic> {
        self.characteristics()
            .find(|has| has.uuid == characteristic)
    }

    /// The most bytes of a value that fit into one packet either way.
    pub fn payload(&self) -> usize {
        self.link.mtu().saturating_sub(3).clamp(1, LONGEST_VALUE)
    }

    /// The MTU of the connection.
    pub fn mtu(&self) -> usize {
        self.link.mtu()
    }

    /// Reads a characteristic.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Device`] when the link is lost; otherwise when the device has no such
    /// characteristic, or refuses.
    pub async fn read(&mut self, characteristic: Uuid) -> Result<Vec<u8>> {
        self.able(characteristic, Characteristic::READ, "read")?;
        self.link.read(characteristic).await
    }

    /// Reads a characteristic that the device may lack: `None` when it does or refuses.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Device`] when the link is lost.
    pub async fn read_if_there(&mut self, characteristic: Uuid) -> Result<Option<Vec<u8>>> {
        match self.read(characteristic).await {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.kind() == ErrorKind::Device => Err(error),
            Err(_) => Ok(None),
        }
    }

    /// Writes a characteristic in a way that it offers; in the preferred one if it offers both.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub async fn write(&mut self, characteristic: Uuid, how: Write, value: &[u8]) -> Result<()> {
        let both = Characteristic::WRITE | Characteristic::WRITE_WITHOUT_RESPONSE;
        let has = self.able(characteristic, both, "written")?;
        let quick = has.can(Characteristic::WRITE_WITHOUT_RESPONSE);
        let kind = match how {
            Write::Quickly if quick => WriteKind::WithoutResponse,
            Write::Confirmed if !has.can(Characteristic::WRITE) => WriteKind::WithoutResponse,
            _ => WriteKind::WithResponse,
        };
        self.link.write(characteristic, kind, value).await
    }

    /// Asks for notifications or indications; they come from [`next`](Self::next).
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub async fn subscribe(&mut self, characteristic: Uuid) -> Result<()> {
        let both = Characteristic::NOTIFY | Characteristic::INDICATE;
        self.able(characteristic, both, "subscribed to")?;
        self.link.subscribe(characteristic).await
    }

    /// Asks for no more of them.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub async fn unsubscribe(&mut self, characteristic: Uuid) -> Result<()> {
        self.link.unsubscribe(characteristic).await
    }

    /// What happens next; `None` when nothing did within `limit`. Nothing is lost when the future
    /// is dropped.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Cancelled`] when the run is to stop; when the adapter went away.
    pub async fn next(&mut self, limit: Duration) -> Result<Option<LinkEvent>> {
        self.cancel.or(self.link.next(limit)).await
    }

    /// The same, also when the run is to stop: for the answer to a last write.
    ///
    /// # Errors
    ///
    /// When the adapter went away.
    pub async fn next_to_the_end(&mut self, limit: Duration) -> Result<Option<LinkEvent>> {
        self.link.next(limit).await
    }

    /// Ends the connection.
    ///
    /// # Errors
    ///
    /// When that can't be told to the device; the connection is over all the same.
    pub async fn disconnect(mut self) -> Result<()> {
        self.link.disconnect().await
    }

    fn able(&self, characteristic: Uuid, properties: u8, what: &str) -> Result<Characteristic> {
        let title = &self.title;
        let Some(has) = self.characteristic(characteristic) else {
            let text = format!("`{title}` has no characteristic {characteristic}");
            return Err(Error::skip(text));
        };
        if !has.can(properties) {
            let text = format!("characteristic {characteristic} of `{title}` can't be {what}");
            return Err(Error::skip(text));
        }
        Ok(has)
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("title", &self.title)
            .finish_non_exhaustive()
    }
}
