//! The words that GPX files have for sports.

use pipeline_plugin::Sport;

/// What the `type` of a track means: the word, and the sport. Words are compared without case,
/// spaces, hyphens and underscores. The numbers are Strava's.
const WORDS: &[(&str, &str)] = &[
    ("1", "cycling"),
    ("biking", "cycling"),
    ("bike", "cycling"),
    ("ride", "cycling"),
    ("roadbiking", "cycling/road"),
    ("roadcycling", "cycling/road"),
    ("mountainbiking", "cycling/mountain"),
    ("gravelcycling", "cycling/gravel_cycling"),
    ("indoorcycling", "cycling/indoor"),
    ("virtualride", "cycling/virtual"),
    ("9", "running"),
    ("run", "running"),
    ("trailrunning", "running/trail"),
    ("treadmillrunning", "running/treadmill"),
    ("walk", "walking"),
    ("hike", "hiking"),
    ("swim", "swimming"),
    ("openwaterswimming", "swimming/open_water"),
    ("lapswimming", "swimming/lap"),
    ("row", "rowing"),
    ("indoorrowing", "rowing/indoor"),
    ("kayak", "kayaking"),
    ("canoeing", "paddling"),
    ("sup", "stand_up_paddleboarding"),
    ("sail", "sailing"),
];

/// The sport that the `type` of a track names, if it names one.
pub(crate) fn sport_of(kind: &str) -> Option<Sport> {
    let word = kind.trim().to_ascii_lowercase().replace([' ', '-'], "_");
    if let Ok(sport) = word.parse() {
        return Some(sport);
    }
    let word = word.replace('_', "");
    let (_, sport) = WORDS.iter().find(|(known, _)| *known == word)?;
    sport.parse().ok()
}

/// The word for a sport as Garmin and Strava write it: the variant where there is one.
pub(crate) fn kind_of(sport: Sport) -> String {
    match (sport.sport(), sport.sub_sport()) {
        ("generic", "generic") => String::new(),
        ("cycling", "road") => "road_biking".to_owned(),
        ("cycling", "mountain") => "mountain_biking".to_owned(),
        ("running", "trail") => "trail_running".to_owned(),
        ("running", "treadmill") => "treadmill_running".to_owned(),
        ("swimming", "open_water") => "open_water_swimming".to_owned(),
        ("rowing", "indoor_rowing") => "indoor_rowing".to_owned(),
        (sport, _) => sport.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sports_have_many_names() {
        let check = |kind: &str| sport_of(kind).map(|sport| sport.to_string());
        assert_eq!(check("cycling").as_deref(), Some("cycling"));
        assert_eq!(check("Road Biking").as_deref(), Some("cycling/road"));
        assert_eq!(check("9").as_deref(), Some("running"));
        assert_eq!(check("trail-running").as_deref(), Some("running/trail"));
        assert_eq!(
            check("rowing/indoor").as_deref(),
            Some("rowing/indoor_rowing")
        );
        assert_eq!(check("Garden"), None);
        assert_eq!(check(""), None);
    }

    #[test]
    fn a_sport_that_is_written_is_read() {
        for name in [
            "rowing",
            "rowing/indoor",
            "cycling",
            "cycling/road",
            "cycling/mountain",
            "running/trail",
            "running/treadmill",
            "swimming/open_water",
            "sailing",
        ] {
            let sport: Sport = name.parse().unwrap();
            assert_eq!(sport_of(&kind_of(sport)), Some(sport), "{name}");
        }
        assert_eq!(kind_of(Sport::default()), "");
    }
}
