//! The reader and the sink of JSON Lines files: everything that flows, as text.
//!
//! A line is an object whose only key says what it is:
//!
//! ```text
//! {"open":{"kind":"activity","name":"row.tcx","start":"2026-03-02T09:00:00Z","sport":"rowing", …}}
//! {"columns":{"distance":"m","heart_rate":"bpm"}}
//! {"sample":{"time":"2026-03-02T09:00:00Z","distance":0.0}}
//! {"sample":{"time":"2026-03-02T09:00:01Z","distance":4.2,"heart_rate":120.0}}
//! {"lap":{"start":"2026-03-02T09:00:00Z","end":"2026-03-02T09:00:01Z", …}}
//! {"finish":{ … }}
//! ```
//!
//! `columns` names the values that samples from there on have, with their units; what was not
//! measured is left out of a sample. Instead of a line each, samples may come by the batch:
//! `{"samples":{"time":[…],"distance":[…]}}`, as `--tap` and golden tests write them. The other
//! lines are `event`, `curve` and `bytes`. A file may hold several streams.
//!
//! What the sink has written, the reader gives back: headers, samples, laps, events and curves.
//! Only what transforms have added to the summary ends there, but for the calories.
//!
//! # Example
//!
//! ```
//! let (reader, sink) = (plugin_jsonl::reader(), plugin_jsonl::sink());
//! assert_eq!((reader.name.as_str(), sink.name.as_str()), ("jsonl", "jsonl"));
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

mod reader;
mod sink;

pub use reader::{ReadJsonl, reader};
pub use sink::{WriteJsonl, sink};
