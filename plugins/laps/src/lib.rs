//! The transform that starts a new lap every distance or time.
//!
//! `laps: { every: 500 m }` cuts a stream at the exact points where the distance reaches a
//! multiple of 500 m, wherever they lie between two samples. It does not add samples at the
//! cuts, does not smooth or repair anything, and computes neither calories nor zones: the
//! transforms `calories` and `hr-zones` stand after it and complete its laps.
//!
//! # Where a lap ends
//!
//! Between a sample at `t0` with the distance `d0` and the next one at `t1` with `d1`, the
//! point `X` with `d0 < X <= d1` is reached at
//!
//! ```text
//! t = t0 + (X - d0) / (d1 - d0) * (t1 - t0)
//! ```
//!
//! (`rowing.md` C4). One step may hold several points. On a plateau at exactly `X` the first
//! sample that reaches it counts. Details:
//!
//! * The first lap starts at the stream's start with distance 0, whatever the first sample says.
//! * Samples without distance are passed over: the line runs from the last known distance to
//!   the next. They are held back until then, so that a lap always comes before the samples
//!   that follow its end.
//! * A pause between two samples takes no part: the line runs over the running timer.
//! * A distance that decreases counts as standing still until it is exceeded.
//! * With `every: 5 min` the running timer reaches the point, instead of the distance.
//! * More than 1,000 points in one step are a fault of the recorder: one lap takes them all.
//!
//! With `every: file` the laps end where those of the file end, and keep what they were for. What
//! was done in them is summed up from the samples all the same: a file's own totals often do not
//! fit its samples, and would not add up to the session.
//!
//! # What a lap holds
//!
//! Laps tile the stream: each starts where the one before ends, the last one ends with the
//! stream. A sample belongs to the lap in which it lies, one exactly at the end to the lap that
//! ends. Its values stand for the time since the sample before, so a cut divides that time
//! exactly. Distance, strokes and calories of a lap are the differences of the counters at its
//! ends, read off the same straight line; so the laps add up to the session.
//!
//! What is left at the end becomes a lap if it is more than `min-last`, else it is added to the
//! last lap. To know that, a lap and the samples after it wait until the distance has gone
//! further than `min-last`: one sample, as a rule, and never more than 4,096. (A rest that long
//! just after a lap becomes a lap of its own. In a gap of the distance that long, no lap ends.)
//!
//! # Example
//!
//! ```
//! use pipeline_plugin::{Header, Item, testing};
//! use plugin_laps::Laps;
//!
//! let laps: Laps = testing::settings(r#"{"every": "500 m"}"#).unwrap();
//! let items = testing::items(
//!     r#"{"samples":{"time":["1970-01-01T00:00:00Z","1970-01-01T00:04:00Z"],"distance":[0,1000]}}"#,
//! );
//! let (_, items, _) = testing::run_transform(&laps, Header::default(), items).unwrap();
//! let times = items.iter().filter_map(|item| match item {
//!     Item::Lap(lap) => Some(lap.totals.timer_time),
//!     _ => None,
//! });
//! assert_eq!(times.collect::<Vec<_>>(), [120.0, 120.0]);
//! ```

mod counter;
mod cutting;
mod gauge;
mod keeping;
mod part;
mod progress;
mod queue;
mod settings;
#[cfg(test)]
mod tests;

pub use settings::{Every, Laps, Measure, plugin};
