//! A simulated device in real time, for whatever brings it to a real central: a radio, an emulated
//! controller.
//!
//! usage: serve DEVICE
//!
//! DEVICE is what follows `sim:` in `--device`. Standard output has one JSON object per line: first
//! what the device is ([`Advertisement`]), then what happens ([`Event`]). Standard input takes what
//! the central does ([`Request`]), one JSON object per line; the device goes with its end.
//!
//! ```text
//! $ cargo run -p ble --example serve belt
//! {"name":"…","mtu":23,"advertised":["0000180d-0000-1000-8000-00805f9b34fb"],"services":[…]}
//! {"connect":{}}
//! {"subscribe":"00002a37-0000-1000-8000-00805f9b34fb"}
//! {"value":{"characteristic":"00002a37-0000-1000-8000-00805f9b34fb","bytes":"0048"}}
//! ```
#![expect(clippy::print_stderr, reason = "it is a program")]

use std::io::{self, BufRead, Write as _};
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

use ble::Description;
use serde::{Deserialize, Serialize};
use sim::{Air, Happening, Peripheral, Refused, WriteKind};
use uuid::Uuid;

/// What the device is.
#[derive(Serialize)]
struct Advertisement {
    /// Its name.
    name: String,
    /// The MTU of its links.
    mtu: usize,
    /// The services that it advertises.
    advertised: Vec<Name>,
    /// All its services.
    services: Vec<Service>,
}

#[derive(Serialize)]
struct Service {
    uuid: Name,
    characteristics: Vec<Characteristic>,
}

#[derive(Serialize)]
struct Characteristic {
    uuid: Name,
    /// `read`, `write`, `write-without-response`, `notify`, `indicate`.
    properties: Vec<&'static str>,
}

/// The name of a service or characteristic, as text.
#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
struct Name(Uuid);

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0.to_string()
    }
}

impl TryFrom<String> for Name {
    type Error = uuid::Error;

    fn try_from(text: String) -> Result<Self, uuid::Error> {
        Uuid::try_parse(&text).map(Self)
    }
}

/// What a central does.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
enum Request {
    Connect {},
    Disconnect {},
    Subscribe(Name),
    Unsubscribe(Name),
    Read(Read),
    Write(Write),
}

/// Answered with the same number.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    number: u64,
    characteristic: Name,
}

/// With a number it is one with a response, and answered with that number.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Write {
    number: Option<u64>,
    characteristic: Name,
    bytes: String,
}

/// What happens.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Event {
    /// A notification or indication.
    Value { characteristic: Name, bytes: String },
    /// The link is lost.
    Lost {},
    /// Whether the device can be heard has changed; at first it can.
    Reachable(bool),
    /// To a request with a number; without bytes the device refused.
    Answer { number: u64, bytes: Option<String> },
}

/// How long what a device does by itself may be late: it is asked again and again, since air that
/// changes has no time-out of its own once the device is done.
const LATEST: Duration = Duration::from_millis(200);

/// The device, its time, and who listens.
struct Served {
    air: Air<Box<dyn Peripheral + Send>>,
    start: Instant,
    reachable: bool,
    output: io::Stdout,
}

impl Served {
    fn say(&mut self, what: &impl Serialize) -> io::Result<()> {
        let mut output = self.output.lock();
        serde_json::to_writer(&mut output, what)?;
        output.write_all(b"\n")?;
        output.flush()
    }

    /// Takes requests until there are no more.
    fn run(mut self, requests: &Receiver<Request>) -> io::Result<()> {
        self.say(&advertisement(&self.air))?;
        loop {
            self.happen()?;
            let now = self.start.elapsed();
            let next = self.air.poll_timeout(now);
            let wait = next.map_or(LATEST, |next| next.saturating_sub(now).min(LATEST));
            match requests.recv_timeout(wait) {
                Ok(request) => self.handle(request)?,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
        }
    }

    /// Tells what happens up to now.
    fn happen(&mut self) -> io::Result<()> {
        let now = self.start.elapsed();
        while let Some(happening) = self.air.poll(now) {
            match happening {
                Happening::Connected => {}
                Happening::Disconnected => self.say(&Event::Lost {})?,
                Happening::Value {
                    characteristic,
                    value,
                } => self.say(&Event::Value {
                    characteristic: Name(characteristic),
                    bytes: hex(&value),
                })?,
            }
        }
        let reachable = self.air.is_reachable(now);
        if reachable != self.reachable {
            self.reachable = reachable;
            self.say(&Event::Reachable(reachable))?;
        }
        Ok(())
    }

    fn handle(&mut self, request: Request) -> io::Result<()> {
        let (air, now) = (&mut self.air, self.start.elapsed());
        let answer = match request {
            Request::Connect {} => {
                if air.connect(now).is_err() {
                    self.say(&Event::Lost {})?;
                }
                None
            }
            Request::Disconnect {} => {
                air.disconnect(now);
                None
            }
            Request::Subscribe(Name(characteristic)) => {
                // Over a real radio this can't be refused: the device then sends nothing.
                let _ = air.subscribe(now, characteristic);
                None
            }
            Request::Unsubscribe(Name(characteristic)) => {
                let _ = air.unsubscribe(characteristic);
                None
            }
            Request::Read(Read {
                number,
                characteristic: Name(characteristic),
            }) => Some((number, air.read(now, characteristic))),
            Request::Write(write) => {
                let written = write.to(air, now).map(|()| Vec::new());
                write.number.map(|number| (number, written))
            }
        };
        answer.map_or(Ok(()), |(number, answer)| {
            let bytes = answer.ok().as_deref().map(hex);
            self.say(&Event::Answer { number, bytes })
        })
    }
}

impl Write {
    fn to(&self, air: &mut Air<Box<dyn Peripheral + Send>>, now: Duration) -> Result<(), Refused> {
        let kind = match self.number {
            Some(_) => WriteKind::WithResponse,
            None => WriteKind::WithoutResponse,
        };
        let value = unhex(&self.bytes).ok_or(Refused)?;
        air.write(now, self.characteristic.0, kind, &value)
    }
}

fn advertisement(air: &Air<Box<dyn Peripheral + Send>>) -> Advertisement {
    let services = air.services().into_iter().map(|service| Service {
        uuid: Name(service.name),
        characteristics: service.characteristics.iter().map(characteristic).collect(),
    });
    let advertised = air.peripheral().advertised();
    Advertisement {
        name: air.peripheral().name(),
        mtu: air.mtu(),
        advertised: advertised.into_iter().map(Name).collect(),
        services: services.collect(),
    }
}

fn characteristic(from: &sim::Characteristic) -> Characteristic {
    let has = from.properties;
    let properties = [
        (has.read, "read"),
        (has.write, "write"),
        (has.write_without_response, "write-without-response"),
        (has.notify, "notify"),
        (has.indicate, "indicate"),
    ];
    let properties = properties.into_iter().filter(|(has, _)| *has);
    Characteristic {
        uuid: Name(from.name),
        properties: properties.map(|(_, name)| name).collect(),
    }
}

fn hex(bytes: &[u8]) -> String {
    let hex = |byte: &u8| {
        [byte >> 4, byte & 15].map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)]))
    };
    bytes.iter().flat_map(hex).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let pair = |pair: &[u8]| {
        let pair = std::str::from_utf8(pair).ok().filter(|it| it.len() == 2)?;
        u8::from_str_radix(pair, 16).ok()
    };
    text.as_bytes().chunks(2).map(pair).collect()
}

/// Reads requests on a thread of its own, until there are no more.
fn requests() -> Receiver<Request> {
    let (sender, receiver) = sync_channel(1000);
    std::thread::spawn(move || {
        for line in io::stdin().lock().lines().map_while(Result::ok) {
            match serde_json::from_str(&line) {
                Ok(request) => {
                    if sender.send(request).is_err() {
                        return;
                    }
                }
                Err(error) => eprintln!("error: {error}: {line}"),
            }
        }
    });
    receiver
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(text), None) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: serve DEVICE");
        return ExitCode::from(2);
    };
    let devices = Description::parse(&text).and_then(|description| description.devices());
    let air = match devices.map(|devices| devices.into_iter().next()) {
        Ok(Some(air)) => air,
        Ok(None) => return ExitCode::from(2),
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::from(2);
        }
    };
    let served = Served {
        air,
        start: Instant::now(),
        reachable: true,
        output: io::stdout(),
    };
    match served.run(&requests()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
