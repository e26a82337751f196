//! The profiles that there are, and which one a station gets.

use std::path::PathBuf;

use fossibot::{Profile, Profiles};
use pipeline_plugin::ble::Sighting;
use pipeline_plugin::{Error, Problem, Result};

/// What most stations are; a station that was asked for by name may have any.
const COMMON: &str = "sydpower";

/// The built-in profiles and those of files.
pub(crate) fn load(files: &[PathBuf]) -> Result<Profiles> {
    let mut profiles = Profiles::builtin()
        .map_err(|error| Error::skip("the built-in profiles are broken").with_source(error))?;
    for file in files {
        let name = file.display();
        let text = std::fs::read_to_string(file)
            .map_err(|error| Error::io(format!("read the profile `{name}`"), error))?;
        profiles.add(&text).map_err(|error| {
            Error::skip(format!("cannot use the profile `{name}`")).with_source(error)
        })?;
    }
    Ok(profiles)
}

/// The profile of a name, or for a device when the name is `auto`.
pub(crate) fn choose<'a>(
    profiles: &'a Profiles,
    name: &str,
    device: Option<&Sighting>,
) -> Result<&'a Profile> {
    if name != "auto" {
        return profiles.named(name).ok_or_else(|| unknown(profiles, name));
    }
    let advertised = device.and_then(|device| device.name.as_deref());
    let known = advertised.and_then(|name| profiles.for_name(name));
    known
        .or_else(|| profiles.named(COMMON))
        .ok_or_else(|| unknown(profiles, COMMON))
}

/// What is wrong with the options `profiles` and `profile`, as far as that can be told without a
/// station. Profiles are settings that stand in a file of their own, so they are read for it.
pub(crate) fn check(files: &[PathBuf], name: &str) -> Option<Problem> {
    let (option, error) = match load(files) {
        Err(error) => ("profiles", error),
        Ok(profiles) => ("profile", choose(&profiles, name, None).err()?),
    };
    let problem = Problem::at(option, error.with_causes());
    Some(match error.help() {
        Some(help) => problem.with_help(help),
        None => problem,
    })
}

fn unknown(profiles: &Profiles, name: &str) -> Error {
    let known: Vec<&str> = profiles.iter().map(Profile::name).collect();
    Error::skip(format!("there is no profile `{name}`"))
        .with_help(format!("profiles: auto, {}", known.join(", ")))
}
