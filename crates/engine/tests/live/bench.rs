//! A place for logs, and what they say.

use std::fs;
use std::path::Path;

use pipeline_engine::{
    Document, Environment, LiveOptions, Overrides, Registry, Report, RunOptions, Totals, plan, run,
};
use pipeline_plugin::{Cancel, Plugin, Said};

use crate::plugins::{Diary, Picky, Station};

pub(crate) struct Bench(pub(crate) tempfile::TempDir);

impl Bench {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Runs a script; what the run said, progress and deliveries left out.
    pub(crate) fn run(&self, script: &str, sinks: &str) -> (Totals, Vec<String>) {
        self.run_with(script, sinks, false)
    }

    pub(crate) fn run_with(
        &self,
        script: &str,
        sinks: &str,
        dry_run: bool,
    ) -> (Totals, Vec<String>) {
        let registry = Registry::new([
            Plugin::source::<Station>("station", "test"),
            Plugin::transform::<Picky>("picky", "test"),
            Plugin::sink::<Diary>("diary", "test", ""),
        ]);
        let text =
            format!("name: log\nsource: {{ station: {{ {script} }} }}\nsinks: [ {sinks} ]\n");
        let environment = Environment::fixed(&[]);
        let root = self.0.path().to_owned();
        let document = Document::parse("test", text, root, &environment).unwrap();
        let plan = plan(&document, &registry, &Overrides::default(), &environment).unwrap();
        let options = RunOptions {
            inputs: Vec::new(),
            jobs: 1,
            shard: None,
            dry_run,
            again: false,
            state: self.0.path().join("state"),
            tap: None,
            live: LiveOptions::default(),
        };
        let mut said = Vec::new();
        let totals = run(
            &plan,
            &options,
            &Cancel::default(),
            &mut |report| match report {
                Report::Told { told, .. } => said.push(match told.said {
                    Said::Log(level, message) => format!("{level}: {message}"),
                    Said::Progress(progress) => format!("{} {}", progress.what, progress.done),
                }),
                Report::Failed(failure) => said.push(format!("failed: {}", failure.error)),
                _ => {}
            },
        );
        (totals.unwrap(), said)
    }

    /// The diary of a sink, and the file itself.
    pub(crate) fn diary(&self, name: &str) -> (String, String) {
        let path = self.0.path().join(name);
        let lines = fs::read_to_string(&path).unwrap_or_default();
        (
            lines.lines().collect::<Vec<_>>().join(", "),
            sink(&path, ""),
        )
    }

    pub(crate) fn lines(&self, name: &str) -> String {
        self.diary(name).0
    }

    pub(crate) fn sink(&self, name: &str, more: &str) -> String {
        sink(&self.0.path().join(name), more)
    }
}

fn sink(path: &Path, more: &str) -> String {
    let id = path.file_stem().unwrap().display();
    format!(
        "{{ id: {id}, diary: {{ file: '{}' {more} }} }}",
        path.display()
    )
}
