//! The frames in which Sydpower power stations (Fossibot, Aferiy, Abok and others) speak: almost
//! Modbus RTU, over Bluetooth.
//!
//! This crate does no I/O and reads no clock. It makes [`Request`]s, and an [`Assembler`] makes
//! [`Frame`]s of the bytes that arrive, however they are cut into notifications. It knows nothing
//! of what a register means; `fossibot` does.
//!
//! Numbers are big-endian. `A` is the unit's address, 0x11 for every portable station known. The
//! CRC-16/MODBUS of all bytes before it follows **high byte first**, other than in Modbus.
//!
//! | frame | bytes |
//! |---|---|
//! | read | `A F SS SS NN NN CC CC`; function `F` 03 for settings, 04 for the status |
//! | reply | `A F SS SS NN NN`, the head of the request, then `NN` registers, then `CC CC` |
//! | write | `A 06 RR RR VV VV CC CC`; the reply is the same bytes |
//! | write, newer units | `A 06 RR NN NN V0 V0 … CC CC` |
//! | exception | `A F|80 …`, 5 or 8 bytes; what units really send isn't known |
//!
//! ```
//! use modbus::{Assembler, Bank, Body, Event, Request};
//!
//! let request = Request::read(0x11, Bank::Input, 0, 80).unwrap();
//! assert_eq!(request.bytes(), [0x11, 0x04, 0, 0, 0, 80, 0xA6, 0xF2]);
//!
//! let mut assembler = Assembler::default();
//! assembler.handle_bytes(&[0x11, 0x04, 0x00, 0x3A, 0x00]);
//! assembler.handle_bytes(&[0x02, 0x00, 0x2F, 0x00, 0x00, 0x9D, 0xC0]);
//! let Some(Event::Frame(frame)) = assembler.poll_event() else { panic!() };
//! let Body::Registers(registers) = frame.body else { panic!() };
//! assert_eq!(registers.start, Some(58));
//! assert_eq!(registers.values, [47, 0]);
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

mod assembler;
mod checksum;
mod frame;
mod layout;
mod request;

pub use assembler::{Assembler, Counts, Event, Options};
pub use checksum::{ChecksumOrder, checksum};
pub use frame::{Body, Frame, Registers};
pub use layout::Layout;
pub use request::{Bank, Error, MAX_REGISTERS, Request, WriteShape};
