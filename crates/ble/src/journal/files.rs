//! The files of a journal: every line is given to the system at once, and made durable every second.

use std::fmt;
use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use pipeline_plugin::{Error, Result};
use serde::Serialize;

use super::{Broken, Kept};

/// How much time an empty battery takes.
const DURABLE: Duration = Duration::from_secs(1);

pub(super) struct Files {
    shared: Arc<Shared>,
    syncing: Option<JoinHandle<()>>,
}

struct Shared {
    kept: Vec<Kept>,
    /// Something was written that isn't durable yet.
    dirty: AtomicBool,
    ended: Mutex<bool>,
    end: Condvar,
    /// Nothing more is written after an error: a recording has no holes.
    failed: AtomicBool,
    broken: Broken,
}

impl Files {
    pub(super) fn new(kept: Vec<Kept>, broken: Broken) -> Result<Self> {
        let shared = Arc::new(Shared {
            kept,
            dirty: AtomicBool::new(false),
            ended: Mutex::new(false),
            end: Condvar::new(),
            failed: AtomicBool::new(false),
            broken,
        });
        let syncing = Arc::clone(&shared);
        let syncing = thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || syncing.keep_durable())
            .map_err(|error| Error::io("start a thread", error))?;
        Ok(Self {
            shared,
            syncing: Some(syncing),
        })
    }

    /// Writes the first line, and makes it durable.
    pub(super) fn first_line(&self, line: &impl Serialize) -> Result<()> {
        let line = text(line);
        for kept in &self.shared.kept {
            let written = (&kept.file).write_all(&line);
            let durable = written.and_then(|()| sync(&kept.file));
            durable.map_err(|error| cannot_write(kept, error))?;
        }
        Ok(())
    }

    /// Gives a line to the system: from then on it outlives this process.
    pub(super) fn line(&self, line: &impl Serialize) {
        let shared = &self.shared;
        if shared.failed.load(Ordering::Relaxed) {
            return;
        }
        let line = text(line);
        for kept in &shared.kept {
            if let Err(error) = (&kept.file).write_all(&line) {
                shared.fail(kept, error);
                return;
            }
        }
        shared.dirty.store(true, Ordering::Release);
    }

    /// Makes everything durable.
    pub(super) fn sync(&self) {
        self.shared.sync();
    }
}

/// A line as bytes, with its end.
fn text(line: &impl Serialize) -> Vec<u8> {
    let mut text = serde_json::to_vec(line).unwrap_or_default();
    text.push(b'\n');
    text
}

fn cannot_write(kept: &Kept, error: io::Error) -> Error {
    Error::io(format!("write `{}`", kept.path.display()), error)
}

impl Shared {
    fn keep_durable(&self) {
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        while !*ended {
            ended = match self.end.wait_timeout(ended, DURABLE) {
                Ok((ended, _)) => ended,
                Err(poisoned) => poisoned.into_inner().0,
            };
            self.sync();
        }
    }

    fn sync(&self) {
        if !self.dirty.swap(false, Ordering::AcqRel) {
            return;
        }
        for kept in &self.kept {
            if let Err(error) = sync(&kept.file) {
                self.fail(kept, error);
                return;
            }
        }
    }

    fn fail(&self, kept: &Kept, error: io::Error) {
        if !self.failed.swap(true, Ordering::AcqRel) {
            (self.broken)(&cannot_write(kept, error));
        }
    }
}

/// Makes a file durable. Some network and phone mounts can't, which is no error.
fn sync(file: &File) -> io::Result<()> {
    match file.sync_data() {
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::Unsupported | io::ErrorKind::InvalidInput
            ) =>
        {
            Ok(())
        }
        result => result,
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let mut ended = self
            .shared
            .ended
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *ended = true;
        drop(ended);
        self.shared.end.notify_all();
        if let Some(syncing) = self.syncing.take() {
            let _ = syncing.join();
        }
    }
}

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let paths: Vec<&PathBuf> = self.shared.kept.iter().map(|kept| &kept.path).collect();
        paths.fmt(f)
    }
}
