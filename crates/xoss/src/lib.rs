//! Speaks to cycle computers of XOSS and CYCPLUS over Bluetooth, and to displays, glasses and
//! cameras with the same vendor's Bluetooth Remote Service ([`remote`]).
//!
//! This crate does no I/O, reads no clock and knows no Bluetooth stack: notifications and the time
//! go in, writes and events come out. It keeps no files and deletes nothing by itself. Factory reset
//! and firmware update can't be expressed.
//!
//! * [`Session`] is the conversation: makes the device idle, lists, downloads, sends, deletes.
//!   [`Command`] and [`Reply`] are its words, [`Options`] its patience, [`Profile`] the models.
//! * [`Listing`], [`Document`], [`Settings`], [`UserProfile`] and [`panels`] read the device's files;
//!   [`update`] changes one, [`validate`] and [`gnss`] look at it before it is sent.
//! * [`RideName`] is what a device may call a ride. [`Delivered`] is what may be deleted.
//!
//! Sources: the vendor's "motion data and device control" document 1.3.3; what `ekspla/xoss_sync`,
//! `DCNick3/f-xoss`, `andrewkomkov/cycplus-m2-sync`, `thefellaguy/cycplusSync` and
//! `molleraj/enhanced_xoss_sync` report of the devices that they were tried on; the vendor's iOS
//! library. Where they differ, what was seen on a device counts.
//!
//! # Example
//!
//! Here a device that has no ride yet answers from a table.
//!
//! ```
//! use std::time::Instant;
//!
//! use xoss::{Characteristic, Event, Job, Options, Outcome, Session};
//!
//! let now = Instant::now();
//! let mut session = Session::new(Options::default());
//! session.start(now, Job::List)?;
//! let outcome = loop {
//!     while let Some(write) = session.poll_write() {
//!         let reply: &[u8] = match write.bytes[0] {
//!             0xFF => &[0x04, 0x00, 0x04], // Status? Idle.
//!             0x05 => &[0x12, 0x00, 0x12], // A file? There is none.
//!             _ => continue,
//!         };
//!         session.handle_notification(now, Characteristic::Command, reply);
//!     }
//!     if let Some(Event::Finished(result)) = session.poll_event() {
//!         break result?;
//!     }
//! };
//! let Outcome::Listed(listing) = outcome else {
//!     panic!("{outcome:?}");
//! };
//! assert!(listing.rides.is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
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

mod command;
mod document;
mod error;
mod frame;
pub mod gatt;
pub mod gnss;
mod integrity;
mod listing;
mod name;
mod options;
pub mod panels;
mod profile;
pub mod remote;
mod reply;
mod session;
mod settings;
mod shown;
mod update;

pub use command::{Command, RawError};
pub use document::{Document, DocumentError, Header};
pub use error::{Error, Remedy, StartError};
pub use frame::FrameError;
pub use gatt::Characteristic;
pub use integrity::{FitProblem, Integrity};
pub use listing::{ListedRide, Listing, RideState};
pub use name::{Delivered, FileName, NameError, NameProblem, RideName, SystemFile};
pub use options::{Options, Timers};
pub use profile::Profile;
pub use reply::{DeviceInfo, GnssStatus, Refusal, Reply, Storage};
pub use session::{Download, Event, Job, Outcome, Session, Write};
pub use settings::{Backlight, LapTrigger, Settings, UserProfile};
pub use shown::Echo;
pub use update::{update, validate};
