//! The settings of the source.

use std::time::Duration as StdDuration;

use pipeline_plugin::ble::DeviceName;
use pipeline_plugin::units::Duration;
use plugin_fit::As;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use xoss::Profile;

use crate::Wanted;

/// Fetches new rides from a XOSS or CYCPLUS cycle computer.
///
/// What was delivered is remembered by the computer's serial number, and the ride's name and size.
/// Some computers note that a ride was fetched, so that the vendor's app doesn't offer it any more.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Xoss {
    /// Name of the computer, in which `*` stands for anything, or its address; without it the
    /// first one that is seen.
    #[schemars(extend("examples" = ["XOSS G-040989"]))]
    pub(crate) device: Option<DeviceName>,
    /// How long to look for it.
    pub(crate) wait: Duration,
    /// Its model.
    pub(crate) profile: Model,
    /// What is passed on: the files as they are, or the activities in them, so that laps, zones
    /// and calories can be added.
    #[serde(rename = "as")]
    pub(crate) streams: RideAs,
    /// Whether to set the computer's clock.
    pub(crate) set_clock: bool,
    /// Whether to delete a ride from the computer once this run has brought it everywhere, whole and
    /// sound. What earlier runs have fetched stays there: see `pipeline xoss rm`.
    pub(crate) delete_after_delivery: bool,
}

/// A model of computer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub enum Model {
    /// Told from its name, its connection and its files.
    #[default]
    Auto,
    /// XOSS G and G+ of the first generation, Sprint.
    GGen1,
    /// XOSS G and G2+ of the second and third generation.
    GGen2,
    /// XOSS NAV and NAV+.
    Nav,
    /// CYCPLUS M1.
    M1,
    /// CYCPLUS M2.
    M2,
}

/// What is passed on of a ride.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum RideAs {
    /// The whole file, byte by byte.
    #[default]
    Files,
    /// Each activity in it, with its samples and laps.
    Activities,
}

impl From<RideAs> for As {
    fn from(streams: RideAs) -> Self {
        match streams {
            RideAs::Files => Self::Files,
            RideAs::Activities => Self::Activities,
        }
    }
}

impl Model {
    /// What is known of the model; `None` for [`Auto`](Self::Auto).
    pub fn profile(self) -> Option<Profile> {
        match self {
            Self::Auto => None,
            Self::GGen1 => Some(Profile::G_GEN1),
            Self::GGen2 => Some(Profile::G_GEN2),
            Self::Nav => Some(Profile::NAV),
            Self::M1 => Some(Profile::M1),
            Self::M2 => Some(Profile::M2),
        }
    }
}

/// How long to look for a computer, in seconds.
const WAIT: f64 = 30.0;

impl Default for Xoss {
    fn default() -> Self {
        Self {
            device: None,
            wait: Duration::new(WAIT),
            profile: Model::Auto,
            streams: RideAs::Files,
            set_clock: false,
            delete_after_delivery: false,
        }
    }
}

impl Xoss {
    pub(crate) fn wanted(&self) -> Wanted {
        let wait = StdDuration::try_from_secs_f64(self.wait.value());
        Wanted {
            device: self.device.clone(),
            wait: wait.unwrap_or(StdDuration::from_secs(u32::MAX.into())),
            profile: self.profile.profile(),
        }
    }
}
