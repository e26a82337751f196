//! The client of `xoss` against the simulated devices, in virtual time.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod cuts;
mod faults;
mod host;
mod names;
mod oracle;
mod peripheral;
mod schedules;
mod sends;
mod speed;
mod talk;
mod times;
