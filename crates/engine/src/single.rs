//! Writing a single file whose bytes are known: complete, or not at all.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use pipeline_plugin::{Error, ErrorKind, OutputFile, Result};

use crate::platform;
use crate::publish::{Published, exists, is_stream, publish, settle};

/// Where [`write_beside`] put a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    /// There, new.
    New(PathBuf),
    /// It was there before, with the same content.
    Already(PathBuf),
}

/// Writes `bytes` to exactly `target`; a file there is replaced only with `force`, and a pipe or a
/// device is written into.
///
/// # Errors
///
/// When the target exists, or can't be written.
pub fn write_as(bytes: &[u8], target: &Path, force: bool) -> Result<()> {
    if is_stream(target) {
        let written = File::options().write(true).open(target);
        let written = written.and_then(|mut stream| stream.write_all(bytes));
        let what = || format!("write to `{}`", target.display());
        return written.map_err(|error| Error::io(what(), error));
    }
    if !force && target.exists() {
        return Err(exists(target));
    }
    let target = absolute(target)?;
    let folder = folder_of(&target);
    let result = staged(bytes, folder).and_then(|file| settle(file, &target, force));
    OutputFile::clean(folder);
    result
}

/// Writes `bytes` into a new file `name` of `folder`. If the name is taken by other content, a number
/// is added; by the same, nothing is written.
///
/// # Errors
///
/// When the file can't be written.
pub fn write_beside(bytes: &[u8], folder: &Path, name: &str) -> Result<Written> {
    let folder = absolute(folder)?;
    let result = staged(bytes, &folder).and_then(|file| {
        let cannot = |error| Error::io(format!("write `{}`", folder.join(name).display()), error);
        platform::sync_file(file.file()).map_err(cannot)?;
        let published = publish(file.named(name)?, false)?;
        platform::sync_folder(&folder).map_err(cannot)?;
        Ok(match published {
            Published::New(path) | Published::Renamed(path) => Written::New(path),
            Published::Already(path) => Written::Already(path),
        })
    });
    OutputFile::clean(&folder);
    result
}

fn staged(bytes: &[u8], folder: &Path) -> Result<OutputFile> {
    let elsewhere = |error: Error| error.with_help("choose another place to write to");
    let mut file = OutputFile::create(folder).map_err(elsewhere)?;
    let cannot = |error| Error::io(format!("write into `{}`", folder.display()), error);
    file.write_all(bytes).map_err(cannot)?;
    Ok(file)
}

fn absolute(path: &Path) -> Result<PathBuf> {
    let path = if path.as_os_str().is_empty() {
        Path::new(".")
    } else {
        path
    };
    std::path::absolute(path).map_err(|error| {
        Error::io(format!("find `{}`", path.display()), error).with_kind(ErrorKind::Resource)
    })
}

fn folder_of(target: &Path) -> &Path {
    target.parent().unwrap_or(target)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_name_that_is_taken_gets_a_number() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("rides");
        let write = |bytes: &[u8]| write_beside(bytes, &folder, "a.repaired.fit").unwrap();
        let first = folder.join("a.repaired.fit");
        assert_eq!(write(b"one"), Written::New(first.clone()));
        assert_eq!(write(b"one"), Written::Already(first.clone()));
        assert_eq!(write(b"two"), Written::New(folder.join("a.repaired-2.fit")));
        assert_eq!(
            write(b"two"),
            Written::Already(folder.join("a.repaired-2.fit"))
        );
        assert_eq!(fs::read(first).unwrap(), b"one");
        assert_eq!(
            fs::read_dir(root.path()).unwrap().count(),
            1,
            "no staging folder is left"
        );
    }

    #[test]
    fn what_exists_is_replaced_only_by_force() {
        let root = tempfile::tempdir().unwrap();
        let target = root.path().join("rides/a.fit");
        write_as(b"one", &target, false).unwrap();
        let error = write_as(b"two", &target, false).unwrap_err();
        assert!(
            error.help().is_some_and(|help| help.contains("--force")),
            "{error}"
        );
        assert_eq!(fs::read(&target).unwrap(), b"one");
        write_as(b"two", &target, true).unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"two");
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
        #[cfg(unix)]
        for force in [false, true] {
            write_as(b"three", Path::new("/dev/null"), force).unwrap();
            assert!(is_stream(Path::new("/dev/null")));
        }
    }
}
