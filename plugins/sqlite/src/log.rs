//! A log on its way into the database: every batch is a transaction.
//!
//! The roll-ups of a minute are written when it is over: with every row they would touch a page of
//! each field and each of its tables, which wears out a memory card. Those of the newest minute are
//! made up for when the stream ends, or by the next one after a crash.

use std::mem;

use pipeline_plugin::{
    Batch, Context, Delivered, Error, Field, Header, Item, Result, Sink, Summary, is_gone,
};
use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};

use crate::database::{Database, device, stream_id};
use crate::fields::{Known, MOST, all, known, listed};
use crate::rollup::{MINUTE, floor, roll_up};
use crate::sink::{DAY, Keep};

/// One log.
#[derive(Debug)]
pub(crate) struct LogStream {
    database: Database,
    header: Header,
    stream: i64,
    keep: Keep,
    context: Context,
    fields: Vec<Known>,
    /// The newest time of the log, in microseconds.
    newest: i64,
    /// A time in the newest minute, if that is not rolled up.
    open: Option<i64>,
    /// The day up to which old rows were removed.
    pruned: Option<i64>,
    /// The last row's time, and how many had it before.
    latest: (i64, i64),
    /// Rows that were there already.
    doubles: u64,
    /// Rows that are older than what is kept.
    old: u64,
}

impl LogStream {
    pub(crate) fn open(
        mut database: Database,
        header: &Header,
        keep: Keep,
        cx: &Context,
    ) -> Result<Self> {
        let serial = header.device.serial.map(|serial| format!(" {serial}"));
        let key = format!("log {}{}", device(header), serial.unwrap_or_default());
        let transaction = database.begin()?;
        let opened = stream_id(&transaction, &key, header).and_then(|stream| {
            let sql = "SELECT \"end\" FROM stream WHERE id = ?1";
            let newest: Option<i64> = transaction.query_row(sql, [stream], |row| row.get(0))?;
            if let Some(newest) = newest {
                // A crash may have left its minute.
                roll_up(&transaction, stream, &all(&transaction)?, newest, newest)?;
            }
            transaction.commit()?;
            Ok((stream, newest.unwrap_or(i64::MIN)))
        });
        let (stream, newest) = opened.map_err(|error| database.broken(error))?;
        Ok(Self {
            database,
            header: header.clone(),
            stream,
            keep,
            context: cx.clone(),
            fields: Vec::new(),
            newest,
            open: None,
            pruned: None,
            latest: (i64::MIN, 0),
            doubles: 0,
            old: 0,
        })
    }

    fn samples(&mut self, batch: &Batch) -> Result<()> {
        let fields: Vec<&Field> = batch.columns().iter().map(|column| &column.field).collect();
        if fields.len() > MOST {
            return Err(Error::skip("the log has more than 1,900 columns"));
        }
        let (stream, known_fields) = (self.stream, &mut self.fields);
        let oldest = self.keep.samples.map(|keep| cut_off(self.newest, keep));
        let (mut latest, mut open, newest) = (self.latest, self.open, self.newest);
        let path = self.database.path.clone();
        let transaction = self.database.begin()?;
        let written = columns(&transaction, known_fields, &fields).and_then(|columns| {
            let counts = insert(&transaction, stream, &columns, batch, oldest, &mut latest)?;
            if let Some((first, last)) = counts.range {
                let going_on = floor(newest.max(last), MINUTE);
                let over = |time: i64| time < going_on;
                if let Some(time) = open.take_if(|time| over(*time)) {
                    roll_up(&transaction, stream, known_fields, time, time)?;
                }
                if over(first) {
                    let last = last.min(going_on - 1);
                    roll_up(&transaction, stream, known_fields, first, last)?;
                }
                if !over(last) {
                    open = Some(last);
                }
                transaction.execute(
                    "UPDATE stream SET samples = samples + ?2, start = min(ifnull(start, ?3), ?3),
                        \"end\" = max(ifnull(\"end\", ?4), ?4) WHERE id = ?1",
                    params![stream, counts.new, first, last],
                )?;
            }
            transaction.commit()?;
            Ok(counts)
        });
        let counts = written.map_err(|error| crate::database::broken(&path, error))?;
        (self.latest, self.open) = (latest, open);
        self.doubles += counts.doubles;
        self.old += counts.old;
        if let Some((_, last)) = counts.range {
            self.newest = self.newest.max(last);
            self.prune()?;
        }
        Ok(())
    }

    /// The roll-ups of the newest minute.
    fn roll_up_last(&mut self) -> Result<()> {
        let Some(time) = self.open.take() else {
            return Ok(());
        };
        let (stream, fields) = (self.stream, mem::take(&mut self.fields));
        let path = self.database.path.clone();
        let transaction = self.database.begin()?;
        let done = roll_up(&transaction, stream, &fields, time, time);
        done.and_then(|()| transaction.commit())
            .map_err(|error| crate::database::broken(&path, error))
    }

    /// Removes rows that are older than what is kept, once a day.
    fn prune(&mut self) -> Result<()> {
        let today = floor(self.newest, DAY);
        if self.pruned == Some(today) {
            return Ok(());
        }
        self.pruned = Some(today);
        let (stream, keep, newest) = (self.stream, self.keep, self.newest);
        let path = self.database.path.clone();
        let transaction = self.database.begin()?;
        let removed = (|| {
            if let Some(keep) = keep.samples {
                transaction.execute(
                    "DELETE FROM sample WHERE stream = ?1 AND time < ?2",
                    [stream, cut_off(newest, keep)],
                )?;
            }
            if let Some(keep) = keep.minutes {
                transaction.execute(
                    "DELETE FROM minute WHERE stream = ?1 AND time < ?2
                        AND field IN (SELECT id FROM field)",
                    [stream, cut_off(newest, keep)],
                )?;
            }
            transaction.commit()
        })();
        removed.map_err(|error| crate::database::broken(&path, error))
    }
}

/// The time before which nothing is kept: whole days, so that no roll-up loses a part of its
/// samples.
fn cut_off(newest: i64, keep: i64) -> i64 {
    floor(newest.saturating_sub(keep), DAY)
}

/// The columns of a batch's fields.
fn columns(
    db: &Connection,
    known_fields: &mut Vec<Known>,
    fields: &[&Field],
) -> rusqlite::Result<Vec<Known>> {
    let mut columns = Vec::with_capacity(fields.len());
    for field in fields {
        let same = |known: &&Known| {
            known.field.name() == field.name() && known.field.unit() == field.unit()
        };
        let found = known_fields.iter().find(same).cloned();
        let column = if let Some(known) = found {
            known
        } else {
            let known = known(db, field)?;
            known_fields.push(known.clone());
            known
        };
        columns.push(column);
    }
    Ok(columns)
}

/// What became of a batch's rows.
#[derive(Debug, Default)]
struct Counts {
    new: i64,
    doubles: u64,
    old: u64,
    /// The first and the last time of new rows.
    range: Option<(i64, i64)>,
}

fn insert(
    db: &Connection,
    stream: i64,
    columns: &[Known],
    batch: &Batch,
    oldest: Option<i64>,
    latest: &mut (i64, i64),
) -> rusqlite::Result<Counts> {
    let mut counts = Counts::default();
    let mut statement = db.prepare_cached(&insertion(columns))?;
    for (row, time) in batch.time().iter().enumerate() {
        let time = time.micros();
        *latest = match *latest {
            (before, n) if before == time => (time, n + 1),
            _ => (time, 0),
        };
        if oldest.is_some_and(|oldest| time < oldest) {
            counts.old += 1;
            continue;
        }
        let head = [stream, time, latest.1].map(Value::Integer);
        let values = batch.columns().iter().map(|column| {
            let value = column.values.get(row).copied().filter(|v| v.is_finite());
            value.map_or(Value::Null, Value::Real)
        });
        if statement.execute(params_from_iter(head.into_iter().chain(values)))? == 0 {
            counts.doubles += 1;
        } else {
            counts.new += 1;
            let first = counts.range.map_or(time, |(first, _)| first);
            counts.range = Some((first, time));
        }
    }
    Ok(counts)
}

/// A row that is there already stays as it is.
pub(crate) fn insertion(columns: &[Known]) -> String {
    let names = listed(columns.iter().map(|known| &known.column));
    let marks = ", ?".repeat(columns.len());
    format!(
        "INSERT INTO sample (stream, time, n{names}) VALUES (?, ?, ?{marks}) ON CONFLICT DO NOTHING"
    )
}

/// `1 row`, `5 rows`.
fn rows(count: u64) -> String {
    format!("{count} row{}", if count == 1 { "" } else { "s" })
}

impl Sink for LogStream {
    fn write(&mut self, item: &Item) -> Result<()> {
        match item {
            Item::Samples(batch) if !batch.is_empty() => self.samples(batch),
            _ => Ok(()),
        }
    }

    fn checkpoint(&mut self) -> Result<()> {
        self.database.sync(self.stream)?;
        if is_gone(&self.database.path) {
            let path = self.database.path.clone();
            let (header, context) = (self.header.clone(), self.context.clone());
            *self = Self::open(Database::open(&path)?, &header, self.keep, &context)?;
            context.warn(format!(
                "`{}` was moved or deleted; the log goes on in a new database",
                path.display()
            ));
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>, _: &Summary) -> Result<Delivered> {
        self.roll_up_last()?;
        self.database.sync(self.stream)?;
        if self.doubles > 0 {
            let rows = rows(self.doubles);
            self.context.warn(format!("{rows} in the database already"));
        }
        if self.old > 0 {
            let rows = rows(self.old);
            self.context
                .warn(format!("{rows} left out: older than `keep-samples`"));
        }
        Ok(Delivered::Done(self.database.path.display().to_string()))
    }
}
