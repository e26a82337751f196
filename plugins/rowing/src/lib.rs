//! The source of rowers over Bluetooth: an ESP Rowing Monitor in any of its services, and every
//! rower that is a Fitness Machine.
//!
//! What arrives becomes strokes, pauses and gaps in the crate `rowing`; this crate finds the rower
//! and a heart-rate belt, keeps the links to them, decides when an activity begins and ends, and
//! makes items of it. It sets no laps and reckons no calories: transforms do. As a source it never
//! writes to a rower, but for the option `delta-times`.
//!
//! [`Monitor`] is for a person who wants to see or change the settings of an ESP Rowing Monitor, or
//! to update its firmware.
//!
//! # An activity
//!
//! It begins with the drive of the first stroke. It ends when nobody has rowed for some minutes,
//! when the rower was out of reach for too long, after the longest time, or when the run is to stop;
//! then the source waits for the next. A link that is lost is made again, and what the rower
//! counted meanwhile is credited: its counters go on.
//!
//! | what happens | item |
//! |---|---|
//! | a stroke | its [curve](pipeline_plugin::Curve) of handle forces, if there is one, then a sample |
//! | the boat glides, stops, is heard again | a sample without the values of a stroke |
//! | nobody rows, somebody rows again | [`TimerStop`](pipeline_plugin::Event::TimerStop), [`TimerStart`](pipeline_plugin::Event::TimerStart) |
//! | the rower was not heard | [`Gap`](pipeline_plugin::Event::Gap) |
//!
//! Items follow from what the links told and when, and from nothing else: the same notifications
//! give the same activity, at real speed or as fast as possible.

mod belt;
mod control;
mod deltas;
mod edge;
mod machine;
mod reach;
mod row;
mod settings;
mod source;
mod telling;

pub use control::{Known, Monitor, Setting};
pub use settings::{HeartRate, Rowing, plugin};
