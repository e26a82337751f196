//! Which separator a file has, and which record holds the titles.

use super::columns::{Columns, Times};
use super::moments;
use super::records::{Records, SEPARATORS, Window};

/// How many records may stand before the titles: what some programs write about the recording.
const PREAMBLE: usize = 100;

/// How far under the titles the first row is, at most: some write a line of units between.
const UNITS: usize = 3;

/// The beginning of a file in UTF-8 whose writer said so.
const BOM: &[u8] = b"\xef\xbb\xbf";

/// What a look at the beginning of a file has shown.
#[derive(Debug)]
pub(crate) struct Dialect {
    pub(crate) separator: u8,
    /// How many records stand before the titles.
    pub(crate) preamble: usize,
    pub(crate) columns: Columns,
    pub(crate) times: Times,
    /// Bytes to skip: a byte order mark.
    pub(crate) skip: usize,
}

/// Why a file can't be read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NoTable {
    Empty,
    Utf16,
    Binary,
    /// There are titles perhaps, but none of a column with times; the cells of the first record.
    NoTimes(Vec<String>),
}

/// Looks at the first bytes of a file; `whole` if these are all.
pub(crate) fn detect(head: &[u8], whole: bool) -> Result<Dialect, NoTable> {
    if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
        return Err(NoTable::Utf16);
    }
    let skip = if head.starts_with(BOM) { BOM.len() } else { 0 };
    let text = head.get(skip..).unwrap_or_default();
    if text.trim_ascii().is_empty() {
        return Err(NoTable::Empty);
    }
    if text.contains(&0) {
        return Err(NoTable::Binary);
    }
    let found = SEPARATORS.iter().filter_map(|separator| {
        titles(text, whole, *separator).map(|dialect| Dialect { skip, ..dialect })
    });
    // The first of those that give the most columns.
    let best = found.reduce(|best, other| {
        let more = other.columns.titles.len() > best.columns.titles.len();
        if more { other } else { best }
    });
    best.ok_or_else(|| NoTable::NoTimes(first_cells(text)))
}

/// The record that has titles: the first with rows under it, else the first that looks so.
fn titles(text: &[u8], whole: bool, separator: u8) -> Option<Dialect> {
    let mut records = Records::new(Window::new(text, text.len()), separator);
    let mut found: Vec<(usize, Columns)> = Vec::new();
    let dialect = |(preamble, columns), times| Dialect {
        separator,
        preamble,
        columns,
        times,
        skip: 0,
    };
    for index in 0..PREAMBLE {
        // What the end of the look has cut off is no record.
        if !records.advance().ok()? || (records.is_unterminated() && !whole) {
            break;
        }
        let row = records.cells();
        for (above, (titles, columns)) in found.iter().enumerate() {
            let mut times = columns.times.iter().filter(|_| index - titles <= UNITS);
            if let Some(times) = times.find(|times| moments::has_time(**times, row)).copied() {
                return Some(dialect(found.swap_remove(above), times));
            }
        }
        found.extend(Columns::of(row).map(|columns| (index, columns)));
    }
    let first = found.into_iter().next()?;
    let times = first.1.times.first().copied()?;
    Some(dialect(first, times))
}

fn first_cells(text: &[u8]) -> Vec<String> {
    let line = text.trim_ascii_start();
    let line = line.split(|byte| matches!(byte, b'\n' | b'\r')).next();
    let line = String::from_utf8_lossy(line.unwrap_or_default()).into_owned();
    let separator = SEPARATORS
        .iter()
        .map(|separator| char::from(*separator))
        .max_by_key(|separator| line.matches(*separator).count());
    let cells = line.split(separator.unwrap_or(','));
    cells.map(|cell| cell.trim().to_owned()).collect()
}
