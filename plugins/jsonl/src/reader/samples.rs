//! Lines with samples.

use pipeline_plugin::{Field, Timestamp};
use table::{TimeReader, Zone};

use super::scan::{Scan, Wrong};

/// More columns than this are an accident.
const MOST: usize = 4096;

const TOO_MANY: &str = "more than 4,096 columns";

/// Reads lines with samples.
#[derive(Debug, Default)]
pub(crate) struct Samples {
    times: TimeReader,
    row: Row,
}

/// A sample.
#[derive(Debug, Default)]
pub(crate) struct Row {
    pub(crate) time: Timestamp,
    /// A value for each column.
    pub(crate) values: Vec<f64>,
}

/// Samples by the batch.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    pub(crate) time: Vec<Timestamp>,
    pub(crate) columns: Vec<(Field, Vec<f64>)>,
}

impl Samples {
    /// The last sample.
    pub(crate) fn last(&self) -> &Row {
        &self.row
    }

    /// Reads a sample. A value that no line has announced makes a column of its own.
    #[inline]
    pub(crate) fn row(
        &mut self,
        scan: &mut Scan<'_>,
        columns: &mut Vec<Field>,
    ) -> Result<(), Wrong> {
        let mut values = std::mem::take(&mut self.row.values);
        values.clear();
        values.resize(columns.len(), f64::NAN);
        let mut time = None;
        // Values come in the order of the columns, nearly always.
        let mut next = 0;
        for_each_key(scan, |scan, name| {
            if name == "time" {
                time = Some(self.time(scan)?);
                return Ok(());
            }
            let is_it = |field: &Field| field.name() == name;
            let ahead = columns.get(next..).unwrap_or_default();
            let index = match ahead.iter().position(is_it) {
                Some(ahead) => Some(next + ahead),
                None => columns.iter().position(is_it),
            };
            let index = if let Some(index) = index {
                index
            } else {
                add(scan, columns, Field::new(name, ""))?;
                values.push(f64::NAN);
                values.len() - 1
            };
            if let Some(value) = values.get_mut(index) {
                *value = scan.number()?;
            }
            next = index + 1;
            Ok(())
        })?;
        let time = time.ok_or_else(|| scan.wrong("a sample without `time`"))?;
        self.row = Row { time, values };
        Ok(())
    }

    /// Reads samples by the batch.
    pub(crate) fn batch(&mut self, scan: &mut Scan<'_>) -> Result<Columns, Wrong> {
        let mut time: Option<Vec<Timestamp>> = None;
        let mut columns: Vec<(String, Vec<f64>)> = Vec::new();
        let mut units: Vec<(String, String)> = Vec::new();
        for_each_key(scan, |scan, name| {
            match name {
                "time" => time = Some(list(scan, 0, |scan| self.time(scan))?),
                "units" => for_each_key(scan, |scan, name| {
                    units.push((name.to_owned(), scan.string()?.into_owned()));
                    Ok(())
                })?,
                _ if columns.len() >= MOST => return Err(scan.wrong(TOO_MANY)),
                name => {
                    let rows = time.as_ref().map_or(0, Vec::len);
                    columns.push((name.to_owned(), list(scan, rows, Scan::number)?));
                }
            }
            Ok(())
        })?;
        let time = time.ok_or_else(|| scan.wrong("samples without `time`"))?;
        if let Some((name, values)) = columns.iter().find(|(_, list)| list.len() != time.len()) {
            let (values, times) = (values.len(), time.len());
            return Err(scan.wrong(format!(
                "`{name}` has another number of values ({values}) than `time` ({times})"
            )));
        }
        let field = |(name, values): (String, Vec<f64>)| {
            let unit = units.iter().find(|(of, _)| *of == name);
            (Field::new(&name, unit.map_or("", |(_, unit)| unit)), values)
        };
        let columns = columns.into_iter().map(field).collect();
        Ok(Columns { time, columns })
    }

    #[inline]
    fn time(&mut self, scan: &mut Scan<'_>) -> Result<Timestamp, Wrong> {
        let before = *scan;
        let text = scan.string()?;
        match self.times.read(text.as_bytes()) {
            Some(time) if time.zone != Zone::Unknown => Ok(Timestamp::from_micros(time.micros)),
            Some(_) => Err(before.wrong(format!(
                "`{text}` does not tell its zone; write `Z` behind it"
            ))),
            None => Err(before.wrong(format!("`{}` is no RFC 3339 time", shorten(&text)))),
        }
    }
}

/// Reads the columns that rows have from here on: `{"distance":"m"}`.
pub(crate) fn announced(scan: &mut Scan<'_>) -> Result<Vec<Field>, Wrong> {
    let mut columns = Vec::new();
    for_each_key(scan, |scan, name| {
        let before = *scan;
        let unit = scan.string()?;
        let field = Field::new(name, &unit);
        if field.unit() != unit {
            let what = format!("`{field}` is in `{}`, not in `{unit}`", field.unit());
            return Err(before.wrong(what));
        }
        if columns.contains(&field) {
            return Err(before.wrong(format!("the column `{field}` is there twice")));
        }
        add(scan, &mut columns, field)
    })?;
    Ok(columns)
}

fn add(scan: &Scan<'_>, columns: &mut Vec<Field>, field: Field) -> Result<(), Wrong> {
    if columns.len() >= MOST {
        return Err(scan.wrong(TOO_MANY));
    }
    columns.push(field);
    Ok(())
}

/// Calls `take` with every key of an object, to read its value.
#[inline]
fn for_each_key(
    scan: &mut Scan<'_>,
    mut take: impl FnMut(&mut Scan<'_>, &str) -> Result<(), Wrong>,
) -> Result<(), Wrong> {
    scan.expect(b'{')?;
    if scan.take(b'}') {
        return Ok(());
    }
    loop {
        let key = scan.string()?;
        scan.expect(b':')?;
        take(scan, &key)?;
        if scan.take(b'}') {
            return Ok(());
        }
        scan.expect(b',')?;
    }
}

/// A list of about `expected` values, each of which `read` reads.
#[inline]
fn list<'a, T>(
    scan: &mut Scan<'a>,
    expected: usize,
    mut read: impl FnMut(&mut Scan<'a>) -> Result<T, Wrong>,
) -> Result<Vec<T>, Wrong> {
    let mut values = Vec::with_capacity(expected);
    scan.expect(b'[')?;
    if scan.take(b']') {
        return Ok(values);
    }
    loop {
        values.push(read(scan)?);
        if scan.take(b']') {
            return Ok(values);
        }
        scan.expect(b',')?;
    }
}

/// Not too much of a text from a file.
fn shorten(text: &str) -> String {
    text.chars()
        .take(40)
        .collect::<String>()
        .escape_debug()
        .to_string()
}
