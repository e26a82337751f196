use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;

/// How much something that a stage says matters; the most important first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Something is lost, although the run goes on. Always shown.
    Error,
    /// Something was repaired or left out. Shown unless `--quiet`.
    Warn,
    /// What is going on. Shown with `--verbose`.
    Info,
    /// For the author of the plugin. Shown with `-vv`, or where `PIPELINE_LOG` is `debug`.
    Debug,
}

impl Level {
    /// The word for people: `error`, `warning`, `info`, `debug`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warning",
            Self::Info => "info",
            Self::Debug => "debug",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How far something long has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// What is done: `20260712083000.fit`, `history`. One at a time and stage.
    pub what: String,
    /// How much of it is done.
    pub done: u64,
    /// How much there is in all, where that is known.
    pub total: Option<u64>,
    /// What is counted.
    pub unit: ProgressUnit,
}

/// What a [`Progress`] counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ProgressUnit {
    /// Bytes.
    Bytes,
    /// Anything else: files, days, records.
    Items,
}

impl Progress {
    /// So many bytes of `what`.
    pub fn bytes(what: impl Into<String>, done: u64, total: Option<u64>) -> Self {
        Self {
            what: what.into(),
            done,
            total,
            unit: ProgressUnit::Bytes,
        }
    }

    /// So many items of `what`.
    pub fn items(what: impl Into<String>, done: u64, total: Option<u64>) -> Self {
        Self {
            what: what.into(),
            done,
            total,
            unit: ProgressUnit::Items,
        }
    }

    /// Whether there is nothing left to do.
    pub fn is_complete(&self) -> bool {
        self.total.is_some_and(|total| self.done >= total)
    }
}

/// What a stage says while it works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The name of the stage, as the pipeline file has it.
    pub stage: String,
    /// What it says.
    pub said: Said,
}

/// What a stage says while it works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// A line for the person who ran the pipeline: a lower-case fragment without a final period.
    Log(Level, String),
    /// How far something has come.
    Progress(Progress),
}

/// How often the progress of one thing is passed on.
const PACE: Duration = Duration::from_millis(100);

/// Keeps progress from being told more often than anybody can see it.
#[derive(Debug, Default)]
pub(crate) struct Pace(Mutex<HashMap<String, (String, Instant)>>);

impl Pace {
    /// Whether this is to be told now. The first and the last of each thing always are.
    pub(crate) fn admits(&self, stage: &str, progress: &Progress) -> bool {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if progress.is_complete() {
            last.remove(stage);
            return true;
        }
        let now = Instant::now();
        match last.get_mut(stage) {
            Some((what, at)) if *what == progress.what => {
                let is_due = now.duration_since(*at) >= PACE;
                if is_due {
                    *at = now;
                }
                is_due
            }
            _ => {
                last.insert(stage.to_owned(), (progress.what.clone(), now));
                true
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_told_at_the_start_and_the_end_and_seldom_between() {
        let pace = Pace::default();
        let told = |done| pace.admits("xoss", &Progress::bytes("a.fit", done, Some(5_000)));
        let many = (0..=5_000).filter(|done| told(*done)).count();
        assert!(told(5_000), "the end is always told");
        assert!((2..100).contains(&many), "{many}");
        assert!(pace.admits("xoss", &Progress::items("files", 1, None)));
        assert!(pace.admits("other", &Progress::items("files", 1, None)));
        assert!(!pace.admits("xoss", &Progress::items("files", 2, None)));
    }
}
