//! The reader and the sink of JSON Lines files as a host sees them.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(
    clippy::needless_pass_by_value,
    clippy::needless_raw_string_hashes,
    reason = "expect-test is written so"
)]

mod faults;
mod properties;
mod reading;
mod round_trip;
mod support;
mod writing;
