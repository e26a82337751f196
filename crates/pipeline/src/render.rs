//! Diagnostics on standard error: the engine's text form, in colour where colours are wanted.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};

use pipeline_engine::{Diagnostic, Severity, Style};

use crate::words;

/// Diagnostics of one file that are shown; a file with more is not what it should be.
const SHOWN: usize = 50;

/// Prints what is wrong in a pipeline file.
pub(crate) fn diagnostics(diagnostics: &[Diagnostic]) {
    let text = text(diagnostics, has_colour());
    // Nobody is left to be told that standard error is gone.
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Whether standard error is a terminal whose user has not forbidden colours.
fn has_colour() -> bool {
    let forbidden = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    !forbidden && !dumb && io::stderr().is_terminal()
}

fn text(diagnostics: &[Diagnostic], colour: bool) -> String {
    let mut text = String::new();
    for diagnostic in diagnostics.iter().take(SHOWN) {
        for part in diagnostic.parts() {
            match code(part.style).filter(|_| colour) {
                Some(code) => {
                    let _ = write!(text, "\x1b[{code}m{}\x1b[0m", part.text);
                }
                None => text.push_str(&part.text),
            }
        }
        text.push('\n');
    }
    let more = diagnostics.len().saturating_sub(SHOWN);
    if more > 0 {
        let _ = writeln!(text, "… and {more} more\n");
    }
    let errors = diagnostics
        .iter()
        .filter(|one| one.severity == Severity::Error)
        .count();
    if errors > 1 {
        let _ = writeln!(text, "{}", words::count(errors, "error", "errors"));
    }
    text
}

/// The terminal's code for a style.
fn code(style: Style) -> Option<&'static str> {
    match style {
        Style::Error => Some("1;31"),
        Style::Warning => Some("1;33"),
        Style::Note => Some("1;36"),
        Style::Title => Some("1"),
        Style::Frame => Some("34"),
        Style::Plain => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_adds_nothing_but_codes() {
        let problem = Diagnostic::without_place("a \x1b[2J trick").with_help("look away");
        let plain = text(&[problem.clone(), problem.clone()], false);
        assert_eq!(
            plain,
            "error: a \u{fffd}[2J trick\nhelp: look away\n\n\
             error: a \u{fffd}[2J trick\nhelp: look away\n\n2 errors\n"
        );
        let mut coloured = text(&[problem.clone(), problem], true);
        assert_ne!(coloured, plain);
        for code in ["1;31", "1;33", "1;36", "1", "34", "0"] {
            coloured = coloured.replace(&format!("\x1b[{code}m"), "");
        }
        assert_eq!(coloured, plain);
    }

    #[test]
    fn a_flood_is_cut() {
        let many = vec![Diagnostic::without_place("wrong"); 1234];
        let text = text(&many, false);
        assert!(
            text.ends_with("\n… and 1184 more\n\n1,234 errors\n"),
            "{text}"
        );
    }
}
