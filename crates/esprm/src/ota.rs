//! Updates of the firmware over the air.

mod answer;
mod update;

pub use update::{ImageError, Update, UpdateEvent, UpdateFailure};
