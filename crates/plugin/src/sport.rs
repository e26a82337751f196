use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A sport and its variant, by their FIT profile names: `rowing/indoor_rowing`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sport {
    sport: &'static str,
    sub_sport: &'static str,
}

/// The sports that people come with; error messages name these.
#[rustfmt::skip]
const COMMON: &[&str] = &[
    "rowing", "cycling", "running", "walking", "swimming", "paddling", "kayaking",
    "stand_up_paddleboarding", "fitness_equipment", "training", "generic",
];

/// The other sports of the FIT profile.
#[rustfmt::skip]
const OTHERS: &[&str] = &[
    "transition", "basketball", "soccer", "tennis", "american_football", "cross_country_skiing",
    "alpine_skiing", "snowboarding", "mountaineering", "hiking", "multisport", "flying",
    "e_biking", "motorcycling", "boating", "driving", "golf", "hang_gliding", "horseback_riding",
    "hunting", "fishing", "inline_skating", "rock_climbing", "sailing", "ice_skating",
    "sky_diving", "snowshoeing", "snowmobiling", "surfing", "wakeboarding", "water_skiing",
    "rafting", "windsurfing", "kitesurfing", "tactical", "jumpmaster", "boxing", "floor_climbing",
    "baseball", "diving", "hiit", "racket", "wheelchair_push_walk", "wheelchair_push_run",
    "meditation", "disc_golf", "cricket", "rugby", "hockey", "lacrosse", "volleyball",
    "water_tubing", "wakesurfing", "mixed_martial_arts", "snorkeling", "dance", "jump_rope",
];

/// Every sub-sport of the FIT profile; any may go with any sport.
#[rustfmt::skip]
const SUB_SPORTS: &[&str] = &[
    "treadmill", "street", "trail", "track", "spin", "indoor_cycling", "road", "mountain",
    "downhill", "recumbent", "cyclocross", "hand_cycling", "track_cycling", "indoor_rowing",
    "elliptical", "stair_climbing", "lap_swimming", "open_water", "flexibility_training",
    "strength_training", "warm_up", "match", "exercise", "challenge", "indoor_skiing",
    "cardio_training", "indoor_walking", "e_bike_fitness", "bmx", "casual_walking",
    "speed_walking", "bike_to_run_transition", "run_to_bike_transition",
    "swim_to_bike_transition", "atv", "motocross", "backcountry", "resort", "rc_drone",
    "wingsuit", "whitewater", "skate_skiing", "yoga", "pilates", "indoor_running",
    "gravel_cycling", "e_bike_mountain", "commuting", "mixed_surface", "navigate", "track_me",
    "map", "single_gas_diving", "multi_gas_diving", "gauge_diving", "apnea_diving",
    "apnea_hunting", "virtual_activity", "obstacle", "breathing", "sail_race", "ultra",
    "indoor_climbing", "bouldering", "hiit", "amrap", "emom", "tabata", "pickleball", "padel",
    "indoor_wheelchair_walk", "indoor_wheelchair_run", "indoor_hand_cycling", "squash",
    "badminton", "racquetball", "table_tennis", "fly_canopy", "fly_paraglide", "fly_paramotor",
    "fly_pressurized", "fly_navigate", "fly_timer", "fly_altimeter", "fly_wx", "fly_vfr",
    "fly_ifr",
];

/// Short forms of sub-sports: the sport, the short form, the profile's name.
const SHORT: &[(&str, &str, &str)] = &[
    ("rowing", "indoor", "indoor_rowing"),
    ("cycling", "indoor", "indoor_cycling"),
    ("cycling", "road", "road"),
    ("cycling", "mountain", "mountain"),
    ("cycling", "virtual", "virtual_activity"),
    ("running", "treadmill", "treadmill"),
    ("running", "trail", "trail"),
    ("running", "track", "track"),
    ("swimming", "lap", "lap_swimming"),
    ("swimming", "open_water", "open_water"),
    ("fitness_equipment", "indoor_rowing", "indoor_rowing"),
];

/// The profile's name for "nothing more is known".
const GENERIC: &str = "generic";

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
        let text = if self.sub_sport == GENERIC {
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
            sport: GENERIC,
            sub_sport: GENERIC,
        }
    }
}

impl fmt::Display for Sport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sport)?;
        if self.sub_sport != GENERIC {
            write!(f, "/{}", self.sub_sport)?;
        }
        Ok(())
    }
}

impl FromStr for Sport {
    type Err = String;

    /// Reads `rowing`, `rowing/indoor` or `rowing/indoor_rowing`.
    fn from_str(text: &str) -> Result<Self, String> {
        let (sport, sub) = text.split_once('/').unwrap_or((text, GENERIC));
        let Some(sport) = COMMON.iter().chain(OTHERS).find(|name| **name == sport) else {
            let known = COMMON.join(", ");
            return Err(format!(
                "unknown sport `{sport}`; known: {known} and the others of the FIT profile"
            ));
        };
        let known = SHORT
            .iter()
            .find(|(of, short, _)| of == sport && *short == sub);
        let sub_sport = match known {
            Some((_, _, full)) => full,
            None if sub == GENERIC => GENERIC,
            None => SUB_SPORTS
                .iter()
                .find(|name| **name == sub)
                .ok_or_else(|| unknown_variant(sport, sub))?,
        };
        Ok(Self { sport, sub_sport })
    }
}

fn unknown_variant(sport: &str, sub: &str) -> String {
    let known: Vec<_> = SHORT
        .iter()
        .filter(|(of, ..)| *of == sport)
        .map(|(of, short, _)| format!("{of}/{short}"))
        .collect();
    let known = if known.is_empty() {
        sport.to_owned()
    } else {
        known.join(", ")
    };
    format!("unknown variant `{sub}` of {sport}; write {known}")
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
    fn schema_name() -> Cow<'static, str> {
        "Sport".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "sport", "examples": ["rowing/indoor", "cycling"] })
    }
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
        for text in ["sailing", "cycling/gravel_cycling", "swimming/lap_swimming"] {
            assert_eq!(text.parse::<Sport>().unwrap().to_string(), text);
        }
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
