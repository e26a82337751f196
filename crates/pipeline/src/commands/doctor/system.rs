//! The clock and the folders.

use std::io;
use std::path::{Path, PathBuf};

use pipeline_engine::{HostClock, Plan, PlannedStage, StageKind};
use pipeline_plugin::{Clock, Timestamp};

use super::{Finding, Level};
use crate::words;

/// No clock that goes right shows a time before this: the program is younger.
const EARLIEST: Timestamp = Timestamp::from_seconds(1_767_225_600); // 2026-01-01

/// What a row or a ride of a day may need, in bytes.
const SPACE: u64 = 200_000_000;

/// Where systemd tells that the clock was set by the network.
const TIMESYNC: &str = "/run/systemd/timesync";

/// Whether the clock can be right: times of activities come from it.
pub(super) fn clock() -> Finding {
    let now = HostClock::default().now();
    let is_waiting =
        Path::new(TIMESYNC).is_dir() && !Path::new(TIMESYNC).join("synchronized").exists();
    judge_clock(now, is_waiting)
}

fn judge_clock(now: Timestamp, is_waiting: bool) -> Finding {
    let what = "clock";
    let text = now.to_string();
    let second = text
        .split_once('.')
        .map_or(text.as_str(), |(second, _)| second);
    let text = format!("{} UTC", second.trim_end_matches('Z').replace('T', " "));
    let help = "set it: `sudo timedatectl set-ntp true`, and wait until \
                `timedatectl` says that it is synchronized";
    if now < EARLIEST {
        Finding::new(Level::Problem, what, format!("{text} can't be the time")).with_help(help)
    } else if is_waiting {
        let text = format!("{text}, not yet set by the network");
        Finding::new(Level::Warning, what, text).with_help(help)
    } else {
        Finding::fine(what, text)
    }
}

/// Whether what was delivered can be remembered.
pub(super) fn state(state: &Path) -> Finding {
    let help = "choose another folder: `--state-dir DIR`, or the variable PIPELINE_STATE_DIR";
    let finding = folder("state folder", state, help);
    let ledger = state.join("ledger.sqlite3");
    if finding.level != Level::Problem && ledger.exists() {
        return match pipeline_engine::Ledger::open(state) {
            Ok(_) => finding,
            Err(error) => {
                let problem = Finding::new(Level::Problem, "state folder", error.with_causes());
                problem.with_help(error.help().unwrap_or(help))
            }
        };
    }
    finding
}

/// The folders of results of a pipeline, by the sink.
pub(super) fn folders_of(plan: &Plan) -> Vec<(String, PathBuf)> {
    fn collect(stages: &[PlannedStage], found: &mut Vec<(String, PathBuf)>) {
        for stage in stages {
            if let StageKind::Sink(sink) = &stage.kind
                && let Some(folder) = sink.folder()
            {
                found.push((stage.id.clone(), folder));
            }
            collect(&stage.next, found);
        }
    }
    let mut found = Vec::new();
    collect(&plan.stages, &mut found);
    found
}

/// Whether a sink can write its results.
pub(super) fn results(sink: &str, path: &Path) -> Finding {
    let help = format!("choose another folder: `--out {sink}=DIR`, or in the pipeline file");
    folder(&format!("folder of `{sink}`"), path, &help)
}

/// Whether files can be made in a folder, or the folder itself.
fn folder(what: &str, path: &Path, help: &str) -> Finding {
    let shown = words::path(path);
    let existing = path.ancestors().find(|path| path.exists());
    let Some(existing) = existing.filter(|path| !path.as_os_str().is_empty()) else {
        // A relative path of which nothing exists: its place is the current folder.
        return judge(what, &shown, Path::new("."), true, help);
    };
    judge(what, &shown, existing, existing != path, help)
}

fn judge(what: &str, shown: &str, existing: &Path, is_new: bool, help: &str) -> Finding {
    let text = if is_new {
        format!("{shown}, which will be made")
    } else {
        shown.to_owned()
    };
    if let Err(error) = tempfile::tempfile_in(existing) {
        let text = format!("{shown} can't be written to: {}", plainly(&error));
        return Finding::new(Level::Problem, what, text).with_help(help);
    }
    match space(existing) {
        Some(bytes) if bytes < SPACE => {
            let text = format!("{text}: only {} MB are free", bytes / 1_000_000);
            Finding::new(Level::Warning, what, text).with_help("free some space")
        }
        _ => Finding::fine(what, text),
    }
}

/// An error of a temporary file without the name of that file.
fn plainly(error: &io::Error) -> String {
    let inner = error.get_ref().and_then(std::error::Error::source);
    inner.map_or_else(|| error.kind().to_string(), ToString::to_string)
}

/// The bytes that are free in a folder.
#[cfg(unix)]
fn space(folder: &Path) -> Option<u64> {
    let figures = rustix::fs::statvfs(folder).ok()?;
    figures.f_bavail.checked_mul(figures.f_frsize)
}

#[cfg(not(unix))]
fn space(_: &Path) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_never_set_is_a_problem() {
        let unset = judge_clock(Timestamp::from_seconds(0), false);
        assert_eq!(unset.level, Level::Problem);
        assert!(unset.text.contains("1970"), "{}", unset.text);
        let now = Timestamp::from_seconds(1_800_000_000);
        assert_eq!(judge_clock(now, true).level, Level::Warning);
        assert_eq!(judge_clock(now, false).level, Level::Fine);
    }

    #[test]
    fn folders_need_not_exist_but_must_be_possible() {
        let folder = tempfile::tempdir().unwrap();
        let level = |path: &Path| results("garmin", path).level;
        assert_eq!(level(folder.path()), Level::Fine);
        let new = results("garmin", &folder.path().join("a/b"));
        assert_eq!(new.level, Level::Fine);
        assert!(new.text.ends_with("which will be made"), "{}", new.text);
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        let below = results("garmin", &file.join("b"));
        assert_eq!(below.level, Level::Problem);
        assert!(below.help.is_some());
    }
}
