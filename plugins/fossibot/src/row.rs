//! Rows out of statuses.

use std::time::Duration;

use fossibot::{Energy, Powers, Profile, Status};
use pipeline_plugin::{Batch, Column, Field, Item, Result, State, Timestamp};
use serde::{Deserialize, Serialize};

use crate::quality::Quality;

/// The columns that are not read but worked out, with their units.
const DERIVED: [(&str, &str); 4] = [
    ("energy_in", "Wh"),
    ("energy_out", "Wh"),
    ("energy_charged", "Wh"),
    ("link_quality", "%"),
];

/// How far counts may be kept ahead of what was counted, in watt-hours: a run after a crash begins so
/// much too high.
const AHEAD: f64 = 1.0;

/// With so much power that this is counted sooner, in seconds, it is what flows in that time: else
/// every row would be made durable at once.
const SOON: f64 = 10.0;

/// Makes rows for one station.
#[derive(Debug)]
pub(crate) struct Rows {
    fields: Vec<Field>,
    energy: Energy,
    pub(crate) quality: Quality,
    /// The powers of the last row.
    powers: Powers,
    /// No count of a row goes beyond this before the next checkpoint.
    ceiling: Powers,
    /// Where the counts are kept.
    key: String,
}

/// The counts of energy, as they are kept from run to run: watt-hours.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    input: f64,
    output: f64,
    charged: f64,
}

impl Rows {
    /// For a station of that identifier; it goes on with what was counted earlier.
    pub(crate) fn new(profile: &Profile, id: &str, gap: Duration, state: &State) -> Result<Self> {
        let key = format!("energy {}", id.chars().take(100).collect::<String>());
        let kept: Kept = state.get(&key)?.unwrap_or_default();
        let counted = Powers {
            input: kept.input,
            output: kept.output,
            charged: kept.charged,
        };
        let read = profile.readings();
        let read = read.map(|reading| Field::new(reading.name(), reading.unit()));
        let derived = DERIVED.map(|(name, unit)| Field::new(name, unit));
        Ok(Self {
            fields: read.chain(derived).collect(),
            energy: Energy::new(gap, counted),
            quality: Quality::default(),
            powers: Powers::default(),
            ceiling: counted,
            key,
        })
    }

    /// The row of a status.
    pub(crate) fn row(&mut self, time: Timestamp, status: &Status) -> Item {
        self.energy.add(status.time, status.powers);
        self.powers = status.powers;
        let counted = self.energy.counted();
        let derived = [
            counted.input,
            counted.output,
            counted.charged,
            self.quality.percent(),
        ];
        let values = status.values.iter().copied().chain(derived);
        let columns = self.fields.iter().zip(values);
        let columns = columns.map(|(field, value)| Column {
            field: field.clone(),
            values: vec![value],
        });
        Item::Samples(Batch::of_columns(vec![time], columns.collect()))
    }

    /// Whether a count is beyond what a crash would let the next run begin with.
    pub(crate) fn is_beyond(&self) -> bool {
        let (counted, ceiling) = (self.energy.counted(), self.ceiling);
        counted.input > ceiling.input
            || counted.output > ceiling.output
            || counted.charged > ceiling.charged
    }

    /// Keeps the counts, to become durable with the rows: what they are to be at most when so much
    /// time has passed, or a watt-hour more. Rows are seen at once, the counts are safe at the next
    /// checkpoint only; so a run after a crash begins a little too high, and never below what a row
    /// has told.
    pub(crate) fn keep(&mut self, state: &State, ahead: Duration) -> Result<()> {
        let hours = ahead.as_secs_f64() / 3600.0;
        let most = |count: f64, power: f64| {
            // A power that is not measured adds nothing.
            let power = 1.25 * power.max(0.0);
            count + (power * hours).min((power * SOON / 3600.0).max(AHEAD))
        };
        let counted = self.energy.counted();
        self.ceiling = Powers {
            input: most(counted.input, self.powers.input),
            output: most(counted.output, self.powers.output),
            charged: most(counted.charged, self.powers.charged),
        };
        let kept = Kept {
            input: self.ceiling.input,
            output: self.ceiling.output,
            charged: self.ceiling.charged,
        };
        state.set(&self.key, &kept)
    }
}
