use crate::totals::Measured;
use crate::{Accumulator, Batch, Event, Field, Header, Item, Summary, Timer, Timestamp, field};

/// Sums up a stream as it leaves the transforms: what the sinks get with `finish`.
#[derive(Clone, Debug)]
pub struct Summarizer {
    summary: Summary,
    accumulator: Accumulator,
    timer: Timer,
    /// The end of the last pause.
    resumed: Timestamp,
    distance: f64,
    cycles: f64,
}

impl Summarizer {
    /// For a stream with that header.
    pub fn new(header: &Header) -> Self {
        Self {
            summary: Summary {
                start: header.start,
                end: header.start,
                ..Summary::default()
            },
            accumulator: Accumulator::default(),
            timer: Timer::default(),
            resumed: header.start,
            distance: f64::NAN,
            cycles: f64::NAN,
        }
    }

    /// Takes an item into account.
    pub fn take(&mut self, item: &Item) {
        match item {
            Item::Samples(batch) => self.samples(batch),
            Item::Lap(_) => self.summary.laps += 1,
            Item::Event(Event::Meta(meta)) => self.summary.meta.update(meta.clone()),
            Item::Event(event) => {
                self.timer.event(event);
                if let Event::TimerStart { time } = event {
                    self.resumed = self.resumed.max(*time);
                }
            }
            Item::Curve(_) | Item::Bytes(_) => {}
        }
    }

    fn samples(&mut self, batch: &Batch) {
        let measured = Measured::of(batch);
        for (row, time) in batch.time().iter().enumerate() {
            self.accumulator.sample(&measured, row);
            self.accumulator
                .stretch(&measured, row, self.timer.active(self.summary.end, *time));
            self.timer.forget(*time);
            self.summary.end = self.summary.end.max(*time);
        }
        self.summary.samples += batch.len() as u64;
        self.distance = last_of(batch, &field::DISTANCE).unwrap_or(self.distance);
        self.cycles = last_of(batch, &field::TOTAL_CYCLES).unwrap_or(self.cycles);
    }

    /// The summary so far.
    pub fn summary(&self) -> Summary {
        let mut summary = self.summary.clone();
        let mut accumulator = self.accumulator.clone();
        // A pause at the very end belongs to the stream. One before a sample is that sample's.
        if self.resumed > summary.end {
            let seconds = self.timer.active(summary.end, self.resumed);
            accumulator.stretch(&Measured::default(), 0, seconds);
            summary.end = self.resumed;
        }
        summary.totals = accumulator.totals();
        summary.totals.distance = self.distance;
        summary.totals.cycles = self.cycles;
        summary
    }
}

fn last_of(batch: &Batch, field: &Field) -> Option<f64> {
    batch
        .column(field)?
        .iter()
        .rev()
        .copied()
        .find(|value| !value.is_nan())
}
