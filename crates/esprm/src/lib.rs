//! The services of its own that an ESP Rowing Monitor has: metrics of the stroke, handle forces,
//! times between impulses, settings, updates.
//!
//! This crate does no I/O and reads no clock. Feed it what arrived and the time, send what it asks
//! for. What the monitor says in one of the adopted services (distance, strokes) is not here.
//!
//! | characteristic | type |
//! |---|---|
//! | Extended Metrics | [`ExtendedMetrics`] |
//! | Handle Forces | [`HandleForces`], which puts the frames of a drive together |
//! | Delta Times | [`DeltaTimes`] |
//! | Settings, Stroke Detection Settings | [`Settings`], [`StrokeDetectionSettings`] |
//! | Settings Control Point | [`Request`], [`Response`], [`Controller`] |
//! | update RX and TX | [`Update`] |
//!
//! Facts come from the firmware's source (version 7.1.0 and its history since 2024-03), where its
//! own documentation differs that is said. All numbers are little-endian.
//!
//! ```
//! use esprm::ExtendedMetrics;
//!
//! let metrics = ExtendedMetrics::decode(&[0x2D, 0x01, 0x00, 0x30, 0x00, 0x40, 0x6E, 0x00])?;
//! assert_eq!(metrics.average_power, 301);
//! assert_eq!(metrics.drive_time, 3.0);
//! assert_eq!(metrics.recovery_time, 4.0);
//! assert_eq!(metrics.drag_factor, 110);
//! # Ok::<(), esprm::Error>(())
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

mod bytes;
mod control;
mod delta_times;
mod error;
mod extended_metrics;
mod handle_forces;
mod ota;
mod settings;
mod stroke_detection;
mod write;

pub use control::{
    BleService, ControlEvent, Controller, Request, RequestError, Response, ResultCode,
};
pub use delta_times::DeltaTimes;
pub use error::Error;
pub use extended_metrics::ExtendedMetrics;
pub use handle_forces::{ForceEvent, ForceTally, HandleForces};
pub use ota::{ImageError, Update, UpdateEvent, UpdateFailure};
pub use settings::{
    DragFactorSettings, LogLevel, Logging, MachineSettings, SensorSignalSettings, Settings,
};
pub use stroke_detection::{StrokeDetection, StrokeDetectionSettings};
/// The name of a service or characteristic.
pub use uuid::Uuid;
pub use write::{Properties, Write, WriteKind};
