//! The rows of a file as a stream.

use pipeline_plugin::{Batch, Header, Item, Result, Streams, Timestamp};
use table::{Put, Rows, Taken, WINDOW};

use super::columns::{Columns, Values};
use super::laps::Laps;
use super::moments::Moments;

/// Collects rows into batches, in the order of time.
#[derive(Debug)]
pub(crate) struct RowStream {
    /// The header, but for its start.
    header: Header,
    rows: Rows,
    /// Columns that had a value so far: only these are sent.
    seen: Vec<bool>,
    has_laps: bool,
    /// Set when the stream is open.
    laps: Option<Laps>,
    count: u64,
}

impl RowStream {
    pub(crate) fn new(header: Header, columns: &Columns) -> Self {
        let has_laps = columns.lap.is_some();
        Self {
            header,
            // The lap's number goes behind the values.
            rows: Rows::new(columns.values.len() + usize::from(has_laps)),
            seen: vec![false; columns.values.len()],
            has_laps,
            laps: None,
            count: 0,
        }
    }

    /// How many rows there were.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// Takes a row: a value for each column, and the lap's number if there is a column for it.
    #[inline]
    pub(crate) fn row(&mut self, time: i64, values: &[f64]) -> Put {
        for (seen, value) in self.seen.iter_mut().zip(values) {
            *seen |= !value.is_nan();
        }
        let put = self.rows.push(time, values);
        self.count += u64::from(put != Put::Late);
        put
    }

    /// Whether there is a batch to be sent.
    #[inline]
    pub(crate) fn is_full(&self) -> bool {
        self.rows.len() >= Batch::ROWS + WINDOW
    }

    /// Sends all rows but those that may still get others before them.
    pub(crate) fn flush(
        &mut self,
        moments: &Moments<'_>,
        values: &[Values],
        out: &mut dyn Streams,
    ) -> Result<()> {
        self.send(WINDOW, moments, values, out)
    }

    /// Sends all rows but the last `keep`.
    fn send(
        &mut self,
        keep: usize,
        moments: &Moments<'_>,
        values: &[Values],
        out: &mut dyn Streams,
    ) -> Result<()> {
        let Taken { time, mut columns } = self.rows.take(keep);
        let Some(first) = time.first() else {
            return Ok(());
        };
        let laps = if let Some(laps) = &mut self.laps {
            laps
        } else {
            let start = moments.start().map_or(*first, |start| start.min(*first));
            let start = Timestamp::from_micros(start);
            (self.header.start, self.header.utc_offset) = (start, moments.offset(start));
            out.open(self.header.clone())?;
            self.laps.insert(Laps::new(start))
        };
        let numbers = if self.has_laps { columns.pop() } else { None };
        let time = time.into_iter().map(Timestamp::from_micros).collect();
        let mut batch = Batch::of_times(time);
        for ((column, seen), values) in columns.into_iter().zip(&self.seen).zip(values) {
            if *seen {
                batch.add(values.field.clone(), column);
            }
        }
        match numbers {
            Some(numbers) => laps.send(batch, &numbers, out),
            None => out.send(Item::Samples(batch)),
        }
    }

    /// Ends the stream.
    pub(crate) fn finish(
        mut self,
        moments: &Moments<'_>,
        values: &[Values],
        out: &mut dyn Streams,
    ) -> Result<()> {
        self.send(0, moments, values, out)?;
        if let Some(laps) = &mut self.laps {
            laps.finish(out)?;
        }
        out.finish()
    }
}
