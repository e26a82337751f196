//! A folder for results, a computer, and what runs there say.

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use ble::Simulated;
use pipeline_engine::{
    Document, Environment, LiveOptions, Overrides, Registry, Report, RunOptions, Totals, plan, run,
};
use pipeline_plugin::{
    Cancel, Clock, Context, Error, Header, Item, Plugin, Result, Sink, SinkPlugin, Summary,
    Timestamp, VirtualClock,
};
use sha2::{Digest, Sha256};
use sim::xoss::Computer;
use sim::{Air, Faults, Peripheral};

/// Only rides, as they are.
pub(crate) const PLAIN: &str =
    "source: { xoss: {} }\nsinks: [ garmin: { folder: outbox/upload } ]\n";

/// When the computer is switched on.
pub(crate) const NOON: i64 = 1_760_000_000;

pub(crate) struct Bench {
    root: tempfile::TempDir,
    pub(crate) computer: Arc<Mutex<Computer>>,
    /// Virtual time that the last run took, in seconds.
    pub(crate) took: f64,
    pub(crate) again: bool,
    pub(crate) dry_run: bool,
    /// Thrown before the run begins to wait for that long.
    pub(crate) stop_after: Option<std::time::Duration>,
}

/// A sink that fails at the first item.
#[derive(serde::Deserialize, schemars::JsonSchema)]
struct Full {}

impl SinkPlugin for Full {
    fn destination(&self) -> String {
        "full".to_owned()
    }

    fn open(&self, _: &Header, _: &Context) -> Result<Box<dyn Sink>> {
        Ok(Box::new(Self {}))
    }
}

impl Sink for Full {
    fn write(&mut self, _: &Item) -> Result<()> {
        Err(Error::skip("the place is full"))
    }

    fn finish(self: Box<Self>, _: &Summary) -> Result<pipeline_plugin::Delivered> {
        Err(Error::skip("the place is full"))
    }
}

impl Bench {
    pub(crate) fn new(computer: Computer) -> Self {
        Self {
            root: tempfile::tempdir().unwrap(),
            computer: Arc::new(Mutex::new(computer)),
            took: 0.0,
            again: false,
            dry_run: false,
            stop_after: None,
        }
    }

    pub(crate) fn named(name: &str) -> Self {
        Self::new(Computer::named(name).unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// Runs that pipeline; what it says, sorted.
    pub(crate) fn run(&mut self, text: &str) -> (Totals, Vec<String>) {
        let environment = Environment::fixed(&[]);
        let root = self.root.path().to_owned();
        let document = Document::parse("test", text.to_owned(), root, &environment).unwrap();
        let registry = Registry::new([
            plugin_xoss::plugin(),
            plugin_laps::plugin(),
            plugin_calories::plugin(),
            plugin_garmin::plugin(),
            Plugin::sink::<Full>("full", "fails", ""),
        ]);
        let plan = plan(&document, &registry, &Overrides::default(), &environment);
        let plan = plan.unwrap_or_else(|problems| panic!("{problems:?}"));
        let cancel = Cancel::default();
        let start = Timestamp::from_seconds(NOON);
        let clock = Arc::new(VirtualClock::new(start));
        let peripheral: Box<dyn Peripheral + Send> = Box::new(Arc::clone(&self.computer));
        let air = Air::new(peripheral, 247, Faults::default());
        let central = Simulated::of(vec![air], clock.clone(), cancel.clone());
        let options = RunOptions {
            inputs: Vec::new(),
            jobs: 1,
            shard: None,
            dry_run: self.dry_run,
            again: self.again,
            state: self.path("state"),
            tap: None,
            live: LiveOptions {
                clock: Some(clock.clone()),
                central: Some(Arc::new(central)),
                most: self.stop_after,
                ..LiveOptions::default()
            },
        };
        let mut lines = Vec::new();
        let totals = run(&plan, &options, &cancel, &mut |report| {
            lines.extend(describe(&report));
        });
        self.took = clock.now().seconds_since(start);
        lines.sort();
        (totals.unwrap(), lines)
    }

    /// SHA-256 of every file in a folder, sorted; nothing else may be there.
    pub(crate) fn hashes(&self, folder: &str) -> Vec<[u8; 32]> {
        let mut found: Vec<_> = fs::read_dir(self.path(folder))
            .into_iter()
            .flatten()
            .map(|entry| sha256(&fs::read(entry.unwrap().path()).unwrap()))
            .collect();
        found.sort_unstable();
        found
    }

    /// Every file below the bench's folder but for the ledger, by its path.
    pub(crate) fn files(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut folders = vec![self.root.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let name = path.strip_prefix(self.root.path()).unwrap();
                let name = name.to_str().unwrap().to_owned();
                if path.is_dir() {
                    folders.push(path);
                } else if !name.starts_with("state/") {
                    found.push(name);
                }
            }
        }
        found.sort();
        found
    }

    /// SHA-256 of the rides on the computer, sorted.
    pub(crate) fn rides(&self, names: &[&str]) -> Vec<[u8; 32]> {
        let computer = self.computer.lock().unwrap();
        let ride = |name: &&str| sha256(computer.device().file(name).unwrap());
        let mut rides: Vec<_> = names.iter().map(ride).collect();
        rides.sort_unstable();
        rides
    }

    pub(crate) fn transfers(&self) -> u32 {
        self.computer.lock().unwrap().device().transfers()
    }
}

/// The rides of [`Computer::named`].
pub(crate) const RIDES: [&str; 3] = [
    "20240715062336.fit",
    "20240716170502.fit",
    "20240720080811.fit",
];

pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

fn describe(report: &Report) -> Option<String> {
    Some(match report {
        Report::Stream(stream) => format!("{}: {} sinks", stream.input, stream.deliveries.len()),
        Report::Known(input) => format!("{input}: known"),
        Report::Failed(failure) => {
            let known = if failure.known { " (known)" } else { "" };
            format!("{}: {}{known}", failure.input, failure.error.with_causes())
        }
        Report::Warning { warning, .. } => format!("warning: {}", warning.message),
        _ => return None,
    })
}
