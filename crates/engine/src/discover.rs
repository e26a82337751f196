//! Which pipeline a name on the command line means.

use std::fs;
use std::path::{Path, PathBuf};

use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::environment::Environment;
use crate::nearest::did_you_mean;

/// A pipeline that comes with the program: its name (`coxswain-to-fit`) and its text.
pub type Bundled = (&'static str, &'static str);

/// What a name means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// The file that was named.
    Named(PathBuf),
    /// A file in one of the folders for pipelines.
    InFolder(PathBuf),
    /// A pipeline that comes with the program.
    Bundled(Bundled),
}

impl Found {
    /// Reads it. Paths in a bundled pipeline count from `./pipelines`, as if it stood there.
    ///
    /// # Errors
    ///
    /// Why it can't be read, or is no YAML.
    pub fn document(&self, environment: &Environment) -> Result<Document, Diagnostic> {
        match self {
            Self::Named(path) | Self::InFolder(path) => Document::read(path, environment),
            Self::Bundled((name, text)) => {
                let folder = std::env::current_dir()
                    .unwrap_or_default()
                    .join("pipelines");
                Document::parse(&format!("@{name}"), (*text).to_owned(), folder, environment)
            }
        }
    }

    /// What was chosen, to be told if it is not what was typed.
    pub fn choice(&self) -> Option<String> {
        match self {
            Self::Named(_) => None,
            Self::InFolder(path) => Some(format!("`{}`", path.display())),
            Self::Bundled((name, _)) => Some(format!("the bundled pipeline `@{name}`")),
        }
    }
}

/// Finds the pipeline that `request` names.
///
/// `@name` is a bundled one. A name without `/` that is no file in the current folder is looked
/// for in `./pipelines`, in the user's folder of pipelines, and among the bundled ones; `.yaml`
/// may be left out.
///
/// # Errors
///
/// Where it was looked for, and the nearest name.
pub fn discover(
    request: &str,
    bundled: &[Bundled],
    environment: &Environment,
) -> Result<Found, Diagnostic> {
    let find = |name: &str| {
        let name = name.strip_suffix(".yaml").unwrap_or(name);
        bundled
            .iter()
            .find(|(known, _)| *known == name)
            .map(|found| Found::Bundled(*found))
    };
    if let Some(name) = request.strip_prefix('@') {
        return find(name).ok_or_else(|| {
            let help = did_you_mean(name, bundled.iter().map(|one| one.0)).unwrap_or_else(|| {
                let names: Vec<_> = bundled
                    .iter()
                    .map(|(name, _)| format!("`@{name}`"))
                    .collect();
                format!("there are {}", names.join(", "))
            });
            Diagnostic::without_place(format!("there is no bundled pipeline `@{name}`"))
                .with_help(help)
        });
    }
    if Path::new(request).exists() || request.contains(['/', std::path::MAIN_SEPARATOR]) {
        // A path that does not exist is reported when it is read.
        return Ok(Found::Named(request.into()));
    }
    let folders: Vec<PathBuf> = std::iter::once("pipelines".into())
        .chain(environment.pipelines())
        .collect();
    folders
        .iter()
        .flat_map(|folder| [folder.join(request), folder.join(format!("{request}.yaml"))])
        .find(|path| path.is_file())
        .map(Found::InFolder)
        .or_else(|| find(request))
        .ok_or_else(|| nowhere(request, &folders, bundled))
}

fn nowhere(request: &str, folders: &[PathBuf], bundled: &[Bundled]) -> Diagnostic {
    let mut names: Vec<String> = Path::new(".")
        .read_dir()
        .into_iter()
        .chain(folders.iter().filter_map(|folder| folder.read_dir().ok()))
        .flat_map(files)
        .filter_map(|name| Some(name.strip_suffix(".yaml")?.to_owned()))
        .collect();
    names.extend(bundled.iter().map(|(name, _)| (*name).to_owned()));
    names.sort();
    names.dedup();
    let places: Vec<String> = folders
        .iter()
        .map(|folder| format!("`{}`", folder.display()))
        .collect();
    let message = format!(
        "there is no pipeline `{request}`: not in the current folder, not in {}, not bundled",
        places.join(", not in ")
    );
    let word = request.strip_suffix(".yaml").unwrap_or(request);
    let help = did_you_mean(word, names.iter().map(String::as_str))
        .or_else(|| (!names.is_empty()).then(|| format!("there are {}", names.join(", "))));
    Diagnostic::without_place(message).with_maybe_help(help)
}

fn files(folder: fs::ReadDir) -> impl Iterator<Item = String> {
    let name = |entry: fs::DirEntry| entry.file_name().into_string().ok();
    folder.filter_map(Result::ok).filter_map(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUNDLED: &[Bundled] = &[("coxswain-to-fit", "name: x"), ("xoss-sync", "name: y")];

    #[test]
    fn a_name_is_looked_for_in_folders_and_among_the_bundled() {
        let folder = tempfile::tempdir().unwrap();
        let own = folder.path().join("pipeline/pipelines");
        fs::create_dir_all(&own).unwrap();
        fs::write(own.join("mine.yaml"), "").unwrap();
        let config = folder.path().to_str().unwrap();
        let environment = Environment::fixed(&[("XDG_CONFIG_HOME", config)]);
        let check = |request: &str| match discover(request, BUNDLED, &environment) {
            Ok(found) => found
                .choice()
                .unwrap_or_else(|| "named".to_owned())
                .replace(config, "C"),
            Err(problem) => problem.to_string().replace(config, "C"),
        };
        assert_eq!(check("Cargo.toml"), "named");
        assert_eq!(check("./none.yaml"), "named");
        assert_eq!(check("mine.yaml"), "`C/pipeline/pipelines/mine.yaml`");
        assert_eq!(check("mine"), "`C/pipeline/pipelines/mine.yaml`");
        let coxswain = "the bundled pipeline `@coxswain-to-fit`";
        assert_eq!(check("coxswain-to-fit.yaml"), coxswain);
        assert_eq!(check("@coxswain-to-fit.yaml"), coxswain);
        assert_eq!(check("@coxswain-to-fit"), coxswain);
        assert_eq!(
            check("@coxswain-to-fti"),
            "error: there is no bundled pipeline `@coxswain-to-fti`\nhelp: did you mean `coxswain-to-fit`?\n"
        );
        assert_eq!(
            check("@x"),
            "error: there is no bundled pipeline `@x`\nhelp: there are `@coxswain-to-fit`, `@xoss-sync`\n"
        );
        assert_eq!(
            check("mien"),
            "error: there is no pipeline `mien`: not in the current folder, not in `pipelines`, \
             not in `C/pipeline/pipelines`, not bundled\nhelp: did you mean `mine`?\n"
        );
    }

    #[test]
    fn a_bundled_pipeline_is_read_by_its_name() {
        let environment = Environment::fixed(&[]);
        let found = Found::Bundled(("a", "source: ["));
        let problem = found.document(&environment).unwrap_err();
        assert!(problem.to_string().contains("--> @a:1:9"), "{problem}");
    }
}
