use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::units::{Beats, Length, Mass};

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
}

/// A sport and its variant, by their FIT profile names: `rowing/indoor_rowing`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sport {
    sport: &'static str,
    sub_sport: &'static str,
}

/// Sports and sub-sports that can be named, with the short form of each sub-sport.
const SPORTS: &[(&str, &[(&str, &str)])] = &[
    ("rowing", &[("indoor", "indoor_rowing")]),
    (
        "cycling",
        &[
            ("indoor", "indoor_cycling"),
            ("road", "road"),
            ("mountain", "mountain"),
            ("virtual", "virtual_activity"),
        ],
    ),
    (
        "running",
        &[
            ("treadmill", "treadmill"),
            ("trail", "trail"),
            ("track", "track"),
        ],
    ),
    ("walking", &[]),
    (
        "swimming",
        &[("lap", "lap_swimming"), ("open_water", "open_water")],
    ),
    ("paddling", &[]),
    ("kayaking", &[]),
    ("stand_up_paddleboarding", &[]),
    ("fitness_equipment", &[("indoor_rowing", "indoor_rowing")]),
    ("training", &[]),
    ("generic", &[]),
];

impl Sport {
    /// Rowing on a machine.
    pub const INDOOR_ROWING: Self = Self {
        sport: "rowing",
        sub_sport: "indoor_rowing",
    };

    /// The FIT profile name of the sport: `rowing`.
    pub const fn sport(self) -> &'static str {
        self.sport
    }

    /// The FIT profile name of the sub-sport: `indoor_rowing`, or `generic`.
    pub const fn sub_sport(self) -> &'static str {
        self.sub_sport
    }

    /// For people: `indoor rowing`, `cycling`.
    pub fn for_people(self) -> String {
        let text = if self.sub_sport == "generic" {
            self.sport
        } else {
            self.sub_sport
        };
        text.replace('_', " ")
    }
}

impl Default for Sport {
    fn default() -> Self {
        Self {
            sport: "generic",
            sub_sport: "generic",
        }
    }
}

impl fmt::Display for Sport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sport)?;
        if self.sub_sport != "generic" {
            write!(f, "/{}", self.sub_sport)?;
        }
        Ok(())
    }
}

impl FromStr for Sport {
    type Err = String;

    /// Reads `rowing`, `rowing/indoor` or `rowing/indoor_rowing`.
    fn from_str(text: &str) -> Result<Self, String> {
        let (sport, sub) = text.split_once('/').unwrap_or((text, "generic"));
        let Some((sport, subs)) = SPORTS.iter().find(|(name, _)| *name == sport) else {
            let known: Vec<_> = SPORTS.iter().map(|(name, _)| *name).collect();
            return Err(format!(
                "unknown sport `{sport}`; known: {}",
                known.join(", ")
            ));
        };
        if sub == "generic" {
            return Ok(Self {
                sport,
                sub_sport: "generic",
            });
        }
        if let Some((_, sub_sport)) = subs
            .iter()
            .find(|(short, full)| *short == sub || *full == sub)
        {
            return Ok(Self { sport, sub_sport });
        }
        let known: Vec<_> = subs
            .iter()
            .map(|(short, _)| format!("{sport}/{short}"))
            .collect();
        let known = if known.is_empty() {
            (*sport).to_owned()
        } else {
            known.join(", ")
        };
        Err(format!("unknown variant `{sub}` of {sport}; write {known}"))
    }
}

impl Serialize for Sport {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Sport {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Sport {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Sport".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "sport", "examples": ["rowing/indoor", "cycling"] })
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sports_have_short_and_long_names() {
        let indoor: Sport = "rowing/indoor".parse().unwrap();
        assert_eq!(indoor, Sport::INDOOR_ROWING);
        assert_eq!("rowing/indoor_rowing".parse(), Ok(indoor));
        assert_eq!(indoor.to_string(), "rowing/indoor_rowing");
        assert_eq!("cycling".parse::<Sport>().unwrap().to_string(), "cycling");
        assert!(
            "roving"
                .parse::<Sport>()
                .unwrap_err()
                .contains("known: rowing")
        );
        assert!(
            "rowing/outdoor"
                .parse::<Sport>()
                .unwrap_err()
                .contains("write rowing/indoor")
        );
    }
}
