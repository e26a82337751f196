use std::collections::HashSet;

use serde_json::Value;
use serde_json::value::RawValue;

use crate::document::{Document, DocumentError, Header};
use crate::name::NameProblem;
use crate::shown::Shown;
use crate::{NameError, RideName, SystemFile};

/// The rides on a device.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// The file that it comes from; `None` when the device has none, which means that there are no
    /// rides yet. Remember it per serial number: the next listing needs one question less.
    pub file: Option<SystemFile>,
    /// What the file says of itself; `filelist.txt` says nothing.
    pub header: Header,
    /// In the order of the file.
    pub rides: Vec<ListedRide>,
    /// Entries that aren't taken, and why. Nothing is left out silently.
    pub refused: Vec<NameError>,
}

/// One ride in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedRide {
    /// What to ask for.
    pub name: RideName,
    /// Bytes, where the list says it.
    pub size: Option<u64>,
    /// What the device thinks of it.
    pub state: RideState,
}

/// What a device thinks of a ride.
///
/// NAV sets [`Synced`](Self::Synced) after any download, so the vendor's app may not fetch it any
/// more: tell the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RideState {
    /// The list doesn't say (`filelist.txt`).
    NotSaid,
    /// 0: nobody has fetched it.
    NotSynced,
    /// 1: it goes on right now.
    Recording,
    /// 2: somebody fetches it right now.
    Syncing,
    /// 3: somebody has fetched it.
    Synced,
    /// 4: something went wrong.
    Broken,
    /// 5: it is too large.
    TooLarge,
    /// Another number.
    Unknown(u64),
}

impl RideState {
    /// Whether it can be fetched now.
    pub fn is_complete(self) -> bool {
        !matches!(self, Self::Recording | Self::Syncing)
    }

    fn new(state: Option<u64>) -> Self {
        match state {
            None => Self::NotSaid,
            Some(0) => Self::NotSynced,
            Some(1) => Self::Recording,
            Some(2) => Self::Syncing,
            Some(3) => Self::Synced,
            Some(4) => Self::Broken,
            Some(5) => Self::TooLarge,
            Some(other) => Self::Unknown(other),
        }
    }
}

impl Listing {
    /// Reads `filelist.txt`: a line for each ride, its name, a space, its size.
    ///
    /// Lines end in CR LF (M1), LF or CR; the size may be missing, lines may be empty.
    pub fn from_file_list(text: &[u8]) -> Self {
        let mut list = Rides::default();
        let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
        let lines = text.split(|byte| matches!(byte, b'\r' | b'\n'));
        for line in lines.map(without_filling).filter(|line| !line.is_empty()) {
            let space = line.iter().rposition(|&byte| byte == b' ');
            let parts = space.and_then(|space| line.split_at_checked(space));
            let (name, size) = match parts {
                Some((name, size)) => (name, Some(size.trim_ascii())),
                None => (line, None),
            };
            match size.map(digits) {
                None => list.add(name, None, RideState::NotSaid),
                Some(Some(size)) => list.add(name, Some(size), RideState::NotSaid),
                Some(None) => list.refuse(line),
            }
        }
        list.finish(SystemFile::FileList, Header::default())
    }

    /// Reads `workouts.json`: a header and `workouts`, an array of `[name, size, state]`, where the
    /// name is the digits before `.fit` as one number.
    ///
    /// # Errors
    ///
    /// When it is no such document.
    pub fn from_workouts(file: &[u8]) -> Result<Self, DocumentError> {
        let document = Document::parse(file)?;
        if document.raw(&["workouts"]).is_none() {
            return Err(DocumentError::Missing("workouts".to_owned()));
        }
        let workouts: Option<Vec<Box<RawValue>>> = document.get(&["workouts"])?;
        let mut list = Rides::default();
        for entry in workouts.unwrap_or_default() {
            let Some((name, size, state)) = workout(entry.get()) else {
                list.refuse(entry.get().as_bytes());
                continue;
            };
            list.add(name.as_bytes(), size, RideState::new(state));
        }
        Ok(list.finish(SystemFile::Workouts, document.header()))
    }
}

/// Name, size and state of an entry; what is missing behind the name isn't known.
fn workout(entry: &str) -> Option<(String, Option<u64>, Option<u64>)> {
    let entry: Vec<Value> = serde_json::from_str(entry).ok()?;
    let name = match entry.first()? {
        Value::Number(number) => format!("{}.fit", number.as_u64()?),
        Value::String(name) if name.contains('.') => name.clone(),
        Value::String(name) => format!("{name}.fit"),
        _ => return None,
    };
    // A value that isn't a size is no size; one that isn't there isn't known.
    let number = |index: usize| match entry.get(index) {
        None | Some(Value::Null) => Some(None),
        Some(value) => value.as_u64().map(Some),
    };
    Some((name, number(1)?, number(2)?))
}

/// Without the zeros that may stand around a line, or fill up the file.
fn without_filling(line: &[u8]) -> &[u8] {
    let is_text = |byte: &u8| !matches!(byte, 0 | 0x1A);
    let start = line.iter().position(is_text).unwrap_or(line.len());
    let end = line.iter().rposition(is_text).map_or(start, |it| it + 1);
    line.get(start..end).unwrap_or_default()
}

fn digits(text: &[u8]) -> Option<u64> {
    if !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// A list on its way.
#[derive(Default)]
struct Rides {
    taken: Vec<ListedRide>,
    refused: Vec<NameError>,
    /// In lower case: on some file systems names that differ in case are the same.
    seen: HashSet<String>,
}

impl Rides {
    fn add(&mut self, name: &[u8], size: Option<u64>, state: RideState) {
        match RideName::new(name) {
            Err(error) => self.refused.push(error),
            Ok(name) if !self.seen.insert(name.as_str().to_ascii_lowercase()) => {
                self.refused.push(NameError {
                    name: name.to_string(),
                    problem: NameProblem::Duplicate,
                });
            }
            Ok(name) => self.taken.push(ListedRide { name, size, state }),
        }
    }

    fn refuse(&mut self, entry: &[u8]) {
        self.refused.push(NameError {
            name: Shown(entry).to_string(),
            problem: NameProblem::Entry,
        });
    }

    fn finish(self, file: SystemFile, header: Header) -> Listing {
        Listing {
            file: Some(file),
            header,
            rides: self.taken,
            refused: self.refused,
        }
    }
}
