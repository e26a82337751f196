//! Rows that simulated devices play, in virtual time, over sound and faulty links.
#![expect(clippy::unwrap_used, reason = "a test that fails may panic")]

mod faults;
mod golden;
mod middle;
mod others;
mod outages;
mod properties;
mod restarts;
mod scripted;
mod services;
mod support;
