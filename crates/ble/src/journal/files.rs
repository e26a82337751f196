//! The files of a journal: every line is given to the system at once, and made durable within a
//! second.

use std::fmt;
use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use pipeline_plugin::{Error, Result};
use serde::Serialize;

use super::unsynced::{Due, Unsynced};
use super::{Broken, Kept};

pub(super) struct Files {
    shared: Arc<Shared>,
    syncing: Option<JoinHandle<()>>,
}

struct Shared {
    /// Whoever syncs has them for itself, so that nobody who writes waits for it.
    kept: Mutex<Arc<Vec<Kept>>>,
    /// Bytes since the first line.
    length: AtomicU64,
    syncing: Mutex<Syncing>,
    news: Condvar,
    /// Nothing more is written after an error: a recording has no holes.
    failed: AtomicBool,
    broken: Broken,
}

#[derive(Default)]
struct Syncing {
    unsynced: Unsynced,
    ended: bool,
}

impl Files {
    pub(super) fn new(kept: Vec<Kept>, broken: Broken) -> Result<Self> {
        let shared = Arc::new(Shared {
            kept: Mutex::new(Arc::new(kept)),
            length: AtomicU64::new(0),
            syncing: Mutex::default(),
            news: Condvar::new(),
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
        for kept in &*self.shared.kept() {
            begin(kept, &line)?;
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
        for kept in &*shared.kept() {
            if let Err(error) = (&kept.file).write_all(&line) {
                shared.fail(kept, error);
                return;
            }
        }
        shared
            .length
            .fetch_add(line.len() as u64, Ordering::Relaxed);
        if shared.syncing().unsynced.wrote(Instant::now()) {
            shared.news.notify_one();
        }
    }

    /// Makes everything durable.
    pub(super) fn sync(&self) {
        self.shared.syncing().unsynced.begin();
        self.shared.sync();
    }

    /// Bytes since the first line.
    pub(super) fn length(&self) -> u64 {
        self.shared.length.load(Ordering::Relaxed)
    }

    /// How many files there are, if what is written still arrives there.
    pub(super) fn count(&self) -> usize {
        if self.shared.failed.load(Ordering::Relaxed) {
            return 0;
        }
        self.shared.kept().len()
    }

    /// Goes on in a file that begins with these lines, instead of the one so far; that one's path.
    ///
    /// Whoever calls sees to it that no line is written meanwhile.
    pub(super) fn go_on_in(&self, next: Kept, lines: &[Vec<u8>]) -> Result<Vec<PathBuf>> {
        begin(&next, &lines.concat())?;
        let before = {
            let mut kept = self.shared.lock_kept();
            std::mem::replace(&mut *kept, Arc::new(vec![next]))
        };
        self.shared.length.store(0, Ordering::Relaxed);
        Ok(before.iter().map(|kept| kept.path.clone()).collect())
    }
}

/// Writes how a file begins, and makes it durable.
fn begin(kept: &Kept, lines: &[u8]) -> Result<()> {
    let written = (&kept.file).write_all(lines);
    let durable = written.and_then(|()| sync(&kept.file));
    durable.map_err(|error| cannot_write(kept, error))
}

/// A line as bytes, with its end.
pub(super) fn text(line: &impl Serialize) -> Vec<u8> {
    let mut text = serde_json::to_vec(line).unwrap_or_default();
    text.push(b'\n');
    text
}

fn cannot_write(kept: &Kept, error: io::Error) -> Error {
    Error::io(format!("write `{}`", kept.path.display()), error)
}

impl Shared {
    fn lock_kept(&self) -> MutexGuard<'_, Arc<Vec<Kept>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn kept(&self) -> Arc<Vec<Kept>> {
        Arc::clone(&self.lock_kept())
    }

    fn syncing(&self) -> MutexGuard<'_, Syncing> {
        self.syncing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Syncs whenever it is due, until all has ended and is durable.
    fn keep_durable(&self) {
        let mut syncing = self.syncing();
        loop {
            let due = syncing.unsynced.due(Instant::now());
            syncing = match due {
                Due::Never if syncing.ended => return,
                Due::Never => self
                    .news
                    .wait(syncing)
                    .unwrap_or_else(PoisonError::into_inner),
                Due::In(wait) if !syncing.ended => match self.news.wait_timeout(syncing, wait) {
                    Ok((syncing, _)) => syncing,
                    Err(poisoned) => poisoned.into_inner().0,
                },
                Due::In(_) | Due::Now => {
                    syncing.unsynced.begin();
                    drop(syncing);
                    self.sync();
                    self.syncing()
                }
            };
        }
    }

    fn sync(&self) {
        for kept in &*self.kept() {
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
        self.shared.syncing().ended = true;
        self.shared.news.notify_all();
        if let Some(syncing) = self.syncing.take() {
            let _ = syncing.join();
        }
    }
}

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kept = self.shared.kept();
        let paths: Vec<&PathBuf> = kept.iter().map(|kept| &kept.path).collect();
        paths.fmt(f)
    }
}
