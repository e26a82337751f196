use pipeline_plugin::{Batch, Field, field};

/// The quantities that count up from the start of the stream: a lap has the difference.
pub(crate) const COUNTED: [Field; COUNTS] = [field::DISTANCE, field::TOTAL_CYCLES, field::CALORIES];

/// How many quantities count up.
pub(crate) const COUNTS: usize = 3;

/// Where the distance stands in [`COUNTED`].
pub(crate) const DISTANCE: usize = 0;

/// The furthest that counts as a distance, in metres: a million kilometres.
pub(crate) const FURTHEST: f64 = 1e9;

/// A point on a line over the running timer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Point {
    /// Microseconds of running timer since the start; whole.
    pub(crate) elapsed: f64,
    /// What the counter says there; `NaN` where it is not known.
    pub(crate) value: f64,
}

/// A column that counts up, and its last known value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counter {
    last: Point,
    known: bool,
}

impl Counter {
    /// At 0 at the start of the stream.
    pub(crate) const START: Self = Self {
        last: Point {
            elapsed: 0.0,
            value: 0.0,
        },
        known: false,
    };

    /// Takes a sample's value; a counter never goes back.
    pub(crate) fn take(&mut self, at: Point) {
        if at.value.abs() <= FURTHEST {
            self.last.elapsed = at.elapsed;
            self.last.value = self.last.value.max(at.value);
            self.known = true;
        }
    }

    /// The value at `elapsed`, on the line to the first of the points ahead that is known; the
    /// last known one where there is none; `NaN` when it has never been known.
    pub(crate) fn at(&self, elapsed: f64, ahead: [Point; 2]) -> f64 {
        let ahead = ahead
            .into_iter()
            .find(|point| point.value.abs() <= FURTHEST);
        match ahead {
            Some(next) if next.elapsed > self.last.elapsed => {
                let share = (elapsed - self.last.elapsed) / (next.elapsed - self.last.elapsed);
                let rise = (next.value - self.last.value).max(0.0);
                self.last.value + share.clamp(0.0, 1.0) * rise
            }
            _ => self.value(),
        }
    }

    /// The last known value; `NaN` when it has never been known.
    pub(crate) fn value(&self) -> f64 {
        if self.known {
            self.last.value
        } else {
            f64::NAN
        }
    }
}

/// The columns of the [`COUNTED`] quantities, looked up once a batch.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counted<'a> {
    columns: [Option<&'a [f64]>; COUNTS],
}

impl<'a> Counted<'a> {
    pub(crate) fn of(batch: &'a Batch) -> Self {
        Self {
            columns: COUNTED.each_ref().map(|field| batch.column(field)),
        }
    }

    /// The values of a row; `NaN` where not measured.
    pub(crate) fn row(&self, row: usize) -> [f64; COUNTS] {
        self.columns
            .map(|column| column.and_then(|c| c.get(row).copied()).unwrap_or(f64::NAN))
    }
}
