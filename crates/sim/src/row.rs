//! Rows: what the stroke engine of a monitor knew at each of its data events.

mod made;
mod recorded;

use std::time::Duration;

pub use made::{Piece, made};
pub use recorded::{interval, steady};

/// A data event of the engine: a stroke was counted, or none for some seconds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DataEvent {
    /// When, from the first event.
    pub time: Duration,
    /// Distance so far, in centimetres.
    pub distance: f64,
    /// When the distance last changed, on the engine's clock, in microseconds. That clock stands
    /// still while nobody rows.
    pub wheel_time: u64,
    /// When the last stroke ended, on that clock, in microseconds.
    pub stroke_time: u64,
    /// Strokes so far.
    pub strokes: u64,
    /// Duration of the last drive, in microseconds; 0 after a stop.
    pub drive: u64,
    /// Duration of the recovery before it, in microseconds.
    pub recovery: u64,
    /// Mean power of the stroke before, in watts.
    pub power: f64,
    /// Drag factor, in N m s².
    pub drag_factor: f64,
    /// Forces at the handle so far in this drive, or those of the last one, in newtons.
    pub forces: Vec<f32>,
}
