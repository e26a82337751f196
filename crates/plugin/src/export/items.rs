//! Items as they cross the border, in both directions.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::abi::{self, Samples};
use crate::{Batch, Column, Field, Item, Timestamp};

/// The most rows of a batch, and the most columns.
const LIMIT: usize = 1 << 24;
const COLUMNS: usize = 4096;

/// Takes items from the other side and checks them.
///
/// The names of columns change rarely, so those of the last batch are kept.
#[derive(Debug, Default)]
pub struct Incoming {
    fields: Vec<Field>,
    latest: Option<i64>,
}

impl Incoming {
    /// The item, `None` if this version does not know its kind.
    ///
    /// # Errors
    ///
    /// What is wrong with it: a lower-case fragment.
    pub fn item(&mut self, item: &abi::Item<'_>) -> Result<Option<Item>, String> {
        Ok(Some(match item {
            abi::Item::Samples(samples) => Item::Samples(self.batch(samples)?),
            abi::Item::Lap(json) => Item::Lap(Box::new(read("lap", json)?)),
            abi::Item::Event(json) => Item::Event(read("event", json)?),
            abi::Item::Curve(json) => Item::Curve(read("curve", json)?),
            abi::Item::Bytes(bytes) => Item::Bytes(bytes.to_vec()),
            abi::Item::Unknown(_) => return Ok(None),
        }))
    }

    /// A new stream begins: its times may be earlier.
    pub fn restart(&mut self) {
        self.latest = None;
    }

    fn batch(&mut self, samples: &Samples<'_>) -> Result<Batch, String> {
        let rows = samples.time().len();
        if rows > LIMIT {
            return Err(format!("sent samples with {rows} rows"));
        }
        for column in samples.columns() {
            let length = column.values().len();
            if length != rows {
                let name = column.name().escape_debug();
                return Err(format!(
                    "sent samples with {rows} times, but {length} values of `{name}`"
                ));
            }
        }
        if !self.fits(samples) {
            self.fields = fields(samples)?;
        }
        let time = self.times(samples.time())?;
        let columns = self.fields.iter().zip(samples.columns());
        let columns = columns.map(|(field, column)| Column {
            field: field.clone(),
            values: column.values().to_vec(),
        });
        Ok(Batch::of_columns(time, columns.collect()))
    }

    /// Whether the columns are those of the last batch.
    fn fits(&self, samples: &Samples<'_>) -> bool {
        let columns = samples.columns();
        columns.len() == self.fields.len()
            && columns.iter().zip(&self.fields).all(|(column, field)| {
                column.name_bytes() == field.name().as_bytes()
                    && (column.unit_bytes() == field.unit().as_bytes()
                        || column.unit_bytes().is_empty())
            })
    }

    fn times(&mut self, times: &[i64]) -> Result<Vec<Timestamp>, String> {
        let mut latest = self.latest.unwrap_or(i64::MIN);
        let mut checked = Vec::with_capacity(times.len());
        for time in times {
            if *time < latest {
                let (time, latest) = (
                    Timestamp::from_micros(*time),
                    Timestamp::from_micros(latest),
                );
                return Err(format!("sent the time {time} after {latest}"));
            }
            latest = *time;
            checked.push(Timestamp::from_micros(*time));
        }
        self.latest = Some(latest);
        Ok(checked)
    }
}

/// The fields of columns, checked.
fn fields(samples: &Samples<'_>) -> Result<Vec<Field>, String> {
    if samples.columns().len() > COLUMNS {
        return Err(format!("sent {} columns", samples.columns().len()));
    }
    let mut fields: Vec<Field> = Vec::with_capacity(samples.columns().len());
    for (index, column) in samples.columns().iter().enumerate() {
        let text = |bytes: &[u8]| {
            std::str::from_utf8(bytes)
                .map(str::to_owned)
                .map_err(|_| format!("sent a column (number {index}) whose name is no UTF-8"))
        };
        let (name, unit) = (text(column.name_bytes())?, text(column.unit_bytes())?);
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if name.is_empty() || !name.chars().all(plain) || matches!(&*name, "time" | "units") {
            return Err(format!(
                "sent a column with the name `{}`; names are of a-z, 0-9 and _, and not `time` or \
                 `units`",
                name.escape_debug()
            ));
        }
        let field = Field::new(&name, &unit);
        if field.unit() != unit && !unit.is_empty() {
            return Err(format!(
                "sent `{name}` in `{}`; its unit is `{}`",
                unit.escape_debug(),
                field.unit()
            ));
        }
        if fields.contains(&field) {
            return Err(format!("sent the column `{name}` twice"));
        }
        fields.push(field);
    }
    Ok(fields)
}

fn read<T: DeserializeOwned>(what: &str, json: &str) -> Result<T, String> {
    serde_json::from_str(json).map_err(|error| format!("sent a {what} that is none: {error}"))
}

/// Lends items to the other side.
#[derive(Debug, Default)]
pub struct Outgoing {
    json: String,
    time: Vec<i64>,
}

impl Outgoing {
    /// Lends an item for a call.
    pub fn lend<T>(&mut self, item: &Item, call: impl FnOnce(&abi::Item<'_>) -> T) -> T {
        match item {
            Item::Samples(batch) => {
                self.time.clear();
                self.time
                    .extend(batch.time().iter().map(|time| time.micros()));
                let columns: Vec<_> = batch.columns().iter().map(lent).collect();
                call(&abi::Item::Samples(Samples::new(&self.time, columns)))
            }
            Item::Lap(lap) => call(&abi::Item::Lap(self.write(lap))),
            Item::Event(event) => call(&abi::Item::Event(self.write(event))),
            Item::Curve(curve) => call(&abi::Item::Curve(self.write(curve))),
            Item::Bytes(bytes) => call(&abi::Item::Bytes(bytes)),
        }
    }

    fn write(&mut self, value: &impl Serialize) -> &str {
        // Every item has a text form.
        self.json = serde_json::to_string(value).unwrap_or_default();
        &self.json
    }
}

fn lent(column: &Column) -> abi::Column<'_> {
    abi::Column::new(column.field.name(), column.field.unit(), &column.values)
}
