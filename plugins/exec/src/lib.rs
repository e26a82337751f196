//! The transform and the sink `exec`: a program of the user's own, in any language.
//!
//! A program is started for each stream. It gets the stream on its standard input as JSON Lines,
//! in the text form that `--tap` shows: `{"open":{…}}` with the header, then the items, then
//! `{"finish":{…}}` with the summary, then the end of its input. A transform writes items to its
//! standard output, in the same form; a sink may write `{"done":"where it is"}`. What it writes to
//! standard error becomes warnings. Exit code 0 means that all is well.
//!
//! A program that is silent for too long, breaks off or writes something else fails its stream,
//! never the others. This crate does not decide whether a program may run: the host asks for
//! `--allow-exec`.

/// The name of both plugins.
pub const NAME: &str = "exec";

mod line;
mod program;
mod settings;
mod sink;
mod transform;

pub use settings::{ExecSink, ExecTransform, sink, transform};
