//! What stands behind the SDK's Bluetooth transport ([`pipeline_plugin::ble`]).
//!
//! * [`Radio`]: the computer's own radio, by way of btleplug (feature `btleplug`, on by default).
//! * [`Simulated`]: devices of the crate `sim`, in virtual time or at the speed of real ones.
//! * [`Recorded`]: devices of a recording, which do again what they did.
//! * [`Guarded`]: any of them, without the writes that a device must never get.
//! * [`Journal`]: writes down what happens on any of them; that is what a recording is.
//! * [`Conversation`]: a recording as YAML, for people.
//!
//! This crate knows no device's protocol and no pipeline; it prints nothing.

mod conversation;
mod guarded;
mod journal;
#[cfg(feature = "btleplug")]
mod radio;
mod recorded;
mod redact;
mod simulated;

pub use conversation::Conversation;
pub use guarded::{Guarded, Refusal};
pub use journal::{
    Broken, Claim, Head, HeadPipeline, HeadSource, Journal, Kept, Mark, VERSION, claim, keep,
    unfinished,
};
#[cfg(feature = "btleplug")]
pub use radio::{Adapter, Radio, Trouble};
pub use recorded::{NobodyThere, Recorded, Recording, Survey};
pub(crate) use redact::Redactor;
pub use redact::SECRETS;
pub use simulated::{Description, DescriptionError, PacedClock, Simulated};
