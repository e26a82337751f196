//! A run in words: one line a stream, a progress bar for long batches.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use indicatif::ProgressBar;
use pipeline_engine::{DeliveryStatus, Report, StreamReport, Totals};
use pipeline_plugin::{Error, Kind, Level, Said, Told};

use super::bars::Bars;
use super::{Output, Volume, error_text, helped_text, result_line};
use crate::journals::Keeping;
use crate::words;

/// Renders a run as text.
pub(crate) struct Text {
    volume: Volume,
    bars: Bars,
    started: Instant,
    folders: BTreeSet<String>,
    mode: Mode,
}

/// What the words depend on, beside what happens.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "they are independent")]
pub(crate) struct Mode {
    /// Results go to standard error, because standard output carries items.
    pub(crate) tapped: bool,
    /// Nothing is delivered.
    pub(crate) dry_run: bool,
    /// What was delivered before is delivered again.
    pub(crate) again: bool,
    /// It listens to devices: what is going on is said without being asked for.
    pub(crate) live: bool,
    /// Whether what devices say is in a journal.
    pub(crate) keeping: Arc<Keeping>,
    /// What was looked for: endings and places.
    pub(crate) wanted: String,
}

impl Text {
    pub(crate) fn new(volume: Volume, mode: Mode) -> Self {
        let (started, folders) = (Instant::now(), BTreeSet::new());
        Self {
            volume,
            bars: Bars::default(),
            started,
            folders,
            mode,
        }
    }

    /// Room for a view on the terminal, so that it and other lines do not mix.
    pub(crate) fn room(&self) -> ProgressBar {
        self.bars.room()
    }

    fn say(&self, line: &str) {
        self.bars.suspend(|| eprintln!("{line}"));
    }

    fn begin(&mut self, inputs: usize) {
        if inputs > 1 && self.volume > Volume::Quiet {
            self.bars.begin(inputs as u64);
        }
    }

    fn told(&mut self, input: &str, told: &Told) {
        match &told.said {
            // Whoever waits for a device wants to know what for.
            Said::Log(Level::Info, message) if self.mode.live && self.volume == Volume::Normal => {
                let input = words::path(Path::new(input));
                self.say(&format!("{input}: {}", words::clean(message)));
            }
            Said::Log(level, message) if self.volume.has(*level) => {
                let input = words::path(Path::new(input));
                let message = words::clean(message);
                self.say(&format!("{level}: {input}: {message}"));
            }
            Said::Progress(progress) if self.volume > Volume::Quiet => {
                self.bars.show(input, &told.stage, progress);
            }
            _ => {}
        }
    }

    fn stream(&mut self, stream: &StreamReport) {
        self.bars.clear(&stream.input);
        for delivery in &stream.deliveries {
            let (line, is_result) = match &delivery.status {
                DeliveryStatus::Delivered(path) => {
                    // What is no file, such as `2 lines`, is in no folder.
                    if let Some(folder) = path.parent().filter(|it| *it != Path::new("")) {
                        self.folders.insert(words::path(folder));
                    }
                    (
                        format!("{} → {}", describe(stream), words::path(path)),
                        true,
                    )
                }
                DeliveryStatus::Would(path) => (
                    format!("{} → would be {}", describe(stream), words::path(path)),
                    true,
                ),
                DeliveryStatus::Already(path) if self.volume >= Volume::Verbose => {
                    let place = words::path(path);
                    (
                        format!("{}: already delivered, {place}", name(stream)),
                        false,
                    )
                }
                DeliveryStatus::Already(_) => continue,
                DeliveryStatus::Failed(error) => {
                    let help = self.mode.keeping.help(error);
                    (helped_text(&stream.input, error, help), false)
                }
            };
            match (is_result, self.mode.tapped) {
                (true, _) if self.volume == Volume::Quiet => {}
                (true, false) => self.bars.suspend(|| result_line(&line)),
                _ => self.say(&line),
            }
        }
    }
}

/// The input's own name, without folders.
fn name(stream: &StreamReport) -> String {
    let path = Path::new(&stream.input);
    words::clean(
        &path
            .file_name()
            .map_or(stream.input.clone(), |n| n.to_string_lossy().into()),
    )
}

/// `row.tcx: 9,999 m · 38:14.0 · 1:54.7 /500 m · 20 laps · 531 kcal`.
fn describe(stream: &StreamReport) -> String {
    if stream.header.kind == Kind::File {
        return format!("{}: as it is", name(stream));
    }
    let totals = &stream.summary.totals;
    let mut facts = Vec::new();
    if totals.distance.is_finite() {
        facts.push(format!("{} m", words::thousands(totals.distance)));
    }
    facts.push(words::duration(totals.timer_time));
    if totals.avg_speed() > 0.0 && stream.header.sport.sport() == "rowing" {
        facts.push(format!("{} /500 m", words::split(totals.avg_speed())));
    }
    if stream.header.kind == Kind::Activity {
        let laps = stream.summary.laps.max(1) as usize;
        facts.push(words::count(laps, "lap", "laps"));
    }
    if totals.calories.is_finite() {
        facts.push(format!("{} kcal", words::thousands(totals.calories)));
    }
    format!("{}: {}", name(stream), facts.join(" · "))
}

impl Output for Text {
    fn report(&mut self, report: Report) {
        match report {
            Report::Inputs(count) => self.begin(count),
            Report::Stream(stream) => self.stream(&stream),
            Report::Known(input) => {
                if self.volume >= Volume::Verbose {
                    self.say(&format!(
                        "{}: already delivered",
                        words::path(Path::new(&input))
                    ));
                }
            }
            Report::Failed(failure) => {
                let mut text = error_text(&failure.input, &failure.error);
                if failure.known {
                    text.push_str(
                        "\nnote: known from an earlier run; tried again when the file or its reader\'s settings change",
                    );
                }
                self.say(&text);
            }
            Report::Warning { input, warning } => {
                if self.volume > Volume::Quiet {
                    let input = words::path(Path::new(&input));
                    self.say(&format!(
                        "warning: {input}: {}",
                        words::clean(&warning.message)
                    ));
                }
            }
            Report::Told { input, told } => self.told(&input, &told),
            Report::InputDone => self.bars.input_done(),
        }
    }

    fn summary(&mut self, totals: &Totals) {
        self.bars.end();
        if self.volume == Volume::Quiet {
            return;
        }
        let mut parts = Vec::new();
        let mut part = |number: usize, what: &str| {
            if number > 0 {
                parts.push(format!("{} {what}", words::count(number, "", "").trim()));
            }
        };
        let to = match (self.folders.len(), self.folders.first()) {
            (1, Some(folder)) => format!(" to {folder}"),
            _ => String::new(),
        };
        if self.mode.dry_run {
            part(totals.delivered, "would be delivered");
        } else {
            part(totals.delivered, &format!("delivered{to}"));
        }
        part(totals.already, "already delivered");
        part(totals.partly, "delivered in part");
        part(totals.quarantined, "could not be used");
        part(totals.undelivered, "not delivered");
        part(totals.left, "not started");
        if parts.is_empty() && self.mode.live {
            eprintln!("nothing to deliver: there was nothing new");
            return;
        }
        if parts.is_empty() {
            eprintln!("nothing to do: there are no {}", self.mode.wanted);
            return;
        }
        // Why a device could not be used was said; that it is one says nothing more.
        if self.mode.live && totals.quarantined > 0 && parts.len() == 1 {
            return;
        }
        eprintln!(
            "{} in {}",
            parts.join(", "),
            words::took(self.started.elapsed())
        );
        if totals.delivered == 0 && totals.already > 0 && totals.quarantined == 0 {
            eprintln!(
                "{}",
                if self.mode.again {
                    "nothing new: all of them stand in the folder already"
                } else {
                    "nothing new; `--again` delivers everything again"
                }
            );
        }
    }

    fn error(&mut self, error: &Error) {
        self.bars.end();
        eprintln!("{}", error_text("", error));
    }
}
