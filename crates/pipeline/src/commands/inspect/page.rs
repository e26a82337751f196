//! A report under construction: labelled rows, wrapped, and tables.

use super::problem::Fault;
use super::table::Table;

/// Characters of a line; longer rows go on in the next.
const WIDTH: usize = 100;

/// Where the rows' text begins.
const INDENT: usize = 14;

/// Problems that are shown unless all are wanted.
const PROBLEMS: usize = 20;

/// Lines of text.
#[derive(Debug, Default)]
pub(super) struct Page {
    text: String,
}

impl Page {
    /// Adds a line.
    pub(super) fn line(&mut self, line: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(line);
    }

    /// Adds facts behind a label, wrapped between facts. Nothing if there are none.
    pub(super) fn row(&mut self, label: &str, facts: impl IntoIterator<Item = String>) {
        let mut line = format!("  {label:width$}", width = INDENT - 2);
        let mut is_first = true;
        for fact in facts {
            let separator = if is_first { "" } else { " · " };
            if !is_first && line.chars().count() + 3 + fact.chars().count() > WIDTH {
                self.line(&line);
                line = " ".repeat(INDENT);
            } else {
                line.push_str(separator);
            }
            line.push_str(&fact);
            is_first = false;
        }
        if !is_first {
            self.line(&line);
        }
    }

    /// Adds a table, indented; of many rows only some, unless `all` are wanted.
    pub(super) fn table(&mut self, table: &Table, indent: usize) {
        for line in table.lines() {
            self.line(&format!("{:indent$}{line}", ""));
        }
    }

    /// Adds what is wrong, one a line.
    pub(super) fn faults(&mut self, faults: &[Fault], all: bool) {
        let shown = if all { faults.len() } else { PROBLEMS };
        for fault in faults.iter().take(shown) {
            let (severity, place, text) = (fault.severity, fault.place(), fault.text());
            self.line(&format!("  {severity:<8} {place}: {text}"));
        }
        let more = faults.len().saturating_sub(shown);
        if more > 0 {
            self.line(&format!("  … and {more} more; `--all` shows them"));
        }
    }

    /// The text, without a line break at its end.
    pub(super) fn finish(self) -> String {
        self.text
    }
}
