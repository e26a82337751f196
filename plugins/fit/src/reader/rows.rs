//! Rows on their way into batches.

use std::collections::VecDeque;

use pipeline_plugin::{Batch, Curve, Event, Field, Item, Lap, Output, Result, Timestamp};

use super::counter::{COUNTS, Counter};
use super::repairs::CounterRepairs;

/// How many rows back a row may belong that comes too late.
const WINDOW: usize = 64;

/// Collects rows, sorts those that come a bit too late, and sends them in batches, with laps,
/// events and curves at their places.
#[derive(Debug)]
pub(crate) struct Rows {
    fields: Vec<Option<Field>>,
    time: Vec<Timestamp>,
    columns: Vec<Vec<f64>>,
    /// Columns that had a value so far: only these are sent.
    seen: Vec<bool>,
    /// Events, and how many of the rows come before.
    events: VecDeque<(usize, Event)>,
    /// Curves, and which row they belong to.
    curves: VecDeque<(usize, Curve)>,
    laps: VecDeque<Lap>,
    /// Where each counter is among the columns, and how far it is.
    counters: [(Option<usize>, Counter); COUNTS],
    pub(crate) repairs: [CounterRepairs; COUNTS],
    /// How many rows were put where they belong.
    pub(crate) sorted: u64,
    /// How many rows came too late for that.
    pub(crate) late: u64,
    /// How many rows there were.
    pub(crate) count: u64,
}

impl Rows {
    /// Rows of these columns, and laps in the order of their ends.
    pub(crate) fn new(
        fields: Vec<Option<Field>>,
        laps: VecDeque<Lap>,
        counters: [(Option<usize>, Counter); COUNTS],
    ) -> Self {
        let width = fields.len();
        Self {
            time: Vec::with_capacity(Batch::ROWS + WINDOW),
            columns: vec![Vec::with_capacity(Batch::ROWS + WINDOW); width],
            seen: vec![false; width],
            fields,
            events: VecDeque::new(),
            curves: VecDeque::new(),
            laps,
            counters,
            repairs: Default::default(),
            sorted: 0,
            late: 0,
            count: 0,
        }
    }

    /// The counters as the next session finds them.
    pub(crate) fn next_counters(&self) -> [Counter; COUNTS] {
        self.counters.map(|(_, counter)| counter.next())
    }

    /// The latest row.
    pub(crate) fn latest(&self) -> Option<Timestamp> {
        self.time.last().copied()
    }

    /// Takes a row and its curves; sends a batch when there are enough.
    pub(crate) fn push(
        &mut self,
        time: Timestamp,
        row: &[f64],
        curves: impl Iterator<Item = Curve>,
        out: &mut dyn Output,
    ) -> Result<()> {
        let at = match self.latest() {
            Some(latest) if time < latest => self.time.partition_point(|known| *known <= time),
            _ => self.time.len(),
        };
        if self.time.len() - at > WINDOW {
            self.late += 1;
            return Ok(());
        }
        self.count += 1;
        if at < self.time.len() {
            self.insert(at, time, row);
        } else {
            self.time.push(time);
            for (column, value) in self.columns.iter_mut().zip(row) {
                column.push(*value);
            }
        }
        let place = self.curves.partition_point(|(row, _)| *row <= at);
        for (number, curve) in curves.enumerate() {
            self.curves.insert(place + number, (at, curve));
        }
        if self.time.len() >= Batch::ROWS + WINDOW {
            self.send(out)?;
        }
        Ok(())
    }

    #[cold]
    fn insert(&mut self, at: usize, time: Timestamp, row: &[f64]) {
        self.sorted += 1;
        self.time.insert(at, time);
        for (column, value) in self.columns.iter_mut().zip(row) {
            column.insert(at, *value);
        }
        let shift = |place: &mut usize| *place += usize::from(*place > at);
        self.events.iter_mut().for_each(|(place, _)| shift(place));
        let shift = |place: &mut usize| *place += usize::from(*place >= at);
        self.curves.iter_mut().for_each(|(place, _)| shift(place));
    }

    /// Takes an event, which comes behind all rows up to its time that are there.
    pub(crate) fn event(&mut self, event: Event, time: Timestamp) {
        let at = self.time.partition_point(|known| *known <= time);
        let at = self.events.back().map_or(at, |(last, _)| at.max(*last));
        self.events.push_back((at, event));
    }

    /// Sends what is before the window.
    fn send(&mut self, out: &mut dyn Output) -> Result<()> {
        while self.time.len() >= Batch::ROWS + WINDOW {
            self.send_to(Batch::ROWS, false, out)?;
        }
        Ok(())
    }

    /// Sends everything that is left.
    pub(crate) fn finish(&mut self, out: &mut dyn Output) -> Result<()> {
        while !(self.time.is_empty() && self.events.is_empty() && self.laps.is_empty()) {
            let rows = self.time.len().min(Batch::ROWS);
            self.send_to(rows, rows == self.time.len(), out)?;
        }
        Ok(())
    }

    /// Sends so many rows, or fewer if a lap or an event comes first, and that.
    fn send_to(&mut self, rows: usize, is_end: bool, out: &mut dyn Output) -> Result<()> {
        let event = self.events.front().map(|(at, _)| *at);
        let lap = self.laps.front().map(|lap| {
            let at = self.time.partition_point(|time| *time <= lap.end);
            // A lap waits for the first row behind its end.
            if at == self.time.len() && !is_end {
                usize::MAX
            } else {
                at
            }
        });
        let first = event.into_iter().chain(lap).min().filter(|at| *at <= rows);
        self.batch(first.unwrap_or(rows), out)?;
        let Some(first) = first else {
            return Ok(());
        };
        if lap == Some(first) && (event != Some(first) || self.lap_is_first()) {
            let lap = self.laps.pop_front();
            return lap.map_or(Ok(()), |lap| out.send(Item::Lap(Box::new(lap))));
        }
        let event = self.events.pop_front();
        event.map_or(Ok(()), |(_, event)| out.send(Item::Event(event)))
    }

    /// Whether the next lap ends before the next event.
    fn lap_is_first(&self) -> bool {
        let event = self.events.front().map(|(_, event)| event);
        let (Some(lap), Some(Event::TimerStop { time } | Event::TimerStart { time })) =
            (self.laps.front(), event)
        else {
            return false;
        };
        lap.end < *time
    }

    fn batch(&mut self, rows: usize, out: &mut dyn Output) -> Result<()> {
        if rows == 0 {
            return Ok(());
        }
        let curves = self.curves.partition_point(|(row, _)| *row < rows);
        for (_, curve) in self.curves.drain(..curves) {
            out.send(Item::Curve(curve))?;
        }
        self.curves.iter_mut().for_each(|(row, _)| *row -= rows);
        self.events.iter_mut().for_each(|(at, _)| *at -= rows);
        for ((place, counter), repairs) in self.counters.iter_mut().zip(&mut self.repairs) {
            let column = place.and_then(|place| self.columns.get_mut(place));
            let values = column.into_iter().flatten().take(rows);
            values.for_each(|value| repairs.count(counter.take(value)));
        }
        let mut batch = Batch::of_times(take(&mut self.time, rows));
        let columns = self
            .columns
            .iter_mut()
            .zip(&mut self.seen)
            .zip(&self.fields);
        for ((column, seen), field) in columns {
            let values = take(column, rows);
            *seen = *seen || values.iter().any(|value| !value.is_nan());
            if let (true, Some(field)) = (*seen, field) {
                batch.add(field.clone(), values);
            }
        }
        out.send(Item::Samples(batch))
    }
}

/// Takes so many values from the front.
fn take<T: Clone>(values: &mut Vec<T>, count: usize) -> Vec<T> {
    let rest = values.get(count..).unwrap_or_default();
    let mut next = Vec::with_capacity(Batch::ROWS + WINDOW);
    next.extend_from_slice(rest);
    values.truncate(count);
    std::mem::replace(values, next)
}
