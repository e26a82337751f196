//! Quantities that count up.

use pipeline_plugin::{Field, field};

/// The quantities that count up from the start of a stream.
pub(crate) const COUNTED: [Field; COUNTS] = [field::DISTANCE, field::TOTAL_CYCLES, field::CALORIES];

/// How many quantities count up.
pub(crate) const COUNTS: usize = 3;

/// Where a counter of a recording starts and ends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reach {
    first: f64,
    last: f64,
}

impl Default for Reach {
    fn default() -> Self {
        Self {
            first: f64::NAN,
            last: f64::NAN,
        }
    }
}

impl Reach {
    pub(crate) fn note(&mut self, value: f64) {
        if self.first.is_nan() {
            self.first = value;
        }
        self.last = value;
    }

    /// What the counter said when a session began that counted `total`: its first value if that is
    /// what makes the difference, else 0.
    pub(crate) fn before(&self, total: f64) -> f64 {
        let (from_zero, from_first) = (self.last - total, self.last - self.first - total);
        let near = NEAR * total;
        if self.first > near && from_zero.abs() > near && from_first.abs() <= near {
            self.first
        } else {
            0.0
        }
    }
}

/// How far a counter may be from a session's own total, and how far it may have got when the first
/// record was written, as a share of that total.
const NEAR: f64 = 0.05;

/// A drop to below this share of what was counted is a new start.
const RESTART: f64 = 0.1;

/// Steps of a unit that are told apart.
const STEPS: f64 = 1e6;

/// Makes a counter start at 0 with the stream and never go back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counter {
    /// What the recorder's counter said at 0.
    zero: f64,
    /// The highest so far.
    highest: f64,
    /// What the recorder's counter said last.
    said: f64,
    begun: bool,
}

/// What a counter did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Course {
    /// It counted.
    On,
    /// It went back and was held.
    Held,
    /// It began anew and was counted on.
    Restarted,
}

impl Counter {
    /// At `zero` at the start of the stream.
    pub(crate) fn new(zero: f64) -> Self {
        Self {
            zero,
            highest: 0.0,
            said: f64::NAN,
            begun: false,
        }
    }

    /// The counter of the next session: recorders go on counting, or begin anew.
    pub(crate) fn next(&self) -> Self {
        Self {
            said: self.said,
            ..Self::new(0.0)
        }
    }

    /// The value to pass on for what the recorder's counter says.
    pub(crate) fn take(&mut self, value: &mut f64) -> Course {
        let said = *value;
        if said.is_nan() {
            return Course::On;
        }
        if !self.begun {
            self.begun = true;
            if said >= self.said {
                self.zero = self.said;
            }
        }
        self.said = said;
        let mut course = Course::On;
        if self.zero.abs() > 0.0 {
            // What is lost in taking the difference is far below the steps of any counter.
            *value = ((said - self.zero) * STEPS).round() / STEPS;
        }
        if *value < self.highest {
            if said < RESTART * self.highest {
                self.zero = said - self.highest;
                course = Course::Restarted;
            } else {
                course = Course::Held;
            }
            *value = self.highest;
        }
        self.highest = *value;
        course
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(counter: &mut Counter, values: &[f64]) -> Vec<(f64, Course)> {
        let take = |value: &f64| {
            let mut value = *value;
            let course = counter.take(&mut value);
            (value, course)
        };
        values.iter().map(take).collect()
    }

    #[test]
    fn a_counter_starts_at_zero_and_never_goes_back() {
        use Course::{Held, On, Restarted};
        let mut counter = Counter::new(0.0);
        let told = counted(&mut counter, &[3.0, 100.0, 99.0, 101.0, 0.0, 7.0]);
        let expected = [
            (3.0, On),
            (100.0, On),
            (100.0, Held),
            (101.0, On),
            (101.0, Restarted),
            (108.0, On),
        ];
        assert_eq!(told, expected);
        let mut goes_on = Counter {
            said: 50.0,
            ..Counter::new(0.0)
        }
        .next();
        assert_eq!(
            counted(&mut goes_on, &[51.0, 60.0]),
            [(1.0, On), (10.0, On)]
        );
        let mut anew = Counter {
            said: 50.0,
            ..Counter::new(0.0)
        }
        .next();
        assert_eq!(counted(&mut anew, &[1.0, 60.0]), [(1.0, On), (60.0, On)]);
    }

    #[test]
    fn the_total_of_the_session_tells_where_a_counter_began() {
        let reach = |first, last| Reach { first, last };
        assert!((reach(5.0, 1000.0).before(1000.0) - 0.0).abs() < 1e-9);
        assert!((reach(7000.0, 8000.0).before(1000.0) - 7000.0).abs() < 1e-9);
        assert!((reach(7000.0, 8000.0).before(f64::NAN) - 0.0).abs() < 1e-9);
        assert!((Reach::default().before(1000.0) - 0.0).abs() < 1e-9);
    }
}
