//! The source of rides on XOSS and CYCPLUS cycle computers, the commands of `pipeline xoss`, and the
//! sink for displays and glasses.
//!
//! This crate decides what is fetched, checked, passed on, noted and deleted, and in which order. How
//! one talks to a computer is the business of the `xoss` crate; radio, ledger and files are the
//! host's; what is in a ride is read by the reader of `fit`, so that a ride from a computer and the
//! same file from a disk become the same.
//!
//! # A ride's way
//!
//! 1. The list says name, size and state; rides that the ledger knows, and the one that is being
//!    recorded, are left alone.
//! 2. The transfer: every block's checksum, the name and the size that the computer announced, the
//!    size of the list. A broken transfer starts again at the first byte.
//! 3. The file: its own checksum and what is in it. A bad one is put into the `damaged` folder beside
//!    the place of the results.
//! 4. Only now anything is passed on. When every sink has taken it and it is durable, it is noted.
//! 5. Only then it is deleted from the computer, if that was asked for.
//!
//! Whatever breaks before step 4 leaves nothing behind, and whatever breaks after it costs another
//! transfer at most.
//!
//! # Commands
//!
//! [`Wanted`] finds a computer, [`Computer`] does one thing at a time. What is sent is looked at
//! before, and changes the computer's own file: its spelling and what isn't known stay.
//!
//! # Displays
//!
//! [`display`] is made from the vendor's document and was not yet proven on hardware.

mod collected;
mod computer;
pub mod display;
mod jobs;
mod settings;
mod source;
mod trouble;

pub use computer::{Computer, Tell, Wanted};
pub use jobs::{About, Put, file_named};
pub use settings::{Model, RideAs, Xoss};
pub use source::plugin;
pub use trouble::Trouble;
