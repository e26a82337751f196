//! Sydpower power stations (Fossibot, Aferiy, Abok and others of the `BrightEMS` app) over Bluetooth:
//! what they tell, and what may be told to them.
//!
//! This crate does no I/O and reads no clock. A [`Poller`] takes notifications with their time and
//! gives requests to write, readings, and what became of commands. It connects to nothing and knows
//! nothing of pipelines; [`gatt`] has the names of the service and its characteristics.
//!
//! What registers mean is data: [`Profiles`] reads YAML, built in and of the user. What may be
//! written is code: [`Permitted`] has the list, and a profile can only be stricter.
//!
//! | part | does |
//! |---|---|
//! | [`Profile`] | names, units and scales of registers; which settings there are |
//! | [`Permitted`] | the only way to a write |
//! | [`Poller`] | one request at a time: polls, pushes, stale echoes, writes that are read back |
//! | [`Energy`] | counts watt-hours |
//! | [`Family`] | which stations tell anything over Bluetooth, by their names |
//!
//! ```
//! use std::time::Instant;
//! use fossibot::{Event, Options, Poller, Profiles};
//!
//! let profiles = Profiles::builtin().unwrap();
//! let profile = profiles.for_name("POWER-0084").unwrap();
//! let mut poller = Poller::new(profile.clone(), Options::default());
//! poller.handle_connected(Instant::now());
//! let request = poller.poll_request().unwrap();
//! assert_eq!(request.bytes(), [0x11, 0x03, 0, 0, 0, 80, 0x66, 0x47]);
//! ```
#![cfg_attr(
    not(test),
    deny(
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic
    )
)]

mod bank;
mod command;
mod energy;
mod family;
pub mod gatt;
mod permitted;
mod poller;
mod profile;

pub use bank::Banks;
pub use command::{Command, CommandError, Consent};
pub use energy::{Energy, Powers};
pub use family::Family;
pub use modbus::{Bank, Registers, Request};
pub use permitted::{Forbidden, Permitted, may_be_sent};
pub use poller::{Counts, Event, Options, Outcome, Poller, Status, Warning, Written};
pub use profile::{
    Choices, Control, Decoded, Fact, Implausible, Profile, ProfileError, Profiles, Reading,
};
