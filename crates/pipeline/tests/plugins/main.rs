//! Plugins in libraries, with the whole program around them.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod bad;
mod docs;
mod exec;
mod harm;
mod support;
mod trust;
