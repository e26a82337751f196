//! What registers mean, as data.

mod decode;
mod load;
mod raw;
mod shelf;

use std::fmt;

use modbus::{Bank, WriteShape};

pub use self::decode::{Decoded, Fact, Implausible};
pub use self::load::ProfileError;
pub use self::shelf::Profiles;
use crate::command::{self, Command, CommandError, Consent};
use crate::permitted::Permitted;

/// A kind of station: how to find it, what its registers mean, what may be set.
///
/// It comes from YAML by way of [`Profiles`].
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    name: String,
    /// How advertised names begin.
    names: Vec<String>,
    address: u8,
    registers: u16,
    shape: WriteShape,
    marks: Vec<Condition>,
    readings: Vec<Reading>,
    facts: Vec<Reading>,
    energy: EnergyReadings,
    controls: Vec<Control>,
}

/// A named quantity that is read.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    name: String,
    unit: String,
    origin: Origin,
    /// Raw values that mean that there is none.
    absent: Vec<u16>,
    /// All of these have to hold for the value to mean anything.
    when: Vec<Condition>,
    /// A value outside is none.
    valid: Option<[f64; 2]>,
    /// A value outside means that the profile is the wrong one.
    sane: Option<[f64; 2]>,
    /// It only serves others.
    hidden: bool,
}

impl Reading {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its unit; empty for pure numbers.
    pub fn unit(&self) -> &str {
        &self.unit
    }

    /// Whether it is 1 or 0, for yes and no.
    pub fn is_yes_or_no(&self) -> bool {
        matches!(self.origin, Origin::Bit { .. } | Origin::All(_))
    }

    /// The register that it comes from; `None` when it comes from several.
    pub fn register(&self) -> Option<(Bank, u16)> {
        match &self.origin {
            Origin::Number { at, .. } | Origin::Bit { at, .. } => Some((at.bank, at.register)),
            Origin::All(_) | Origin::Sum(_) => None,
        }
    }
}

/// A register of a bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct At {
    bank: Bank,
    register: u16,
}

/// Where a reading comes from.
#[derive(Clone, Debug, PartialEq)]
enum Origin {
    /// A register, masked, times the scale, plus the offset.
    Number {
        at: At,
        mask: u16,
        scale: f64,
        offset: f64,
    },
    /// 1 when the bit is set, else 0.
    Bit { at: At, bit: u8 },
    /// 1 when all hold, else 0.
    All(Vec<Condition>),
    /// The sum of readings before any of them is hidden; absent ones count nothing.
    Sum(Vec<usize>),
}

/// Something that a register has to say.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Condition {
    at: At,
    wants: Wants,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Wants {
    /// The bit is set.
    Bit(u8),
    /// It lies between the two, inclusive.
    Between(u16, u16),
}

/// Which readings are the powers that are counted, by their index.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct EnergyReadings {
    input: Option<usize>,
    output: Option<usize>,
    charged: Option<usize>,
}

/// A setting that may be made.
#[derive(Clone, Debug, PartialEq)]
pub struct Control {
    pub(crate) name: String,
    pub(crate) unit: String,
    register: u16,
    pub(crate) scale: f64,
    pub(crate) choices: Choices,
    at_most: Option<u16>,
    quick: bool,
    confirm: bool,
    experimental: bool,
}

/// What a setting takes, in its unit.
#[derive(Clone, Debug, PartialEq)]
pub enum Choices {
    /// Names for values, such as `on` and `off`.
    Named(Vec<(String, u16)>),
    /// Some numbers.
    Numbers(Vec<f64>),
    /// Numbers from one to another.
    Range {
        /// The least.
        from: f64,
        /// The most.
        to: f64,
    },
}

impl Control {
    /// Its name on the command line.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its unit; empty for states and pure numbers.
    pub fn unit(&self) -> &str {
        &self.unit
    }

    /// What it takes.
    pub fn choices(&self) -> &Choices {
        &self.choices
    }

    /// Whether it has to be confirmed, for it shuts the unit down.
    pub fn needs_confirmation(&self) -> bool {
        self.confirm
    }

    /// The register of the holding bank.
    pub fn register(&self) -> u16 {
        self.register
    }

    /// What a value of the register is called here, such as `on` or `80 %`.
    pub fn shown(&self, raw: u16) -> String {
        if let Choices::Named(names) = &self.choices {
            let name = names.iter().find(|(_, value)| *value == raw);
            return name.map_or_else(|| raw.to_string(), |(name, _)| name.clone());
        }
        let number = f64::from(raw) * self.scale;
        with_unit((number * 1e6).round() / 1e6, &self.unit)
    }
}

fn with_unit(number: f64, unit: &str) -> String {
    if unit.is_empty() {
        number.to_string()
    } else {
        format!("{number} {unit}")
    }
}

/// What it takes: `off, on`, `0, 3, 5 min`, `10 to 100 %`.
impl fmt::Display for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |items: Vec<String>| items.join(", ");
        let text = match &self.choices {
            Choices::Named(names) => {
                return f.write_str(&list(names.iter().map(|(name, _)| name.clone()).collect()));
            }
            Choices::Numbers(numbers) => list(numbers.iter().map(f64::to_string).collect()),
            Choices::Range { from, to } => format!("{from} to {to}"),
        };
        f.write_str(&text)?;
        if !self.unit.is_empty() {
            write!(f, " {}", self.unit)?;
        }
        Ok(())
    }
}

impl Profile {
    /// Its name in settings.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The unit's address on its bus.
    pub fn address(&self) -> u8 {
        self.address
    }

    /// The number of registers of a bank.
    pub fn registers(&self) -> u16 {
        self.registers
    }

    /// How the unit wants to be written to.
    pub fn shape(&self) -> WriteShape {
        self.shape
    }

    /// What it tells, in order.
    pub fn readings(&self) -> impl Iterator<Item = &Reading> {
        self.readings.iter().filter(|reading| !reading.hidden)
    }

    /// What may be set.
    pub fn controls(&self) -> &[Control] {
        &self.controls
    }

    /// The setting of a name.
    pub fn control(&self, name: &str) -> Option<&Control> {
        self.controls.iter().find(|control| control.name == name)
    }

    /// The command that makes a setting: absolute, within the ranges of this profile, and on the list
    /// of harmless writes. A number may carry the setting's unit.
    ///
    /// # Errors
    ///
    /// [`CommandError`]: what the profile, the list or the missing consent says against it.
    pub fn command(
        &self,
        name: &str,
        value: &str,
        consent: Consent,
    ) -> Result<Command, CommandError> {
        let control = self.control(name).ok_or_else(|| self.unknown(name))?;
        let value = value.trim();
        let raw = command::raw(control, value)?;
        if control.experimental && !consent.experimental {
            let name = name.to_owned();
            return Err(CommandError::Experimental { name });
        }
        if control.confirm && !consent.shut_down {
            let (name, value) = (name.to_owned(), value.to_owned());
            return Err(CommandError::Unconfirmed { name, value });
        }
        let confirmed = control.confirm && consent.shut_down;
        Ok(Command {
            name: name.to_owned(),
            shown: control.shown(raw),
            write: Permitted::new(self.shape, control.register, raw, confirmed)?,
            at_most: control.at_most,
            quick: control.quick,
            last: control.confirm,
        })
    }

    fn unknown(&self, name: &str) -> CommandError {
        if self.controls.is_empty() {
            let profile = self.name.clone();
            return CommandError::ReadOnly { profile };
        }
        let known: Vec<&str> = self.controls.iter().map(Control::name).collect();
        CommandError::Unknown {
            name: name.to_owned(),
            known: known.join(", "),
        }
    }
}
