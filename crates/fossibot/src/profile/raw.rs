//! A profile as it stands in YAML.

use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawProfile {
    pub(super) profile: String,
    /// It is another profile under another name.
    pub(super) alias: Option<String>,
    /// It is another profile with changes.
    pub(super) base: Option<String>,
    pub(super) names: Option<Vec<String>>,
    pub(super) address: Option<u8>,
    pub(super) registers: Option<u16>,
    pub(super) write: Option<RawShape>,
    #[serde(default)]
    pub(super) marks: Vec<RawCondition>,
    #[serde(default)]
    pub(super) readings: Vec<RawReading>,
    #[serde(default)]
    pub(super) facts: Vec<RawReading>,
    pub(super) energy: Option<RawEnergy>,
    pub(super) writes: Option<Vec<RawControl>>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum RawShape {
    Single,
    Counted,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawReading {
    pub(super) name: String,
    pub(super) input: Option<u16>,
    pub(super) holding: Option<u16>,
    pub(super) bit: Option<u8>,
    pub(super) mask: Option<u16>,
    pub(super) all: Option<Vec<RawCondition>>,
    pub(super) sum: Option<Vec<String>>,
    pub(super) scale: Option<f64>,
    pub(super) offset: Option<f64>,
    #[serde(default)]
    pub(super) unit: String,
    #[serde(default)]
    pub(super) absent: Vec<u16>,
    #[serde(default)]
    pub(super) when: Vec<RawCondition>,
    pub(super) valid: Option<[f64; 2]>,
    pub(super) sane: Option<[f64; 2]>,
    #[serde(default)]
    pub(super) hidden: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCondition {
    pub(super) input: Option<u16>,
    pub(super) holding: Option<u16>,
    pub(super) bit: Option<u8>,
    pub(super) from: Option<u16>,
    pub(super) to: Option<u16>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawEnergy {
    #[serde(rename = "in")]
    pub(super) input: Option<String>,
    #[serde(rename = "out")]
    pub(super) output: Option<String>,
    pub(super) charged: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawControl {
    pub(super) name: String,
    // What a profile of the user may say: less than there is.
    pub(super) only: Option<Vec<String>>,
    pub(super) from: Option<f64>,
    pub(super) to: Option<f64>,
    // What only a built-in one may say.
    pub(super) holding: Option<u16>,
    pub(super) values: Option<Named>,
    pub(super) numbers: Option<Vec<f64>>,
    pub(super) scale: Option<f64>,
    pub(super) unit: Option<String>,
    pub(super) at_most: Option<u16>,
    pub(super) quick: Option<bool>,
    pub(super) confirm: Option<bool>,
    pub(super) experimental: Option<bool>,
}

/// Names for values.
pub(super) type Named = std::collections::BTreeMap<String, u16>;
