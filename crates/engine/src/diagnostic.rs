mod text;

use std::fmt;

use pipeline_plugin::Remedy;

use crate::source::Span;

pub(crate) use text::shorten;
pub use text::{Part, Style, neutral};

/// Something that is wrong, or may be, with its place in the pipeline file.
///
/// The engine makes diagnostics and prints none. All those of a file are collected and shown
/// together. `Display` is their text form; [`parts`](Self::parts) says what is what in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Whether the pipeline can run nevertheless.
    pub severity: Severity,
    /// What is wrong: a lower-case fragment without a final period.
    pub message: String,
    /// Where.
    pub span: Option<Span>,
    /// Other places that matter, each with what is there.
    pub notes: Vec<(Span, String)>,
    /// What to do, in the imperative.
    pub help: Option<String>,
    /// The settings that the help is about, where a stage has named them; each would do.
    pub remedies: Box<[Remedy]>,
}

/// Whether a pipeline can run in spite of a [`Diagnostic`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// It can't.
    Error,
    /// It can.
    Warning,
}

impl Diagnostic {
    /// Something wrong at a place.
    pub fn error(span: &Span, message: impl Into<String>) -> Self {
        Self {
            span: Some(span.clone()),
            ..Self::without_place(message)
        }
    }

    /// Something wrong without a place in a text.
    pub fn without_place(message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            message: message.into(),
            span: None,
            notes: Vec::new(),
            help: None,
            remedies: Box::default(),
        }
    }

    /// Something that may be wrong.
    pub fn warning(span: &Span, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(span, message)
        }
    }

    /// Says what to do about it.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says what to do about it, if that is known.
    #[must_use]
    pub fn with_maybe_help(mut self, help: Option<String>) -> Self {
        self.help = help.or(self.help);
        self
    }

    /// Points to another place that matters.
    #[must_use]
    pub fn with_note(mut self, span: &Span, note: impl Into<String>) -> Self {
        self.notes.push((span.clone(), note.into()));
        self
    }
}

/// `error: unknown option …`, where it stands with the value underlined, and what to do.
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts()
            .iter()
            .try_for_each(|part| f.write_str(&part.text))
    }
}
