use serde::{Deserialize, Serialize};

use crate::{Batch, field};

/// The longest step between two samples that counts as measured, in seconds. A longer one is
/// a gap: it counts this long in averages and energies.
pub const MAX_STEP: f64 = 10.0;

/// What was done over a stretch of time: a lap, a session.
///
/// `NaN` (`null` in text) where it is not known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Totals {
    /// Seconds with the timer running.
    #[serde(with = "nullable")]
    pub timer_time: f64,
    /// Metres.
    #[serde(with = "nullable")]
    pub distance: f64,
    /// Strokes or revolutions.
    #[serde(with = "nullable")]
    pub cycles: f64,
    /// Kilocalories.
    #[serde(with = "nullable")]
    pub calories: f64,
    /// Joules.
    #[serde(with = "nullable")]
    pub work: f64,
    /// Highest speed, in m/s.
    #[serde(with = "nullable")]
    pub max_speed: f64,
    /// Mean heart rate over time, in bpm.
    #[serde(with = "nullable")]
    pub avg_heart_rate: f64,
    /// Highest heart rate, in bpm.
    #[serde(with = "nullable")]
    pub max_heart_rate: f64,
    /// Lowest heart rate, in bpm.
    #[serde(with = "nullable")]
    pub min_heart_rate: f64,
    /// Mean of the cadences above zero over time, per minute.
    #[serde(with = "nullable")]
    pub avg_cadence: f64,
    /// Highest cadence, per minute.
    #[serde(with = "nullable")]
    pub max_cadence: f64,
    /// Mean power over time, in watts.
    #[serde(with = "nullable")]
    pub avg_power: f64,
    /// Highest power, in watts.
    #[serde(with = "nullable")]
    pub max_power: f64,
}

impl Default for Totals {
    fn default() -> Self {
        Self {
            timer_time: f64::NAN,
            distance: f64::NAN,
            cycles: f64::NAN,
            calories: f64::NAN,
            work: f64::NAN,
            max_speed: f64::NAN,
            avg_heart_rate: f64::NAN,
            max_heart_rate: f64::NAN,
            min_heart_rate: f64::NAN,
            avg_cadence: f64::NAN,
            max_cadence: f64::NAN,
            avg_power: f64::NAN,
            max_power: f64::NAN,
        }
    }
}

impl Totals {
    /// Mean speed while the timer ran, in m/s; `NaN` without time or distance.
    pub fn avg_speed(&self) -> f64 {
        if self.timer_time > 0.0 {
            self.distance / self.timer_time
        } else {
            f64::NAN
        }
    }

    /// Takes means and extremes that are not known here from `other`, which says them of the same
    /// stretch of time.
    pub fn fill_measured(&mut self, other: &Self) {
        for (own, other) in [
            (&mut self.max_speed, other.max_speed),
            (&mut self.avg_heart_rate, other.avg_heart_rate),
            (&mut self.max_heart_rate, other.max_heart_rate),
            (&mut self.min_heart_rate, other.min_heart_rate),
            (&mut self.avg_cadence, other.avg_cadence),
            (&mut self.max_cadence, other.max_cadence),
            (&mut self.avg_power, other.avg_power),
            (&mut self.max_power, other.max_power),
        ] {
            if own.is_nan() {
                *own = other;
            }
        }
    }

    /// Means and extremes of stretches that follow each other: means by the time of those that
    /// have one.
    pub fn measured_over(parts: &[&Self]) -> Self {
        let mean = |of: fn(&Self) -> f64| {
            let (mut weighted, mut weight) = (0.0, 0.0);
            for part in parts {
                let product = of(part) * part.timer_time;
                if !product.is_nan() {
                    weighted += product;
                    weight += part.timer_time;
                }
            }
            if weight > 0.0 {
                weighted / weight
            } else {
                f64::NAN
            }
        };
        let most =
            |of: fn(&Self) -> f64| parts.iter().map(|part| of(part)).fold(f64::NAN, f64::max);
        let least =
            |of: fn(&Self) -> f64| parts.iter().map(|part| of(part)).fold(f64::NAN, f64::min);
        Self {
            max_speed: most(|part| part.max_speed),
            avg_heart_rate: mean(|part| beats(part.avg_heart_rate)),
            max_heart_rate: most(|part| beats(part.max_heart_rate)),
            min_heart_rate: least(|part| beats(part.min_heart_rate)),
            avg_cadence: mean(|part| part.avg_cadence),
            max_cadence: most(|part| part.max_cadence),
            avg_power: mean(|part| part.avg_power),
            max_power: most(|part| part.max_power),
            ..Self::default()
        }
    }

    /// Mean distance of a stroke or revolution, in metres; `NaN` without any.
    pub fn cycle_length(&self) -> f64 {
        if self.cycles > 0.0 {
            self.distance / self.cycles
        } else {
            f64::NAN
        }
    }
}

/// A heart rate; 0 is none.
fn beats(rate: f64) -> f64 {
    if rate > 0.0 { rate } else { f64::NAN }
}

mod nullable {
    use serde::{Deserialize, Deserializer, Serializer};

    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "the signature is serde's"
    )]
    pub(super) fn serialize<S: Serializer>(value: &f64, to: S) -> Result<S::Ok, S::Error> {
        if value.is_finite() {
            to.serialize_f64(*value)
        } else {
            to.serialize_none()
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
        Ok(Option::<f64>::deserialize(from)?.unwrap_or(f64::NAN))
    }
}

/// A quantity's mean over time, and its extremes.
#[derive(Clone, Copy, Debug)]
struct Mean {
    weighted: f64,
    weight: f64,
    /// For stretches without any duration: the plain mean.
    sum: f64,
    count: f64,
    max: f64,
    min: f64,
}

impl Mean {
    const EMPTY: Self = Self {
        weighted: 0.0,
        weight: 0.0,
        sum: 0.0,
        count: 0.0,
        max: f64::NAN,
        min: f64::NAN,
    };

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
            self.max = self.max.max(value);
            self.min = self.min.min(value);
        }
    }

    fn mean(&self) -> f64 {
        if self.weight > 0.0 {
            self.weighted / self.weight
        } else if self.count > 0.0 {
            self.sum / self.count
        } else {
            f64::NAN
        }
    }
}

/// The columns of a batch that totals are made of, looked up once a batch.
#[derive(Clone, Copy, Debug, Default)]
pub struct Measured<'a> {
    speed: Option<&'a [f64]>,
    heart_rate: Option<&'a [f64]>,
    cadence: Option<&'a [f64]>,
    power: Option<&'a [f64]>,
}

impl<'a> Measured<'a> {
    /// The columns of `batch`.
    pub fn of(batch: &'a Batch) -> Self {
        Self {
            speed: batch.column(&field::SPEED),
            heart_rate: batch.column(&field::HEART_RATE),
            cadence: batch.column(&field::CADENCE),
            power: batch.column(&field::POWER),
        }
    }

    fn row(&self, row: usize) -> [f64; 4] {
        let at = |column: Option<&[f64]>| {
            column
                .and_then(|values| values.get(row).copied())
                .unwrap_or(f64::NAN)
        };
        [
            at(self.speed),
            at(self.heart_rate),
            at(self.cadence),
            at(self.power),
        ]
    }
}

/// Sums up samples into [`Totals`].
///
/// A sample's speed, heart rate, cadence and power stand for the time since the sample before
/// it, so a cut between two samples divides that time exactly. Time with the timer stopped
/// does not count. Distance, cycles and calories are counters: the caller, who knows their
/// values at the cuts, fills them in.
///
/// A heart rate of 0 is none: devices and programs write it when the belt has slipped or when there
/// is no belt. A cadence of 0 is a rest.
#[derive(Clone, Debug)]
pub struct Accumulator {
    speed: Mean,
    heart_rate: Mean,
    cadence: Mean,
    power: Mean,
    timer_time: f64,
}

impl Default for Accumulator {
    fn default() -> Self {
        Self {
            speed: Mean::EMPTY,
            heart_rate: Mean::EMPTY,
            cadence: Mean::EMPTY,
            power: Mean::EMPTY,
            timer_time: 0.0,
        }
    }
}

impl Accumulator {
    /// Counts `seconds` of running timer for which row `row` stands.
    pub fn stretch(&mut self, measured: &Measured<'_>, row: usize, seconds: f64) {
        self.timer_time += seconds;
        let weight = seconds.min(MAX_STEP);
        let [_, heart_rate, cadence, power] = measured.row(row);
        if heart_rate > 0.0 {
            self.heart_rate.stretch(heart_rate, weight);
        }
        if cadence > 0.0 {
            self.cadence.stretch(cadence, weight);
        }
        self.power.stretch(power, weight);
    }

    /// Takes row `row` into the extremes.
    pub fn sample(&mut self, measured: &Measured<'_>, row: usize) {
        let [speed, heart_rate, cadence, power] = measured.row(row);
        self.speed.sample(speed);
        if heart_rate > 0.0 {
            self.heart_rate.sample(heart_rate);
        }
        if cadence > 0.0 {
            self.cadence.sample(cadence);
        }
        self.power.sample(power);
    }

    /// Seconds of running timer so far.
    pub fn timer_time(&self) -> f64 {
        self.timer_time
    }

    /// The totals so far, without the counters (distance, cycles, calories).
    pub fn totals(&self) -> Totals {
        let work = self.power.weighted;
        Totals {
            timer_time: self.timer_time,
            work: if self.power.count > 0.0 || self.power.weight > 0.0 {
                work
            } else {
                f64::NAN
            },
            max_speed: self.speed.max,
            avg_heart_rate: self.heart_rate.mean(),
            max_heart_rate: self.heart_rate.max,
            min_heart_rate: self.heart_rate.min,
            avg_cadence: self.cadence.mean(),
            max_cadence: self.cadence.max,
            avg_power: self.power.mean(),
            max_power: self.power.max,
            ..Totals::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Timestamp;

    #[test]
    fn parts_tell_what_the_whole_does_not() {
        let part = |timer_time, avg_power, max_power| Totals {
            timer_time,
            avg_power,
            max_power,
            ..Totals::default()
        };
        let parts = [
            part(100.0, 200.0, 250.0),
            part(50.0, f64::NAN, f64::NAN),
            part(300.0, 100.0, 260.0),
        ];
        let mut whole = Totals {
            max_power: 240.0,
            ..Totals::default()
        };
        whole.fill_measured(&Totals::measured_over(&parts.each_ref()));
        assert_eq!(
            format!("{} {}", whole.avg_power, whole.max_power),
            "125 240"
        );
        assert!(whole.avg_heart_rate.is_nan() && whole.timer_time.is_nan());
    }

    /// GoldenCheetah's CSV and some computers' FIT files have 0 where there is no heart rate.
    #[test]
    fn a_heart_rate_of_0_is_none() {
        let mut batch = Batch::new(&[field::HEART_RATE, field::POWER]);
        for (second, rate) in [(0, 0.0), (1, 120.0), (2, 0.0), (3, 140.0)] {
            batch.push(Timestamp::from_seconds(second), &[rate, 0.0]);
        }
        let measured = Measured::of(&batch);
        let mut sums = Accumulator::default();
        for row in 0..batch.len() {
            sums.stretch(&measured, row, 1.0);
            sums.sample(&measured, row);
        }
        let totals = sums.totals();
        let rates = [
            totals.avg_heart_rate,
            totals.min_heart_rate,
            totals.max_heart_rate,
        ];
        assert_eq!(format!("{rates:?}"), "[130.0, 120.0, 140.0]");
        assert!(totals.avg_power.abs() < 1e-9, "{totals:?}");
    }
}
