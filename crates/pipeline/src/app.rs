//! What every command needs: the plugins, the environment, and plans out of pipeline files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use pipeline_engine::{
    Diagnostic, Document, Environment, Overrides, Plan, Registry, discover, has_ending,
};
use pipeline_plugin::Plugin;

use crate::libraries::{self, Libraries, Loaded, Permission};
use crate::{exit, plugins, render, words};

/// What every command needs.
pub(crate) struct App {
    /// The plugins that pipeline files may name.
    pub(crate) registry: Registry,
    /// Variables and the home folder.
    pub(crate) environment: Environment,
    /// Plugins of libraries: where each came from, and those that were refused.
    pub(crate) loaded: Loaded,
    /// What pipelines may do beside using plugins.
    permission: Permission,
}

impl App {
    /// With the bundled plugins only.
    pub(crate) fn new() -> Self {
        Self {
            registry: Registry::new(plugins::bundled()),
            environment: Environment::of_process(),
            loaded: Loaded::default(),
            permission: Permission::default(),
        }
    }

    /// With those of libraries as well. On failure the reason has been printed, and the code
    /// comes back.
    pub(crate) fn with(libraries: &Libraries) -> Result<Self, u8> {
        let mut app = Self::new();
        app.permission = libraries.permission();
        if let Some((plugins, loaded)) = libraries.load(&app.environment)? {
            app.registry = Registry::new(plugins);
            app.loaded = loaded;
        }
        Ok(app)
    }

    /// Finds a pipeline file: as given, in the usual folders, or bundled (`@name`). Says which
    /// when that is not plain. On failure the reason has been printed, and the code comes back.
    pub(crate) fn document(&self, name: &str) -> Result<Document, u8> {
        self.document_quietly(name, false)
    }

    /// The same, but does not say which it is when `quiet`.
    pub(crate) fn document_quietly(&self, name: &str, quiet: bool) -> Result<Document, u8> {
        let path = Path::new(name);
        let is_input = |plugin: &Arc<Plugin>| has_ending(path, plugin.role.reads());
        if path.is_dir() || self.registry.iter().any(is_input) {
            let what = if path.is_dir() {
                "a folder"
            } else {
                "an input"
            };
            let name = words::clean(name);
            eprintln!("error: `{name}` is {what}, not a pipeline file");
            eprintln!("help: put the pipeline first: `pipeline run FILE.yaml {name}`");
            return Err(exit::USAGE);
        }
        let found = match discover(name, plugins::PIPELINES, &self.environment) {
            Ok(found) => found,
            Err(diagnostic) => {
                render::diagnostics(&[diagnostic]);
                return Err(exit::INVALID);
            }
        };
        if let Some(choice) = found.choice().filter(|_| !quiet && !name.starts_with('@')) {
            eprintln!("using {}", words::clean(&choice));
        }
        found.document(&self.environment).map_err(|diagnostic| {
            render::diagnostics(&[diagnostic]);
            exit::INVALID
        })
    }

    /// Checks a pipeline and makes its stages. On failure everything that is wrong has been
    /// printed, and the code comes back.
    pub(crate) fn plan(&self, document: &Document, overrides: &Overrides) -> Result<Plan, u8> {
        self.plan_said(document, overrides, |problem| problem)
    }

    /// The same, with what is wrong in other words.
    pub(crate) fn plan_said(
        &self,
        document: &Document,
        overrides: &Overrides,
        say: fn(Diagnostic) -> Diagnostic,
    ) -> Result<Plan, u8> {
        match pipeline_engine::plan(document, &self.registry, overrides, &self.environment) {
            Ok(plan) => {
                render::diagnostics(&plan.warnings);
                Ok(plan)
            }
            Err(diagnostics) => {
                if let Some(code) = self
                    .loaded
                    .refused(&pipeline_engine::named_plugins(document))
                {
                    return Err(code);
                }
                let diagnostics: Vec<_> = diagnostics.into_iter().map(say).collect();
                render::diagnostics(&diagnostics);
                Err(libraries::code_of_invalid())
            }
        }
    }

    /// Makes a plan that is to be run now: one that starts programs must be allowed to.
    pub(crate) fn plan_to_run(
        &self,
        document: &Document,
        overrides: &Overrides,
    ) -> Result<Plan, u8> {
        let plan = self.plan(document, overrides)?;
        self.permission
            .may_run(document, &plan, &self.environment)?;
        Ok(plan)
    }

    /// The folder in which the ledger is kept.
    pub(crate) fn state(&self, given: Option<PathBuf>) -> Result<PathBuf, u8> {
        state_folder(&self.environment, given)
    }
}

/// The folder for what is remembered over runs.
pub(crate) fn state_folder(
    environment: &Environment,
    given: Option<PathBuf>,
) -> Result<PathBuf, u8> {
    let variable = |name| environment.variable(name).filter(|value| !value.is_empty());
    given
        .or_else(|| variable("PIPELINE_STATE_DIR").map(PathBuf::from))
        // The XDG specification: relative paths are to be ignored.
        .or_else(|| {
            variable("XDG_STATE_HOME")
                .filter(|folder| folder.starts_with('/'))
                .map(|folder| PathBuf::from(folder).join("pipeline"))
        })
        .or_else(|| {
            environment
                .home()
                .map(|home| home.join(".local/state/pipeline"))
        })
        .ok_or_else(|| {
            eprintln!("error: there is no home folder to keep the ledger in");
            eprintln!(
                "help: choose a folder with `--state-dir`, or the variable PIPELINE_STATE_DIR"
            );
            exit::RESOURCE
        })
}
