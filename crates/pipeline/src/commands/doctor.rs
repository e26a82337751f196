//! `pipeline doctor`.

mod bluetooth;
mod system;

use clap::Args;
use pipeline_engine::{Overrides, SourceKind};
use serde_json::json;

use crate::app::App;
use crate::output::result_line;
use crate::{exit, words};

/// Look whether this computer has what pipelines need
///
/// Bluetooth, the clock, the folder in which is remembered what was delivered, and the folders of
/// results. Nothing is changed. The exit code is 7 when something has to be done first.
#[derive(Args)]
#[command(after_help = exit::HELP)]
pub(crate) struct Doctor {
    /// Pipeline files whose folders are looked at as well; if none of them has a device as source,
    /// Bluetooth isn't
    #[arg(value_name = "FILE")]
    files: Vec<String>,

    /// Folder of the ledger, which remembers what was delivered [default: ~/.local/state/pipeline]
    #[arg(long, value_name = "DIR")]
    state_dir: Option<std::path::PathBuf>,

    /// Print JSON Lines, one a finding
    #[arg(long)]
    json: bool,
}

/// How good something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    Fine,
    /// It works, but may not work well.
    Warning,
    /// It does not work.
    Problem,
    /// It could not be looked at.
    Unknown,
}

/// Something that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    what: String,
    level: Level,
    text: String,
    help: Option<String>,
}

impl Finding {
    fn new(level: Level, what: &str, text: impl Into<String>) -> Self {
        Self {
            what: what.to_owned(),
            level,
            text: text.into(),
            help: None,
        }
    }

    fn fine(what: &str, text: impl Into<String>) -> Self {
        Self::new(Level::Fine, what, text)
    }

    fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

pub(crate) fn run(args: &Doctor, app: &App) -> u8 {
    let mut folders = Vec::new();
    let mut uses_devices = args.files.is_empty();
    for file in &args.files {
        let plan = app
            .document_quietly(file, true)
            .and_then(|document| app.plan(&document, &Overrides::default()));
        let plan = match plan {
            Ok(plan) => plan,
            Err(code) => return code,
        };
        let is_device = |kind: &SourceKind| matches!(kind, SourceKind::Source(_));
        uses_devices |= plan.sources.iter().any(|source| is_device(&source.kind));
        folders.extend(system::folders_of(&plan));
    }
    let state = match app.state(args.state_dir.clone()) {
        Ok(state) => state,
        Err(code) => return code,
    };
    let mut findings = Vec::new();
    if uses_devices {
        findings.extend(bluetooth::findings());
    }
    findings.push(system::clock());
    findings.push(system::state(&state));
    folders.dedup();
    for (sink, folder) in &folders {
        findings.push(system::results(sink, folder));
    }
    if folders.is_empty() && args.files.is_empty() {
        findings.push(
            Finding::new(Level::Unknown, "folders of results", "not looked at")
                .with_help("name your pipeline: `pipeline doctor FILE.yaml`"),
        );
    }
    tell(args.json, &findings)
}

fn tell(as_json: bool, findings: &[Finding]) -> u8 {
    let widths = findings.iter().map(|finding| finding.what.chars().count());
    let width = widths.max().unwrap_or_default();
    for finding in findings {
        let level = match finding.level {
            Level::Fine => "ok",
            Level::Warning => "warning",
            Level::Problem => "problem",
            Level::Unknown => "unknown",
        };
        let what = words::clean(&finding.what);
        if as_json {
            let line = json!({
                "v": 1,
                "type": "finding",
                "what": what,
                "level": level,
                "text": finding.text,
                "help": finding.help,
            });
            result_line(&line.to_string());
            continue;
        }
        let text = words::clean(&finding.text);
        result_line(&format!("{level:7}  {what:width$}  {text}"));
        if let Some(help) = &finding.help {
            result_line(&format!("         help: {}", words::clean(help)));
        }
    }
    let is_bad = |finding: &Finding| finding.level == Level::Problem;
    if findings.iter().any(is_bad) {
        exit::RESOURCE
    } else {
        exit::DONE
    }
}
