//! YMODEM, both sides, as cycle computers of XOSS and CYCPLUS speak it over Bluetooth.
//!
//! This crate does no I/O and reads no clock; it knows no Bluetooth and keeps no file. Feed it what
//! arrived and the time, write what it asks for, and collect the file block by block.
//! It doesn't resume: YMODEM has no offset, a broken transfer starts again from the beginning.
//!
//! # A block
//!
//! | byte | what |
//! |---|---|
//! | 0 | `01` (SOH): 128 bytes of data · `02` (STX): 1,024 |
//! | 1 | number of the block modulo 256; block 0 names the file |
//! | 2 | its complement |
//! | 3 … | data; the last block is filled up |
//! | last 2 | CRC-16 of the data alone, high byte first |
//!
//! # How the computers depart from the standard
//!
//! * The CRC is CRC-16/ARC instead of CRC-16/XMODEM ([`Checksum`]).
//! * Block 0 is `name`, space, `size` instead of NUL-separated ([`Separator`]); both are read.
//! * There is no empty block 0 at the end of the batch; neither side waits for one.
//! * A sender that isn't answered within five seconds gives up without a word ([`Timers`]).
//!
//! Sources: the vendor's "motion data and device control" document 1.3.3, and how `ekspla/xoss_sync`,
//! `DCNick3/f-xoss` and `andrewkomkov/cycplus-m2-sync` describe the devices that they were tried on.
//!
//! # Driving it
//!
//! After every `handle_*`, drain [`Receiver::poll_write`] and [`Receiver::poll_event`]; call
//! [`Receiver::handle_timeout`] when [`Receiver::poll_timeout`] says so.
//! Each write is one packet. Nothing is delayed that need not be: the ACK of a block is there as soon
//! as its last byte has been handed in.
//!
//! ```
//! use std::time::Instant;
//!
//! use ymodem::{Event, ReceiveOptions, Receiver, SendOptions, Sender};
//!
//! let now = Instant::now();
//! let content = b"a ride".to_vec();
//! let mut sender = Sender::new(now, SendOptions::default(), "ride.fit", content)?;
//! let mut receiver = Receiver::new(now, ReceiveOptions::default());
//! let mut received = Vec::new();
//! let mut now = now;
//! loop {
//!     while let Some(byte) = receiver.poll_write() {
//!         sender.handle_bytes(now, &[byte]);
//!     }
//!     while let Some(chunk) = sender.poll_write() {
//!         receiver.handle_bytes(now, &chunk);
//!     }
//!     match receiver.poll_event() {
//!         Some(Event::File(file)) => assert_eq!((&*file.name, file.size), (&b"ride.fit"[..], 6)),
//!         Some(Event::Data(data)) => received.extend(data),
//!         Some(Event::Done { .. }) => break,
//!         Some(Event::Failed(error)) => return Err(error),
//!         // Both wait: the clock goes on.
//!         None => {
//!             let next = [receiver.poll_timeout(), sender.poll_timeout()];
//!             now = next.into_iter().flatten().min().expect("somebody waits");
//!             receiver.handle_timeout(now);
//!             sender.handle_timeout(now);
//!         }
//!     }
//! }
//! assert_eq!(received, b"a ride");
//! # Ok::<(), ymodem::Error>(())
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

mod block;
mod checksum;
mod error;
mod file;
mod options;
mod receiver;
mod sender;

pub use block::{Block, BlockSize};
pub use checksum::Checksum;
pub use error::Error;
pub use file::{File, Separator};
pub use options::{ReceiveOptions, SendOptions, Timers};
pub use receiver::{Event, Receiver};
pub use sender::{Sender, Sent};
