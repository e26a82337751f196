//! Which cells a row has.

use pipeline_plugin::{Batch, Error, Field, Result};

use super::TimeForm;
use crate::heading;

/// More columns than this, which an error message names, are an accident.
const MOST: usize = 4096;

/// What a cell holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    /// The time of the row.
    Time,
    /// Seconds since the start.
    Elapsed,
    /// The number of the lap.
    Lap,
    /// A value of a column.
    Value(Field),
}

/// How many values a row has, and whether there is a lap's number behind them: what has to be
/// known to complete rows that were written before a column was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Width {
    pub(crate) values: usize,
    pub(crate) lap: bool,
}

/// The cells of a row: those that were chosen, or whatever comes.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    cells: Vec<Cell>,
    /// Whether columns that come later are added.
    grows: bool,
    /// For chosen columns: which of them have been seen.
    seen: Vec<bool>,
}

impl Layout {
    /// `time`, then whatever columns come, then perhaps `lap`.
    pub(crate) fn growing(laps: bool) -> Self {
        let mut cells = vec![Cell::Time];
        if laps {
            cells.push(Cell::Lap);
        }
        Self {
            cells,
            grows: true,
            seen: Vec::new(),
        }
    }

    /// These columns.
    pub(crate) fn chosen(names: &[String]) -> Self {
        let cell = |name: &String| match name.as_str() {
            "time" => Cell::Time,
            "elapsed" => Cell::Elapsed,
            "lap" => Cell::Lap,
            name => Cell::Value(Field::new(name, "")),
        };
        Self {
            cells: names.iter().map(cell).collect(),
            grows: false,
            seen: vec![false; names.len()],
        }
    }

    pub(crate) fn cells(&self) -> &[Cell] {
        &self.cells
    }

    pub(crate) fn width(&self) -> Width {
        let values = self.cells.iter();
        Width {
            values: values.filter(|cell| **cell != Cell::Lap).count(),
            lap: self.cells.contains(&Cell::Lap),
        }
    }

    /// Takes notice of a batch's columns; whether rows look different from now on.
    ///
    /// # Errors
    ///
    /// When there are too many.
    pub(crate) fn take(&mut self, batch: &Batch) -> Result<bool> {
        let mut changed = false;
        for column in batch.columns() {
            let field = &column.field;
            let same = |cell: &Cell| matches!(cell, Cell::Value(known) if known == field);
            match self.cells.iter().position(same) {
                Some(index) => {
                    if let Some(seen) = self.seen.get_mut(index)
                        && let Some(cell) = self.cells.get_mut(index)
                        && !std::mem::replace(seen, true)
                    {
                        // Only now is the unit of a field outside the table known.
                        *cell = Cell::Value(field.clone());
                        changed = true;
                    }
                }
                None if self.grows => {
                    self.add(field.clone())?;
                    changed = true;
                }
                None => {}
            }
        }
        Ok(changed)
    }

    fn add(&mut self, field: Field) -> Result<()> {
        let end = self.cells.len() - usize::from(self.cells.last() == Some(&Cell::Lap));
        if end >= MOST {
            return Err(Error::skip("the stream has more than 4,096 columns"));
        }
        self.cells.insert(end, Cell::Value(field));
        Ok(())
    }

    /// There is a lap: whether rows look different from now on.
    pub(crate) fn with_laps(&mut self) -> bool {
        let changed = self.grows && !self.cells.contains(&Cell::Lap);
        if changed {
            self.cells.push(Cell::Lap);
        }
        changed
    }

    /// There were no laps.
    pub(crate) fn without_laps(&mut self) {
        if self.grows {
            self.cells.retain(|cell| *cell != Cell::Lap);
        }
    }

    /// Chosen columns that the stream does not have.
    pub(crate) fn missing(&self) -> impl Iterator<Item = &str> {
        let cells = self.cells.iter().zip(&self.seen);
        cells.filter_map(|(cell, seen)| match cell {
            Cell::Value(field) if !seen => Some(field.name()),
            _ => None,
        })
    }

    /// The first line, with its end.
    pub(crate) fn head(&self, separator: u8, form: TimeForm) -> Vec<u8> {
        let mut line = Vec::new();
        for (index, cell) in self.cells.iter().enumerate() {
            if index > 0 {
                line.push(separator);
            }
            let title = match cell {
                Cell::Time if form == TimeForm::Unix => "time (s)".to_owned(),
                Cell::Time => "time".to_owned(),
                Cell::Elapsed => "elapsed (s)".to_owned(),
                Cell::Lap => "lap".to_owned(),
                Cell::Value(field) => heading::title(field),
            };
            quote(&mut line, &title, separator);
        }
        line.push(b'\n');
        line
    }
}

/// Appends a cell, in quotes where RFC 4180 wants them.
fn quote(line: &mut Vec<u8>, text: &str, separator: u8) {
    let special = |byte: u8| byte == separator || matches!(byte, b'"' | b'\n' | b'\r');
    if text.bytes().any(special) {
        line.push(b'"');
        line.extend_from_slice(text.replace('"', "\"\"").as_bytes());
        line.push(b'"');
    } else {
        line.extend_from_slice(text.as_bytes());
    }
}
