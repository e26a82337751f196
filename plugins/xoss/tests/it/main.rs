//! The source in whole runs: simulated computers, the engine with its ledger, an outbox.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod bench;
mod cuts;
mod displays;
mod jobs;
mod runs;
mod scenes;
mod schedules;
mod speed;
