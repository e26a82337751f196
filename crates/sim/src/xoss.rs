//! Simulated cycle computers of XOSS and CYCPLUS, and the radio link to them, for those who have
//! none and for tests that need one that misbehaves.
//!
//! No radio, no clock, no thread: time is virtual and jumps to where something happens, so that a
//! transfer of two minutes takes milliseconds and is the same each time. The bytes are put together
//! here from the vendor's document, with no code of the client's: an error on one side isn't
//! mirrored on the other. What real devices do beyond that document is known from a few people's
//! reports only; nothing here was compared with a device.
//!
//! * [`Device`] is the computer: its [`Profile`], its files, its [`Manners`] and each [`Fault`] that
//!   it will commit.
//! * [`Link`] says how fast the radio is, [`LinkFault`] what happens to single packets, and
//!   [`Simulation::cut_after`] when the link is lost.
//! * [`Computer`] is a device at the other end of such a link as a
//!   [`Peripheral`](crate::Peripheral).
//! * [`SCENES`] are computers in trouble by name.
//! * [`ride()`] makes a ride's FIT file.
//!
//! ```
//! use std::time::Duration;
//!
//! use sim::xoss::{COMMAND, Device, Happening, Link, Notification, Profile, Simulation};
//!
//! let device = Device::new(Profile::M2);
//! let mut simulation = Simulation::new(device, Link::old(Duration::from_millis(15)));
//! simulation.write(COMMAND, &[0xFF, 0x00, 0xFF]); // What do you do?
//! let idle = Notification { characteristic: COMMAND, bytes: vec![0x04] };
//! assert_eq!(simulation.next(None), Happening::Notified(idle));
//! assert_eq!(simulation.now(), Duration::from_micros(30_676)); // Two events and one exchange.
//! ```

mod computer;
mod device;
mod fault;
mod files;
mod link;
mod profile;
mod ride;
mod scenes;
mod simulation;
mod wire;

pub use computer::Computer;
pub use device::{COMMAND, Device, FROM_DEVICE, TO_DEVICE};
pub use fault::{Fault, Manners};
pub use link::{Direction, Link, LinkFault, LinkFaultKind};
pub use profile::Profile;
pub use ride::{ride, ride_that_ends_in_zero};
pub use scenes::{SCENES, Stage};
pub use simulation::{Happening, Simulation};
pub use wire::BlockCrc;

/// What a device sends by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// [`COMMAND`] or [`FROM_DEVICE`].
    pub characteristic: u16,
    /// Its value.
    pub bytes: Vec<u8>,
}
