//! The settings of the reader.

use pipeline_plugin::{Place, Problem, Sport};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Reads FIT files.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct FitReader {
    /// What is passed on: the activities in a file, or the file as it is.
    #[serde(rename = "as")]
    pub(crate) streams: As,
    /// Sport of the activities, such as `rowing/indoor`; without it the file's own.
    pub(crate) sport: Option<Sport>,
    /// Whether to believe the calories in the file; a `calories` transform computes them anew
    /// in any case.
    pub(crate) calories: Calories,
    /// Refuse a file that needs any repair, or that is odd.
    pub(crate) strict: bool,
    /// Keep what can be read of a damaged file instead of refusing it.
    pub(crate) salvage: bool,
}

/// What is passed on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum As {
    /// Each activity in it, with its samples and laps.
    #[default]
    Activities,
    /// The whole file, byte by byte.
    Files,
}

/// Whether to believe the calories in the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Calories {
    /// Take the file's.
    #[default]
    File,
    /// Leave them out, for a `calories` transform.
    Recompute,
}

/// The transforms that have nothing to do when files are passed on as they are, and the sinks that
/// take none.
const USELESS: [&str; 6] = ["laps", "hr-zones", "calories", "csv", "gpx", "tcx"];

impl FitReader {
    /// A reader that passes that on, and does everything else as usual: for sources that fetch
    /// files.
    pub fn of(streams: As) -> Self {
        Self {
            streams,
            ..Self::default()
        }
    }

    pub(crate) fn believes_calories(&self) -> bool {
        self.calories == Calories::File
    }

    pub(crate) fn problems(&self, place: &Place) -> Vec<Problem> {
        if self.streams == As::Activities {
            return Vec::new();
        }
        let options = [
            ("sport", self.sport.is_some()),
            ("calories", !self.believes_calories()),
            ("salvage", self.salvage),
        ];
        let useless = options
            .into_iter()
            .filter(|(_, set)| *set)
            .map(|(name, _)| {
                Problem::at(name, format!("`{name}` has no use with `as: files`"))
                    .with_help("leave it away")
            });
        let after = place
            .after
            .iter()
            .filter(|name| USELESS.contains(&name.as_str()));
        let behind = after.map(|name| {
            Problem::at("as", format!("`{name}` has no use with `as: files`"))
                .with_help(format!("leave `{name}` away, or write `as: activities`"))
        });
        useless.chain(behind).collect()
    }
}
