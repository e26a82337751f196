//! Makes a row of what a rower and a heart-rate belt send over Bluetooth.
//!
//! This crate does no I/O and reads no clock: a [`Recorder`] takes the values of characteristics as
//! they arrive, with the time, and gives strokes, samples, pauses and gaps. It knows nothing of
//! pipelines and connects to nothing; [`Device`] says what to subscribe to.
//!
//! It takes every rower that counts strokes or metres in one of three services, and the ESP Rowing
//! Monitor with all that it tells beyond: drive, recovery, drag factor, force curves.
//!
//! | service | counts | resolution |
//! |---|---|---|
//! | Cycling Power | wheel revolutions of 1 cm, crank revolutions as strokes | 1 cm |
//! | Cycling Speed and Cadence | the same, without power | 1 cm |
//! | Fitness Machine | total distance, stroke count | 1 m |
//!
//! ```
//! use std::time::{Duration, Instant};
//! use gatt::assigned::{characteristic, service};
//! use rowing::{Device, Event, Recorder};
//!
//! let services = [service::CYCLING_POWER];
//! let device = Device::of(&services, &[characteristic::CYCLING_POWER_MEASUREMENT]).unwrap();
//! let mut now = Instant::now();
//! let mut recorder = Recorder::default();
//! recorder.handle_connected(now, device);
//! for (strokes, centimetres) in [(7, 90), (8, 105), (9, 120)] {
//!     now += Duration::from_millis(1900);
//!     let value = [0x30, 0, 150, 0, 0, centimetres, 0, 0, 0, 0, strokes, 0, 0, 0];
//!     recorder.handle_value(now, characteristic::CYCLING_POWER_MEASUREMENT, &value);
//! }
//! recorder.finish(now);
//! // What the rower had counted before does not count.
//! assert_eq!(recorder.totals().strokes, 2);
//! assert_eq!(recorder.totals().distance, 76.8);
//! let events: Vec<Event> = std::iter::from_fn(|| recorder.poll_event()).collect();
//! assert!(matches!(events[0], Event::Started { .. }));
//! assert!(matches!(events[2], Event::Stroke(_)));
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

mod device;
mod drives;
mod event;
mod heart;
mod measurement;
mod odometer;
mod recorder;

pub use device::{BaseService, Device};
pub use event::{Event, Gap, Handle, Sample, Stroke, Totals, Warning};
pub use recorder::Recorder;
