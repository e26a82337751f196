use std::fs::{self, File, TryLockError};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use crate::{Error, ErrorKind, Result};

/// How old a file in a staging folder must be before an unlocked one counts as left behind.
const LEFT_BEHIND: Duration = Duration::from_secs(60);

/// How often a temporary name is tried.
const TRIES: usize = 100;

static COUNTER: AtomicU64 = AtomicU64::new(0);

/// Whether somebody has moved or deleted the file at that path, which a sink holds open: what is
/// written to it now, nobody may ever see. Where that can't be told it is there.
pub fn is_gone(path: &Path) -> bool {
    let found = path.symlink_metadata();
    found.is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
}

/// A file on its way into a folder: written beside it, visible only when complete.
///
/// The bytes go to a *sibling* of the folder, `<folder>.staging/`. Programs that watch the
/// folder then see the finished file as newly created; a temporary name inside the folder
/// would be announced half written, or never. Dropping it before the host has published it
/// removes the temporary file.
///
/// Writing is not buffered: format writers bring their own buffer.
#[derive(Debug)]
pub struct OutputFile {
    file: File,
    temporary: PathBuf,
    folder: PathBuf,
    name: String,
    published: bool,
}

impl OutputFile {
    /// Begins a file for `folder`, which is made if it does not exist.
    ///
    /// # Errors
    ///
    /// When a folder or the file can't be made.
    pub fn create(folder: &Path) -> Result<Self> {
        let mut tries = 0;
        loop {
            let number = COUNTER.fetch_add(1, Ordering::Relaxed);
            let part = format!(".{}-{number}.part", std::process::id());
            let temporary = staging_for(folder)?.join(part);
            let mut options = File::options();
            let error = match options
                .read(true)
                .write(true)
                .create_new(true)
                .open(&temporary)
            {
                Ok(file) => return Ok(Self::begin(file, temporary, folder)),
                Err(error) => error,
            };
            // The name is taken, or another process has just removed the empty staging folder.
            let again = matches!(
                error.kind(),
                io::ErrorKind::AlreadyExists | io::ErrorKind::NotFound
            );
            tries += 1;
            if !again || tries > TRIES {
                return Err(Error::io(
                    format!("create `{}`", temporary.display()),
                    error,
                ));
            }
        }
    }

    fn begin(file: File, temporary: PathBuf, folder: &Path) -> Self {
        // Tells other processes that this file is being written; see `clean`.
        let _ = file.try_lock();
        let (folder, name) = (folder.to_path_buf(), String::new());
        Self {
            file,
            temporary,
            folder,
            name,
            published: false,
        }
    }

    /// Takes over a file that a plugin of a library has written for `folder`, in the place for
    /// such files.
    ///
    /// # Errors
    ///
    /// When it is not there, or not in its place.
    pub fn adopt(temporary: &Path, folder: &Path) -> Result<Self> {
        let place = temporary.parent();
        if place.is_none_or(|place| place != folder && Some(place) != sibling_of(folder).as_deref())
        {
            let what = format!(
                "`{}` is no place for a file on its way",
                temporary.display()
            );
            return Err(Error::new(ErrorKind::Plugin, what));
        }
        let opened = File::options().read(true).write(true).open(temporary);
        let file =
            opened.map_err(|error| Error::io(format!("open `{}`", temporary.display()), error))?;
        Ok(Self::begin(file, temporary.to_owned(), folder))
    }

    /// Gives it the name under which it is to appear in its folder.
    ///
    /// # Errors
    ///
    /// When the name is not a plain file name.
    pub fn named(mut self, name: impl Into<String>) -> Result<Self> {
        self.name = name.into();
        let plain = Path::new(&self.name)
            .file_name()
            .is_some_and(|name| name == &*self.name);
        if !plain || self.name.contains(['/', '\\', '\0']) {
            return Err(Error::skip(format!(
                "`{}` is no file name",
                self.name.escape_debug()
            )));
        }
        Ok(self)
    }

    /// The folder in which it is to appear.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The name under which it is to appear.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The file itself, to make its bytes durable.
    pub fn file(&self) -> &File {
        &self.file
    }

    /// Where its bytes are until it is published.
    pub fn temporary(&self) -> &Path {
        &self.temporary
    }

    /// Says that the temporary name is gone, because the file stands under its final one.
    pub fn published(mut self) {
        self.published = true;
    }

    /// Removes what earlier processes, killed while writing, left behind for `folder`, and the
    /// staging folder when nothing is in it.
    pub fn clean(folder: &Path) {
        let sibling = sibling_of(folder).filter(|sibling| sibling.is_dir());
        let place = sibling.as_deref().unwrap_or(folder);
        if sibling.is_none() && sibling_of(folder).is_some() {
            return;
        }
        for entry in fs::read_dir(place)
            .into_iter()
            .flatten()
            .filter_map(io::Result::ok)
        {
            let _ = remove_if_left_behind(&entry.path());
        }
        if let Some(staging) = sibling_of(folder) {
            // Fails when another process has a file in it.
            let _ = fs::remove_dir(staging);
        }
    }
}

fn remove_if_left_behind(path: &Path) -> io::Result<()> {
    let ours = path
        .file_name()
        .and_then(|name| name.to_str())
        .is_some_and(|name| name.starts_with('.') && name.strip_suffix(".part").is_some());
    if !ours {
        return Ok(());
    }
    let age = SystemTime::now().duration_since(fs::metadata(path)?.modified()?);
    if age.is_ok_and(|age| age < LEFT_BEHIND) {
        return Ok(());
    }
    match File::open(path)?.try_lock() {
        Err(TryLockError::WouldBlock) => Ok(()),
        _ => fs::remove_file(path),
    }
}

/// `<folder>.staging` beside `folder`; `None` where a folder has no parent.
fn sibling_of(folder: &Path) -> Option<PathBuf> {
    let mut name = folder.file_name()?.to_owned();
    name.push(".staging");
    Some(folder.with_file_name(name))
}

/// The folder for temporary files: the sibling, or the folder itself where there can be none
/// on the same file system (the root of a mounted stick).
fn staging_for(folder: &Path) -> Result<PathBuf> {
    if !folder.is_dir() {
        fs::create_dir_all(folder).map_err(|error| {
            Error::io(format!("make the folder `{}`", folder.display()), error)
                .with_kind(ErrorKind::Resource)
                .with_help("choose another folder; `--out` names one")
        })?;
    }
    match sibling_of(folder) {
        Some(sibling)
            if (sibling.is_dir() || fs::create_dir(&sibling).is_ok() || sibling.is_dir())
                && same_file_system(&sibling, folder) =>
        {
            Ok(sibling)
        }
        _ => Ok(folder.to_path_buf()),
    }
}

#[cfg(unix)]
fn same_file_system(a: &Path, b: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    matches!((fs::metadata(a), fs::metadata(b)), (Ok(a), Ok(b)) if a.dev() == b.dev())
}

#[cfg(not(unix))]
fn same_file_system(_: &Path, _: &Path) -> bool {
    true
}

impl Write for OutputFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Seek for OutputFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

impl Drop for OutputFile {
    fn drop(&mut self) {
        if !self.published {
            let _ = fs::remove_file(&self.temporary);
        }
    }
}
