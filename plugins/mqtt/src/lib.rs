//! The sink that publishes samples over MQTT, and introduces devices to Home Assistant.
//!
//! | topic | what | retained |
//! |---|---|---|
//! | `pipeline/status` | `online` while this program is connected, else `offline` (the last will) | yes |
//! | `pipeline/<device>/status` | `online` while samples come, `offline` when none came for `expire`, and at the end | yes |
//! | `pipeline/<device>/state` | a sample: `{"time":"…","state_of_charge":73.4,"ac_power":145.0,"mains":null}` | no |
//! | `pipeline/<device>/set/<command>` | for `control: true`: `ON`, `OFF`, a number or a word | must not be |
//! | `pipeline/<device>/ack` | what became of a command: `{"command":"ac","ok":true,"result":…}` | no |
//! | `homeassistant/device/pipeline_<device>/config` | what the device measures | yes |
//!
//! A sample has the latest value of every field; one that was not measured, or not within
//! `expire`, is `null`. Everything is sent at least once (quality of service 1).
//!
//! While the broker can't be reached, the latest samples wait, as many as `queue` says; older
//! ones are dropped, and counted in a warning. The connection is kept over streams: a log that is
//! cut at midnight does not go offline.
//!
//! A command does not change a state here: the state changes when the device says so. Retained
//! commands are ignored, because they would be carried out at every start. Without
//! `control: true` nothing is listened to.
//!
//! # How fields appear in Home Assistant
//!
//! A field is a sensor of the class that its unit tells, from its first value on. `<name>_switch`,
//! `mains` and `charging` are yes or no, and so are faults (`fault_<name>`), with their number as
//! the attribute `code`. With `control: true`, `<name>_switch` becomes a switch that sends the
//! command `<name>`, and a share in percent `<name>_limit` a number that sends `<name>-limit`.
//!
//! All of it comes in one message, which Home Assistant understands from 2024.12 on.
//! `tests/home-assistant` has a real one judge it.
//!
//! # Example
//!
//! ```
//! assert_eq!(plugin_mqtt::plugin().name, "mqtt");
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

mod bridge;
mod broker;
mod device;
mod discovery;
mod inner;
mod sink;
mod worker;

pub use broker::{Broker, Tls};
pub use sink::{Mqtt, plugin};
