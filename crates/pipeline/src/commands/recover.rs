//! `pipeline recover`.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ble::{Claim, Head, HeadPipeline, Survey};
use clap::Args;
use pipeline_engine::{
    Document, Journal, Journals, Listener, Overrides, Report, RunOptions, Totals,
};
use pipeline_plugin::ble::Central;
use pipeline_plugin::{Cancel, Error, Result as PluginResult};
use serde_json::json;

use super::run::change;
use crate::app::App;
use crate::journals;
use crate::output::{Json, Mode, Output, Text, Volume, error_text, result_line};
use crate::recordings::Opened;
use crate::{exit, signals, words};

/// A first line that is longer isn't one.
const LONGEST: u64 = 8 << 20;

/// Deliver what runs with a device left when they were cut off
///
/// While a device is listened to, everything that it says is written down. If a run is cut off, by a
/// crash or an empty battery, this makes of it what the run would have made of it, with the pipeline
/// as it was then, and removes the recording once it is delivered. What was delivered before is not
/// delivered again.
#[derive(Args)]
#[command(after_help = exit::HELP)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct Recover {
    /// List what there is, and deliver nothing
    #[arg(long)]
    dry_run: bool,

    /// Tell what happens as JSON Lines
    #[arg(long)]
    json: bool,

    /// Folder of the ledger, which remembers what was delivered [default: ~/.local/state/pipeline]
    #[arg(long, value_name = "DIR")]
    state_dir: Option<PathBuf>,

    /// Print errors only
    #[arg(long, short)]
    quiet: bool,

    /// Also tell what the source says
    #[arg(long, short, conflicts_with = "quiet")]
    verbose: bool,
}

pub(crate) fn run(args: Recover, app: &App) -> u8 {
    let state = match app.state(args.state_dir.clone()) {
        Ok(state) => state,
        Err(code) => return code,
    };
    let found = match ble::unfinished(&journals::folder(&state)) {
        Ok(found) => found,
        Err(error) => {
            eprintln!("{}", error_text("", &error));
            return exit::code_of(&error);
        }
    };
    let stop = signals::cancel();
    let work = Work { args, app, state };
    let mut codes = Vec::new();
    for path in &found {
        if stop.is_thrown() {
            return exit::INTERRUPTED;
        }
        match ble::claim(path) {
            Ok(Some(claim)) => codes.push(work.one(claim)),
            Ok(None) => work.say(&format!("{}: a run is under way", shown(path))),
            Err(error) => codes.push(failed(path, &error)),
        }
    }
    if found.is_empty() {
        work.say("nothing to recover: every run with a device was delivered");
    }
    exit::of_all(&codes)
}

/// The name of a recording, as people see it.
fn shown(path: &Path) -> String {
    words::clean(&path.file_name().unwrap_or_default().to_string_lossy())
}

/// Whether the first line is whole; it isn't if the run was cut off right then.
fn has_line(path: &Path) -> bool {
    let mut line = Vec::new();
    let read = File::open(path)
        .and_then(|file| BufReader::new(file.take(LONGEST)).read_until(b'\n', &mut line));
    read.is_err() || line.ends_with(b"\n") || line.len() as u64 == LONGEST
}

fn failed(path: &Path, error: &Error) -> u8 {
    eprintln!("{}", error_text("", error));
    eprintln!("note: kept: {}", words::path(path));
    exit::code_of(error)
}

/// What all recordings have in common.
struct Work<'a> {
    args: Recover,
    app: &'a App,
    state: PathBuf,
}

impl Work<'_> {
    fn say(&self, line: &str) {
        if !self.args.quiet && !self.args.json {
            eprintln!("{line}");
        }
    }

    /// Makes of a recording what its run would have made; the exit code.
    fn one(&self, claim: Claim) -> u8 {
        let path = claim.path().to_owned();
        let content = match claim.content() {
            Ok(content) => content,
            Err(error) => return failed(&path, &error),
        };
        let opened = match Opened::from(content) {
            Ok(opened) => opened,
            Err(_) if !has_line(&path) => return self.nothing(claim),
            Err(error) => return failed(&path, &error),
        };
        if self.args.dry_run {
            self.list(&path, opened.recording.head(), &opened.survey);
            return exit::DONE;
        }
        if opened.survey.values == 0 {
            return self.nothing(claim);
        }
        match self.deliver(&path, opened) {
            Ok((totals, true)) => match claim.remove() {
                Ok(()) => totals.exit_code(),
                Err(error) => failed(&path, &error),
            },
            Ok((totals, false)) => {
                self.say(&format!("note: kept: {}", words::path(&path)));
                match totals.exit_code() {
                    exit::DONE => exit::FAILED,
                    code => code,
                }
            }
            Err(code) => {
                self.say(&format!("note: kept: {}", words::path(&path)));
                code
            }
        }
    }

    /// A recording in which no device has said anything.
    fn nothing(&self, claim: Claim) -> u8 {
        let path = claim.path().to_owned();
        if self.args.dry_run {
            self.say(&format!("{}: nothing was recorded", shown(&path)));
            return exit::DONE;
        }
        self.say(&format!("{}: nothing was recorded; removed", shown(&path)));
        claim
            .remove()
            .map_or_else(|error| failed(&path, &error), |()| exit::DONE)
    }

    /// Tells what is in a recording.
    fn list(&self, path: &Path, head: &Head, survey: &Survey) {
        let pipeline = head.pipeline.as_ref().map_or("", |pipeline| &pipeline.name);
        if self.args.json {
            let line = json!({
                "v": 1,
                "type": "recording",
                "file": path,
                "pipeline": pipeline,
                "start": head.start,
                "seconds": survey.duration.as_secs_f64(),
                "packets": survey.values,
                "delivered": survey.delivered,
                "damage": survey.damage,
            });
            return result_line(&line.to_string());
        }
        result_line(&format!("{}: {}", shown(path), describe(head, survey)));
        if let Some(damage) = &survey.damage {
            result_line(&format!("  {}", words::clean(damage)));
        }
    }

    /// Runs the pipeline of a recording again; whether everything is delivered.
    fn deliver(&self, path: &Path, opened: Opened) -> Result<(Totals, bool), u8> {
        let head = opened.recording.head().clone();
        let (Some(pipeline), Some(source)) = (head.pipeline.clone(), head.source.clone()) else {
            let text = format!("`{}` doesn't say what to make of it", shown(path));
            return Err(failed(path, &Error::skip(text)));
        };
        self.say(&format!("recovering {}", describe(&head, &opened.survey)));
        if let Some(warning) = opened.warning() {
            self.say(&format!("warning: {}", words::clean(warning)));
        }
        let plan = {
            let mut overrides = Overrides {
                folder: Some(pipeline.here.clone().into()),
                ..Overrides::default()
            };
            change(&mut overrides, &pipeline.changes)?;
            self.app
                .plan_to_run(&self.document(pipeline)?, &overrides)?
        };
        let (delivered, cancel) = (opened.survey.delivered, Cancel::default());
        let mut live = opened.devices(None, &cancel);
        let complete = Arc::new(AtomicBool::new(false));
        live.only = Some(source.id);
        live.delivered = delivered;
        live.journals = Some(Arc::new(Watching(Arc::clone(&complete))));
        let options = RunOptions {
            inputs: Vec::new(),
            jobs: 1,
            shard: None,
            dry_run: false,
            again: false,
            state: self.state.clone(),
            tap: None,
            live,
        };
        let mut output = self.output();
        let verbose = self.args.verbose;
        let mut report = |report| match report {
            // What its source said then was told then.
            Report::Told { .. } if !verbose => {}
            report => output.report(report),
        };
        match pipeline_engine::run(&plan, &options, &cancel, &mut report) {
            Ok(totals) => {
                let streams = totals.delivered + totals.already + totals.partly;
                if streams + totals.undelivered + totals.quarantined > 0 {
                    output.summary(&totals);
                }
                Ok((totals, complete.load(Ordering::SeqCst)))
            }
            Err(error) => {
                output.error(&error);
                Err(exit::code_of(&error))
            }
        }
    }

    fn document(&self, pipeline: HeadPipeline) -> Result<Document, u8> {
        let document = Document::kept(
            &pipeline.name,
            pipeline.text,
            pipeline.folder.into(),
            pipeline.file.map(PathBuf::from),
            &self.app.environment,
        );
        document.map_err(|diagnostic| {
            crate::render::diagnostics(&[diagnostic]);
            exit::INVALID
        })
    }

    fn output(&self) -> Box<dyn Output> {
        let variable = self.app.environment.variable("PIPELINE_LOG");
        let volume = Volume::of(self.args.quiet, 0, variable.as_deref());
        if self.args.json {
            return Box::new(Json::new(volume));
        }
        let mode = Mode {
            wanted: "activities in the recording".to_owned(),
            ..Mode::default()
        };
        Box::new(Text::new(volume, mode))
    }
}

/// `rowing-to-fit.yaml of 2026-07-24 10:30:05: 25:55.0, 3,120 packets`.
fn describe(head: &Head, survey: &Survey) -> String {
    let pipeline = head
        .pipeline
        .as_ref()
        .map_or("a recording", |pipeline| &pipeline.name);
    let packets = usize::try_from(survey.values).unwrap_or(usize::MAX);
    format!(
        "{} of {}: {}, {}",
        words::clean(pipeline),
        head.start.for_people(),
        words::duration(survey.duration.as_secs_f64()),
        words::count(packets, "packet", "packets")
    )
}

/// Looks whether everything is delivered; what is played needs no journal of its own.
struct Watching(Arc<AtomicBool>);

impl Journals for Watching {
    fn begin(&self, _: &Listener<'_>) -> PluginResult<Option<Box<dyn Journal>>> {
        Ok(Some(Box::new(Self(Arc::clone(&self.0)))))
    }
}

impl Journal for Watching {
    fn over(&self, central: Arc<dyn Central>) -> Arc<dyn Central> {
        central
    }

    fn delivered(&self, _: u32) {}

    fn end(self: Box<Self>, complete: bool) {
        self.0.store(complete, Ordering::SeqCst);
    }
}
