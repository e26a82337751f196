//! The reader of FIT files, and the sink that writes a stream as a FIT activity, one file a stream.
//!
//! This crate decides what the messages of an activity mean to a stream, and which messages a
//! stream becomes; their bytes are the `fit` crate's business. It mends nothing, makes no laps and
//! computes no calories: `pipeline repair` and transforms do.
//!
//! # Reading
//!
//! [`FitReader`] makes a stream of each session of each activity in a file, or passes whole files on
//! byte by byte (`as: files`). Two passes over the input keep memory flat: what FIT says at the end of
//! a file is needed at the start of a stream. Columns that the field table doesn't have keep the
//! profile's names, developer fields their own, and the sink makes of them what they were.
//!
//! A whole file's content key is that of its bytes, an activity's that of its samples. Whoever
//! delivers the same ride both ways to one folder has it there twice.
//!
//! # Writing
//!
//! The file has the messages in the order that devices use: what made it, who did it and the
//! zones in force, the timer's start, one record a sample, the timer's stops and starts, and at
//! the end the laps with the time in each zone, the session and the activity. A whole file is
//! written as it is, under the name of what is in it.
//!
//! [`ActivityWriter`] and [`FitStream`] are shared with the `garmin` sink, which fills an upload
//! folder.
//!
//! # Example
//!
//! ```
//! use std::io::Cursor;
//!
//! use pipeline_plugin::{Batch, Header, Item, Sport, Summarizer, Timestamp, field};
//! use plugin_fit::{ActivityWriter, Encoding};
//!
//! # fn main() -> pipeline_plugin::Result<()> {
//! let start = Timestamp::from_seconds(1_760_000_000);
//! let header = Header { start, sport: Sport::INDOOR_ROWING, ..Header::default() };
//! let mut batch = Batch::new(&[field::DISTANCE, field::HEART_RATE]);
//! batch.push(start, &[0.0, 120.0]);
//! batch.push(start + 1.0, &[4.2, 121.0]);
//! let item = Item::Samples(batch);
//!
//! let mut summarizer = Summarizer::new(&header);
//! summarizer.take(&item);
//! let out = Cursor::new(Vec::new());
//! let mut writer = ActivityWriter::new(out, &header, &Encoding::default())?;
//! writer.write(&item)?;
//! let file = writer.finish(&summarizer.summary())?.into_inner();
//! assert!(fit::inspect(&file).is_valid());
//! # Ok(())
//! # }
//! ```

mod activity;
mod curves;
mod developer;
mod encoding;
mod laps;
mod opening;
mod reader;
mod record;
mod rowing;
mod sensors;
mod settled;
mod sink;
mod whole;

pub use activity::ActivityWriter;
pub use encoding::{Creator, Encoding};
pub use reader::{As, Calories, FitReader, reader};
pub use sink::{Fit, FitStream, check_creator, plugin};
