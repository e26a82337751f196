use std::fmt;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

/// A text that settings stand in: a file, or a flag of the command line.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// Its name for people: the path as it was given, or `command line`.
    pub name: String,
    /// The whole text.
    pub text: String,
    /// The folder from which relative paths in it count.
    pub folder: PathBuf,
    /// Whether lines and columns mean something: not for flags.
    pub has_lines: bool,
}

/// A stretch of a [`Source`]: where a value stands.
#[derive(Clone, PartialEq, Eq)]
pub struct Span {
    /// The text.
    pub source: Arc<Source>,
    /// Bytes of the text.
    pub range: Range<usize>,
}

impl Span {
    /// A stretch of `source`; bounds outside the text are moved into it.
    pub fn new(source: &Arc<Source>, range: Range<usize>) -> Self {
        let floor = |mut at: usize| {
            at = at.min(source.text.len());
            while !source.text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let start = floor(range.start);
        let end = floor(range.end).max(start);
        Self {
            source: Arc::clone(source),
            range: start..end,
        }
    }

    /// The line, counted from 1.
    pub fn line(&self) -> usize {
        let before = self.source.text.get(..self.range.start).unwrap_or_default();
        1 + before.matches('\n').count()
    }

    /// The column in characters, counted from 1.
    pub fn column(&self) -> usize {
        let before = self.source.text.get(self.line_start()..self.range.start);
        1 + before.map_or(0, |text| text.chars().count())
    }

    /// Where its first line begins, in bytes.
    pub(crate) fn line_start(&self) -> usize {
        let before = self.source.text.get(..self.range.start).unwrap_or_default();
        before.rfind('\n').map_or(0, |newline| newline + 1)
    }

    /// Its first line, without the line's end.
    pub(crate) fn line_text(&self) -> &str {
        let rest = self
            .source
            .text
            .get(self.line_start()..)
            .unwrap_or_default();
        rest.lines().next().unwrap_or_default()
    }

    /// What stands there.
    pub fn text(&self) -> &str {
        self.source.text.get(self.range.clone()).unwrap_or_default()
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{:?}", self.source.name, self.range)
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source.name)?;
        if self.source.has_lines {
            write!(f, ":{}:{}", self.line(), self.column())?;
        }
        Ok(())
    }
}
