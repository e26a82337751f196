use std::sync::Arc;
use std::time::Duration;

use pipeline_plugin::ble::{Characteristic, Link, LinkEvent, Service, Uuid, WriteKind};
use pipeline_plugin::{Error, ErrorKind, Result, SourceFuture};
use sim::{Happening, Properties, Refused};

use super::{Device, Room};

/// A connection to a simulated device.
#[derive(Debug)]
pub(crate) struct SimulatedLink {
    room: Arc<Room>,
    device: usize,
    services: Vec<Service>,
    lost: bool,
}

/// How long a device takes to answer a read or a write.
const ANSWER: Duration = Duration::from_millis(30);

/// How often to look whether all devices have come to their end, whoever waits for longer.
const LOOK: Duration = Duration::from_secs(60);

impl SimulatedLink {
    pub(crate) fn new(room: Arc<Room>, device: usize) -> Self {
        let services = room.devices[device].air().services();
        Self {
            room,
            device,
            services: services.into_iter().map(service).collect(),
            lost: false,
        }
    }

    fn device(&self) -> &Device {
        &self.room.devices[self.device]
    }

    /// What it means that the device does not do what it was asked to.
    fn refused(&self, what: &str, characteristic: Uuid) -> Error {
        let device = self.device();
        if !device.air().is_connected() {
            let text = format!("the connection to `{}` was lost", device.name);
            return Error::new(ErrorKind::Device, text);
        }
        Error::skip(format!(
            "`{}` refused to {what} {characteristic}",
            device.name
        ))
    }

    async fn ask<T>(
        &mut self,
        what: &str,
        characteristic: Uuid,
        ask: impl FnOnce(&Device, Duration) -> Result<T, Refused>,
    ) -> Result<T> {
        self.room.asked();
        self.room.clock.sleep(ANSWER).await;
        let answer = ask(self.device(), self.room.now());
        answer.map_err(|Refused| self.refused(what, characteristic))
    }
}

impl Link for SimulatedLink {
    fn services(&self) -> &[Service] {
        &self.services
    }

    fn mtu(&self) -> usize {
        self.device().air().mtu()
    }

    fn read(&mut self, characteristic: Uuid) -> SourceFuture<'_, Vec<u8>> {
        let read = move |device: &Device, now| device.air().read(now, characteristic);
        Box::pin(self.ask("read", characteristic, read))
    }

    fn write<'a>(
        &'a mut self,
        characteristic: Uuid,
        kind: WriteKind,
        value: &'a [u8],
    ) -> SourceFuture<'a, ()> {
        let kind = match kind {
            WriteKind::WithResponse => sim::WriteKind::WithResponse,
            WriteKind::WithoutResponse => sim::WriteKind::WithoutResponse,
        };
        Box::pin(async move {
            let write = |device: &Device, now| device.air().write(now, characteristic, kind, value);
            if kind == sim::WriteKind::WithResponse {
                return self.ask("write", characteristic, write).await;
            }
            // It is under way at once, and nobody says whether it arrived.
            self.room.asked();
            let answer = write(self.device(), self.room.now());
            answer.map_err(|Refused| self.refused("write", characteristic))
        })
    }

    fn subscribe(&mut self, characteristic: Uuid) -> SourceFuture<'_, ()> {
        let subscribe = move |device: &Device, now| device.air().subscribe(now, characteristic);
        Box::pin(self.ask("subscribe to", characteristic, subscribe))
    }

    fn unsubscribe(&mut self, characteristic: Uuid) -> SourceFuture<'_, ()> {
        let stop = move |device: &Device, _| device.air().unsubscribe(characteristic);
        Box::pin(self.ask("unsubscribe from", characteristic, stop))
    }

    fn next(&mut self, limit: Duration) -> SourceFuture<'_, Option<LinkEvent>> {
        Box::pin(async move {
            let end = self.room.now() + limit;
            loop {
                let now = self.room.now();
                let happening = self.device().air().poll_timed(now);
                self.lost |= matches!(happening, Some((_, Happening::Disconnected)));
                if self.lost {
                    let time = self.room.clock.now();
                    return Ok(Some(LinkEvent::Lost { time }));
                }
                if let Some((arrived, happening)) = happening
                    && let Happening::Value {
                        characteristic,
                        value,
                    } = happening
                {
                    // As a radio does it: the time of arrival, also when nobody looked just then.
                    return Ok(Some(LinkEvent::Value {
                        time: self.room.start + arrived.as_secs_f64(),
                        characteristic,
                        value,
                    }));
                }
                self.room.waited();
                if now >= end {
                    return Ok(None);
                }
                let next = self.device().air().poll_timeout(now).unwrap_or(end);
                // Never for no time at all, so that time goes on whatever a device says.
                let step = next.min(end).saturating_sub(now);
                let step = step.clamp(Duration::from_micros(1), LOOK);
                self.room.clock.sleep(step).await;
            }
        })
    }

    fn disconnect(&mut self) -> SourceFuture<'_, ()> {
        Box::pin(async {
            self.device().air().disconnect(self.room.now());
            self.lost = true;
            Ok(())
        })
    }
}

impl Drop for SimulatedLink {
    fn drop(&mut self) {
        self.device().air().disconnect(self.room.now());
    }
}

fn service(service: sim::Service) -> Service {
    let characteristics = service.characteristics.into_iter();
    Service {
        uuid: service.name,
        characteristics: characteristics
            .map(|characteristic| Characteristic {
                uuid: characteristic.name,
                properties: bits(characteristic.properties),
            })
            .collect(),
    }
}

fn bits(properties: Properties) -> u8 {
    [
        (properties.read, Characteristic::READ),
        (properties.write, Characteristic::WRITE),
        (
            properties.write_without_response,
            Characteristic::WRITE_WITHOUT_RESPONSE,
        ),
        (properties.notify, Characteristic::NOTIFY),
        (properties.indicate, Characteristic::INDICATE),
    ]
    .into_iter()
    .filter(|(has, _)| *has)
    .fold(0, |bits, (_, bit)| bits | bit)
}
