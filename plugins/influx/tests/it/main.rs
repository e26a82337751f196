//! The sink `influx` as a server sees it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(
    clippy::needless_raw_string_hashes,
    reason = "expect-test is written so"
)]

mod crash;
mod files;
mod influxd;
mod server;
mod servers;
mod settings;
mod support;
