use std::fmt;
use std::str::FromStr;

use crate::shown::Shown;

/// The name of a ride on a device, such as `20240715062336.fit`.
///
/// Names come from a device, so they are checked once and are identifiers from then on: letters,
/// digits, `_` and `-`, at most 14 of them, then `.fit` or `.FIT`. Such a name has no folder in it and
/// is no special file anywhere. Don't make a path of it all the same: what a ride is called after
/// delivery is the pipeline's business. All rides seen have 14 digits, the local time at their start;
/// the zone isn't known, so take the time from the file.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RideName(Box<str>);

/// Most characters before the ending: a request has room for 18 bytes.
const STEM: usize = 14;

impl RideName {
    /// Checks a name.
    ///
    /// # Errors
    ///
    /// [`NameError`] says what is wrong with it.
    pub fn new(name: &[u8]) -> Result<Self, NameError> {
        match problem(name) {
            Some(problem) => Err(NameError {
                name: Shown(name).to_string(),
                problem,
            }),
            None => Ok(Self(String::from_utf8_lossy(name).into())),
        }
    }

    /// The name as the device has it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RideName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for RideName {
    type Err = NameError;

    fn from_str(name: &str) -> Result<Self, NameError> {
        Self::new(name.as_bytes())
    }
}

fn problem(name: &[u8]) -> Option<NameProblem> {
    let Some(stem) = name.strip_suffix(b".fit").or(name.strip_suffix(b".FIT")) else {
        return Some(NameProblem::Ending);
    };
    if stem.is_empty() {
        return Some(NameProblem::Empty);
    }
    if stem.len() > STEM {
        return Some(NameProblem::Long);
    }
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if !stem.iter().all(allowed) {
        return Some(NameProblem::Character);
    }
    if stem.starts_with(b"-") {
        return Some(NameProblem::Option);
    }
    reserved(stem).then_some(NameProblem::Reserved)
}

/// Files that Windows takes for devices, whatever their ending.
fn reserved(stem: &[u8]) -> bool {
    let stem = stem.to_ascii_uppercase();
    matches!(
        &stem[..],
        b"CON"
            | b"PRN"
            | b"AUX"
            | b"NUL"
            | [b'C', b'O', b'M', b'0'..=b'9']
            | [b'L', b'P', b'T', b'0'..=b'9']
    )
}

/// Why a name isn't one of a ride.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is no name of a ride: {problem}")]
pub struct NameError {
    /// The name, made harmless and cut.
    pub name: String,
    /// What is wrong with it.
    pub problem: NameProblem,
}

/// What is wrong with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameProblem {
    /// It ends in something else.
    #[error("it does not end in .fit")]
    Ending,
    /// There is only the ending.
    #[error("there is nothing before .fit")]
    Empty,
    /// It can't be requested.
    #[error("it is too long to be requested")]
    Long,
    /// Something else than letters, digits, `_` and `-`.
    #[error("it has other characters than letters, digits, _ and -")]
    Character,
    /// Commands would take it for an option.
    #[error("it begins with -")]
    Option,
    /// Windows takes it for a device.
    #[error("the name is reserved on Windows")]
    Reserved,
    /// Another name differs in case only.
    #[error("the same name is in the list already")]
    Duplicate,
    /// Its size is no number, or its entry isn't one.
    #[error("its entry can't be read")]
    Entry,
}

/// The files on a device that aren't rides; which of them exist depends on the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SystemFile {
    /// `filelist.txt`: rides of G, G+ Gen 1, Sprint, M1 and M2. Missing before the first ride.
    FileList,
    /// `workouts.json`: rides of Gen 2 and later, and of NAV.
    Workouts,
    /// `Setting.json`: settings of G+ Gen 1; M2 has one that holds only a version.
    OldSettings,
    /// `settings.json`: settings of Gen 2 and later, and of NAV.
    Settings,
    /// `user_profile.json`: the rider, of Gen 2 and later, and of NAV.
    UserProfile,
    /// `gear_profile.json`: bikes.
    GearProfile,
    /// `panels.json`: pages of the display, of Gen 2 and later.
    Panels,
    /// `panel.json`: what the vendor's document calls `panels.json`.
    OldPanels,
    /// `routebooks.json`: the list of routes, of NAV.
    RouteBooks,
    /// `offline.gnss`: satellite data; can only be sent.
    Gnss,
}

impl SystemFile {
    /// The name as the device has it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FileList => "filelist.txt",
            Self::Workouts => "workouts.json",
            Self::OldSettings => "Setting.json",
            Self::Settings => "settings.json",
            Self::UserProfile => "user_profile.json",
            Self::GearProfile => "gear_profile.json",
            Self::Panels => "panels.json",
            Self::OldPanels => "panel.json",
            Self::RouteBooks => "routebooks.json",
            Self::Gnss => "offline.gnss",
        }
    }
}

/// A file that can be asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum FileName {
    /// A ride.
    Ride(RideName),
    /// Anything else.
    System(SystemFile),
}

impl FileName {
    /// The name as the device has it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Ride(name) => name.as_str(),
            Self::System(file) => file.as_str(),
        }
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A ride of which somebody said that it has arrived everywhere.
///
/// Only such a ride can be deleted from a device. There is no way to get one but to say so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered(RideName);

impl Delivered {
    /// States that every destination has committed this ride. Say it when the ledger does.
    pub fn stated(name: RideName) -> Self {
        Self(name)
    }

    /// The ride.
    pub fn name(&self) -> &RideName {
        &self.0
    }
}
