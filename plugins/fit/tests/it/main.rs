//! Streams as FIT files, read back with the `fit` crate's decoder.
//!
//! What other decoders make of the files is judged by the oracles in `tests/oracles`.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(
    clippy::needless_pass_by_value,
    clippy::needless_raw_string_hashes,
    reason = "expect-test is written so"
)]

mod columns;
mod curves;
mod laps;
mod messages;
mod reader;
mod sink;
mod support;
mod tiling;
mod zones;
