//! The commands, one a module.

pub(crate) mod capture;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod convert;
pub(crate) mod describe;
mod device;
pub(crate) mod devices;
pub(crate) mod doctor;
mod fit_files;
pub(crate) mod fossibot;
pub(crate) mod graph;
pub(crate) mod inspect;
pub(crate) mod list;
pub(crate) mod merge;
pub(crate) mod new;
pub(crate) mod plugin;
pub(crate) mod recover;
pub(crate) mod repair;
pub(crate) mod rowing;
pub(crate) mod run;
pub(crate) mod schema;
pub(crate) mod test;
pub(crate) mod xoss;
