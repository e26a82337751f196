use std::fmt;

use super::c::{level, status};

/// The result of what a stage does.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What the host can do about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// This input or stream is bad; the others go on.
    Skip,
    /// A device was not found, or was lost for good.
    Device,
    /// A permission, memory or disk space is missing.
    Resource,
    /// The run was asked to stop.
    Cancelled,
    /// The plugin itself is broken.
    Broken,
}

impl Status {
    /// As it crosses the border.
    pub fn code(self) -> i32 {
        match self {
            Self::Skip => status::SKIP,
            Self::Device => status::DEVICE,
            Self::Resource => status::RESOURCE,
            Self::Cancelled => status::CANCELLED,
            Self::Broken => status::BROKEN,
        }
    }

    /// From the other side of the border; `None` for a number without a meaning.
    pub fn of(code: i32) -> Option<Self> {
        Some(match code {
            status::SKIP => Self::Skip,
            status::DEVICE => Self::Device,
            status::RESOURCE => Self::Resource,
            status::CANCELLED => Self::Cancelled,
            status::BROKEN => Self::Broken,
            _ => return None,
        })
    }
}

/// What went wrong, for the person who ran the pipeline.
///
/// The message is a lower-case fragment without a final period that says what and where; the help
/// says in the imperative what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// What the host can do about it.
    pub status: Status,
    /// What and where; empty when the host said it itself.
    pub message: String,
    /// What to do about it; may be empty.
    pub help: String,
}

impl Error {
    /// This input or stream is bad; the others go on.
    pub fn skip(message: impl Into<String>) -> Self {
        Self::new(Status::Skip, message)
    }

    /// An error of that kind.
    pub fn new(status: Status, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            help: String::new(),
        }
    }

    /// Says what to do about it.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// What a function of the host returned; the host knows why.
    pub(super) fn of_host(code: i32) -> Result<()> {
        match code {
            status::OK => Ok(()),
            code => Err(Self::new(
                Status::of(code).unwrap_or(Status::Broken),
                String::new(),
            )),
        }
    }
}

/// How much something that a plugin says matters; the most important first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Something is lost. Always shown.
    Error,
    /// Something was repaired or left out. Shown unless `--quiet`.
    Warn,
    /// What is going on. Shown with `--verbose`.
    Info,
    /// For the author of the plugin. Shown with `-vv`.
    Debug,
}

impl Level {
    /// As it crosses the border.
    pub fn code(self) -> u32 {
        match self {
            Self::Error => level::ERROR,
            Self::Warn => level::WARNING,
            Self::Info => level::INFO,
            Self::Debug => level::DEBUG,
        }
    }

    /// From the other side of the border; `None` for a number without a meaning.
    pub fn of(code: u32) -> Option<Self> {
        let all = [Self::Error, Self::Warn, Self::Info, Self::Debug];
        all.into_iter().find(|level| level.code() == code)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// A setting that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The option, with `/` between levels; empty for the stage as a whole.
    pub option: String,
    /// What is wrong: a lower-case fragment without a final period.
    pub message: String,
    /// What to write instead, in the imperative; may be empty.
    pub help: String,
}

impl Problem {
    /// A problem with one option.
    pub fn at(option: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            option: option.into(),
            message: message.into(),
            help: String::new(),
        }
    }
}
