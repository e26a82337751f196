//! The program itself, as it is, with its real Bluetooth: only that the system's bus is a private
//! one, on which a stand-in for BlueZ has simulated devices. What comes out is compared with what
//! the devices have. In real time, without a radio.
//!
//! Needs `dbus-daemon`; without it the tests say that they are skipped.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod logs;
mod looking;
mod rides;
mod rows;
mod stage;
