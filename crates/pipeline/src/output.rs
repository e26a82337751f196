//! What a run tells: results on standard output, everything else on standard error.

mod json;
mod text;

use std::io::{self, Write};

use pipeline_engine::{Report, Totals};
use pipeline_plugin::Error;

pub(crate) use json::Json;
pub(crate) use text::Text;

/// Renders the reports of a run.
pub(crate) trait Output {
    /// Something that the run has to say.
    fn report(&mut self, report: Report);

    /// The run has ended.
    fn summary(&mut self, totals: &Totals);

    /// The run could not go on.
    fn error(&mut self, error: &Error);
}

/// Writes a line of results. A reader that has gone away (`| head`) is no error.
pub(crate) fn result_line(line: &str) {
    if let Err(error) = writeln!(io::stdout(), "{line}")
        && error.kind() == io::ErrorKind::BrokenPipe
    {
        std::process::exit(0);
    }
}

/// An error with its causes and what to do, on standard error.
pub(crate) fn error_text(input: &str, error: &Error) -> String {
    let mut text = String::from("error: ");
    if !input.is_empty() {
        text.push_str(&crate::words::path(std::path::Path::new(input)));
        text.push_str(": ");
    }
    text.push_str(&crate::words::clean(&error.with_causes()));
    if let Some(help) = error.help() {
        text.push_str("\nhelp: ");
        text.push_str(&crate::words::clean(help));
    }
    text
}
