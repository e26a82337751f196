//! The simulated devices, against captures that another encoder made.
#![expect(clippy::unwrap_used, reason = "a test that fails may panic")]

mod control;
mod golden;
mod made;
mod session;
