//! Frames out of any stream.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod properties;
mod requests;
mod streams;
mod support;
