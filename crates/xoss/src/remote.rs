//! The Bluetooth Remote Service: live data *to* glasses, cameras, displays and e-bikes.
//!
//! Here we are the *collector*, which is the document's word for the phone or bike computer that
//! writes; the device tells what it is ([`Feature`]), how it does ([`MachineStatus`]), and answers
//! commands ([`Request`], [`Response`]). What is shown goes as [`Packet`]s without response.
//! Everything is encoded and decoded, so that a simulated device can be made of it too. It is a codec
//! only: enable indications, write [`Request::RequestControl`], wait for its [`Response`], and send
//! one command at a time.
//!
//! No device was seen by anybody whose work we know; this is the vendor's document 1.3.3, chapters 3
//! and 4, which contradicts itself in places. Where it does, the comments say what was chosen; what it
//! leaves open is a field of [`Encoding`], and decoders take all readings. Entering the firmware
//! update can't be expressed.
//!
//! Multi-byte numbers are little-endian. Values are `f64` in the unit of their [`Key`], `NaN` where
//! there is none.
//!
//! ```
//! use xoss::remote::{Encoding, Field, Key, Packet};
//!
//! let speed = Packet::Workout(Field::new(Key::SPEED, 10.0)); // metres a second
//! let bytes = speed.encode(&Encoding::default())?;
//! assert_eq!(bytes, [0x00, 0x08, 0x10, 0x27]);
//! assert_eq!(Packet::decode(&bytes, &Encoding::default())?, speed);
//! # Ok::<(), xoss::remote::RemoteError>(())
//! ```

mod bytes;
mod control;
mod dynamic;
mod feature;
mod key;
mod navigation;
mod packet;
mod service;
mod status;

pub use control::{
    Camera, CameraControl, RawRequest, Request, Response, ResponseValue, ResultCode,
};
pub use feature::{Feature, RemoteMode, RemoteTypes};
pub use key::{Combine, Field, Key, KeyInfo, Sport, WorkoutState};
pub use navigation::{Guidance, Maneuver, Route, RouteState};
pub use packet::{Channel, Encoding, Packet};
pub use service::{RemoteCharacteristic, SERVICE, is_advertised};
pub use status::{Battery, EBike, Glasses, MachineStatus};

/// Why something can't be encoded or decoded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RemoteError {
    /// Occurs when bytes are missing.
    #[error("{what} ends too early: it has {length} bytes")]
    Short {
        /// What was decoded.
        what: &'static str,
        /// Bytes that there are.
        length: usize,
    },
    /// Occurs when lengths inside don't add up.
    #[error("the lengths in {0} do not add up")]
    Lengths(&'static str),
    /// Occurs when text isn't UTF-8.
    #[error("the text in {0} is not UTF-8")]
    Text(&'static str),
    /// Occurs when a value was not measured, where a packet has no room for that.
    #[error("`{0}` was not measured")]
    NotMeasured(&'static str),
    /// Occurs when a key isn't one of the table.
    #[error("key {0} is not known")]
    Key(u8),
    /// Occurs when a packet doesn't fit into one write.
    #[error("the packet has {length} bytes; {payload} fit into one write")]
    Long {
        /// Bytes of the packet.
        length: usize,
        /// Bytes that fit.
        payload: usize,
    },
    /// Occurs when a small navigation packet would have all flags set, which means a large one.
    #[error("a small navigation packet can't have all flags set; leave one field out")]
    AllFlags,
    /// Occurs when an opcode has a name, is reserved for the firmware update, or is the response.
    #[error("opcode {0:#04x} can't be sent raw")]
    Opcode(u8),
}
