//! What programs call the columns of their files.

use pipeline_plugin::{Field, field};

use super::units;

/// What a column is, by its title.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Meaning {
    /// Points in time, or seconds since the start.
    Time,
    /// Dates; the time of day stands in another column, or behind the date.
    Date,
    /// Time since the start, in this unit unless the title has one.
    Elapsed(&'static str),
    /// Numbers of laps.
    Lap,
    /// A field of the table, in this unit unless the title has one.
    Field(&'static Field, &'static str),
}

/// Titles of columns with times. The first of them wins.
#[rustfmt::skip]
const TIMES: &[&str] = &[
    "timestamp", "datetime", "dateandtime", "utc", "utctime", "timeutc", "gpstime", "localtime",
    "timelocal", "zeitstempel", "time", "zeit", "uhrzeit", "heure", "hora", "tijd",
];

const DATES: &[&str] = &["date", "datum", "fecha"];

#[rustfmt::skip]
const ELAPSED: &[(&str, &str)] = &[
    ("elapsed", "s"), ("elapsedtime", "s"), ("timeelapsed", "s"), ("elapsedseconds", "s"),
    ("secs", "s"), ("sec", "s"), ("seconds", "s"), ("timer", "s"), ("runtime", "s"),
    ("relativetime", "s"), ("minutes", "min"), ("mins", "min"),
];

#[rustfmt::skip]
const LAPS: &[&str] = &[
    "lap", "laps", "lapnumber", "lapno", "lapid", "lapidx", "lapindex", "interval", "runde",
];

/// Other names of fields, and their unit where it is not the field's.
#[rustfmt::skip]
const FIELDS: &[(&str, &Field, &str)] = &[
    ("lat", &field::POSITION_LAT, "deg"), ("latitude", &field::POSITION_LAT, "deg"),
    ("gpslat", &field::POSITION_LAT, "deg"), ("breitengrad", &field::POSITION_LAT, "deg"),
    ("lon", &field::POSITION_LONG, "deg"), ("lng", &field::POSITION_LONG, "deg"),
    ("long", &field::POSITION_LONG, "deg"), ("longitude", &field::POSITION_LONG, "deg"),
    ("positionlon", &field::POSITION_LONG, "deg"), ("gpslon", &field::POSITION_LONG, "deg"),
    ("längengrad", &field::POSITION_LONG, "deg"),
    ("alt", &field::ALTITUDE, "m"), ("ele", &field::ALTITUDE, "m"),
    ("elevation", &field::ALTITUDE, "m"), ("height", &field::ALTITUDE, "m"),
    ("enhancedaltitude", &field::ALTITUDE, "m"), ("gpsaltitude", &field::ALTITUDE, "m"),
    ("höhe", &field::ALTITUDE, "m"),
    ("dist", &field::DISTANCE, "m"), ("distances", &field::DISTANCE, "m"),
    ("totaldistance", &field::DISTANCE, "m"), ("distancemeters", &field::DISTANCE, "m"),
    ("horizontal", &field::DISTANCE, "m"), ("meters", &field::DISTANCE, "m"),
    ("metres", &field::DISTANCE, "m"), ("km", &field::DISTANCE, "km"),
    ("miles", &field::DISTANCE, "mi"), ("strecke", &field::DISTANCE, "m"),
    ("distanz", &field::DISTANCE, "m"),
    ("velocity", &field::SPEED, "m/s"), ("enhancedspeed", &field::SPEED, "m/s"),
    ("gpsspeed", &field::SPEED, "m/s"), ("kph", &field::SPEED, "km/h"),
    ("kmh", &field::SPEED, "km/h"), ("km/h", &field::SPEED, "km/h"),
    ("mph", &field::SPEED, "mph"), ("geschwindigkeit", &field::SPEED, "km/h"),
    // A pace without a distance in its unit can be anything.
    ("pace", &field::SPEED, "?"), ("split", &field::SPEED, "?"), ("tempo", &field::SPEED, "?"),
    ("stroke500mpace", &field::SPEED, "s/500m"), ("500mpace", &field::SPEED, "s/500m"),
    ("pace500m", &field::SPEED, "s/500m"),
    ("hr", &field::HEART_RATE, "bpm"), ("hrate", &field::HEART_RATE, "bpm"),
    ("hrcur", &field::HEART_RATE, "bpm"), ("pulse", &field::HEART_RATE, "bpm"),
    ("bpm", &field::HEART_RATE, "bpm"), ("heartratebpm", &field::HEART_RATE, "bpm"),
    ("puls", &field::HEART_RATE, "bpm"), ("herzfrequenz", &field::HEART_RATE, "bpm"),
    ("cad", &field::CADENCE, "1/min"), ("rpm", &field::CADENCE, "1/min"),
    ("spm", &field::CADENCE, "1/min"), ("strokerate", &field::CADENCE, "1/min"),
    ("strokesperminute", &field::CADENCE, "1/min"), ("trittfrequenz", &field::CADENCE, "1/min"),
    ("schlagzahl", &field::CADENCE, "1/min"),
    ("watts", &field::POWER, "W"), ("watt", &field::POWER, "W"), ("pwr", &field::POWER, "W"),
    ("leistung", &field::POWER, "W"),
    ("strokes", &field::TOTAL_CYCLES, ""), ("strokecount", &field::TOTAL_CYCLES, ""),
    ("strokenumber", &field::TOTAL_CYCLES, ""), ("totalstrokes", &field::TOTAL_CYCLES, ""),
    ("strokedistance", &field::CYCLE_LENGTH, "m"), ("strokelength", &field::CYCLE_LENGTH, "m"),
    ("distanceperstroke", &field::CYCLE_LENGTH, "m"), ("dps", &field::CYCLE_LENGTH, "m"),
    ("kcal", &field::CALORIES, "kcal"), ("cal", &field::CALORIES, "kcal"),
    ("totalcalories", &field::CALORIES, "kcal"),
    ("temp", &field::TEMPERATURE, "C"), ("airtemperature", &field::TEMPERATURE, "C"),
    ("temperatures", &field::TEMPERATURE, "C"), ("temperatur", &field::TEMPERATURE, "C"),
    ("drag", &field::DRAG_FACTOR, "1e-6 N m s2"),
    ("strokerecoverytime", &field::RECOVERY_TIME, "s"),
    ("avgdriveforce", &field::AVERAGE_DRIVE_FORCE, "N"),
    ("averageforce", &field::AVERAGE_DRIVE_FORCE, "N"),
    ("peakforce", &field::PEAK_DRIVE_FORCE, "N"), ("maxforce", &field::PEAK_DRIVE_FORCE, "N"),
    ("workperstroke", &field::STROKE_WORK, "J"),
    ("soc", &field::STATE_OF_CHARGE, "%"), ("battery", &field::STATE_OF_CHARGE, "%"),
];

/// Longer names than this, in bytes, are sentences.
const LONGEST: usize = 60;

/// What a column of that name is, if programs agree, and the unit that a name such as
/// `speed_kmh` ends with.
pub(crate) fn meaning(name: &str) -> Option<(Meaning, Option<&str>)> {
    if let Some(meaning) = known(name) {
        return Some((meaning, None));
    }
    let (name, unit) = name.rsplit_once(['_', ' '])?;
    if !units::is_unit(unit) {
        return None;
    }
    Some((known(name)?, Some(unit)))
}

/// The rank of a column with times; the lowest is the one to take.
pub(crate) fn rank(name: &str) -> usize {
    let plain = plain(name);
    let rank = TIMES.iter().position(|known| *known == plain);
    rank.unwrap_or(TIMES.len())
}

fn known(name: &str) -> Option<Meaning> {
    if name.len() > LONGEST {
        return None;
    }
    let plain = plain(name);
    let plain = plain.as_str();
    if TIMES.contains(&plain) {
        return Some(Meaning::Time);
    }
    if DATES.contains(&plain) {
        return Some(Meaning::Date);
    }
    if LAPS.contains(&plain) {
        return Some(Meaning::Lap);
    }
    if let Some((_, unit)) = ELAPSED.iter().find(|(known, _)| *known == plain) {
        return Some(Meaning::Elapsed(unit));
    }
    if let Some((_, field, unit)) = FIELDS.iter().find(|(known, ..)| *known == plain) {
        return Some(Meaning::Field(field, unit));
    }
    let mut table = field::TABLE.iter().copied();
    let letters = |name: &'static str| name.bytes().filter(|byte| *byte != b'_');
    let field = table.find(|field| letters(field.name()).eq(plain.bytes()))?;
    Some(Meaning::Field(field, field.unit()))
}

/// Lower case, without blanks and signs between words.
fn plain(name: &str) -> String {
    let signs = |c: &char| c.is_alphanumeric() || *c == '/';
    name.chars()
        .filter(signs)
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_programs_write() {
        let check = |name: &str, field: &Field, unit: &str| match meaning(name) {
            Some((Meaning::Field(found, default), own)) => {
                assert_eq!((found, own.unwrap_or(default)), (field, unit), "{name}");
            }
            other => panic!("{name}: {other:?}"),
        };
        check("Heart Rate", &field::HEART_RATE, "bpm");
        check("heart_rate", &field::HEART_RATE, "bpm");
        check("heartrate", &field::HEART_RATE, "bpm");
        check("HRCur", &field::HEART_RATE, "bpm");
        check("kph", &field::SPEED, "km/h");
        check("speed_kmh", &field::SPEED, "kmh");
        check("Altitude ft", &field::ALTITUDE, "ft");
        check("Watts", &field::POWER, "W");
        check("Stroke500mPace", &field::SPEED, "s/500m");
        check("position_lat", &field::POSITION_LAT, "deg");
        assert_eq!(meaning("TimeStamp"), Some((Meaning::Time, None)));
        assert_eq!(meaning("ElapsedTime"), Some((Meaning::Elapsed("s"), None)));
        assert_eq!(meaning("time_s"), Some((Meaning::Time, Some("s"))));
        assert_eq!(meaning("lap number"), Some((Meaning::Lap, None)));
        for own in ["grit", "left_balance", "", "_", "drift_m"] {
            assert_eq!(meaning(own), None, "{own}");
        }
    }

    #[test]
    fn a_time_stamp_comes_before_a_time() {
        assert!(rank("Timestamp") < rank("time"));
    }
}
