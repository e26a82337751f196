//! Reads and writes FIT files, the container in which sports devices keep activities.
//!
//! Three layers, each usable alone. The *wire* layer ([`Scanner`] for a file in memory,
//! [`StreamScanner`] for anything that can be read) walks the bytes of a file and yields segments,
//! definitions and data messages that borrow from it. The *message* layer ([`Decoder`]) gives those
//! names, units and physical values with the help of the [`profile`]. The [`Encoder`] streams messages of precomputed [`Shape`]s into anything that can seek;
//! [`inspect`] checks a whole file and says what is wrong with it and where.
//!
//! The crate opens no files, reads no clock, prints nothing and starts no threads. It doesn't decide
//! what an activity consists of: which messages to write, and in which order, is the caller's
//! business. It doesn't merge or repair files, and it expands components and sub-fields only where it
//! is asked to: [`Message::resolved`], [`Message::expanded`].
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
//! # Reading
//!
//! ```
//! # fn distances(bytes: &[u8]) -> Result<Vec<f64>, fit::Error> {
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
//! The same without the file in memory, and as tolerant as can be:
//!
//! ```
//! # fn distances(path: &str) -> Result<Vec<f64>, fit::Error> {
//! use fit::profile::{RECORD, record};
//! use fit::{Decoder, StreamScanner};
//!
//! let file = std::fs::File::open(path).map_err(fit::Error::Read)?;
//! let mut distances = Vec::new();
//! let mut decoder = Decoder::over(StreamScanner::tolerant(file));
//! while let Some(message) = decoder.next_message()? {
//!     if message.number() == RECORD.number {
//!         distances.extend(message.number_of(record::DISTANCE.number));
//!     }
//! }
//! # Ok(distances)
//! # }
//! # assert!(distances("no such file").is_err());
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

mod ahead;
mod base;
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
