//! All that a station says at one moment.

use fossibot::{Bank, Banks, Fact, Implausible, Profile, Reading};

/// All that a station says at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Snapshot {
    /// What was read; what a register did not have is left out.
    pub readings: Vec<Shown>,
    /// What may be set: the setting, its present value, and what it takes.
    pub settings: Vec<(String, String, String)>,
    /// What the station says about itself.
    pub facts: Vec<Fact>,
    /// Why the profile seems to be the wrong one; nothing else is there then.
    pub wrong: Option<Implausible>,
}

/// A reading with its name and unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: f64,
    /// Its unit; empty for pure numbers.
    pub unit: String,
    /// Whether it is 1 or 0, for yes and no.
    pub is_yes_or_no: bool,
}

impl Snapshot {
    pub(super) fn of(profile: &Profile, banks: &Banks, wrong: Option<Implausible>) -> Self {
        if wrong.is_some() {
            return Self {
                wrong,
                ..Self::default()
            };
        }
        let values = profile.decode(banks).map(|decoded| decoded.values);
        let readings = profile.readings().zip(values.unwrap_or_default());
        let readings = readings.filter(|(_, value)| !value.is_nan());
        let settings = profile.controls().iter().filter_map(|control| {
            let raw = banks.get(Bank::Holding, control.register())?;
            let name = control.name().to_owned();
            (!control.needs_confirmation()).then(|| (name, control.shown(raw), control.to_string()))
        });
        Self {
            readings: readings
                .map(|(reading, value)| Shown::of(reading, value))
                .collect(),
            settings: settings.collect(),
            facts: profile.facts(banks),
            wrong: None,
        }
    }
}

impl Shown {
    pub(super) fn of(reading: &Reading, value: f64) -> Self {
        Self {
            name: reading.name().to_owned(),
            value,
            unit: reading.unit().to_owned(),
            is_yes_or_no: reading.is_yes_or_no(),
        }
    }
}
