//! Decodes the adopted Bluetooth characteristics that rowers, power and cadence sensors, and
//! heart-rate belts speak.
//!
//! This crate does no I/O, reads no clock and knows no manufacturer's service. It turns the value of
//! a characteristic, however it arrived (notification, indication or read), into a typed one; and it
//! puts the parts of a record together that a rower sends in several notifications
//! ([`RowerRecord`]). The only thing that it writes are requests to a Fitness Machine's control
//! point, and those can't be made for a device that would misunderstand them
//! ([`FitnessMachineControl`]).
//!
//! | characteristic | type |
//! |---|---|
//! | Rower Data, 0x2AD1 | [`RowerData`], [`RowerRecord`] |
//! | Cycling Power Measurement, 0x2A63 | [`CyclingPowerMeasurement`] |
//! | CSC Measurement, 0x2A5B | [`CscMeasurement`] |
//! | Heart Rate Measurement, 0x2A37 | [`HeartRateMeasurement`] |
//! | Battery Level, 0x2A19 | [`battery_level`] |
//! | Device Information, 0x2A24 to 0x2A29 | [`DeviceInformation`] |
//! | Features, 0x2ACC, 0x2A65, 0x2A5C | [`FitnessMachineFeatures`], [`CyclingPowerFeatures`], [`CscFeatures`] |
//! | Fitness Machine Control Point, 0x2AD9 | [`FitnessMachineControl`] |
//!
//! Unknown flags and bytes after the last known field are no error: they are counted where a type
//! has a place for them. A value that ends before the fields that its flags promise is one, and it
//! says which field.
//!
//! ```
//! use gatt::{EventClock, RowerData};
//!
//! let value = [0xAC, 0x00, 0x30, 0x83, 0x00, 0xC2, 0x0B, 0x00, 0x78, 0x00, 0xCB, 0x00, 0x75, 0x00];
//! let data = RowerData::decode(&value)?;
//! assert_eq!(data.stroke_rate, Some(24.0));
//! assert_eq!(data.stroke_count, Some(131));
//! assert_eq!(data.total_distance, Some(3010));
//! assert!(RowerData::decode(&value[..13]).is_ok_and(|data| data.resistance_level == Some(117)));
//! assert_eq!(
//!     RowerData::decode(&value[..12]).unwrap_err().to_string(),
//!     "Rower Data ends after 12 bytes, before the resistance level"
//! );
//!
//! // Times of events count 1/1024 s and wrap.
//! assert_eq!(EventClock::CSC.seconds(65_500, 988), 1.0);
//! # Ok::<(), gatt::Error>(())
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

pub mod assigned;

mod battery;
mod bytes;
mod control;
mod csc;
mod cycling_power;
mod device_information;
mod error;
mod event_clock;
mod features;
mod heart_rate;
mod rower_data;
mod rower_record;

pub use battery::battery_level;
pub use control::{ControlRefused, FitnessMachineControl, Reply, Request, ResultCode};
pub use csc::CscMeasurement;
pub use cycling_power::{CyclingPowerMeasurement, Extremes, PedalBalance, TorqueSource};
pub use device_information::DeviceInformation;
pub use error::Error;
pub use event_clock::{EventClock, Revolutions};
pub use features::{
    CscFeatures, CyclingPowerFeatures, FitnessMachineAdvertisement, FitnessMachineFeature,
    FitnessMachineFeatures,
};
pub use heart_rate::{Contact, HeartRateMeasurement};
pub use rower_data::{Energy, RowerData};
pub use rower_record::RowerRecord;
/// The name of a service or characteristic.
pub use uuid::Uuid;
