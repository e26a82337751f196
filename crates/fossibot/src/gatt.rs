//! Names of the Bluetooth service and its characteristics, as a station's own list of services has
//! them.
//!
//! The service is not advertised: what looks like one in an advertisement is the number of the
//! product. Find stations by their names.

use uuid::Uuid;

const fn short(name: u16) -> Uuid {
    Uuid::from_u128((name as u128) << 96 | 0x1000_8000_0080_5f9b_34fb)
}

/// The service.
pub const SERVICE: Uuid = short(0xA002);
/// Takes requests, as writes with response only.
pub const REQUEST: Uuid = short(0xC304);
/// Notifies replies, and the status unasked.
pub const REPLY: Uuid = short(0xC305);
