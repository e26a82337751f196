use crate::{Batch, Event, Field, Item, Output, Result, Timestamp};

/// Collects samples row by row and sends them in batches of [`Batch::ROWS`] rows: what a reader
/// does.
///
/// A column is sent from the batch on in which it has its first value, so that a quantity that was
/// never measured has no column.
#[derive(Clone, Debug)]
pub struct Rows {
    fields: Vec<Field>,
    time: Vec<Timestamp>,
    columns: Vec<Vec<f64>>,
    /// Columns that had a value so far.
    seen: Vec<bool>,
    count: u64,
}

impl Rows {
    /// Rows with these columns.
    pub fn new(fields: &[Field]) -> Self {
        let mut rows = Self {
            fields: Vec::new(),
            time: Vec::with_capacity(Batch::ROWS),
            columns: Vec::new(),
            seen: Vec::new(),
            count: 0,
        };
        for field in fields {
            rows.add_column(field.clone());
        }
        rows
    }

    /// Adds a column; the rows before have no value in it.
    pub fn add_column(&mut self, field: Field) {
        let mut column = Vec::with_capacity(Batch::ROWS);
        column.resize(self.time.len(), f64::NAN);
        self.fields.push(field);
        self.columns.push(column);
        self.seen.push(false);
    }

    /// How many columns there are.
    pub fn width(&self) -> usize {
        self.columns.len()
    }

    /// How many rows there were in all.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Appends a row, a value for each column in their order, and sends a batch when one is full.
    ///
    /// Values that are missing at the end become `NaN`; surplus values are ignored. A time before
    /// the last row's is raised to it.
    ///
    /// # Errors
    ///
    /// What a later stage says.
    #[inline]
    pub fn push(&mut self, time: Timestamp, row: &[f64], out: &mut dyn Output) -> Result<()> {
        self.time.push(time);
        let values = row.iter().copied().chain(std::iter::repeat(f64::NAN));
        for ((column, seen), value) in self.columns.iter_mut().zip(&mut self.seen).zip(values) {
            column.push(value);
            *seen |= !value.is_nan();
        }
        self.count += 1;
        if self.time.len() == Batch::ROWS {
            self.flush(out)
        } else {
            Ok(())
        }
    }

    /// Sends the rows that were not sent yet.
    ///
    /// # Errors
    ///
    /// What a later stage says.
    pub fn flush(&mut self, out: &mut dyn Output) -> Result<()> {
        if self.time.is_empty() {
            return Ok(());
        }
        let time = std::mem::replace(&mut self.time, Vec::with_capacity(Batch::ROWS));
        let mut batch = Batch::of_times(time);
        let columns = self.fields.iter().zip(&mut self.columns).zip(&self.seen);
        for ((field, column), seen) in columns {
            if *seen {
                let values = std::mem::replace(column, Vec::with_capacity(Batch::ROWS));
                batch.add(field.clone(), values);
            } else {
                column.clear();
            }
        }
        out.send(Item::Samples(batch))
    }

    /// Sends the rows that were not sent yet, and that the timer stood still between `start` and
    /// `end`.
    ///
    /// # Errors
    ///
    /// What a later stage says.
    pub fn pause(&mut self, start: Timestamp, end: Timestamp, out: &mut dyn Output) -> Result<()> {
        self.flush(out)?;
        out.send(Item::Event(Event::TimerStop { time: start }))?;
        out.send(Item::Event(Event::TimerStart { time: end }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{field, testing};

    #[test]
    fn columns_are_sent_once_they_had_a_value() {
        let mut out: Vec<Item> = Vec::new();
        let mut rows = Rows::new(&[field::DISTANCE, field::POWER]);
        let at = Timestamp::from_seconds;
        rows.push(at(0), &[0.0], &mut out).unwrap();
        rows.flush(&mut out).unwrap();
        rows.flush(&mut out).unwrap();
        rows.push(at(1), &[4.0], &mut out).unwrap();
        rows.add_column(Field::new("grit", "kGrit"));
        rows.push(at(2), &[8.0, 100.0, 1.5, 7.0], &mut out).unwrap();
        rows.flush(&mut out).unwrap();
        assert_eq!((rows.width(), rows.count()), (3, 3));
        assert_eq!(
            testing::lines(&out),
            r#"{"samples":{"time":["1970-01-01T00:00:00Z"],"distance":[0.0]}}
{"samples":{"time":["1970-01-01T00:00:01Z","1970-01-01T00:00:02Z"],"distance":[4.0,8.0],"power":[null,100.0],"grit":[null,1.5],"units":{"grit":"kGrit"}}}
"#
        );
        for second in 3..600 {
            rows.push(at(second), &[1.0], &mut out).unwrap();
        }
        assert_eq!(out.len(), 4, "batches are sent when they are full");
    }
}
