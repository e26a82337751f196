use std::time::{Duration, Instant};

/// Counts watt-hours: the integral of powers over time, by trapezoids.
///
/// It never counts backwards. The time between two values that are further apart than the gap is
/// not counted, for nobody knows what happened in it; nor is the time at which a power was not
/// measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Energy {
    gap: Duration,
    counted: Powers,
    last: Option<(Instant, Powers)>,
}

/// Three powers in watts, or three energies in watt-hours. `NaN` is not measured.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Powers {
    /// Into the unit, from all sources.
    pub input: f64,
    /// Out of the unit, to all loads.
    pub output: f64,
    /// Into the battery.
    pub charged: f64,
}

impl Powers {
    fn each(self, other: Self, join: impl Fn(f64, f64) -> f64) -> Self {
        Self {
            input: join(self.input, other.input),
            output: join(self.output, other.output),
            charged: join(self.charged, other.charged),
        }
    }
}

impl Energy {
    /// Goes on from what was counted before, in watt-hours. What can't be a count begins at 0.
    pub fn new(gap: Duration, counted: Powers) -> Self {
        let sound = |count: f64, _| {
            if count.is_finite() && count > 0.0 {
                count
            } else {
                0.0
            }
        };
        Self {
            gap,
            counted: counted.each(counted, sound),
            last: None,
        }
    }

    /// What was measured at a time.
    pub fn add(&mut self, now: Instant, powers: Powers) {
        // A push may be older than what came before it.
        if self.last.is_some_and(|(last, _)| now <= last) {
            return;
        }
        if let Some((last, before)) = self.last.replace((now, powers)) {
            let time = now.duration_since(last);
            if time > self.gap {
                return;
            }
            let hours = time.as_secs_f64() / 3600.0;
            let more = before.each(powers, |a, b| f64::midpoint(a, b) * hours);
            self.counted = self.counted.each(more, |count, more| {
                // Also when it is not measured.
                if more > 0.0 && more.is_finite() {
                    count + more
                } else {
                    count
                }
            });
        }
    }

    /// What has been counted, in watt-hours; never `NaN`.
    pub fn counted(&self) -> Powers {
        self.counted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GAP: Duration = Duration::from_secs(30);

    fn powers(input: f64, output: f64, charged: f64) -> Powers {
        Powers {
            input,
            output,
            charged,
        }
    }

    #[test]
    fn an_hour_of_rising_power_is_its_mean() {
        let start = Instant::now();
        let mut energy = Energy::new(GAP, Powers::default());
        for seconds in (0..=3600).step_by(5) {
            let now = start + Duration::from_secs(seconds);
            let rising = f64::from(u32::try_from(seconds).unwrap()) / 36.0;
            energy.add(now, powers(rising, 100.0, f64::NAN));
        }
        let counted = energy.counted();
        assert!((counted.input - 50.0).abs() < 1e-9, "{counted:?}");
        assert!((counted.output - 100.0).abs() < 1e-9, "{counted:?}");
        assert!(counted.charged < 1e-9, "{counted:?}");
    }

    #[test]
    fn a_gap_is_not_counted() {
        let start = Instant::now();
        let mut energy = Energy::new(GAP, Powers::default());
        for seconds in [0, 30, 61, 66] {
            let now = start + Duration::from_secs(seconds);
            energy.add(now, powers(3600.0, 0.0, 0.0));
        }
        assert!((energy.counted().input - 35.0).abs() < 1e-9);
    }

    #[test]
    fn it_goes_on_where_it_was_and_never_backwards() {
        let start = Instant::now();
        let mut energy = Energy::new(GAP, powers(12.5, f64::NAN, -3.0));
        assert_eq!(energy.counted(), powers(12.5, 0.0, 0.0));
        energy.add(start + GAP, powers(360.0, 360.0, -360.0));
        energy.add(start, powers(1e9, 1e9, 1e9));
        energy.add(start + GAP + GAP, powers(360.0, f64::NAN, -360.0));
        assert_eq!(energy.counted(), powers(15.5, 0.0, 0.0));
    }
}
