use std::borrow::Cow;

use pipeline_plugin::ble::DeviceName;
use pipeline_plugin::units::Duration;
use pipeline_plugin::{Place, Plugin, Problem, SourceCx, SourceFuture, SourcePlugin, StreamOut};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::source;

/// The plugin `rowing`.
pub fn plugin() -> Plugin {
    Plugin::source::<Rowing>(
        "rowing",
        "record rows live: ESP Rowing Monitor and other rowers over Bluetooth",
    )
}

/// Records rows live over Bluetooth.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Rowing {
    /// Name or address of the rower, with `*` for anything, such as `Concept2*`; without it the
    /// first rower that is in range.
    pub(crate) device: Option<DeviceName>,
    /// The heart-rate belt: `auto` for the one with the strongest signal, `off`, or its name or
    /// address. It may come and go.
    pub(crate) heart_rate: HeartRate,
    /// How long nobody rows until the activity is over.
    pub(crate) idle: Duration,
    /// How long the rower may be out of reach until the activity is over.
    pub(crate) lost: Duration,
    /// How long an activity may be; more becomes the next one. Without it as long as you row.
    #[schemars(extend("examples" = ["2 h"]))]
    pub(crate) max_time: Option<Duration>,
    /// Activities with fewer strokes than this are left out: somebody only tried the handle.
    pub(crate) min_strokes: u32,
    /// Whether to record the force curve of each stroke, where the rower measures it.
    pub(crate) forces: bool,
    /// Switches the delta times of an ESP Rowing Monitor on for the run, and writes them as a log
    /// after each activity, for `jsonl` or `csv`; it passes by sinks of activities.
    /// Needs a link with an MTU of 100 or more.
    pub(crate) delta_times: bool,
}

impl Default for Rowing {
    fn default() -> Self {
        Self {
            device: None,
            heart_rate: HeartRate::Auto,
            idle: Duration::new(300.0),
            lost: Duration::new(900.0),
            max_time: None,
            min_strokes: 5,
            forces: true,
            delta_times: false,
        }
    }
}

/// Stages that take activities only, or write nothing.
const ACTIVITIES: [&str; 7] = [
    "laps", "hr-zones", "calories", "fit", "garmin", "tcx", "gpx",
];

impl SourcePlugin for Rowing {
    fn check(&self, place: &Place) -> Vec<Problem> {
        let max_time = self.max_time.map(|time| ("max-time", time, 60.0, "1 min"));
        let times = [
            Some(("idle", self.idle, 10.0, "10 s")),
            Some(("lost", self.lost, 10.0, "10 s")),
            max_time,
        ];
        let takes_logs = |name: &String| !ACTIVITIES.contains(&name.as_str());
        let has_sink = place.after.is_empty() || place.after.iter().any(takes_logs);
        let deltas = (self.delta_times && !has_sink).then(|| {
            let message = "nothing behind this takes a log";
            Problem::at("delta-times", message).with_help("add a `jsonl` or `csv` sink")
        });
        let short = times.into_iter().flatten();
        short
            .filter(|(_, time, least, _)| time.value() < *least)
            .map(|(option, _, _, least)| {
                Problem::at(option, format!("this is less than {least}"))
                    .with_help(format!("write `{least}` or more"))
            })
            .chain(deltas)
            .collect()
    }

    fn run<'a>(&'a self, out: &'a mut dyn StreamOut, cx: &'a SourceCx) -> SourceFuture<'a, ()> {
        Box::pin(source::run(self, out, cx))
    }
}

/// Which heart-rate belt.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum HeartRate {
    /// The one with the strongest signal.
    #[default]
    Auto,
    /// None.
    Off,
    /// The one of that name or address.
    Named(DeviceName),
}

impl<'de> Deserialize<'de> for HeartRate {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Ok(match text.as_str() {
            "auto" => Self::Auto,
            "off" => Self::Off,
            name => Self::Named(DeviceName::new(name)),
        })
    }
}

impl Serialize for HeartRate {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(match self {
            Self::Auto => "auto",
            Self::Off => "off",
            Self::Named(name) => name.as_str(),
        })
    }
}

impl JsonSchema for HeartRate {
    fn schema_name() -> Cow<'static, str> {
        "HeartRate".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "examples": ["auto", "off", "Polar H10*"],
        })
    }

    fn inline_schema() -> bool {
        true
    }
}
