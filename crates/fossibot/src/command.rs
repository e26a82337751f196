use std::fmt;

use crate::permitted::{Forbidden, Permitted};
use crate::profile::{Choices, Control};

/// A setting to make: made by [`Profile::command`](crate::Profile::command) only, from a name and an
/// absolute value, so that it is one that the profile has and the list of harmless writes too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    pub(crate) name: String,
    pub(crate) shown: String,
    pub(crate) write: Permitted,
    /// The holding register that has the most that this unit takes.
    pub(crate) at_most: Option<u16>,
    /// A switch, after which the next write need not wait as long as after a setting.
    pub(crate) quick: bool,
    /// The unit is off afterwards, so nothing can be read back.
    pub(crate) last: bool,
}

impl Command {
    /// The setting's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value as people write it, such as `80 %`.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// The write.
    pub fn write(&self) -> Permitted {
        self.write
    }
}

/// As it was asked for, such as `charge-limit=80 %`.
impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.name, self.shown)
    }
}

/// What the user has agreed to beyond ordinary settings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Consent {
    /// That the unit be shut down; it can be switched on only by hand.
    pub shut_down: bool,
    /// Writes that nobody has published to work.
    pub experimental: bool,
}

/// Why there is no such command.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CommandError {
    /// Occurs when the profile has no setting of that name.
    #[error("there is no setting `{name}`; there are {known}")]
    Unknown {
        /// What was asked for.
        name: String,
        /// The ones that there are.
        known: String,
    },
    /// Occurs when the profile lets nothing be written.
    #[error("the profile `{profile}` has nothing that can be set")]
    ReadOnly {
        /// The profile.
        profile: String,
    },
    /// Occurs when the value is not one of the setting's.
    #[error("`{value}` is no value of `{name}`: it takes {choices}")]
    Value {
        /// The setting.
        name: String,
        /// What was asked for.
        value: String,
        /// What it takes.
        choices: String,
    },
    /// Occurs when something would be toggled: the state that results would depend on another one.
    #[error("`{name}` can only be set to a state, not toggled: it takes {choices}")]
    Relative {
        /// The setting.
        name: String,
        /// What it takes.
        choices: String,
    },
    /// Occurs when the user has not agreed to shutting down.
    #[error("`{name}={value}` shuts the unit down until someone presses its button")]
    Unconfirmed {
        /// The setting.
        name: String,
        /// Its value.
        value: String,
    },
    /// Occurs when the user has not agreed to writes that nobody has published to work.
    #[error("nobody has reported that a unit of this kind takes `{name}`")]
    Experimental {
        /// The setting.
        name: String,
    },
    /// Occurs when the list of harmless writes does not have it.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
}

/// What a setting's value is in its register.
pub(crate) fn raw(control: &Control, value: &str) -> Result<u16, CommandError> {
    let wrong = || CommandError::Value {
        name: control.name.clone(),
        value: value.to_owned(),
        choices: control.to_string(),
    };
    if ["toggle", "flip"].contains(&value) || value.starts_with(['+', '-']) {
        return Err(CommandError::Relative {
            name: control.name.clone(),
            choices: control.to_string(),
        });
    }
    if let Choices::Named(names) = &control.choices {
        let mut names = names.iter();
        let found = names.find(|(name, _)| name == value);
        return found.map(|(_, raw)| *raw).ok_or_else(wrong);
    }
    let number = value.strip_suffix(control.unit.as_str()).unwrap_or(value);
    let number: f64 = number.trim_end().parse().map_err(|_| wrong())?;
    let in_range = match &control.choices {
        Choices::Range { from, to } => (*from..=*to).contains(&number),
        Choices::Numbers(numbers) => numbers.iter().any(|listed| (listed - number).abs() < 1e-9),
        Choices::Named(_) => false,
    };
    let raw = number / control.scale;
    // Half a step of the register is no value of it.
    if !in_range || (raw - raw.round()).abs() > 1e-6 || !(0.0..=65535.0).contains(&raw.round()) {
        return Err(wrong());
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a whole number within the range of u16"
    )]
    let raw = raw.round() as u16;
    Ok(raw)
}
