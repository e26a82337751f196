//! A folder with a library and inputs for its reader, and what a run there comes to.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use pipeline_engine::{
    DeliveryStatus, Document, Environment, Image, LiveOptions, Loader, Overrides, Plan, Registry,
    Report, RunOptions, Totals, plan, run,
};
use pipeline_plugin::{Cancel, Said};

/// Long enough for a machine that is busy, and shorter than the 30 s of a user and the 4 s of the
/// source `patient`.
pub(crate) const SILENCE: Duration = Duration::from_secs(3);

pub(crate) fn library(folder: &Path, flags: &[&str]) -> PathBuf {
    let made = folder.join("libstages.so");
    let crates = concat!(env!("CARGO_MANIFEST_DIR"), "/../plugin/include");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/dylib/stages.c");
    let output = Command::new("cc")
        .args([
            "-std=gnu11",
            "-Wall",
            "-Wextra",
            "-Werror",
            "-shared",
            "-fPIC",
        ])
        .args(flags)
        .args(["-I", crates])
        .args([source, "-o"])
        .arg(&made)
        .arg("-pthread")
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    made
}

pub(crate) struct Place {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) library: PathBuf,
}

/// What a run came to.
pub(crate) struct Outcome {
    pub(crate) totals: Totals,
    pub(crate) errors: Vec<String>,
    /// What the stages say beside warnings.
    pub(crate) said: Vec<String>,
    /// Where streams were delivered to.
    pub(crate) places: Vec<String>,
    pub(crate) took: Duration,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self::with(|folder| library(folder, &[]))
    }

    pub(crate) fn with(library: impl FnOnce(&Path) -> PathBuf) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [("a.line", "1"), ("b.line", "2"), ("c.line", "3")] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let library = library(folder.path());
        Self { folder, library }
    }

    fn registry(&self) -> Registry {
        let image = Image::read(&self.library).unwrap();
        let loader = Loader::default().with_silence(SILENCE);
        Registry::new(loader.load(image).unwrap().plugins)
    }

    pub(crate) fn plan(&self, text: &str) -> Result<Plan, String> {
        let environment = Environment::fixed(&[]);
        let folder = self.folder.path().to_owned();
        let document = Document::parse("x.yaml", text.to_owned(), folder, &environment).unwrap();
        plan(
            &document,
            &self.registry(),
            &Overrides::default(),
            &environment,
        )
        .map_err(|problems| problems.iter().map(|one| one.message.clone()).collect())
    }

    pub(crate) fn run(&self, text: &str) -> Outcome {
        self.run_with(text, LiveOptions::default())
    }

    pub(crate) fn run_with(&self, text: &str, live: LiveOptions) -> Outcome {
        let plan = self.plan(text).unwrap();
        let options = RunOptions {
            inputs: Vec::new(),
            jobs: 2,
            shard: None,
            dry_run: false,
            again: false,
            state: self.folder.path().join("state"),
            tap: None,
            live,
        };
        let (mut errors, mut said, mut places) = (Vec::new(), Vec::new(), Vec::new());
        let begun = Instant::now();
        let totals = run(
            &plan,
            &options,
            &Cancel::default(),
            &mut |report| match report {
                Report::Failed(failure) => errors.push(failure.error.with_causes()),
                Report::Stream(stream) => {
                    for delivery in stream.deliveries {
                        match delivery.status {
                            DeliveryStatus::Failed(error) => errors.push(error.with_causes()),
                            DeliveryStatus::Delivered(to) => places.push(to.display().to_string()),
                            _ => {}
                        }
                    }
                }
                Report::Told { told, .. } => said.push(match told.said {
                    Said::Log(level, message) => format!("{level}: {message}"),
                    Said::Progress(at) => format!("{} {}/{:?}", at.what, at.done, at.total),
                }),
                Report::Warning { warning, .. } => {
                    said.push(format!("warning: {}", warning.message));
                }
                _ => {}
            },
        );
        Outcome {
            totals: totals.unwrap(),
            errors,
            said,
            places,
            took: begun.elapsed(),
        }
    }

    pub(crate) fn files(&self, folder: &str) -> usize {
        let entries = fs::read_dir(self.folder.path().join(folder));
        entries.into_iter().flatten().count()
    }
}
