//! Words for what became of a command.

use fossibot::{Outcome, Profile, Written};
use pipeline_plugin::{Error, Result};

/// What became of a command, in words.
///
/// # Errors
///
/// When the setting was not made, or that is not known: why, and what to do.
pub fn outcome(profile: &Profile, written: &Written) -> Result<&'static str> {
    let command = &written.command;
    let shown = |raw| match profile.control(command.name()) {
        Some(control) => control.shown(raw),
        None => raw.to_string(),
    };
    let (text, help) = match written.outcome {
        Outcome::Applied => return Ok("applied"),
        Outcome::Sent => return Ok("sent; the station is to be off now"),
        Outcome::Ignored { found } => (
            format!("the station ignored it: it is still {}", shown(found)),
            "some models have a dial or a switch that decides",
        ),
        Outcome::Unconfirmed => (
            "it was sent, but could not be read back".to_owned(),
            "look at the station, or set it again",
        ),
        Outcome::Refused => (
            "the station refused it".to_owned(),
            "this model may not have this setting",
        ),
        Outcome::TooMuch { most } => (
            format!("this station takes {} at most", shown(most)),
            "set less",
        ),
        Outcome::WrongProfile => (
            "it was not sent: the status does not fit the profile".to_owned(),
            "choose another profile",
        ),
        Outcome::Superseded => (
            "it was not sent: another value came after it".to_owned(),
            "nothing is to be done",
        ),
        Outcome::TooMany => (
            "it was not sent: too many settings wait already".to_owned(),
            "set less at a time",
        ),
        _ => (
            "it was not sent: the station does not answer".to_owned(),
            "bring it into reach, and close its app: it takes one connection at a time",
        ),
    };
    Err(Error::skip(format!("`{command}`: {text}")).with_help(help))
}
