use std::fmt;
use std::ops::{Add, Sub};

use serde::{Deserialize, Serialize};

/// A point in time: microseconds since 1970-01-01T00:00:00Z.
///
/// Its text form is RFC 3339 in UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From microseconds since 1970-01-01T00:00:00Z.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// From whole seconds since 1970-01-01T00:00:00Z.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000_000))
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Seconds since `earlier`; negative when `self` is before it.
    #[expect(
        clippy::cast_precision_loss,
        reason = "differences of activities are far below 2^53 µs"
    )]
    pub fn seconds_since(self, earlier: Self) -> f64 {
        self.0.saturating_sub(earlier.0) as f64 / 1e6
    }

    /// The time rounded to the nearest whole second, as seconds since 1970-01-01T00:00:00Z.
    pub const fn rounded_seconds(self) -> i64 {
        self.0.saturating_add(500_000).div_euclid(1_000_000)
    }

    /// The calendar year, in UTC.
    pub fn year(self) -> i32 {
        let time = chrono::DateTime::from_timestamp_micros(self.0);
        time.map_or(1970, |time| chrono::Datelike::year(&time))
    }

    /// `2026-07-24T103005Z`: the start of an activity as part of a file name, to the second.
    pub fn for_file_name(self) -> String {
        self.format(self.rounded_seconds(), "%Y-%m-%dT%H%M%SZ")
    }

    /// `2026-07-24 10:30:05`: for people, in UTC, to the second.
    pub fn for_people(self) -> String {
        self.format(self.rounded_seconds(), "%Y-%m-%d %H:%M:%S")
    }

    fn format(self, seconds: i64, pattern: &str) -> String {
        match chrono::DateTime::from_timestamp(seconds, 0) {
            Some(time) => time.format(pattern).to_string(),
            None => self.0.to_string(),
        }
    }

    /// Reads RFC 3339 text such as `2026-07-24T10:30:05.25Z`.
    pub fn parse(text: &str) -> Option<Self> {
        chrono::DateTime::parse_from_rfc3339(text)
            .ok()
            .map(|time| Self(time.timestamp_micros()))
    }
}

impl Add<f64> for Timestamp {
    type Output = Self;

    /// Adds seconds, rounded to the microsecond.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "float to integer casts saturate"
    )]
    #[expect(
        clippy::suspicious_arithmetic_impl,
        reason = "seconds become microseconds"
    )]
    fn add(self, seconds: f64) -> Self {
        Self(self.0.saturating_add((seconds * 1e6).round() as i64))
    }
}

impl Sub for Timestamp {
    type Output = f64;

    /// Seconds from `earlier` to `self`.
    fn sub(self, earlier: Self) -> f64 {
        self.seconds_since(earlier)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match chrono::DateTime::from_timestamp_micros(self.0) {
            Some(time) => f.write_str(&time.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)),
            None => write!(f, "{} µs", self.0),
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Text)
    }
}

/// Reads RFC 3339 text; or whole microseconds, for plugins in languages where a calendar is far.
struct Text;

impl serde::de::Visitor<'_> for Text {
    type Value = Timestamp;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an RFC 3339 time")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Timestamp, E> {
        Timestamp::parse(text).ok_or_else(|| E::custom(format!("`{text}` is no RFC 3339 time")))
    }

    fn visit_i64<E: serde::de::Error>(self, micros: i64) -> Result<Timestamp, E> {
        Ok(Timestamp(micros))
    }

    fn visit_u64<E: serde::de::Error>(self, micros: u64) -> Result<Timestamp, E> {
        i64::try_from(micros).map(Timestamp).map_err(E::custom)
    }
}
