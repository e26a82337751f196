//! A stand-in for BlueZ: serves `org.bluez` on a private message bus, with one adapter and any
//! devices of the crate `sim`, in real time. An unmodified program talks to it when
//! `DBUS_SYSTEM_BUS_ADDRESS` is that bus.
//!
//! It behaves as BlueZ 5.66 was seen to: names may come later than devices; GATT objects exist only
//! while there is a link; services are resolved a while after the connection was answered; what is
//! read is also told as if it had been notified; a command longer than a packet fails; a second
//! search of the same client is in progress; switching off ends searches and links.
//!
//! There is no radio here, no pairing, and no second adapter. It needs the program `dbus-daemon`.
//!
//! The example `beside` runs any program beside it, also those of others (`tests/bluez/peers`).

mod bus;
mod daemon;
mod stand_in;

pub use bus::{Bus, BusError, Policy};
pub use stand_in::{AnyPeripheral, Bluez, Device, Setup};
