//! The source of Fossibot, Aferiy and other Sydpower power stations over Bluetooth, and what the
//! commands for them do.
//!
//! The source polls a station for weeks: it waits until the station is in reach, asks for its state
//! every few seconds, takes what comes unasked, and looks for it again whenever the link is lost. Each
//! status becomes a row of a [`Log`](pipeline_plugin::Kind::Log) stream that is cut at midnight (UTC),
//! with the energy that has flowed since the station was first logged.
//!
//! What registers mean and what may be written is the business of the crate `fossibot`. This one
//! joins it with the host's Bluetooth. It prints nothing and draws nothing.

#![cfg_attr(
    not(test),
    deny(
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic
    )
)]

mod dial;
mod log;
mod profiles;
mod quality;
mod reach;
mod row;
mod settings;
mod source;
mod station;
mod talk;
mod told;

pub use settings::{Connection, Fossibot, plugin};
pub use station::{Shown, Snapshot, Station, StationOptions};
pub use told::outcome;
