//! Tests of the crate through its public interface, in virtual time.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod pair;
mod properties;
mod receiver;
mod sender;
mod support;
mod vectors;
