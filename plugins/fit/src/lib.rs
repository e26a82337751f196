//! The sink that writes a stream as a FIT activity, one file a stream.
//!
//! The file has the messages in the order that devices use: what made it, who did it and the
//! zones in force, the timer's start, one record a sample, the timer's stops and starts, and at
//! the end the laps with the time in each zone, the session and the activity.
//!
//! This crate decides which messages an activity consists of; their bytes are the `fit`
//! crate's business. [`ActivityWriter`] is shared with the `garmin` sink, which fills an upload
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
mod settled;
mod sink;
mod whole;

pub use activity::ActivityWriter;
pub use encoding::{Creator, Encoding, UtcOffset};
pub use reader::{As, Calories, FitReader, reader};
pub use sink::{Fit, FitStream, check_creator, plugin};
