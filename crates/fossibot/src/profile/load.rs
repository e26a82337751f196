//! Profiles out of what YAML says.

use modbus::{Bank, MAX_REGISTERS, WriteShape};

use super::raw::{RawCondition, RawControl, RawEnergy, RawProfile, RawReading, RawShape};
use super::{At, Choices, Condition, Control, EnergyReadings, Origin, Profile, Reading, Wants};
use crate::permitted::{Forbidden, Permitted};

/// What is wrong with a profile.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProfileError {
    /// Occurs when the text isn't YAML, or has keys that no profile has.
    #[error("the profile can't be read: {0}")]
    Yaml(String),
    /// Occurs when a profile of that name is there already.
    #[error("there is a profile `{0}` already")]
    Twice(String),
    /// Occurs when the profile that it builds on does not exist.
    #[error("there is no profile `{0}` to build on; write `base: sydpower`, or another one's name")]
    Base(String),
    /// Occurs when there is neither a profile to build on nor all that one needs.
    #[error("`{0}` is missing; write it, or `base:` with the name of a profile that has it")]
    Missing(&'static str),
    /// Occurs when something is said that makes no sense.
    #[error("`{name}`: {problem}")]
    Entry {
        /// Of which reading or setting.
        name: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// Occurs when a profile would let more be written than the one that it builds on.
    #[error("`{name}`: {problem}; a profile can only narrow what may be written")]
    Widens {
        /// The setting.
        name: String,
        /// How.
        problem: &'static str,
    },
    /// Occurs when a setting has values that are not on the list of harmless writes.
    #[error("`{name}`")]
    Forbidden {
        /// The setting.
        name: String,
        /// What is not on the list.
        #[source]
        source: Forbidden,
    },
}

fn entry(name: &str, problem: &'static str) -> ProfileError {
    let name = name.to_owned();
    ProfileError::Entry { name, problem }
}

fn widens(name: &str, problem: &'static str) -> ProfileError {
    let name = name.to_owned();
    ProfileError::Widens { name, problem }
}

/// Who has written a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Author {
    Us,
    User,
}

/// Makes a profile, on top of another one if it names one.
pub(super) fn profile(
    raw: RawProfile,
    base: Option<&Profile>,
    author: Author,
) -> Result<Profile, ProfileError> {
    let fresh = base.is_none();
    let mut profile = base.cloned().unwrap_or_else(empty);
    profile.name = raw.profile;
    profile.names = raw.names.unwrap_or_default();
    profile.address = raw.address.unwrap_or(profile.address);
    match raw.registers {
        Some(count) if (1..=MAX_REGISTERS).contains(&count) => profile.registers = count,
        Some(_) => return Err(entry("registers", "there are 1 to 200")),
        None if fresh => return Err(ProfileError::Missing("registers")),
        None => {}
    }
    match (raw.write, author) {
        (None, _) => {}
        (Some(RawShape::Single), Author::Us) => profile.shape = WriteShape::Single,
        (Some(RawShape::Counted), Author::Us) => profile.shape = WriteShape::Counted,
        (Some(_), Author::User) => return Err(widens("write", "it says how to write")),
    }
    if !raw.marks.is_empty() {
        profile.marks = conditions("marks", raw.marks)?;
    } else if !fresh {
        profile.marks.clear();
    }
    readings(&mut profile, raw.readings)?;
    for fact in raw.facts {
        let fact = reading(fact, &[])?;
        profile.facts.push(fact);
    }
    if let Some(raw) = raw.energy {
        profile.energy = energy(&raw, &profile.readings)?;
    }
    if let Some(raw) = raw.writes {
        profile.controls = match author {
            Author::Us => controls(raw, profile.shape)?,
            Author::User => narrowed(raw, &profile.controls)?,
        };
    }
    Ok(profile)
}

fn empty() -> Profile {
    Profile {
        name: String::new(),
        names: Vec::new(),
        address: 0x11,
        registers: 0,
        shape: WriteShape::Single,
        marks: Vec::new(),
        readings: Vec::new(),
        facts: Vec::new(),
        energy: EnergyReadings::default(),
        controls: Vec::new(),
    }
}

/// Adds readings; one of the same name takes the place of the one that is there.
fn readings(profile: &mut Profile, raw: Vec<RawReading>) -> Result<(), ProfileError> {
    let mut names: Vec<String> = profile.readings.iter().map(|r| r.name.clone()).collect();
    for raw in &raw {
        if !names.contains(&raw.name) {
            names.push(raw.name.clone());
        }
    }
    for raw in raw {
        let reading = reading(raw, &names)?;
        let mut there = profile.readings.iter_mut();
        match there.find(|there| there.name == reading.name) {
            Some(there) => *there = reading,
            None => profile.readings.push(reading),
        }
    }
    Ok(())
}

fn at(name: &str, input: Option<u16>, holding: Option<u16>) -> Result<Option<At>, ProfileError> {
    let (bank, register) = match (input, holding) {
        (Some(register), None) => (Bank::Input, register),
        (None, Some(register)) => (Bank::Holding, register),
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => return Err(entry(name, "write `input` or `holding`, not both")),
    };
    if register >= MAX_REGISTERS {
        return Err(entry(name, "registers are numbered from 0 to 199"));
    }
    Ok(Some(At { bank, register }))
}

fn conditions(name: &str, raw: Vec<RawCondition>) -> Result<Vec<Condition>, ProfileError> {
    let condition = |raw: RawCondition| {
        let at = at(name, raw.input, raw.holding)?
            .ok_or_else(|| entry(name, "a condition needs `input` or `holding`"))?;
        let wants = match (raw.bit, raw.from, raw.to) {
            (Some(bit @ 0..=15), None, None) => Wants::Bit(bit),
            (None, None, None) | (Some(_), _, _) => {
                return Err(entry(
                    name,
                    "a condition needs `bit` from 0 to 15, or `from` or `to`",
                ));
            }
            (None, from, to) => Wants::Between(from.unwrap_or(0), to.unwrap_or(u16::MAX)),
        };
        Ok(Condition { at, wants })
    };
    raw.into_iter().map(condition).collect()
}

/// Whether a text can be the name of a column and of a topic.
fn is_name(name: &str) -> bool {
    let mut letters = name.bytes();
    letters
        .next()
        .is_some_and(|first| first.is_ascii_lowercase())
        && letters.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_')
}

fn reading(raw: RawReading, names: &[String]) -> Result<Reading, ProfileError> {
    let name = raw.name;
    // Facts have names for people.
    if !names.is_empty() && !is_name(&name) {
        return Err(entry(&name, "names are lower case letters, digits and `_`"));
    }
    let at = at(&name, raw.input, raw.holding)?;
    let origin = match (at, raw.bit, raw.all, raw.sum) {
        (Some(at), Some(bit @ 0..=15), None, None) => Origin::Bit { at, bit },
        (Some(_), Some(_), ..) => return Err(entry(&name, "bits are numbered from 0 to 15")),
        (Some(at), None, None, None) => Origin::Number {
            at,
            mask: raw.mask.unwrap_or(u16::MAX),
            scale: raw.scale.unwrap_or(1.0),
            offset: raw.offset.unwrap_or(0.0),
        },
        (None, None, Some(all), None) => Origin::All(conditions(&name, all)?),
        (None, None, None, Some(parts)) => {
            let index = |part: &String| {
                names
                    .iter()
                    .position(|name| name == part)
                    .ok_or_else(|| entry(&name, "the sum has a reading that there is not"))
            };
            Origin::Sum(parts.iter().map(index).collect::<Result<_, _>>()?)
        }
        _ => {
            let problem = "write one of `input`, `holding`, `all` and `sum`";
            return Err(entry(&name, problem));
        }
    };
    let numbers = [raw.scale, raw.offset].into_iter().flatten();
    let bounds = [raw.valid, raw.sane].into_iter().flatten().flatten();
    if !numbers.chain(bounds).all(f64::is_finite) || raw.scale == Some(0.0) {
        return Err(entry(&name, "a scale or bound is no number to reckon with"));
    }
    Ok(Reading {
        when: conditions(&name, raw.when)?,
        name,
        unit: raw.unit,
        origin,
        absent: raw.absent,
        valid: raw.valid,
        sane: raw.sane,
        hidden: raw.hidden,
    })
}

fn energy(raw: &RawEnergy, readings: &[Reading]) -> Result<EnergyReadings, ProfileError> {
    let index = |name: &Option<String>| {
        let Some(name) = name else {
            return Ok(None);
        };
        let index = readings.iter().position(|reading| reading.name == *name);
        let index = index.ok_or_else(|| entry(name, "there is no such reading to count"));
        index.map(Some)
    };
    Ok(EnergyReadings {
        input: index(&raw.input)?,
        output: index(&raw.output)?,
        charged: index(&raw.charged)?,
    })
}

/// The settings of a built-in profile: each of their values is on the list of harmless writes.
fn controls(raw: Vec<RawControl>, shape: WriteShape) -> Result<Vec<Control>, ProfileError> {
    let control = |raw: RawControl| {
        let name = raw.name;
        let register = raw.holding;
        let register = register.ok_or_else(|| entry(&name, "`holding` is missing"))?;
        let choices = match (raw.values, raw.numbers, raw.from, raw.to) {
            (Some(values), None, None, None) => {
                let mut values: Vec<_> = values.into_iter().collect();
                values.sort_by_key(|(_, value)| *value);
                Choices::Named(values)
            }
            (None, Some(numbers), None, None) => Choices::Numbers(numbers),
            (None, None, Some(from), Some(to)) => Choices::Range { from, to },
            _ => {
                let problem = "write `values`, or `numbers`, or `from` and `to`";
                return Err(entry(&name, problem));
            }
        };
        let control = Control {
            name,
            unit: raw.unit.unwrap_or_default(),
            register,
            scale: raw.scale.unwrap_or(1.0),
            choices,
            at_most: raw.at_most,
            quick: raw.quick.unwrap_or(false),
            confirm: raw.confirm.unwrap_or(false),
            experimental: raw.experimental.unwrap_or(false),
        };
        for value in control.raw_values() {
            Permitted::new(shape, register, value, control.confirm).map_err(|source| {
                let name = control.name.clone();
                ProfileError::Forbidden { name, source }
            })?;
        }
        Ok(control)
    };
    raw.into_iter().map(control).collect()
}

impl Control {
    /// Every value that its register may get.
    fn raw_values(&self) -> Vec<u16> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "casts of floats saturate, and the list of writes judges what comes out"
        )]
        let raw = |number: f64| (number / self.scale).round() as u16;
        match &self.choices {
            Choices::Named(names) => names.iter().map(|(_, value)| *value).collect(),
            Choices::Numbers(numbers) => numbers.iter().copied().map(raw).collect(),
            Choices::Range { from, to } => (raw(*from)..=raw(*to)).collect(),
        }
    }
}

/// Of the settings that there are, those that are listed, with less than they take.
fn narrowed(raw: Vec<RawControl>, there: &[Control]) -> Result<Vec<Control>, ProfileError> {
    let narrow = |raw: RawControl| {
        let name = raw.name.as_str();
        let mut there = there.iter();
        let control = there.find(|control| control.name == name);
        let mut control = control
            .ok_or_else(|| widens(name, "the profile that it builds on has no such setting"))?
            .clone();
        let says_how = raw.holding.is_some()
            || raw.values.is_some()
            || raw.scale.is_some()
            || raw.unit.is_some()
            || raw.at_most.is_some()
            || raw.quick.is_some()
            || raw.confirm.is_some()
            || raw.experimental.is_some();
        if says_how {
            return Err(widens(
                name,
                "it says how to write; only `only`, `numbers`, `from` and `to` may stand here",
            ));
        }
        control.choices = less(name, &raw, &control.choices)?;
        Ok(control)
    };
    raw.into_iter().map(narrow).collect()
}

fn less(name: &str, raw: &RawControl, choices: &Choices) -> Result<Choices, ProfileError> {
    let wider = || widens(name, "it takes more than the profile that it builds on");
    match (choices, &raw.only, &raw.numbers, raw.from, raw.to) {
        (_, None, None, None, None) => Ok(choices.clone()),
        (Choices::Named(there), Some(only), None, None, None) => {
            let find = |name: &String| {
                let mut there = there.iter();
                there
                    .find(|(known, _)| known == name)
                    .cloned()
                    .ok_or_else(wider)
            };
            Ok(Choices::Named(
                only.iter().map(find).collect::<Result<_, _>>()?,
            ))
        }
        (Choices::Numbers(there), None, Some(numbers), None, None) => {
            let is_there = |number: &f64| there.iter().any(|known| (known - number).abs() < 1e-9);
            let all = numbers.iter().all(is_there);
            all.then(|| Choices::Numbers(numbers.clone()))
                .ok_or_else(wider)
        }
        (Choices::Range { from, to }, None, None, low, high) => {
            let (low, high) = (low.unwrap_or(*from), high.unwrap_or(*to));
            let inside = *from <= low && low <= high && high <= *to;
            let range = Choices::Range {
                from: low,
                to: high,
            };
            inside.then_some(range).ok_or_else(wider)
        }
        _ => Err(entry(
            name,
            "write `only` for states, `numbers` for listed numbers, `from` and `to` for ranges",
        )),
    }
}
