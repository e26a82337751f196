//! What is wrong with a file: what can be left out, each sort told once, and what can't.

use pipeline_plugin::{Context, Error};

use super::lines::Broken;
use super::scan::Wrong;

/// What can be put right, or left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sort {
    /// A line of another kind.
    UnknownLine(String),
    /// A key that means nothing to us: its path.
    UnknownKey(String),
    OutOfOrder,
    Late,
}

impl Sort {
    fn text(&self) -> String {
        match self {
            Self::UnknownLine(kind) => format!("unknown kind of line, left out: `{kind}`"),
            Self::UnknownKey(path) => format!("unknown key, left out: `{path}`"),
            Self::OutOfOrder => "samples out of order, sorted".to_owned(),
            Self::Late => "sample more than 64 samples late, left out".to_owned(),
        }
    }
}

/// So many sorts of unknown lines and keys are told.
const MOST: usize = 20;

/// What had to be put right in a file.
#[derive(Debug, Default)]
pub(crate) struct Repairs {
    strict: bool,
    /// The sort, its first line, and how many there were.
    told: Vec<(Sort, u64, u64)>,
}

/// Why a file can't be used any further.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) error: Error,
    /// Whether it would have been repaired without `strict`.
    pub(crate) needs_repair: bool,
}

impl Fault {
    pub(crate) fn new(message: String) -> Self {
        Self {
            error: Error::skip(message),
            needs_repair: false,
        }
    }

    pub(crate) fn with_help(self, help: &str) -> Self {
        Self {
            error: self.error.with_help(help),
            ..self
        }
    }

    /// Something is wrong in that line.
    pub(crate) fn wrong(wrong: &Wrong, line: u64) -> Self {
        let Wrong { column, what } = wrong;
        Self::new(format!("{what} (line {line}, column {column})"))
    }

    /// A line that is not as its kind has to be.
    pub(crate) fn json(error: &serde_json::Error, line: u64) -> Self {
        let text = error.to_string();
        // The place at its end is one in this line alone.
        let what = text
            .rsplit_once(" at line ")
            .map_or(&*text, |(what, _)| what);
        let column = error.column().max(1);
        Self::new(format!("{what} (line {line}, column {column})"))
    }

    /// There is no next line.
    pub(crate) fn broken(broken: Broken, line: u64) -> Self {
        match broken {
            Broken::Io(error) => Self {
                error: Error::io("read the input", error),
                needs_repair: false,
            },
            Broken::TooLong => Self::new(format!("the line is longer than 4 MiB (line {line})")),
        }
    }
}

impl Repairs {
    pub(crate) fn new(strict: bool) -> Self {
        Self {
            strict,
            told: Vec::new(),
        }
    }

    /// Notes a repair.
    ///
    /// # Errors
    ///
    /// If none is wanted.
    #[cold]
    pub(crate) fn note(&mut self, sort: Sort, line: u64) -> Result<(), Fault> {
        if self.strict {
            return Err(Fault {
                error: Error::skip(format!(
                    "refused by strict mode: {} (line {line})",
                    sort.text()
                )),
                needs_repair: true,
            });
        }
        let known = self.told.iter_mut().find(|(known, ..)| *known == sort);
        if let Some((.., count)) = known {
            *count += 1;
        } else if self.told.len() < MOST {
            self.told.push((sort, line, 1));
        }
        Ok(())
    }

    /// Tells every sort once.
    pub(crate) fn tell(&self, cx: &Context) {
        for (sort, line, count) in &self.told {
            let times = match count {
                1 => String::new(),
                count => format!(" ({count} times)"),
            };
            cx.warn(format!("line {line}: {}{times}", sort.text()));
        }
    }
}
