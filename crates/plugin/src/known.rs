//! What the host remembers of the inputs of a source: which have been delivered, which are bad.

use std::fmt;

use crate::{Error, Result, SourceFuture};

/// What an input of a source is known by in the ledger, before it is fetched: its device's serial
/// number, its name and its size, say.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct InputKey {
    parts: Vec<String>,
}

impl InputKey {
    /// The key of these parts: the source's name first, then what tells its inputs apart.
    pub fn new<T: ToString>(parts: impl IntoIterator<Item = T>) -> Self {
        let parts = parts.into_iter().map(|part| part.to_string());
        Self {
            parts: parts.collect(),
        }
    }

    /// The parts.
    pub fn parts(&self) -> &[String] {
        &self.parts
    }
}

impl fmt::Display for InputKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.parts.join(" "))
    }
}

/// An input of a source that can't be used.
#[derive(Debug)]
pub struct BadInput {
    /// What it is called, for people.
    pub name: String,
    /// Why.
    pub error: Error,
    /// Its key, if it is to be known as bad from now on; without, it is tried again the next time.
    pub key: Option<InputKey>,
    /// Its bytes, if they are to be kept in the `damaged` folder beside the place of the results.
    pub bytes: Option<Vec<u8>>,
}

impl BadInput {
    /// An input that is tried again the next time.
    pub fn new(name: impl Into<String>, error: Error) -> Self {
        Self {
            name: name.into(),
            error,
            key: None,
            bytes: None,
        }
    }
}

/// The host's memory of the inputs of a source.
pub trait Inputs: Send + Sync + fmt::Debug {
    /// Whether an input is to be fetched. One that was delivered everywhere, or that an earlier run
    /// found to be bad with these settings, is not; the host reports it then, so ask once.
    ///
    /// # Errors
    ///
    /// When the ledger can't be read, or the run is over.
    fn wants(&self, key: &InputKey, name: &str) -> Result<bool>;

    /// Notes that everything of an input has been sent and finished, which is all that was sent
    /// since the last note; whether it has reached every sink. If it has not, nothing is noted.
    ///
    /// # Errors
    ///
    /// When the ledger can't be written, or the run is over.
    fn note<'a>(&'a self, key: &'a InputKey, name: &'a str) -> SourceFuture<'a, bool>;

    /// Reports an input that can't be used; the run goes on, and its exit code says so.
    ///
    /// # Errors
    ///
    /// When its bytes can't be kept, or the run is over.
    fn give_up(&self, bad: BadInput) -> SourceFuture<'_, ()>;
}
