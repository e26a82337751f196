//! A lamp over Bluetooth that keeps what it is told and says it back.

use std::collections::VecDeque;
use std::future::{pending, ready};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use pipeline_plugin::ble::{
    Central, Characteristic, Link, LinkEvent, Scan, Service, Sighting, Uuid, WriteKind, uuid16,
};
use pipeline_plugin::{Result, SourceFuture, Timestamp};

const SERVICE: Uuid = uuid16(0xFFE0);
const MODE: Uuid = uuid16(0xFFE1);

/// A room with the lamp.
#[derive(Debug, Default)]
pub(crate) struct Room {
    told: Arc<Mutex<Vec<String>>>,
}

impl Room {
    /// What the lamp was told; `gone` is the end of the connection.
    pub(crate) fn told(&self) -> Vec<String> {
        self.told.lock().unwrap().clone()
    }
}

impl Central for Room {
    fn scan(&self) -> SourceFuture<'_, Box<dyn Scan>> {
        Box::pin(ready(Ok(Box::new(Looking(false)) as Box<dyn Scan>)))
    }

    fn connect<'a>(&'a self, _: &'a Sighting, _: Duration) -> SourceFuture<'a, Box<dyn Link>> {
        let characteristics = vec![Characteristic {
            uuid: MODE,
            properties: Characteristic::WRITE | Characteristic::NOTIFY,
        }];
        let lamp = Lamp {
            services: vec![Service {
                uuid: SERVICE,
                characteristics,
            }],
            said: VecDeque::new(),
            told: Arc::clone(&self.told),
        };
        Box::pin(ready(Ok(Box::new(lamp) as Box<dyn Link>)))
    }
}

/// Whether the lamp was seen.
struct Looking(bool);

impl Scan for Looking {
    fn next(&mut self, _: Duration) -> SourceFuture<'_, Option<Sighting>> {
        let is_new = !std::mem::replace(&mut self.0, true);
        Box::pin(ready(Ok(is_new.then(|| Sighting {
            id: "lamp".to_owned(),
            name: Some("Lamp".to_owned()),
            services: vec![SERVICE],
            ..Sighting::default()
        }))))
    }
}

struct Lamp {
    services: Vec<Service>,
    said: VecDeque<Vec<u8>>,
    told: Arc<Mutex<Vec<String>>>,
}

fn nothing() -> SourceFuture<'static, ()> {
    Box::pin(ready(Ok(())))
}

impl Link for Lamp {
    fn services(&self) -> &[Service] {
        &self.services
    }

    fn mtu(&self) -> usize {
        23
    }

    fn read(&mut self, _: Uuid) -> SourceFuture<'_, Vec<u8>> {
        Box::pin(ready(Ok(Vec::new())))
    }

    fn write<'a>(&'a mut self, _: Uuid, _: WriteKind, value: &'a [u8]) -> SourceFuture<'a, ()> {
        let text = String::from_utf8_lossy(value).into_owned();
        self.told.lock().unwrap().push(text);
        self.said.push_back(value.to_vec());
        nothing()
    }

    fn subscribe(&mut self, _: Uuid) -> SourceFuture<'_, ()> {
        nothing()
    }

    fn unsubscribe(&mut self, _: Uuid) -> SourceFuture<'_, ()> {
        nothing()
    }

    fn next(&mut self, _: Duration) -> SourceFuture<'_, Option<LinkEvent>> {
        let Some(value) = self.said.pop_front() else {
            return Box::pin(pending());
        };
        let event = LinkEvent::Value {
            time: Timestamp::default(),
            characteristic: MODE,
            value,
        };
        Box::pin(async { Result::Ok(Some(event)) })
    }

    fn disconnect(&mut self) -> SourceFuture<'_, ()> {
        nothing()
    }
}

impl Drop for Lamp {
    fn drop(&mut self) {
        self.told.lock().unwrap().push("gone".to_owned());
    }
}
