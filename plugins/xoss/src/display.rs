//! Displays and glasses with the Bluetooth Remote Service: commands, and the sink `xoss-display`.
//!
//! From the vendor's document, not yet proven on hardware: nobody whose work we know has seen such a
//! device, and the document contradicts itself in places (see [`xoss::remote`]).

mod control;
mod frame;
mod sink;

pub use control::{Changes, Display, DisplayInfo, DisplayWanted};
pub use sink::{Form, XossDisplay, plugin};
