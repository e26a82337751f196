//! Reads and writes FIT files, the container in which sports devices keep activities.
//!
//! Three levels, each usable alone:
//!
//! * The *wire* level walks the bytes and yields segments, definitions and data messages that borrow
//!   from them: [`Scanner`] for a file in memory, [`StreamScanner`] for anything that can be read.
//! * The *message* level, [`Decoder`], gives those names, units and physical values with the help of
//!   the [`profile`] and of what a file says about its developer fields. [`Columns`] makes rows of
//!   them.
//! * The *activity* level, [`activity::Reader`], gives typed records, laps, sessions and what belongs
//!   to them.
//!
//! The [`Encoder`] streams messages of precomputed [`Shape`]s into anything that can seek, and
//! [`RawWriter`] writes what a scanner met byte for byte. [`inspect`] checks a whole file and says
//! what is wrong with it and where. All of it works in memory that doesn't grow with the file.
//!
//! The crate opens no files, reads no clock, prints nothing and starts no threads. It doesn't decide
//! what an activity consists of: which messages to write, and in which order, is the caller's
//! business. It doesn't merge or repair files, and on the message level it expands components and
//! sub-fields only where it is asked to: [`Message::resolved`], [`Message::expanded`].
//!
//! # Writing
//!
//! ```
//! use std::io::Cursor;
//!
//! use fit::profile::types::{file, manufacturer};
//! use fit::profile::{self, file_id, record};
//! use fit::{Encoder, Shape};
//!
//! # fn main() -> Result<(), fit::Error> {
//! let file_id = Shape::of(profile::FILE_ID)
//!     .field(file_id::TYPE)
//!     .field(file_id::MANUFACTURER)
//!     .field(file_id::TIME_CREATED)
//!     .build()?;
//! let record = Shape::of(profile::RECORD)
//!     .field(record::TIMESTAMP)
//!     .field(record::DISTANCE)
//!     .field(record::HEART_RATE)
//!     .build()?;
//!
//! let start = fit::time::from_unix_seconds(1_760_000_000);
//! let mut encoder = Encoder::new(Cursor::new(Vec::new()))?;
//! encoder.write(
//!     &file_id,
//!     &[f64::from(file::ACTIVITY), f64::from(manufacturer::DEVELOPMENT), start],
//! )?;
//! encoder.write(&record, &[start, 0.0, f64::NAN])?; // NaN: not measured.
//! encoder.write(&record, &[start + 1.0, 4.16, 121.0])?;
//! let bytes = encoder.finish()?.into_inner();
//!
//! let report = fit::inspect(&bytes);
//! assert!(report.is_valid(), "{report}");
//! assert_eq!(report.count(profile::RECORD.number), 2);
//! # Ok(())
//! # }
//! ```
//!
//! # Reading bytes
//!
//! ```
//! # fn longest(bytes: &[u8]) -> Result<usize, fit::Problem> {
//! use fit::{Event, Scanner};
//!
//! let mut longest = 0;
//! for event in Scanner::new(bytes) {
//!     if let Event::Data(data) = event? {
//!         longest = longest.max(data.bytes.len());
//!     }
//! }
//! # Ok(longest)
//! # }
//! # assert!(longest(b"").is_err());
//! ```
//!
//! # Reading messages
//!
//! ```
//! # fn distances(bytes: &[u8]) -> Result<Vec<f64>, fit::Problem> {
//! use fit::profile::{RECORD, record};
//!
//! let mut distances = Vec::new();
//! let mut decoder = fit::Decoder::new(bytes);
//! while let Some(message) = decoder.next_message()? {
//!     if message.number() == RECORD.number {
//!         distances.extend(message.number_of(record::DISTANCE.number));
//!     }
//! }
//! # Ok(distances)
//! # }
//! # assert!(distances(b"").is_err());
//! ```
//!
//! # Reading activities
//!
//! Without the file in memory, and as tolerant as can be:
//!
//! ```
//! # fn power(path: &str) -> Result<Vec<f64>, fit::Error> {
//! use fit::StreamScanner;
//! use fit::activity::{Content, Reader};
//!
//! let file = std::fs::File::open(path).map_err(fit::Error::Read)?;
//! let mut power = Vec::new();
//! let mut reader = Reader::over(StreamScanner::tolerant(file));
//! while let Some(entry) = reader.next_entry()? {
//!     if let Content::Record(record) = entry.content {
//!         power.push(record.power); // NaN: not measured.
//!     }
//! }
//! for problem in reader.problems() {
//!     println!("{problem}");
//! }
//! # Ok(power)
//! # }
//! # assert!(power("no such file").is_err());
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

pub mod activity;
mod ahead;
mod base;
mod columns;
pub mod crc;
mod definition;
mod developer;
mod encode;
mod ends;
mod error;
mod expand;
mod field;
mod header;
mod layout;
mod locals;
mod message;
mod number;
mod place;
mod plan;
mod problem;
mod problems;
pub mod profile;
mod put;
mod raw;
mod records;
mod report;
mod scan;
mod segment;
mod shape;
mod stream;
pub mod time;
mod value;
mod walk;
mod window;

pub use base::BaseType;
pub use columns::{Column, Columns};
pub use crc::Crc;
pub use definition::{Data, Definition, FieldDefinition, RawField};
pub use developer::DeveloperField;
pub use encode::{Encoder, Options, Protocol};
pub use error::Error;
pub use expand::{Accumulator, Expanded};
pub use field::MessageField;
pub use header::Header;
pub use layout::Description;
pub use message::{Decoder, Message, Piece};
pub use place::{degrees_from_semicircles, semicircles_from_degrees};
pub use problem::{Problem, ProblemKind, Severity};
pub use problems::Problems;
pub use raw::RawWriter;
pub use report::{Report, SegmentReport, Verdict, inspect};
pub use scan::{Event, Scanner};
pub use segment::Segment;
pub use shape::{Shape, ShapeBuilder, text_size};
pub use stream::StreamScanner;
pub use value::Value;
pub use walk::Walk;
