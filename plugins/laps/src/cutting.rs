use std::collections::VecDeque;
use std::ops::Range;

use pipeline_plugin::{
    Batch, Context, Event, Header, Item, Measured, Output, Result, Summary, Timestamp, Transform,
    Trigger, field,
};

use crate::counter::{Counted, DISTANCE, FURTHEST, Point};
use crate::gauge::{Gauge, Kind};
use crate::part::{Cut, Part};
use crate::progress::{Ahead, Progress, measured_share, points};
use crate::queue::Queue;

/// The most samples that wait, for a distance to become known or for a lap to become final.
/// More than an hour at one a second, and little memory.
const MOST_WAITING: usize = 4096;

/// Cuts one stream into laps.
///
/// Samples wait in `unknown` until it is known which cuts lie before them: up to the next one
/// with a distance. From there they are counted and sent; through `held` while the lap before
/// them may still become the last one.
pub(crate) struct Cutting {
    cx: Context,
    gauge: Gauge,
    progress: Progress,
    unknown: Queue,
    /// Cuts that are known and not yet made: when, and the value of the gauge there.
    cuts: VecDeque<(Timestamp, f64)>,
    /// The share of the stretch to the next sample that counts, once a cut lies in it.
    share: Option<f64>,
    part: Part,
    /// A finished lap that takes up what follows if that remains too short. The lap is the
    /// first item held.
    pending: Option<Part>,
    held: Queue,
    any_samples: bool,
    warned: bool,
}

impl Cutting {
    pub(crate) fn new(gauge: Gauge, header: &Header, cx: &Context) -> Self {
        let progress = Progress::new(header.start);
        Self {
            cx: cx.clone(),
            gauge,
            part: Part::new(progress.here()),
            progress,
            unknown: Queue::default(),
            cuts: VecDeque::new(),
            share: None,
            pending: None,
            held: Queue::default(),
            any_samples: false,
            warned: false,
        }
    }
}

impl Transform for Cutting {
    fn process(&mut self, item: Item, out: &mut dyn Output) -> Result<()> {
        match item {
            Item::Samples(batch) => self.samples(batch, out),
            // Laps of the file make room for others.
            Item::Lap(_) => Ok(()),
            Item::Event(event) => {
                self.progress.event(&event);
                self.in_order(Item::Event(event), out)
            }
            Item::Curve(_) | Item::Bytes(_) => self.in_order(item, out),
        }
    }

    fn finish(&mut self, _: &mut Summary, out: &mut dyn Output) -> Result<()> {
        let last = self.progress.end(self.unknown.last_time());
        self.find_cuts(last, f64::NAN);
        self.count_unknown(&Ahead::nothing(), out)?;
        // What remains is a pause, with the timer perhaps running a little at its ends.
        while let Some((time, value)) = self.cuts.pop_front() {
            self.stretch_to(&Measured::default(), 0, time);
            self.cut(self.progress.here(), value, out)?;
        }
        self.stretch_to(&Measured::default(), 0, last);
        self.last_lap(out)
    }
}

impl Cutting {
    fn samples(&mut self, mut batch: Batch, out: &mut dyn Output) -> Result<()> {
        self.any_samples |= !batch.is_empty();
        let mut counted = 0;
        loop {
            let rows = self.known_rows(&batch, counted);
            if rows.is_empty() {
                break;
            }
            counted = self.known_samples(&mut batch, rows, out)?;
        }
        let unknown = (counted < batch.len()).then(|| batch.split_off(counted));
        if !batch.is_empty() {
            self.send(Item::Samples(batch), out)?;
        }
        match unknown {
            Some(unknown) => self.unknown_samples(unknown, out),
            None => Ok(()),
        }
    }

    /// Which rows to take at once, of those from `start` on: up to the last one whose place on
    /// the gauge is known. But one that ends a lap, or makes the last lap final, comes alone
    /// with the unknown ones before it, because the line to it starts at the known one before.
    fn known_rows(&self, batch: &Batch, start: usize) -> Range<usize> {
        let next = self.gauge.next();
        let stop = match self.pending {
            Some(_) => next.min(self.gauge.enough().next_up()),
            None => next,
        };
        let distance = batch.column(&field::DISTANCE);
        let known = |row: &usize| {
            distance.is_none_or(|column| column.get(*row).is_some_and(|d| d.abs() <= FURTHEST))
        };
        let mut rows = start..batch.len();
        let found = match (self.gauge.kind, distance) {
            (Kind::Distance, Some(distance)) => rows.find(|row| {
                let metres = distance.get(*row).copied().unwrap_or(f64::NAN);
                metres >= stop && metres <= FURTHEST
            }),
            (Kind::Time, _) => {
                let left = stop - self.progress.elapsed;
                let time = |row: usize| batch.time().get(row).copied().unwrap_or_default();
                rows.find(|row| self.progress.until(time(*row)) >= left && known(row))
            }
            _ => None,
        };
        let unknown = distance.is_none() && self.progress.knows_distance();
        let end = match self.gauge.kind {
            Kind::Distance if unknown => start,
            _ => {
                let before = (start..found.unwrap_or(batch.len())).rfind(known);
                before.or(found).map_or(start, |row| row + 1)
            }
        };
        start..end
    }

    /// Keeps rows until their place on the gauge is known.
    fn unknown_samples(&mut self, batch: Batch, out: &mut dyn Output) -> Result<()> {
        self.unknown.push(Item::Samples(batch));
        if self.unknown.samples() + self.held.samples() > MOST_WAITING {
            self.make_final(out)?;
            self.count_unknown(&Ahead::nothing(), out)?;
        }
        Ok(())
    }

    /// Takes rows of which the last has a known place on the gauge, and those that waited.
    /// Returns how many rows of what remains of the batch are counted.
    fn known_samples(
        &mut self,
        batch: &mut Batch,
        rows: Range<usize>,
        out: &mut dyn Output,
    ) -> Result<usize> {
        let last = rows.end.saturating_sub(1);
        let time = batch.time().get(last).copied().unwrap_or_default();
        let counted = Counted::of(batch).row(last);
        self.find_cuts(time, counted[DISTANCE]);
        let ahead = Ahead {
            last: points(self.gauge.anchor.elapsed, counted),
            ..Ahead::nothing()
        };
        self.count_unknown(&ahead, out)?;
        let mut done = self.count(batch, rows, &ahead, out)?;
        if self.gauge.kind == Kind::Distance {
            // A row before the last may have been further.
            self.gauge.anchor.value = self.gauge.anchor.value.max(self.progress.distance());
        }
        while let Some((_, value)) = self.cuts.pop_front() {
            self.send_head(batch, done, out)?;
            done = 0;
            self.cut(self.progress.here(), value, out)?;
        }
        let enough = self.gauge.anchor.value > self.gauge.enough();
        if self.pending.is_some() && (enough || self.held.samples() > MOST_WAITING) {
            self.make_final(out)?;
        }
        Ok(done)
    }

    /// Finds the cuts up to a sample at `time` with that distance; `NaN` where it has none.
    fn find_cuts(&mut self, time: Timestamp, distance: f64) {
        let elapsed = self.progress.elapsed + self.progress.until(time);
        let value = match self.gauge.kind {
            Kind::Time => elapsed,
            Kind::Distance if distance.abs() <= FURTHEST => distance.max(self.gauge.anchor.value),
            Kind::Distance => self.gauge.anchor.value,
        };
        let (progress, cuts) = (&self.progress, &mut self.cuts);
        let stands = elapsed <= self.gauge.anchor.elapsed;
        let jumps = self.gauge.pass(Point { elapsed, value }, |point, share| {
            let moment = if share >= 1.0 {
                time.max(progress.reached)
            } else if stands && time > progress.reached {
                // Distance without running timer: a recorder that pauses late.
                progress.reached + share * (time - progress.reached)
            } else {
                progress.moment(point.elapsed, time)
            };
            cuts.push_back((moment, point.value));
        });
        if jumps && !self.warned {
            self.warned = true;
            self.cx.warn(format!(
                "more than 1,000 laps between two samples at {time}: made one lap of them"
            ));
        }
    }

    /// Counts and sends what waited for its place on the gauge.
    fn count_unknown(&mut self, ahead: &Ahead, out: &mut dyn Output) -> Result<()> {
        for mut item in self.unknown.take() {
            if let Item::Samples(batch) = &mut item {
                let rows = 0..batch.len();
                self.count(batch, rows, ahead, out)?;
            }
            self.send(item, out)?;
        }
        Ok(())
    }

    /// Counts rows. Sends those before a lap's end, with the lap, if it ends before one of them.
    /// Returns how many rows of what remains of the batch are counted.
    fn count(
        &mut self,
        batch: &mut Batch,
        mut rows: Range<usize>,
        ahead: &Ahead,
        out: &mut dyn Output,
    ) -> Result<usize> {
        while let Some((time, value)) = self.cuts.front().copied() {
            let times = batch.time().get(rows.clone()).unwrap_or_default();
            let before = rows.start + times.partition_point(|row| *row <= time);
            if before == rows.end {
                break;
            }
            self.rows(batch, rows.start..before);
            self.send_head(batch, before, out)?;
            rows = 0..rows.end - before;
            self.cuts.pop_front();
            let cut = self.cut_before(batch, time, ahead);
            self.cut(cut, value, out)?;
        }
        self.rows(batch, rows.clone());
        Ok(rows.end)
    }

    /// Sends the first rows of a batch.
    fn send_head(&mut self, batch: &mut Batch, rows: usize, out: &mut dyn Output) -> Result<()> {
        if rows == 0 {
            return Ok(());
        }
        let rest = batch.split_off(rows);
        self.send(Item::Samples(std::mem::replace(batch, rest)), out)
    }

    fn rows(&mut self, batch: &Batch, rows: Range<usize>) {
        let measured = Measured::of(batch);
        let counted = Counted::of(batch);
        for (row, time) in batch
            .time()
            .iter()
            .enumerate()
            .take(rows.end)
            .skip(rows.start)
        {
            self.stretch_to(&measured, row, *time);
            self.share = None;
            self.part.sample(&measured, row);
            if let Some(pending) = &mut self.pending {
                pending.sample(&measured, row);
            }
            self.progress.sample(counted.row(row));
        }
    }

    /// Goes on to a cut between the samples that were counted and the first of `rest`.
    fn cut_before(&mut self, rest: &Batch, time: Timestamp, ahead: &Ahead) -> Cut {
        let measured = Measured::of(rest);
        let next = rest.time().first().copied().unwrap_or(time);
        let micros = self.progress.until(next);
        let ahead = Ahead {
            next: points(self.progress.elapsed + micros, Counted::of(rest).row(0)),
            ..*ahead
        };
        self.share.get_or_insert(measured_share(micros));
        self.stretch_to(&measured, 0, time);
        self.part.ends_before(&measured, 0);
        self.progress.between(&ahead)
    }

    /// Counts the time up to `time`, for which that row stands.
    fn stretch_to(&mut self, measured: &Measured<'_>, row: usize, time: Timestamp) {
        let micros = self.progress.until(time);
        let seconds = micros / 1e6 * self.share.unwrap_or_else(|| measured_share(micros));
        self.part.stretch(measured, row, seconds);
        if let Some(pending) = &mut self.pending {
            pending.stretch(measured, row, seconds);
        }
        self.progress.advance(time, micros);
    }

    /// Ends a lap here, at that value of the gauge. It waits to see what follows.
    fn cut(&mut self, mut cut: Cut, value: f64, out: &mut dyn Output) -> Result<()> {
        let trigger = match self.gauge.kind {
            Kind::Distance => {
                cut.counted[DISTANCE] = value;
                Trigger::Distance
            }
            Kind::Time => Trigger::Time,
        };
        self.make_final(out)?;
        let part = std::mem::replace(&mut self.part, Part::new(cut));
        self.held.push(Item::Lap(Box::new(part.lap(&cut, trigger))));
        self.pending = Some(part);
        Ok(())
    }

    /// The lap that waits will not change any more.
    fn make_final(&mut self, out: &mut dyn Output) -> Result<()> {
        self.pending = None;
        self.held
            .take()
            .into_iter()
            .try_for_each(|item| out.send(item))
    }

    /// Ends the stream: with what is left, or with the waiting lap enlarged by it.
    fn last_lap(&mut self, out: &mut dyn Output) -> Result<()> {
        let enlarged = self
            .pending
            .take()
            .filter(|_| self.gauge.anchor.value <= self.gauge.enough());
        let held = self.held.take();
        let first = usize::from(enlarged.is_some());
        held.into_iter()
            .skip(first)
            .try_for_each(|item| out.send(item))?;
        if !self.any_samples {
            return Ok(());
        }
        let part = enlarged.as_ref().unwrap_or(&self.part);
        let lap = part.lap(&self.progress.here(), Trigger::SessionEnd);
        out.send(Item::Lap(Box::new(lap)))
    }

    /// Sends an item that is no samples, not before those that wait. Facts about the whole
    /// stream need no order.
    fn in_order(&mut self, item: Item, out: &mut dyn Output) -> Result<()> {
        if matches!(item, Item::Event(Event::Meta(_))) {
            return out.send(item);
        }
        if self.unknown.is_empty() {
            return self.send(item, out);
        }
        self.unknown.push(item);
        Ok(())
    }

    fn send(&mut self, item: Item, out: &mut dyn Output) -> Result<()> {
        if self.pending.is_none() {
            return out.send(item);
        }
        self.held.push(item);
        Ok(())
    }
}
