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
mod settings;
mod sport;
mod stage;
mod state;
mod summarizer;
mod summary;
pub mod testing;
mod time;
mod timer;
mod totals;
pub mod units;
mod utc_offset;

pub use batch::{Batch, Column};
pub use block_on::block_on;
pub use c_header::{c_header, structs as c_structs};
pub use clock::{Clock, Hold, VirtualClock};
pub use command::{Answer, Command, CommandQueue, Commands};
pub use context::{Cancel, Context, Warning};
pub use error::{Error, ErrorKind, Problem, Result};
pub use field::Field;
pub use foreign::is_hostile;
pub use header::{Athlete, DeveloperField, Device, Header, HrZones, Kind, Sex, ZoneMethod};
pub use item::{Curve, Event, Intensity, Item, Lap, Meta, Trigger};
pub use known::{BadInput, InputKey, Inputs};
pub use name::NameTemplate;
pub use output_file::OutputFile;
pub use pending_laps::PendingLaps;
pub use plugin::{LazySchema, Plugin, Prepare, Role, Sniff};
pub use race::{First, first};
pub use rows::Rows;
pub use said::{Level, Progress, ProgressUnit, Said, Told};
pub use secret::Secret;
pub use settings::{Settings, schema_of, settings_from};
pub use sport::Sport;
pub use stage::{
    Content, Delivered, Input, Output, Place, ReaderPlugin, Sink, SinkPlugin, SourceCx,
    SourceFuture, SourcePlugin, StreamOut, Streams, Transform, TransformPlugin,
};
pub use state::{State, StateChange, StateStore};
pub use summarizer::Summarizer;
pub use summary::{ContentKey, Summary};
pub use time::Timestamp;
pub use timer::Timer;
pub use totals::{Accumulator, MAX_STEP, Measured, Totals};
pub use utc_offset::UtcOffset;
