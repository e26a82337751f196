use std::collections::BTreeMap;

use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};

use crate::{Field, Timestamp};

/// The key of the units in the text form; no column has this name.
const UNITS: &str = "units";

/// One quantity over the rows of a [`Batch`].
#[derive(Clone, Debug)]
pub struct Column {
    /// Which quantity; gives the unit.
    pub field: Field,
    /// One value a row; `NaN` where nothing was measured.
    pub values: Vec<f64>,
}

/// Consecutive samples of a stream, as columns.
///
/// Times never decrease, and every column is as long as the times: only `push`, `add` and
/// `split_off` change lengths, and they keep it so.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    time: Vec<Timestamp>,
    columns: Vec<Column>,
}

impl Batch {
    /// How many rows a reader should collect before it sends a batch.
    pub const ROWS: usize = 256;

    /// An empty batch with these columns and room for [`ROWS`](Self::ROWS) rows.
    pub fn new(fields: &[Field]) -> Self {
        let column = |field: &Field| Column {
            field: field.clone(),
            values: Vec::with_capacity(Self::ROWS),
        };
        Self {
            time: Vec::with_capacity(Self::ROWS),
            columns: fields.iter().map(column).collect(),
        }
    }

    /// A batch with these times and no columns yet. A time before the one in front of it is
    /// raised to it, so that times never decrease.
    pub fn of_times(mut time: Vec<Timestamp>) -> Self {
        let mut latest = Timestamp::from_micros(i64::MIN);
        for time in &mut time {
            latest = latest.max(*time);
            *time = latest;
        }
        Self {
            time,
            columns: Vec::new(),
        }
    }

    /// A batch with these times and columns, whose fields are taken to be different.
    ///
    /// Values that are missing at the end of a column become `NaN`, surplus ones are cut off.
    /// Times are raised as by [`of_times`](Self::of_times).
    pub fn of_columns(time: Vec<Timestamp>, mut columns: Vec<Column>) -> Self {
        let mut batch = Self::of_times(time);
        for column in &mut columns {
            column.values.resize(batch.time.len(), f64::NAN);
        }
        batch.columns = columns;
        batch
    }

    /// Appends a row: its time, and a value for each column in their order.
    ///
    /// Values that are missing at the end become `NaN`; surplus values are ignored. A time
    /// before the last row's is raised to it, so that times never decrease.
    pub fn push(&mut self, time: Timestamp, values: &[f64]) {
        let time = self.time.last().map_or(time, |last| time.max(*last));
        self.time.push(time);
        for (index, column) in self.columns.iter_mut().enumerate() {
            column
                .values
                .push(values.get(index).copied().unwrap_or(f64::NAN));
        }
    }

    /// Adds a column, or replaces the one of the same field.
    ///
    /// Missing values at the end become `NaN`, surplus ones are cut off.
    pub fn add(&mut self, field: Field, mut values: Vec<f64>) {
        values.resize(self.time.len(), f64::NAN);
        match self.columns.iter_mut().find(|column| column.field == field) {
            Some(column) => column.values = values,
            None => self.columns.push(Column { field, values }),
        }
    }

    /// Removes the column of `field`, if there is one.
    pub fn remove(&mut self, field: &Field) {
        self.columns.retain(|column| column.field != *field);
    }

    /// Rows from `at` on, taken out of this batch; all of them for 0, none past the end.
    #[must_use]
    pub fn split_off(&mut self, at: usize) -> Self {
        let at = at.min(self.time.len());
        Self {
            time: self.time.split_off(at),
            columns: self
                .columns
                .iter_mut()
                .map(|column| Column {
                    field: column.field.clone(),
                    values: column.values.split_off(at),
                })
                .collect(),
        }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.time.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.time.is_empty()
    }

    /// The rows' times.
    pub fn time(&self) -> &[Timestamp] {
        &self.time
    }

    /// All columns, in the order in which they were added.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The values of a field, one a row; `None` when the batch has no such column.
    pub fn column(&self, field: &Field) -> Option<&[f64]> {
        self.columns
            .iter()
            .find(|column| column.field == *field)
            .map(|c| c.values.as_slice())
    }

    /// The rows, each with its time and its values of these fields; `NaN` where the batch has no such
    /// column. For a sink that writes rows.
    ///
    /// ```
    /// use pipeline_plugin::{Batch, Timestamp, field};
    ///
    /// let mut batch = Batch::new(&[field::POWER]);
    /// batch.push(Timestamp::from_seconds(7), &[180.0]);
    /// for (time, [power, heart_rate]) in batch.rows(&[field::POWER, field::HEART_RATE]) {
    ///     assert_eq!(time, Timestamp::from_seconds(7));
    ///     assert!(power == 180.0 && heart_rate.is_nan());
    /// }
    /// ```
    pub fn rows<'a, const N: usize>(
        &'a self,
        fields: &[Field; N],
    ) -> impl Iterator<Item = (Timestamp, [f64; N])> + use<'a, N> {
        let columns = fields.each_ref().map(|field| self.column(field));
        let rows = self.time.iter().enumerate();
        rows.map(move |(row, time)| {
            let value = |column: Option<&[f64]>| {
                let value = column.and_then(|values| values.get(row));
                value.copied().unwrap_or(f64::NAN)
            };
            (*time, columns.map(value))
        })
    }

    /// The values of a field, to change them.
    pub fn column_mut(&mut self, field: &Field) -> Option<&mut [f64]> {
        self.columns
            .iter_mut()
            .find(|column| column.field == *field)
            .map(|column| column.values.as_mut_slice())
    }
}

/// The text form: `{"time":[…],"distance":[…]}`, `null` where nothing was measured. Units of
/// columns outside the field table stand in `"units":{"grit":"kGrit"}`.
impl Serialize for Batch {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(1 + self.columns.len()))?;
        map.serialize_entry("time", &self.time)?;
        for column in &self.columns {
            map.serialize_entry(column.field.name(), &Values(&column.values))?;
        }
        let own = self.columns.iter().map(|column| &column.field);
        let units: BTreeMap<&str, &str> = own
            .filter(|field| Field::find(field.name()).is_none() && !field.unit().is_empty())
            .map(|field| (field.name(), field.unit()))
            .collect();
        if !units.is_empty() {
            map.serialize_entry(UNITS, &units)?;
        }
        map.end()
    }
}

impl<'de> serde::Deserialize<'de> for Batch {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut map = serde_json::Map::deserialize(from)?;
        let time = map.shift_remove("time").unwrap_or_default();
        let time: Vec<Timestamp> =
            serde_json::from_value(time).map_err(serde::de::Error::custom)?;
        let units = map.shift_remove(UNITS).unwrap_or_default();
        let mut batch = Self::of_times(time);
        for (name, values) in map {
            let values: Vec<Option<f64>> =
                serde_json::from_value(values).map_err(serde::de::Error::custom)?;
            let values = values
                .into_iter()
                .map(|value| value.unwrap_or(f64::NAN))
                .collect();
            let unit = units.get(&name).and_then(serde_json::Value::as_str);
            batch.add(Field::new(&name, unit.unwrap_or_default()), values);
        }
        Ok(batch)
    }
}

struct Values<'a>(&'a [f64]);

impl Serialize for Values<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut list = to.serialize_seq(Some(self.0.len()))?;
        for value in self.0 {
            list.serialize_element(&value.is_finite().then_some(*value))?;
        }
        list.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field;

    #[test]
    fn rows_keep_their_order_and_columns_their_length() {
        let mut batch = Batch::new(&[field::DISTANCE, field::POWER]);
        batch.push(Timestamp::from_seconds(2), &[1.0]);
        batch.push(Timestamp::from_seconds(1), &[2.0, 100.0, 7.0]);
        batch.add(field::SPEED, vec![3.0]);
        assert_eq!(batch.time(), [Timestamp::from_seconds(2); 2]);
        let json = serde_json::to_string(&batch).unwrap();
        assert_eq!(
            json,
            r#"{"time":["1970-01-01T00:00:02Z","1970-01-01T00:00:02Z"],"distance":[1.0,2.0],"power":[null,100.0],"speed":[3.0,null]}"#
        );
        let back: Batch = serde_json::from_str(&json).unwrap();
        assert_eq!(serde_json::to_string(&back).unwrap(), json);
        let tail = batch.split_off(1);
        assert_eq!((batch.len(), tail.len()), (1, 1));
        assert_eq!(tail.column(&field::POWER), Some([100.0].as_slice()));
    }
}
