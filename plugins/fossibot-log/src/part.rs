//! A file that rows are appended to.

use std::fs::{File, TryLockError};
use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use pipeline_plugin::{Batch, Context, Error, Result, Timestamp};
use table::{TimeWriter, write_number};

use crate::scan::scan;
use crate::titles::Titles;

/// How much of a torn row a warning shows, in bytes.
const SHOWN: usize = 120;

/// How often, and how far apart, a file that is locked is tried.
const TRIES: usize = 20;
const PAUSE: Duration = Duration::from_millis(20);

/// The open file of a day.
#[derive(Debug)]
pub(crate) struct Part {
    file: File,
    path: PathBuf,
    titles: Titles,
    /// The time of its last row.
    last: Option<Timestamp>,
    /// Its length up to the last whole row, in bytes.
    length: u64,
    times: TimeWriter,
    line: Vec<u8>,
}

impl Part {
    /// Begins a file of that name; `None` if there is one.
    ///
    /// # Errors
    ///
    /// When it can't be made, or written.
    pub(crate) fn create(path: &Path, titles: &Titles) -> Result<Option<Self>> {
        let file = match File::options().append(true).create_new(true).open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => return Ok(None),
            Err(error) => return Err(Error::io(format!("create `{}`", path.display()), error)),
        };
        lock(&file, path)?;
        let mut part = Self::of(file, path, titles.clone());
        part.line = titles.line();
        part.append()?;
        Ok(Some(part))
    }

    /// Opens a file of an earlier run, and takes away what a crash left of a row. `None` if it is
    /// not a log's.
    ///
    /// # Errors
    ///
    /// When it can't be read or written, or another process writes it.
    pub(crate) fn open(path: &Path, wanted: &Titles, cx: &Context) -> Result<Option<Self>> {
        let cannot = |error| Error::io(format!("open `{}`", path.display()), error);
        let file = File::options().read(true).append(true).open(path);
        let file = file.map_err(cannot)?;
        lock(&file, path)?;
        let Some(found) = scan(BufReader::new(&file), &mut |_| ()).map_err(cannot)? else {
            return Ok(None);
        };
        if file.metadata().map_err(cannot)?.len() > found.sound {
            file.set_len(found.sound).map_err(cannot)?;
            tell_torn(path, &found.torn, cx);
        }
        let begun = found.titles.is_some();
        let mut part = Self::of(file, path, found.titles.unwrap_or_else(|| wanted.clone()));
        part.length = found.sound;
        part.last = found.last;
        if !begun {
            part.line = part.titles.line();
            part.append()?;
        }
        Ok(Some(part))
    }

    fn of(file: File, path: &Path, titles: Titles) -> Self {
        Self {
            file,
            path: path.to_owned(),
            titles,
            last: None,
            length: 0,
            times: TimeWriter::default(),
            line: Vec::new(),
        }
    }

    /// Whether the rows of a batch belong here, the first of them at that time.
    pub(crate) fn takes(&self, batch: &Batch, time: Timestamp) -> bool {
        self.last.is_none_or(|last| last <= time) && self.titles.take(batch)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes these rows of a batch, each on its own.
    ///
    /// # Errors
    ///
    /// When a row can't be written; then nothing of it is left.
    pub(crate) fn write(&mut self, batch: &Batch, rows: impl Iterator<Item = usize>) -> Result<()> {
        let columns = self.titles.columns(batch);
        for row in rows {
            let Some(time) = batch.time().get(row) else {
                continue;
            };
            self.line.clear();
            self.times.write(&mut self.line, time.micros());
            for column in &columns {
                self.line.push(b',');
                let value = column.and_then(|values| values.get(row));
                write_number(&mut self.line, value.copied().unwrap_or(f64::NAN));
            }
            self.line.push(b'\n');
            self.append()?;
            self.last = Some(*time);
        }
        Ok(())
    }

    /// Makes what was written survive a power cut.
    ///
    /// # Errors
    ///
    /// When the disk says no.
    pub(crate) fn sync(&self) -> Result<()> {
        let synced = self.file.sync_data();
        synced.map_err(|error| Error::io(format!("sync `{}`", self.path.display()), error))
    }

    fn append(&mut self) -> Result<()> {
        match self.file.write_all(&self.line) {
            Ok(()) => {
                self.length += self.line.len() as u64;
                Ok(())
            }
            Err(error) => {
                // A disk that is full takes half a row: the next one must not stand behind it.
                let _ = self.file.set_len(self.length);
                Err(Error::io(format!("write `{}`", self.path.display()), error))
            }
        }
    }
}

/// Keeps others from writing the same file.
fn lock(file: &File, path: &Path) -> Result<()> {
    if is_mine(file) {
        return Ok(());
    }
    let message = format!("another stream is being written to `{}`", path.display());
    Err(Error::skip(message).with_help("give each log a `name` or a `folder` of its own"))
}

/// Whether nobody else writes a file. Where a file system can't lock, nobody does.
///
/// It tries for a moment: a program that is just being started holds our files until it runs.
pub(crate) fn is_mine(file: &File) -> bool {
    for _ in 0..TRIES {
        if !matches!(file.try_lock(), Err(TryLockError::WouldBlock)) {
            return true;
        }
        std::thread::sleep(PAUSE);
    }
    false
}

/// Says what was taken away from the end of a file.
pub(crate) fn tell_torn(path: &Path, torn: &[u8], cx: &Context) {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let shown = torn.get(..SHOWN).unwrap_or(torn);
    cx.warn(format!(
        "took away half a row that a crash left at the end of `{name}`: `{}`",
        shown.escape_ascii()
    ));
}
