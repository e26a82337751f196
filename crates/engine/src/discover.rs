//! Which pipeline a name on the command line means.

use std::path::{Path, PathBuf};

use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::environment::Environment;
use crate::nearest::nearest;

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
            let known: Vec<_> = Known::bundled(bundled).collect();
            let help = did_you_mean(name, &known).unwrap_or_else(|| {
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
    let path = Path::new(request);
    let is_gone = matches!(path.try_exists(), Ok(false));
    if is_gone && request.contains(['/', std::path::MAIN_SEPARATOR]) {
        return Err(gone(path, bundled));
    }
    if !is_gone {
        // What can't be read is reported then.
        return Ok(Found::Named(path.into()));
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

/// A pipeline that somebody may have meant.
struct Known {
    /// Its name, without an ending.
    name: String,
    /// What is to be typed for it.
    typed: String,
}

impl Known {
    /// Those that come with the program.
    fn bundled(bundled: &[Bundled]) -> impl Iterator<Item = Self> {
        bundled.iter().map(|(name, _)| Self {
            name: (*name).to_owned(),
            typed: format!("@{name}"),
        })
    }

    /// The YAML files of a folder; `typed` says what is to be typed for a name with its ending.
    fn of_folder(folder: &Path, typed: impl Fn(String) -> String) -> Vec<Self> {
        let files = folder.read_dir().into_iter().flatten();
        let names = files.filter_map(|file| file.ok()?.file_name().into_string().ok());
        let known = names.filter_map(|file| {
            let name = stem(&file).to_owned();
            (name != file).then(|| Self {
                typed: typed(file),
                name,
            })
        });
        known.collect()
    }
}

/// A name without the ending of pipeline files.
fn stem(name: &str) -> &str {
    let endings = [".yaml", ".yml"];
    let stem = endings.iter().find_map(|ending| name.strip_suffix(ending));
    stem.unwrap_or(name)
}

/// `did you mean `x`?`, if one of them is near enough.
fn did_you_mean(request: &str, known: &[Known]) -> Option<String> {
    let near = nearest(stem(request), known.iter().map(|one| one.name.as_str()))?;
    let near = known.iter().find(|one| one.name == near)?;
    Some(format!("did you mean `{}`?", near.typed))
}

/// What to say of a path where nothing is: what is beside it may have been meant.
fn gone(path: &Path, bundled: &[Bundled]) -> Diagnostic {
    let folder = path.parent().unwrap_or(Path::new(""));
    let typed = |file: String| path.with_file_name(file).display().to_string();
    let beside = Known::of_folder(folder, typed);
    let bundled: Vec<_> = Known::bundled(bundled).collect();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let help = did_you_mean(&name, &beside).or_else(|| did_you_mean(&name, &bundled));
    let message = format!("there is no pipeline `{}`", path.display());
    Diagnostic::without_place(message).with_maybe_help(help)
}

fn nowhere(request: &str, folders: &[PathBuf], bundled: &[Bundled]) -> Diagnostic {
    let mut known = Known::of_folder(Path::new("."), |file| file);
    // There, a name is enough.
    let by_name = |file: String| {
        file.strip_suffix(".yaml")
            .map_or(file.clone(), str::to_owned)
    };
    known.extend(
        folders
            .iter()
            .flat_map(|folder| Known::of_folder(folder, by_name)),
    );
    known.extend(Known::bundled(bundled));
    known.sort_by(|a, b| a.name.cmp(&b.name));
    known.dedup_by(|later, before| later.name == before.name);
    let places: Vec<String> = folders
        .iter()
        .map(|folder| format!("`{}`", folder.display()))
        .collect();
    let message = format!(
        "there is no pipeline `{request}`: not in the current folder, not in {}, not bundled",
        places.join(", not in ")
    );
    let help = did_you_mean(request, &known).or_else(|| {
        let names: Vec<_> = known.iter().map(|one| one.typed.as_str()).collect();
        (!names.is_empty()).then(|| format!("there are {}", names.join(", ")))
    });
    Diagnostic::without_place(message).with_maybe_help(help)
}

#[cfg(test)]
mod tests {
    use std::fs;

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
        assert_eq!(check("mine.yaml"), "`C/pipeline/pipelines/mine.yaml`");
        assert_eq!(check("mine"), "`C/pipeline/pipelines/mine.yaml`");
        let coxswain = "the bundled pipeline `@coxswain-to-fit`";
        assert_eq!(check("coxswain-to-fit.yaml"), coxswain);
        assert_eq!(check("@coxswain-to-fit.yaml"), coxswain);
        assert_eq!(check("@coxswain-to-fit"), coxswain);
        assert_eq!(
            check("@coxswain-to-fti"),
            "error: there is no bundled pipeline `@coxswain-to-fti`\nhelp: did you mean `@coxswain-to-fit`?\n"
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
    fn what_was_meant_is_said_as_it_is_typed() {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().to_str().unwrap();
        let own = folder.path().join("pipeline/pipelines");
        fs::create_dir_all(&own).unwrap();
        for name in ["indoor.yaml", "outdoor.yml", "notes.txt", "noon"] {
            fs::write(own.join(name), "").unwrap();
        }
        let environment = Environment::fixed(&[("XDG_CONFIG_HOME", config)]);
        let check = |request: &str| {
            let problem = discover(request, BUNDLED, &environment).unwrap_err();
            problem.help.map(|help| help.replace(config, "C"))
        };
        let meant = |typed: &str| Some(format!("did you mean `{typed}`?"));
        // By its path: what is beside it, else what is bundled.
        let beside = |name: &str| check(&own.join(name).display().to_string());
        assert_eq!(
            beside("indor.yaml"),
            meant("C/pipeline/pipelines/indoor.yaml")
        );
        assert_eq!(
            beside("indoor.yml"),
            meant("C/pipeline/pipelines/indoor.yaml")
        );
        assert_eq!(beside("indoor"), meant("C/pipeline/pipelines/indoor.yaml"));
        assert_eq!(
            beside("outdor.yaml"),
            meant("C/pipeline/pipelines/outdoor.yml")
        );
        assert_eq!(beside("coxwain-to-fit.yaml"), meant("@coxswain-to-fit"));
        assert_eq!(check("./none/xoss-sync.yaml"), meant("@xoss-sync"));
        assert_eq!(beside("note.txt"), None);
        assert_eq!(beside("nowhere.yaml"), None);
        // By its name: `.yaml` may be left out there, other endings may not.
        assert_eq!(check("indor"), meant("indoor"));
        assert_eq!(check("outdoor"), meant("outdoor.yml"));
        assert_eq!(check("coxwain-to-fit.yaml"), meant("@coxswain-to-fit"));
        assert_eq!(check("@coxswain-to-fitt"), meant("@coxswain-to-fit"));
    }

    #[test]
    fn a_bundled_pipeline_is_read_by_its_name() {
        let environment = Environment::fixed(&[]);
        let found = Found::Bundled(("a", "source: ["));
        let problem = found.document(&environment).unwrap_err();
        assert!(problem.to_string().contains("--> @a:1:9"), "{problem}");
    }
}
