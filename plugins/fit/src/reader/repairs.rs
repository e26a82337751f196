//! What had to be put right, told once a file.

use std::fmt;

use pipeline_plugin::{Error, Result};

use super::counter::{COUNTED, COUNTS, Course};
use super::settings::FitReader;

/// What had to be put right or left out, each with how often.
#[derive(Clone, Debug, Default)]
pub(crate) struct Repairs {
    /// Records without a time.
    pub(crate) timeless: u64,
    /// Records with a time that is no date, among others that have one.
    pub(crate) undated: u64,
    /// Records that were put where they belong.
    pub(crate) sorted: u64,
    /// Records that came too late for that.
    pub(crate) late: u64,
    /// Activities beyond the first hundred.
    pub(crate) surplus: u64,
    /// Laps beyond those that can be referred to.
    pub(crate) surplus_laps: u64,
    /// Sessions without records.
    pub(crate) empty: u64,
    /// Whether the times are no dates.
    pub(crate) no_dates: bool,
    pub(crate) counters: [CounterRepairs; COUNTS],
}

/// What had to be put right about a counter.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct CounterRepairs {
    held: u64,
    restarted: u64,
}

impl CounterRepairs {
    #[inline]
    pub(crate) fn count(&mut self, course: Course) {
        match course {
            Course::On => {}
            Course::Held => self.held += 1,
            Course::Restarted => self.restarted += 1,
        }
    }
}

impl Repairs {
    pub(crate) fn add(&mut self, other: &Self) {
        self.timeless += other.timeless;
        self.undated += other.undated;
        self.sorted += other.sorted;
        self.late += other.late;
        self.surplus += other.surplus;
        self.surplus_laps += other.surplus_laps;
        self.empty += other.empty;
        self.no_dates |= other.no_dates;
        for (all, new) in self.counters.iter_mut().zip(&other.counters) {
            all.held += new.held;
            all.restarted += new.restarted;
        }
    }

    /// Each sort of repair as a sentence.
    pub(crate) fn told(&self) -> Vec<String> {
        let mut told = Vec::new();
        let mut tell = |count: u64, what: fmt::Arguments<'_>| match count {
            0 => {}
            1 => told.push(what.to_string()),
            _ => told.push(format!("{what} ({count} times)")),
        };
        tell(
            self.no_dates.into(),
            format_args!("the recorder's clock was not set, times count from 1989-12-31"),
        );
        tell(
            self.timeless,
            format_args!("record without a time, left out"),
        );
        tell(
            self.undated,
            format_args!("record with a time that is no date, left out"),
        );
        tell(self.sorted, format_args!("records out of order, sorted"));
        tell(
            self.late,
            format_args!("record more than 64 records out of order, left out"),
        );
        for (repairs, field) in self.counters.iter().zip(COUNTED) {
            tell(repairs.held, format_args!("{field} goes back, held"));
            tell(
                repairs.restarted,
                format_args!("{field} begins anew, counted on"),
            );
        }
        tell(
            self.empty,
            format_args!("session without records, made from its totals"),
        );
        tell(
            self.surplus,
            format_args!("activity beyond the first 100 of the file, left out"),
        );
        tell(
            self.surplus_laps,
            format_args!("lap beyond the 65,535 that can be told apart, left out"),
        );
        told
    }

    /// An error if the reader is strict and something had to be put right.
    pub(crate) fn refused(&self, reader: &FitReader) -> Result<()> {
        match self.told().first() {
            Some(first) if reader.strict => Err(refusal(first)),
            _ => Ok(()),
        }
    }
}

/// The error of a strict reader.
pub(crate) fn refusal(why: &str) -> Error {
    Error::skip(format!("refused by strict mode: {why}"))
        .with_help("take `strict: true` away to have it repaired")
}
