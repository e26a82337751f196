//! `pipeline test`: the items that reach the sinks, compared with those of a golden run.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use clap::Args;
use pipeline_engine::{
    InputPath, LiveOptions, Overrides, Plan, PlannedStage, Report, RunOptions, SourceKind, Tap,
    find_inputs,
};
use pipeline_plugin::Cancel;
use serde_json::json;

use crate::app::App;
use crate::output::{error_text, result_line, results};
use crate::{exit, words};

/// Compare what a pipeline makes of its inputs with golden files
///
/// For each input, the items that reach the sinks are compared with the JSON Lines of the same
/// name in the golden folder. Nothing is delivered.
#[derive(Args)]
pub(crate) struct Test {
    /// Pipeline file
    file: String,

    /// Inputs to test with [default: the source's own]
    inputs: Vec<String>,

    /// Folder of the golden files [default: the pipeline's name with `.golden` beside its file]
    #[arg(long, value_name = "DIR")]
    golden: Option<PathBuf>,

    /// Write the golden files instead of comparing with them
    #[arg(long)]
    bless: bool,
}

pub(crate) fn run(args: &Test, app: &App) -> u8 {
    prepare_and_test(args, app).unwrap_or_else(|code| code)
}

fn prepare_and_test(args: &Test, app: &App) -> Result<u8, u8> {
    let document = app.document(&args.file)?;
    let overrides = Overrides {
        inputs: !args.inputs.is_empty(),
        ..Overrides::default()
    };
    let plan = app.plan_to_run(&document, &overrides)?;
    let folder = args
        .golden
        .clone()
        .unwrap_or_else(|| plan.folder.join(format!("{}.golden", plan.name)));
    let inputs = inputs(&plan, &args.inputs)?;
    let (mut passed, mut failed) = (0, 0);
    for input in &inputs {
        let golden = folder.join(format!("{}.jsonl", input.file_name()));
        let name = words::clean(&input.file_name());
        let Some(items) = items(&plan, input) else {
            failed += 1;
            continue;
        };
        if args.bless {
            let written = fs::create_dir_all(&folder).and_then(|()| fs::write(&golden, &items));
            if let Err(error) = written {
                eprintln!("error: cannot write `{}`: {error}", golden.display());
                return Err(exit::RESOURCE);
            }
            result_line(&format!("{name}: blessed, {}", words::path(&golden)));
            continue;
        }
        match fs::read(&golden) {
            Ok(expected) if expected == items => {
                passed += 1;
                result_line(&format!("{name}: ok"));
            }
            Ok(expected) => {
                failed += 1;
                result_line(&format!("{name}: differs from {}", words::path(&golden)));
                results(&difference(&expected, &items));
            }
            Err(error) => {
                failed += 1;
                result_line(&format!(
                    "{name}: no golden file {}: {error}",
                    words::path(&golden)
                ));
            }
        }
    }
    if args.bless {
        return Ok(exit::DONE);
    }
    result_line(&format!("{passed} passed, {failed} failed"));
    if failed > 0 {
        eprintln!("help: when the new items are right, run it again with `--bless`");
    }
    Ok(if failed > 0 { exit::FAILED } else { exit::DONE })
}

fn inputs(plan: &Plan, given: &[String]) -> Result<Vec<InputPath>, u8> {
    let Some(source) = plan.sources.first() else {
        return Ok(Vec::new());
    };
    let SourceKind::Reader { paths, .. } = &source.kind else {
        eprintln!("error: only pipelines that read files can be tested");
        return Err(exit::USAGE);
    };
    let patterns = if given.is_empty() { paths } else { given };
    if patterns.iter().any(|pattern| pattern == "-") {
        eprintln!("error: standard input has no name for a golden file");
        eprintln!("help: test with files");
        return Err(exit::USAGE);
    }
    let (found, errors) = find_inputs(patterns, source.plugin.role.reads());
    for failure in &errors {
        eprintln!("{}", error_text(&failure.input, &failure.error));
    }
    if found.is_empty() || !errors.is_empty() {
        eprintln!("error: there is nothing to test with");
        return Err(exit::FAILED);
    }
    Ok(found)
}

/// The items that reach the sinks, as JSON Lines; none when the input is bad, which is told.
/// Where the pipeline branches, a line before each branch says what it stands behind.
fn items(plan: &Plan, input: &InputPath) -> Option<Vec<u8>> {
    let mut taps = BTreeSet::new();
    before_sinks(&plan.stages, "", &mut taps);
    let mut all = Vec::new();
    for stage in &taps {
        if taps.len() > 1 {
            let line = json!({ "behind": stage });
            all.extend(format!("{line}\n").into_bytes());
        }
        all.extend(items_behind(plan, input, stage)?);
    }
    Some(all)
}

/// The ids of the stages on which sinks hang; empty for the source.
fn before_sinks(stages: &[PlannedStage], before: &str, found: &mut BTreeSet<String>) {
    for stage in stages {
        if stage.is_sink() {
            found.insert(before.to_owned());
        } else {
            before_sinks(&stage.next, &stage.id, found);
        }
    }
}

/// The items that a stage sends, as JSON Lines.
fn items_behind(plan: &Plan, input: &InputPath, stage: &str) -> Option<Vec<u8>> {
    let out = Arc::new(Mutex::new(Vec::new()));
    let writer: Arc<Mutex<dyn Write + Send>> = Arc::clone(&out) as _;
    let options = RunOptions {
        inputs: vec![input.name()],
        jobs: 1,
        shard: None,
        dry_run: true,
        again: true,
        state: PathBuf::new(),
        tap: Some(Tap {
            stage: stage.to_owned(),
            out: writer,
        }),
        live: LiveOptions::default(),
    };
    let mut errors = Vec::new();
    let result = pipeline_engine::run(plan, &options, &Cancel::default(), &mut |report| {
        if let Report::Failed(failure) = report {
            errors.push(failure.error);
        }
    });
    errors.extend(result.err());
    for error in &errors {
        eprintln!("{}", error_text(&input.name(), error));
    }
    if !errors.is_empty() {
        return None;
    }
    let mut out = out.lock().unwrap_or_else(PoisonError::into_inner);
    Some(std::mem::take(&mut *out))
}

/// The first lines that differ.
fn difference(expected: &[u8], found: &[u8]) -> String {
    const SHOWN: usize = 200;
    let (expected, found) = (
        String::from_utf8_lossy(expected),
        String::from_utf8_lossy(found),
    );
    let short = |line: Option<&str>| {
        line.map_or("(nothing)".to_owned(), |line| {
            line.chars().take(SHOWN).collect()
        })
    };
    let (mut left, mut right) = (expected.lines(), found.lines());
    let mut number = 1;
    loop {
        match (left.next(), right.next()) {
            (Some(a), Some(b)) if a == b => number += 1,
            (a, b) => {
                return format!("  line {number}\n  - {}\n  + {}\n", short(a), short(b));
            }
        }
    }
}
