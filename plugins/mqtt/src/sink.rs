//! The sink `mqtt`.

use std::sync::{Arc, Mutex, PoisonError};

use pipeline_plugin::{
    Context, Delivered, Error, Header, Item, Kind, Place, Plugin, Problem, Result, Secret, Sink,
    SinkPlugin, Summary, units::Duration,
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::bridge::Bridge;
use crate::broker::{Broker, Tls};

/// Publishes every sample over MQTT, and introduces the device to Home Assistant.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Mqtt {
    /// The broker's address; its port is 1883, or 8883 with `tls`, if not given.
    pub(crate) broker: Broker,
    /// User name for the broker.
    #[serde(default)]
    pub(crate) user: Option<String>,
    /// Password for the broker.
    #[serde(default)]
    pub(crate) password: Option<Secret>,
    /// An encrypted connection.
    #[serde(default)]
    pub(crate) tls: Option<Tls>,
    /// What all topics begin with.
    #[serde(default = "topic")]
    pub(crate) topic: String,
    /// Introduce devices to Home Assistant.
    #[serde(default = "yes")]
    pub(crate) home_assistant: bool,
    /// Where Home Assistant listens for devices.
    #[serde(default = "discovery_topic")]
    pub(crate) discovery_topic: String,
    /// When a value that does not come again is unknown, and a device offline.
    #[serde(default = "three_minutes")]
    pub(crate) expire: Duration,
    /// How many samples wait while the broker can't be reached.
    #[serde(default = "hundred")]
    #[schemars(range(min = 1, max = 1_000_000))]
    pub(crate) queue: usize,
    /// Pass commands on to the device. Whoever may publish to the broker can then switch it.
    #[serde(default)]
    pub(crate) control: bool,
    /// The connection, kept over streams.
    #[serde(skip)]
    bridge: Mutex<Option<Arc<Bridge>>>,
}

fn yes() -> bool {
    true
}

fn topic() -> String {
    "pipeline".to_owned()
}

fn discovery_topic() -> String {
    "homeassistant".to_owned()
}

fn three_minutes() -> Duration {
    Duration::new(180.0)
}

fn hundred() -> usize {
    100
}

/// The plugin `mqtt`.
pub fn plugin() -> Plugin {
    Plugin::sink::<Mqtt>(
        "mqtt",
        "publish samples over MQTT, with Home Assistant discovery",
        "",
    )
}

impl Mqtt {
    pub(crate) fn port(&self) -> u16 {
        let usual = if self.tls.is_some() { 8883 } else { 1883 };
        self.broker.port.unwrap_or(usual)
    }

    /// The connection; made at the first stream.
    fn bridge(&self) -> Result<Arc<Bridge>> {
        let mut bridge = self.bridge.lock().unwrap_or_else(PoisonError::into_inner);
        match &*bridge {
            Some(bridge) => Ok(Arc::clone(bridge)),
            None => Ok(Arc::clone(bridge.insert(Arc::new(Bridge::open(self)?)))),
        }
    }
}

/// What is wrong with a topic.
fn check_topic(option: &str, topic: &str) -> Option<Problem> {
    let empty = topic.split('/').any(str::is_empty);
    let strange = topic.contains(['+', '#', '\0']) || topic.starts_with('$');
    let message = match (empty, strange) {
        (true, _) => "a level of the topic is empty",
        (_, true) => "a topic to publish to has no wildcards and does not begin with `$`",
        _ => return None,
    };
    Some(Problem::at(option, message).with_help("write for example `home/shed`"))
}

impl SinkPlugin for Mqtt {
    fn check(&self, _: &Place) -> Vec<Problem> {
        let mut problems = Vec::new();
        problems.extend(check_topic("topic", &self.topic));
        problems.extend(check_topic("discovery-topic", &self.discovery_topic));
        problems.extend(self.password.as_ref().and_then(|p| p.check("password")));
        if self.password.is_some() && self.user.is_none() {
            let problem = Problem::at("password", "there is a password but no user");
            problems.push(problem.with_help("add `user`"));
        }
        if self.tls.is_some() && !Tls::IS_THERE {
            let problem = Problem::at("tls", "this build of pipeline has no TLS");
            problems.push(problem.with_help("build it with `--features tls`"));
        }
        if self.expire.value() < 1.0 {
            let problem = Problem::at("expire", "less than a second is too short");
            problems.push(problem.with_help("write `60 s`"));
        }
        problems
    }

    fn destination(&self) -> String {
        format!("mqtt:{}/{}", self.broker, self.topic)
    }

    fn open(&self, header: &Header, cx: &Context) -> Result<Box<dyn Sink>> {
        if header.kind == Kind::File {
            return Err(Error::skip("only activities and logs can be published"));
        }
        let bridge = self.bridge()?;
        let (number, device) = bridge.attach(header, cx);
        Ok(Box::new(MqttStream {
            bridge,
            number,
            device,
        }))
    }
}

/// One stream on its way to the broker.
struct MqttStream {
    bridge: Arc<Bridge>,
    number: u64,
    device: String,
}

impl Sink for MqttStream {
    fn write(&mut self, item: &Item) -> Result<()> {
        if let Item::Samples(batch) = item {
            self.bridge.publish(&self.device, batch);
        }
        Ok(())
    }

    fn finish(self: Box<Self>, _: &Summary) -> Result<Delivered> {
        self.bridge.wait(&self.device)?;
        Ok(Delivered::Done(self.bridge.place(&self.device)))
    }
}

impl Drop for MqttStream {
    fn drop(&mut self) {
        self.bridge.detach(self.number);
    }
}
