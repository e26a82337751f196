use std::time::{Duration, Instant};

use crate::RowerData;

/// Puts the parts of a record together that a rower spreads over several notifications.
///
/// Every part but the last says "More Data". A field that no part has keeps the value that it had:
/// a rower may send its energy every tenth record only, and that is not zero in between.
///
/// ```
/// use std::time::Instant;
/// use gatt::{RowerData, RowerRecord};
///
/// let now = Instant::now();
/// let mut record = RowerRecord::default();
/// let part = RowerData::decode(&[0x2D, 0x00, 0xD2, 0x04, 0x00, 0x82, 0x00, 0x96, 0x00])?;
/// assert_eq!(record.handle_part(now, &part), None);
/// let part = RowerData::decode(&[0x00, 0x00, 0x30, 0x83, 0x00])?;
/// let whole = record.handle_part(now, &part).unwrap();
/// assert_eq!(whole.total_distance, Some(1234));
/// assert_eq!(whole.stroke_count, Some(131));
/// # Ok::<(), gatt::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct RowerRecord {
    state: RowerData,
    /// When the last part of an unfinished record arrived.
    unfinished: Option<Instant>,
}

/// A closing part that has not arrived after this time will not arrive.
const PATIENCE: Duration = Duration::from_millis(1500);

impl RowerRecord {
    /// Takes a part that has just arrived; the record, if it was the last.
    pub fn handle_part(&mut self, now: Instant, part: &RowerData) -> Option<RowerData> {
        self.merge(part);
        self.unfinished = part.more_data.then_some(now);
        (!part.more_data).then_some(self.state)
    }

    /// Gives up waiting at [`poll_timeout`](Self::poll_timeout): the record as far as it came.
    pub fn handle_timeout(&mut self, now: Instant) -> Option<RowerData> {
        self.poll_timeout().filter(|at| now >= *at)?;
        self.unfinished = None;
        Some(self.state)
    }

    /// When to call [`handle_timeout`](Self::handle_timeout).
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.unfinished.map(|since| since + PATIENCE)
    }

    /// Forgets everything: the link was lost, and what comes next may be another work-out.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    fn merge(&mut self, part: &RowerData) {
        let state = &mut self.state;
        let before = *state;
        *state = RowerData {
            more_data: part.more_data,
            stroke_rate: part.stroke_rate.or(before.stroke_rate),
            stroke_count: part.stroke_count.or(before.stroke_count),
            average_stroke_rate: part.average_stroke_rate.or(before.average_stroke_rate),
            total_distance: part.total_distance.or(before.total_distance),
            instantaneous_pace: part.instantaneous_pace.or(before.instantaneous_pace),
            average_pace: part.average_pace.or(before.average_pace),
            instantaneous_power: part.instantaneous_power.or(before.instantaneous_power),
            average_power: part.average_power.or(before.average_power),
            resistance_level: part.resistance_level.or(before.resistance_level),
            energy: part.energy.or(before.energy),
            heart_rate: part.heart_rate.or(before.heart_rate),
            metabolic_equivalent: part.metabolic_equivalent.or(before.metabolic_equivalent),
            elapsed_time: part.elapsed_time.or(before.elapsed_time),
            remaining_time: part.remaining_time.or(before.remaining_time),
            trailing: part.trailing,
        };
    }
}
