//! Plugins in libraries: which are loaded, and which are refused.

use std::path::{Path, PathBuf};

use clap::Args;
use pipeline_engine::{
    Document, Environment, Image, Library, Loader, Plan, PlannedStage, Trusts, find_libraries,
    is_any_plugin_broken, plugin_folders,
};
use pipeline_plugin::{Error, ErrorKind, Plugin};

use crate::app::state_folder;
use crate::output::error_text;
use crate::{exit, plugins, words};

/// The flags for plugins in libraries, which every command takes.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Libraries {
    /// Use the plugins in this library as well; one with the name of a bundled plugin replaces it
    #[arg(long, value_name = "FILE", global = true, help_heading = "Plugins")]
    plugin: Vec<PathBuf>,

    /// Load libraries that were not trusted with `pipeline plugin trust`
    #[arg(long, global = true, help_heading = "Plugins")]
    allow_unpinned: bool,

    /// Let the pipeline run programs (its stages `exec`), although it was not trusted with
    /// `pipeline plugin trust FILE.yaml`
    #[arg(long, global = true, help_heading = "Plugins")]
    allow_exec: bool,
}

/// What became of the libraries.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    /// Name and role of each plugin of a library, and its file.
    pub(crate) from: Vec<(String, String, PathBuf)>,
    /// Files of libraries of the command line.
    named: Vec<PathBuf>,
    /// Libraries of the plugin folders that were refused.
    pub(crate) refused: Vec<Refused>,
}

/// A library that was refused.
#[derive(Debug)]
pub(crate) struct Refused {
    /// The names that it provides, as far as they are known.
    names: Vec<String>,
    /// Its file.
    pub(crate) path: PathBuf,
    /// Why.
    pub(crate) error: Error,
}

/// What a pipeline may do.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Permission {
    /// Every pipeline may run programs.
    exec: bool,
}

impl Permission {
    /// Whether a pipeline may be run: if it has a stage `exec`, the user must have allowed that, or
    /// have trusted the file as it is. On failure the reason has been printed.
    pub(crate) fn may_run(
        self,
        document: &Document,
        plan: &Plan,
        environment: &Environment,
    ) -> Result<(), u8> {
        if !has_exec(&plan.stages) {
            return Ok(());
        }
        let trusted = || {
            let trusts = Trusts::open(&state_folder(environment, None)?);
            trusts.map_err(|error| told(&error))
        };
        if self.exec || trusted()?.has_pipeline(document) {
            plugin_exec::allow();
            return Ok(());
        }
        let name = document.name();
        let message = format!("the pipeline `{name}` runs programs, and you have not allowed that");
        let help = match &plan.file {
            Some(file) => {
                let file = words::path(file);
                format!(
                    "look at its stages `exec`; then add `--allow-exec`, or trust it as it is: \
                     pipeline plugin trust {file}"
                )
            }
            None => "look at its stages `exec`; then add `--allow-exec`".to_owned(),
        };
        Err(told(
            &Error::new(ErrorKind::Plugin, message).with_help(help),
        ))
    }
}

fn has_exec(stages: &[PlannedStage]) -> bool {
    stages
        .iter()
        .any(|stage| stage.plugin == "exec" || has_exec(&stage.next))
}

impl Libraries {
    /// What pipelines may do beside using plugins.
    pub(crate) fn permission(&self) -> Permission {
        Permission {
            exec: self.allow_exec,
        }
    }

    /// Loads what is named on the command line and what stands in the plugin folders.
    ///
    /// A library that is named must be sound; one of a folder that is refused matters only to
    /// pipelines that use it. `None` if there is none.
    pub(crate) fn load(
        &self,
        environment: &Environment,
    ) -> Result<Option<(Vec<Plugin>, Loaded)>, u8> {
        let (mut plugins, mut loaded) = (plugins::bundled(), Loaded::default());
        let folders = plugin_folders(environment);
        let found: Vec<PathBuf> = folders
            .iter()
            .flat_map(|folder| find_libraries(folder))
            .collect();
        if self.plugin.is_empty() && found.is_empty() {
            return Ok(None);
        }
        let trusts =
            Trusts::open(&state_folder(environment, None)?).map_err(|error| told(&error))?;
        for path in &self.plugin {
            let library = self.open(path, &trusts).map_err(|error| told(&error))?;
            loaded
                .add(library, &mut plugins, true)
                .map_err(|error| told(&error))?;
        }
        for path in found {
            let result = self
                .open(&path, &trusts)
                .and_then(|library| loaded.add(library, &mut plugins, false));
            if let Err(error) = result {
                let names = names(&path, &trusts);
                loaded.refused.push(Refused { names, path, error });
            }
        }
        Ok(Some((plugins, loaded)))
    }

    fn open(&self, path: &Path, trusts: &Trusts) -> Result<Library, Error> {
        let image = Image::read(path)?;
        if !self.allow_unpinned {
            trusts.check(&image)?;
        }
        Loader::default().load(image)
    }
}

/// Prints an error of a library; the exit code.
pub(crate) fn told(error: &Error) -> u8 {
    eprintln!("{}", error_text("", error));
    exit::code_of(error)
}

/// The code for a pipeline file with problems: those of a broken plugin are not the file's.
pub(crate) fn code_of_invalid() -> u8 {
    if is_any_plugin_broken() {
        exit::PLUGIN
    } else {
        exit::INVALID
    }
}

/// What a library that can't be loaded would provide: as it was when it was trusted, else as its
/// file is called.
fn names(path: &Path, trusts: &Trusts) -> Vec<String> {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let known = trusts.all().iter().find(|one| one.path == path);
    let known = known.into_iter().flat_map(|one| &one.plugins);
    let mut names: Vec<String> = known.map(|plugin| plugin.name.clone()).collect();
    if let Some(stem) = path.file_stem().and_then(|stem| stem.to_str()) {
        names.push(stem.strip_prefix("lib").unwrap_or(stem).replace('_', "-"));
    }
    names
}

/// The part of a pipeline file in which a plugin stands: there names are unique.
fn section(plugin: &Plugin) -> &'static str {
    if plugin.role.is_source() {
        "source"
    } else {
        plugin.role.name()
    }
}

impl Loaded {
    /// Adds the plugins of a library; only those of the command line may replace others, and then
    /// what a folder has of that name is of no concern.
    fn add(
        &mut self,
        library: Library,
        plugins: &mut Vec<Plugin>,
        replaces: bool,
    ) -> Result<(), Error> {
        for plugin in library.plugins {
            let taken =
                |other: &Plugin| other.name == plugin.name && section(other) == section(&plugin);
            let place = plugins.iter().position(taken);
            let is_named = |(name, section, path): &(String, String, PathBuf)| {
                *name == plugin.name && *section == plugin.role.name() && self.named.contains(path)
            };
            if !replaces && self.from.iter().any(is_named) {
                continue;
            }
            if place.is_some() && !replaces {
                let path = words::path(&library.path);
                let message = format!("the plugin library `{path}` provides `{}`", plugin.name);
                return Err(Error::new(
                    ErrorKind::Plugin,
                    format!("{message}, and so does Pipeline or another library"),
                )
                .with_help(format!("remove it, or use it with `--plugin {path}`")));
            }
            let role = plugin.role.name().to_owned();
            self.from
                .push((plugin.name.clone(), role, library.path.clone()));
            if replaces {
                self.named.push(library.path.clone());
            }
            match place {
                Some(place) => plugins[place] = plugin,
                None => plugins.push(plugin),
            }
        }
        Ok(())
    }

    /// Tells of refused libraries that provide one of these plugins; the code if there are any.
    pub(crate) fn refused(&self, names: &[&str]) -> Option<u8> {
        let mut code = None;
        for refused in &self.refused {
            if refused
                .names
                .iter()
                .any(|name| names.contains(&name.as_str()))
            {
                code = Some(told(&refused.error));
            }
        }
        code
    }
}
