//! The times of rows, in whatever form they come.

use pipeline_plugin::{Error, Remedy, Timestamp};
use table::{TimeReader, Zone};

use super::cell::{self, Cell};
use super::columns::Times;
use super::records::Cells;
use super::settings::{Epoch, ReadCsv};

/// Seconds from 1970 to 1989-12-31T00:00:00Z, where FIT's times begin.
const FIT_EPOCH: f64 = 631_065_600.0;

/// Fewer seconds than this (three years) are counted from the start of a recording.
const LONGEST: f64 = 1e8;

/// Seconds from which on they can't be FIT's: those would be in 2031.
const SURELY_UNIX: f64 = 1.3e9;

/// The time of a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Moment {
    /// Microseconds since 1970-01-01T00:00:00Z.
    At(i64),
    /// The same, but the file does not say that it is UTC.
    Assumed(i64),
    /// There is none.
    Missing,
}

/// What numbers are.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Count {
    /// Seconds since the start.
    Elapsed,
    /// Since 1970, so many a microsecond.
    Unix(f64),
    /// Seconds since FIT's epoch.
    Fit,
}

/// Reads the times of rows.
#[derive(Debug)]
pub(crate) struct Moments<'a> {
    settings: &'a ReadCsv,
    times: Times,
    decimal_comma: bool,
    reader: TimeReader,
    /// What numbers are, once one has been seen.
    count: Option<Count>,
    /// Whether times are counted from the start.
    counted: bool,
    /// Offset of local time from UTC in seconds, where a time or a setting says so.
    offset: Option<i32>,
    /// The last local time, as a moment: what follows it in the night when clocks go back is known.
    last: Timestamp,
}

impl<'a> Moments<'a> {
    pub(crate) fn new(settings: &'a ReadCsv, times: Times, decimal_comma: bool) -> Self {
        Self {
            settings,
            times,
            decimal_comma,
            reader: TimeReader::default(),
            count: None,
            counted: false,
            offset: settings.start.and_then(|start| match start.zone {
                Zone::Offset(seconds) => Some(seconds),
                Zone::Utc | Zone::Unknown => None,
            }),
            last: Timestamp::from_micros(i64::MIN),
        }
    }

    /// Offset of local time from UTC in seconds at the start, if the file or the settings tell
    /// it.
    pub(crate) fn offset(&self, start: Timestamp) -> Option<i32> {
        let zone = self.settings.timezone;
        self.offset.or(zone.map(|zone| zone.offset_at(start).0))
    }

    /// When it began, if times are counted from there.
    pub(crate) fn start(&self) -> Option<i64> {
        let counted = matches!(self.times, Times::Elapsed(..)) || self.counted;
        self.settings.start_micros().filter(|_| counted)
    }

    /// Which cell the time is in.
    pub(crate) fn cell(&self) -> usize {
        match self.times {
            Times::Column(cell, _) | Times::Dates(cell) | Times::Elapsed(cell, _) => cell,
            Times::Parts { clock, .. } => clock,
        }
    }

    /// The time of a row.
    ///
    /// # Errors
    ///
    /// When more has to be known to understand it.
    pub(crate) fn read(&mut self, row: Cells<'_>) -> Result<Moment, Error> {
        match self.times {
            Times::Column(cell, unit) => {
                let text = row.get(cell);
                if let Some(time) = self.time(text) {
                    return Ok(self.point(time));
                }
                match cell::read(text, self.decimal_comma) {
                    Cell::Number(value) => match unit {
                        Some(unit) => self.number(unit.apply(value)),
                        None => self.number(value),
                    },
                    Cell::Clock(seconds) => self.elapsed(seconds),
                    Cell::Blank | Cell::Other => Ok(Moment::Missing),
                }
            }
            Times::Dates(cell) => {
                let time = self.time(row.get(cell));
                Ok(time.map_or(Moment::Missing, |time| self.point(time)))
            }
            Times::Parts { date, clock } => {
                let (date, clock) = (row.get(date).trim_ascii(), row.get(clock).trim_ascii());
                let time = self.reader.read_parts(date, clock);
                Ok(time.map_or(Moment::Missing, |time| self.point(time)))
            }
            Times::Elapsed(cell, unit) => match cell::read(row.get(cell), self.decimal_comma) {
                Cell::Number(value) => self.elapsed(unit.apply(value)),
                Cell::Clock(seconds) => self.elapsed(seconds),
                Cell::Blank | Cell::Other => Ok(Moment::Missing),
            },
        }
    }

    #[inline]
    fn time(&mut self, text: &[u8]) -> Option<table::Time> {
        let time = self.reader.read(text);
        time.or_else(|| self.reader.read(text.trim_ascii()))
    }

    #[inline]
    fn point(&mut self, time: table::Time) -> Moment {
        match time.zone {
            Zone::Utc => Moment::At(time.micros),
            Zone::Offset(seconds) => {
                self.offset.get_or_insert(seconds);
                Moment::At(time.micros)
            }
            Zone::Unknown => match self.settings.timezone {
                Some(zone) => {
                    let time = zone.moment_behind(self.last, time.micros);
                    self.last = time;
                    Moment::At(time.micros())
                }
                None => Moment::Assumed(time.micros),
            },
        }
    }

    fn number(&mut self, value: f64) -> Result<Moment, Error> {
        let count = match self.count {
            Some(count) => count,
            None => count_of(value, self.settings.epoch)?,
        };
        self.count = Some(count);
        match count {
            Count::Elapsed => self.elapsed(value),
            Count::Unix(by_micro) => Ok(Moment::At(micros(value / by_micro))),
            Count::Fit => Ok(Moment::At(micros((value + FIT_EPOCH) * 1e6))),
        }
    }

    fn elapsed(&mut self, seconds: f64) -> Result<Moment, Error> {
        let Some(start) = self.settings.start_micros() else {
            let error = Error::skip("the times are counted from the start, which is not known");
            let help = "say when it began with `start: 2026-03-02T09:00:00+01:00` under `csv:`";
            return Err(error
                .with_help(help)
                .with_remedies([Remedy::Option("start")]));
        };
        self.counted = true;
        Ok(Moment::At(start.saturating_add(micros(seconds * 1e6))))
    }
}

/// Whether a row may be one under these titles: it has something like a time.
pub(crate) fn has_time(times: Times, row: Cells<'_>) -> bool {
    let mut reader = TimeReader::default();
    let is_time = |reader: &mut TimeReader, cell| reader.read(row.get(cell).trim_ascii()).is_some();
    let is_count = |cell| {
        let cell = cell::read(row.get(cell), true);
        matches!(cell, Cell::Number(_) | Cell::Clock(_))
    };
    match times {
        Times::Column(cell, _) => is_time(&mut reader, cell) || is_count(cell),
        Times::Dates(cell) => is_time(&mut reader, cell),
        Times::Parts { date, clock } => {
            let (date, clock) = (row.get(date).trim_ascii(), row.get(clock).trim_ascii());
            reader.read_parts(date, clock).is_some()
        }
        Times::Elapsed(cell, _) => is_count(cell),
    }
}

/// What a number is, by its size.
fn count_of(value: f64, epoch: Option<Epoch>) -> Result<Count, Error> {
    if epoch == Some(Epoch::Fit) {
        return Ok(Count::Fit);
    }
    let seconds = Count::Unix(1e-6);
    match value {
        _ if epoch == Some(Epoch::Unix) && value < 1e11 => Ok(seconds),
        _ if value < LONGEST => Ok(Count::Elapsed),
        _ if value < SURELY_UNIX => {
            let message = format!(
                "the time `{value}` may be counted in seconds from 1970, or from 1989 as in FIT"
            );
            let help = "say which with `epoch: unix` or `epoch: fit` under `csv:`";
            let error = Error::skip(message).with_help(help);
            Err(error.with_remedies([Remedy::Option("epoch")]))
        }
        _ if value < 1e11 => Ok(seconds),
        _ if value < 1e14 => Ok(Count::Unix(1e-3)),
        _ if value < 1e17 => Ok(Count::Unix(1.0)),
        _ => Ok(Count::Unix(1e3)),
    }
}

/// Whole microseconds.
#[expect(
    clippy::cast_possible_truncation,
    reason = "float to integer casts saturate"
)]
fn micros(value: f64) -> i64 {
    value.round() as i64
}
