use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Meta, Timestamp, Totals};

/// What is known of a stream when it finishes; travels to the sinks.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Summary {
    /// Where the stream starts.
    pub start: Timestamp,
    /// Where it ends: its last sample, or the end of its last pause.
    pub end: Timestamp,
    /// How many samples it had.
    pub samples: u64,
    /// How many laps it had.
    pub laps: u32,
    /// What was done in all of it. Cycles are those counted from the samples; see
    /// [`Summary::cycles`].
    pub totals: Totals,
    /// Seconds in each heart-rate zone, zone 0 first, once a transform has set them.
    pub time_in_hr_zone: Option<Vec<f64>>,
    /// How the calories came about: `concept2`, `file`.
    pub calories_method: Option<String>,
    /// Late facts of the source.
    pub meta: Meta,
    /// Identifies the activity whatever the pipeline makes of it.
    pub content_key: ContentKey,
}

impl Summary {
    /// Strokes or revolutions of the whole stream: the recorder's own count where there is
    /// one, else the one from the samples; `NaN` where neither is known.
    pub fn cycles(&self) -> f64 {
        self.meta.total_cycles.unwrap_or(self.totals.cycles)
    }

    /// The factor by which a lap's cycles, counted from the samples, are to be multiplied so
    /// that the laps add up to [`cycles`](Self::cycles).
    pub fn cycles_scale(&self) -> f64 {
        match self.meta.total_cycles {
            Some(total) if self.totals.cycles > 0.0 => total / self.totals.cycles,
            _ => 1.0,
        }
    }
}

/// SHA-256 over the device, the start, the sport and the source's samples before any
/// transform: the same activity has the same key whatever is done with it.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct ContentKey(pub [u8; 32]);

impl ContentKey {
    /// The first eight hexadecimal digits, as they stand in file names.
    pub fn short(&self) -> String {
        self.to_string().chars().take(8).collect()
    }
}

impl fmt::Display for ContentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ContentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for ContentKey {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ContentKey {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let mut key = [0; 32];
        for (index, byte) in key.iter_mut().enumerate() {
            let digits = text.get(2 * index..2 * index + 2).unwrap_or_default();
            *byte = u8::from_str_radix(digits, 16)
                .map_err(|_| serde::de::Error::custom("a content key has 64 hexadecimal digits"))?;
        }
        Ok(Self(key))
    }
}
