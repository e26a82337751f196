//! `pipeline run`.

use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use clap::{ArgAction, Args};
use pipeline_engine::{
    Overrides, Plan, PlannedSource, PlannedStage, RunOptions, Shard, SourceKind, Tap,
};
use pipeline_plugin::{Cancel, units};

use crate::app::App;
use crate::journals::{self, Keeper, Keeping, Record};
use crate::output::{Json, Mode, Output, Text, Volume, error_text};
use crate::view::View;
use crate::{bluetooth, exit, signals, words};

/// Run a pipeline
///
/// Every input is read once, several at a time; bad ones are reported and the others go on.
/// What has been delivered is remembered, so running again delivers only what is new.
#[derive(Args)]
#[command(after_help = exit::HELP)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
#[expect(
    clippy::struct_field_names,
    reason = "`--dry-run` is what everybody calls it"
)]
pub(crate) struct Run {
    /// Pipeline file; a plain name is also looked for in ./pipelines and in your own pipeline
    /// folder, `@name` is a bundled pipeline
    file: String,

    /// Files, folders or globs to read instead of the source's own path; `-` is standard input
    inputs: Vec<String>,

    /// Folder for the results instead of the sink's own; `ID=DIR` for one of several sinks
    #[arg(long, value_name = "DIR")]
    out: Vec<String>,

    /// How many inputs to read at a time [default: as many as there are processors]
    #[arg(long, short, value_name = "N", value_parser = jobs, allow_negative_numbers = true)]
    jobs: Option<usize>,

    /// Only part I of N of the inputs, I from 1: to share the work between machines
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,

    /// Change a setting of the pipeline file: `laps.every=1km`, `athlete.weight=80kg`
    #[arg(long, value_name = "PATH=VALUE")]
    set: Vec<String>,

    /// File with the athlete's values, such as `weight: 78 kg`, instead of the pipeline's own
    #[arg(long, value_name = "FILE")]
    athlete: Option<String>,

    /// Read and check everything, but deliver nothing
    #[arg(long)]
    dry_run: bool,

    /// Deliver also what was delivered before
    #[arg(long)]
    again: bool,

    /// Bluetooth device to use: a name, in which `*` stands for anything, or an address; `sim:NAME` is a
    /// simulated one, `replay:FILE` a recorded one
    #[arg(long, value_name = "DEVICE")]
    device: Option<String>,

    /// End a run with a device after this time, such as 30s, 10min or 2h
    #[arg(long = "for", value_name = "TIME", value_parser = time)]
    most: Option<Duration>,

    /// End a run with a device after the first activity
    #[arg(long)]
    once: bool,

    /// Write down everything that the devices say in this file, which `--device replay:FILE` plays
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,

    /// Print what comes out of this stage as JSON Lines
    #[arg(long, value_name = "STAGE")]
    tap: Option<String>,

    /// Tell what happens as JSON Lines
    #[arg(long, conflicts_with = "tap")]
    json: bool,

    /// Folder of the ledger, which remembers what was delivered [default: ~/.local/state/pipeline]
    #[arg(long, value_name = "DIR")]
    state_dir: Option<PathBuf>,

    /// Print errors only
    #[arg(long, short)]
    quiet: bool,

    /// Tell also what was skipped and what is going on; given twice, also what helps the author of a
    /// plugin
    #[arg(long, short, action = ArgAction::Count, conflicts_with = "quiet")]
    verbose: u8,
}

pub(crate) fn run(args: Run, app: &App) -> u8 {
    let cancel = Cancel::default();
    match prepare(args, app, &cancel) {
        Ok((plan, options, mut output)) => {
            signals::attach(&cancel);
            let mut report = |report| output.report(report);
            let result = pipeline_engine::run(&plan, &options, &cancel, &mut report);
            if let Some(tap) = &options.tap
                && let Ok(mut out) = tap.out.lock()
            {
                let _ = out.flush();
            }
            match result {
                Ok(totals) => {
                    output.summary(&totals);
                    totals.exit_code()
                }
                Err(error) => {
                    output.error(&error);
                    exit::code_of(&error)
                }
            }
        }
        Err(code) => code,
    }
}

fn prepare(
    args: Run,
    app: &App,
    cancel: &Cancel,
) -> Result<(Plan, RunOptions, Box<dyn Output>), u8> {
    let document = app.document_quietly(&args.file, args.quiet || args.json)?;
    let mut overrides = Overrides {
        inputs: !args.inputs.is_empty(),
        ..Overrides::default()
    };
    let flags = [
        ("set", &*args.set),
        ("athlete", args.athlete.as_slice()),
        ("out", &args.out),
    ];
    let flags = flags.iter().flat_map(|(flag, values)| {
        values
            .iter()
            .map(|value| ((*flag).to_owned(), value.clone()))
    });
    let changes: Vec<_> = flags.collect();
    change(&mut overrides, &changes)?;
    let plan = app.plan_to_run(&document, &overrides)?;
    let tap = args.tap.map(|stage| tap(&plan, stage)).transpose()?;
    let given = [
        ("--device", args.device.is_some()),
        ("--for", args.most.is_some()),
        ("--once", args.once),
        ("--record", args.record.is_some()),
    ];
    bluetooth::check(&plan, &given)?;
    let mut live = bluetooth::live(args.device.as_deref(), cancel)?;
    live.most = args.most;
    live.once = args.once;
    let state = app.state(args.state_dir)?;
    let keeping = Arc::<Keeping>::default();
    if bluetooth::is_live(&plan) {
        if !args.quiet && !args.json {
            journals::tell_unfinished(&state);
        }
        let is_recorded = |device: &String| device.starts_with("replay:");
        live.journals = Some(Arc::new(Keeper {
            folder: (!args.device.as_ref().is_some_and(is_recorded))
                .then(|| journals::folder(&state)),
            record: Mutex::new(record(&plan, args.record.as_deref())?),
            pipeline: journals::describe(&document, changes),
            device: live.device.as_ref().map(ToString::to_string),
            keeping: Arc::clone(&keeping),
        }));
    }
    let mut options = RunOptions {
        inputs: args.inputs,
        // Items of several inputs must not mix.
        jobs: if tap.is_some() {
            1
        } else {
            args.jobs.unwrap_or(0)
        },
        shard: args.shard,
        dry_run: args.dry_run,
        again: args.again,
        state,
        tap,
        live,
    };
    let variable = app.environment.variable("PIPELINE_LOG");
    let volume = Volume::of(args.quiet, args.verbose, variable.as_deref());
    let output: Box<dyn Output> = if args.json {
        Box::new(Json::of_live(volume, keeping))
    } else {
        let mode = Mode {
            tapped: options.tap.is_some(),
            dry_run: args.dry_run,
            again: args.again,
            live: bluetooth::is_live(&plan),
            keeping: Arc::clone(&keeping),
            wanted: wanted(&plan, &options.inputs, &args.file),
        };
        let text = Text::new(volume, mode);
        if volume > Volume::Quiet && bluetooth::is_live(&plan) {
            let view = View::start(text.room(), options.live.clock(), keeping);
            options.live.watcher = Some(view);
        }
        Box::new(text)
    };
    Ok((plan, options, output))
}

/// Changes settings as the flags of that name do. On failure the reason has been printed.
pub(super) fn change(overrides: &mut Overrides, changes: &[(String, String)]) -> Result<(), u8> {
    for (flag, value) in changes {
        match flag.as_str() {
            "set" => overrides.set(value).map_err(|message| {
                eprintln!("error: {message}");
                exit::USAGE
            })?,
            "athlete" => overrides.set_by("--athlete", "athlete", value),
            _ => overrides.out(value),
        }
    }
    Ok(())
}

/// The file of `--record`. On failure the reason has been printed.
fn record(plan: &Plan, path: Option<&Path>) -> Result<Option<Record>, u8> {
    let Some(path) = path else { return Ok(None) };
    let is_live = |source: &&PlannedSource| matches!(source.kind, SourceKind::Source(_));
    if plan.sources.iter().filter(is_live).count() > 1 {
        eprintln!("error: `--record` is for one device, and this pipeline has several as sources");
        return Err(exit::USAGE);
    }
    Record::at(path).map(Some).map_err(|error| {
        eprintln!("{}", error_text("", &error));
        exit::code_of(&error)
    })
}

/// What a run looks for, in words: endings and places.
fn wanted(plan: &Plan, inputs: &[String], file: &str) -> String {
    let Some(source) = plan.sources.first() else {
        return "inputs".to_owned();
    };
    let SourceKind::Reader { paths, .. } = &source.kind else {
        return "new recordings".to_owned();
    };
    let endings: Vec<_> = source
        .plugin
        .role
        .reads()
        .iter()
        .map(|ending| format!(".{ending}"))
        .collect();
    let places = if inputs.is_empty() { paths } else { inputs };
    let places: Vec<_> = places
        .iter()
        .map(|place| format!("`{}`", words::path(place.as_ref())))
        .collect();
    // Where a bundled pipeline looks says nothing to its users.
    let help = if inputs.is_empty() && file.starts_with('@') {
        let file = words::clean(file);
        format!("\nhelp: name yours: `pipeline run {file} FOLDER`")
    } else {
        String::new()
    };
    let places = places.join(", ");
    format!("{} files in {places}{help}", endings.join(" or "))
}

/// A time with its unit.
pub(crate) fn time(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<units::Duration>()?.value();
    Duration::try_from_secs_f64(seconds).map_err(|_| format!("`{text}` is too long"))
}

/// A whole number of jobs.
fn jobs(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(jobs @ 1..=1024) => Ok(jobs),
        _ => Err("write a whole number from 1 to 1024, such as 4".to_owned()),
    }
}

/// Standard output as the place for the items of a stage, by its id or that of the source.
fn tap(plan: &Plan, stage: String) -> Result<Tap, u8> {
    fn ids<'a>(stages: &'a [PlannedStage], found: &mut Vec<&'a str>) {
        for stage in stages.iter().filter(|stage| !stage.is_sink()) {
            found.push(&stage.id);
            ids(&stage.next, found);
        }
    }
    let sources: Vec<&str> = plan.sources.iter().map(|source| &*source.id).collect();
    let mut known = sources.clone();
    ids(&plan.stages, &mut known);
    if !known.contains(&&*stage) {
        eprintln!("error: there is no stage `{stage}` whose items could be printed");
        eprintln!("help: stages of this pipeline: {}", known.join(", "));
        return Err(exit::USAGE);
    }
    let stage = if sources.contains(&&*stage) {
        String::new()
    } else {
        stage
    };
    Ok(Tap {
        stage,
        out: Arc::new(Mutex::new(BufWriter::new(io::stdout()))),
    })
}
