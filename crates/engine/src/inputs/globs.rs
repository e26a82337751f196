//! What a glob names.
//!
//! As in a shell, `*` and `?` name no hidden files; `**` stands for any number of folders. Names
//! are matched whatever their bytes: those that are no UTF-8 with a replacement character for
//! what can't be read.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use glob::{MatchOptions, Pattern};
use pipeline_plugin::{Error, ErrorKind, Result};

use super::unusable;
use crate::report::Failure;

/// All paths that a glob names, in no order. Folders that can't be read come as `errors`.
///
/// # Errors
///
/// When the pattern is no glob.
pub(super) fn expand(pattern: &str, errors: &mut Vec<Failure>) -> Result<Vec<PathBuf>> {
    let mut paths = vec![PathBuf::new()];
    for component in Path::new(pattern).components() {
        let Component::Normal(name) = component else {
            for path in &mut paths {
                path.push(component);
            }
            continue;
        };
        let name = name.to_string_lossy();
        let mut next = Vec::new();
        for path in paths {
            if name == "**" {
                folders_below(path, &mut next, errors);
            } else if name.contains(['*', '?', '[']) {
                let pattern = Pattern::new(&name).map_err(|error| {
                    Error::skip(format!("`{name}` is no glob")).with_source(error)
                })?;
                matching(&path, &pattern, &mut next, errors);
            } else {
                let path = path.join(&*name);
                next.extend(fs::symlink_metadata(&path).is_ok().then_some(path));
            }
        }
        paths = next;
    }
    Ok(paths)
}

/// What in a folder matches.
fn matching(folder: &Path, pattern: &Pattern, found: &mut Vec<PathBuf>, errors: &mut Vec<Failure>) {
    let options = MatchOptions {
        require_literal_leading_dot: true,
        ..MatchOptions::default()
    };
    for entry in entries(folder, errors) {
        let name = entry.file_name();
        if pattern.matches_with(&name.to_string_lossy(), options) {
            found.push(folder.join(name));
        }
    }
}

/// A folder and all below it. Hidden ones and links are left out: links may lead back here.
fn folders_below(folder: PathBuf, found: &mut Vec<PathBuf>, errors: &mut Vec<Failure>) {
    for entry in entries(&folder, errors) {
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder && !entry.file_name().to_string_lossy().starts_with('.') {
            folders_below(folder.join(entry.file_name()), found, errors);
        }
    }
    found.push(folder);
}

/// What is in a folder. There is nothing in what is none.
pub(super) fn entries(folder: &Path, errors: &mut Vec<Failure>) -> Vec<fs::DirEntry> {
    let here = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    match fs::read_dir(here) {
        Ok(entries) => entries.filter_map(io::Result::ok).collect(),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => Vec::new(),
        Err(error) => {
            let what = format!("read the folder `{}`", here.display());
            let error = Error::io(what, error).with_kind(ErrorKind::Skip);
            errors.push(unusable(&here.display().to_string(), error));
            Vec::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path, pattern: &str) -> Vec<String> {
        let mut errors = Vec::new();
        let pattern = format!("{}/{pattern}", folder.display());
        let mut names: Vec<_> = expand(&pattern, &mut errors)
            .unwrap()
            .iter()
            .map(|path| path.strip_prefix(folder).unwrap().display().to_string())
            .collect();
        assert!(errors.is_empty(), "{errors:?}");
        names.sort();
        names
    }

    #[test]
    fn globs_name_what_a_shell_would() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        fs::create_dir_all(folder.join("2024/may")).unwrap();
        fs::create_dir(folder.join(".trash")).unwrap();
        for name in [
            "a.tcx",
            "b.fit",
            ".c.tcx",
            "2024/d.tcx",
            "2024/may/e.tcx",
            ".trash/f.tcx",
            "[1].tcx",
        ] {
            fs::write(folder.join(name), "").unwrap();
        }
        assert_eq!(names(folder, "*.tcx"), ["[1].tcx", "a.tcx"]);
        assert_eq!(names(folder, "?.*"), ["a.tcx", "b.fit"]);
        assert_eq!(names(folder, ".c*"), [".c.tcx"]);
        assert_eq!(names(folder, "[[]1].tcx"), ["[1].tcx"]);
        assert_eq!(names(folder, "20*/d.tcx"), ["2024/d.tcx"]);
        assert_eq!(names(folder, "*/may/../*.tcx"), ["2024/may/../d.tcx"]);
        assert_eq!(
            names(folder, "**/*.tcx"),
            ["2024/d.tcx", "2024/may/e.tcx", "[1].tcx", "a.tcx"]
        );
        assert_eq!(names(folder, "*/none.tcx"), [""; 0]);
        assert!(expand("a[.tcx", &mut Vec::new()).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn names_that_are_no_utf8_are_found_too() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(OsStr::from_bytes(b"r\xffw.tcx"));
        // Some file systems take no such names.
        if fs::write(&path, "").is_ok() {
            let pattern = format!("{}/*.tcx", folder.path().display());
            assert_eq!(expand(&pattern, &mut Vec::new()).unwrap(), [path]);
        }
    }
}
