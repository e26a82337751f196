//! The reader and the sink of GPX, as a host uses them.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod reading;
mod support;
mod writing;
