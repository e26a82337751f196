//! Roll-ups: what a field was over a minute, and over an hour.

use rusqlite::{Connection, params};

use crate::fields::Known;

/// Microseconds of a minute and of an hour.
pub(crate) const MINUTE: i64 = 60_000_000;
const HOUR: i64 = 60 * MINUTE;

const UPSERT: &str = "
    INSERT INTO minute (stream, field, time, count, sum, min, max, last)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
    ON CONFLICT (stream, field, time) DO UPDATE SET
        count = excluded.count, sum = excluded.sum, min = excluded.min, max = excluded.max,
        last = excluded.last";

const HOURS: &str = "
    INSERT INTO hour (stream, field, time, count, sum, min, max, last)
    SELECT ?1, ?2, ?3, sum(count), sum(sum), min(min), max(max),
        (SELECT last FROM minute WHERE stream = ?1 AND field = ?2 AND time >= ?3 AND time < ?4
         ORDER BY time DESC LIMIT 1)
    FROM minute WHERE stream = ?1 AND field = ?2 AND time >= ?3 AND time < ?4
    HAVING count(*) > 0
    ON CONFLICT (stream, field, time) DO UPDATE SET
        count = excluded.count, sum = excluded.sum, min = excluded.min, max = excluded.max,
        last = excluded.last";

/// One field over one minute.
#[derive(Clone, Copy, Debug)]
struct Sums {
    count: i64,
    sum: f64,
    min: f64,
    max: f64,
    last: f64,
}

impl Sums {
    const NOTHING: Self = Self {
        count: 0,
        sum: 0.0,
        min: f64::INFINITY,
        max: f64::NEG_INFINITY,
        last: 0.0,
    };

    fn add(&mut self, value: f64) {
        self.count += 1;
        self.sum += value;
        self.min = self.min.min(value);
        self.max = self.max.max(value);
        self.last = value;
    }
}

/// Computes the minutes and hours anew in which there are new samples, from `first` to `last`
/// (in microseconds), out of the samples themselves: however often, the result is the same.
pub(crate) fn roll_up(
    db: &Connection,
    stream: i64,
    fields: &[Known],
    first: i64,
    last: i64,
) -> rusqlite::Result<()> {
    if fields.is_empty() {
        return Ok(());
    }
    let (first, end) = (
        floor(first, MINUTE),
        floor(last, MINUTE).saturating_add(MINUTE),
    );
    let columns: Vec<&str> = fields.iter().map(|known| known.column.as_str()).collect();
    let mut samples = db.prepare_cached(&format!(
        "SELECT time, {} FROM sample WHERE stream = ?1 AND time >= ?2 AND time < ?3
         ORDER BY time, n",
        columns.join(", ")
    ))?;
    let mut rows = samples.query([stream, first, end])?;
    let mut sums = vec![Sums::NOTHING; fields.len()];
    let mut minute = first;
    let mut hours = Vec::new();
    while let Some(row) = rows.next()? {
        let of_row = floor(row.get(0)?, MINUTE);
        if of_row != minute {
            write_minute(db, stream, fields, minute, &mut sums)?;
            hours.push(floor(minute, HOUR));
            hours.dedup();
            minute = of_row;
        }
        for (index, sums) in sums.iter_mut().enumerate() {
            if let Some(value) = row.get::<_, Option<f64>>(index + 1)? {
                sums.add(value);
            }
        }
    }
    write_minute(db, stream, fields, minute, &mut sums)?;
    hours.push(floor(minute, HOUR));
    hours.dedup();
    let mut upsert = db.prepare_cached(HOURS)?;
    for hour in hours {
        for known in fields {
            upsert.execute(params![stream, known.id, hour, hour.saturating_add(HOUR)])?;
        }
    }
    Ok(())
}

fn write_minute(
    db: &Connection,
    stream: i64,
    fields: &[Known],
    minute: i64,
    sums: &mut [Sums],
) -> rusqlite::Result<()> {
    let mut upsert = db.prepare_cached(UPSERT)?;
    for (known, sums) in fields.iter().zip(sums) {
        let done = std::mem::replace(sums, Sums::NOTHING);
        if done.count > 0 {
            let Sums {
                count,
                sum,
                min,
                max,
                last,
            } = done;
            upsert.execute(params![
                stream, known.id, minute, count, sum, min, max, last
            ])?;
        }
    }
    Ok(())
}

/// The greatest multiple of `step` that is not above `time`.
pub(crate) fn floor(time: i64, step: i64) -> i64 {
    time.saturating_sub(time.rem_euclid(step))
}
