//! The settings of the reader.

use pipeline_plugin::Sport;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tcx::{CleanOptions, Options, TimeOrigin};

/// Reads TCX files.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Tcx {
    /// Sport of the activities, such as `rowing/indoor`; without it the file's own, and
    /// `rowing/indoor` where the file names none of running, biking, walking and swimming.
    pub(crate) sport: Option<Sport>,
    /// Whether to keep positions; `auto` keeps them but for indoor sports, where they are made
    /// up (Coxswain writes a course on the Thames).
    pub(crate) positions: Positions,
    /// Name of the device that recorded the files, such as `WaterRower`.
    #[schemars(extend("examples" = ["WaterRower"]))]
    pub(crate) device: Option<String>,
    /// Whether to believe the calories in the file; a `calories` transform computes them anew
    /// in any case.
    pub(crate) calories: Calories,
    /// Where Coxswain's times begin. Its first point, at 0 s, is the state after the first
    /// second; `shifted` moves all points by that second. For files of Coxswain only.
    pub(crate) coxswain_time_origin: Origin,
    /// Refuse a file that needs any repair.
    pub(crate) strict: bool,
    /// Keep what stands before the fault of a broken file instead of refusing it.
    pub(crate) salvage: bool,
}

/// Whether to keep positions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Positions {
    /// Keep them but for indoor sports.
    #[default]
    Auto,
    /// Keep them.
    Keep,
    /// Leave them out.
    Drop,
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

/// Where Coxswain's times begin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Origin {
    /// As they stand in the file.
    #[default]
    File,
    /// One second later, with a point of distance 0 at the start.
    Shifted,
}

impl Tcx {
    pub(crate) fn options(&self) -> Options {
        Options {
            strict: self.strict,
            ..Options::default()
        }
    }

    pub(crate) fn clean_options(&self) -> CleanOptions {
        CleanOptions {
            coxswain_time_origin: match self.coxswain_time_origin {
                Origin::File => TimeOrigin::File,
                Origin::Shifted => TimeOrigin::Shifted,
            },
        }
    }

    /// The sport of an activity whose `Sport` attribute is `written`.
    pub(crate) fn sport_of(&self, written: &str) -> Sport {
        self.sport.unwrap_or_else(|| {
            let name = match written.to_ascii_lowercase().as_str() {
                "running" => "running",
                "biking" | "cycling" => "cycling",
                "walking" | "hiking" => "walking",
                "swimming" => "swimming",
                _ => "rowing/indoor",
            };
            name.parse().unwrap_or(Sport::INDOOR_ROWING)
        })
    }

    pub(crate) fn keeps_positions(&self, sport: Sport) -> bool {
        match self.positions {
            Positions::Keep => true,
            Positions::Drop => false,
            Positions::Auto => {
                !sport.sub_sport().starts_with("indoor") && sport.sub_sport() != "treadmill"
            }
        }
    }

    pub(crate) fn believes_calories(&self) -> bool {
        self.calories == Calories::File
    }
}
