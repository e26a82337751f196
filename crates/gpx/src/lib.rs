//! Reads and writes GPX tracks, as devices and websites write and read them.
//!
//! This crate turns bytes into typed pieces and back; it opens no file, starts no thread, and knows
//! nothing of pipelines. It is about what was recorded: tracks, their segments and points. Waypoints
//! and routes are counted ([`Others`]) and not read. Memory does not grow with the file: one window
//! of 64 KiB, and 64 points in the second layer.
//!
//! There are two layers for reading. [`Reader`] gives what the file says, in its order. [`Cleaner`]
//! makes of that where somebody was: points whose time increases and whose distance does not
//! decrease, and pauses between segments. [`Writer`] writes what either gives.
//!
//! Reading is tolerant. What can be put right is put right and counted once per kind of
//! [`RepairKind`]; `strict` turns the first repair into an error. What can't be is an [`Error`] with
//! byte, line and the elements around, and it comes after everything that was sound before it.
//!
//! ```
//! use gpx::{Cleaned, Cleaner, Options, Reader};
//!
//! let file = r#"<gpx version="1.1" creator="me"><trk><type>cycling</type><trkseg>
//!   <trkpt lat="52.2" lon="0.1"><time>2024-03-01T06:00:00Z</time></trkpt>
//!   <trkpt lat="52.2001" lon="0.1"><time>2024-03-01T06:00:02Z</time>
//!     <extensions><power>168</power></extensions></trkpt>
//! </trkseg></trk></gpx>"#;
//!
//! let reader = Reader::new(file.as_bytes(), Options::default());
//! let mut cleaner = Cleaner::new(reader);
//! let mut points = Vec::new();
//! while let Some(piece) = cleaner.next()? {
//!     if let Cleaned::Point(point) = piece {
//!         points.push(point.measured);
//!     }
//! }
//! assert_eq!(points[1].power, 168.0);
//! assert_eq!(points[1].distance.round(), 11.0);
//! assert_eq!(points[1].speed, points[1].distance / 2.0);
//! assert!(cleaner.repairs().is_empty());
//! # Ok::<(), gpx::Error>(())
//! ```
//!
//! # How it reads
//!
//! GPX 1.0 and 1.1 are read alike. Elements are found by local name and parent, so that any prefix
//! will do, and their order is free. In the extensions of a point, a name means the same wherever it
//! stands: `hr` is a heart rate in Garmin's namespace, in Cluetrust's, and in none. Numbers of other
//! names are kept as [extra values](Measured::extras). No document type is ever accepted.
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
mod extras;
mod facts;
mod reader;
mod tag;
mod writer;

pub use clean::{CleanTrack, Cleaned, Cleaner, Point};
pub use event::{Event, Measured, Metadata, Others, Track, Trackpoint};
pub use reader::Reader;
pub use track_xml::{Error, ErrorKind, Limits, Options, Pause, Repair, RepairKind, Repairs, Time};
pub use writer::Writer;
