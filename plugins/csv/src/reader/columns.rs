//! What the columns of a file are, by their titles.

use pipeline_plugin::Field;

use super::cell;
use super::names::{Meaning, meaning, rank};
use super::records::Cells;
use super::units::{Conversion, conversion, is_unit, seconds};
use crate::heading;

/// Where the times of rows stand.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Times {
    /// In a column: points in time, or numbers, in that unit if the title has one.
    Column(usize, Option<Conversion>),
    /// In a column, behind their dates.
    Dates(usize),
    /// The date in one column, the time of day in another.
    Parts { date: usize, clock: usize },
    /// In a column, since the start.
    Elapsed(usize, Conversion),
}

/// What the values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Nobody knows: it has been blank so far.
    Open,
    Numbers,
    /// It is no quantity.
    Text,
}

/// A column of values.
#[derive(Debug, Clone)]
pub(crate) struct Values {
    /// Which cell of a row.
    pub(crate) cell: usize,
    pub(crate) field: Field,
    pub(crate) conversion: Conversion,
    pub(crate) state: State,
}

impl Values {
    /// Whether `2:05.3` is a value of it.
    pub(crate) fn takes_clocks(&self) -> bool {
        matches!(self.conversion, Conversion::Pace(..)) || self.field.unit() == "s"
    }

    /// A clock's seconds in the field's unit, whatever unit numbers have.
    pub(crate) fn of_clock(&self, seconds: f64) -> f64 {
        match self.conversion {
            Conversion::Pace(metres, _) => Conversion::Pace(metres, 1.0).apply(seconds),
            _ => seconds,
        }
    }
}

/// The columns of a file.
#[derive(Debug, Clone)]
pub(crate) struct Columns {
    pub(crate) titles: Vec<String>,
    /// Where times may stand, the likeliest first; there is at least one.
    pub(crate) times: Vec<Times>,
    pub(crate) lap: Option<usize>,
    pub(crate) values: Vec<Values>,
    /// Titles that can't be used, with the reason.
    pub(crate) left_out: Vec<(String, String)>,
}

/// So many places are looked at for times.
const MOST_TIMES: usize = 16;

/// A title, taken apart.
struct Title<'a> {
    cell: usize,
    text: &'a str,
    name: &'a str,
    unit: Option<&'a str>,
    meaning: Option<Meaning>,
}

impl Columns {
    /// The columns that a record with titles announces; `None` if there is none with times, or
    /// if these are no titles.
    pub(crate) fn of(record: Cells<'_>) -> Option<Self> {
        let is_title = |text: &[u8]| {
            matches!(
                cell::read(text, true),
                cell::Cell::Other | cell::Cell::Blank
            )
        };
        if !record.iter().all(is_title) {
            return None;
        }
        let titles: Vec<String> = record
            .iter()
            .map(|title| String::from_utf8_lossy(title).trim().to_owned())
            .collect();
        let apart: Vec<Title<'_>> = titles.iter().enumerate().map(apart).collect();
        let times = times(&apart);
        if times.is_empty() {
            return None;
        }
        let lap = apart
            .iter()
            .find(|title| title.meaning == Some(Meaning::Lap));
        let lap = lap.map(|title| title.cell);
        let (values, left_out) = values(&apart, lap);
        Some(Self {
            titles,
            times,
            lap,
            values,
            left_out,
        })
    }

    pub(crate) fn title(&self, cell: usize) -> &str {
        self.titles.get(cell).map_or("", String::as_str)
    }
}

fn apart((cell, text): (usize, &String)) -> Title<'_> {
    let (name, unit) = heading::split(text);
    let (meaning, own_unit) = match meaning(name) {
        Some((meaning, own_unit)) => (Some(meaning), own_unit),
        None => (None, None),
    };
    Title {
        cell,
        text,
        name,
        unit: unit.or(own_unit),
        meaning,
    }
}

/// Where times may stand, the likeliest first.
fn times(titles: &[Title<'_>]) -> Vec<Times> {
    let mut columns: Vec<&Title<'_>> = of(titles, Meaning::Time).collect();
    columns.sort_by_key(|title| rank(title.name));
    let dates = of(titles, Meaning::Date);
    let parts = dates.flat_map(|date| {
        of(titles, Meaning::Time).map(|time| Times::Parts {
            date: date.cell,
            clock: time.cell,
        })
    });
    let columns = columns
        .iter()
        .map(|title| Times::Column(title.cell, title.unit.and_then(seconds)));
    let alone = of(titles, Meaning::Date).map(|title| Times::Dates(title.cell));
    let elapsed = titles.iter().filter_map(|title| match title.meaning {
        Some(Meaning::Elapsed(unit)) => {
            let unit = seconds(title.unit.unwrap_or(unit));
            Some(Times::Elapsed(title.cell, unit.unwrap_or(Conversion::None)))
        }
        _ => None,
    });
    let all = parts.chain(columns).chain(alone).chain(elapsed);
    all.take(MOST_TIMES).collect()
}

fn of<'a, 'b>(titles: &'a [Title<'b>], meaning: Meaning) -> impl Iterator<Item = &'a Title<'b>> {
    titles
        .iter()
        .filter(move |title| title.meaning.as_ref() == Some(&meaning))
}

/// The columns of values, and those that can't be used. A field's own name goes before others.
fn values(titles: &[Title<'_>], lap: Option<usize>) -> (Vec<Values>, Vec<(String, String)>) {
    let mut values: Vec<Values> = Vec::new();
    let mut left_out = Vec::new();
    for title in titles {
        let taken = titles.iter().take(title.cell);
        let result = match &title.meaning {
            Some(Meaning::Time | Meaning::Date | Meaning::Elapsed(_)) => continue,
            Some(Meaning::Lap) if Some(title.cell) == lap => continue,
            Some(Meaning::Field(field, default)) if is_the_one(title, field, titles, taken) => {
                known(title, field, default)
            }
            _ => Ok(own(title, &values, titles)),
        };
        match result {
            Ok(column) => values.push(column),
            Err(reason) => left_out.push((title.text.to_owned(), reason)),
        }
    }
    (values, left_out)
}

/// Whether the column is the field's: it has its name, or no column has it and it is the first
/// with another name for it.
fn is_the_one<'a>(
    title: &Title<'_>,
    field: &Field,
    all: &[Title<'_>],
    mut before: impl Iterator<Item = &'a Title<'a>>,
) -> bool {
    let same =
        |other: &Title<'_>| matches!(&other.meaning, Some(Meaning::Field(of, _)) if *of == field);
    let first = |name: &str| all.iter().find(|other| other.name == name);
    match first(field.name()) {
        Some(exact) => exact.cell == title.cell,
        None => !before.any(same),
    }
}

fn known(title: &Title<'_>, field: &'static Field, default: &str) -> Result<Values, String> {
    let unit = title.unit.unwrap_or(default);
    let conversion = conversion(field, unit).ok_or_else(|| match unit {
        "?" => "its unit is not said; write it behind the name, such as `(s/500m)`".to_owned(),
        unit if is_unit(unit) => format!("`{unit}` is no unit of `{field}`"),
        unit => format!("the unit `{unit}` is not known"),
    })?;
    Ok(Values {
        cell: title.cell,
        field: field.clone(),
        conversion,
        state: State::Numbers,
    })
}

/// A column that only this file knows.
fn own(title: &Title<'_>, values: &[Values], titles: &[Title<'_>]) -> Values {
    let base = match title.name {
        "" => "column",
        name => name,
    };
    let is_taken = |name: &str| {
        matches!(name, "time" | "units")
            || Field::find(name).is_some()
            || values.iter().any(|other| other.field.name() == name)
            || (name != base && titles.iter().any(|other| other.name == name))
    };
    let mut name = base.to_owned();
    if title.name.is_empty() || is_taken(&name) {
        name = format!("{base}_{}", title.cell + 1);
    }
    while is_taken(&name) {
        name.push('_');
    }
    Values {
        cell: title.cell,
        field: Field::new(&name, title.unit.unwrap_or_default()),
        conversion: Conversion::None,
        state: State::Open,
    }
}
