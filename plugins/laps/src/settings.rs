use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use pipeline_plugin::{
    Context, Header, Place, Plugin, Problem, Result, Transform, TransformPlugin, units,
};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::counter::FURTHEST;
use crate::cutting::Cutting;
use crate::gauge::Gauge;
use crate::keeping::Keeping;

/// The longest lap by time, in seconds: FIT counts milliseconds in 32 bits.
const LONGEST: f64 = 49.0 * 86_400.0;

/// The dimensions in which a lap may be measured.
const FORMAT: &str = "length|time";

/// The plugin `laps`.
pub fn plugin() -> Plugin {
    Plugin::transform::<Laps>("laps", "start a new lap every distance or time")
}

/// Starts a new lap every distance or time.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Laps {
    /// How long a lap is: a distance (`500 m`), a time with the timer running (`5 min`), or
    /// `file` to end laps where those of the file end.
    #[serde(default)]
    pub every: Every,
    /// How much has to be left after the last full lap to be a lap of its own; less is added to
    /// the last lap. `1 m` unless given, or `1 s` with laps by time.
    pub min_last: Option<Measure>,
}

/// How long a lap is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Every {
    /// So far, or so long.
    Measure(Measure),
    /// As the file has it.
    File,
}

/// A distance or a time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Measure {
    /// In metres.
    Distance(f64),
    /// In seconds with the timer running.
    Time(f64),
}

impl Measure {
    fn value(self) -> f64 {
        match self {
            Self::Distance(value) | Self::Time(value) => value,
        }
    }

    fn is_like(self, other: Self) -> bool {
        matches!(self, Self::Distance(_)) == matches!(other, Self::Distance(_))
    }
}

impl Default for Every {
    fn default() -> Self {
        Self::Measure(Measure::Distance(500.0))
    }
}

impl FromStr for Measure {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        units::parse(text, FORMAT).map(|(dimension, value)| match dimension {
            "time" => Self::Time(value),
            _ => Self::Distance(value),
        })
    }
}

impl FromStr for Every {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.trim() == "file" {
            return Ok(Self::File);
        }
        match text.parse::<Measure>() {
            Ok(measure) if measure.value() < 1.0 => Err(format!(
                "`{text}` is too short for a lap: write at least `1 m` or `1 s`"
            )),
            Ok(Measure::Distance(metres)) if metres > FURTHEST => Err(format!(
                "`{text}` is too long for a lap: write at most `1000000 km`"
            )),
            Ok(Measure::Time(seconds)) if seconds > LONGEST => Err(format!(
                "`{text}` is too long for a lap: write at most `49 d`"
            )),
            Ok(measure) => Ok(Self::Measure(measure)),
            Err(error) if text.trim().chars().all(char::is_alphabetic) => {
                Err(format!("{error}, or `file` to keep the file's laps"))
            }
            Err(error) => Err(error),
        }
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Distance(metres) => write!(f, "{metres} m"),
            Self::Time(seconds) => write!(f, "{seconds} s"),
        }
    }
}

impl fmt::Display for Every {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Measure(measure) => measure.fmt(f),
            Self::File => f.write_str("file"),
        }
    }
}

impl Serialize for Every {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

/// Reads a setting from its text.
fn from_text<'de, D: Deserializer<'de>, T: FromStr<Err = String>>(from: D) -> Result<T, D::Error> {
    let text = String::deserialize(from)?;
    text.parse().map_err(serde::de::Error::custom)
}

impl<'de> Deserialize<'de> for Every {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from_text(from)
    }
}

impl<'de> Deserialize<'de> for Measure {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from_text(from)
    }
}

impl JsonSchema for Every {
    fn schema_name() -> Cow<'static, str> {
        "Every".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "anyOf": [
                units::schema(FORMAT),
                { "type": "string", "const": "file", "description": "Where the file's laps end." }
            ],
            "examples": ["500 m", "2 km", "5 min", "file"]
        })
    }
}

impl JsonSchema for Measure {
    fn schema_name() -> Cow<'static, str> {
        "Measure".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let mut schema = units::schema(FORMAT);
        schema.insert("examples".to_owned(), ["1 m", "30 s"].as_slice().into());
        schema
    }
}

impl Laps {
    /// What has to be left to be a lap, in metres or seconds.
    pub(crate) fn min_last(&self) -> f64 {
        self.min_last.map_or(1.0, Measure::value)
    }
}

impl TransformPlugin for Laps {
    fn check(&self, _: &Place) -> Vec<Problem> {
        let Some(min_last) = self.min_last else {
            return Vec::new();
        };
        let problem = match self.every {
            Every::File => Problem::at("min-last", "`min-last` has no use with `every: file`")
                .with_help("leave it away"),
            Every::Measure(every) if !every.is_like(min_last) => Problem::at(
                "min-last",
                format!("`{min_last}` can't be compared with laps of `{every}`"),
            )
            .with_help(match every {
                Measure::Distance(_) => "write a distance such as `1 m`",
                Measure::Time(_) => "write a time such as `1 s`",
            }),
            Every::Measure(every) if min_last.value() >= every.value() => Problem::at(
                "min-last",
                format!("`{min_last}` is not shorter than a lap of `{every}`"),
            )
            .with_help("write less than the length of a lap"),
            Every::Measure(_) => return Vec::new(),
        };
        vec![problem]
    }

    fn open(&self, header: &mut Header, cx: &Context) -> Result<Box<dyn Transform>> {
        Ok(match self.every {
            Every::File => Box::new(Keeping::new(header)),
            Every::Measure(every) => {
                Box::new(Cutting::new(Gauge::new(every, self.min_last()), header, cx))
            }
        })
    }
}
