//! What the records of a stretch of time come to.

use super::survey::Sums;
use super::timer::{Clock, Tick, Timer};
use crate::expand::Accumulator;
use crate::message::{Decoder, Message};
use crate::profile::{self, Field, record};

/// The longest step between two records that counts as measured, in seconds: a longer one counts
/// this long in averages.
const LONGEST_STEP: f64 = 10.0;

/// A stretch of time, in FIT seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Window {
    pub(super) start: f64,
    pub(super) end: f64,
}

/// What the records of a window come to. NaN where they don't say.
#[derive(Clone, Debug)]
pub(super) struct Tally {
    window: Window,
    pub(super) sums: Sums,
    pub(super) speed: Mean,
    pub(super) heart_rate: Mean,
    pub(super) cadence: Mean,
    pub(super) power: Mean,
    /// Latitude and longitude of the first and the last record that have them, in semicircles.
    pub(super) positions: Option<[(f64, f64); 2]>,
}

/// A mean over time, and the extremes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mean {
    weighted: f64,
    weight: f64,
    sum: f64,
    count: f64,
    max: Option<f64>,
    min: Option<f64>,
}

/// A record.
#[derive(Clone, Copy, Debug)]
struct Sample {
    time: f64,
    /// Distance, cycles and calories so far.
    counters: [f64; 3],
    speed: f64,
    heart_rate: f64,
    cadence: f64,
    power: f64,
    position: Option<(f64, f64)>,
}

/// A quantity that grows from record to record.
#[derive(Clone, Copy, Debug)]
struct Counter {
    last: f64,
    /// The most that may have come together before the first record.
    head_start: f64,
}

/// Sums up the records of a part for each of some windows.
pub(super) fn tally(part: &[u8], windows: &[Window], timer: &Timer) -> Vec<Tally> {
    let mut tallies: Vec<_> = windows
        .iter()
        .map(|window| Tally::new(*window, timer))
        .collect();
    let mut counters = [100.0, 50.0, 20.0].map(|head_start| Counter {
        last: f64::NAN,
        head_start,
    });
    let (mut clock, mut expander) = (Clock::default(), Accumulator::default());
    let mut before = None;
    let mut decoder = Decoder::new(part);
    while let Ok(Some(message)) = decoder.next_message() {
        if message.number() != profile::RECORD.number {
            continue;
        }
        let sample = Sample::of(&message, &mut expander);
        let Some(sample) = sample else { continue };
        match message.timestamp().map(|time| clock.tick(time)) {
            Some(Tick::On) => {}
            Some(Tick::Anew) => before = None,
            Some(Tick::Never) | None => continue,
        }
        let mut steps = [f64::NAN; 3];
        for ((step, counter), value) in steps.iter_mut().zip(&mut counters).zip(sample.counters) {
            *step = counter.step(value);
        }
        for tally in &mut tallies {
            tally.take(before, &sample, &steps, timer);
        }
        before = Some(before.map_or(sample.time, |before: f64| before.max(sample.time)));
    }
    tallies
}

impl Sample {
    fn of(message: &Message<'_>, expander: &mut Accumulator) -> Option<Self> {
        let number = |field: Field| message.number_of(field.number);
        let mut speed = number(record::ENHANCED_SPEED).or_else(|| number(record::SPEED));
        let mut distance = number(record::DISTANCE);
        let mut cycles = number(record::TOTAL_CYCLES);
        let packed = [record::COMPRESSED_SPEED_DISTANCE, record::CYCLES];
        if packed
            .iter()
            .any(|field| message.field(field.number).is_some())
        {
            for value in expander.expand(message) {
                let place = match value.field.number {
                    n if n == record::SPEED.number => &mut speed,
                    n if n == record::DISTANCE.number => &mut distance,
                    n if n == record::TOTAL_CYCLES.number => &mut cycles,
                    _ => continue,
                };
                *place = place.or(Some(value.number()));
            }
        }
        let value = |number: Option<f64>| number.unwrap_or(f64::NAN);
        let counters = [distance, cycles, number(record::CALORIES)].map(value);
        Some(Self {
            time: f64::from(message.timestamp()?),
            counters,
            speed: value(speed),
            heart_rate: value(number(record::HEART_RATE)),
            cadence: value(number(record::CADENCE)),
            power: value(number(record::POWER)),
            position: number(record::POSITION_LAT).zip(number(record::POSITION_LONG)),
        })
    }
}

impl Counter {
    /// How much there is more than before; NaN where the record doesn't say.
    fn step(&mut self, value: f64) -> f64 {
        if value.is_nan() {
            return f64::NAN;
        }
        let before = std::mem::replace(&mut self.last, value);
        // At the start, and where it starts again.
        if before.is_nan() || value < before / 2.0 {
            return if value <= self.head_start { value } else { 0.0 };
        }
        (value - before).max(0.0)
    }
}

impl Window {
    fn has(&self, time: f64) -> bool {
        self.start <= time && time <= self.end
    }
}

impl Tally {
    fn new(window: Window, timer: &Timer) -> Self {
        let Window { start, end } = window;
        let sums = Sums {
            elapsed: milliseconds(end - start),
            timer: timer.between(start, end),
            distance: f64::NAN,
            cycles: f64::NAN,
            calories: f64::NAN,
            work: f64::NAN,
        };
        let mean = Mean::default();
        Self {
            window,
            sums,
            speed: mean,
            heart_rate: mean,
            cadence: mean,
            power: mean,
            positions: None,
        }
    }

    /// Takes a record, which stands for the time since the one `before`.
    fn take(&mut self, before: Option<f64>, sample: &Sample, steps: &[f64; 3], timer: &Timer) {
        let Window { start, end } = self.window;
        let since = before.unwrap_or(sample.time);
        let (from, to) = (since.max(start), sample.time.min(end));
        let share = if sample.time > since {
            (to - from).max(0.0) / (sample.time - since)
        } else {
            f64::from(u8::from(self.window.has(sample.time)))
        };
        if share > 0.0 {
            let Sums {
                distance,
                cycles,
                calories,
                ..
            } = &mut self.sums;
            for (sum, step) in [distance, cycles, calories].into_iter().zip(steps) {
                add(sum, step * share);
            }
            let seconds = if to > from {
                timer.between(from, to).min(LONGEST_STEP)
            } else {
                0.0
            };
            self.heart_rate.stretch(sample.heart_rate, seconds);
            if sample.cadence > 0.0 {
                self.cadence.stretch(sample.cadence, seconds);
            }
            self.power.stretch(sample.power, seconds);
            add(&mut self.sums.work, sample.power * seconds);
        }
        if self.window.has(sample.time) {
            self.speed.sample(sample.speed);
            self.heart_rate.sample(sample.heart_rate);
            if sample.cadence > 0.0 {
                self.cadence.sample(sample.cadence);
            }
            self.power.sample(sample.power);
            if let Some(position) = sample.position {
                let first = self.positions.map_or(position, |[first, _]| first);
                self.positions = Some([first, position]);
            }
        }
    }
}

/// Whole milliseconds, as durations are written.
fn milliseconds(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}

/// Adds a number that may be NaN to a sum that may be.
fn add(sum: &mut f64, number: f64) {
    if !number.is_nan() {
        *sum = if sum.is_nan() { number } else { *sum + number };
    }
}

impl Mean {
    fn stretch(&mut self, value: f64, seconds: f64) {
        if !value.is_nan() {
            self.weighted += value * seconds;
            self.weight += seconds;
        }
    }

    fn sample(&mut self, value: f64) {
        if !value.is_nan() {
            self.sum += value;
            self.count += 1.0;
            self.max = Some(self.max.map_or(value, |max| max.max(value)));
            self.min = Some(self.min.map_or(value, |min| min.min(value)));
        }
    }

    /// The mean over time; of records without any time between them the plain one.
    pub(super) fn mean(&self) -> f64 {
        if self.weight > 0.0 {
            self.weighted / self.weight
        } else if self.count > 0.0 {
            self.sum / self.count
        } else {
            f64::NAN
        }
    }

    pub(super) fn max(&self) -> f64 {
        self.max.unwrap_or(f64::NAN)
    }

    pub(super) fn min(&self) -> f64 {
        self.min.unwrap_or(f64::NAN)
    }
}
