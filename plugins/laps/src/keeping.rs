use pipeline_plugin::{
    Batch, Event, Header, Item, Lap, Measured, Output, PendingLaps, Result, Summary, Timestamp,
    Transform, Trigger,
};

use crate::counter::Counted;
use crate::part::{Cut, Part};
use crate::progress::{Ahead, Progress, measured_share, points};

/// Keeps the laps of the file: where they end, and what for. What was done in them is summed up
/// from the samples, like that of any other lap, so that they add up to the session; a file's
/// own totals often don't. What no sample tells is taken from them.
///
/// A lap of the file comes before the first sample behind its end, and waits for it: the cut
/// lies between two samples.
pub(crate) struct Keeping {
    progress: Progress,
    part: Part,
    laps: PendingLaps,
    /// Samples since the last lap's end.
    rest: bool,
    /// The distance of laps, in metres, that only the file tells because no sample had any so far.
    said: f64,
}

impl Keeping {
    pub(crate) fn new(header: &Header) -> Self {
        let progress = Progress::new(header.start);
        Self {
            part: Part::new(progress.here()),
            progress,
            laps: PendingLaps::default(),
            rest: false,
            said: 0.0,
        }
    }

    fn samples(&mut self, batch: &Batch, out: &mut dyn Output) -> Result<()> {
        let (Some(first), Some(last)) = (batch.time().first(), batch.time().last()) else {
            return Ok(());
        };
        let (measured, counted) = (Measured::of(batch), Counted::of(batch));
        let whole = self.progress.elapsed + self.progress.until(*last);
        let ahead = Ahead {
            next: points(
                self.progress.elapsed + self.progress.until(*first),
                counted.row(0),
            ),
            last: points(whole, counted.row(batch.len().saturating_sub(1))),
        };
        self.settle(*first, &measured, &ahead, out)?;
        for (row, time) in batch.time().iter().enumerate() {
            self.stretch_to(&measured, row, *time);
            self.part.sample(&measured, row);
            self.progress.sample(counted.row(row));
        }
        self.rest = true;
        Ok(())
    }

    /// Counts the time up to `time`, for which that row stands.
    fn stretch_to(&mut self, measured: &Measured<'_>, row: usize, time: Timestamp) {
        let micros = self.progress.until(time);
        let seconds = micros / 1e6 * measured_share(micros);
        self.part.stretch(measured, row, seconds);
        self.progress.advance(time, micros);
    }

    /// Completes the laps that end before the sample at `next`.
    fn settle(
        &mut self,
        next: Timestamp,
        measured: &Measured<'_>,
        ahead: &Ahead,
        out: &mut dyn Output,
    ) -> Result<()> {
        let mut laps = std::mem::take(&mut self.laps);
        let complete = |lap: &mut Lap| {
            self.stretch_to(measured, 0, lap.end.min(next));
            self.part.ends_before(measured, 0);
            let cut = self.progress.between(ahead);
            self.complete(lap, cut);
        };
        laps.settle(complete, out)
    }

    /// Ends a lap of the file here.
    fn complete(&mut self, lap: &mut Lap, cut: Cut) {
        let part = std::mem::replace(&mut self.part, Part::new(cut));
        let said = std::mem::replace(lap, part.lap(&cut, lap.trigger));
        lap.intensity = said.intensity;
        lap.totals.fill_measured(&said.totals);
        if lap.totals.calories.is_nan() {
            lap.totals.calories = said.totals.calories;
        }
        self.complete_distance(&mut lap.totals.distance, said.totals.distance);
        self.rest = false;
    }

    /// Takes the file's distance of a lap where no sample had any so far. The first that has one
    /// counts from the start of the stream.
    fn complete_distance(&mut self, distance: &mut f64, said: f64) {
        if distance.is_nan() {
            *distance = said;
            self.said += said.max(0.0);
        } else {
            *distance = (*distance - std::mem::take(&mut self.said)).max(0.0);
        }
    }

    /// The last lap: of the file if no sample came after its end, else one for these.
    fn last_lap(&mut self, out: &mut dyn Output) -> Result<()> {
        let end = self.progress.end(None);
        self.stretch_to(&Measured::default(), 0, end);
        let here = self.progress.here();
        std::mem::take(&mut self.laps).settle(|lap| self.complete(lap, here), out)?;
        if self.rest {
            let lap = self.part.lap(&here, Trigger::SessionEnd);
            out.send(Item::Lap(Box::new(lap)))?;
        }
        Ok(())
    }
}

impl Transform for Keeping {
    fn process(&mut self, item: Item, out: &mut dyn Output) -> Result<()> {
        match &item {
            Item::Samples(batch) => self.samples(batch, out)?,
            Item::Event(Event::Gap { .. } | Event::Meta(_))
            | Item::Lap(_)
            | Item::Curve(_)
            | Item::Bytes(_) => {}
            Item::Event(event) => self.progress.event(event),
        }
        self.laps.pass(item, out)
    }

    fn finish(&mut self, _: &mut Summary, out: &mut dyn Output) -> Result<()> {
        self.last_lap(out)
    }
}
