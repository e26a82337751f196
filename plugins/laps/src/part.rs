use pipeline_plugin::{Accumulator, Intensity, Lap, Measured, Timestamp, Totals, Trigger};

use crate::counter::COUNTS;

/// A place in the stream where a lap may end: the time, and what the counters say there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cut {
    pub(crate) time: Timestamp,
    /// Microseconds of running timer since the start; whole.
    pub(crate) elapsed: f64,
    /// The quantities that count up; `NaN` where one has never been known.
    pub(crate) counted: [f64; COUNTS],
}

/// A lap in the making.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    start: Cut,
    sums: Accumulator,
    has_samples: bool,
}

impl Part {
    pub(crate) fn new(start: Cut) -> Self {
        Self {
            start,
            sums: Accumulator::default(),
            has_samples: false,
        }
    }

    /// Counts `seconds` for which that row stands.
    pub(crate) fn stretch(&mut self, measured: &Measured<'_>, row: usize, seconds: f64) {
        self.sums.stretch(measured, row, seconds);
    }

    /// Takes a row that lies in the lap.
    pub(crate) fn sample(&mut self, measured: &Measured<'_>, row: usize) {
        self.sums.sample(measured, row);
        self.has_samples = true;
    }

    /// A lap between two samples has only the values that stand for the time between them.
    pub(crate) fn ends_before(&mut self, measured: &Measured<'_>, row: usize) {
        if !self.has_samples {
            self.sample(measured, row);
        }
    }

    /// The finished lap.
    pub(crate) fn lap(&self, end: &Cut, trigger: Trigger) -> Lap {
        let mut totals = self.sums.totals();
        let mut counted = end.counted.into_iter().zip(self.start.counted);
        let mut next = || {
            let (end, start) = counted.next().unwrap_or((f64::NAN, f64::NAN));
            // A counter that was not known at the start has counted from 0.
            if start.is_nan() { end } else { end - start }
        };
        totals = Totals {
            timer_time: (end.elapsed - self.start.elapsed) / 1e6,
            distance: next(),
            cycles: next(),
            calories: next(),
            ..totals
        };
        Lap {
            start: self.start.time,
            end: end.time,
            trigger,
            intensity: Intensity::Active,
            totals,
            time_in_hr_zone: None,
        }
    }
}
