use std::borrow::Cow;
use std::ops::Range;

use pipeline_plugin::is_hostile;

use super::{Diagnostic, Severity};
use crate::source::Span;

/// A piece of a diagnostic's text form. All pieces one after another are the whole text, which
/// can be understood without any colour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it is.
    pub style: Style,
    /// The text, without control characters other than line ends.
    pub text: String,
}

/// What a piece of a diagnostic's text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// The word `error`, and the underline of what is wrong.
    Error,
    /// The word `warning`, and the underline of what may be wrong.
    Warning,
    /// The words `note` and `help`, and the underline of another place.
    Note,
    /// What is wrong.
    Title,
    /// Line numbers and lines drawn beside the text.
    Frame,
    /// All else.
    Plain,
}

/// Columns of a source line that are shown; longer lines are cut around the place.
const WIDTH: usize = 160;
/// What a tab becomes.
const TAB: &str = "    ";

impl Diagnostic {
    /// The text form in pieces, for those who want to colour it. It ends with a line end.
    pub fn parts(&self) -> Vec<Part> {
        let style = match self.severity {
            Severity::Error => Style::Error,
            Severity::Warning => Style::Warning,
        };
        let word = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let mut parts = Parts(Vec::new());
        parts.push(style, word);
        parts.push(Style::Title, format!(": {}\n", neutral(&self.message)));
        let spans = self
            .span
            .iter()
            .chain(self.notes.iter().map(|(span, _)| span));
        let margin = spans.map(margin_of).max().unwrap_or(1);
        if let Some(span) = &self.span {
            parts.place(span, style, margin);
        }
        for (span, note) in &self.notes {
            parts.push(Style::Note, "note");
            parts.push(Style::Plain, format!(": {}\n", neutral(note)));
            parts.place(span, Style::Note, margin);
        }
        if let Some(help) = &self.help {
            parts.push(Style::Note, "help");
            parts.push(Style::Plain, format!(": {}\n", neutral(help)));
        }
        parts.0
    }
}

/// Width of the line number.
fn margin_of(span: &Span) -> usize {
    if span.source.has_lines {
        span.line().to_string().len()
    } else {
        1
    }
}

struct Parts(Vec<Part>);

impl Parts {
    fn push(&mut self, style: Style, text: impl Into<String>) {
        self.0.push(Part {
            style,
            text: text.into(),
        });
    }

    /// Where something stands: file, line and column, the line itself, and the underline.
    fn place(&mut self, span: &Span, style: Style, margin: usize) {
        let space = " ".repeat(margin);
        self.push(Style::Frame, format!("{space}--> "));
        self.push(Style::Plain, format!("{}\n", neutral(&span.to_string())));
        if span.source.text.is_empty() {
            return;
        }
        let line = span.line_text();
        let start = span.range.start - span.line_start();
        // Of a value of several lines, the first is underlined.
        let end = (span.range.end - span.line_start())
            .min(line.trim_end().len())
            .max(start);
        let (shown, underlined) = cut(line, start..end);
        let number = if span.source.has_lines {
            span.line().to_string()
        } else {
            String::new()
        };
        self.push(Style::Frame, format!("{space} |\n{number:>margin$} | "));
        self.push(Style::Plain, format!("{shown}\n"));
        self.push(Style::Frame, format!("{space} | "));
        self.push(Style::Plain, " ".repeat(underlined.start));
        self.push(style, "^".repeat(underlined.len().max(1)));
        self.push(Style::Plain, "\n");
    }
}

/// A line as it is shown, and the columns that `range` (bytes of the line) takes in it.
fn cut(line: &str, range: Range<usize>) -> (String, Range<usize>) {
    let before = neutral(line.get(..range.start).unwrap_or(line));
    let inside = neutral(line.get(range.clone()).unwrap_or_default());
    let after = neutral(line.get(range.end..).unwrap_or_default());
    let before = if width(&before) + width(&inside) > WIDTH {
        format!("…{}", last_columns(&before, WIDTH / 4))
    } else {
        before.into_owned()
    };
    let start = width(&before);
    let inside = first_columns(&inside, WIDTH.saturating_sub(start));
    let end = start + width(&inside);
    let after = first_columns(&after, WIDTH.saturating_sub(end));
    (
        format!("{before}{inside}{after}").trim_end().to_owned(),
        start..end,
    )
}

fn first_columns(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut left = columns;
    let fits = |c: &char| {
        let wide = columns_of(*c);
        let fits = wide <= left;
        left = left.saturating_sub(wide);
        fits
    };
    text.chars().take_while(fits).chain(['…']).collect()
}

fn last_columns(text: &str, columns: usize) -> &str {
    let mut left = columns;
    let start = text.char_indices().rev().take_while(|(_, c)| {
        let wide = columns_of(*c);
        let fits = wide <= left;
        left = left.saturating_sub(wide);
        fits
    });
    let start = start.last().map_or(text.len(), |(at, _)| at);
    &text[start..]
}

/// A text from outside that can be shown: tabs become spaces, other characters that would move the
/// cursor or turn the writing direction `�`.
pub fn neutral(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hostile) {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' => clean.push_str(TAB),
            c if is_hostile(c) => clean.push('\u{fffd}'),
            c => clean.push(c),
        }
    }
    Cow::Owned(clean)
}

/// Columns that a text takes on a terminal.
fn width(text: &str) -> usize {
    text.chars().map(columns_of).sum()
}

/// Columns that a character takes: two for East Asian and picture characters, none for marks
/// that stand above others. The ranges are the coarse ones of Unicode's `EastAsianWidth`.
fn columns_of(c: char) -> usize {
    match c {
        '\u{300}'..='\u{36f}'
        | '\u{200b}'..='\u{200d}'
        | '\u{20d0}'..='\u{20ff}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{fe20}'..='\u{fe2f}' => 0,
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{303e}'
        | '\u{3041}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f300}'..='\u{1f64f}'
        | '\u{1f680}'..='\u{1f6ff}'
        | '\u{1f900}'..='\u{1f9ff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

/// Characters of a value that are repeated in a message.
const QUOTED: usize = 40;

/// A text as it is repeated in messages: its beginning, on one line.
pub(crate) fn shorten(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    if line.chars().count() > QUOTED || line.len() < text.trim_end().len() {
        line.chars().take(QUOTED).chain(['…']).collect()
    } else {
        line.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::sync::Arc;

    use super::*;
    use crate::source::Source;

    fn drawn(text: &str, value: &str) -> String {
        let source = Arc::new(Source {
            name: "a.yaml".to_owned(),
            text: text.to_owned(),
            folder: PathBuf::new(),
            has_lines: true,
        });
        let start = text.find(value).unwrap();
        Diagnostic::error(&Span::new(&source, start..start + value.len()), "wrong").to_string()
    }

    #[test]
    fn underlines_stand_below_what_they_mean() {
        let check = |text, value, expected| assert_eq!(drawn(text, value), expected);
        check(
            "名前: 漕艇 # e\u{301}\tx\u{1b}[2J",
            "漕艇",
            "error: wrong\n --> a.yaml:1:5\n  |\n1 | 名前: 漕艇 # e\u{301}    x\u{fffd}[2J\n  |       ^^^^\n",
        );
        check(
            "a:\r\n\tb\r\n",
            "b",
            "error: wrong\n --> a.yaml:2:2\n  |\n2 |     b\n  |     ^\n",
        );
        check(
            "a: |\n  b\n",
            "|\n  b",
            "error: wrong\n --> a.yaml:1:4\n  |\n1 | a: |\n  |    ^\n",
        );
    }

    #[test]
    fn long_lines_are_cut_around_the_place() {
        let text = format!("[{}, wrong, {}]", "x".repeat(5000), "y".repeat(5000));
        let drawn = drawn(&text, "wrong");
        let lines: Vec<_> = drawn.lines().collect();
        assert!(
            lines.iter().all(|line| line.chars().count() < 180),
            "{drawn}"
        );
        let column = lines[4].find('^').unwrap();
        let shown: String = lines[3].chars().skip(column).take(5).collect();
        assert_eq!(shown, "wrong");
    }
}
