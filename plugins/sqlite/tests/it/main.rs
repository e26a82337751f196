//! The sink `sqlite` as a host sees it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(
    clippy::needless_raw_string_hashes,
    reason = "expect-test is written so"
)]

mod activities;
mod crash;
mod dashboard;
mod files;
mod logs;
mod properties;
mod support;
