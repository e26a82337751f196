//! Talking to an ESP Rowing Monitor on behalf of a person: settings and updates.

mod ask;
mod known;
mod monitor;
mod setting;

pub(crate) use ask::ask;
pub use known::Known;
pub use monitor::Monitor;
pub use setting::Setting;
