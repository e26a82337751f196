//! Tables of numbers over time as text: what CSV and JSON Lines have in common.
//!
//! It writes and reads numbers and times, and puts rows that come out of order into it. It does
//! not know what a cell, a line or a field is: that is the business of each format, as is all
//! input and output.
//!
//! ```
//! use table::{Rows, TimeReader, TimeWriter, Zone, read_number, write_number};
//!
//! let time = TimeReader::default().read(b"2026-03-02T10:00:00.25+01:00").unwrap();
//! assert_eq!(time.zone, Zone::Offset(3600));
//!
//! let mut rows = Rows::new(1);
//! rows.push(time.micros, &[read_number(b"4.16").unwrap()]);
//! let taken = rows.take(0);
//!
//! let mut line = Vec::new();
//! TimeWriter::default().write(&mut line, taken.time[0]);
//! line.push(b',');
//! write_number(&mut line, taken.columns[0][0]);
//! assert_eq!(line, b"2026-03-02T09:00:00.250Z,4.16");
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

mod calendar;
mod number;
mod rows;
mod time;

pub use number::{read_number, write_json_number, write_number};
pub use rows::{Put, Rows, Taken, WINDOW};
pub use time::{Style, Time, TimeReader, TimeWriter, Zone};
