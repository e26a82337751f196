//! The transform that sets heart-rate zones and the time spent in each.
//!
//! `hr-zones: { max: 185 bpm }` puts the zones into the stream's header, and the time spent in
//! each zone into every lap and into the summary. It makes no laps and changes no sample; it
//! stands after `laps`, because a lap that passes gets its times.
//!
//! # Zones
//!
//! | method | bounds | needs |
//! |---|---|---|
//! | `percent-max` | 50, 60, 70, 80, 90, 100 % of the highest heart rate | highest |
//! | `hrr` | resting + 50, 60, 70, 80, 90, 100 % of (highest - resting), after Karvonen | highest, resting |
//! | `lthr` | 65, 80, 89, 95, 100, 115 % of the heart rate at the lactate threshold, as Garmin's watches have it | threshold |
//! | `custom` | as written | |
//!
//! Source: `rowing.md` C3. Percentages are rounded to whole beats. The first bound is where zone 1
//! begins, each further one is where a zone ends: a heart rate `h` is in zone `i` when
//! `bounds[i-1] <= h < bounds[i]`, in zone 0 below the first bound, and in the top zone from the
//! last bound but one on, however high it is. Six bounds make the zones 0 to 5.
//!
//! If nobody says the highest heart rate, it is taken as 208 - 0.7 · age (Tanaka and others,
//! 2001), and a warning says so.
//!
//! # Time in a zone
//!
//! A sample's heart rate stands for the time since the sample before it, as everywhere in
//! Pipeline; the first one's for nothing. Time with the timer stopped does not count. Neither
//! does the time before a sample without heart rate, nor a gap of more than 10 s. A lap's end divides the time between the samples
//! around it, so the laps add up to the session. A stream without any heart rate has no times.
//!
//! A heart that beats faster than its highest rate for 10 s or longer has another highest rate,
//! which is said once: as a warning if it is more than 10 bpm higher.
//!
//! # Example
//!
//! ```
//! use pipeline_plugin::{Header, testing};
//! use plugin_hr_zones::Zones;
//!
//! let zones: Zones = testing::settings(r#"{"max": "190 bpm"}"#).unwrap();
//! let items = testing::items(
//!     r#"{"samples":{"time":["1970-01-01T00:00:00Z","1970-01-01T00:00:09Z"],"heart_rate":[140,160]}}"#,
//! );
//! let (header, _, summary) = testing::run_transform(&zones, Header::default(), items).unwrap();
//! assert_eq!(header.zones.unwrap().bounds, [95.0, 114.0, 133.0, 152.0, 171.0, 190.0]);
//! assert_eq!(summary.time_in_hr_zone.unwrap(), [0.0, 0.0, 0.0, 0.0, 9.0, 0.0]);
//! ```

mod bounds;
mod settings;
#[cfg(test)]
mod tests;
mod timing;

pub use settings::{Method, Zones, plugin};
