//! The host's Bluetooth for asynchronous sources and sinks in a library.
//!
//! The functions of the host block; futures may not. So one wait is for all that may come, and what
//! arrives is kept until somebody looks: nothing is lost when a future is dropped. Who waits is up
//! to the [`Lender`]: the loop of a source, or the thread of a sink.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::MutexGuard;
use std::time::Duration;

use serde::Deserialize;

use crate::abi::{self, Arrival, Bluetooth, Host, Json};
use crate::ble::{
    Central, Characteristic, Link, LinkEvent, Scan, Service, Sighting, Uuid, WriteKind, parse_uuid,
};
use crate::{Error, Result, SourceFuture, Timestamp};

/// Who calls the host for the futures of a source or a sink.
pub(super) trait Lender: Clone + Send + Sync + 'static {
    /// Has something done with the host. It may not be done for a future that is dropped before.
    fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Host<'_>) -> T + Send + 'static,
    ) -> impl Future<Output = T> + Send;

    /// Has something done with the host, and does not wait for it.
    fn later(&self, work: impl FnOnce(&Host<'_>) + Send + 'static);

    /// What has arrived from the radio.
    fn arrivals(&self) -> MutexGuard<'_, Arrivals>;

    /// Waits until `take` finds something in what has arrived, at most so long.
    fn arrived<T: Send>(
        &self,
        limit: Duration,
        take: impl FnMut(&mut Arrivals) -> Option<T> + Send,
    ) -> impl Future<Output = Result<Option<T>>> + Send;
}

/// The host's adapter.
pub(super) struct LentCentral<L>(L);

impl<L> LentCentral<L> {
    pub(super) fn new(lender: L) -> Self {
        Self(lender)
    }
}

impl<L> fmt::Debug for LentCentral<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the host's Bluetooth")
    }
}

/// Uses the host's Bluetooth.
fn with<T>(host: &Host<'_>, work: impl FnOnce(&Bluetooth<'_>) -> abi::Result<T>) -> Result<T> {
    let result = host.bluetooth().and_then(|lent| work(&lent));
    result.map_err(error)
}

/// What the host said.
pub(super) fn error(error: abi::Error) -> Error {
    match error.status {
        abi::Status::Cancelled => Error::cancelled(),
        _ => error.into(),
    }
}

impl<L: Lender> Central for LentCentral<L> {
    fn scan(&self) -> SourceFuture<'_, Box<dyn Scan>> {
        Box::pin(async {
            // Says at once if there is no adapter.
            let first = self
                .0
                .ask(|host| with(host, |lent| lent.scan(Duration::ZERO)));
            let first = first.await?;
            let scan = LentScan(self.0.clone());
            scan.0.arrivals().devices.clear();
            scan.0
                .arrivals()
                .devices
                .extend(first.as_ref().map(sighting));
            Ok(Box::new(scan) as Box<dyn Scan>)
        })
    }

    fn connect<'a>(&'a self, device: &'a Sighting, _: Duration) -> SourceFuture<'a, Box<dyn Link>> {
        Box::pin(async {
            let id = device.id.clone();
            let made = self.0.ask(move |host| {
                with(host, |lent| {
                    let link = lent.connect(&id)?;
                    let services = link.services()?;
                    Ok((link.into_number(), services))
                })
            });
            let (number, services) = made.await?;
            let about: About = serde_json::from_str(&services.to_string()).unwrap_or_default();
            Ok(Box::new(LentLink {
                lender: self.0.clone(),
                number,
                mtu: about.mtu,
                services: about.services(),
                lost: None,
            }) as Box<dyn Link>)
        })
    }
}

/// What has arrived and nobody has looked at.
#[derive(Default)]
pub(super) struct Arrivals {
    devices: VecDeque<Sighting>,
    /// By the link's number.
    events: BTreeMap<u64, VecDeque<LinkEvent>>,
}

impl Arrivals {
    /// Keeps what came.
    pub(super) fn keep(&mut self, arrival: Option<Arrival>) {
        match arrival {
            Some(Arrival::Device(device)) => self.devices.push_back(sighting(&device)),
            Some(Arrival::Lost { link, time }) => {
                let time = Timestamp::from_micros(time);
                self.push(link, LinkEvent::Lost { time });
            }
            Some(Arrival::Value(value)) => {
                if let Some(characteristic) = parse_uuid(&value.characteristic) {
                    let event = LinkEvent::Value {
                        time: Timestamp::from_micros(value.time),
                        characteristic,
                        value: value.bytes,
                    };
                    self.push(value.link, event);
                }
            }
            None => {}
        }
    }

    /// Whether something of a link was not taken yet.
    pub(super) fn has_events(&self) -> bool {
        self.events.values().any(|events| !events.is_empty())
    }

    fn push(&mut self, link: u64, event: LinkEvent) {
        self.events.entry(link).or_default().push_back(event);
    }
}

struct LentScan<L: Lender>(L);

impl<L: Lender> Scan for LentScan<L> {
    fn next(&mut self, limit: Duration) -> SourceFuture<'_, Option<Sighting>> {
        Box::pin(self.0.arrived(limit, |all| all.devices.pop_front()))
    }
}

#[expect(
    clippy::redundant_closure_for_method_calls,
    reason = "the method itself has one lifetime, not any"
)]
impl<L: Lender> Drop for LentScan<L> {
    fn drop(&mut self) {
        self.0.later(|host| {
            let _ = with(host, |lent| lent.end_scan());
        });
    }
}

struct LentLink<L: Lender> {
    lender: L,
    number: u64,
    mtu: usize,
    services: Vec<Service>,
    /// When it was lost: from then on only that comes.
    lost: Option<Timestamp>,
}

impl<L: Lender> LentLink<L> {
    /// Does something on the link, which lives on.
    fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&abi::Link<'_>) -> abi::Result<T> + Send + 'static,
    ) -> SourceFuture<'_, T> {
        let number = self.number;
        Box::pin(self.lender.ask(move |host| {
            with(host, |lent| {
                let link = lent.link(number);
                let result = work(&link);
                link.into_number();
                result
            })
        }))
    }
}

impl<L: Lender> Link for LentLink<L> {
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
        Box::pin(async move {
            if let Some(time) = self.lost {
                return Ok(Some(LinkEvent::Lost { time }));
            }
            let number = self.number;
            let take = |all: &mut Arrivals| all.events.get_mut(&number)?.pop_front();
            let event = self.lender.arrived(limit, take).await?;
            if let Some(LinkEvent::Lost { time }) = event {
                self.lost = Some(time);
            }
            Ok(event)
        })
    }

    fn disconnect(&mut self) -> SourceFuture<'_, ()> {
        let number = self.number;
        Box::pin(self.lender.ask(move |host| {
            // The link ends when it is dropped.
            with(host, |lent| {
                drop(lent.link(number));
                Ok(())
            })
        }))
    }
}

impl<L: Lender> Drop for LentLink<L> {
    fn drop(&mut self) {
        let number = self.number;
        self.lender.arrivals().events.remove(&number);
        self.lender.later(move |host| {
            let _ = with(host, |lent| {
                drop(lent.link(number));
                Ok(())
            });
        });
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
        services: services
            .iter()
            .filter_map(|text| parse_uuid(text))
            .collect(),
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
                    uuid: parse_uuid(&one.uuid)?,
                    properties: one.properties,
                })
            });
            Some(Service {
                uuid: parse_uuid(&service.uuid)?,
                characteristics: characteristics.collect(),
            })
        });
        services.collect()
    }
}
