//! The sink of logs that go on for weeks: CSV files, one a day (UTC), that are only ever appended
//! to.
//!
//! ```text
//! POWER-2F1C_2026-11-20.csv.gz     a day that is over, compressed
//! POWER-2F1C_2026-11-21.csv        today: `time,state_of_charge (%),ac_power (W),…`
//! POWER-2F1C_2026-11-21.2.csv      from where a column came that the file above has not
//! ```
//!
//! Every row is handed to the operating system as soon as it is there, in one piece with its line
//! end: a program that is killed loses at most the row in its hands, and the file can be read at
//! any time. What a crash or a power cut left of a row is taken away before the next one is
//! written. Rows that are in the day's files already are not written again, so a log may be
//! converted twice.
//!
//! The sink never touches a file that it can't read as its own, and a day's file goes only once
//! its compressed copy is safe on the disk and reads back as the same.
//!
//! It does not keep activities: the sinks `csv` and `jsonl` do. The `csv` reader reads what this
//! sink writes.
//!
//! # Example
//!
//! ```
//! assert_eq!(plugin_fossibot_log::plugin().name, "fossibot-log");
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

mod names;
mod part;
mod rotation;
mod scan;
mod sink;
mod titles;

pub use sink::{FossibotLog, plugin};
