//! Tests of the crate through its public interface; conversations with devices are tested in
//! `sim`.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod documents;
mod frames;
mod listings;
mod properties;
mod remote;
mod session;
mod support;
