//! The settings of the reader.

use std::borrow::Cow;
use std::str::FromStr;

use pipeline_plugin::{Problem, Remedy, Sport, TimeZone};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use table::{TimeReader, Zone};

/// Reads CSV files.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct ReadCsv {
    /// Sport of the activities, such as `rowing/indoor`; a CSV file does not tell it.
    pub(crate) sport: Option<Sport>,
    /// When it began, such as `2026-03-02T09:00:00+01:00`, for files whose times are counted
    /// from the start.
    pub(crate) start: Option<Start>,
    /// Time zone of times that don't tell theirs: a place such as `Europe/Berlin`, or an offset
    /// from UTC such as `+02:00`; else they are taken as UTC.
    pub(crate) timezone: Option<TimeZone>,
    /// From when times are counted that are large numbers. Without it seconds, milliseconds,
    /// microseconds and nanoseconds since 1970 are told apart by their size.
    pub(crate) epoch: Option<Epoch>,
    /// Refuse a file that needs any repair.
    pub(crate) strict: bool,
    /// Keep what stands before the fault of a broken file instead of refusing it.
    pub(crate) salvage: bool,
}

/// From when times are counted that are large numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Epoch {
    /// 1970, as on Unix.
    Unix,
    /// The end of 1989, in seconds, as in FIT files.
    Fit,
}

/// When a recording began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start {
    /// Microseconds since 1970-01-01T00:00:00Z; local time if it has no zone.
    pub(crate) micros: i64,
    pub(crate) zone: Zone,
}

impl ReadCsv {
    /// What is wrong with them together.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        let local = self.start.is_some_and(|start| start.zone == Zone::Unknown);
        if local && self.timezone.is_none() {
            let problem = Problem::at("start", "`start` does not tell its zone");
            return vec![
                problem
                    .with_help("write its offset behind it, such as `+01:00`, or set `timezone`")
                    .with_remedies([Remedy::Option("timezone")]),
            ];
        }
        Vec::new()
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    pub(crate) fn start_micros(&self) -> Option<i64> {
        let start = self.start?;
        Some(match start.zone {
            Zone::Unknown => self.local(start.micros),
            Zone::Utc | Zone::Offset(_) => start.micros,
        })
    }

    /// UTC of a local time.
    pub(crate) fn local(&self, micros: i64) -> i64 {
        self.timezone
            .map_or(micros, |zone| zone.moment_of(micros).micros())
    }
}

impl FromStr for Start {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match TimeReader::default().read(text.as_bytes()) {
            Some(time) => Ok(Self {
                micros: time.micros,
                zone: time.zone,
            }),
            None => Err(format!(
                "`{text}` is no date and time; write for example `2026-03-02T09:00:00+01:00`"
            )),
        }
    }
}

impl<'de> Deserialize<'de> for Start {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Start {
    fn schema_name() -> Cow<'static, str> {
        "Start".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "examples": ["2026-03-02T09:00:00+01:00"] })
    }
}
