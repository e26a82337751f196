//! What live sources hear is written down until it is delivered, so that a crash or an empty battery
//! takes nothing with it. `pipeline recover` delivers what is left.

use std::error::Error as _;
use std::io::{self, ErrorKind as Io};
use std::iter;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ble::{Head, HeadPipeline, HeadSource, Journal, Kept, Mark, VERSION};
use pipeline_engine::{Document, Journals, Listener};
use pipeline_plugin::ble::Central;
use pipeline_plugin::{Clock, Context, Error, Level, Result};

use crate::{signals, words};

/// From how many bytes on a journal goes on in another file when nothing in it is needed any more. A
/// row of half an hour has one or two million.
const LONG: u64 = 4 << 20;

/// Whether what a device says is written down while it is listened to.
#[derive(Debug, Default)]
pub(crate) struct Keeping(AtomicU8);

impl Keeping {
    const KEPT: u8 = 1;
    const BROKEN: u8 = 2;

    fn set(&self, state: u8) {
        self.0.store(state, Ordering::Relaxed);
    }

    /// What to do about an error of a sink: a disk that is full takes no activity, but the journal
    /// has it, and the device won't say it again.
    pub(crate) fn help<'e>(&self, error: &'e Error) -> Option<&'e str> {
        let is_kept = self.0.load(Ordering::Relaxed) == Self::KEPT;
        if is_kept && is_disk_full(error) {
            return Some("free some space, then run `pipeline recover`");
        }
        error.help()
    }

    /// What the view says about it.
    pub(crate) fn note(&self) -> &'static str {
        match self.0.load(Ordering::Relaxed) {
            Self::KEPT => "kept in the journal",
            Self::BROKEN => "no longer kept in the journal",
            _ => "",
        }
    }
}

/// Whether a full disk is what an error is about.
fn is_disk_full(error: &Error) -> bool {
    let causes = iter::successors(error.source(), |&cause| cause.source());
    let mut causes = causes.filter_map(|cause| cause.downcast_ref::<io::Error>());
    causes.any(|cause| matches!(cause.kind(), Io::StorageFull | Io::QuotaExceeded))
}

/// The file of `--record`. It goes again if nothing was recorded: it would only be in the way of the
/// next run.
pub(crate) struct Record {
    /// Until a source begins.
    kept: Option<Kept>,
    path: PathBuf,
    /// By what the file is known in the end.
    mark: Option<Mark>,
    /// What is written into it.
    journal: Option<Arc<Journal>>,
}

impl Record {
    /// A new file under a name of the user's choice.
    pub(crate) fn at(path: &Path) -> Result<Self> {
        let kept = Kept::at(path)?;
        Ok(Self {
            path: path.to_owned(),
            mark: Some(kept.mark()?),
            kept: Some(kept),
            journal: None,
        })
    }

    fn is_empty(&self) -> bool {
        !self.journal.as_ref().is_some_and(|it| it.has_heard())
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        if self.is_empty() {
            // Some systems remove no file that is open.
            self.kept = None;
            self.mark.take().map(Mark::remove);
        }
    }
}

/// Removes files of a recording also where a second Ctrl-C ends the process at once, if nothing was
/// recorded until then.
pub(crate) fn remove_unless_heard(files: Vec<Mark>, journal: &Arc<Journal>) {
    let journal = Arc::downgrade(journal);
    signals::at_once(move || {
        // Without a journal it was the run's end that saw to it.
        if journal
            .upgrade()
            .is_some_and(|journal| !journal.has_heard())
        {
            for file in files {
                // Nobody is left to be told.
                let _ = file.remove();
            }
        }
    });
}

/// Keeps the journals of a run.
pub(crate) struct Keeper {
    /// Where they lie; none if what is heard is a recording already.
    pub(crate) folder: Option<PathBuf>,
    /// A file of the user's own.
    pub(crate) record: Mutex<Option<Record>>,
    pub(crate) pipeline: HeadPipeline,
    /// The device that was asked for.
    pub(crate) device: Option<String>,
    /// How it goes, for the view.
    pub(crate) keeping: Arc<Keeping>,
}

/// The folder of journals, in that of the ledger.
pub(crate) fn folder(state: &Path) -> PathBuf {
    state.join("journal")
}

/// The program and its version, as recordings name them.
pub(crate) fn program() -> String {
    concat!("pipeline ", env!("CARGO_PKG_VERSION")).to_owned()
}

/// A pipeline, to be run again as it is now.
pub(crate) fn describe(document: &Document, changes: Vec<(String, String)>) -> HeadPipeline {
    let text = |path: &Path| path.display().to_string();
    let here = std::env::current_dir().unwrap_or_default();
    HeadPipeline {
        name: document.name().to_owned(),
        file: document.file().map(|file| text(&here.join(file))),
        folder: text(document.folder()),
        text: document.text().to_owned(),
        changes,
        here: text(&here),
    }
}

/// Says how many recordings wait for `pipeline recover`.
pub(crate) fn tell_unfinished(state: &Path) {
    let found = ble::unfinished(&folder(state)).unwrap_or_default();
    let is_free = |path: &&PathBuf| matches!(ble::claim(path), Ok(Some(_)));
    let count = found.iter().filter(is_free).count();
    if count > 0 {
        let (recordings, were) = match count {
            1 => ("recording", "was"),
            _ => ("recordings", "were"),
        };
        let recordings = words::count(count, recordings, recordings);
        eprintln!("warning: {recordings} of earlier runs {were} not delivered");
        eprintln!("help: `pipeline recover` does it");
    }
}

impl Keeper {
    /// What the files are called, behind their time.
    fn stem(&self) -> String {
        let name = Path::new(&self.pipeline.name);
        let stem = name.file_stem().unwrap_or_default().to_string_lossy();
        stem.trim_start_matches('@').to_owned()
    }
}

impl Journals for Keeper {
    fn begin(&self, listener: &Listener<'_>) -> Result<Option<Box<dyn pipeline_engine::Journal>>> {
        let start = listener.clock.now();
        let mut files = Vec::new();
        let mut path = None;
        if let Some(folder) = self.folder.as_ref().filter(|_| listener.journalled) {
            let kept = ble::keep(folder, start, &self.stem()).map_err(|error| {
                if is_disk_full(&error) {
                    return error;
                }
                error.with_help("choose another folder with `--state-dir`")
            })?;
            path = Some(kept.path.clone());
            files.push(kept);
        }
        let record = self.record.lock();
        let mut record = record.unwrap_or_else(PoisonError::into_inner).take();
        files.extend(record.as_mut().and_then(|record| record.kept.take()));
        if files.is_empty() {
            return Ok(None);
        }
        let head = Head {
            capture: VERSION,
            start,
            program: program(),
            source: Some(HeadSource {
                id: listener.id.to_owned(),
                plugin: listener.plugin.to_owned(),
                settings: listener.settings.clone(),
            }),
            device: self.device.clone(),
            pipeline: Some(self.pipeline.clone()),
        };
        let clock = Arc::clone(listener.clock);
        let cancel = listener.context.cancel().clone();
        let context = listener.context.clone();
        let keeping = Arc::clone(&self.keeping);
        if path.is_some() {
            keeping.set(Keeping::KEPT);
        }
        let own = record.as_ref().map(|record| record.path.clone());
        let broken = Box::new(move |path: &Path, error: &Error| {
            // Without a recording of the user's own there is the journal all the same.
            if own.as_deref() != Some(path) {
                keeping.set(Keeping::BROKEN);
            }
            let error = error.with_causes();
            context.warn(format!("{error}; the run goes on without a recording"));
        });
        let marks = files.iter().map(Kept::mark).collect::<Result<_>>()?;
        let journal = Journal::begin(files, &head, Arc::clone(&clock), cancel, broken)?;
        let journal = Arc::new(journal);
        remove_unless_heard(marks, &journal);
        if let Some(record) = &mut record {
            record.journal = Some(Arc::clone(&journal));
        }
        Ok(Some(Box::new(Running {
            journal,
            record,
            path: Mutex::new(path),
            stem: self.stem(),
            head,
            clock,
            stuck: AtomicBool::new(false),
            context: listener.context.clone(),
        })))
    }
}

/// The journal of a source that is running.
struct Running {
    journal: Arc<Journal>,
    record: Option<Record>,
    /// The file that is removed when everything is delivered.
    path: Mutex<Option<PathBuf>>,
    /// What its files are called, behind their time.
    stem: String,
    head: Head,
    clock: Arc<dyn Clock>,
    /// It could not go on in another file.
    stuck: AtomicBool,
    context: Context,
}

impl Running {
    fn path(&self) -> MutexGuard<'_, Option<PathBuf>> {
        self.path.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Goes on in another file, and removes the one so far.
    fn go_on(&self, path: &mut PathBuf, streams: u32) -> Result<()> {
        let folder = path.parent().unwrap_or(Path::new("."));
        let next = ble::keep(folder, self.clock.now(), &self.stem)?;
        let new = next.path.clone();
        if let Err(error) = self.journal.go_on_in(next, &self.head, streams) {
            // Nothing but a beginning is in it.
            let _ = std::fs::remove_file(&new);
            return Err(error);
        }
        let before = std::mem::replace(path, new);
        self.remove(&before);
        Ok(())
    }

    fn remove(&self, path: &Path) {
        if let Err(error) = std::fs::remove_file(path) {
            let path = words::path(path);
            self.context
                .warn(format!("cannot remove `{path}`: {error}"));
        }
    }
}

impl pipeline_engine::Journal for Running {
    fn over(&self, central: Arc<dyn Central>) -> Arc<dyn Central> {
        self.journal.over(central)
    }

    fn delivered(&self, streams: u32) {
        self.journal.delivered(streams);
    }

    fn settled(&self, streams: u32) {
        let is_long = self.journal.length().is_some_and(|length| length >= LONG);
        let mut path = self.path();
        let Some(path) = path.as_mut().filter(|_| is_long) else {
            return;
        };
        if self.stuck.load(Ordering::Relaxed) {
            return;
        }
        if let Err(error) = self.go_on(path, streams) {
            self.stuck.store(true, Ordering::Relaxed);
            let error = error.with_causes();
            self.context
                .warn(format!("{error}; the recording goes on where it was"));
        }
    }

    fn end(self: Box<Self>, complete: bool) {
        self.journal.end();
        if let Some(record) = self.record.as_ref().filter(|record| record.is_empty()) {
            let path = words::path(&record.path);
            let text = format!("nothing was recorded: there is no `{path}`");
            self.context.log(Level::Info, text);
        }
        let path = self.path();
        let Some(path) = &*path else { return };
        if complete {
            self.remove(path);
        } else {
            let text = "not everything is delivered; what the devices said is kept, and \
                        `pipeline recover` tries again";
            self.context.warn(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_a_case_for_recover_where_there_is_a_journal() {
        let keeping = Keeping::default();
        let full = Error::io("write `x.fit`", Io::StorageFull.into());
        let full = Error::resource("cannot deliver").with_source(full);
        let full = full.with_help("free some space and run the same command again");
        assert_eq!(keeping.help(&full), full.help());
        keeping.set(Keeping::KEPT);
        let recover = "free some space, then run `pipeline recover`";
        assert_eq!(keeping.help(&full), Some(recover));
        let denied = Error::io("write `x.fit`", Io::PermissionDenied.into());
        assert_eq!(keeping.help(&denied), denied.help());
        // What the journal lacks can't be recovered.
        keeping.set(Keeping::BROKEN);
        assert_eq!(keeping.help(&full), full.help());
    }
}
