use std::fs::File;
use std::io::Read;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::environment::Environment;
use crate::source::Source;
use crate::yaml::{self, Node};

/// The longest pipeline file, in bytes. Real ones have two kilobytes.
const LONGEST: usize = 256 << 10;

/// A pipeline file (or an athlete's profile) that is YAML; its content is not checked yet.
#[derive(Debug)]
pub struct Document {
    pub(crate) file: Option<PathBuf>,
    pub(crate) source: Arc<Source>,
    pub(crate) root: Node,
    /// What is refused in it, although it is YAML.
    pub(crate) problems: Vec<Diagnostic>,
}

impl Document {
    /// What people call it: the path as it was given, or `@name`.
    pub fn name(&self) -> &str {
        &self.source.name
    }

    /// Reads a file.
    ///
    /// # Errors
    ///
    /// Why it can't be read, or is no YAML.
    pub fn read(path: &Path, environment: &Environment) -> Result<Self, Diagnostic> {
        Self::read_as(path, &path.display().to_string(), environment)
    }

    /// Reads a file that people know by that name.
    pub(crate) fn read_as(
        path: &Path,
        name: &str,
        environment: &Environment,
    ) -> Result<Self, Diagnostic> {
        let mut bytes = Vec::new();
        File::open(path)
            .and_then(|file| file.take(LONGEST as u64 + 1).read_to_end(&mut bytes))
            .map_err(|error| Diagnostic::without_place(format!("cannot read `{name}`: {error}")))?;
        let Ok(text) = String::from_utf8(bytes) else {
            let message = format!("`{name}` is no text in UTF-8");
            return Err(Diagnostic::without_place(message)
                .with_help("save it as UTF-8; a pipeline file is YAML text"));
        };
        let folder = folder_of(path);
        let mut document = Self::parse(name, text, folder, environment)?;
        document.file = Some(path.to_owned());
        Ok(document)
    }

    /// The text as it was read.
    pub fn text(&self) -> &str {
        &self.source.text
    }

    /// The folder from which relative paths in it count.
    pub fn folder(&self) -> &Path {
        &self.source.folder
    }

    /// The file, unless it is a bundled pipeline.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// A text that was read earlier from that file, which may have changed since.
    ///
    /// # Errors
    ///
    /// Why it is no YAML.
    pub fn kept(
        name: &str,
        text: String,
        folder: PathBuf,
        file: Option<PathBuf>,
        environment: &Environment,
    ) -> Result<Self, Diagnostic> {
        let mut document = Self::parse(name, text, folder, environment)?;
        document.file = file;
        Ok(document)
    }

    /// Reads a text; relative paths in it count from `folder`.
    ///
    /// # Errors
    ///
    /// Why it is no YAML.
    pub fn parse(
        name: &str,
        mut text: String,
        folder: PathBuf,
        environment: &Environment,
    ) -> Result<Self, Diagnostic> {
        if text.len() > LONGEST {
            let limit = LONGEST >> 10;
            let message = format!("`{name}` is longer than {limit} KiB");
            return Err(Diagnostic::without_place(message)
                .with_help("check whether this is the right file; split a pipeline that long"));
        }
        if text.starts_with('\u{feff}') {
            text.drain(..'\u{feff}'.len_utf8());
        }
        let source = Arc::new(Source {
            name: name.to_owned(),
            text,
            folder,
            has_lines: true,
        });
        let parsed = yaml::parse(&source, 0..source.text.len(), Some(environment))?;
        Ok(Self {
            file: None,
            source,
            root: parsed.root,
            problems: parsed.problems,
        })
    }

    /// The pipeline's name if the file gives none: the file's, without its ending.
    pub(crate) fn stem(&self) -> String {
        let name = Path::new(self.source.name.trim_start_matches('@'));
        name.file_stem()
            .map_or_else(String::new, |stem| stem.to_string_lossy().into_owned())
    }
}

/// The folder in which a file stands, absolute and without links, so that `..` means what
/// `cd ..` does there.
fn folder_of(file: &Path) -> PathBuf {
    let parent = file
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    let parent = parent.unwrap_or(Path::new("."));
    let absolute = parent
        .canonicalize()
        .or_else(|_| std::path::absolute(parent));
    absolute.unwrap_or_else(|_| parent.to_owned())
}

/// A path of a settings text as an absolute one: `~` is the home folder, relative ones count
/// from `folder`; `.` and `..` are resolved.
///
/// # Errors
///
/// A path that begins with `~` while the home folder is not known.
pub(crate) fn absolute(
    text: &str,
    folder: &Path,
    environment: &Environment,
) -> Result<PathBuf, String> {
    let path = match text.strip_prefix('~') {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => {
            let home = environment.home();
            let home = home.ok_or("the home folder (`~`) is not known: `HOME` is not set")?;
            home.join(rest.trim_start_matches('/'))
        }
        _ => folder.join(text),
    };
    let mut absolute = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                absolute.pop();
            }
            component => absolute.push(component),
        }
    }
    Ok(absolute)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_count_from_the_folder() {
        let environment = Environment::fixed(&[("HOME", "/home/rower")]);
        let check = |text: &str| {
            let path = absolute(text, Path::new("/p/pipelines"), &environment).unwrap();
            path.display().to_string()
        };
        assert_eq!(check("out"), "/p/pipelines/out");
        assert_eq!(check("../out/./x/"), "/p/out/x");
        assert_eq!(check("../../../../x"), "/x");
        assert_eq!(check("~"), "/home/rower");
        assert_eq!(check("~/Garmin/*.tcx"), "/home/rower/Garmin/*.tcx");
        assert_eq!(check("~rower/x"), "/p/pipelines/~rower/x");
        assert_eq!(check("/abs"), "/abs");
        let nobody = Environment::fixed(&[]);
        assert!(absolute("~/x", Path::new("/"), &nobody).is_err());
    }
}
