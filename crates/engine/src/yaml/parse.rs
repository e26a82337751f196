use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use serde_yaml::granit_parser::{
    ErrorKind, Event, Parser, ScalarStyle, ScanError, Span as ParserSpan, Tag,
};

use super::variables::{Wrong, expand};
use super::{Entry, Key, Node, NodeKind};
use crate::diagnostic::Diagnostic;
use crate::environment::Environment;
use crate::source::{Source, Span};

/// Lists and maps in one another; a pipeline file needs a handful.
const DEPTH: usize = 32;

/// A text that is YAML.
#[derive(Debug)]
pub(crate) struct Parsed {
    /// The one document; `Null` if the text has none.
    pub(crate) root: Node,
    /// What is refused in it, although it is YAML.
    pub(crate) problems: Vec<Diagnostic>,
}

/// Reads a part of a text as YAML. Variables are replaced if there is an environment.
///
/// # Errors
///
/// Why it is no YAML.
pub(crate) fn parse(
    source: &Arc<Source>,
    range: Range<usize>,
    environment: Option<&Environment>,
) -> Result<Parsed, Diagnostic> {
    let start = range.start;
    let text = source.text.get(range).unwrap_or_default();
    let mut tree = Tree {
        parser: Parser::new_from_str(text),
        source,
        start,
        environment,
        problems: Vec::new(),
    };
    let root = tree.document()?;
    Ok(Parsed {
        root,
        problems: tree.problems,
    })
}

struct Tree<'a> {
    parser: Parser<'a, serde_yaml::granit_parser::StrInput<'a>>,
    source: &'a Arc<Source>,
    /// Where the parser's text begins in the source.
    start: usize,
    environment: Option<&'a Environment>,
    problems: Vec<Diagnostic>,
}

impl<'a> Tree<'a> {
    fn document(&mut self) -> Result<Node, Diagnostic> {
        let mut root = None;
        while let Some((event, span)) = self.next()? {
            match event {
                Event::DocumentStart(..) if root.is_some() => {
                    return Err(Diagnostic::error(&span, "a second document begins here")
                        .with_help("write each pipeline into a file of its own"));
                }
                Event::StreamEnd => break,
                Event::StreamStart | Event::DocumentStart(..) | Event::DocumentEnd => {}
                event => root = Some(self.node(event, &span, 0)?),
            }
        }
        Ok(root.unwrap_or_else(|| Node {
            span: Span::new(self.source, self.start..self.start),
            kind: NodeKind::Null,
        }))
    }

    fn node(&mut self, event: Event<'a>, span: &Span, depth: usize) -> Result<Node, Diagnostic> {
        if depth > DEPTH {
            return Err(
                Diagnostic::error(span, "too many lists and maps in one another")
                    .with_help(format!("use at most {DEPTH} levels")),
            );
        }
        let start = span.range.start;
        let (kind, end) = match event {
            Event::Scalar(text, style, _, tag) => {
                self.refuse_tag(tag.as_deref(), span);
                (self.scalar(&text, style, span), span.range.end)
            }
            Event::SequenceStart(_, _, tag) => {
                self.refuse_tag(tag.as_deref(), span);
                self.list(depth)?
            }
            Event::MappingStart(_, _, tag) => {
                self.refuse_tag(tag.as_deref(), span);
                self.map(depth)?
            }
            Event::Alias(_) => {
                let message = format!("the alias `{}` can't be used here", span.text().trim());
                let help = "write the value out: pipeline files have no aliases";
                self.problems
                    .push(Diagnostic::error(span, message).with_help(help));
                (NodeKind::Unknown, span.range.end)
            }
            _ => (NodeKind::Unknown, span.range.end),
        };
        Ok(Node {
            span: Span::new(self.source, start..end),
            kind,
        })
    }

    /// The rest of a list, and where it ends.
    fn list(&mut self, depth: usize) -> Result<(NodeKind, usize), Diagnostic> {
        let mut items: Vec<Node> = Vec::new();
        let mut end = 0;
        while let Some((event, span)) = self.next()? {
            if matches!(event, Event::SequenceEnd) {
                // A block ends where its last item does; a bracket is a place of its own.
                end = end.max(if span.text() == "]" {
                    span.range.end
                } else {
                    0
                });
                break;
            }
            let item = self.node(event, &span, depth + 1)?;
            end = item.span.range.end;
            items.push(item);
        }
        Ok((NodeKind::List(items), end))
    }

    /// The rest of a map, and where it ends.
    fn map(&mut self, depth: usize) -> Result<(NodeKind, usize), Diagnostic> {
        let mut end = 0;
        let mut entries: Vec<Entry> = Vec::new();
        let mut known: HashMap<String, usize> = HashMap::new();
        while let Some((event, span)) = self.next()? {
            if matches!(event, Event::MappingEnd) {
                end = end.max(if span.text() == "}" {
                    span.range.end
                } else {
                    0
                });
                break;
            }
            end = span.range.end;
            let key = self.key(event, span, depth)?;
            let Some((event, span)) = self.next()? else {
                break;
            };
            let mut value = self.node(event, &span, depth + 1)?;
            end = end.max(value.span.range.end);
            let Some(key) = key else { continue };
            if matches!(value.kind, NodeKind::Null) {
                value.span = key.span.clone();
            }
            if let Some(first) = known.get(&key.text).and_then(|index| entries.get(*index)) {
                let message = format!("`{}` is given twice", key.text);
                let twice = Diagnostic::error(&key.span, message)
                    .with_note(&first.key.span, "the first time is here")
                    .with_help("remove one of the two");
                self.problems.push(twice);
                continue;
            }
            known.insert(key.text.clone(), entries.len());
            entries.push(Entry { key, value });
        }
        Ok((NodeKind::Map(entries), end))
    }

    /// A key; `None` if it can't be one, which has been reported then.
    fn key(
        &mut self,
        event: Event<'a>,
        span: Span,
        depth: usize,
    ) -> Result<Option<Key>, Diagnostic> {
        let Event::Scalar(text, style, ..) = event else {
            let key = self.node(event, &span, depth + 1)?;
            if !matches!(key.kind, NodeKind::Unknown) {
                let message = format!("{} can't be a key", key.describe());
                let key = Diagnostic::error(&key.span, message);
                self.problems
                    .push(key.with_help("write plain text before the colon"));
            }
            return Ok(None);
        };
        if text == "<<" && style == ScalarStyle::Plain {
            let help = "write the options out: pipeline files have no merge keys";
            self.problems.push(
                Diagnostic::error(&span, "the merge key `<<` can't be used here").with_help(help),
            );
            return Ok(None);
        }
        Ok(Some(Key {
            text: text.into_owned(),
            span,
        }))
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, span: &Span) -> NodeKind {
        let quoted = style != ScalarStyle::Plain;
        // The parser gives `~` for a value that is not there.
        if span.range.is_empty() && !quoted {
            return NodeKind::Null;
        }
        let Some(environment) = self.environment else {
            return NodeKind::Scalar {
                text: text.to_owned(),
                quoted,
            };
        };
        match expand(text, environment) {
            Ok(text) => NodeKind::Scalar { text, quoted },
            Err(wrong) => {
                self.problems.push(wrong_variable(span, &wrong));
                NodeKind::Unknown
            }
        }
    }

    fn refuse_tag(&mut self, tag: Option<&Tag>, span: &Span) {
        if tag.is_some() {
            self.problems.push(
                Diagnostic::error(span, "a tag (`!…`) can't be used here")
                    .with_help("remove the tag: an option's type is known"),
            );
        }
    }

    fn next(&mut self) -> Result<Option<(Event<'a>, Span)>, Diagnostic> {
        match self.parser.next_event() {
            None => Ok(None),
            Some(Ok((event, span))) => Ok(Some((event, self.span(&span)))),
            Some(Err(error)) => Err(self.no_yaml(&error)),
        }
    }

    fn span(&self, span: &ParserSpan) -> Span {
        let at = |marker: &serde_yaml::granit_parser::Marker| {
            self.start + marker.byte_offset().unwrap_or_default()
        };
        Span::new(self.source, at(&span.start)..at(&span.end))
    }

    fn no_yaml(&self, error: &ScanError) -> Diagnostic {
        let offset = self.start + error.marker().byte_offset().unwrap_or_default();
        let mut span = Span::new(self.source, offset..offset);
        if span.line_text().trim().is_empty() {
            // The end of the text says nothing: point at what stands before it.
            let end = self.source.text[..span.range.start].trim_end().len();
            span = Span::new(self.source, end.saturating_sub(1)..end);
        }
        let line = span.line_text();
        let indent = &line[..line.len() - line.trim_start().len()];
        if indent.contains('\t') {
            return Diagnostic::error(&span, "this is no YAML: a tab can't indent")
                .with_help("indent with spaces");
        }
        let (message, help) = explain(error);
        let help = if line.contains("${") && line.contains(['{', '[']) && help.is_none() {
            Some("write quotes around a variable inside `{ }` and `[ ]`: `\"${NAME}\"`")
        } else {
            help
        };
        Diagnostic::error(&span, format!("this is no YAML: {message}"))
            .with_maybe_help(help.map(str::to_owned))
    }
}

/// The parser's error in words for people who do not know the grammar, where they help.
fn explain(error: &ScanError) -> (String, Option<&'static str>) {
    let (message, help) = match error.kind() {
        ErrorKind::UnknownAnchor => (
            "`*` begins an alias",
            "write quotes around a text that begins with `*`: `\"*.tcx\"`",
        ),
        ErrorKind::UnexpectedCharacter { .. } => (
            "a text can't begin with this character",
            "write quotes around the text",
        ),
        ErrorKind::MappingValueNotAllowed => (
            "a colon can't stand here",
            "write quotes around a text with `: ` in it, or check the indentation",
        ),
        ErrorKind::UnclosedQuotedScalar => ("the quote is not closed", "add the closing quote"),
        ErrorKind::UnclosedFlowCollection { .. } => {
            ("the bracket is not closed", "add the closing bracket")
        }
        ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::ExpectedBlockSequenceEntry
        | ErrorKind::InvalidIndentation => (
            "this does not fit to the lines before it",
            "indent it like the lines that it belongs to",
        ),
        ErrorKind::ExpectedFlowMappingSeparator | ErrorKind::ExpectedFlowSequenceSeparator => {
            return (
                "a comma or a closing bracket is missing before this".to_owned(),
                None,
            );
        }
        _ => return (error.info(), None),
    };
    (message.to_owned(), Some(help))
}

fn wrong_variable(span: &Span, wrong: &Wrong) -> Diagnostic {
    let within = |text: &str| match span.text().find(text) {
        Some(at) => {
            let start = span.range.start + at;
            let end = span.text()[at..]
                .find('}')
                .map_or(at + text.len(), |end| at + end + 1);
            Span::new(&span.source, start..span.range.start + end)
        }
        None => span.clone(),
    };
    match wrong {
        Wrong::Unset(name) => {
            let message = format!("the variable `{name}` is not set");
            Diagnostic::error(&within(&format!("${{{name}")), message).with_help(format!(
                "set it, or write `${{{name}:-…}}` with what to use instead"
            ))
        }
        Wrong::Malformed => Diagnostic::error(&within("${"), "`${` begins no variable")
            .with_help("write `${NAME}` or `${NAME:-default}`; `$$` stands for a `$`"),
    }
}
