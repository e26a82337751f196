//! The transform `@name@`: multiplies the power of a stream.

use pipeline_plugin::{Column, Host, Item, Plugin, Result, Stage, Stream, export, settings};

settings! {
    /// Multiplies the power.
    pub struct @Type@ {
        /// What to multiply the power by.
        factor: f64 = 1.0,
    }
}

export!(plugin);

/// The plugin as Pipeline lists it.
pub fn plugin() -> Plugin {
    Plugin::transform::<@Type@>("@name@", "multiply the power")
}

impl Stage for @Type@ {
    fn open(&self, _header: &str, _host: &Host<'_>) -> Result<Box<dyn Stream>> {
        Ok(Box::new(Open { factor: self.factor }))
    }
}

/// One stream on its way through.
struct Open {
    factor: f64,
}

impl Stream for Open {
    fn process(&mut self, item: Item<'_>, host: &Host<'_>) -> Result<()> {
        if let Item::Samples(samples) = &item {
            if let Some(power) = samples.column("power") {
                let power = scaled(power, self.factor);
                let samples = samples.clone().with(Column::new("power", "W", &power));
                return host.send(&Item::Samples(samples));
            }
        }
        // Laps, events and what else there may be go on as they are.
        host.send(&item)
    }
}

/// NaN, "not measured", stays what it is.
fn scaled(power: &[f64], factor: f64) -> Vec<f64> {
    power.iter().map(|power| power * factor).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn power_is_multiplied_and_what_was_not_measured_stays_so() {
        let made = scaled(&[100.0, f64::NAN], 1.5);
        assert_eq!(made[0], 150.0);
        assert!(made[1].is_nan());
    }

    #[test]
    fn unknown_options_are_refused() {
        let problems = pipeline_plugin::read_settings::<@Type@>(r#"{"facter": 2}"#).unwrap_err();
        assert_eq!(problems[0].option, "facter");
    }
}
