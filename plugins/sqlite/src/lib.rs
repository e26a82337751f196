//! The sink that keeps streams in an SQLite database: logs row by row as they come, activities
//! when they are complete.
//!
//! Running again over the same data adds nothing: a log's row is known by its device and time, an
//! activity by its content key. Each batch of a log is one transaction of the write-ahead log, so
//! a program that is killed loses at most the rows in its hands, and others may read meanwhile.
//! The roll-ups of a minute follow when it is over.
//!
//! # The tables
//!
//! Times are microseconds since 1970-01-01T00:00:00Z. Version 1, in `PRAGMA user_version`; the
//! database's `application_id` is 0x50495045.
//!
//! | table | what a row is | columns |
//! |---|---|---|
//! | `stream` | a log of a device, for as long as it goes on, or one activity | `id`, `key` (the content key of an activity, the device of a log; unique), `kind` (`activity`, `log`), `name`, `device`, `serial`, `sport`, `sub_sport`, `start`, `end`, `samples` |
//! | `field` | a quantity | `id`, `name`, `unit`, `column` (of the table `sample`), `about` |
//! | `sample` | what was measured at a time | `stream`, `time`, `n` (counts samples of the same time, from 0), and one column a field, null where nothing was measured |
//! | `minute` | a field over a minute (UTC) | `stream`, `field`, `time` (where it begins), `count`, `sum`, `min`, `max`, `last`, `mean` (computed) |
//! | `hour` | a field over an hour (UTC) | as `minute` |
//! | `lap` | a lap of an activity | `stream`, `n` (from 1), `start`, `end`, `trigger`, `intensity`, and its totals |
//!
//! The views `samples_of_streams`, `minutes` and `hours` are the same with readable times and
//! names. For the power of the last day, by the minute:
//!
//! ```sql
//! SELECT time, mean FROM minutes WHERE field = 'ac_output_power' AND time > datetime('now', '-1 day');
//! ```
//!
//! Means are over samples, not over time: a log has them at equal distances.
//!
//! # What is kept how long
//!
//! `keep-samples` and `keep-minutes` remove rows of logs that are older than that, counted from
//! the newest of the log, in whole days. Hours are kept for ever, activities too.
//!
//! # Example
//!
//! ```
//! assert_eq!(plugin_sqlite::plugin().name, "sqlite");
//! ```

#![cfg_attr(
    not(test),
    deny(
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic
    )
)]

mod activity;
mod database;
mod fields;
mod log;
mod rollup;
mod sink;

pub use sink::{Sqlite, plugin};
