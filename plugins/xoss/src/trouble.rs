//! What goes wrong with a computer, and what to do about it.

use pipeline_plugin::{Error, ErrorKind};
use xoss::Remedy;

/// Why a job failed.
#[derive(Debug)]
pub enum Trouble {
    /// The host's side: stopped, no adapter, not paired.
    Host(Error),
    /// The conversation.
    Device(xoss::Error),
}

impl Trouble {
    /// Whether it concerns this file only, and the next one may be better.
    pub fn is_of_the_file(&self) -> bool {
        match self {
            Self::Host(_) => false,
            Self::Device(error) => {
                matches!(error, xoss::Error::Transfer(_)) || error.remedy() == Remedy::Skip
            }
        }
    }

    /// The same for the person who runs the pipeline; `title` is the computer's name.
    pub fn into_error(self, title: &str) -> Error {
        let error = match self {
            Self::Host(error) => return error,
            Self::Device(error) => error,
        };
        let (kind, help) = match (&error, error.remedy()) {
            (xoss::Error::LinkLost, _) => (
                ErrorKind::Device,
                "keep it near and awake, and run the same command again: what has arrived is not \
                 fetched again",
            ),
            (xoss::Error::DeviceBusy | xoss::Error::NoReply, _) => (
                ErrorKind::Device,
                "close the vendor's app, end what the computer is doing, or switch it off and on",
            ),
            (_, Remedy::Stop) => return Error::cancelled(),
            (_, Remedy::Retry) => (
                ErrorKind::Device,
                "bring it nearer and run the same command again",
            ),
            (_, Remedy::Skip) => {
                return Error::skip(format!("`{title}`: {error}")).with_source_of(&error);
            }
        };
        Error::new(kind, format!("`{title}`: {error}"))
            .with_source_of(&error)
            .with_help(help)
    }
}

/// The causes of an error, without the error itself, whose text is said already.
trait WithSourceOf {
    fn with_source_of(self, error: &xoss::Error) -> Self;
}

impl WithSourceOf for Error {
    fn with_source_of(self, error: &xoss::Error) -> Self {
        let mut cause = std::error::Error::source(error);
        let mut told = Vec::new();
        while let Some(error) = cause {
            told.push(error.to_string());
            cause = error.source();
        }
        if told.is_empty() {
            return self;
        }
        let message = format!("{self}: {}", told.join(": "));
        self.with_message(message)
    }
}

/// A computer that refuses everything wants to be paired by the system.
pub(crate) fn unpaired(title: &str, address: &str, error: Error) -> Error {
    Error::resource(format!("`{title}` refuses to talk: it is not paired"))
        .with_source(error)
        .with_help(format!(
            "on the unit open the menu \"Connect XOSS\" (if it shows an old pairing such as \
             `XOSS#1234`, remove that), then pair it with this system: `bluetoothctl pair {address}`"
        ))
}
