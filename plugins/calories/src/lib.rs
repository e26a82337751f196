//! The transform that computes calories.
//!
//! `calories: { formula: concept2 }` puts kilocalories into every lap and into the summary of
//! the stream, and says there how they came about. It makes no laps, changes no sample and
//! rounds nothing; it stands after `laps`, because a lap that passes gets its share.
//!
//! # Formulas
//!
//! | formula | energy | needs |
//! |---|---|---|
//! | `concept2` | kcal/h = 4 · 0.8604 · W + 300 (Concept2's, for a person of 175 lb) | power |
//! | `concept2-weight` | kcal/h = 4 · 0.8604 · W + 1.714 · lb (Concept2's correction) | power, weight |
//! | `keytel`, men | kJ/min = -55.0969 + 0.6309 bpm + 0.1988 kg + 0.2017 years | heart rate, sex, weight, age |
//! | `keytel`, women | kJ/min = -20.4022 + 0.4472 bpm - 0.1263 kg + 0.0740 years | the same |
//! | `keytel-vo2max`, men | kJ/min = -95.7735 + 0.634 bpm + 0.404 VO2max + 0.394 kg + 0.271 years | the same, VO2max |
//! | `keytel-vo2max`, women | kJ/min = -59.3954 + 0.450 bpm + 0.380 VO2max + 0.103 kg + 0.274 years | the same |
//! | `met` | kcal/h = MET · kg | weight |
//! | `file` | what the recorder says, shared out to the laps | |
//!
//! Source: `rowing.md` C2; 1 kcal is 4.184 kJ. Keytel's formulas were fitted to people of 18 to
//! 45 years at 57 to 90 % of their highest heart rate (Keytel and others, 2005).
//!
//! # How energy adds up
//!
//! A sample's power or heart rate stands for the time since the sample before, and a lap's end
//! divides that time. Time with the timer stopped does not count, and a gap counts 10 s.
//!
//! * Without power, `concept2` counts nothing, not even its 300 kcal/h: nobody knows whether the
//!   athlete was there. With 0 W it counts them: a rest between strokes is part of the exercise.
//! * Without heart rate, or where Keytel's formula gives less, `keytel` counts what the body
//!   needs at rest (1 kcal/kg/h), and says so once.
//! * As long as nothing could be counted, laps keep the calories that they had.
//!
//! # `file`
//!
//! The recorder's total becomes the total. A lap that has calories of its own (from the file, or
//! by the counter in the samples) keeps them. The others share what is left as `concept2` would,
//! or by time if there is no power. As the total, and the sum of all, are known at the end only,
//! the first lap without calories and all after it are sent then, behind the samples. So
//! `hr-zones` has to stand before.
//!
//! # Example
//!
//! ```
//! use pipeline_plugin::{Header, testing};
//! use plugin_calories::Calories;
//!
//! let calories: Calories = testing::settings(r#"{"formula": "concept2"}"#).unwrap();
//! let items = testing::items(
//!     r#"{"samples":{"time":["1970-01-01T00:00:00Z","1970-01-01T00:00:09Z"],"power":[0,200]}}"#,
//! );
//! let (_, _, summary) = testing::run_transform(&calories, Header::default(), items).unwrap();
//! assert!((summary.totals.calories - 988.32 * 9.0 / 3600.0).abs() < 1e-9);
//! assert_eq!(summary.calories_method.as_deref(), Some("concept2"));
//! ```

mod counting;
mod rate;
mod settings;
mod sharing;
#[cfg(test)]
mod tests;

pub use settings::{Calories, Formula, plugin};
