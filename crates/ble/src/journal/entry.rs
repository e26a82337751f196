use std::fmt;
use std::fmt::Write as _;

use pipeline_plugin::ble::{Characteristic, Service, Sighting, Uuid, parse_uuid, uuid_text};
use pipeline_plugin::{Error, ErrorKind, Timestamp};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The version of the format of recordings.
pub const VERSION: u32 = 1;

/// The first line of a recording: what is recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// The version of the format; 1.
    pub capture: u32,
    /// When it begins; all times in it count from then.
    pub start: Timestamp,
    /// The program that wrote it and its version.
    pub program: String,
    /// The source that listened; none in what `pipeline capture` records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<HeadSource>,
    /// The device that was asked for instead of what the settings say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// The pipeline that was running; none in what `pipeline capture` records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pipeline: Option<HeadPipeline>,
}

/// A source in a recording.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeadSource {
    /// Its id in the pipeline.
    pub id: String,
    /// The plugin that provides it.
    pub plugin: String,
    /// Its settings, as the plugin reads them.
    #[serde(default)]
    pub settings: serde_json::Value,
}

/// A pipeline in a recording: all that is needed to run it again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeadPipeline {
    /// What people call it: the path as it was given, or `@name`.
    pub name: String,
    /// The file; none if it is a bundled one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The folder from which relative paths in it count.
    pub folder: String,
    /// Its text.
    pub text: String,
    /// What the command line changed in it: `set`, `out` or `athlete`, and the value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<(String, String)>,
    /// The folder from which relative paths on the command line count.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub here: String,
}

/// Everything that happens. `t` is when, in microseconds since the start; `asked` is when the source
/// asked for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub(crate) enum Entry {
    /// A device was seen that the source then wanted to connect to.
    Seen { t: i64, scan: u32, device: Device },
    /// A connection was made.
    Connected {
        t: i64,
        asked: i64,
        link: u32,
        device: String,
        mtu: usize,
        services: Vec<ServiceLine>,
    },
    /// No connection was made.
    Unconnected {
        t: i64,
        asked: i64,
        device: String,
        error: Fault,
    },
    /// Something that was asked for on a link was done, or could not be.
    Done {
        t: i64,
        asked: i64,
        link: u32,
        op: Op,
        of: Id,
        /// What was read or written.
        #[serde(default, skip_serializing_if = "Hex::is_empty")]
        hex: Hex,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<Fault>,
    },
    /// A value was notified or indicated.
    Value { t: i64, link: u32, of: Id, hex: Hex },
    /// The link was lost.
    Lost { t: i64, link: u32 },
    /// The source has ended the connection.
    Disconnected { t: i64, link: u32 },
    /// As many streams of this recording are delivered.
    Delivered { t: i64, streams: u32 },
    /// The run was asked to stop.
    Stop { t: i64 },
    /// The source has ended.
    End { t: i64 },
}

impl Entry {
    /// When it happened, in microseconds since the start.
    pub(crate) fn t(&self) -> i64 {
        match self {
            Self::Seen { t, .. }
            | Self::Connected { t, .. }
            | Self::Unconnected { t, .. }
            | Self::Done { t, .. }
            | Self::Value { t, .. }
            | Self::Lost { t, .. }
            | Self::Disconnected { t, .. }
            | Self::Delivered { t, .. }
            | Self::Stop { t }
            | Self::End { t } => *t,
        }
    }
}

/// What a source may ask for on a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Op {
    /// Reads a value.
    Read,
    /// Writes one, and the device confirms.
    Write,
    /// Writes one without a response.
    WriteQuickly,
    /// Asks for notifications or indications.
    Subscribe,
    /// Asks for no more of them.
    Unsubscribe,
}

impl Op {
    /// Whether it writes.
    pub(crate) fn is_write(self) -> bool {
        matches!(self, Self::Write | Self::WriteQuickly)
    }

    /// What it is, after "to": `read`.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write | Self::WriteQuickly => "write",
            Self::Subscribe => "subscribe to",
            Self::Unsubscribe => "unsubscribe from",
        }
    }
}

/// A device that was seen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Device {
    pub(crate) id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) rssi: Option<i16>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) services: Vec<Id>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) manufacturer: Vec<(u16, Hex)>,
}

impl From<&Sighting> for Device {
    fn from(sighting: &Sighting) -> Self {
        let manufacturer = sighting.manufacturer_data.iter();
        Self {
            id: sighting.id.clone(),
            name: sighting.name.clone(),
            rssi: sighting.rssi,
            services: sighting.services.iter().copied().map(Id).collect(),
            manufacturer: manufacturer
                .map(|(company, data)| (*company, Hex(data.clone())))
                .collect(),
        }
    }
}

impl From<Device> for Sighting {
    fn from(device: Device) -> Self {
        let manufacturer = device.manufacturer.into_iter();
        Self {
            id: device.id,
            name: device.name,
            rssi: device.rssi,
            services: device.services.iter().map(|service| service.0).collect(),
            manufacturer_data: manufacturer
                .map(|(company, data)| (company, data.0))
                .collect(),
        }
    }
}

/// A service of a device, with the properties of its characteristics as the standard's bits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ServiceLine {
    pub(crate) uuid: Id,
    characteristics: Vec<(Id, u8)>,
}

impl From<&Service> for ServiceLine {
    fn from(service: &Service) -> Self {
        let characteristics = service.characteristics.iter();
        Self {
            uuid: Id(service.uuid),
            characteristics: characteristics
                .map(|one| (Id(one.uuid), one.properties))
                .collect(),
        }
    }
}

impl From<ServiceLine> for Service {
    fn from(line: ServiceLine) -> Self {
        let characteristics = line.characteristics.into_iter();
        Self {
            uuid: line.uuid.0,
            characteristics: characteristics
                .map(|(uuid, properties)| Characteristic {
                    uuid: uuid.0,
                    properties,
                })
                .collect(),
        }
    }
}

/// An error of the transport, with what the caller can do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Fault {
    kind: FaultKind,
    pub(crate) message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    help: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum FaultKind {
    Skip,
    Device,
    Resource,
    Cancelled,
    Plugin,
}

impl From<&Error> for Fault {
    fn from(error: &Error) -> Self {
        Self {
            kind: match error.kind() {
                ErrorKind::Skip => FaultKind::Skip,
                ErrorKind::Device => FaultKind::Device,
                ErrorKind::Resource => FaultKind::Resource,
                ErrorKind::Cancelled => FaultKind::Cancelled,
                ErrorKind::Plugin => FaultKind::Plugin,
            },
            message: error.with_causes(),
            help: error.help().map(str::to_owned),
        }
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        let kind = match fault.kind {
            FaultKind::Skip => ErrorKind::Skip,
            FaultKind::Device => ErrorKind::Device,
            FaultKind::Resource => ErrorKind::Resource,
            FaultKind::Cancelled => ErrorKind::Cancelled,
            FaultKind::Plugin => ErrorKind::Plugin,
        };
        let error = Self::new(kind, fault.message);
        match fault.help {
            Some(help) => error.with_help(help),
            None => error,
        }
    }
}

/// A UUID; those that the standard has assigned in their short form, `2a63`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Id(pub(crate) Uuid);

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&uuid_text(self.0))
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
        let uuid = parse_uuid(&text);
        uuid.map(Self)
            .ok_or_else(|| D::Error::custom(format!("`{text}` is no UUID")))
    }
}

/// Bytes as hexadecimal digits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hex(pub(crate) Vec<u8>);

impl Hex {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Reads pairs of digits.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digit = |byte: u8| char::from(byte).to_digit(16);
        let bytes = text.as_bytes().chunks(2).map(|pair| {
            let [high, low] = *pair else { return None };
            u8::try_from(digit(high)? << 4 | digit(low)?).ok()
        });
        bytes.collect::<Option<Vec<u8>>>().map(Self)
    }
}

impl fmt::Display for Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Serialize for Hex {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut text = String::with_capacity(2 * self.0.len());
        let _ = write!(text, "{self}");
        to.serialize_str(&text)
    }
}

impl<'de> Deserialize<'de> for Hex {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("bytes are pairs of hexadecimal digits"))
    }
}
