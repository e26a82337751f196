use std::borrow::Cow;
use std::str::FromStr;

use chrono::{DateTime, NaiveDateTime, Offset, TimeDelta};
use chrono_tz::{TZ_VARIANTS, Tz};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{Timestamp, UtcOffset};

/// Where local time is told: a place with its rules for summer time (`Europe/Berlin`, a name of
/// the IANA database, which is compiled in), or a fixed offset from UTC (`+02:00`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeZone(Zone);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Zone {
    Fixed(UtcOffset),
    Place(Tz),
}

impl TimeZone {
    /// The offset of local time from UTC at that moment.
    pub fn offset_at(self, time: Timestamp) -> UtcOffset {
        match self.0 {
            Zone::Fixed(offset) => offset,
            Zone::Place(place) => offset_at(place, naive(time.micros())),
        }
    }

    /// The moment when clocks there show a time, in microseconds since 1970-01-01T00:00:00 of
    /// their own. Of an hour that comes twice it is the first; in one that is left out, clocks
    /// count on as before.
    pub fn moment_of(self, local: i64) -> Timestamp {
        self.moment(local, false)
    }

    /// The same for a time that follows that moment: of an hour that comes twice it is the second,
    /// if the first is over by then.
    pub fn moment_behind(self, before: Timestamp, local: i64) -> Timestamp {
        let first = self.moment(local, false);
        if first >= before {
            return first;
        }
        // A bit before, it is out of order in the first.
        let second = self.moment(local, true);
        if (second - before).abs() < (before - first) {
            second
        } else {
            first
        }
    }

    fn moment(self, local: i64, again: bool) -> Timestamp {
        let UtcOffset(seconds) = match self.0 {
            Zone::Fixed(offset) => offset,
            Zone::Place(place) => {
                let time = naive(local);
                let there = chrono::TimeZone::offset_from_local_datetime(&place, &time);
                let offset = if again {
                    there.latest()
                } else {
                    there.earliest()
                };
                match offset {
                    Some(offset) => UtcOffset(offset.fix().local_minus_utc()),
                    // No zone changes its offset twice a day.
                    None => offset_at(
                        place,
                        time.checked_sub_signed(TimeDelta::days(1)).unwrap_or(time),
                    ),
                }
            }
        };
        Timestamp::from_micros(local.saturating_sub(i64::from(seconds) * 1_000_000))
    }
}

/// A time without a zone; the epoch where the calendar ends.
fn naive(micros: i64) -> NaiveDateTime {
    DateTime::from_timestamp_micros(micros)
        .unwrap_or_default()
        .naive_utc()
}

fn offset_at(place: Tz, utc: NaiveDateTime) -> UtcOffset {
    let offset = chrono::TimeZone::offset_from_utc_datetime(&place, &utc);
    UtcOffset(offset.fix().local_minus_utc())
}

impl From<UtcOffset> for TimeZone {
    fn from(offset: UtcOffset) -> Self {
        Self(Zone::Fixed(offset))
    }
}

impl FromStr for TimeZone {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(offset) = text.parse::<UtcOffset>() {
            return Ok(offset.into());
        }
        let is_named = |place: &&Tz| place.name().eq_ignore_ascii_case(text);
        if let Some(place) = TZ_VARIANTS.iter().find(is_named) {
            return Ok(Self(Zone::Place(*place)));
        }
        let example = city(text).map_or("Europe/Berlin", |place| place.name());
        Err(format!(
            "`{text}` is no time zone; write `{example}`, `+02:00` or `UTC`"
        ))
    }
}

/// The place whose last name that is: `Europe/Berlin` for `Berlin`, `America/New_York` for
/// `New York`.
fn city(text: &str) -> Option<Tz> {
    let text = text.trim().replace(' ', "_");
    let last = text.rsplit('/').next().unwrap_or_default();
    let is_there = |place: &&Tz| {
        let name = place.name().rsplit_once('/').map(|(_, name)| name);
        name.is_some_and(|name| name.eq_ignore_ascii_case(last))
    };
    TZ_VARIANTS.iter().find(is_there).copied()
}

impl<'de> Deserialize<'de> for TimeZone {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for TimeZone {
    fn schema_name() -> Cow<'static, str> {
        "TimeZone".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "examples": ["Europe/Berlin", "+02:00"] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    fn zone(text: &str) -> TimeZone {
        text.parse().unwrap()
    }

    #[test]
    fn a_place_has_summer_time() {
        let check = |zone: &str, at: &str| self::zone(zone).offset_at(time(at)).0;
        assert_eq!(check("Europe/Berlin", "2026-01-15T12:00:00Z"), 3600);
        assert_eq!(check("Europe/Berlin", "2026-07-15T12:00:00Z"), 7200);
        assert_eq!(check("Europe/Berlin", "2026-03-29T00:59:59Z"), 3600);
        assert_eq!(check("Europe/Berlin", "2026-03-29T01:00:00Z"), 7200);
        assert_eq!(check("asia/kolkata", "2026-07-15T12:00:00Z"), 19_800);
        assert_eq!(check("America/New_York", "2026-07-15T12:00:00Z"), -14_400);
        assert_eq!(check("-05:30", "2026-07-15T12:00:00Z"), -19_800);
        assert_eq!(check("UTC", "2026-07-15T12:00:00Z"), 0);
    }

    #[test]
    fn what_follows_tells_the_second_hour_from_the_first() {
        let zone = zone("Europe/Berlin");
        let check = |before: &str, local: &str| {
            let local = time(&format!("{local}Z")).micros();
            zone.moment_behind(time(before), local).for_people()
        };
        let first = "2026-10-25 00:00:00";
        assert_eq!(check("2026-10-24T23:59:59Z", "2026-10-25T02:00:00"), first);
        assert_eq!(check("2026-10-25T00:00:01Z", "2026-10-25T02:00:00"), first);
        let second = "2026-10-25 01:00:00";
        assert_eq!(check("2026-10-25T00:59:59Z", "2026-10-25T02:00:00"), second);
        assert_eq!(check("2026-10-25T01:00:00Z", "2026-10-25T02:00:00"), second);
        // Any other time is what it is.
        let summer = "2026-07-15 10:00:00";
        assert_eq!(check("2026-07-15T12:00:00Z", "2026-07-15T12:00:00"), summer);
    }

    /// Sources: the changes of Berlin's clocks on 2026-03-29 (02:00 to 03:00) and 2026-10-25
    /// (03:00 to 02:00).
    #[test]
    fn local_times_become_moments() {
        let check = |zone: &str, local: &str| {
            let moment = self::zone(zone).moment_of(time(&format!("{local}Z")).micros());
            moment.for_people()
        };
        assert_eq!(
            check("Europe/Berlin", "2026-07-15T12:00:00"),
            "2026-07-15 10:00:00"
        );
        assert_eq!(
            check("Europe/Berlin", "2026-10-25T02:30:00"),
            "2026-10-25 00:30:00"
        );
        assert_eq!(
            check("Europe/Berlin", "2026-10-25T03:00:00"),
            "2026-10-25 02:00:00"
        );
        assert_eq!(
            check("Europe/Berlin", "2026-03-29T02:30:00"),
            "2026-03-29 01:30:00"
        );
        assert_eq!(
            check("+02:00", "2026-03-29T02:30:00"),
            "2026-03-29 00:30:00"
        );
    }

    #[test]
    fn a_wrong_zone_is_told_what_to_write() {
        let check = |text: &str| text.parse::<TimeZone>().unwrap_err();
        assert_eq!(
            check("Berlin"),
            "`Berlin` is no time zone; write `Europe/Berlin`, `+02:00` or `UTC`"
        );
        assert_eq!(
            check("new york"),
            "`new york` is no time zone; write `America/New_York`, `+02:00` or `UTC`"
        );
        assert_eq!(
            check("+25:00"),
            "`+25:00` is no time zone; write `Europe/Berlin`, `+02:00` or `UTC`"
        );
        for wrong in ["", "CEST", "Europe", "é/é", "local"] {
            assert!(wrong.parse::<TimeZone>().is_err(), "{wrong}");
        }
    }
}
