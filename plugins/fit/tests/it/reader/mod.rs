//! The reader of FIT files as a host sees it: streams, warnings and errors.

mod columns;
mod damage;
mod developer;
mod files;
mod laps;
mod made;
mod real;
mod streams;
pub(crate) mod there_and_back;
mod times;

use std::io::Cursor;

use expect_test::Expect;
use pipeline_plugin::testing::{self, Collected};
use pipeline_plugin::{Content, Item};
use plugin_fit::FitReader;

use crate::support::START;

/// Reads a file, telling times in the notation of files.
pub(crate) fn read_into(
    collected: Collected,
    settings: &str,
    bytes: &mut dyn Content,
) -> Collected {
    let settings: FitReader = testing::settings(settings).unwrap();
    collected.since(START).read(&settings, "row.fit", bytes)
}

pub(crate) fn read(settings: &str, bytes: &[u8]) -> Collected {
    read_into(Collected::default(), settings, &mut Cursor::new(bytes))
}

/// Everything that is told of a file, item by item.
pub(crate) fn check(settings: &str, file: &[u8], expect: Expect) {
    expect.assert_eq(&read(settings, file).told());
}

/// Only the lines that begin with one of these.
pub(crate) fn check_lines(words: &[&str], settings: &str, file: &[u8], expect: Expect) {
    expect.assert_eq(&read(settings, file).told_of(words));
}

/// Everything but headers.
pub(crate) const NO_HEADERS: &[&str] = &["{", "finish", "warn", "Skip", "help", "Plugin"];

/// Everything but items and headers.
pub(crate) const TOLD: &[&str] = &["finish", "warn", "Skip", "help", "Plugin", "Cancelled"];

/// The rows of an item: time in seconds and power.
pub(crate) fn samples(item: &Item) -> Vec<(f64, f64)> {
    let Item::Samples(batch) = item else {
        return Vec::new();
    };
    let power = batch.column(&pipeline_plugin::field::POWER).unwrap();
    let rows = batch.time().iter().zip(power);
    rows.map(|(time, power)| (*time - START, *power)).collect()
}
