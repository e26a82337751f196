//! Bluetooth Low Energy, as the host lends it to sources.
//!
//! A source never links a Bluetooth library. It gets [`Ble`] from
//! [`SourceCx::ble`](crate::SourceCx::ble), finds a device by a [`Selector`], connects, and then
//! reads, writes, subscribes and waits for what arrives. What is behind it (the computer's own
//! radio, a recording, or simulated devices on a virtual clock) is the host's business; so are
//! `--device` and the journal. For that the host implements [`Central`], [`Scan`] and [`Link`].
//!
//! ```
//! use std::time::Duration;
//! use pipeline_plugin::{Result, SourceCx, ble::{LinkEvent, Selector, Write, uuid16}};
//!
//! async fn heart_rates(cx: &SourceCx) -> Result<Vec<u8>> {
//!     let measurement = uuid16(0x2A37);
//!     let belt = cx.ble()?.find(&Selector::with_service(uuid16(0x180D))).await?;
//!     let mut link = cx.ble()?.connect(&belt).await?;
//!     link.subscribe(measurement).await?;
//!     let mut rates = Vec::new();
//!     while let Some(LinkEvent::Value { value, .. }) = link.next(Duration::from_secs(3)).await? {
//!         rates.extend(value.get(1));
//!     }
//!     Ok(rates)
//! }
//! ```

mod connection;
mod selector;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use uuid::Uuid;

pub use self::connection::{Connection, Write};
pub use self::selector::{DeviceName, Selector};
use crate::{Cancel, Error, ErrorKind, Result, SourceFuture, Timestamp};

/// How long to wait for a device that was just seen to accept a connection.
pub const CONNECT_LIMIT: Duration = Duration::from_secs(20);

/// The long form of a 16-bit UUID that the Bluetooth standard has assigned.
pub const fn uuid16(short: u16) -> Uuid {
    Uuid::from_u128(((short as u128) << 96) | 0x0000_0000_0000_1000_8000_0080_5F9B_34FB)
}

/// A UUID from its long form, or from the short one of four digits that those have which the
/// standard has assigned: `2a37`.
pub fn parse_uuid(text: &str) -> Option<Uuid> {
    let is_short = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_short {
        return u16::from_str_radix(text, 16).ok().map(uuid16);
    }
    Uuid::parse_str(text).ok()
}

/// The short form of a UUID if it has one, otherwise the long one.
pub fn uuid_text(uuid: Uuid) -> String {
    let bits = uuid.as_u128();
    let short = u16::try_from((bits >> 96) & 0xFFFF).unwrap_or_default();
    if uuid16(short) == uuid {
        format!("{short:04x}")
    } else {
        uuid.hyphenated().to_string()
    }
}

/// The host's Bluetooth adapter. Everything that waits is cancel safe: a future that is dropped
/// takes nothing with it.
pub trait Central: Send + Sync + fmt::Debug {
    /// Begins to look for devices. Looking ends when the [`Scan`] is dropped.
    ///
    /// # Errors
    ///
    /// When there is no adapter, it is off, or may not be used: each with what to do.
    fn scan(&self) -> SourceFuture<'_, Box<dyn Scan>>;

    /// Connects to a device that was seen, and finds out its services.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Device`] when it doesn't answer within `limit`; what [`scan`](Self::scan) says.
    fn connect<'a>(
        &'a self,
        device: &'a Sighting,
        limit: Duration,
    ) -> SourceFuture<'a, Box<dyn Link>>;
}

/// A search under way.
pub trait Scan: Send {
    /// The next device that is seen, or of which more is known than before; `None` when nothing
    /// came within `limit`.
    ///
    /// # Errors
    ///
    /// When the adapter went away.
    fn next(&mut self, limit: Duration) -> SourceFuture<'_, Option<Sighting>>;
}

/// A connection to a device. It ends when this is dropped.
pub trait Link: Send {
    /// The services of the device.
    fn services(&self) -> &[Service];

    /// The MTU of the connection: values of up to three bytes less fit into one packet.
    fn mtu(&self) -> usize;

    /// Reads a characteristic.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Device`] when the link is lost or the device does not answer, otherwise when it
    /// refuses.
    fn read(&mut self, characteristic: Uuid) -> SourceFuture<'_, Vec<u8>>;

    /// Writes a characteristic.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    fn write<'a>(
        &'a mut self,
        characteristic: Uuid,
        kind: WriteKind,
        value: &'a [u8],
    ) -> SourceFuture<'a, ()>;

    /// Asks for notifications or indications; they come from [`next`](Self::next).
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    fn subscribe(&mut self, characteristic: Uuid) -> SourceFuture<'_, ()>;

    /// Asks for no more of them.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    fn unsubscribe(&mut self, characteristic: Uuid) -> SourceFuture<'_, ()>;

    /// What happens next; `None` when nothing did within `limit`. After [`LinkEvent::Lost`] only
    /// that comes.
    ///
    /// # Errors
    ///
    /// When the adapter went away; [`ErrorKind::Device`] where values are missing because they
    /// were not taken in time. Those that come after them follow.
    fn next(&mut self, limit: Duration) -> SourceFuture<'_, Option<LinkEvent>>;

    /// Ends the connection.
    ///
    /// # Errors
    ///
    /// When that can't be told to the device; the connection is over all the same.
    fn disconnect(&mut self) -> SourceFuture<'_, ()>;
}

/// A device that was seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sighting {
    /// What the system calls it: a MAC address, or on some systems an identifier of their own.
    pub id: String,
    /// The name that it advertises, neutralised: no control characters.
    pub name: Option<String>,
    /// How strong its signal is, in dBm: -30 is beside you, -90 is nearly gone.
    pub rssi: Option<i16>,
    /// The services that it advertises. Many devices advertise only some, or none.
    pub services: Vec<Uuid>,
    /// Data of manufacturers by company identifier.
    pub manufacturer_data: Vec<(u16, Vec<u8>)>,
}

/// A service of a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Which.
    pub uuid: Uuid,
    /// What is in it.
    pub characteristics: Vec<Characteristic>,
}

/// A characteristic of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Characteristic {
    /// Which.
    pub uuid: Uuid,
    /// What can be done with it: a combination of the constants of this type, which are the
    /// standard's bits (Core Specification, Characteristic Properties).
    pub properties: u8,
}

impl Characteristic {
    /// It can be read.
    pub const READ: u8 = 0x02;
    /// It can be written without a response.
    pub const WRITE_WITHOUT_RESPONSE: u8 = 0x04;
    /// It can be written with a response.
    pub const WRITE: u8 = 0x08;
    /// It notifies.
    pub const NOTIFY: u8 = 0x10;
    /// It indicates.
    pub const INDICATE: u8 = 0x20;

    /// Whether it has one of those properties.
    pub const fn can(self, properties: u8) -> bool {
        self.properties & properties != 0
    }
}

/// The two ways to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteKind {
    /// The device confirms.
    WithResponse,
    /// It does not.
    WithoutResponse,
}

/// What happens on a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkEvent {
    /// A value arrived.
    Value {
        /// When, by the host's clock.
        time: Timestamp,
        /// Of which characteristic.
        characteristic: Uuid,
        /// The value.
        value: Vec<u8>,
    },
    /// The link is lost, or the device has ended it.
    Lost {
        /// When that was noticed.
        time: Timestamp,
    },
}

/// Bluetooth, as a source sees it.
///
/// Finding, connecting and waiting end with [`ErrorKind::Cancelled`] when the run is to stop;
/// reading and writing still work then, so that a source can leave a device as it found it.
#[derive(Clone, Debug)]
pub struct Ble {
    central: Arc<dyn Central>,
    wanted: Option<DeviceName>,
    cancel: Cancel,
}

/// How long one look at a scan takes; a pause to see whether the run is to stop isn't needed, but
/// recordings end only when somebody looks.
const LOOK: Duration = Duration::from_secs(60);

impl Ble {
    /// The host's adapter; `wanted` is the device that the person who runs the pipeline wants
    /// instead of what the settings say (`--device`).
    pub fn new(central: Arc<dyn Central>, wanted: Option<DeviceName>, cancel: Cancel) -> Self {
        Self {
            central,
            wanted,
            cancel,
        }
    }

    /// The same adapter; what waits ends when that switch is thrown instead of the run's.
    #[must_use]
    pub fn until(&self, cancel: Cancel) -> Self {
        Self {
            cancel,
            ..self.clone()
        }
    }

    /// The device that was asked for on the command line.
    pub fn wanted(&self) -> Option<&DeviceName> {
        self.wanted.as_ref()
    }

    /// Waits for the device of this source: the one that was asked for on the command line, or
    /// else the first that `selector` matches.
    ///
    /// # Errors
    ///
    /// What [`Central::scan`] says.
    pub async fn find(&self, selector: &Selector) -> Result<Sighting> {
        match &self.wanted {
            Some(name) => self.find_other(&selector.clone().named(name.clone())).await,
            None => self.find_other(selector).await,
        }
    }

    /// Waits for a further device, to which `--device` does not apply: a heart-rate belt beside
    /// the rower.
    ///
    /// # Errors
    ///
    /// What [`Central::scan`] says.
    pub async fn find_other(&self, selector: &Selector) -> Result<Sighting> {
        let mut scan = self.scan().await?;
        loop {
            match scan.next(LOOK).await? {
                Some(sighting) if selector.matches(&sighting) => return Ok(sighting),
                _ => {}
            }
        }
    }

    /// Begins to look for devices.
    ///
    /// # Errors
    ///
    /// What [`Central::scan`] says.
    pub async fn scan(&self) -> Result<Search> {
        let scan = self.cancel.or(self.central.scan()).await?;
        Ok(Search {
            scan,
            cancel: self.cancel.clone(),
        })
    }

    /// Connects to a device, within [`CONNECT_LIMIT`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Device`] when it does not answer; what [`Central::connect`] says.
    pub async fn connect(&self, device: &Sighting) -> Result<Connection> {
        let connecting = self.central.connect(device, CONNECT_LIMIT);
        let link = self.cancel.or(connecting).await?;
        Ok(Connection::new(device, link, self.cancel.clone()))
    }

    /// What a source says when the host has no Bluetooth to lend.
    pub(crate) fn missing() -> Error {
        Error::new(ErrorKind::Resource, "there is no Bluetooth here")
            .with_help("try it with a simulated device: `--device sim:esprm`")
    }
}

/// A search under way.
pub struct Search {
    scan: Box<dyn Scan>,
    cancel: Cancel,
}

impl Search {
    /// The next device that is seen, or of which more is known than before; `None` when nothing
    /// came within `limit`.
    ///
    /// # Errors
    ///
    /// What [`Scan::next`] says.
    pub async fn next(&mut self, limit: Duration) -> Result<Option<Sighting>> {
        self.cancel.or(self.scan.next(limit)).await
    }
}

impl fmt::Debug for Search {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Search").finish_non_exhaustive()
    }
}

impl Sighting {
    /// What to call it: its name, or what the system calls it.
    pub fn title(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_uuids_are_those_of_the_standard() {
        let long = "0000180d-0000-1000-8000-00805f9b34fb";
        assert_eq!(uuid16(0x180D).to_string(), long);
    }

    #[test]
    fn short_uuids_are_given_as_they_are_taken() {
        for text in ["2a37", "ce060030-43e5-11e4-916c-0800200c9a66"] {
            assert_eq!(uuid_text(parse_uuid(text).unwrap()), text);
        }
        let long = "00002A37-0000-1000-8000-00805F9B34FB";
        assert_eq!(uuid_text(parse_uuid(long).unwrap()), "2a37");
        assert_eq!(parse_uuid("+a37"), None);
        assert_eq!(parse_uuid("2a3"), None);
        assert_eq!(parse_uuid(""), None);
    }
}
