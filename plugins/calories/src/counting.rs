use pipeline_plugin::{
    Batch, Context, Header, Item, Lap, MAX_STEP, Output, PendingLaps, Result, Summary, Timer,
    Timestamp, Transform, field,
};

use crate::rate::{PerSecond, Rate};

/// Energy so far.
#[derive(Clone, Copy, Debug, Default)]
struct Spent {
    /// In kcal.
    energy: f64,
    /// How many seconds had something to compute it from.
    seconds: f64,
    /// For how many of them the formula did not apply, so that the rate at rest was taken.
    resting: f64,
}

impl Spent {
    fn add(&mut self, rate: PerSecond, seconds: f64) {
        let rate = match rate {
            PerSecond::Known(rate) => rate,
            PerSecond::Resting(rate) => {
                self.resting += seconds;
                rate
            }
            PerSecond::Unknown => return,
        };
        self.energy += rate * seconds;
        self.seconds += seconds;
    }
}

/// Sums up one stream's energy, and gives each lap its part.
pub(crate) struct Counting {
    cx: Context,
    rate: Rate,
    method: String,
    timer: Timer,
    /// The time of the last sample.
    reached: Timestamp,
    spent: Spent,
    /// At the end of the last lap.
    before: Spent,
    laps: PendingLaps,
    /// Whether there are heart rates.
    beats: bool,
}

impl Counting {
    pub(crate) fn new(header: &Header, rate: Rate, method: String, cx: &Context) -> Self {
        Self {
            cx: cx.clone(),
            rate,
            method,
            timer: Timer::default(),
            reached: header.start,
            spent: Spent::default(),
            before: Spent::default(),
            laps: PendingLaps::default(),
            beats: false,
        }
    }

    fn samples(&mut self, batch: &Batch, out: &mut dyn Output) -> Result<()> {
        self.beats |= batch.column(&field::HEART_RATE).is_some();
        let values = self.rate.field().and_then(|field| batch.column(&field));
        let value = |row: usize| {
            let value = values.and_then(|values| values.get(row));
            value.copied().unwrap_or(f64::NAN)
        };
        if let Some(next) = batch.time().first() {
            self.settle(*next, self.rate.at(value(0)), out)?;
        }
        for (row, time) in batch.time().iter().enumerate() {
            let time = self.reached.max(*time);
            let seconds = self.timer.active(self.reached, time).min(MAX_STEP);
            self.spent.add(self.rate.at(value(row)), seconds);
            self.timer.forget(time);
            self.reached = time;
        }
        Ok(())
    }

    /// Completes the laps that end between the last sample and the one at `next`, with the rate
    /// on the way there.
    pub(crate) fn settle(
        &mut self,
        next: Timestamp,
        rate: PerSecond,
        out: &mut dyn Output,
    ) -> Result<()> {
        if self.laps.is_empty() {
            return Ok(());
        }
        let (spent, before) = (&self.spent, &mut self.before);
        let (timer, reached) = (&self.timer, self.reached);
        let whole = timer.active(reached, next);
        let measured = if whole > MAX_STEP {
            MAX_STEP / whole
        } else {
            1.0
        };
        let complete = |lap: &mut Lap| {
            let mut end = *spent;
            let part = timer.active(reached, lap.end.min(next));
            end.add(rate, part * measured);
            if end.seconds > 0.0 {
                lap.totals.calories = if end.seconds > before.seconds {
                    end.energy - before.energy
                } else {
                    f64::NAN
                };
            }
            *before = end;
        };
        self.laps.settle(complete, out)
    }

    /// Completes the laps that wait when no sample follows.
    pub(crate) fn settle_last(&mut self, out: &mut dyn Output) -> Result<()> {
        self.settle(self.reached, PerSecond::Unknown, out)
    }

    fn warn_of_rest(&self) {
        let resting = self.spent.resting.round();
        if resting > 0.0 {
            self.cx.warn(format!(
                "counted {}:{:02} at 1 kcal/kg/h, because the heart rate is missing or too low \
                 for the formula",
                (resting / 60.0).floor(),
                resting % 60.0
            ));
        }
    }
}

impl Transform for Counting {
    fn process(&mut self, item: Item, out: &mut dyn Output) -> Result<()> {
        match &item {
            Item::Samples(batch) => self.samples(batch, out)?,
            Item::Event(event) => self.timer.event(event),
            Item::Lap(_) | Item::Curve(_) | Item::Bytes(_) => {}
        }
        self.laps.pass(item, out)
    }

    fn finish(&mut self, summary: &mut Summary, out: &mut dyn Output) -> Result<()> {
        self.settle_last(out)?;
        if self.spent.seconds > 0.0 {
            summary.totals.calories = self.spent.energy;
            summary.calories_method = Some(self.method.clone());
            self.warn_of_rest();
        } else if let Some(field) = self.rate.field() {
            let has_own = summary.totals.calories.is_finite() || summary.meta.calories.is_some();
            let result = if has_own {
                "the file's calories are kept"
            } else {
                "no calories"
            };
            let other = if self.beats && field != pipeline_plugin::field::HEART_RATE {
                "; `keytel` takes heart rate"
            } else {
                ""
            };
            self.cx.warn(format!(
                "{result}: no sample has `{field}`, which the formula needs{other}"
            ));
        }
        Ok(())
    }
}
