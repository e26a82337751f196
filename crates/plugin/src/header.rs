use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::units::{Beats, Length, Mass};
use crate::{Link, Sport, Timestamp};

/// What a stream is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// One activity with a start and an end: a row, a ride.
    #[default]
    Activity,
    /// One file, passed on as bytes.
    File,
    /// A log without a natural end: a power station.
    Log,
}

/// What is known when a stream opens.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Header {
    /// What the stream is.
    pub kind: Kind,
    /// A name for people: the input file's name, the device's name.
    pub name: String,
    /// When it starts.
    pub start: Timestamp,
    /// Which sport, for activities.
    pub sport: Sport,
    /// What recorded it.
    pub device: Device,
    /// Offset of the recorder's local time from UTC, in seconds, where it said so.
    pub utc_offset: Option<i32>,
    /// Who did it.
    pub athlete: Athlete,
    /// Heart-rate zones, once a transform has set them.
    pub zones: Option<HrZones>,
    /// What the columns outside the field table were in the file that they come from, so that
    /// they come back as the same.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub developer_fields: Vec<DeveloperField>,
}

/// A FIT developer field that became a column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeveloperField {
    /// The name of the column, whose unit is the field's.
    pub column: String,
    /// The field's name as the file spells it.
    pub name: String,
    /// Its units as the file spells them.
    pub units: String,
    /// The FIT name of its base type: `uint16`, `float32`.
    pub base_type: String,
    /// Its number within the application's fields.
    pub number: u8,
    /// The application's identifier as 32 hexadecimal digits; empty if the file has none.
    pub application: String,
    /// The number of the record's own field that it stands for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub native: Option<u8>,
}

/// What recorded a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Device {
    /// Who made it, as FIT's manufacturer number (118 WaterRower, 40 Concept2).
    pub manufacturer: Option<u16>,
    /// Its name for people.
    pub name: String,
    /// Its serial number.
    pub serial: Option<u32>,
    /// The version of its software, for people.
    pub version: String,
    /// How what it told came to the one that wrote it down, unless that was itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<Link>,
}

/// The athlete: what calories and zones are computed from.
///
/// Every value may be missing; a stage that needs one says so.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Athlete {
    /// Name to write into files.
    #[schemars(extend("examples" = ["Kim"]))]
    pub name: Option<String>,
    /// Sex, as the formulas for calories know it.
    pub sex: Option<Sex>,
    /// Year of birth; the age is the activity's year minus this.
    #[schemars(range(min = 1900, max = 2100), extend("examples" = [1984]))]
    pub birth_year: Option<u16>,
    /// Body height.
    #[schemars(extend("examples" = ["1.78 m"]))]
    pub height: Option<Length>,
    /// Body weight.
    #[schemars(extend("examples" = ["78 kg"]))]
    pub weight: Option<Mass>,
    /// Highest heart rate.
    #[schemars(extend("examples" = ["185 bpm"]))]
    pub max_hr: Option<Beats>,
    /// Heart rate at rest.
    #[schemars(extend("examples" = ["52 bpm"]))]
    pub resting_hr: Option<Beats>,
    /// Heart rate at the lactate threshold.
    #[schemars(extend("examples" = ["168 bpm"]))]
    pub threshold_hr: Option<Beats>,
    /// Maximal oxygen uptake, in ml/kg/min.
    #[schemars(extend("examples" = [45]))]
    pub vo2max: Option<f64>,
}

impl Athlete {
    /// The age in years at that time: the year less the year of birth.
    pub fn age(&self, at: Timestamp) -> Option<u16> {
        u16::try_from(at.year()).ok()?.checked_sub(self.birth_year?)
    }
}

/// Sex, as the formulas for calories know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Sex {
    /// Female.
    Female,
    /// Male.
    Male,
}

/// The heart-rate zones in force, as a transform computed them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HrZones {
    /// How the bounds came about.
    pub method: ZoneMethod,
    /// The bounds in bpm, rising: the lower bound of zone 1, then each zone's upper bound.
    ///
    /// A heart rate `h` is in zone `i` when `bounds[i-1] <= h < bounds[i]`, in zone 0 below
    /// the first bound, and in the top zone above all.
    pub bounds: Vec<f64>,
    /// Highest heart rate used, in bpm.
    pub max: Option<f64>,
    /// Resting heart rate used, in bpm.
    pub resting: Option<f64>,
    /// Threshold heart rate used, in bpm.
    pub threshold: Option<f64>,
}

impl HrZones {
    /// The zone of a heart rate in bpm; `None` where it was not measured. 0 is a belt that slipped.
    pub fn zone_of(&self, heart_rate: f64) -> Option<usize> {
        let top = self.bounds.len().checked_sub(1)?;
        let reached = || self.bounds.iter().filter(|bound| heart_rate >= **bound);
        (heart_rate > 0.0).then(|| reached().count().min(top))
    }
}

/// How heart-rate zones are computed; the names are FIT's `hr_zone_calc`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ZoneMethod {
    /// Bounds given one by one.
    Custom,
    /// Percent of the highest heart rate.
    PercentMaxHr,
    /// Percent of the heart-rate reserve (Karvonen).
    PercentHrr,
    /// Percent of the heart rate at the lactate threshold.
    PercentLthr,
}
