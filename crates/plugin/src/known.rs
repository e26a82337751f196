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

/// What the host knows of an input.
#[derive(Debug)]
pub enum InputState {
    /// Nothing: it is to be fetched.
    New,
    /// Everything of it has been delivered everywhere by an earlier run.
    Delivered,
    /// An earlier run found that it is bad, with these settings, and has told why.
    Bad(Error),
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

/// The host's memory of the inputs of a source.
pub trait Inputs: Send + Sync + fmt::Debug {
    /// What is known of an input.
    ///
    /// # Errors
    ///
    /// When the ledger can't be read.
    fn state(&self, key: &InputKey) -> Result<InputState>;

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
