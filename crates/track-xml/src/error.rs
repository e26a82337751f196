//! Why a file can't be read, and where.

use std::{fmt, io};

use crate::repair::Repair;

/// Why a file can't be read (on), with the place.
#[derive(Debug)]
pub struct Error {
    /// What is wrong.
    pub kind: ErrorKind,
    /// The byte at which it was seen, counted from 0.
    pub offset: u64,
    /// The line at which it was seen, counted from 1.
    pub line: u64,
    /// The elements around it, outermost first, joined by `/`; empty outside the root.
    pub path: String,
}

/// What is wrong with a file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Occurs when the input itself fails.
    #[error("cannot read the input")]
    Io(#[source] io::Error),
    /// Occurs when there is nothing but white space.
    #[error("file is empty")]
    Empty,
    /// Occurs when the file does not begin like XML.
    #[error("not XML: {0}")]
    NotXml(String),
    /// Occurs when the root element is that of another format.
    #[error("not {expected}: {found}")]
    OtherFormat {
        /// The format that was expected.
        expected: &'static str,
        /// What the file is instead.
        found: String,
    },
    /// Occurs when the file ends too early.
    #[error("file ends too early: {0}")]
    Truncated(String),
    /// Occurs when tags don't fit together.
    #[error("end tag `{found}` where `{expected}` was expected")]
    MismatchedEnd {
        /// The tag that was read.
        found: String,
        /// The tag that was open.
        expected: String,
    },
    /// Occurs when a tag breaks the rules of XML.
    #[error("malformed XML: {0}")]
    Malformed(String),
    /// Occurs when the file declares a document type, which recordings never have and attacks do;
    /// names the format that was expected.
    #[error("document type declarations are refused; a {0} file has none")]
    Doctype(&'static str),
    /// Occurs when the file exceeds a limit.
    #[error("limit exceeded: {0}")]
    Limit(String),
    /// Occurs in strict mode at the first thing that needs a repair.
    #[error("refused by strict mode: {}{}", .0.kind, in_ticks(&.0.sample))]
    Strict(Repair),
    /// Occurs at the end of a file that holds no activity; says what it holds instead.
    #[error("no activity in the file{0}")]
    NoActivity(String),
    /// Occurs at the end of a file whose activities have nothing that can be used; says what they
    /// would have needed.
    #[error("no {0} in the file")]
    NoPoints(&'static str),
}

fn in_ticks(sample: &str) -> String {
    if sample.is_empty() {
        String::new()
    } else {
        format!(": `{sample}`")
    }
}

/// The last elements of a path: hostile files nest deeply.
fn innermost(path: &str) -> String {
    const SHOWN: usize = 8;
    let mut cuts = path.rmatch_indices('/');
    match cuts.nth(SHOWN - 1) {
        Some((cut, _)) => format!("…{}", path.get(cut..).unwrap_or_default()),
        None => path.to_owned(),
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (line {}, byte {}", self.kind, self.line, self.offset)?;
        if !self.path.is_empty() {
            write!(f, ", in {}", innermost(&self.path))?;
        }
        f.write_str(")")
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(&self.kind)
    }
}
