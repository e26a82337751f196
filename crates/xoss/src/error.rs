use ymodem::Error as TransferError;

use crate::frame::FrameError;
use crate::shown::Echo;
use crate::{DocumentError, FileName, Refusal};

/// Why a job ended without a result. A device that says no isn't an error but an
/// [`Outcome::Refused`](crate::Outcome::Refused).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Occurs when the connection is gone.
    #[error("the connection to the device was lost")]
    LinkLost,
    /// Occurs when the caller stopped the job.
    #[error("stopped")]
    Stopped,
    /// Occurs when the device doesn't become idle, whatever is tried.
    #[error("the device does not become idle")]
    DeviceBusy,
    /// Occurs when a command isn't answered.
    #[error("the device does not answer")]
    NoReply,
    /// Occurs when a reply can't be read.
    #[error("the device's answer can't be read")]
    Garbled(#[from] FrameError),
    /// Occurs when the answer is about another file than the question.
    #[error("the device offers `{found}` instead of `{expected}`")]
    WrongFile {
        /// What was asked for.
        expected: FileName,
        /// What came.
        found: Echo,
    },
    /// Occurs when the file's transfer broke, as often as it was tried.
    #[error("the transfer of the file broke")]
    Transfer(#[from] TransferError),
    /// Occurs when the device said no to what it does at other times; the job was begun again.
    #[error("{0}")]
    Again(Refusal),
    /// Occurs when a file was sent but the device didn't say whether it took it.
    #[error("the device did not say whether it accepted the file")]
    NotConfirmed,
    /// Occurs when the list of rides can't be read.
    #[error("the device's list of rides can't be read")]
    Listing(#[source] DocumentError),
}

/// What can be done about an [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Try the same again, later or on a new connection.
    Retry,
    /// Go on with the next file.
    Skip,
    /// Nothing: it was wanted.
    Stop,
}

impl Error {
    /// What can be done.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::WrongFile { .. } | Self::NotConfirmed | Self::Listing(_) => Remedy::Skip,
            Self::Transfer(TransferError::TooLarge { .. } | TransferError::Header(_)) => {
                Remedy::Skip
            }
            Self::LinkLost
            | Self::DeviceBusy
            | Self::NoReply
            | Self::Garbled(_)
            | Self::Again(_)
            | Self::Transfer(_) => Remedy::Retry,
            Self::Stopped => Remedy::Stop,
        }
    }
}

/// Why a job can't be started.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// Occurs while another job runs.
    #[error("the device is still busy with another job")]
    Running,
    /// Occurs when a file can't be sent: empty, or one that can't be written.
    #[error("`{0}` can't be sent")]
    NotSendable(String),
}
