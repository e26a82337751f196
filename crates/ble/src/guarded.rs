//! The transport that refuses what must never be written.

use std::fmt::{self, Write as _};
use std::sync::Arc;
use std::time::Duration;

use pipeline_plugin::ble::{Central, Link, LinkEvent, Scan, Service, Sighting, Uuid, WriteKind};
use pipeline_plugin::{Error, SourceFuture};

/// Why a value must not be written to a characteristic of a device with these services; `None` when
/// it may be. The reason is a clause that ends the sentence "is not written: …".
pub type Refusal = fn(services: &[Service], characteristic: Uuid, value: &[u8]) -> Option<String>;

/// Devices of another [`Central`], to which nothing harmful can be written, whoever asks.
///
/// What is harmful is decided by the caller's [`Refusal`], for this crate knows no device. Reading and
/// listening are left alone. A refused write does not reach the device, and the link stays as it was.
pub struct Guarded {
    central: Arc<dyn Central>,
    refusal: Refusal,
}

impl Guarded {
    /// The devices of `central`, behind `refusal`.
    pub fn new(central: Arc<dyn Central>, refusal: Refusal) -> Self {
        Self { central, refusal }
    }
}

impl fmt::Debug for Guarded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Guarded").field(&self.central).finish()
    }
}

impl Central for Guarded {
    fn scan(&self) -> SourceFuture<'_, Box<dyn Scan>> {
        self.central.scan()
    }

    fn connect<'a>(
        &'a self,
        device: &'a Sighting,
        limit: Duration,
    ) -> SourceFuture<'a, Box<dyn Link>> {
        Box::pin(async move {
            let link = self.central.connect(device, limit).await?;
            let refusal = self.refusal;
            Ok(Box::new(GuardedLink { link, refusal }) as Box<dyn Link>)
        })
    }
}

struct GuardedLink {
    link: Box<dyn Link>,
    refusal: Refusal,
}

impl Link for GuardedLink {
    fn services(&self) -> &[Service] {
        self.link.services()
    }

    fn mtu(&self) -> usize {
        self.link.mtu()
    }

    fn read(&mut self, characteristic: Uuid) -> SourceFuture<'_, Vec<u8>> {
        self.link.read(characteristic)
    }

    fn write<'a>(
        &'a mut self,
        characteristic: Uuid,
        kind: WriteKind,
        value: &'a [u8],
    ) -> SourceFuture<'a, ()> {
        match (self.refusal)(self.link.services(), characteristic, value) {
            None => self.link.write(characteristic, kind, value),
            Some(reason) => Box::pin(async move { Err(refused(value, &reason)) }),
        }
    }

    fn subscribe(&mut self, characteristic: Uuid) -> SourceFuture<'_, ()> {
        self.link.subscribe(characteristic)
    }

    fn unsubscribe(&mut self, characteristic: Uuid) -> SourceFuture<'_, ()> {
        self.link.unsubscribe(characteristic)
    }

    fn next(&mut self, limit: Duration) -> SourceFuture<'_, Option<LinkEvent>> {
        self.link.next(limit)
    }

    fn disconnect(&mut self) -> SourceFuture<'_, ()> {
        self.link.disconnect()
    }
}

/// Bytes of a refused value that are told.
const TOLD: usize = 20;

fn refused(value: &[u8], reason: &str) -> Error {
    let mut bytes = String::new();
    for byte in value.iter().take(TOLD) {
        let _ = write!(bytes, "{byte:02x}");
    }
    if value.len() > TOLD {
        bytes.push('…');
    }
    Error::skip(format!("`{bytes}` is not written: {reason}"))
}
