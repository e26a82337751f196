//! What stands behind the SDK's Bluetooth transport ([`pipeline_plugin::ble`]).
//!
//! * [`Radio`]: the computer's own radio, by way of btleplug (feature `btleplug`, on by default).
//! * [`Simulated`]: devices of the crate `sim`, in virtual time or at the speed of real ones.
//!
//! This crate knows no device's protocol and no pipeline; it prints nothing.

#[cfg(feature = "btleplug")]
mod radio;
mod simulated;

#[cfg(feature = "btleplug")]
pub use radio::{Adapter, Radio, Trouble};
pub use simulated::{Description, DescriptionError, PacedClock, Simulated};
