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
    targets: Mutex<Arc<Vec<Target>>>,
    /// Bytes since the first line.
    length: AtomicU64,
    syncing: Mutex<Syncing>,
    news: Condvar,
    broken: Broken,
}

/// One of the files.
struct Target {
    kept: Kept,
    /// Nothing more is written to it after an error: a recording has no holes. The others go on.
    failed: AtomicBool,
}

#[derive(Default)]
struct Syncing {
    unsynced: Unsynced,
    ended: bool,
}

impl Files {
    pub(super) fn new(kept: Vec<Kept>, broken: Broken) -> Result<Self> {
        let shared = Arc::new(Shared {
            targets: Mutex::new(Arc::new(kept.into_iter().map(Target::of).collect())),
            length: AtomicU64::new(0),
            syncing: Mutex::default(),
            news: Condvar::new(),
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
        for target in &*self.shared.targets() {
            begin(&target.kept, &line)?;
        }
        Ok(())
    }

    /// Gives a line to the system: from then on it outlives this process.
    pub(super) fn line(&self, line: &impl Serialize) {
        let shared = &self.shared;
        let line = text(line);
        for target in shared.targets().iter().filter(|target| target.is_sound()) {
            if let Err(error) = (&target.kept.file).write_all(&line) {
                shared.fail(target, error);
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
        let targets = self.shared.targets();
        if targets.iter().all(Target::is_sound) {
            targets.len()
        } else {
            0
        }
    }

    /// Goes on in a file that begins with these lines, instead of the one so far; that one's path.
    ///
    /// Whoever calls sees to it that no line is written meanwhile.
    pub(super) fn go_on_in(&self, next: Kept, lines: &[Vec<u8>]) -> Result<Vec<PathBuf>> {
        begin(&next, &lines.concat())?;
        let before = {
            let mut targets = self.shared.lock_targets();
            std::mem::replace(&mut *targets, Arc::new(vec![Target::of(next)]))
        };
        self.shared.length.store(0, Ordering::Relaxed);
        let path = |target: &Target| target.kept.path.clone();
        Ok(before.iter().map(path).collect())
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
    fn lock_targets(&self) -> MutexGuard<'_, Arc<Vec<Target>>> {
        self.targets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn targets(&self) -> Arc<Vec<Target>> {
        Arc::clone(&self.lock_targets())
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
        for target in self.targets().iter().filter(|target| target.is_sound()) {
            if let Err(error) = sync(&target.kept.file) {
                self.fail(target, error);
            }
        }
    }

    fn fail(&self, target: &Target, error: io::Error) {
        if !target.failed.swap(true, Ordering::AcqRel) {
            let kept = &target.kept;
            (self.broken)(&kept.path, &cannot_write(kept, error));
        }
    }
}

impl Target {
    fn of(kept: Kept) -> Self {
        Self {
            kept,
            failed: AtomicBool::new(false),
        }
    }

    fn is_sound(&self) -> bool {
        !self.failed.load(Ordering::Relaxed)
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
        let targets = self.shared.targets();
        let paths: Vec<&PathBuf> = targets.iter().map(|target| &target.kept.path).collect();
        paths.fmt(f)
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    /// A recording on a stick that is full takes nothing from the journal.
    #[test]
    fn a_file_that_can_t_be_written_leaves_the_others_alone() {
        let folder = tempfile::tempdir().unwrap();
        let journal = folder.path().join("journal.capture");
        let full = Kept {
            path: "/dev/full".into(),
            file: File::options().write(true).open("/dev/full").unwrap(),
        };
        let told = Arc::new(Mutex::new(Vec::new()));
        let said = Arc::clone(&told);
        let broken = Box::new(move |path: &std::path::Path, error: &Error| {
            said.lock()
                .unwrap()
                .push((path.to_owned(), error.with_causes()));
        });
        let files = Files::new(vec![full, Kept::at(&journal).unwrap()], broken).unwrap();
        assert_eq!(files.count(), 2);
        for number in 0..3 {
            files.line(&number);
        }
        files.sync();
        assert_eq!(files.count(), 0);
        drop(files);
        assert_eq!(std::fs::read_to_string(journal).unwrap(), "0\n1\n2\n");
        let told = told.lock().unwrap();
        let [(path, text)] = &told[..] else {
            panic!("{told:?}");
        };
        assert_eq!(path.to_str(), Some("/dev/full"));
        assert!(text.starts_with("cannot write `/dev/full`: "), "{text}");
    }
}
