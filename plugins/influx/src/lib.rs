//! The sink that writes InfluxDB line protocol: to a server over HTTP (version 1, 2 and what
//! speaks like them) or UDP, or to a file.
//!
//! ```text
//! pipeline,device=POWER-2F1C,kind=log state_of_charge=73.4,ac_power=145 1795255200000000000
//! ```
//!
//! A line is a sample: its fields are those of the sample, all of them floats, so that the type of
//! a field never changes; what was not measured is not there. The tags say which device it was
//! (`device`), whether it is a `log` or an `activity` (`kind`), and for activities the `sport`:
//! few values, as InfluxDB likes it. Times are nanoseconds; samples of the same microsecond are
//! one nanosecond apart, as a second point of the same time would replace the first. Sending
//! again what is there changes nothing, for the same reason: a file to which the same stream was
//! written twice is imported as if it were there once.
//!
//! # The spool
//!
//! What goes to a server is first written to files in the folder `spool`, and leaves them when
//! the server has it: a program that is killed, or a server that is away for days, loses nothing.
//! The next run sends what is left. The folder is bounded by `spool-limit`; when it is full, the
//! oldest lines go, and are counted in a warning.
//!
//! Lines that the server refuses (HTTP 400: a field has another type there) can't be sent again
//! for ever: they are put aside in `rejected.lp` of that folder. Anything else, a wrong token as
//! well, is tried again until it works.
//!
//! UDP has no answers: a line counts as sent when the system has taken it.
//!
//! # Example
//!
//! ```
//! assert_eq!(plugin_influx::plugin().name, "influx");
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

mod file;
mod line;
mod sender;
mod sink;
mod spool;
mod target;

pub use sink::{Influx, plugin};
