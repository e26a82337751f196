//! A file of line protocol that is appended to.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use pipeline_plugin::{Error, Result};

use crate::spool::repaired;

/// The open file.
#[derive(Debug)]
pub(crate) struct LineFile {
    file: File,
    path: PathBuf,
}

impl LineFile {
    /// Opens it, or makes it; what a crash left of a line is taken away.
    ///
    /// # Errors
    ///
    /// When it can't be written, or is none of line protocol.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let cannot = |error| Error::io(format!("open `{}`", path.display()), error);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(cannot)?;
        }
        let file = File::options().append(true).create(true).open(path);
        let file = file.map_err(cannot)?;
        // Another stream may be about to end the line: only who is alone may repair.
        if file.try_lock().is_ok() {
            let length = file.metadata().map_err(cannot)?.len();
            if length > 0 && !is_line_protocol(path).map_err(cannot)? {
                let message = format!("`{}` is no file of line protocol", path.display());
                return Err(Error::skip(message).with_help("choose another `file`"));
            }
            repaired(path).map_err(cannot)?;
            file.unlock().map_err(cannot)?;
        }
        // Whoever writes shares it.
        let _ = file.try_lock_shared();
        let path = path.to_owned();
        Ok(Self { file, path })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Appends lines in one piece.
    ///
    /// # Errors
    ///
    /// When they can't be written.
    pub(crate) fn append(&mut self, lines: &[u8]) -> Result<()> {
        let written = self.file.write_all(lines);
        written.map_err(|error| Error::io(format!("write `{}`", self.path.display()), error))
    }

    /// Makes the lines survive a power cut.
    ///
    /// # Errors
    ///
    /// When the disk says no.
    pub(crate) fn sync(&self) -> Result<()> {
        let synced = self.file.sync_data();
        synced.map_err(|error| Error::io(format!("sync `{}`", self.path.display()), error))
    }
}

/// Whether a file's first line looks like one: a time at its end, and a field before it.
fn is_line_protocol(path: &Path) -> std::io::Result<bool> {
    use std::io::{BufRead, BufReader, Read};
    let mut line = Vec::new();
    let file = BufReader::new(File::open(path)?).take(1 << 20);
    { file }.read_until(b'\n', &mut line)?;
    let Some(line) = line.strip_suffix(b"\n") else {
        // Half a line is all there is: killed while it was written.
        return Ok(line.contains(&b',') || line.len() < 64);
    };
    let line = String::from_utf8_lossy(line);
    let mut parts = line.rsplitn(2, ' ');
    let time = parts.next().is_some_and(|time| time.parse::<i64>().is_ok());
    Ok(time && parts.next().is_some_and(|fields| fields.contains('=')))
}
