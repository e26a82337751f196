//! The host's Bluetooth for an asynchronous source in a library.
//!
//! The functions of the host block; futures may not. So the loop waits for all of them at once,
//! and what arrives is kept until somebody looks: nothing is lost when a future is dropped.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use serde::Deserialize;

use super::source::Desk;
use super::stages::Out;
use crate::abi::{self, Arrival, Bluetooth, Host, Json};
use crate::ble::{
    Central, Characteristic, Link, LinkEvent, Scan, Service, Sighting, Uuid, WriteKind, parse_uuid,
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
            // Says at once if there is no adapter.
            let first = self
                .0
                .ask(|out| with(out, |lent| lent.scan(Duration::ZERO)));
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
    /// Waits for what comes first, at most so long.
    ///
    /// # Errors
    ///
    /// Once when the run is to stop.
    pub(super) fn wait(host: &Host<'_>, most: Duration, desk: &Desk) -> abi::Result<()> {
        let arrival = host.bluetooth()?.wait(most)?;
        let now = Timestamp::from_micros(host.now());
        let mut arrivals = desk.arrivals();
        match arrival {
            Some(Arrival::Device(device)) => arrivals.devices.push_back(sighting(&device)),
            Some(Arrival::Lost(link)) => arrivals.push(link, LinkEvent::Lost { time: now }),
            Some(Arrival::Value(value)) => {
                if let Some(characteristic) = parse_uuid(&value.characteristic) {
                    let event = LinkEvent::Value {
                        time: Timestamp::from_micros(value.time),
                        characteristic,
                        value: value.bytes,
                    };
                    arrivals.push(value.link, event);
                }
            }
            None => {}
        }
        Ok(())
    }

    fn push(&mut self, link: u64, event: LinkEvent) {
        self.events.entry(link).or_default().push_back(event);
    }
}

/// Waits until something has arrived, at most so long.
async fn arrived<T>(
    desk: &Desk,
    limit: Duration,
    mut take: impl FnMut(&mut Arrivals) -> Option<T>,
) -> Option<T> {
    let until = desk.now() + limit.as_secs_f64();
    poll_fn(|_| {
        if let Some(value) = take(&mut desk.arrivals()) {
            return Poll::Ready(Some(value));
        }
        if desk.now() >= until {
            return Poll::Ready(None);
        }
        desk.wait_for_radio(until);
        Poll::Pending
    })
    .await
}

struct LentScan(Desk);

impl Scan for LentScan {
    fn next(&mut self, limit: Duration) -> SourceFuture<'_, Option<Sighting>> {
        Box::pin(async move { Ok(arrived(&self.0, limit, |all| all.devices.pop_front()).await) })
    }
}

#[expect(
    clippy::redundant_closure_for_method_calls,
    reason = "the method itself has one lifetime, not any"
)]
impl Drop for LentScan {
    fn drop(&mut self) {
        self.0.later(|out| {
            let _ = with(out, |lent| lent.end_scan());
        });
    }
}

struct LentLink {
    desk: Desk,
    number: u64,
    mtu: usize,
    services: Vec<Service>,
    /// When it was lost: from then on only that comes.
    lost: Option<Timestamp>,
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
        Box::pin(async move {
            if let Some(time) = self.lost {
                return Ok(Some(LinkEvent::Lost { time }));
            }
            let number = self.number;
            let take = |all: &mut Arrivals| all.events.get_mut(&number)?.pop_front();
            let event = arrived(&self.desk, limit, take).await;
            if let Some(LinkEvent::Lost { time }) = event {
                self.lost = Some(time);
            }
            Ok(event)
        })
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
        self.desk.arrivals().events.remove(&number);
        self.desk.later(move |out| {
            let _ = with(out, |lent| {
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
