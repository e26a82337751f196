//! The radio against a stand-in for BlueZ on a private message bus, in real time.
//!
//! libdbus looks for its bus once a process, so what talks to it runs in a process of its own: the
//! test starts itself again. Nothing is sent by radio. Without `dbus-daemon` the tests say that
//! they are skipped; with `CI` set that is a failure.
#![cfg(all(target_os = "linux", feature = "btleplug"))]
#![expect(
    clippy::unwrap_used,
    reason = "a test that fails here is a failed test"
)]

mod links;
mod probe;
mod stage;
mod troubles;
mod values;
