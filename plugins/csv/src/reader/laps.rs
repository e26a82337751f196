//! Laps from a column with their numbers.

use pipeline_plugin::{
    Accumulator, Batch, Intensity, Item, Lap, Measured, Output, Result, Timestamp, Totals, Trigger,
    field,
};

/// Quantities that count up: distance, cycles, calories.
const COUNTERS: [pipeline_plugin::Field; 3] =
    [field::DISTANCE, field::TOTAL_CYCLES, field::CALORIES];

/// Ends a lap wherever the number changes, behind the last row that has it.
#[derive(Debug)]
pub(crate) struct Laps {
    /// The number of the lap, once there was one.
    number: Option<f64>,
    start: Timestamp,
    /// The last row.
    last: Timestamp,
    sums: Accumulator,
    /// The counters where the lap starts, and at the last row.
    from: [f64; 3],
    to: [f64; 3],
}

impl Laps {
    /// Laps of a stream that starts there.
    pub(crate) fn new(start: Timestamp) -> Self {
        Self {
            number: None,
            start,
            last: start,
            sums: Accumulator::default(),
            from: [f64::NAN; 3],
            to: [f64::NAN; 3],
        }
    }

    /// Sends rows, of which the laps have these numbers, and the laps that end among them.
    pub(crate) fn send(
        &mut self,
        mut batch: Batch,
        numbers: &[f64],
        out: &mut dyn Output,
    ) -> Result<()> {
        let mut sent = 0;
        for (row, number) in numbers.iter().enumerate() {
            let ends = self.number.is_some_and(|known| differ(known, *number));
            if !number.is_nan() {
                self.number = Some(*number);
            }
            if ends {
                let rest = batch.split_off(row - sent);
                let before = std::mem::replace(&mut batch, rest);
                sent = row;
                self.rows(before, out)?;
                out.send(self.end(Trigger::Manual))?;
            }
        }
        self.rows(batch, out)
    }

    /// The last lap, if there are any.
    pub(crate) fn finish(&mut self, out: &mut dyn Output) -> Result<()> {
        if self.number.is_some() {
            out.send(self.end(Trigger::SessionEnd))?;
        }
        Ok(())
    }

    fn rows(&mut self, batch: Batch, out: &mut dyn Output) -> Result<()> {
        if batch.is_empty() {
            return Ok(());
        }
        let measured = Measured::of(&batch);
        for (row, time) in batch.time().iter().enumerate() {
            self.sums.stretch(&measured, row, *time - self.last);
            self.sums.sample(&measured, row);
            self.last = *time;
        }
        for (field, to) in COUNTERS.iter().zip(&mut self.to) {
            let values = batch.column(field).unwrap_or_default();
            let last = values.iter().rev().find(|value| !value.is_nan());
            *to = last.copied().unwrap_or(*to);
        }
        out.send(Item::Samples(batch))
    }

    /// The lap that ends with the last row; the next one starts there.
    fn end(&mut self, trigger: Trigger) -> Item {
        let sums = std::mem::take(&mut self.sums);
        let mut counted = self.from.iter().zip(self.to).map(|(from, to)| {
            // A counter that was not known at the start has counted from 0.
            if from.is_nan() { to } else { to - from }
        });
        let mut next = || counted.next().unwrap_or(f64::NAN);
        let totals = Totals {
            distance: next(),
            cycles: next(),
            calories: next(),
            timer_time: sums.timer_time(),
            ..sums.totals()
        };
        let lap = Lap {
            start: self.start,
            end: self.last,
            trigger,
            intensity: Intensity::Active,
            totals,
            time_in_hr_zone: None,
        };
        (self.start, self.from) = (self.last, self.to);
        Item::Lap(Box::new(lap))
    }
}

/// Whether a row with `number` is in another lap than `known`; a row without one is not.
fn differ(known: f64, number: f64) -> bool {
    !number.is_nan() && known.to_bits() != number.to_bits()
}
