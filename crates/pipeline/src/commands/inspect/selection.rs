//! Which messages `--messages` shows.

use std::path::Path;

use fit::profile::{self, MESSAGES};
use pipeline_engine::nearest;
use pipeline_plugin::{Error, Result};

/// Selects every message.
pub(super) const ALL: &str = "all";

/// The messages to show, by number; all of them if there is none.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Selection(Vec<u16>);

impl Selection {
    /// Every message.
    const EVERY: Self = Self(Vec::new());

    /// Whether to show messages with this number.
    pub(super) fn has(&self, number: u16) -> bool {
        self.0.is_empty() || self.0.contains(&number)
    }

    fn parse(names: &str) -> Result<Self> {
        if names == ALL {
            return Ok(Self::EVERY);
        }
        names
            .split(',')
            .map(|name| number(name.trim()))
            .collect::<Result<_>>()
            .map(Self)
    }
}

/// What `--messages` selects. In `inspect --messages FILE` the file stands where the names may;
/// it is put back to the files.
pub(super) fn of(given: Option<&str>, files: &mut Vec<String>) -> Result<Option<Selection>> {
    let Some(names) = given else {
        return Ok(None);
    };
    let selection = match Selection::parse(names) {
        Ok(selection) => selection,
        Err(_) if is_file(names) => {
            files.insert(0, names.to_owned());
            Selection::EVERY
        }
        Err(error) => return Err(error),
    };
    if files.is_empty() {
        return Err(Error::skip("no file to inspect")
            .with_help("name FIT files, or `-` for standard input"));
    }
    Ok(Some(selection))
}

fn is_file(text: &str) -> bool {
    text == "-" || text.contains(['.', '/', '\\', '*']) || Path::new(text).exists()
}

/// The number of a message given as `record`, `20` or, as unknown ones are shown, `message_79`.
fn number(name: &str) -> Result<u16> {
    if let Some(message) = profile::message_named(name) {
        return Ok(message.number);
    }
    let digits = name.strip_prefix("message_").unwrap_or(name);
    digits.parse().map_err(|_| {
        let error = Error::skip(format!("there is no FIT message `{name}`"));
        let names = MESSAGES.iter().map(|message| message.name);
        match nearest(name, names) {
            Some(name) => error.with_help(format!("did you mean `{name}`?")),
            None => error.with_help("write names such as `record,lap,session`, or numbers"),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(given: &str, files: &[&str]) -> (Result<Option<Selection>>, Vec<String>) {
        let mut files: Vec<_> = files.iter().map(|file| (*file).to_owned()).collect();

        (of(Some(given), &mut files), files)
    }

    #[test]
    fn names_numbers_and_files_are_told_apart() {
        let (selection, _) = check("record, lap,message_79,22", &["a.fit"]);
        assert_eq!(selection.unwrap(), Some(Selection(vec![20, 19, 79, 22])));
        let (selection, files) = check("a.fit", &["b.fit"]);
        assert_eq!(selection.unwrap(), Some(Selection::EVERY));
        assert_eq!(files, ["a.fit", "b.fit"]);
        let (selection, _) = check("recrod", &["a.fit"]);
        assert_eq!(
            selection.unwrap_err().help(),
            Some("did you mean `record`?")
        );
        assert!(check(ALL, &[]).0.is_err());
        assert!(check("record", &[]).0.is_err());
    }
}
