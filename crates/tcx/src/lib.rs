//! Reads TCX, Garmin's Training Center XML, as every device and website writes it; and writes it as
//! Garmin's schema asks for.
//!
//! This crate turns bytes into typed pieces and back; it opens no file, starts no thread, and knows
//! nothing of FIT or of pipelines. Memory does not grow with the file: one window of 64 KiB, and 64
//! points in the second layer; a quarter of a megabyte in the writer.
//!
//! There are two layers for reading. [`Reader`] gives what the file says, in its order: activities,
//! laps, tracks, trackpoints, totals. [`Cleaner`] makes of that what was rowed: points whose time
//! increases and whose distance does not decrease, pauses, and laps that tile the activity.
//! [`Writer`] writes what the first layer gives.
//!
//! Reading is tolerant. What can be put right is put right and counted once per kind of
//! [`RepairKind`]; `strict` turns the first repair into an error. What can't be is an [`Error`] with
//! byte, line and the elements around, and it comes after everything that was sound before it.
//!
//! ```
//! use tcx::{CleanOptions, Cleaned, Cleaner, Options, Reader};
//!
//! let file = r#"<TrainingCenterDatabase><Activities><Activity Sport="Other">
//!   <Lap StartTime="2024-03-01T06:00:00Z"><Track>
//!     <Trackpoint><Time>2024-03-01T06:00:00Z</Time><DistanceMeters>0</DistanceMeters></Trackpoint>
//!     <Trackpoint><Time>2024-03-01T06:00:02Z</Time><DistanceMeters>8</DistanceMeters></Trackpoint>
//!   </Track></Lap></Activity></Activities></TrainingCenterDatabase>"#;
//!
//! let reader = Reader::new(file.as_bytes(), Options::default());
//! let mut cleaner = Cleaner::new(reader, CleanOptions::default());
//! let mut speeds = Vec::new();
//! while let Some(piece) = cleaner.next()? {
//!     if let Cleaned::Point(point) = piece {
//!         speeds.push(point.speed);
//!     }
//! }
//! assert!(speeds[0].is_nan());
//! assert_eq!(speeds[1], 4.0);
//! assert!(cleaner.repairs().is_empty());
//! # Ok::<(), tcx::Error>(())
//! ```
//!
//! # How it reads
//!
//! Elements are found by local name and parent, so that any prefix will do, and their order is free;
//! unknown ones are skipped with all they hold. The few shapes that nearly all of a TCX file is made
//! of are cut by hand from the window; tags with attributes, comments, instructions and entities go
//! through quick-xml's parsers. No document type is ever accepted.
#![cfg_attr(
    not(test),
    deny(
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic
    )
)]

mod clean;
mod event;
mod facts;
mod reader;
mod tag;
mod writer;

pub use clean::{CleanActivity, CleanLap, CleanOptions, Cleaned, Cleaner, Point, TimeOrigin};
pub use event::{
    ActivityEnd, ActivityStart, Author, Creator, Event, Intensity, LapStart, LapTotals, Trackpoint,
    Trigger, Version,
};
pub use reader::Reader;
pub use track_xml::{Error, ErrorKind, Limits, Options, Pause, Repair, RepairKind, Repairs, Time};
pub use writer::Writer;
