//! A conversation as it stands in the file.

use std::collections::BTreeMap;

use pipeline_plugin::Timestamp;
use serde::{Deserialize, Deserializer};

use super::known::SHORTEST_MTU;
use crate::journal::Fault;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawConversation {
    pub(super) conversation: u32,
    pub(super) start: Timestamp,
    #[serde(default)]
    pub(super) program: String,
    /// The plugin that listens, and its settings.
    #[serde(default)]
    pub(super) source: Option<BTreeMap<String, Option<serde_json::Value>>>,
    /// The device that was asked for instead of what the settings say.
    #[serde(default)]
    pub(super) device: Option<String>,
    /// What services and characteristics are called below.
    #[serde(default)]
    pub(super) names: BTreeMap<String, String>,
    pub(super) devices: Vec<RawDevice>,
    pub(super) steps: Vec<RawStep>,
}

/// One thing under its name, as an element of a list: names may occur twice, and their order counts.
type Named<T> = BTreeMap<String, T>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawDevice {
    /// What it is called in the steps.
    pub(super) called: String,
    /// Its address.
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: Option<String>,
    #[serde(default)]
    pub(super) rssi: Option<i16>,
    /// Services in its advertisement.
    #[serde(default)]
    pub(super) advertises: Vec<String>,
    #[serde(default)]
    pub(super) manufacturer: Vec<RawManufacturer>,
    #[serde(default = "shortest_mtu")]
    pub(super) mtu: usize,
    /// Services, their characteristics, and what can be done with them.
    #[serde(default)]
    pub(super) services: Vec<Named<Vec<Named<Vec<Property>>>>>,
}

fn shortest_mtu() -> usize {
    SHORTEST_MTU
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawManufacturer {
    pub(super) company: u16,
    pub(super) hex: String,
}

/// What can be done with a characteristic: a bit of its properties.
#[derive(Clone, Copy)]
pub(super) struct Property(pub(super) u8);

/// Every property, the lowest bit first.
pub(super) const PROPERTIES: [&str; 8] = [
    "broadcast",
    "read",
    "write-quickly",
    "write",
    "notify",
    "indicate",
    "signed",
    "extended",
];

impl<'de> Deserialize<'de> for Property {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let bit = PROPERTIES.iter().zip(0..).find(|(name, _)| **name == text);
        bit.map(|(_, bit)| Self(1 << bit)).ok_or_else(|| {
            serde::de::Error::custom(format!(
                "`{text}` is no property; there are {}",
                PROPERTIES.join(", ")
            ))
        })
    }
}

/// One step. Which it is says the one of the first fields that it has.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawStep {
    /// Seconds since the start.
    pub(super) at: f64,
    #[serde(default)]
    pub(super) seen: Option<String>,
    #[serde(default)]
    pub(super) connect: Option<String>,
    #[serde(default)]
    pub(super) refuse: Option<String>,
    #[serde(default)]
    pub(super) read: Option<String>,
    #[serde(default)]
    pub(super) write: Option<String>,
    #[serde(default)]
    pub(super) write_quickly: Option<String>,
    #[serde(default)]
    pub(super) subscribe: Option<String>,
    #[serde(default)]
    pub(super) unsubscribe: Option<String>,
    #[serde(default)]
    pub(super) answer: Option<String>,
    #[serde(default)]
    pub(super) notify: Option<String>,
    #[serde(default)]
    pub(super) lost: Option<String>,
    #[serde(default)]
    pub(super) disconnect: Option<String>,
    #[serde(default)]
    pub(super) delivered: Option<u32>,
    #[serde(default)]
    pub(super) end: Option<RawEnd>,
    /// The device; without it the first one.
    #[serde(default)]
    pub(super) on: Option<String>,
    #[serde(default)]
    pub(super) hex: Option<String>,
    #[serde(default)]
    pub(super) error: Option<Fault>,
    /// The number of the search; without it the first.
    #[serde(default)]
    pub(super) scan: Option<u32>,
    /// Of this connection, if it is another than the device's.
    #[serde(default)]
    pub(super) mtu: Option<usize>,
}

/// What ends.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawEnd {
    /// The run is asked to stop.
    Run,
    /// The source has ended.
    Source,
}
