//! Where journals lie until their streams are delivered, and whose they are.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use pipeline_plugin::{Error, Result, Timestamp};
use same_file::Handle;

/// How many recordings of one name there may be.
const MOST: u32 = 1000;

/// An empty file for a recording. While it is open, it belongs to this process.
#[derive(Debug)]
pub struct Kept {
    /// Where it is.
    pub path: PathBuf,
    pub(super) file: File,
}

/// By which the file of a recording is known, whoever writes into it.
#[derive(Debug)]
pub struct Mark {
    path: PathBuf,
    file: Handle,
}

/// The journal of a run that is over.
#[derive(Debug)]
pub struct Claim {
    path: PathBuf,
    file: File,
}

impl Kept {
    /// A new file under a name of the user's choice.
    ///
    /// # Errors
    ///
    /// When it exists, or can't be written.
    pub fn at(path: &Path) -> Result<Self> {
        match create(path) {
            Ok(file) => Ok(Self {
                path: path.to_owned(),
                file,
            }),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let text = format!("`{}` exists, and is not overwritten", path.display());
                Err(Error::skip(text).with_help("choose another name for the recording"))
            }
            Err(error) => Err(cannot("write", path, error)),
        }
    }

    /// By what to know the file later.
    ///
    /// # Errors
    ///
    /// When the system has no handle left.
    pub fn mark(&self) -> Result<Mark> {
        let file = Handle::from_file(self.again()?);
        Ok(Mark {
            file: file.map_err(|error| cannot("write", &self.path, error))?,
            path: self.path.clone(),
        })
    }

    /// Another handle of the same file.
    ///
    /// # Errors
    ///
    /// When the system has none left.
    pub fn again(&self) -> Result<File> {
        let again = self.file.try_clone();
        again.map_err(|error| cannot("write", &self.path, error))
    }
}

impl Mark {
    /// Removes the file, unless another one has its name by now.
    ///
    /// # Errors
    ///
    /// When it can't be removed.
    pub fn remove(self) -> Result<()> {
        let Self { path, file } = self;
        if Handle::from_path(&path).is_ok_and(|there| there == file) {
            // Some systems remove no file that is open.
            drop(file);
            fs::remove_file(&path).map_err(|error| cannot("remove", &path, error))?;
        }
        Ok(())
    }
}

/// Makes the file for the journal of a run, in `folder`, which is made if it isn't there.
///
/// # Errors
///
/// When it can't be made.
pub fn keep(folder: &Path, start: Timestamp, pipeline: &str) -> Result<Kept> {
    fs::create_dir_all(folder).map_err(|error| cannot("make the folder", folder, error))?;
    let plain = |c: char| match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '_' | '-' => c,
        _ => '-',
    };
    let name: String = pipeline.chars().map(plain).take(64).collect();
    let start = start.for_file_name();
    for number in 1..=MOST {
        let number = match number {
            1 => String::new(),
            number => format!("-{number}"),
        };
        let path = folder.join(format!("{start}-{name}{number}.capture"));
        let file = match create(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
            Err(error) => return Err(cannot("write", &path, error)),
        };
        // `recover` may have found the empty file before it was ours, and have removed it.
        if matches!(file.try_lock(), Err(TryLockError::WouldBlock)) || !path.exists() {
            continue;
        }
        sync_folder(folder);
        return Ok(Kept { path, file });
    }
    let text = format!(
        "there are {MOST} recordings of `{name}` in `{}`",
        folder.display()
    );
    Err(Error::resource(text).with_help("finish them with `pipeline recover`"))
}

/// The journals in a folder, the oldest first, also those of runs that are under way.
///
/// # Errors
///
/// When the folder can't be read; that there is none is no error.
pub fn unfinished(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(cannot("read the folder", folder, error)),
    };
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut found: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|ending| ending == "capture"))
        .collect();
    found.sort();
    Ok(found)
}

/// Makes a journal this process's own; `None` if it belongs to a run that is under way, or is
/// gone.
///
/// # Errors
///
/// When it can't be read.
pub fn claim(path: &Path) -> Result<Option<Claim>> {
    // A lock is refused on files that are open for reading only by some network file systems.
    let file = match OpenOptions::new().read(true).append(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(cannot("read", path, error)),
    };
    if matches!(file.try_lock(), Err(TryLockError::WouldBlock)) || !path.exists() {
        return Ok(None);
    }
    Ok(Some(Claim {
        path: path.to_owned(),
        file,
    }))
}

impl Claim {
    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is in it.
    ///
    /// # Errors
    ///
    /// When it can't be read.
    pub fn content(&self) -> Result<File> {
        File::open(&self.path).map_err(|error| cannot("read", &self.path, error))
    }

    /// Everything in it is delivered: removes it.
    ///
    /// # Errors
    ///
    /// When it can't be removed.
    pub fn remove(self) -> Result<()> {
        fs::remove_file(&self.path).map_err(|error| cannot("remove", &self.path, error))?;
        // Held until here, so that nobody else has begun to read it.
        drop(self.file);
        Ok(())
    }
}

fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true).create_new(true);
    #[cfg(unix)]
    {
        // A journal holds the pipeline and what the body did.
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}

/// Makes the names in a folder durable, where the system can.
fn sync_folder(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}

fn cannot(what: &str, path: &Path, error: io::Error) -> Error {
    Error::io(format!("{what} `{}`", path.display()), error)
}
