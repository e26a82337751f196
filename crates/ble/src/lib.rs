//! What stands behind the SDK's Bluetooth transport ([`pipeline_plugin::ble`]).
//!
//! * [`Simulated`]: devices of the crate `sim`, in virtual time or at the speed of real ones.
//!
//! This crate knows no device's protocol and no pipeline; it prints nothing.

mod simulated;

pub use simulated::{Description, DescriptionError, PacedClock, Simulated};
