//! What a source may ask and note about its inputs while it runs.

use std::collections::HashSet;
use std::fmt;
use std::io::Write;
use std::path::PathBuf;
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use pipeline_plugin::{BadInput, Error, InputKey, Inputs, OutputFile, Result, SourceFuture};
use sha2::{Digest, Sha256};
use tokio::sync::oneshot;

use crate::delivery::{GivenUp, Message, Note};
use crate::ledger::Ledger;

/// The folder for damaged inputs, beside that of the results.
const DAMAGED: &str = "damaged";

/// The memory of one source. Whoever runs the source keeps it; the source has a [`Handle`].
pub(crate) struct Memory {
    /// None where everything counts as new.
    pub(crate) ledger: Option<Mutex<Ledger>>,
    pub(crate) destinations: Vec<String>,
    /// What an input's fate depends on beside its bytes.
    pub(crate) settings: [u8; 32],
    /// The number of the source among the inputs.
    pub(crate) input: usize,
    /// Where the results appear, if they are files and this is no dry run.
    pub(crate) folder: Option<PathBuf>,
    pub(crate) sender: SyncSender<Message>,
    /// The names of inputs that are new, and not fetched yet.
    pub(crate) wanted: Mutex<HashSet<String>>,
}

/// What the source has of its memory: nothing once the run has given the source up, so that a
/// thread that is left behind keeps nobody waiting.
pub(crate) struct Handle(Weak<Memory>);

impl Handle {
    pub(crate) fn of(memory: &Arc<Memory>) -> Arc<dyn Inputs> {
        Arc::new(Self(Arc::downgrade(memory)))
    }

    fn memory(&self) -> Result<Arc<Memory>> {
        self.0.upgrade().ok_or_else(Error::cancelled)
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Handle")
    }
}

impl Memory {
    /// How many inputs are new, and not fetched yet.
    pub(crate) fn left(&self) -> usize {
        self.wanted().len()
    }

    fn wanted(&self) -> MutexGuard<'_, HashSet<String>> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins the file that keeps the bytes of a damaged input.
    fn keep(&self, name: &str, bytes: &[u8]) -> Result<Option<OutputFile>> {
        let Some(folder) = &self.folder else {
            return Ok(None);
        };
        let folder = folder.parent().unwrap_or(folder).join(DAMAGED);
        let mut file = OutputFile::create(&folder)?;
        file.write_all(bytes).map_err(|error| {
            Error::io(format!("write `{}`", folder.join(name).display()), error)
        })?;
        file.named(name).map(Some)
    }
}

impl Inputs for Handle {
    fn wants(&self, key: &InputKey, name: &str) -> Result<bool> {
        let memory = self.memory()?;
        let Some(ledger) = &memory.ledger else {
            memory.wanted().insert(name.to_owned());
            return Ok(true);
        };
        let ledger = ledger.lock().unwrap_or_else(PoisonError::into_inner);
        let key = hash(key);
        let destinations = memory.destinations.iter().map(String::as_str);
        let known = if ledger.has_input(&key, destinations)? {
            None
        } else if let Some(error) = ledger.quarantined(&key, &memory.settings)? {
            Some(error)
        } else {
            memory.wanted().insert(name.to_owned());
            return Ok(true);
        };
        let unwanted = Message::Unwanted(name.to_owned(), known);
        memory
            .sender
            .send(unwanted)
            .map_err(|_| Error::cancelled())?;
        Ok(false)
    }

    fn note<'a>(&'a self, key: &'a InputKey, name: &'a str) -> SourceFuture<'a, bool> {
        Box::pin(async move {
            let (noted, answer) = oneshot::channel();
            let memory = self.memory()?;
            memory.wanted().remove(name);
            let note = Note {
                input: memory.input,
                key: hash(key),
                name: name.to_owned(),
                noted,
            };
            let sent = memory.sender.send(Message::Note(note));
            drop(memory);
            sent.map_err(|_| Error::cancelled())?;
            answer.await.map_err(|_| Error::cancelled())
        })
    }

    fn give_up(&self, bad: BadInput) -> SourceFuture<'_, ()> {
        Box::pin(async move {
            let (kept, answer) = oneshot::channel();
            let memory = self.memory()?;
            memory.wanted().remove(&bad.name);
            let file = match &bad.bytes {
                Some(bytes) => memory.keep(&bad.name, bytes)?,
                None => None,
            };
            let given_up = GivenUp {
                name: bad.name,
                error: bad.error,
                key: bad.key.as_ref().map(hash),
                file,
                kept,
            };
            let sent = memory.sender.send(Message::GivenUp(Box::new(given_up)));
            drop(memory);
            sent.map_err(|_| Error::cancelled())?;
            answer.await.map_err(|_| Error::cancelled())?
        })
    }
}

/// The key as the ledger has it; no file's bytes have the same.
fn hash(key: &InputKey) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update("pipeline input 1\0");
    for part in key.parts() {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}
