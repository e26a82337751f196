use pipeline_plugin::{Field, Sex, field};

/// 1 kcal in kJ.
const KILOJOULES: f64 = 4.184;

/// 1 kg in pounds, to the digits with which Concept2's correction is published.
const POUNDS: f64 = 2.204_62;

/// Rate at rest: 1 kcal per kilogram and hour.
const RESTING: f64 = 1.0;

/// How fast energy is spent, by what a sample says.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rate {
    /// By power, with kcal/h at 0 W.
    Power {
        /// In kcal/h.
        base: f64,
    },
    /// By heart rate: a straight line, in kcal/min.
    Beats {
        /// At 0 bpm.
        base: f64,
        /// For each bpm.
        slope: f64,
        /// The least.
        resting: f64,
    },
    /// Always the same, in kcal/h.
    Constant(f64),
}

/// Energy per second.
#[derive(Clone, Copy, Debug)]
pub(crate) enum PerSecond {
    /// In kcal.
    Known(f64),
    /// In kcal; what the formula gives at rest, because it does not apply.
    Resting(f64),
    /// There is nothing to compute it from.
    Unknown,
}

impl Rate {
    /// Concept2's formula for a person of 175 lb.
    pub(crate) const CONCEPT2: Self = Self::Power { base: 300.0 };

    /// Concept2's formula with the correction for the weight, in kilograms.
    pub(crate) fn concept2_weight(weight: f64) -> Self {
        Self::Power {
            base: 1.714 * weight * POUNDS,
        }
    }

    /// Keytel's formula, for kilograms and years.
    pub(crate) fn keytel(sex: Sex, weight: f64, age: f64) -> Self {
        match sex {
            Sex::Male => Self::line(-55.0969 + 0.1988 * weight + 0.2017 * age, 0.6309, weight),
            Sex::Female => Self::line(-20.4022 - 0.1263 * weight + 0.0740 * age, 0.4472, weight),
        }
    }

    /// Keytel's formula with the maximal oxygen uptake in ml/kg/min.
    pub(crate) fn keytel_vo2max(sex: Sex, weight: f64, age: f64, vo2max: f64) -> Self {
        match sex {
            Sex::Male => Self::line(
                -95.7735 + 0.404 * vo2max + 0.394 * weight + 0.271 * age,
                0.634,
                weight,
            ),
            Sex::Female => Self::line(
                -59.3954 + 0.380 * vo2max + 0.103 * weight + 0.274 * age,
                0.450,
                weight,
            ),
        }
    }

    /// So many times the rate at rest.
    pub(crate) fn met(met: f64, weight: f64) -> Self {
        Self::Constant(met * RESTING * weight)
    }

    /// A line over the heart rate, from kJ/min.
    fn line(base: f64, slope: f64, weight: f64) -> Self {
        Self::Beats {
            base: base / KILOJOULES,
            slope: slope / KILOJOULES,
            resting: RESTING * weight / 60.0,
        }
    }

    /// What it is computed from.
    pub(crate) fn field(self) -> Option<Field> {
        match self {
            Self::Power { .. } => Some(field::POWER),
            Self::Beats { .. } => Some(field::HEART_RATE),
            Self::Constant(_) => None,
        }
    }

    /// The rate at that power or heart rate; `NaN` where it was not measured.
    pub(crate) fn at(self, value: f64) -> PerSecond {
        match self {
            Self::Power { .. } if !(0.0..f64::INFINITY).contains(&value) => PerSecond::Unknown,
            Self::Power { base } => PerSecond::Known((4.0 * 0.8604 * value + base) / 3600.0),
            Self::Beats {
                base,
                slope,
                resting,
            } => {
                let rate = base + slope * value;
                // A heart rate of 0 means that the belt has slipped.
                if value > 0.0 && rate >= resting {
                    PerSecond::Known(rate / 60.0)
                } else {
                    PerSecond::Resting(resting / 60.0)
                }
            }
            Self::Constant(rate) => PerSecond::Known(rate / 3600.0),
        }
    }
}
