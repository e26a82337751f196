//! A place for runs, and what they say.

use std::fs;
use std::path::PathBuf;

use pipeline_engine::{
    DeliveryStatus, Document, Environment, LiveOptions, Overrides, Plan, Report, RunOptions,
    Totals, plan, run,
};
use pipeline_plugin::Cancel;

use crate::plugins::registry;

/// A folder with inputs, and what a run there says.
pub(crate) struct Bench {
    root: tempfile::TempDir,
}

impl Bench {
    pub(crate) fn new(inputs: &[(&str, &str)]) -> Self {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("in")).unwrap();
        for (name, text) in inputs {
            fs::write(root.path().join("in").join(name), text.replace("; ", "\n")).unwrap();
        }
        Self { root }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    pub(crate) fn plan(&self, text: &str) -> Plan {
        let environment = Environment::fixed(&[]);
        let root = self.root.path().to_owned();
        let document = Document::parse("test", text.to_owned(), root, &environment).unwrap();
        plan(&document, &registry(), &Overrides::default(), &environment).unwrap()
    }

    pub(crate) fn options(&self) -> RunOptions {
        RunOptions {
            inputs: Vec::new(),
            jobs: 1,
            shard: None,
            dry_run: false,
            again: false,
            state: self.path("state"),
            tap: None,
            live: LiveOptions::default(),
        }
    }

    pub(crate) fn run(&self, text: &str) -> (Totals, Vec<String>) {
        self.run_with(text, &self.options())
    }

    pub(crate) fn run_with(&self, text: &str, options: &RunOptions) -> (Totals, Vec<String>) {
        let mut lines = Vec::new();
        let plan = self.plan(text);
        let totals = run(&plan, options, &Cancel::default(), &mut |report| {
            lines.extend(describe(&report));
        });
        lines.sort();
        (totals.unwrap(), lines)
    }

    /// Names and contents of a folder.
    pub(crate) fn folder(&self, name: &str) -> Vec<String> {
        let mut found: Vec<_> = fs::read_dir(self.path(name))
            .into_iter()
            .flatten()
            .map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap())
            .collect();
        found.sort();
        found
    }
}

fn describe(report: &Report) -> Option<String> {
    let short = |input: &str| input.rsplit('/').next().unwrap_or_default().to_owned();
    Some(match report {
        Report::Stream(stream) => {
            let statuses: Vec<_> = stream
                .deliveries
                .iter()
                .map(|delivery| match &delivery.status {
                    DeliveryStatus::Delivered(_) => "delivered".to_owned(),
                    DeliveryStatus::Already(_) => "already".to_owned(),
                    DeliveryStatus::Would(_) => "would".to_owned(),
                    DeliveryStatus::Failed(error) => format!("failed: {error}"),
                })
                .collect();
            format!("{}: {}", short(&stream.input), statuses.join(", "))
        }
        Report::Known(input) => format!("{}: known", short(input)),
        Report::Failed(failure) => {
            let known = if failure.known { " (known)" } else { "" };
            format!("{}: {}{known}", short(&failure.input), failure.error)
        }
        Report::Warning { input, warning } => {
            format!(
                "{}: {} warns {}",
                short(input),
                warning.stage,
                warning.message
            )
        }
        // When a sink's fault is told depends on the threads; see `live.rs`.
        Report::Inputs(_) | Report::InputDone | Report::Told { .. } => return None,
    })
}
