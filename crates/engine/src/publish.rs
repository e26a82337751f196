//! Making a finished file visible under its name, without ever replacing another.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use pipeline_plugin::{Error, ErrorKind, OutputFile, Result};

use crate::platform;

/// How many files of one name with other content are told apart by `-2`, `-3` and so on.
const SUFFIXES: usize = 999;

/// Where a file is now.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Published {
    /// There, new.
    New(PathBuf),
    /// There, new, but the name was taken by other content: a number was added.
    Renamed(PathBuf),
    /// It was there before.
    Already(PathBuf),
}

/// Gives `file` its name in its folder. Its bytes are durable already.
///
/// When the name is taken by the same content, nothing is written: `identifies` says that the
/// name alone identifies the content; otherwise the bytes are compared.
pub(crate) fn publish(file: OutputFile, identifies: bool) -> Result<Published> {
    let folder = file.folder().to_owned();
    let name = file.name().to_owned();
    for number in 1..=SUFFIXES {
        let target = match number {
            1 => folder.join(&name),
            _ => folder.join(numbered(&name, number)),
        };
        match platform::rename_no_replace(file.temporary(), &target) {
            Ok(()) => {
                file.published();
                return Ok(if number == 1 {
                    Published::New(target)
                } else {
                    Published::Renamed(target)
                });
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                if identifies || same_bytes(file.temporary(), &target) {
                    return Ok(Published::Already(target));
                }
            }
            Err(error) => {
                return Err(Error::io(format!("write `{}`", target.display()), error));
            }
        }
    }
    let message = format!(
        "`{name}` and {SUFFIXES} numbered files stand in `{}`",
        folder.display()
    );
    Err(Error::resource(message).with_help("choose another folder or name"))
}

/// Whether what stands there is no file that another one can take the place of, but something to
/// write into: a pipe or a device, such as `/dev/null`.
pub fn is_stream(target: &Path) -> bool {
    fs::metadata(target).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir())
}

/// Makes `file` durable and puts it at exactly `target`; over what stands there only with `force`.
pub(crate) fn settle(file: OutputFile, target: &Path, force: bool) -> Result<()> {
    let cannot = |error| Error::io(format!("write `{}`", target.display()), error);
    platform::sync_file(file.file()).map_err(cannot)?;
    place(file, target, force)?;
    let folder = target
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    folder.map_or(Ok(()), |folder| {
        platform::sync_folder(folder).map_err(cannot)
    })
}

/// Puts `file` at exactly `target`; over what stands there only with `force`.
fn place(file: OutputFile, target: &Path, force: bool) -> Result<()> {
    if is_stream(target) {
        let message = format!("`{}` is a pipe or a device", target.display());
        return Err(Error::skip(message).with_help("name a file to write"));
    }
    let result = if force {
        fs::rename(file.temporary(), target)
    } else {
        platform::rename_no_replace(file.temporary(), target)
    };
    match result {
        Ok(()) => {
            file.published();
            Ok(())
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(exists(target)),
        Err(error) => Err(Error::io(format!("write `{}`", target.display()), error)),
    }
}

pub(crate) fn exists(target: &Path) -> Error {
    Error::new(ErrorKind::Skip, format!("`{}` exists", target.display()))
        .with_help("choose another name, or replace it with `--force`")
}

/// `a-2.fit` for `a.fit` and 2.
pub(crate) fn numbered(name: &str, number: usize) -> String {
    match name.rsplit_once('.') {
        Some((stem, ending)) => format!("{stem}-{number}.{ending}"),
        None => format!("{name}-{number}"),
    }
}

fn same_bytes(a: &Path, b: &Path) -> bool {
    fn compare(a: &Path, b: &Path) -> io::Result<bool> {
        let (a, b) = (File::open(a)?, File::open(b)?);
        if a.metadata()?.len() != b.metadata()?.len() {
            return Ok(false);
        }
        let (mut a, mut b) = (io::BufReader::new(a).bytes(), io::BufReader::new(b).bytes());
        loop {
            match (a.next().transpose()?, b.next().transpose()?) {
                (None, None) => return Ok(true),
                (left, right) if left != right => return Ok(false),
                _ => {}
            }
        }
    }
    compare(a, b).unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn file(folder: &Path, name: &str, content: &str) -> OutputFile {
        let mut file = OutputFile::create(folder).unwrap();
        file.write_all(content.as_bytes()).unwrap();
        file.named(name).unwrap()
    }

    #[test]
    fn nothing_is_ever_replaced() {
        let root = tempfile::tempdir().unwrap();
        let out = root.path().join("out");
        let publish = |content, identifies| publish(file(&out, "a.fit", content), identifies);
        assert_eq!(
            publish("one", false).unwrap(),
            Published::New(out.join("a.fit"))
        );
        assert_eq!(
            publish("one", false).unwrap(),
            Published::Already(out.join("a.fit"))
        );
        assert_eq!(
            publish("two", false).unwrap(),
            Published::Renamed(out.join("a-2.fit"))
        );
        assert_eq!(
            publish("three", true).unwrap(),
            Published::Already(out.join("a.fit"))
        );
        assert_eq!(fs::read_to_string(out.join("a.fit")).unwrap(), "one");
        assert_eq!(fs::read_to_string(out.join("a-2.fit")).unwrap(), "two");
        #[cfg(unix)]
        {
            let null = Path::new("/dev/null");
            assert!(is_stream(null) && !is_stream(&out) && !is_stream(&out.join("a.fit")));
            let error = place(file(&out, "b.fit", "four"), null, true).unwrap_err();
            assert_eq!(error.to_string(), "`/dev/null` is a pipe or a device");
            assert!(is_stream(null));
        }
        let staged = fs::read_dir(root.path().join("out.staging"))
            .unwrap()
            .count();
        assert_eq!((staged, fs::read_dir(&out).unwrap().count()), (0, 2));
    }

    #[test]
    fn a_dropped_file_leaves_nothing() {
        let root = tempfile::tempdir().unwrap();
        let out = root.path().join("out");
        drop(file(&out, "a.fit", "half"));
        assert_eq!(
            fs::read_dir(root.path().join("out.staging"))
                .unwrap()
                .count(),
            0
        );
        assert!(OutputFile::create(&out).unwrap().named("../a.fit").is_err());
        assert!(OutputFile::create(&out).unwrap().named("").is_err());
    }
}
