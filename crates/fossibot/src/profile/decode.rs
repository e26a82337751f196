//! What registers say, by a profile.

use modbus::Bank;

use super::{Condition, Origin, Profile, Reading, Wants};
use crate::bank::Banks;
use crate::energy::Powers;

/// What a status says.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded {
    /// The value of each of [`Profile::readings`] in its unit; `NaN` where the registers have none,
    /// or one that means nothing.
    pub values: Vec<f64>,
    /// The powers that are counted, in watts.
    pub powers: Powers,
}

/// Something that the unit says about itself and that does not change, such as a version.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// What.
    pub name: String,
    /// The value.
    pub value: f64,
    /// Its unit; empty for pure numbers.
    pub unit: String,
}

/// A value that no unit of this kind can have: the profile is probably the wrong one.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("wrong profile? by `{profile}`, {reading} is {value}{}, not between {from} and {to}{}",
    spaced(unit), hint(suggestion.as_deref()))]
pub struct Implausible {
    /// The profile that was used.
    pub profile: String,
    /// The reading.
    pub reading: String,
    /// Its value.
    pub value: f64,
    /// Its unit.
    pub unit: String,
    /// The least that it can be.
    pub from: f64,
    /// The most that it can be.
    pub to: f64,
    /// A profile that the registers speak for.
    pub suggestion: Option<String>,
}

fn spaced(unit: &str) -> String {
    if unit.is_empty() {
        String::new()
    } else {
        format!(" {unit}")
    }
}

fn hint(suggestion: Option<&str>) -> String {
    suggestion.map_or_else(String::new, |name| {
        format!("; the registers look like those of `{name}`")
    })
}

impl Condition {
    /// Whether it holds; `None` while the register is not known.
    fn holds(&self, banks: &Banks) -> Option<bool> {
        let raw = banks.get(self.at.bank, self.at.register)?;
        Some(match self.wants {
            Wants::Bit(bit) => raw >> bit & 1 == 1,
            Wants::Between(from, to) => (from..=to).contains(&raw),
        })
    }
}

/// Whether all hold; `None` while one is not known.
fn all(conditions: &[Condition], banks: &Banks) -> Option<bool> {
    let mut all = true;
    for condition in conditions {
        all &= condition.holds(banks)?;
    }
    Some(all)
}

impl Reading {
    /// Its value before a look at whether it can be; `NaN` when there is none.
    fn value(&self, banks: &Banks, before: &[f64]) -> f64 {
        self.number(banks, before).unwrap_or(f64::NAN)
    }

    fn number(&self, banks: &Banks, before: &[f64]) -> Option<f64> {
        if !all(&self.when, banks)? {
            return None;
        }
        let value = match &self.origin {
            Origin::Number {
                at,
                mask,
                scale,
                offset,
            } => {
                let raw = banks.get(at.bank, at.register)? & mask;
                if self.absent.contains(&raw) {
                    return None;
                }
                scaled(raw, *scale) + offset
            }
            Origin::Bit { at, bit } => f64::from(banks.get(at.bank, at.register)? >> bit & 1),
            Origin::All(conditions) => f64::from(u8::from(all(conditions, banks)?)),
            Origin::Sum(indices) => {
                let values = indices.iter().filter_map(|index| before.get(*index));
                let mut known = values.filter(|value| !value.is_nan()).peekable();
                known.peek()?;
                known.sum()
            }
        };
        let is_valid = |[from, to]: [f64; 2]| (from..=to).contains(&value);
        self.valid.is_none_or(is_valid).then_some(value)
    }
}

/// Tenths and hundredths as a decimal would be read: 734 and 0.1 give 73.4, not 73.40000000000001.
fn scaled(raw: u16, scale: f64) -> f64 {
    let divisor = (1.0 / scale).round();
    if scale < 1.0 && (divisor * scale - 1.0).abs() < 1e-12 {
        f64::from(raw) / divisor
    } else {
        f64::from(raw) * scale
    }
}

impl Profile {
    /// The values of all readings, in order, hidden ones too.
    fn every(&self, banks: &Banks) -> Vec<f64> {
        let mut values = vec![f64::NAN; self.readings.len()];
        // Sums come after what they add up, wherever they stand.
        for sums in [false, true] {
            for (index, reading) in self.readings.iter().enumerate() {
                if matches!(reading.origin, Origin::Sum(_)) == sums {
                    let value = reading.value(banks, &values);
                    if let Some(place) = values.get_mut(index) {
                        *place = value;
                    }
                }
            }
        }
        values
    }

    /// What a status says.
    ///
    /// # Errors
    ///
    /// When it can't be one of such a unit: the first reading that can't be, without a suggestion.
    pub fn decode(&self, banks: &Banks) -> Result<Decoded, Implausible> {
        let values = self.every(banks);
        for (reading, value) in self.readings.iter().zip(&values) {
            if let Some([from, to]) = reading.sane
                && !value.is_nan()
                && !(from..=to).contains(value)
            {
                return Err(Implausible {
                    profile: self.name.clone(),
                    reading: reading.name.clone(),
                    value: *value,
                    unit: reading.unit.clone(),
                    from,
                    to,
                    suggestion: None,
                });
            }
        }
        let of = |index: Option<usize>| {
            let value = index.and_then(|index| values.get(index));
            value.copied().unwrap_or(f64::NAN)
        };
        let powers = Powers {
            input: of(self.energy.input),
            output: of(self.energy.output),
            charged: of(self.energy.charged),
        };
        let values = values.into_iter().zip(&self.readings);
        let shown = values.filter(|(_, reading)| !reading.hidden);
        Ok(Decoded {
            values: shown.map(|(value, _)| value).collect(),
            powers,
        })
    }

    /// What the unit says about itself.
    pub fn facts(&self, banks: &Banks) -> Vec<Fact> {
        let facts = self.facts.iter().filter_map(|fact| {
            Some(Fact {
                name: fact.name.clone(),
                value: fact.number(banks, &[])?,
                unit: fact.unit.clone(),
            })
        });
        facts.collect()
    }

    /// Whether the status has what tells this kind of unit from others, if anything does.
    pub fn is_marked(&self, banks: &Banks) -> bool {
        !self.marks.is_empty() && all(&self.marks, banks) == Some(true)
    }

    /// The most that a register's reading is told to be, for limits that units have themselves.
    pub(crate) fn limit(banks: &Banks, register: u16) -> Option<u16> {
        banks.get(Bank::Holding, register)
    }
}
