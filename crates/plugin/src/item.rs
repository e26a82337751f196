use serde::{Deserialize, Serialize};

use crate::Sensor;
use crate::{Batch, Timestamp, Totals};

/// What flows in a stream.
///
/// The text form (JSON Lines) has one object an item, with the kind as its only key:
/// `{"lap":{…}}`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Item {
    /// Consecutive samples.
    Samples(Batch),
    /// A lap that has ended; it follows its last sample.
    Lap(Box<Lap>),
    /// Something that happened.
    Event(Event),
    /// A curve of a stroke; it precedes the sample of equal time.
    Curve(Curve),
    /// Raw bytes of a file stream.
    Bytes(Vec<u8>),
}

/// A part of an activity. Laps tile it: each starts where the one before ends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lap {
    /// Where it starts.
    pub start: Timestamp,
    /// Where it ends.
    pub end: Timestamp,
    /// What ended it.
    pub trigger: Trigger,
    /// What it was for.
    #[serde(default)]
    pub intensity: Intensity,
    /// What was done in it.
    pub totals: Totals,
    /// Seconds in each heart-rate zone, zone 0 first, once a transform has set them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_in_hr_zone: Option<Vec<f64>>,
}

/// What ended a lap; the names are FIT's `lap_trigger`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// A button, or nothing known.
    #[default]
    Manual,
    /// A time was reached.
    Time,
    /// A distance was reached.
    Distance,
    /// The activity ended.
    SessionEnd,
}

/// What a lap was for; the names are FIT's `intensity`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intensity {
    /// Work.
    #[default]
    Active,
    /// Rest between intervals.
    Rest,
}

/// Something that happened in a stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The timer stopped (a pause begins).
    TimerStop {
        /// When; not before the last sample.
        time: Timestamp,
    },
    /// The timer runs again (a pause ends).
    TimerStart {
        /// When; not after the next sample.
        time: Timestamp,
    },
    /// The recorder was not heard for a while; the timer ran on. What it counted meanwhile is in
    /// the next sample.
    Gap {
        /// When it was last heard; not before the last sample.
        start: Timestamp,
        /// When it was heard again; not after the next sample.
        end: Timestamp,
    },
    /// Facts that the source learned after the stream had opened.
    Meta(Meta),
}

/// Late facts about a stream; what is `None` is not known.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Meta {
    /// Notes of the athlete or of the recorder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// Strokes or revolutions in the whole stream, as the recorder counted them. The stream's
    /// totals are scaled to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_cycles: Option<f64>,
    /// Energy of the whole stream in kcal, as the recorder says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calories: Option<f64>,
    /// Name of the recording device or program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// What measured for the recorder.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sensors: Vec<Sensor>,
}

/// More sensors than this nobody wears.
const SENSORS: usize = 32;

impl Meta {
    /// Takes over every fact that `later` has.
    pub fn update(&mut self, later: Self) {
        self.notes = later.notes.or(self.notes.take());
        self.total_cycles = later.total_cycles.or(self.total_cycles);
        self.calories = later.calories.or(self.calories);
        self.device = later.device.or(self.device.take());
        for sensor in later.sensors {
            let place = self.sensors.iter().position(|it| it.is_same(&sensor));
            if let Some(known) = place.and_then(|place| self.sensors.get_mut(place)) {
                *known = sensor;
            } else if self.sensors.len() < SENSORS {
                self.sensors.push(sensor);
            }
        }
    }
}

/// A curve measured over one stroke, such as the handle force.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// The time of the sample to which it belongs.
    pub time: Timestamp,
    /// Which quantity: `handle_force`.
    pub field: String,
    /// Seconds between two values, where the curve is sampled in time.
    pub interval: Option<f64>,
    /// The values, in the field's unit; `NaN` (`null` in text) where there is none.
    #[serde(deserialize_with = "values")]
    pub values: Vec<f64>,
}

fn values<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<f64>, D::Error> {
    let values = Vec::<Option<f64>>::deserialize(from)?;
    Ok(values
        .into_iter()
        .map(|value| value.unwrap_or(f64::NAN))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_may_have_gaps() {
        let text = r#"{"curve":{"time":"2026-03-02T09:00:00Z","field":"handle_force","interval":null,"values":[1.0,null]}}"#;
        let item: Item = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&item).unwrap(), text);
    }
}
