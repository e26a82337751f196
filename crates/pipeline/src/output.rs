//! What a run tells: results on standard output, everything else on standard error.

mod aside;
mod bars;
mod json;
mod text;
mod volume;

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use pipeline_engine::{Report, Totals};
use pipeline_plugin::Error;

use crate::{exit, words};

pub(crate) use aside::{VIEW, interrupt};
pub(crate) use json::Json;
pub(crate) use text::{Mode, Text};
pub(crate) use volume::Volume;

/// Renders the reports of a run.
pub(crate) trait Output {
    /// Something that the run has to say.
    fn report(&mut self, report: Report);

    /// The run has ended.
    fn summary(&mut self, totals: &Totals);

    /// The run could not go on.
    fn error(&mut self, error: &Error);
}

/// Writes to standard error. If that can't be done there is nobody to tell.
pub(crate) fn tell(words: std::fmt::Arguments<'_>) {
    let _ = io::stderr().lock().write_fmt(words);
}

/// Whether something could not be written to standard output.
static LOST: AtomicBool = AtomicBool::new(false);

/// Writes a line of results.
pub(crate) fn result_line(line: &str) {
    results(&format!("{line}\n"));
}

/// Writes results. A reader that has gone away (`| head`) is no error, and must not end a run in
/// the middle; anything else is told at the end.
pub(crate) fn results(text: &str) {
    let mut out = io::stdout();
    if let Err(error) = out.write_all(text.as_bytes()).and_then(|()| out.flush())
        && error.kind() != io::ErrorKind::BrokenPipe
        && !LOST.swap(true, Ordering::Relaxed)
    {
        eprintln!("error: cannot write to standard output: {error}");
    }
}

/// Whether results were lost.
pub(crate) fn is_lost() -> bool {
    LOST.load(Ordering::Relaxed)
}

/// Says why a file or folder of the person's choice could not be made; gives the exit code.
pub(crate) fn not_made(shown: &str, error: &io::Error) -> u8 {
    if error.kind() == io::ErrorKind::AlreadyExists {
        eprintln!("error: `{shown}` exists already");
        eprintln!("help: choose another name, or remove it first");
        return exit::FAILED;
    }
    eprintln!("error: cannot write `{shown}`: {error}");
    exit::RESOURCE
}

/// An error with its causes and what to do, on standard error.
pub(crate) fn error_text(input: &str, error: &Error) -> String {
    helped_text(input, error, error.help())
}

/// The same with other words about what to do.
fn helped_text(input: &str, error: &Error, help: Option<&str>) -> String {
    let mut text = String::from("error: ");
    let message = words::clean(&error.with_causes());
    if !input.is_empty() && !message.contains(&format!("`{input}`")) {
        text.push_str(&words::path(std::path::Path::new(input)));
        text.push_str(": ");
    }
    text.push_str(&message);
    if let Some(help) = help {
        text.push_str("\nhelp: ");
        text.push_str(&words::clean(help));
    }
    text
}
