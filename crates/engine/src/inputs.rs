//! Which files a run reads: paths, folders, globs and standard input, and how they are opened.

mod globs;
mod opened;

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use pipeline_plugin::{Error, ErrorKind, Result};
use sha2::{Digest, Sha256};

use crate::report::Failure;

pub use opened::{Opened, open};

/// One thing to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InputPath {
    /// Standard input.
    Standard,
    /// A file.
    File(PathBuf),
}

impl InputPath {
    /// The name for people.
    pub fn name(&self) -> String {
        match self {
            Self::Standard => "standard input".to_owned(),
            Self::File(path) => path.display().to_string(),
        }
    }

    /// The file's own name, without folders.
    pub fn file_name(&self) -> String {
        match self {
            Self::Standard => "standard input".to_owned(),
            Self::File(path) => path
                .file_name()
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default(),
        }
    }
}

/// A part of the inputs for one of several machines: `2/3` is the second of three.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    index: u64,
    count: u64,
}

impl std::str::FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('/').and_then(|(index, count)| {
            Some((
                index.trim().parse::<u64>().ok()?,
                count.trim().parse::<u64>().ok()?,
            ))
        });
        match parts {
            Some((index, count)) if (1..=count).contains(&index) => Ok(Self { index, count }),
            _ => Err(format!(
                "`{text}` is no shard: write I/N with I from 1 to N, such as 2/3"
            )),
        }
    }
}

impl Shard {
    /// Whether this part has the input of that name. The same on every machine and in every
    /// version: FNV-1a of the file's own name.
    pub fn has(self, file_name: &str) -> bool {
        let hash = file_name
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
        hash % self.count == self.index - 1
    }
}

/// Finds the inputs that `patterns` name: files, folders (with all files of those endings
/// below), globs, `-` for standard input. Sorted, each once.
///
/// # Errors
///
/// One for each pattern that names nothing, and for each folder that can't be read; the inputs of
/// the others come with them.
pub fn find(patterns: &[String], extensions: &[String]) -> (Vec<InputPath>, Vec<Failure>) {
    let mut found = Vec::new();
    let mut errors = Vec::new();
    for pattern in patterns {
        let before = found.len();
        match find_one(pattern, extensions, &mut found, &mut errors) {
            Ok(()) => found[before..].sort_by_cached_key(InputPath::name),
            Err(error) => errors.push(unusable(pattern, error)),
        }
    }
    let mut seen = std::collections::HashSet::new();
    found.retain(|input| seen.insert(input.name()));
    (found, errors)
}

/// Why nothing can be read there.
fn unusable(name: &str, error: Error) -> Failure {
    Failure {
        input: name.to_owned(),
        error,
        known: false,
    }
}

fn find_one(
    pattern: &str,
    extensions: &[String],
    found: &mut Vec<InputPath>,
    errors: &mut Vec<Failure>,
) -> Result<()> {
    if pattern == "-" {
        found.push(InputPath::Standard);
        return Ok(());
    }
    let path = Path::new(pattern);
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => {
            walk(path, extensions, found, errors);
            Ok(())
        }
        Ok(_) => {
            found.push(InputPath::File(path.to_owned()));
            Ok(())
        }
        Err(error)
            if error.kind() == io::ErrorKind::NotFound && pattern.contains(['*', '?', '[']) =>
        {
            find_glob(pattern, extensions, found, errors)
        }
        Err(error) => {
            let error = Error::io(format!("read `{pattern}`"), error).with_kind(ErrorKind::Skip);
            Err(if fs::symlink_metadata(path).is_err() {
                error.with_help("check the name; a folder or a glob such as `*.tcx` will do too")
            } else {
                error
            })
        }
    }
}

fn find_glob(
    pattern: &str,
    extensions: &[String],
    found: &mut Vec<InputPath>,
    errors: &mut Vec<Failure>,
) -> Result<()> {
    for path in globs::expand(pattern, errors)? {
        match fs::metadata(&path) {
            Ok(metadata) if metadata.is_dir() => walk(&path, extensions, found, errors),
            Ok(metadata) if !metadata.is_file() => {}
            // What can't be looked at is reported when it is opened.
            _ => found.push(InputPath::File(path)),
        }
    }
    Ok(())
}

/// All files below `folder` with one of the endings (also compressed), without hidden ones, and
/// without what is no file, such as named pipes: those are read only if somebody names them.
fn walk(
    folder: &Path,
    extensions: &[String],
    found: &mut Vec<InputPath>,
    errors: &mut Vec<Failure>,
) {
    for entry in globs::entries(folder, errors) {
        let path = entry.path();
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        match entry.file_type() {
            // Links to folders are not followed: they may lead back here.
            Ok(kind) if kind.is_dir() => walk(&path, extensions, found, errors),
            // Only a link has to be looked behind.
            Ok(kind)
                if has_ending(&path, extensions)
                    && (kind.is_file() || is_file_or_unknown(&path)) =>
            {
                found.push(InputPath::File(path));
            }
            _ => {}
        }
    }
}

/// Whether there is a file behind a name. What can't be looked at, such as a link that leads
/// nowhere, counts as one: opening it tells what is wrong.
fn is_file_or_unknown(path: &Path) -> bool {
    fs::metadata(path).map_or(true, |metadata| metadata.is_file())
}

/// Whether a file's name has one of these endings, perhaps with `.gz` behind it.
pub fn has_ending(path: &Path, extensions: &[String]) -> bool {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().to_lowercase());
    let Some(name) = name else { return false };
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    name.rsplit_once('.')
        .is_some_and(|(_, ending)| extensions.iter().any(|extension| extension == ending))
}

/// SHA-256 of a file's bytes as they are on disk: the input's key in the ledger. `None` for what can
/// be read only once, such as a pipe.
pub(crate) fn hash_file(path: &Path) -> Result<Option<[u8; 32]>> {
    let cannot =
        |error| Error::io(format!("read `{}`", path.display()), error).with_kind(ErrorKind::Skip);
    // Not by the open file: whoever opens a pipe is waited for, and goes away with the first reader.
    if !fs::metadata(path).map_err(cannot)?.is_file() {
        return Ok(None);
    }
    let mut file = File::open(path).map_err(cannot)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 64 << 10];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(Some(hasher.finalize().into())),
            Ok(count) => hasher.update(&buffer[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(cannot(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_are_stable_and_cover_every_name_once() {
        let shards: Vec<Shard> = (1..=3).map(|i| format!("{i}/3").parse().unwrap()).collect();
        for number in 0..200 {
            let name = format!("row{number:04}.tcx");
            assert_eq!(
                shards.iter().filter(|shard| shard.has(&name)).count(),
                1,
                "{name}"
            );
        }
        // Fixed for ever: other machines may run another version.
        let first: Vec<_> = (0..12)
            .filter(|n| shards[0].has(&format!("row{n:04}.tcx")))
            .collect();
        assert_eq!(first, [0, 4, 6, 11]);
        assert!("0/3".parse::<Shard>().is_err());
        assert!("4/3".parse::<Shard>().is_err());
    }

    #[test]
    fn folders_are_searched_for_the_endings() {
        let folder = tempfile::tempdir().unwrap();
        let below = folder.path().join("2024");
        fs::create_dir(&below).unwrap();
        for name in [
            "b.tcx",
            "a.TCX.gz",
            "notes.txt",
            ".hidden.tcx",
            "2024/c.tcx",
        ] {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        let endings = ["tcx".to_owned()];
        let pattern = folder.path().display().to_string();
        let (found, errors) = find(&[pattern.clone(), format!("{pattern}/*.tcx")], &endings);
        let names: Vec<_> = found.iter().map(InputPath::file_name).collect();
        assert_eq!(names, ["c.tcx", "a.TCX.gz", "b.tcx"]);
        assert!(errors.is_empty());
        let (found, errors) = find(&[format!("{pattern}/none.tcx")], &endings);
        assert!(found.is_empty());
        assert_eq!(errors[0].input, format!("{pattern}/none.tcx"));
        assert!(
            errors[0].error.with_causes().contains("none.tcx"),
            "{errors:?}"
        );
    }
}
