//! An activity on its way into the database: it is there whole, once, or not at all.
//!
//! Until it is complete it stands in a temporary table, which SQLite keeps in a file of its own
//! that goes with the connection: a crash leaves nothing, and nobody waits for a slow stream.

use pipeline_plugin::{
    Batch, Context, Delivered, Error, Field, Header, Item, Lap, Result, Sink, Summary,
};
use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};
use serde::Serialize;

use crate::database::{Database, stream_id};
use crate::fields::{Known, MOST, known, listed};
use crate::rollup::roll_up;

const TABLES: &str = "
    CREATE TEMP TABLE pending (time INTEGER NOT NULL, n INTEGER NOT NULL);
    CREATE TEMP TABLE pending_lap AS SELECT * FROM main.lap LIMIT 0;
";

/// One activity.
#[derive(Debug)]
pub(crate) struct ActivityStream {
    database: Database,
    header: Header,
    context: Context,
    /// The fields so far; the field at `i` is the column `c<i>`.
    fields: Vec<Field>,
    /// The last row's time, and how many had it before.
    latest: (i64, i64),
    laps: i64,
    curves: u64,
}

impl ActivityStream {
    pub(crate) fn open(database: Database, header: &Header, cx: &Context) -> Result<Self> {
        let prepared = database.db.execute_batch(TABLES);
        // It is delivered when it is committed: that has to survive a power cut.
        let prepared =
            prepared.and_then(|()| database.db.pragma_update(None, "synchronous", "FULL"));
        prepared.map_err(|error| database.broken(error))?;
        Ok(Self {
            database,
            header: header.clone(),
            context: cx.clone(),
            fields: Vec::new(),
            latest: (i64::MIN, 0),
            laps: 0,
            curves: 0,
        })
    }

    fn samples(&mut self, batch: &Batch) -> Result<()> {
        let Self {
            database, fields, ..
        } = self;
        for column in batch.columns() {
            if !fields.iter().any(|field| is_same(field, &column.field)) {
                fields.push(column.field.clone());
                let sql = format!(
                    "ALTER TABLE temp.pending ADD COLUMN c{} REAL",
                    fields.len() - 1
                );
                let added = database.db.execute_batch(&sql);
                added.map_err(|error| database.broken(error))?;
            }
        }
        if fields.len() > MOST {
            return Err(Error::skip("the activity has more than 1,900 columns"));
        }
        let path = database.path.clone();
        let latest = &mut self.latest;
        // It writes to the temporary table only, so nobody waits for it.
        let pending = database.db.transaction().and_then(|transaction| {
            insert(&transaction, fields, batch, latest)?;
            transaction.commit()
        });
        pending.map_err(|error| crate::database::broken(&path, error))
    }

    fn lap(&mut self, lap: &Lap) -> Result<()> {
        self.laps += 1;
        let totals = &lap.totals;
        let number = |value: f64| value.is_finite().then_some(value);
        let inserted = self.database.db.prepare_cached(
            "INSERT INTO temp.pending_lap VALUES
                (0, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
        );
        let inserted = inserted.and_then(|mut insert| {
            insert.execute(params![
                self.laps,
                lap.start.micros(),
                lap.end.micros(),
                word(&lap.trigger),
                word(&lap.intensity),
                number(totals.timer_time),
                number(totals.distance),
                number(totals.cycles),
                number(totals.calories),
                number(totals.work),
                number(totals.avg_heart_rate),
                number(totals.max_heart_rate),
                number(totals.avg_cadence),
                number(totals.avg_power),
                number(totals.max_power),
            ])
        });
        inserted
            .map(drop)
            .map_err(|error| self.database.broken(error))
    }
}

/// The name of a variant as JSON has it.
fn word(value: &impl Serialize) -> String {
    let text = serde_json::to_value(value).unwrap_or_default();
    text.as_str().unwrap_or_default().to_owned()
}

fn is_same(one: &Field, other: &Field) -> bool {
    one.name() == other.name() && one.unit() == other.unit()
}

fn insert(
    db: &Connection,
    fields: &[Field],
    batch: &Batch,
    latest: &mut (i64, i64),
) -> rusqlite::Result<()> {
    let position = |field: &Field| fields.iter().position(|known| is_same(known, field));
    let columns = batch.columns().iter();
    let indices = columns.filter_map(|column| position(&column.field));
    let names = listed(indices.map(|index| format!("c{index}")));
    let marks = ", ?".repeat(batch.columns().len());
    let sql = format!("INSERT INTO temp.pending (time, n{names}) VALUES (?, ?{marks})");
    let mut statement = db.prepare_cached(&sql)?;
    for (row, time) in batch.time().iter().enumerate() {
        let time = time.micros();
        *latest = match *latest {
            (before, n) if before == time => (time, n + 1),
            _ => (time, 0),
        };
        let head = [time, latest.1].map(Value::Integer);
        let values = batch.columns().iter().map(|column| {
            let value = column.values.get(row).copied().filter(|v| v.is_finite());
            value.map_or(Value::Null, Value::Real)
        });
        statement.execute(params_from_iter(head.into_iter().chain(values)))?;
    }
    Ok(())
}

/// Copies what is complete; nothing if it is there already.
fn keep(db: &Connection, key: &str, header: &Header, fields: &[Field]) -> rusqlite::Result<()> {
    let mut find = db.prepare("SELECT 1 FROM stream WHERE key = ?1")?;
    if find.exists([key])? {
        return Ok(());
    }
    let stream = stream_id(db, key, header)?;
    let known: Vec<Known> = fields
        .iter()
        .map(|field| known(db, field))
        .collect::<rusqlite::Result<_>>()?;
    let names = listed(known.iter().map(|known| &known.column));
    let from = listed((0..known.len()).map(|index| format!("c{index}")));
    db.execute(
        &format!(
            "INSERT INTO sample (stream, time, n{names})
             SELECT ?1, time, n{from} FROM temp.pending ORDER BY time, n"
        ),
        [stream],
    )?;
    db.execute("UPDATE temp.pending_lap SET stream = ?1", [stream])?;
    db.execute("INSERT INTO lap SELECT * FROM temp.pending_lap", [])?;
    let (first, last): (Option<i64>, Option<i64>) =
        db.query_row("SELECT min(time), max(time) FROM temp.pending", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    if let (Some(first), Some(last)) = (first, last) {
        roll_up(db, stream, &known, first, last)?;
    }
    Ok(())
}

impl Sink for ActivityStream {
    fn write(&mut self, item: &Item) -> Result<()> {
        match item {
            Item::Samples(batch) => self.samples(batch),
            Item::Lap(lap) => self.lap(lap),
            Item::Curve(_) => {
                self.curves += 1;
                Ok(())
            }
            Item::Event(_) | Item::Bytes(_) => Ok(()),
        }
    }

    fn finish(mut self: Box<Self>, summary: &Summary) -> Result<Delivered> {
        let place = self.database.path.clone();
        let key = format!("activity {}", summary.content_key);
        let transaction = self.database.begin()?;
        let kept = keep(&transaction, &key, &self.header, &self.fields).and_then(|()| {
            transaction.execute(
                "UPDATE stream SET start = ?2, \"end\" = ?3, samples =
                    (SELECT count(*) FROM temp.pending) WHERE key = ?1",
                params![key, summary.start.micros(), summary.end.micros()],
            )?;
            transaction.commit()
        });
        kept.map_err(|error| crate::database::broken(&place, error))?;
        if self.curves > 0 {
            let noun = if self.curves == 1 { "curve" } else { "curves" };
            let message = format!(
                "{} {noun} left out: there is no table for them",
                self.curves
            );
            self.context.warn(message);
        }
        Ok(Delivered::Done(place.display().to_string()))
    }
}
