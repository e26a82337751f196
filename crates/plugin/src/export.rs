//! Plugins of this crate's traits as plugins of the interface in [`abi`].
//!
//! [`export!`](crate::export!) uses it on the plugin's side; the converters of items serve the
//! host as well. There is no unsafe code here: that is all in [`abi`].

mod bluetooth;
mod inbox;
mod inputs;
mod items;
mod lent;
mod patch;
mod source;
mod stages;
mod thread;

use crate::abi::{self, Status};
use crate::{Error, ErrorKind, Level, Plugin, Problem, Role};

pub use items::{Incoming, Outgoing};
use lent::Lent;
pub use patch::{merge_patch, patched};

impl From<Plugin> for abi::Plugin {
    fn from(plugin: Plugin) -> Self {
        let role = match &plugin.role {
            Role::Reader { .. } => abi::Role::Reader,
            Role::Source(_) => abi::Role::Source,
            Role::Transform(_) => abi::Role::Transform,
            Role::Sink { .. } => abi::Role::Sink,
        };
        let (endings, sniff, prepare) = stages::stage(plugin.role);
        Self {
            role,
            name: plugin.name,
            // That of the crate that is exported.
            version: String::new(),
            about: plugin.about,
            schema: plugin.schema.to_string(),
            endings,
            sniff,
            prepare,
        }
    }
}

impl From<Problem> for abi::Problem {
    fn from(problem: Problem) -> Self {
        Self {
            option: problem.path.join("/"),
            message: problem.message,
            help: problem.help.unwrap_or_default(),
        }
    }
}

impl From<ErrorKind> for Status {
    fn from(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Skip => Self::Skip,
            ErrorKind::Device => Self::Device,
            ErrorKind::Resource => Self::Resource,
            ErrorKind::Cancelled => Self::Cancelled,
            ErrorKind::Plugin => Self::Broken,
        }
    }
}

impl From<Status> for ErrorKind {
    fn from(status: Status) -> Self {
        match status {
            Status::Skip => Self::Skip,
            Status::Device => Self::Device,
            Status::Resource => Self::Resource,
            Status::Cancelled => Self::Cancelled,
            Status::Broken => Self::Plugin,
        }
    }
}

impl From<Level> for abi::Level {
    fn from(level: Level) -> Self {
        match level {
            Level::Error => Self::Error,
            Level::Warn => Self::Warn,
            Level::Info => Self::Info,
            Level::Debug => Self::Debug,
        }
    }
}

impl From<abi::Level> for Level {
    fn from(level: abi::Level) -> Self {
        match level {
            abi::Level::Error => Self::Error,
            abi::Level::Warn => Self::Warn,
            abi::Level::Info => Self::Info,
            abi::Level::Debug => Self::Debug,
        }
    }
}

impl From<Error> for abi::Error {
    fn from(error: Error) -> Self {
        Self {
            status: error.kind().into(),
            message: error.with_causes(),
            help: error.help().unwrap_or_default().to_owned(),
        }
    }
}

impl From<abi::Error> for Error {
    /// What the host said; where its text is empty, the host prefers its own.
    fn from(error: abi::Error) -> Self {
        let made = Self::new(error.status.into(), error.message);
        if error.help.is_empty() {
            made
        } else {
            made.with_help(error.help)
        }
    }
}
