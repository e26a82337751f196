//! The plugin SDK of Pipeline.
//!
//! A plugin provides one stage of a pipeline: a [`ReaderPlugin`] turns files into streams of
//! [`Item`]s, a [`SourcePlugin`] does the same for devices, a [`TransformPlugin`] changes a
//! stream, a [`SinkPlugin`] writes it. The type that implements such a trait is the stage's
//! settings: it derives `Deserialize` and `JsonSchema`, so that one struct yields the checks,
//! the help page and the option table.
//!
//! This crate does not run anything, does not read the pipeline file and does not know any
//! plugin: that is the engine's work.
//!
//! # What flows
//!
//! A *stream* is one activity, one file or one log. It opens with a [`Header`], carries
//! [`Item`]s and ends with a [`Summary`]. Numbers are `f64` in the unit of the field table
//! ([`field::TABLE`]), `NaN` means "not measured", times are microseconds UTC ([`Timestamp`]).
//!
//! # Example: a transform
//!
//! ```
//! use pipeline_plugin::{
//!     Context, Header, Item, Output, Plugin, Result, Transform, TransformPlugin, field,
//! };
//!
//! /// Drops readings above a power that no rower reaches.
//! #[derive(serde::Deserialize, schemars::JsonSchema)]
//! #[serde(deny_unknown_fields)]
//! struct CapPower {
//!     /// The highest power to keep, in watts.
//!     max: f64,
//! }
//!
//! struct Capping(f64);
//!
//! impl TransformPlugin for CapPower {
//!     fn open(&self, _: &mut Header, _: &Context) -> Result<Box<dyn Transform>> {
//!         Ok(Box::new(Capping(self.max)))
//!     }
//! }
//!
//! impl Transform for Capping {
//!     fn process(&mut self, mut item: Item, out: &mut dyn Output) -> Result<()> {
//!         if let Item::Samples(batch) = &mut item {
//!             for power in batch.column_mut(&field::POWER).into_iter().flatten() {
//!                 if *power > self.0 {
//!                     *power = f64::NAN;
//!                 }
//!             }
//!         }
//!         out.send(item)
//!     }
//! }
//!
//! let plugin = Plugin::transform::<CapPower>("cap-power", "drop impossible power readings");
//! assert_eq!(plugin.name, "cap-power");
//! ```
//!
//! # Example: a reader
//!
//! ```
//! use std::io::{BufRead, BufReader};
//!
//! use pipeline_plugin::{
//!     Context, Error, Header, Input, Plugin, ReaderPlugin, Result, Rows, Streams, Timestamp, field,
//! };
//!
//! /// Reads lines of two numbers: seconds since 1970, and watts.
//! #[derive(serde::Deserialize, schemars::JsonSchema)]
//! #[serde(deny_unknown_fields)]
//! struct Watts {}
//!
//! impl ReaderPlugin for Watts {
//!     fn read(&self, input: Input<'_>, out: &mut dyn Streams, _: &Context) -> Result<()> {
//!         let mut rows = Rows::new(&[field::POWER]);
//!         for (number, line) in BufReader::new(input.bytes).lines().enumerate() {
//!             let line = line.map_err(|error| Error::io("read the file", error))?;
//!             let (time, watts) = row(&line).ok_or_else(|| {
//!                 Error::skip(format!("line {}: `{line}` is no row", number + 1))
//!             })?;
//!             if number == 0 {
//!                 out.open(Header { start: time, ..Header::default() })?;
//!             }
//!             rows.push(time, &[watts], out)?;
//!         }
//!         if rows.count() == 0 {
//!             return Err(Error::skip("there is no row"));
//!         }
//!         rows.flush(out)?;
//!         out.finish()
//!     }
//! }
//!
//! fn row(line: &str) -> Option<(Timestamp, f64)> {
//!     let (seconds, watts) = line.split_once(' ')?;
//!     Some((Timestamp::from_seconds(seconds.parse().ok()?), watts.parse().ok()?))
//! }
//!
//! let looks_so = |head: &[u8]| head.first().is_some_and(u8::is_ascii_digit);
//! let plugin = Plugin::reader::<Watts>("watts", "read lines of watts", &["watts"], looks_so);
//! assert_eq!(plugin.role.reads(), ["watts"]);
//! ```
//!
//! # Example: a source
//!
//! ```
//! use std::time::Duration;
//!
//! use pipeline_plugin::{
//!     Batch, ErrorKind, Header, Item, Plugin, Result, SourceCx, SourceFuture, SourcePlugin,
//!     StreamOut, field,
//! };
//!
//! /// Pretends to measure a power.
//! #[derive(serde::Deserialize, schemars::JsonSchema)]
//! #[serde(deny_unknown_fields)]
//! struct Steady {
//!     /// The power, in watts.
//!     power: f64,
//! }
//!
//! impl SourcePlugin for Steady {
//!     fn run<'a>(&'a self, out: &'a mut dyn StreamOut, cx: &'a SourceCx) -> SourceFuture<'a, ()> {
//!         Box::pin(async move {
//!             out.open(Header { start: cx.now(), ..Header::default() }).await?;
//!             loop {
//!                 let mut batch = Batch::new(&[field::POWER]);
//!                 batch.push(cx.now(), &[self.power]);
//!                 out.send(Item::Samples(batch)).await?;
//!                 match cx.sleep(Duration::from_secs(1)).await {
//!                     // The run is to stop: what there is is kept.
//!                     Err(error) if error.kind() == ErrorKind::Cancelled => break,
//!                     slept => slept?,
//!                 }
//!             }
//!             // A source that reads a device's memory looks at what has become of the stream.
//!             let _ = out.finish().await?;
//!             Ok(())
//!         })
//!     }
//! }
//!
//! let plugin = Plugin::source::<Steady>("steady", "the same power every second");
//! assert!(plugin.role.is_source());
//! ```
//!
//! Sources of devices get Bluetooth from the host: [`ble`].
//!
//! # Example: a sink
//!
//! ```
//! use std::io::Write;
//! use std::path::PathBuf;
//!
//! use pipeline_plugin::{
//!     Context, Delivered, Error, Header, Item, OutputFile, Plugin, Result, Sink, SinkPlugin,
//!     Summary, field,
//! };
//!
//! /// Writes a line for each power.
//! #[derive(serde::Deserialize, schemars::JsonSchema)]
//! #[serde(deny_unknown_fields)]
//! struct Powers {
//!     /// Folder for the files; made if it does not exist.
//!     #[schemars(extend("format" = "folder"))]
//!     folder: PathBuf,
//! }
//!
//! struct Writing(OutputFile);
//!
//! impl SinkPlugin for Powers {
//!     fn destination(&self) -> String {
//!         format!("powers:{}", self.folder.display())
//!     }
//!
//!     fn folder(&self) -> Option<PathBuf> {
//!         Some(self.folder.clone())
//!     }
//!
//!     fn open(&self, _: &Header, _: &Context) -> Result<Box<dyn Sink>> {
//!         Ok(Box::new(Writing(OutputFile::create(&self.folder)?)))
//!     }
//! }
//!
//! impl Sink for Writing {
//!     fn write(&mut self, item: &Item) -> Result<()> {
//!         if let Item::Samples(batch) = item {
//!             for power in batch.column(&field::POWER).into_iter().flatten() {
//!                 writeln!(self.0, "{power}").map_err(|error| Error::io("write a line", error))?;
//!             }
//!         }
//!         Ok(())
//!     }
//!
//!     // Nothing is visible in the folder before this, and nothing stays if it is not reached.
//!     fn finish(self: Box<Self>, summary: &Summary) -> Result<Delivered> {
//!         let name = format!("{}.txt", summary.content_key.short());
//!         Ok(Delivered::File(self.0.named(name)?))
//!     }
//! }
//!
//! let plugin = Plugin::sink::<Powers>("powers", "write powers, a line each", "txt");
//! assert_eq!(plugin.role.name(), "sink");
//! ```

pub mod abi;
mod batch;
pub mod ble;
mod block_on;
mod c_header;
mod clock;
mod command;
mod context;
mod error;
pub mod export;
pub mod field;
mod foreign;
mod header;
mod item;
mod known;
mod name;
mod output_file;
mod pending_laps;
mod plugin;
mod race;
mod rows;
mod said;
mod secret;
mod sensor;
mod settings;
mod source_cx;
mod sport;
mod stage;
mod state;
mod summarizer;
mod summary;
pub mod testing;
mod time;
mod time_zone;
mod timer;
mod totals;
pub mod units;
mod utc_offset;

pub use batch::{Batch, Column};
pub use block_on::block_on;
pub use c_header::{c_header, structs as c_structs};
pub use clock::{Clock, Even, Hold, VirtualClock};
pub use command::{Answer, Command, CommandQueue, Commands};
pub use context::{Cancel, Context, Warning};
pub use error::{Error, ErrorKind, Problem, Remedy, Result};
pub use field::Field;
pub use foreign::is_hostile;
pub use header::{Athlete, DeveloperField, Device, Header, HrZones, Kind, Sex, ZoneMethod};
pub use item::{Curve, Event, Intensity, Item, Lap, Meta, Trigger};
pub use known::{BadInput, InputKey, Inputs};
pub use name::NameTemplate;
pub use output_file::{OutputFile, is_gone};
pub use pending_laps::PendingLaps;
pub use plugin::{LazySchema, Plugin, Prepare, Role, Sniff};
pub use race::{First, first};
pub use rows::Rows;
pub use said::{Level, Progress, ProgressUnit, Said, Told};
pub use secret::Secret;
pub use sensor::{Link, Sensor, SensorKind};
pub use settings::{Settings, schema_of, settings_from};
pub use source_cx::SourceCx;
pub use sport::Sport;
pub use stage::{
    Content, Delivered, Fate, Input, Output, Place, ReaderPlugin, Sink, SinkPlugin, SourceFuture,
    SourcePlugin, StreamOut, Streams, Transform, TransformPlugin,
};
pub use state::{State, StateChange, StateStore};
pub use summarizer::Summarizer;
pub use summary::{ContentKey, Summary};
pub use time::Timestamp;
pub use time_zone::TimeZone;
pub use timer::Timer;
pub use totals::{Accumulator, MAX_STEP, Measured, Totals};
pub use utc_offset::UtcOffset;
