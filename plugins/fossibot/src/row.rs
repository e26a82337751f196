//! Rows out of statuses.

use fossibot::{Energy, Powers, Profile, Status};
use pipeline_plugin::{Batch, Column, Field, Item, State, Timestamp};
use serde::{Deserialize, Serialize};

use crate::quality::Quality;

/// The columns that are not read but worked out, with their units.
const DERIVED: [(&str, &str); 4] = [
    ("energy_in", "Wh"),
    ("energy_out", "Wh"),
    ("energy_charged", "Wh"),
    ("link_quality", "%"),
];

/// Makes rows for one station.
#[derive(Debug)]
pub(crate) struct Rows {
    fields: Vec<Field>,
    energy: Energy,
    pub(crate) quality: Quality,
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
    pub(crate) fn new(
        profile: &Profile,
        id: &str,
        gap: std::time::Duration,
        state: &State,
    ) -> pipeline_plugin::Result<Self> {
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
            key,
        })
    }

    /// The row of a status.
    pub(crate) fn row(&mut self, time: Timestamp, status: &Status) -> Item {
        self.energy.add(status.time, status.powers);
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

    /// Keeps what was counted, to become durable with the rows.
    pub(crate) fn keep(&self, state: &State) -> pipeline_plugin::Result<()> {
        let counted = self.energy.counted();
        let kept = Kept {
            input: counted.input,
            output: counted.output,
            charged: counted.charged,
        };
        state.set(&self.key, &kept)
    }
}
