//! The reader of TCX files as a host sees it: streams, warnings and errors.
//!
//! What the `tcx` crate makes of odd files has its tests there; these are about what this crate
//! turns it into.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(
    clippy::needless_pass_by_value,
    clippy::needless_raw_string_hashes,
    reason = "expect-test is written so"
)]

mod faults;
mod real;
mod settings;
mod streams;
mod support;
