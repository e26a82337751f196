//! Running a plan: many inputs side by side, each with its whole chain on one thread; one more
//! thread delivers.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Mutex;

use pipeline_plugin::{Cancel, OutputFile, Result, StateStore};
use sha2::{Digest, Sha256};

use crate::crew::{Crew, Hope, Job, Task};
use crate::delivery::{Courier, Destination};
use crate::inputs;
use crate::ledger::Ledger;
use crate::live::OwnEnd;
use crate::options::RunOptions;
use crate::plan::{Plan, PlannedStage, SourceKind, StageKind};
use crate::report::{Failure, Report, Totals};

/// Runs a plan until all inputs are done, all sources have ended, or `cancel` is thrown.
///
/// Bad inputs are reported and the others go on; see [`Totals::exit_code`].
///
/// # Errors
///
/// When the run as a whole can't go on: the ledger can't be used, a folder can't be written.
pub fn run(
    plan: &Plan,
    options: &RunOptions,
    cancel: &Cancel,
    report: &mut dyn FnMut(Report),
) -> Result<Totals> {
    let (tasks, errors) = tasks(plan, options);
    report(Report::Inputs(tasks.len() + errors.len()));
    let mut totals = Totals::default();
    for failure in errors {
        totals.quarantined += 1;
        report(Report::Failed(failure));
        report(Report::InputDone);
    }
    if tasks.is_empty() {
        return Ok(totals);
    }
    let destinations = destinations(&plan.stages);
    let ledger = open_ledger(options)?;
    let known = match &ledger {
        // Who wants to see items wants them of known inputs too; these are not delivered again.
        Some(_) if !options.again && options.tap.is_none() => {
            Some(Mutex::new(Ledger::open(&options.state)?))
        }
        _ => None,
    };
    let state = match &ledger {
        Some(ledger) => StateStore::of(ledger.state(&plan.name)?),
        None => StateStore::default(),
    };
    if !options.dry_run {
        for_each_folder(&plan.stages, &mut |folder| OutputFile::clean(&folder));
    }
    let settings = plan.fingerprint();
    let hope = Hope::default();
    let crew = Crew {
        plan,
        options,
        cancel,
        end: OwnEnd::default(),
        hope: &hope,
        known: &known,
        state,
        settings,
        destinations: &destinations,
    };
    let courier = Courier {
        ledger: ledger.filter(|_| !options.dry_run),
        pipeline: &plan.name,
        names: tasks.iter().map(|task| task.name.clone()).collect(),
        destinations: &destinations,
        again: options.again,
        settings,
        totals,
        incomplete: HashSet::new(),
        answers: Vec::new(),
        report,
    };
    let result = crew.work(&tasks, courier);
    if !options.dry_run {
        for_each_folder(&plan.stages, &mut |folder| OutputFile::clean(&folder));
    }
    result
}

fn open_ledger(options: &RunOptions) -> Result<Option<Ledger>> {
    // A dry run leaves no trace, so it does not make a ledger either.
    if options.dry_run && !options.state.join("ledger.sqlite3").exists() {
        return Ok(None);
    }
    Ledger::open(&options.state).map(Some)
}

fn tasks<'a>(plan: &'a Plan, options: &RunOptions) -> (Vec<Task<'a>>, Vec<Failure>) {
    let mut tasks = Vec::new();
    let mut errors = Vec::new();
    for (index, source) in plan.sources.iter().enumerate() {
        let only = options.live.only.as_ref();
        if only.is_some_and(|only| *only != source.id) {
            continue;
        }
        let (reader, paths) = match &source.kind {
            SourceKind::Reader { reader, paths, .. } => (reader, paths),
            SourceKind::Source(plugin) => {
                let job = Job::Listen(plugin);
                tasks.push(Task {
                    source: &source.id,
                    name: source.id.clone(),
                    job,
                });
                continue;
            }
        };
        let extensions = source.plugin.role.reads();
        let patterns = match (options.inputs.is_empty(), index) {
            (true, _) => paths,
            (false, 0) => &options.inputs,
            // Inputs on the command line replace those of all sources.
            (false, _) => continue,
        };
        let (found, mut problems) = inputs::find(patterns, extensions);
        errors.append(&mut problems);
        let found = found.into_iter().filter(|input| {
            options
                .shard
                .is_none_or(|shard| shard.has(&input.file_name()))
        });
        tasks.extend(found.map(|input| Task {
            source: &source.id,
            name: input.name(),
            job: Job::Read(reader, input),
        }));
    }
    (tasks, errors)
}

/// Id and destination of each sink, in the order in which a chain counts them.
pub(crate) fn destinations(stages: &[PlannedStage]) -> Vec<Destination> {
    let mut found = Vec::new();
    for stage in stages {
        match &stage.kind {
            StageKind::Sink(plugin) => found.push(Destination {
                sink: stage.id.clone(),
                name: plugin.destination(),
            }),
            StageKind::Transform(_) => found.extend(destinations(&stage.next)),
        }
    }
    found
}

/// The folders in which sinks make files appear.
pub(crate) fn folders(plan: &Plan) -> Vec<PathBuf> {
    let mut folders = Vec::new();
    for_each_folder(&plan.stages, &mut |folder| folders.push(folder));
    folders
}

fn for_each_folder(stages: &[PlannedStage], act: &mut dyn FnMut(PathBuf)) {
    for stage in stages {
        match &stage.kind {
            StageKind::Sink(plugin) => plugin.folder().into_iter().for_each(&mut *act),
            StageKind::Transform(_) => for_each_folder(&stage.next, act),
        }
    }
}

impl Plan {
    /// What the fate of an input depends on beside its bytes: this version, and the sources with
    /// their settings.
    pub(crate) fn fingerprint(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(env!("CARGO_PKG_VERSION"));
        for source in &self.sources {
            hash.update([0]);
            hash.update(&source.plugin.name);
            hash.update(source.settings.to_string());
        }
        hash.finalize().into()
    }
}
