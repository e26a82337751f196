//! The ways through the crate that several tests take.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use pipeline_plugin::testing::Warnings;
use pipeline_plugin::{
    Batch, CommandQueue, Delivered, Field, Header, Item, Kind, Result, Sink, SinkPlugin, Summary,
    Timestamp,
};
use plugin_mqtt::Mqtt;
use rumqttc::{Client, Event, MqttOptions, Packet, QoS};

/// A message as somebody else sees it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Seen {
    pub(crate) topic: String,
    pub(crate) payload: String,
    pub(crate) retain: bool,
}

/// Somebody who listens to everything.
pub(crate) struct Observer {
    pub(crate) client: Client,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Observer {
    pub(crate) fn new(port: u16) -> Self {
        let name =
            format!("observer-{:?}", Instant::now()).replace(|c: char| !c.is_alphanumeric(), "");
        let mut options = MqttOptions::new(name, "127.0.0.1", port);
        options.set_max_packet_size(1 << 20, 1 << 20);
        let (client, mut connection) = Client::new(options, 64);
        client.subscribe("#", QoS::AtLeastOnce).unwrap();
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let ready = Arc::new(Mutex::new(false));
        let (all, is_ready) = (Arc::clone(&seen), Arc::clone(&ready));
        thread::spawn(move || {
            for event in connection.iter() {
                match event {
                    Ok(Event::Incoming(Packet::Publish(publish))) => {
                        all.lock().unwrap().push(Seen {
                            topic: publish.topic,
                            payload: String::from_utf8(publish.payload.to_vec()).unwrap(),
                            retain: publish.retain,
                        });
                    }
                    Ok(Event::Incoming(Packet::SubAck(_))) => {
                        *is_ready.lock().unwrap() = true;
                    }
                    Ok(_) => {}
                    Err(_) => break,
                }
            }
        });
        until("the observer listens", || *ready.lock().unwrap());
        Self { client, seen }
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// Payloads of a topic.
    pub(crate) fn of(&self, topic: &str) -> Vec<String> {
        let seen = self.seen();
        let of_topic = seen.into_iter().filter(|seen| seen.topic == topic);
        of_topic.map(|seen| seen.payload).collect()
    }

    pub(crate) fn wait_for(&self, topic: &str, payload: &str) {
        until(&format!("{topic} says {payload}"), || {
            self.of(topic).iter().any(|seen| seen == payload)
        });
    }

    pub(crate) fn forget(&self) {
        self.seen.lock().unwrap().clear();
    }

    pub(crate) fn publish(&self, topic: &str, payload: &str, retain: bool) {
        self.client
            .publish(topic, QoS::AtLeastOnce, retain, payload)
            .unwrap();
    }
}

/// Waits until something is so.
pub(crate) fn until(what: &str, is_so: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !is_so() {
        assert!(Instant::now() < end, "it never came to be that {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

pub(crate) fn header() -> Header {
    let mut header = Header {
        kind: Kind::Log,
        ..Header::default()
    };
    "POWER 2F1C".clone_into(&mut header.device.name);
    "1.4".clone_into(&mut header.device.version);
    header
}

/// A batch of one row: seconds, then `name=value`, with the unit behind it.
pub(crate) fn row(second: i64, values: &[(&str, &str, f64)]) -> Item {
    let start = Timestamp::parse("2026-11-21T10:00:00Z").unwrap();
    let mut batch = Batch::of_times(vec![start + f64::from(i32::try_from(second).unwrap())]);
    for (name, unit, value) in values {
        batch.add(Field::new(name, unit), vec![*value]);
    }
    Item::Samples(batch)
}

/// A sink, and what it says.
pub(crate) struct Opened {
    pub(crate) plugin: Mqtt,
    pub(crate) sink: Box<dyn Sink>,
    told: Warnings,
}

impl Opened {
    pub(crate) fn write(&mut self, item: &Item) {
        self.sink.write(item).unwrap();
    }

    /// Ends the stream; the plugin stays.
    pub(crate) fn finish(self) -> (Mqtt, String) {
        let result = self.sink.finish(&Summary::default());
        // The host waits for everybody who could still say something.
        assert!(!self.told.are_awaited(), "the context is kept");
        let mut text = self.told.to_string();
        let _ = match place(result) {
            Ok(place) => writeln!(text, "done {place}"),
            Err(error) => writeln!(text, "{error}"),
        };
        (self.plugin, text)
    }

    pub(crate) fn told(&self) -> String {
        self.told.to_string()
    }
}

fn place(result: Result<Delivered>) -> std::result::Result<String, String> {
    match result {
        Ok(Delivered::Done(place)) => Ok(place),
        Ok(Delivered::File(_)) => Err("a file".to_owned()),
        Err(error) => Err(format!("{:?}: {}", error.kind(), error.with_causes())),
    }
}

pub(crate) fn plugin(port: u16, options: &str) -> Mqtt {
    let mut settings: serde_json::Value = serde_json::from_str(options).unwrap();
    settings["broker"] = format!("127.0.0.1:{port}").into();
    pipeline_plugin::settings_from(settings).unwrap()
}

pub(crate) fn open(port: u16, options: &str, commands: Option<CommandQueue>) -> Opened {
    open_with(plugin(port, options), commands)
}

pub(crate) fn open_with(plugin: Mqtt, commands: Option<CommandQueue>) -> Opened {
    let told = Warnings::default();
    let sink = plugin
        .open(&header(), &told.context().with_commands(commands))
        .unwrap();
    Opened { plugin, sink, told }
}
