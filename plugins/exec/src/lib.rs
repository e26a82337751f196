//! The transform and the sink that are programs: any language that can read and write lines.
//!
//! One program is started for each stream. Its standard input is JSON Lines, in the form that
//! `--tap` prints: `{"open": header}`, then the items, then `{"finish": summary}` and the end.
//! What it writes to its standard output, one JSON object a line:
//!
//! | line | meaning |
//! |---|---|
//! | `{"samples": …}`, `{"lap": …}`, `{"event": …}`, `{"curve": …}`, `{"bytes": …}` | an item that a transform sends |
//! | `{"warn": "text"}` | something that the user should know |
//! | `{"fail": "text"}` | why the stream can't go on |
//! | `{"finish": {…}}` | what a transform changes in the summary: a JSON Merge Patch |
//! | `{"done": "place"}` | where a sink has delivered to |
//! | `{"open": …}` | nothing: a program may copy what it does not know |
//!
//! What it writes to standard error becomes part of the error if it fails. A program that neither
//! takes nor says anything for 30 s is stopped. Both sides may write at once: nothing waits for
//! the other's pipe for ever.
//!
//! Nothing is run unless [`allow`] was called: a pipeline file by itself can't start programs.

mod child;
mod stages;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use pipeline_plugin::{Error, ErrorKind, Plugin, Problem, Result};
use schemars::JsonSchema;
use serde::Deserialize;

/// Runs a program that reads and writes items as JSON Lines.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exec {
    /// The program and its arguments; no shell looks at them. What begins with `./` or `../` is
    /// relative to the pipeline file.
    #[schemars(extend(
        "items" = { "type": "string", "format": "program" },
        "examples" = [["python3", "./smooth.py"]]
    ))]
    command: Vec<String>,
    /// Folder to run it in; the current one, if not given.
    #[serde(default)]
    #[schemars(extend("format" = "path"))]
    directory: Option<PathBuf>,
}

static ALLOWED: AtomicBool = AtomicBool::new(false);

/// Lets pipelines of this process run programs: the user has said so.
pub fn allow() {
    ALLOWED.store(true, Ordering::Relaxed);
}

/// The plugins `exec`: a transform and a sink.
pub fn plugins() -> [Plugin; 2] {
    let about = "run a program that speaks JSON Lines";
    [
        Plugin::transform::<Exec>("exec", about),
        Plugin::sink::<Exec>("exec", about, ""),
    ]
}

impl Exec {
    fn program(&self) -> &str {
        self.command.first().map_or("", String::as_str)
    }

    fn problems(&self) -> Vec<Problem> {
        let empty = self.program().trim().is_empty();
        let problem = Problem::at("command", "there is no program to run");
        let help = "write `command: [python3, smooth.py]`";
        empty.then(|| problem.with_help(help)).into_iter().collect()
    }

    fn is_allowed(&self) -> Result<()> {
        if ALLOWED.load(Ordering::Relaxed) {
            return Ok(());
        }
        let message = format!("`{}` may not be run", self.program());
        Err(Error::new(ErrorKind::Plugin, message).with_help("add `--allow-exec`"))
    }
}
