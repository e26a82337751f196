//! The sink `mqtt` as a broker and the people behind it see it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(
    clippy::needless_raw_string_hashes,
    reason = "expect-test is written so"
)]

mod broker;
mod commands;
#[cfg(feature = "tls")]
mod encrypted;
mod outage;
mod publishing;
mod settings;
mod support;
