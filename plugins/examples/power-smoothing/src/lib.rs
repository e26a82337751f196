//! Example of a transform in a library: smooths the power.
//!
//! Each power becomes the mean of those measured in the last seconds. Other quantities, laps and
//! events go on as they are.

use std::collections::VecDeque;

use pipeline_plugin::units::Duration;
use pipeline_plugin::{
    Context, Header, Item, Output, Place, Plugin, Problem, Result, Timestamp, Transform,
    TransformPlugin, export, field,
};
use schemars::JsonSchema;
use serde::Deserialize;

/// Smooths the power over some seconds.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PowerSmoothing {
    /// Time over which to average.
    window: Duration,
}

impl Default for PowerSmoothing {
    fn default() -> Self {
        let window = Duration::new(3.0);
        Self { window }
    }
}

export!(plugin);

/// The plugin `power-smoothing`.
pub fn plugin() -> Plugin {
    Plugin::transform::<PowerSmoothing>("power-smoothing", "smooth the power over some seconds")
}

impl TransformPlugin for PowerSmoothing {
    fn check(&self, _: &Place) -> Vec<Problem> {
        let positive = self.window.value() > 0.0;
        let problem = Problem::at("window", "a window of no time smooths nothing");
        (!positive)
            .then(|| problem.with_help("write `3 s`"))
            .into_iter()
            .collect()
    }

    fn open(&self, _: &mut Header, _: &Context) -> Result<Box<dyn Transform>> {
        let window = self.window.value();
        let recent = VecDeque::new();
        Ok(Box::new(Smoothing { window, recent }))
    }
}

/// One stream on its way through.
struct Smoothing {
    /// In seconds.
    window: f64,
    /// What was measured within the window: when, and how many watts.
    recent: VecDeque<(Timestamp, f64)>,
}

impl Transform for Smoothing {
    fn process(&mut self, mut item: Item, out: &mut dyn Output) -> Result<()> {
        if let Item::Samples(batch) = &mut item {
            let times = batch.time().to_vec();
            let powers = batch.column_mut(&field::POWER).into_iter().flatten();
            for (power, time) in powers.zip(times) {
                *power = self.smoothed(time, *power);
            }
        }
        out.send(item)
    }
}

impl Smoothing {
    /// The mean of what was measured; what was not measured stays so.
    fn smoothed(&mut self, time: Timestamp, power: f64) -> f64 {
        if power.is_nan() {
            return power;
        }
        self.recent.push_back((time, power));
        while self
            .recent
            .front()
            .is_some_and(|(then, _)| time - *then >= self.window)
        {
            self.recent.pop_front();
        }
        #[expect(clippy::cast_precision_loss, reason = "some seconds of samples")]
        let count = self.recent.len() as f64;
        self.recent.iter().map(|(_, power)| power).sum::<f64>() / count
    }
}

#[cfg(test)]
mod tests {
    use pipeline_plugin::testing;

    use super::*;

    fn smoothed(settings: &str, items: &str) -> String {
        let settings: PowerSmoothing = testing::settings(settings).unwrap();
        let items = testing::items(items);
        let (_, items, _) = testing::run_transform(&settings, Header::default(), items).unwrap();
        testing::lines(&items)
    }

    #[test]
    fn a_power_is_the_mean_of_the_window_behind_it() {
        let items = r#"{"samples":{"time":["1970-01-01T00:00:00Z","1970-01-01T00:00:01Z","1970-01-01T00:00:02Z","1970-01-01T00:00:03Z"],"power":[100,200,null,400]}}"#;
        let made = smoothed(r#"{"window": "2 s"}"#, items);
        assert!(
            made.contains(r#""power":[100.0,150.0,null,400.0]"#),
            "{made}"
        );
        let made = smoothed("{}", items);
        assert!(
            made.contains(r#""power":[100.0,150.0,null,300.0]"#),
            "{made}"
        );
    }

    #[test]
    fn batches_make_no_difference() {
        let made = smoothed(
            "{}",
            "{\"samples\":{\"time\":[\"1970-01-01T00:00:00Z\"],\"power\":[100]}}\n\
             {\"samples\":{\"time\":[\"1970-01-01T00:00:01Z\"],\"power\":[200]}}\n",
        );
        assert!(made.ends_with("\"power\":[150.0]}}\n"), "{made}");
    }

    #[test]
    fn a_window_takes_time() {
        let settings: PowerSmoothing = testing::settings(r#"{"window": "0 s"}"#).unwrap();
        assert_eq!(settings.check(&Place::default()).len(), 1);
    }
}
