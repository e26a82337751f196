use crate::counter::Point;
use crate::settings::Measure;

/// The most laps that may end between two samples. More are a fault of the recorder: a clock
/// or a counter that jumps.
const MOST_AT_ONCE: f64 = 1000.0;

/// What is measured to end a lap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The distance, in metres.
    Distance,
    /// The running timer, in microseconds.
    Time,
}

/// Knows where laps end, on the scale of distance or running timer.
#[derive(Clone, Debug)]
pub(crate) struct Gauge {
    pub(crate) kind: Kind,
    every: f64,
    min_last: f64,
    /// Number of the points passed; whole.
    passed: f64,
    /// The last sample up to which the points are known, with the distance or timer there.
    pub(crate) anchor: Point,
}

impl Gauge {
    /// Laps of that length; at the end, more than `min_last` metres or seconds are one.
    pub(crate) fn new(every: Measure, min_last: f64) -> Self {
        let (kind, every, scale) = match every {
            Measure::Distance(metres) => (Kind::Distance, metres, 1.0),
            Measure::Time(seconds) => (Kind::Time, seconds, 1e6),
        };
        Self {
            kind,
            every: (every * scale).max(scale),
            min_last: min_last * scale,
            passed: 0.0,
            anchor: Point {
                elapsed: 0.0,
                value: 0.0,
            },
        }
    }

    /// Where the next lap ends.
    pub(crate) fn next(&self) -> f64 {
        (self.passed + 1.0) * self.every
    }

    /// Above this, what follows the last lap is a lap of its own.
    pub(crate) fn enough(&self) -> f64 {
        self.passed * self.every + self.min_last
    }

    /// The points passed on the way from the anchor to `to`, which becomes the anchor: each
    /// with the microseconds of running timer there and the value that was reached. Says
    /// whether there were too many, which leaves only the last.
    pub(crate) fn pass(&mut self, to: Point, mut at: impl FnMut(Point, f64)) -> bool {
        let from = self.anchor;
        let points = (to.value / self.every).floor();
        let jumps = points - self.passed > MOST_AT_ONCE;
        if jumps {
            self.passed = points - 1.0;
        }
        while self.next() <= to.value {
            let value = self.next();
            let share = (value - from.value) / (to.value - from.value);
            let elapsed = from.elapsed + share * (to.elapsed - from.elapsed);
            at(Point { elapsed, value }, share);
            self.passed += 1.0;
        }
        self.anchor = to;
        jumps
    }
}
