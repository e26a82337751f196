//! The reader and the sink of CSV files: tables for spreadsheets and for analysis.
//!
//! A file has a line of titles, `time,distance (m),heart_rate (bpm),lap`, and a line for each
//! sample. What was not measured is an empty cell. Numbers are the shortest that read back as the
//! same, so what the sink has written the reader gives back to the last digit.
//!
//! A row has no place for curves, pauses, notes and what else is known of a stream: CSV keeps
//! samples and, by the number of the lap, where laps end (behind their last sample). The `jsonl`
//! plugin keeps all.
//!
//! The reader takes what other programs write: it knows their names for columns and their units,
//! and says what it could not use.
//!
//! # Example
//!
//! ```
//! let (reader, sink) = (plugin_csv::reader(), plugin_csv::sink());
//! assert_eq!((reader.name.as_str(), sink.name.as_str()), ("csv", "csv"));
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

mod heading;
mod reader;
mod sink;

pub use reader::{Epoch, ReadCsv, Start, reader};
pub use sink::{Separator, TimeForm, WriteCsv, sink};
