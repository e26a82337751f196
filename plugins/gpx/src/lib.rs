//! The reader and the sink of GPX tracks.
//!
//! What a file says, and what has to be put right in it, is the `gpx` crate's business; this crate
//! turns it into streams and back. Each track becomes a stream with its points as samples and the
//! gaps between its segments as pauses of the timer. Waypoints and routes are no recordings: they
//! are left out, which is said.
//!
//! GPX has no laps, no totals and no points without a position. The sink writes the samples that
//! have a position, and begins a segment after each pause; an activity without any position is
//! refused.
//!
//! # Example
//!
//! ```
//! let (reader, sink) = (plugin_gpx::reader(), plugin_gpx::sink());
//! assert_eq!((reader.name.as_str(), sink.name.as_str()), ("gpx", "gpx"));
//! ```

mod reader;
mod sink;
mod sport;
mod stream;

pub use reader::{ReadGpx, reader};
pub use sink::{WriteGpx, sink};
