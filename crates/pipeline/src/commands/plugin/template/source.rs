//! The source `@name@`: a machine that is not there, with one sample a second.

use std::time::Duration;

use pipeline_plugin::{
    Column, Host, Item, Json, Plugin, Result, Samples, Seconds, Stage, export, settings,
};

settings! {
    /// Pretends to be a rowing machine.
    pub struct @Type@ {
        /// How long to row.
        lasts: Seconds = Seconds(5.0),
        /// Power of each stroke, in watts.
        power: f64 = 180.0,
    }
}

export!(plugin);

/// The plugin as Pipeline lists it.
pub fn plugin() -> Plugin {
    Plugin::source::<@Type@>("@name@", "pretend to be a rowing machine")
}

impl Stage for @Type@ {
    fn run(&self, _input: &str, host: &Host<'_>) -> Result<()> {
        let header = Json::object([("name", "@name@".into()), ("sport", "rowing/indoor".into())]);
        host.open(&header.to_string())?;
        let start = host.now();
        loop {
            let now = host.now();
            let distance = distance((now - start) as f64 / 1e6, self.power);
            let columns = vec![
                Column::new("distance", "m", std::slice::from_ref(&distance)),
                Column::new("power", "W", std::slice::from_ref(&self.power)),
            ];
            host.send(&Item::Samples(Samples::new(&[now], columns)))?;
            let rowed = (now - start) as f64 / 1e6;
            // A stop ends the sleep; what was rowed is kept.
            if rowed >= self.lasts.0 || host.sleep(Duration::from_secs(1)).is_err() {
                break;
            }
        }
        host.finish()
    }
}

/// Metres after that many seconds at that many watts: a rowing machine's cube law.
fn distance(seconds: f64, power: f64) -> f64 {
    seconds * (power / 2.8).cbrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_hundred_watts_are_a_pace_of_two_minutes() {
        let split = 500.0 / distance(1.0, 202.5);
        assert!((split - 120.0).abs() < 0.1, "{split}");
    }
}
