//! What is wrong with a file: what can be put right, each sort told once, and what can't.

use std::fmt;

use pipeline_plugin::{Context, Error};

/// A place in the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// Counted from 1.
    pub(crate) line: u64,
    /// Counted from 0.
    pub(crate) byte: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, byte {}", self.line, self.byte)
    }
}

/// What can be put right, or left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    NotANumber,
    NoTime,
    NoZone,
    OutOfOrder,
    Late,
    TooManyCells,
}

impl Sort {
    fn text(self) -> &'static str {
        match self {
            Self::NotANumber => "not a number, left out",
            Self::NoTime => "row without a time, left out",
            Self::NoZone => "time without zone, taken as UTC",
            Self::OutOfOrder => "rows out of order, sorted",
            Self::Late => "row more than 64 rows late, left out",
            Self::TooManyCells => "more cells than columns, left out",
        }
    }
}

/// One sort of repair: the first, and how many there were.
#[derive(Debug)]
struct Repair {
    sort: Sort,
    line: u64,
    /// The column's title, where it is about one cell.
    column: String,
    cell: String,
    count: u64,
}

/// What had to be put right in a file.
#[derive(Debug, Default)]
pub(crate) struct Repairs {
    strict: bool,
    told: Vec<Repair>,
}

/// Why a file can't be used any further.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) error: Error,
    /// Whether it would have been repaired without `strict`.
    pub(crate) needs_repair: bool,
}

impl Fault {
    pub(crate) fn new(error: Error) -> Self {
        Self {
            error,
            needs_repair: false,
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
    pub(crate) fn note(
        &mut self,
        sort: Sort,
        place: Place,
        column: &str,
        cell: &[u8],
    ) -> Result<(), Fault> {
        if let Some(repair) = self.told.iter_mut().find(|repair| repair.sort == sort) {
            repair.count += 1;
            return Ok(());
        }
        let cell = shown(cell);
        if self.strict {
            let column = in_column(column);
            return Err(Fault {
                error: Error::skip(format!(
                    "refused by strict mode: {}{cell} ({place}{column})",
                    sort.text()
                )),
                needs_repair: true,
            });
        }
        self.told.push(Repair {
            sort,
            line: place.line,
            column: column.to_owned(),
            cell,
            count: 1,
        });
        Ok(())
    }

    /// Tells every sort once.
    pub(crate) fn tell(&self, cx: &Context) {
        for repair in &self.told {
            let Repair {
                sort,
                line,
                column,
                cell,
                count,
            } = repair;
            let column = in_column(column);
            let times = match count {
                1 => String::new(),
                count => format!(" ({count} times)"),
            };
            cx.warn(format!("line {line}{column}: {}{cell}{times}", sort.text()));
        }
    }
}

fn in_column(title: &str) -> String {
    if title.is_empty() {
        String::new()
    } else {
        format!(", column `{title}`")
    }
}

/// The text of a cell behind a colon, not too much of it; nothing for an empty cell.
fn shown(cell: &[u8]) -> String {
    const LONGEST: usize = 40;
    let text = String::from_utf8_lossy(cell);
    let text = text.trim();
    if text.is_empty() {
        return String::new();
    }
    let short: String = text.chars().take(LONGEST).collect();
    let more = if short.len() < text.len() { "…" } else { "" };
    format!(": `{}{more}`", short.escape_debug())
}
