//! Plugins in dynamic libraries: finding, checking, loading and calling them.
//!
//! A library becomes [`Plugin`](pipeline_plugin::Plugin)s like those that are compiled in, so
//! nothing else of the engine knows where a stage comes from. What crosses the border is
//! `pipeline_plugin::abi`; the rules R1 to R10 are said there.
//!
//! Everything that comes from a library is checked, and an error names the plugin. What native
//! code does to memory can't be checked: a library is loaded only when the user trusts it.
#![expect(unsafe_code, reason = "plugins are called through C")]

mod call;
mod elf;
mod find;
mod image;
mod items;
mod lent;
mod library;
mod loaded;
mod pulse;
mod radio;
mod sink;
mod source;
mod stages;
mod thread;
mod trust;
mod watch;

pub use find::{find_libraries, named_plugins, plugin_folders};
pub use image::Image;
pub use library::{Library, Loader};
pub use loaded::is_any_plugin_broken;
pub use source::try_source;
pub use trust::{Trusted, TrustedPlugin, Trusts};
pub use watch::timely;
pub(crate) use watch::{Finished, Watch, apart};
