//! The plugin interface: what crosses the border between the program and a dynamic library.
//!
//! [`c`] has the structs exactly as C sees them; the header for C is made of it. Around it stands
//! the safe side of a plugin: a library exports [`Plugin`]s with [`export!`](crate::export!), a
//! plugin makes a [`Stage`] of its settings, a stage opens a [`Stream`], and all of them borrow
//! the [`Host`]. The host's side is not here but in the engine.
//!
//! This folder uses nothing of the rest of the crate and no other crate. It is the *slim edition*
//! of the SDK: `pipeline plugin new` writes it beside a new project, which therefore builds
//! without a network. The rest of the crate stands on top of it: a plugin that implements
//! `TransformPlugin` and the like is exported by the same macro.
//!
//! # Rules
//!
//! * **R1** One exported function, the version in its name: `pipeline_plugin_v1`.
//! * **R2** Structs start with their size and only grow at the end; a member is looked at only if
//!   the size covers it.
//! * **R3** Pointers are borrowed until the call returns; nobody frees what the other made. A
//!   library's tables and their texts are constant. A host for a thread is the one exception: it
//!   lives until the plugin gives it back.
//! * **R4** Text is UTF-8 with a length, numbers are `double`, rare things are JSON text.
//! * **R5** Nothing asynchronous crosses. A stage is shared by threads, a stream is used by one at
//!   a time, the host is called on the thread that it called. A host for a thread is used by one
//!   thread at a time.
//! * **R6** Stop is cooperative. Silence of 30 s gives a plugin up.
//! * **R7** No panic crosses.
//! * **R8** A library is never unloaded.
//! * **R9** `prepare` and `check` touch nothing outside.
//! * **R10** The host checks everything it gets.
#![expect(unsafe_code, reason = "this is the border to C")]

mod bluetooth;
pub mod c;
mod command;
mod current;
pub mod describe;
mod error;
mod host;
mod inputs;
mod item;
mod json;
mod library;
mod panic;
mod plugin;
mod quantity;
mod settings;
mod thread;

pub use bluetooth::{Arrival, Bluetooth, Device, Link, Value};
pub use command::Command;
pub use current::with_host;
pub use error::{Error, Level, Problem, Result, Status};
pub use host::{Host, Input};
pub use item::{Column, Item, Samples, Unknown};
pub use json::Json;
#[doc(hidden)]
pub use library::{Exported, Table};
pub use plugin::{Plugin, Prepare, Role, Sniff, Stage, Stream};
pub use quantity::{Folder, Metres, Seconds};
#[doc(hidden)]
pub use settings::{ObjectSchema, Reading};
pub use settings::{Setting, Settings, read_settings};
pub use thread::ThreadHost;
