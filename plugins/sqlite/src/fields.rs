//! Fields and their columns in the table `sample`.

use pipeline_plugin::Field;
use rusqlite::{Connection, OptionalExtension, params};

/// Columns of `sample` that are no fields.
const TAKEN: [&str; 3] = ["stream", "time", "n"];

/// More columns than this SQLite does not take (its default is 2,000).
pub(crate) const MOST: usize = 1900;

/// A field as the database knows it.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) field: Field,
    /// Its number in the table `field`.
    pub(crate) id: i64,
    /// Its column in the table `sample`, quoted.
    pub(crate) column: String,
}

/// The number and the column of a field; made if there are none.
pub(crate) fn known(db: &Connection, field: &Field) -> rusqlite::Result<Known> {
    let mut find =
        db.prepare_cached("SELECT id, \"column\" FROM field WHERE name = ?1 AND unit = ?2")?;
    let found = find.query_row([field.name(), field.unit()], |row| {
        Ok((row.get(0)?, row.get::<_, String>(1)?))
    });
    if let Some((id, column)) = found.optional()? {
        let (field, column) = (field.clone(), quoted(&column));
        return Ok(Known { field, id, column });
    }
    let column = free_column(db, field.name())?;
    let quoted = quoted(&column);
    db.execute_batch(&format!("ALTER TABLE sample ADD COLUMN {quoted} REAL"))?;
    db.execute(
        "INSERT INTO field (name, unit, \"column\", about) VALUES (?1, ?2, ?3, ?4)",
        params![field.name(), field.unit(), column, field.about().trim()],
    )?;
    Ok(Known {
        field: field.clone(),
        id: db.last_insert_rowid(),
        column: quoted,
    })
}

/// Every field of the database.
pub(crate) fn all(db: &Connection) -> rusqlite::Result<Vec<Known>> {
    let mut query = db.prepare("SELECT id, name, unit, \"column\" FROM field ORDER BY id")?;
    let rows = query.query_map([], |row| {
        let (name, unit, column): (String, String, String) =
            (row.get(1)?, row.get(2)?, row.get(3)?);
        Ok(Known {
            field: Field::new(&name, &unit),
            id: row.get(0)?,
            column: quoted(&column),
        })
    })?;
    rows.collect()
}

/// A name for a column that is not taken: names of columns don't tell `a` from `A`.
fn free_column(db: &Connection, name: &str) -> rusqlite::Result<String> {
    let name = name.replace('\0', "");
    let name = if name.is_empty() { "_" } else { &*name };
    let mut column = name.to_owned();
    let mut number = 2;
    while TAKEN.iter().any(|taken| column.eq_ignore_ascii_case(taken))
        || db.query_row(
            "SELECT count(*) FROM field WHERE \"column\" = ?1",
            [&column],
            |row| row.get::<_, i64>(0),
        )? > 0
    {
        column = format!("{name}_{number}");
        number += 1;
    }
    Ok(column)
}

fn quoted(column: &str) -> String {
    format!("\"{}\"", column.replace('"', "\"\""))
}

/// Each of them behind a comma: `, "a", "b"`.
pub(crate) fn listed(columns: impl Iterator<Item = impl std::fmt::Display>) -> String {
    use std::fmt::Write as _;
    columns.fold(String::new(), |mut text, column| {
        let _ = write!(text, ", {column}");
        text
    })
}
