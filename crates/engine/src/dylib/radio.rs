//! The Bluetooth of plugins of libraries: what a source's thread asks for is done on the event loop,
//! what a sink's asks for on that thread.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::pin::Pin;
use std::task::Poll;
use std::time::{Duration, Instant};

use pipeline_plugin::ble::{
    Connection, LinkEvent, Search, Selector, Sighting, Uuid, Write, uuid_text,
};
use pipeline_plugin::{Error, ErrorKind, First, Result, SourceCx, first};
use serde_json::{Map, Value, json};

/// The most devices that are remembered, and the most links.
const MOST: usize = 1000;

/// What the thread asks for.
pub(super) enum RadioWish {
    Find {
        selector: Selector,
        is_other: bool,
        most: Duration,
    },
    Scan(Duration),
    EndScan,
    Wanted,
    Connect(String),
    Services(u64),
    Read(u64, Uuid),
    Write {
        link: u64,
        characteristic: Uuid,
        value: Vec<u8>,
        is_confirmed: bool,
    },
    Subscribe(u64, Uuid),
    Unsubscribe(u64, Uuid),
    Next(u64, Duration),
    Wait(Duration),
    Disconnect(u64),
}

/// What the thread gets.
#[derive(Debug, Default)]
pub(super) struct Given {
    pub(super) link: u64,
    pub(super) time: i64,
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

impl Given {
    fn bytes(bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            bytes: bytes.into(),
            ..Self::default()
        }
    }

    fn json(value: &Value) -> Self {
        Self::bytes(value.to_string())
    }
}

/// Devices that were seen, and links that are open.
#[derive(Default)]
pub(super) struct Radio {
    seen: BTreeMap<String, Sighting>,
    search: Option<Search>,
    links: BTreeMap<u64, Open>,
    count: u64,
    /// Whether a wait was ended by a stop.
    is_stopped: bool,
    /// Whether the devices have a clock of their own, as those have that sinks show something on.
    is_apart: bool,
}

/// A link that was made.
struct Open {
    title: String,
    connection: Connection,
    is_lost: bool,
}

/// What came first.
enum Came {
    Event(u64, Result<Option<LinkEvent>>),
    Device(Result<Option<Sighting>>),
    Nothing(Result<()>),
}

impl Radio {
    /// For devices with a clock of their own.
    pub(super) fn apart() -> Self {
        Self {
            is_apart: true,
            ..Self::default()
        }
    }

    /// Does what the thread asks for.
    pub(super) async fn fulfil(&mut self, wish: RadioWish, cx: &SourceCx) -> Result<Option<Given>> {
        match wish {
            RadioWish::Find {
                selector,
                is_other,
                most,
            } => self.find(&selector, is_other, most, cx).await,
            RadioWish::Scan(most) => self.scan(most, cx).await,
            RadioWish::EndScan => {
                self.search = None;
                Ok(None)
            }
            RadioWish::Wanted => {
                let wanted = cx.ble()?.wanted();
                Ok(wanted.map(|name| Given::bytes(name.as_str())))
            }
            RadioWish::Connect(id) => self.connect(&id, cx).await,
            RadioWish::Disconnect(link) => match self.links.remove(&link) {
                Some(open) => open.connection.disconnect().await.map(|()| None),
                None => Ok(None),
            },
            RadioWish::Services(link) => Ok(Some(Given::json(&services(self.link(link)?)))),
            RadioWish::Read(link, characteristic) => {
                let read = self.link(link)?.read(characteristic).await;
                Ok(Some(Given::bytes(read?)))
            }
            RadioWish::Write {
                link,
                characteristic,
                value,
                is_confirmed,
            } => {
                let how = if is_confirmed {
                    Write::Confirmed
                } else {
                    Write::Quickly
                };
                let link = self.link(link)?;
                link.write(characteristic, how, &value).await.map(|()| None)
            }
            RadioWish::Subscribe(link, characteristic) => {
                let subscribed = self.link(link)?.subscribe(characteristic).await;
                subscribed.map(|()| None)
            }
            RadioWish::Unsubscribe(link, characteristic) => {
                let unsubscribed = self.link(link)?.unsubscribe(characteristic).await;
                unsubscribed.map(|()| None)
            }
            RadioWish::Next(link, most) => self.next(link, most).await,
            RadioWish::Wait(most) => self.wait(most, cx).await,
        }
    }

    async fn find(
        &mut self,
        selector: &Selector,
        is_other: bool,
        most: Duration,
        cx: &SourceCx,
    ) -> Result<Option<Given>> {
        let ble = cx.ble()?;
        if self.is_apart {
            let found = searched(ble.scan().await?, selector, most).await?;
            return Ok(found.map(|sighting| self.seen(sighting)));
        }
        let find = async {
            if is_other {
                ble.find_other(selector).await
            } else {
                ble.find(selector).await
            }
        };
        let found = within(most, cx, find).await?;
        Ok(found.map(|sighting| self.seen(sighting)))
    }

    async fn scan(&mut self, most: Duration, cx: &SourceCx) -> Result<Option<Given>> {
        if self.search.is_none() {
            self.search = Some(cx.ble()?.scan().await?);
        }
        let Some(search) = &mut self.search else {
            return Ok(None);
        };
        let found = search.next(most).await?;
        Ok(found.map(|sighting| self.seen(sighting)))
    }

    fn seen(&mut self, sighting: Sighting) -> Given {
        let given = Given::json(&about(&sighting));
        if self.seen.len() >= MOST {
            self.seen.clear();
        }
        self.seen.insert(sighting.id.clone(), sighting);
        given
    }

    async fn connect(&mut self, id: &str, cx: &SourceCx) -> Result<Option<Given>> {
        self.search = None;
        let device = self.seen.get(id).ok_or_else(|| {
            let message = format!("no device `{}` was seen", id.escape_debug());
            Error::new(ErrorKind::Device, message)
        })?;
        if self.links.len() >= MOST {
            return Err(Error::resource("too many connections are open"));
        }
        let connection = cx.ble()?.connect(device).await?;
        self.count += 1;
        let title = device.title().to_owned();
        let open = Open {
            title,
            connection,
            is_lost: false,
        };
        self.links.insert(self.count, open);
        Ok(Some(Given {
            link: self.count,
            ..Given::default()
        }))
    }

    fn link(&mut self, number: u64) -> Result<&mut Connection> {
        let link = self.links.get_mut(&number);
        let link = link.map(|open| &mut open.connection);
        link.ok_or_else(|| Error::skip("that connection has ended"))
    }

    async fn next(&mut self, number: u64, most: Duration) -> Result<Option<Given>> {
        let event = self.link(number)?.next(most).await?;
        let given = event.map(|event| self.arrived(number, event));
        match given {
            Some(given) if given.name.is_empty() => {
                let link = self.links.get(&number);
                let title = link.map(|open| open.title.as_str()).unwrap_or_default();
                let message = format!("the link to `{title}` is lost");
                Err(Error::new(ErrorKind::Device, message))
            }
            given => Ok(given),
        }
    }

    /// What came on a link; a loss has no name.
    fn arrived(&mut self, link: u64, event: LinkEvent) -> Given {
        match event {
            LinkEvent::Value {
                time,
                characteristic,
                value,
            } => Given {
                link,
                time: time.micros(),
                name: uuid_text(characteristic),
                bytes: value,
            },
            LinkEvent::Lost { time } => {
                if let Some(open) = self.links.get_mut(&link) {
                    open.is_lost = true;
                }
                Given {
                    link,
                    time: time.micros(),
                    ..Given::default()
                }
            }
        }
    }

    /// Waits for what comes first on any link that is not lost, or from a search.
    async fn wait(&mut self, most: Duration, cx: &SourceCx) -> Result<Option<Given>> {
        let cancel = cx.context().cancel();
        // A source that was told of the stop may still wait for a last answer.
        let came = if self.is_stopped {
            self.first(most, cx).await
        } else {
            let waiting = async { Ok(self.first_or_command(most, cx).await) };
            let came = cancel.or(waiting).await;
            self.is_stopped = came.is_err();
            came?
        };
        match came {
            Came::Event(link, event) => Ok(event?.map(|event| self.arrived(link, event))),
            Came::Device(device) => Ok(device?.map(|sighting| self.seen(sighting))),
            Came::Nothing(result) => result.map(|()| None),
        }
    }

    /// The same, which ends when a command waits: who takes it does not know of it otherwise.
    async fn first_or_command(&mut self, most: Duration, cx: &SourceCx) -> Came {
        let commands = cx.commands();
        match first(self.first(most, cx), commands.arrival()).await {
            First::One(came) => came,
            First::Other(()) => Came::Nothing(Ok(())),
        }
    }

    async fn first(&mut self, most: Duration, cx: &SourceCx) -> Came {
        let mut waits: Vec<Pin<Box<dyn Future<Output = Came> + Send + '_>>> = Vec::new();
        for (number, open) in self.links.iter_mut().filter(|(_, open)| !open.is_lost) {
            let next = open.connection.next_to_the_end(most);
            waits.push(Box::pin(async { Came::Event(*number, next.await) }));
        }
        if let Some(search) = &mut self.search {
            waits.push(Box::pin(async { Came::Device(search.next(most).await) }));
        }
        if waits.is_empty() {
            return Came::Nothing(cx.sleep(most).await);
        }
        std::future::poll_fn(|task| {
            let mut waits = waits.iter_mut();
            let came = waits.find_map(|wait| match wait.as_mut().poll(task) {
                Poll::Ready(came) => Some(came),
                Poll::Pending => None,
            });
            came.map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }
}

/// The first that matches: until nothing new came for so long by the clock of the devices, or so
/// long by ours.
async fn searched(
    mut search: Search,
    selector: &Selector,
    most: Duration,
) -> Result<Option<Sighting>> {
    let begun = Instant::now();
    while let Some(sighting) = search.next(most).await? {
        if selector.matches(&sighting) {
            return Ok(Some(sighting));
        }
        if begun.elapsed() >= most {
            break;
        }
    }
    Ok(None)
}

/// What comes in that time.
async fn within<T>(
    most: Duration,
    cx: &SourceCx,
    work: impl Future<Output = Result<T>>,
) -> Result<Option<T>> {
    match first(work, cx.sleep(most)).await {
        First::One(result) => result.map(Some),
        First::Other(slept) => slept.map(|()| None),
    }
}

fn about(sighting: &Sighting) -> Value {
    let services: Vec<String> = sighting.services.iter().copied().map(uuid_text).collect();
    let data = sighting.manufacturer_data.iter().map(|(company, bytes)| {
        let bytes = bytes.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
        (format!("{company:04x}"), Value::String(bytes))
    });
    json!({
        "id": sighting.id,
        "name": sighting.name,
        "rssi": sighting.rssi,
        "services": services,
        "manufacturer_data": data.collect::<Map<String, Value>>(),
    })
}

fn services(connection: &Connection) -> Value {
    let services = connection.services().iter().map(|service| {
        let characteristics = service.characteristics.iter().map(|characteristic| {
            json!({
                "uuid": uuid_text(characteristic.uuid),
                "properties": characteristic.properties,
            })
        });
        json!({
            "uuid": uuid_text(service.uuid),
            "characteristics": characteristics.collect::<Vec<_>>(),
        })
    });
    json!({ "mtu": connection.mtu(), "services": services.collect::<Vec<_>>() })
}
