//! Simulated devices in virtual time: an ESP Rowing Monitor, a Fitness Machine rower, a heart-rate
//! belt, cycle computers of XOSS and CYCPLUS, display glasses, a power station, and a link that
//! loses, repeats and delays.
//!
//! This crate does no I/O, reads no clock and decodes nothing that a device sends: its encoders are
//! its own and share no code with the protocol crates, so that an error there is not mirrored here.
//! Everything follows from a seed, so that a failure comes again.
//!
//! A [`Peripheral`] is a device, [`Air`] what is between it and a central. A [`Session`] is a central
//! that connects, subscribes to everything, and tells in the order of virtual time what it sees.
//!
//! ```
//! use std::time::Duration;
//! use sim::{BaseService, Faults, Happening, Monitor, Session, row};
//!
//! let monitor = Monitor::new(row::steady(), BaseService::CyclingPower);
//! let session = Session::new(monitor, 247, Faults::default());
//! let notifications = session
//!     .take_while(|(time, _)| *time < Duration::from_secs(60))
//!     .filter(|(_, happening)| matches!(happening, Happening::Value { .. }))
//!     .count();
//! assert!(notifications > 100);
//! ```

mod air;
mod assigned;
mod belt;
mod faults;
mod glasses;
mod monitor;
mod peripheral;
mod random;
pub mod row;
mod rower;
mod session;
mod station;
pub mod xoss;

pub use air::Air;
pub use assigned::{
    battery, cycling, device_information, files, fitness_machine, heart_rate, monitor as esp,
    power_station, remote,
};
pub use belt::Belt;
pub use faults::{Faults, Outage};
pub use glasses::Glasses;
pub use monitor::{BaseService, Monitor};
pub use peripheral::{Characteristic, Output, Peripheral, Properties, Refused, Service, WriteKind};
pub use random::Random;
pub use row::DataEvent;
pub use rower::{Rower, Start};
pub use session::{Happening, Session};
pub use station::{Model, Station, StationFaults};
