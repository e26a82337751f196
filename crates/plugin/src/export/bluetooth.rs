//! The host's Bluetooth for an asynchronous source in a library.
//!
//! The functions of the host block; futures may not. So waiting is done in steps of [`LOOK`], and
//! what arrives in a step is kept until somebody looks: nothing is lost when a future is dropped.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Deserialize;

use super::source::{Desk, LOOK};
use super::stages::Out;
use crate::abi::{self, Bluetooth, Json};
use crate::ble::{
    Central, Characteristic, Link, LinkEvent, Scan, Service, Sighting, Uuid, WriteKind, uuid16,
};
use crate::{Error, Result, SourceFuture, Timestamp};

/// The host's adapter.
pub(super) struct LentCentral(Desk);

impl LentCentral {
    pub(super) fn new(desk: Desk) -> Self {
        Self(desk)
    }
}

impl fmt::Debug for LentCentral {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the host's Bluetooth")
    }
}

/// Uses the host's Bluetooth.
fn with<T>(out: &Out<'_>, work: impl FnOnce(&Bluetooth<'_>) -> abi::Result<T>) -> Result<T> {
    let result = out.host().bluetooth().and_then(|lent| work(&lent));
    result.map_err(|error| match error.status {
        abi::Status::Cancelled => Error::cancelled(),
        _ => error.into(),
    })
}

impl Central for LentCentral {
    fn scan(&self) -> SourceFuture<'_, Box<dyn Scan>> {
        Box::pin(async {
            let found = Arc::new(Found::default());
            let first = Arc::clone(&found);
            // Says at once if there is no adapter.
            self.0
                .ask(move |out| first.look(out, Duration::ZERO))
                .await?;
            let (desk, found) = (self.0.clone(), found);
            Ok(Box::new(LentScan { desk, found }) as Box<dyn Scan>)
        })
    }

    fn connect<'a>(&'a self, device: &'a Sighting, _: Duration) -> SourceFuture<'a, Box<dyn Link>> {
        Box::pin(async {
            let id = device.id.clone();
            let made = self.0.ask(move |out| {
                with(out, |lent| {
                    let link = lent.connect(&id)?;
                    let services = link.services()?;
                    Ok((link.into_number(), services))
                })
            });
            let (number, services) = made.await?;
            let about: About = serde_json::from_str(&services.to_string()).unwrap_or_default();
            Ok(Box::new(LentLink {
                desk: self.0.clone(),
                number,
                mtu: about.mtu,
                services: about.services(),
                events: Arc::default(),
            }) as Box<dyn Link>)
        })
    }
}

/// Something that arrived and that nobody has looked at.
struct Queue<T>(Mutex<VecDeque<T>>);

impl<T> Default for Queue<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Queue<T> {
    fn push(&self, value: T) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push_back(value);
    }

    fn take(&self) -> Option<T> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front()
    }
}

/// Waits in steps until something is there, at most so long.
async fn step<T>(
    desk: &Desk,
    queue: &Queue<T>,
    limit: Duration,
    look: impl Fn(Duration) -> Box<dyn FnOnce(&mut Out<'_>) -> Result<()> + Send>,
) -> Result<Option<T>> {
    let until = desk.now() + limit.as_secs_f64();
    loop {
        if let Some(value) = queue.take() {
            return Ok(Some(value));
        }
        let left = Duration::try_from_secs_f64(until - desk.now()).unwrap_or_default();
        desk.ask(look(left.min(LOOK))).await?;
        if left.is_zero() {
            return Ok(queue.take());
        }
    }
}

/// Devices that were seen.
type Found = Queue<Sighting>;

impl Found {
    fn look(&self, out: &Out<'_>, most: Duration) -> Result<()> {
        if let Some(device) = with(out, |lent| lent.scan(most))? {
            self.push(sighting(&device));
        }
        Ok(())
    }
}

struct LentScan {
    desk: Desk,
    found: Arc<Found>,
}

impl Scan for LentScan {
    fn next(&mut self, limit: Duration) -> SourceFuture<'_, Option<Sighting>> {
        Box::pin(step(&self.desk, &self.found, limit, |most| {
            let found = Arc::clone(&self.found);
            Box::new(move |out| found.look(out, most))
        }))
    }
}

#[expect(
    clippy::redundant_closure_for_method_calls,
    reason = "the method itself has one lifetime, not any"
)]
impl Drop for LentScan {
    fn drop(&mut self) {
        self.desk.later(|out| {
            let _ = with(out, |lent| lent.end_scan());
        });
    }
}

/// Values that have arrived on a link.
type Events = Queue<LinkEvent>;

impl Events {
    fn look(&self, out: &Out<'_>, link: u64, most: Duration) -> Result<()> {
        let next = out.host().bluetooth().and_then(|lent| {
            let link = lent.link(link);
            let next = link.next(most);
            link.into_number();
            next
        });
        match next {
            Ok(Some(value)) => {
                let time = Timestamp::from_micros(value.time);
                if let Some(characteristic) = uuid_of(&value.characteristic) {
                    let value = value.bytes;
                    self.push(LinkEvent::Value {
                        time,
                        characteristic,
                        value,
                    });
                }
            }
            Ok(None) => {}
            Err(error) if error.status == abi::Status::Device => {
                let time = Timestamp::from_micros(out.host().now());
                self.push(LinkEvent::Lost { time });
            }
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }
}

struct LentLink {
    desk: Desk,
    number: u64,
    mtu: usize,
    services: Vec<Service>,
    events: Arc<Events>,
}

impl LentLink {
    /// Does something on the link, which lives on.
    fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&abi::Link<'_>) -> abi::Result<T> + Send + 'static,
    ) -> SourceFuture<'_, T> {
        let number = self.number;
        Box::pin(self.desk.ask(move |out| {
            with(out, |lent| {
                let link = lent.link(number);
                let result = work(&link);
                link.into_number();
                result
            })
        }))
    }
}

impl Link for LentLink {
    fn services(&self) -> &[Service] {
        &self.services
    }

    fn mtu(&self) -> usize {
        self.mtu
    }

    fn read(&mut self, characteristic: Uuid) -> SourceFuture<'_, Vec<u8>> {
        let name = characteristic.to_string();
        self.ask(move |link| link.read(&name))
    }

    fn write<'a>(
        &'a mut self,
        characteristic: Uuid,
        kind: WriteKind,
        value: &'a [u8],
    ) -> SourceFuture<'a, ()> {
        let (name, value) = (characteristic.to_string(), value.to_vec());
        let is_confirmed = kind == WriteKind::WithResponse;
        self.ask(move |link| link.write(&name, &value, is_confirmed))
    }

    fn subscribe(&mut self, characteristic: Uuid) -> SourceFuture<'_, ()> {
        let name = characteristic.to_string();
        self.ask(move |link| link.subscribe(&name))
    }

    fn unsubscribe(&mut self, characteristic: Uuid) -> SourceFuture<'_, ()> {
        let name = characteristic.to_string();
        self.ask(move |link| link.unsubscribe(&name))
    }

    fn next(&mut self, limit: Duration) -> SourceFuture<'_, Option<LinkEvent>> {
        let (number, events) = (self.number, &self.events);
        Box::pin(step(&self.desk, events, limit, move |most| {
            let events = Arc::clone(events);
            Box::new(move |out| events.look(out, number, most))
        }))
    }

    fn disconnect(&mut self) -> SourceFuture<'_, ()> {
        let number = self.number;
        Box::pin(self.desk.ask(move |out| {
            // The link ends when it is dropped.
            with(out, |lent| {
                drop(lent.link(number));
                Ok(())
            })
        }))
    }
}

impl Drop for LentLink {
    fn drop(&mut self) {
        let number = self.number;
        self.desk.later(move |out| {
            let _ = with(out, |lent| {
                drop(lent.link(number));
                Ok(())
            });
        });
    }
}

/// A UUID from its short or its long form.
fn uuid_of(text: &str) -> Option<Uuid> {
    match u16::from_str_radix(text, 16) {
        Ok(short) if text.len() == 4 => Some(uuid16(short)),
        _ => Uuid::parse_str(text).ok(),
    }
}

fn sighting(device: &abi::Device) -> Sighting {
    let text = |json: &Json| json.as_str().map(str::to_owned);
    let strings = |json: &Json| match json {
        Json::Array(values) => values.iter().filter_map(text).collect(),
        _ => Vec::new(),
    };
    let data = match &device.about["manufacturer_data"] {
        Json::Object(members) => members
            .iter()
            .filter_map(|(company, bytes)| {
                let company = u16::from_str_radix(company, 16).ok()?;
                Some((company, bytes_of(bytes.as_str()?)?))
            })
            .collect(),
        _ => Vec::new(),
    };
    #[expect(
        clippy::cast_possible_truncation,
        reason = "float to integer casts saturate"
    )]
    let rssi = device.about["rssi"].as_f64().map(|dbm| dbm as i16);
    let services: Vec<String> = strings(&device.about["services"]);
    Sighting {
        id: device.id.clone(),
        name: text(&device.about["name"]),
        rssi,
        services: services.iter().filter_map(|text| uuid_of(text)).collect(),
        manufacturer_data: data,
    }
}

/// Bytes from hexadecimal digits.
fn bytes_of(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

/// What the host says about a link; members may be added.
#[derive(Default, Deserialize)]
#[serde(default)]
struct About {
    mtu: usize,
    services: Vec<AboutService>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AboutService {
    uuid: String,
    characteristics: Vec<AboutCharacteristic>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AboutCharacteristic {
    uuid: String,
    properties: u8,
}

impl About {
    fn services(&self) -> Vec<Service> {
        let services = self.services.iter().filter_map(|service| {
            let characteristics = service.characteristics.iter().filter_map(|one| {
                Some(Characteristic {
                    uuid: uuid_of(&one.uuid)?,
                    properties: one.properties,
                })
            });
            Some(Service {
                uuid: uuid_of(&service.uuid)?,
                characteristics: characteristics.collect(),
            })
        });
        services.collect()
    }
}
