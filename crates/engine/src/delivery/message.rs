//! What the workers tell the courier.

use std::sync::mpsc::SyncSender;
use std::time::Instant;

use pipeline_plugin::{Error, OutputFile, Result, StateChange, Told};
use tokio::sync::oneshot;

use crate::chain::Outcome;

/// What the workers tell.
pub(crate) enum Message {
    /// A stream has finished.
    Stream(Completed),
    /// A stage has something to say.
    Told(usize, Told),
    /// The sinks have made durable what they got.
    Checkpoint(Checkpoint),
    /// An input of a source is known: delivered, or bad for that reason.
    Unwanted(String, Option<Error>),
    /// A source says that everything of one of its inputs has been sent.
    Note(Note),
    /// A source can't use one of its inputs.
    GivenUp(Box<GivenUp>),
    /// An input is done.
    Input(InputDone),
}

/// A stream that has finished, before its delivery.
pub(crate) struct Completed {
    pub(crate) input: usize,
    pub(crate) outcomes: Vec<Outcome>,
    pub(crate) started: Instant,
    /// What stages have set: noted with the deliveries.
    pub(crate) state: Vec<StateChange>,
    /// It comes from a source that is waited for, not from a file.
    pub(crate) live: bool,
    /// Told when everything is delivered and noted, and whether every sink has taken it.
    pub(crate) delivered: Option<SyncSender<bool>>,
}

/// A stream at a point where its sinks have made durable what they got.
pub(crate) struct Checkpoint {
    pub(crate) state: Vec<StateChange>,
    /// Told when the state is noted.
    pub(crate) noted: Option<SyncSender<bool>>,
}

/// A note that everything of an input has been sent.
pub(crate) struct Note {
    pub(crate) input: usize,
    pub(crate) key: [u8; 32],
    pub(crate) name: String,
    /// Told whether it has reached every sink.
    pub(crate) noted: oneshot::Sender<bool>,
}

/// An input that can't be used.
pub(crate) struct GivenUp {
    pub(crate) name: String,
    pub(crate) error: Error,
    pub(crate) key: Option<[u8; 32]>,
    /// Its bytes on their way to the folder for them.
    pub(crate) file: Option<OutputFile>,
    /// Told when it is kept and noted.
    pub(crate) kept: oneshot::Sender<Result<()>>,
}

/// An input that is done.
pub(crate) struct InputDone {
    pub(crate) input: usize,
    /// SHA-256 of its bytes, where it is a file.
    pub(crate) key: Option<[u8; 32]>,
    /// What stages have set since the last stream.
    pub(crate) state: Vec<StateChange>,
    pub(crate) result: InputResult,
}

/// How an input has ended.
pub(crate) enum InputResult {
    Read,
    /// Delivered by an earlier run.
    Known,
    /// Found to be bad by an earlier run.
    KnownBad(Error),
    Failed(Error),
    /// A device, from which as many inputs were still wanted when the run was to stop.
    Left(usize),
}
