//! The stream that is open.

use pipeline_plugin::{
    Batch, Event, Field, Header, Item, Meta, Result, Streams, Summary, Timestamp,
};
use table::{Put, Rows, Taken, WINDOW};

use super::samples::Columns;

/// The stream that is open: collects its samples and passes all else on.
#[derive(Debug)]
pub(crate) struct Open {
    /// The columns that rows have.
    columns: Vec<Field>,
    rows: Rows,
    /// Energy of the whole, if the stream has told it.
    calories: Option<f64>,
    count: u64,
}

impl Open {
    pub(crate) fn new(header: Header, out: &mut dyn Streams) -> Result<Self> {
        out.open(header)?;
        Ok(Self {
            columns: Vec::new(),
            rows: Rows::new(0),
            calories: None,
            count: 0,
        })
    }

    /// How many samples there were.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// The columns that rows have; more may be added.
    pub(crate) fn columns(&mut self) -> &mut Vec<Field> {
        &mut self.columns
    }

    /// Rows have these columns from here on.
    pub(crate) fn set_columns(&mut self, columns: Vec<Field>, out: &mut dyn Streams) -> Result<()> {
        self.flush(0, out)?;
        self.rows.set_columns(columns.len());
        self.columns = columns;
        Ok(())
    }

    /// Takes a sample, with a value for each column.
    #[inline]
    pub(crate) fn row(&mut self, time: i64, values: &[f64], out: &mut dyn Streams) -> Result<Put> {
        while self.rows.columns() < self.columns.len() {
            self.rows.add_column();
        }
        let put = self.rows.push(time, values);
        self.count += u64::from(put != Put::Late);
        if self.rows.len() >= Batch::ROWS + WINDOW {
            self.flush(WINDOW, out)?;
        }
        Ok(put)
    }

    /// Takes samples by the batch; how many of them were sorted, and how many were late.
    pub(crate) fn batch(&mut self, batch: Columns, out: &mut dyn Streams) -> Result<(u64, u64)> {
        self.flush(0, out)?;
        let (Some(first), Some(last)) = (batch.time.first(), batch.time.last()) else {
            return Ok((0, 0));
        };
        let (first, last) = (first.micros(), last.micros());
        let is_late = self.rows.latest().is_some_and(|latest| first < latest);
        if is_late || !batch.time.is_sorted() {
            return self.one_by_one(&batch, out);
        }
        self.count += batch.time.len() as u64;
        self.rows.pass_by(last);
        let mut samples = Batch::of_times(batch.time);
        for (field, values) in batch.columns {
            samples.add(field, values);
        }
        out.send(Item::Samples(samples)).map(|()| (0, 0))
    }

    /// Puts samples into the order of time.
    fn one_by_one(&mut self, batch: &Columns, out: &mut dyn Streams) -> Result<(u64, u64)> {
        let fields = batch.columns.iter().map(|(field, _)| field.clone());
        self.set_columns(fields.collect(), out)?;
        let (mut sorted, mut late) = (0, 0);
        let mut values = Vec::with_capacity(batch.columns.len());
        for (row, time) in batch.time.iter().enumerate() {
            values.clear();
            let row = batch.columns.iter().map(|(_, values)| values.get(row));
            values.extend(row.map(|value| value.copied().unwrap_or(f64::NAN)));
            match self.row(time.micros(), &values, out)? {
                Put::Last => {}
                Put::Sorted => sorted += 1,
                Put::Late => late += 1,
            }
        }
        Ok((sorted, late))
    }

    /// Sends what is no sample, behind the samples so far.
    pub(crate) fn item(&mut self, item: Item, out: &mut dyn Streams) -> Result<()> {
        self.flush(0, out)?;
        if let Item::Event(Event::Meta(meta)) = &item {
            self.calories = meta.calories.or(self.calories);
        }
        out.send(item)
    }

    /// Sends all samples but the last `keep`.
    fn flush(&mut self, keep: usize, out: &mut dyn Streams) -> Result<()> {
        let Taken {
            time,
            columns: values,
        } = self.rows.take(keep);
        if time.is_empty() {
            return Ok(());
        }
        let mut batch = Batch::of_times(time.into_iter().map(Timestamp::from_micros).collect());
        for (field, values) in self.columns.iter().zip(values) {
            batch.add(field.clone(), values);
        }
        out.send(Item::Samples(batch))
    }

    /// Ends the stream; the summary is missing when the file broke off.
    pub(crate) fn finish(mut self, summary: Option<&Summary>, out: &mut dyn Streams) -> Result<()> {
        self.flush(0, out)?;
        // What a transform has computed is, from here on, what the file says.
        let computed = summary.map_or(f64::NAN, |summary| summary.totals.calories);
        let is_known = self.calories.map(f64::to_bits) == Some(computed.to_bits());
        if !computed.is_nan() && !is_known {
            let calories = Some(computed);
            out.send(Item::Event(Event::Meta(Meta {
                calories,
                ..Meta::default()
            })))?;
        }
        out.finish()
    }
}
