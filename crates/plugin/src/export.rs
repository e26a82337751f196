//! Plugins of this crate's traits as plugins of the interface in [`abi`](crate::abi).
//!
//! [`export!`](crate::export!) uses it on the plugin's side; the converters of items serve the
//! host as well. There is no unsafe code here: that is all in [`abi`](crate::abi).

mod items;
mod patch;
mod source;
mod stages;

use std::sync::{Arc, Mutex, PoisonError};

use crate::abi::{self, Host, Status};
use crate::{Cancel, Context, Error, ErrorKind, Plugin, Problem, Role};

pub use items::{Incoming, Outgoing};
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
    /// What the host said; its text is empty, and the host prefers its own.
    fn from(error: abi::Error) -> Self {
        Self::new(error.status.into(), error.message)
    }
}

/// A context whose warnings wait for the next call of the host.
///
/// A stage may keep its context and use it on any thread; the host is there for one call on one
/// thread only.
#[derive(Clone)]
struct Lent {
    context: Context,
    waiting: Arc<Mutex<Vec<String>>>,
    cancel: Cancel,
}

impl Lent {
    fn new() -> Self {
        let waiting = Arc::new(Mutex::new(Vec::new()));
        let cancel = Cancel::default();
        let queue = Arc::clone(&waiting);
        let context = Context::new("", cancel.clone(), move |warning| {
            let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
            queue.push(warning.message);
        });
        Self {
            context,
            waiting,
            cancel,
        }
    }

    /// Passes on what waits, and asks whether to stop.
    fn meet(&self, host: &Host<'_>) {
        let waiting =
            std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        for message in waiting {
            host.warn(&message);
        }
        if !self.cancel.is_thrown() && host.is_stopping() {
            self.cancel.throw();
        }
    }
}
