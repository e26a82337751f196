//! What numbers of a recording can be; for [`Document::number`](crate::Document::number) and
//! [`Value`](crate::Value).

use std::ops::RangeInclusive;

/// Whatever is a number at all.
pub const ANY: RangeInclusive<f64> = f64::MIN..=f64::MAX;
/// Whatever can't be negative: distances, speeds.
pub const POSITIVE: RangeInclusive<f64> = 0.0..=f64::MAX;
/// Degrees north.
pub const LATITUDE: RangeInclusive<f64> = -90.0..=90.0;
/// Degrees east.
pub const LONGITUDE: RangeInclusive<f64> = -180.0..=180.0;
/// Beats and strokes per minute: one byte, in which 255 means "not known".
pub const PER_MINUTE: RangeInclusive<f64> = 0.0..=254.0;
/// Watts: two bytes, in which 65535 means "not known".
pub const WATTS: RangeInclusive<f64> = 0.0..=65_534.0;
