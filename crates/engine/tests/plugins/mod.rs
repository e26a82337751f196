//! Plugins that do nothing, with options of every kind.

use pipeline_engine::Registry;
use pipeline_plugin::units::{Beats, Length, Mass};
use pipeline_plugin::{
    Context, Error, Header, Input, Place, Plugin, Problem, ReaderPlugin, Result, Sink, SinkPlugin,
    SourceCx, SourceFuture, SourcePlugin, Sport, StreamOut, Streams, Transform, TransformPlugin,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) fn registry() -> Registry {
    Registry::new([
        Plugin::reader::<Tcx>("tcx", "reads TCX files", &["tcx"], |_| false),
        Plugin::source::<Rower>("rower", "listens to a rowing machine"),
        Plugin::transform::<Laps>("laps", "splits into laps"),
        Plugin::transform::<Zones>("hr-zones", "adds heart-rate zones"),
        Plugin::transform::<Calories>("calories", "computes calories"),
        Plugin::sink::<Garmin>("garmin", "writes FIT files for Garmin Connect", "fit"),
        Plugin::sink::<Log>("log", "writes a line", ""),
    ])
}

/// Reads TCX files.
#[derive(Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct Tcx {
    /// The sport, if the file has none.
    sport: Option<Sport>,
    /// Refuse what would have to be repaired.
    strict: bool,
}

impl ReaderPlugin for Tcx {
    fn check(&self, place: &Place) -> Vec<Problem> {
        let none = place.after.is_empty();
        none.then(|| Problem::new("nothing comes after this"))
            .into_iter()
            .collect()
    }

    fn read(&self, _: Input<'_>, _: &mut dyn Streams, _: &Context) -> Result<()> {
        Err(Error::skip("a test"))
    }
}

/// Listens to a rowing machine.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Rower {
    /// Its name or address.
    #[expect(dead_code, reason = "only read")]
    device: Option<String>,
}

impl SourcePlugin for Rower {
    fn run<'a>(&'a self, _: &'a mut dyn StreamOut, _: &'a SourceCx) -> SourceFuture<'a, ()> {
        Box::pin(async { Ok(()) })
    }
}

/// Splits into laps.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct Laps {
    /// How long a lap is: a distance or a time.
    #[schemars(schema_with = "length_or_time")]
    every: String,
    /// Laps of the file: keep or replace them.
    file: FileLaps,
}

fn length_or_time(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    pipeline_plugin::units::schema("length|time")
}

#[derive(Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum FileLaps {
    /// They stay.
    Keep,
    /// They go.
    #[default]
    Replace,
}

impl Default for Laps {
    fn default() -> Self {
        Self {
            every: "500 m".to_owned(),
            file: FileLaps::Replace,
        }
    }
}

impl TransformPlugin for Laps {
    fn open(&self, _: &mut Header, _: &Context) -> Result<Box<dyn Transform>> {
        Err(Error::skip("a test"))
    }
}

/// Adds heart-rate zones.
#[derive(Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct Zones {
    /// Highest heart rate.
    max: Option<Beats>,
    /// The zones' bounds.
    bounds: Vec<Beats>,
    /// How many zones.
    #[schemars(range(min = 1, max = 7))]
    count: Option<u8>,
    /// What to multiply by.
    factor: f64,
    /// Whether to count time in zones.
    time: bool,
    /// Readings to average.
    window: Window,
    /// Training load.
    load: Load,
}

#[derive(Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct Window {
    /// How long.
    length: Option<Length>,
}

#[derive(Serialize, Deserialize)]
struct Load(serde_json::Value);

impl Default for Load {
    fn default() -> Self {
        Self("off".into())
    }
}

impl JsonSchema for Load {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Load".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "anyOf": [{ "enum": ["off", "trimp"] }, { "type": "number", "minimum": 0 }]
        })
    }
}

impl TransformPlugin for Zones {
    fn check(&self, place: &Place) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.bounds.len() == 1 {
            problems.push(Problem {
                path: vec!["bounds".into(), "0".into()],
                ..Problem::new("one bound makes no zone")
            });
        }
        if self.max.is_none() && place.athlete.max_hr.is_none() && self.bounds.is_empty() {
            let help = "write `max: 185 bpm` here, or `max-hr: 185 bpm` under `athlete:`";
            problems.push(
                Problem::at("max", "`hr-zones` needs the highest heart rate").with_help(help),
            );
        }
        problems
    }

    fn open(&self, _: &mut Header, _: &Context) -> Result<Box<dyn Transform>> {
        Err(Error::skip("a test"))
    }
}

/// Computes calories.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct Calories {
    /// The formula.
    formula: Formula,
    /// The athlete's weight, if it is not the profile's.
    weight: Option<Mass>,
}

#[derive(Serialize, Deserialize, JsonSchema, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Formula {
    Concept2,
    Keytel,
}

impl Default for Calories {
    fn default() -> Self {
        Self {
            formula: Formula::Concept2,
            weight: None,
        }
    }
}

impl TransformPlugin for Calories {
    fn check(&self, place: &Place) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.weight.is_none()
            && place.athlete.weight.is_none()
            && self.formula == Formula::Keytel
        {
            problems.push(
                Problem::new("`calories` with `formula: keytel` needs the athlete's weight")
                    .with_help("write `weight: 78 kg` under `athlete:`"),
            );
        }
        if place.after.iter().any(|name| name == "laps") {
            problems.push(Problem::new("`calories` stands before `laps`"));
        }
        problems
    }

    fn open(&self, _: &mut Header, _: &Context) -> Result<Box<dyn Transform>> {
        Err(Error::skip("a test"))
    }
}

/// Writes FIT files for Garmin Connect.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Garmin {
    /// The folder in which the files appear.
    #[schemars(extend("format" = "folder"))]
    folder: String,
    /// How to read it.
    #[serde(default)]
    serial: Serial,
}

#[derive(Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
struct Serial(String);

impl TryFrom<String> for Serial {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text.len() > 8 {
            Err("a serial number has at most 8 digits".to_owned())
        } else {
            Ok(Self(text))
        }
    }
}

impl From<Serial> for String {
    fn from(serial: Serial) -> Self {
        serial.0
    }
}

impl SinkPlugin for Garmin {
    fn destination(&self) -> String {
        if self.serial.0.is_empty() {
            self.folder.clone()
        } else {
            format!("{} as {}", self.folder, self.serial.0)
        }
    }

    fn open(&self, _: &Header, _: &Context) -> Result<Box<dyn Sink>> {
        Err(Error::skip("a test"))
    }
}

/// Writes a line.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Log {}

impl SinkPlugin for Log {
    fn destination(&self) -> String {
        "log".to_owned()
    }

    fn open(&self, _: &Header, _: &Context) -> Result<Box<dyn Sink>> {
        Err(Error::skip("a test"))
    }
}
