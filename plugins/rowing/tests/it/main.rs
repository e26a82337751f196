//! The source with simulated devices in virtual time.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod belt;
mod control;
mod deltas;
mod endings;
mod links;
mod segments;
mod support;
mod whole_row;
