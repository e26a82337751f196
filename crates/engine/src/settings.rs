//! From the text of settings to JSON values of the types that a schema asks for.
//!
//! Everything that is wrong is reported; a value that can't be made out is left out.

mod number;
mod words;

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use pipeline_plugin::{Sport, units};
use serde_json::{Map, Value};

use crate::diagnostic::{Diagnostic, shorten};
use crate::document::absolute;
use crate::environment::Environment;
use crate::nearest::{did_you_mean, nearest};
use crate::schema::{Format, Kind, example, is_required, options, shape};
use crate::source::Span;
use crate::yaml::{Entry, Node, NodeKind};
use words::{boolean, choice, expected, sketch, split_help};

/// Reads settings and collects what is wrong in them.
pub(crate) struct Reading<'a> {
    pub(crate) environment: &'a Environment,
    pub(crate) problems: &'a mut Vec<Diagnostic>,
}

impl Reading<'_> {
    /// The options of a stage, or of the athlete. `None` if something is wrong: then it has
    /// been reported, and there is no use in asking the plugin.
    pub(crate) fn options(
        &mut self,
        node: &Node,
        schema: &Value,
        owner: &str,
        key: &Span,
    ) -> Option<Map<String, Value>> {
        let entries = match &node.kind {
            NodeKind::Map(entries) => entries.as_slice(),
            NodeKind::Null => &[],
            NodeKind::Unknown => return None,
            _ => {
                let message = format!("`{owner}` takes options, not {}", node.describe());
                self.report(
                    Diagnostic::error(&node.span, message).with_help(sketch(schema, owner)),
                );
                return None;
            }
        };
        let mut values = Map::new();
        let mut sound = true;
        for entry in entries {
            let name = entry.key.text.as_str();
            match schema["properties"].get(name) {
                None => {
                    self.unknown_option(entry, schema, owner);
                    sound = false;
                }
                Some(option) if is_absent(entry, option) => {}
                Some(option) => match self.value(&entry.value, option, name) {
                    Some(value) => drop(values.insert(name.to_owned(), value)),
                    None => sound = false,
                },
            }
        }
        sound &= self.has_required(entries, schema, owner, key);
        sound.then_some(values)
    }

    /// Whether all options are there that must be.
    fn has_required(&mut self, entries: &[Entry], schema: &Value, owner: &str, key: &Span) -> bool {
        let mut complete = true;
        let known: Vec<&str> = options(schema).map(|(name, _)| name).collect();
        let is_meant = |entry: &Entry, option: &str| {
            let name = entry.key.text.as_str();
            !known.contains(&name) && nearest(name, known.iter().copied()) == Some(option)
        };
        for (option, option_schema) in options(schema) {
            // A misspelled one is there; what is wrong with it has been said.
            let given = entries
                .iter()
                .any(|entry| entry.key.text == option || is_meant(entry, option));
            if !given && is_required(schema, option) {
                let message = format!("`{owner}` needs the option `{option}`");
                let help = format!("add `{option}: {}`", example(option_schema));
                self.report(Diagnostic::error(key, message).with_help(help));
                complete = false;
            }
        }
        complete
    }

    fn unknown_option(&mut self, entry: &Entry, schema: &Value, owner: &str) {
        let known: Vec<&str> = options(schema).map(|(name, _)| name).collect();
        let word = shorten(&entry.key.text);
        let help = did_you_mean(&entry.key.text, known.iter().copied()).unwrap_or_else(|| {
            if known.is_empty() {
                format!("`{owner}` has no options")
            } else {
                format!("`{owner}` has the options {}", known.join(", "))
            }
        });
        let message = format!("`{owner}` has no option `{word}`");
        self.report(Diagnostic::error(&entry.key.span, message).with_help(help));
    }

    /// The value of an option; `None` if it is wrong, which has been reported then.
    fn value(&mut self, node: &Node, schema: &Value, option: &str) -> Option<Value> {
        let shape = shape(schema);
        match (&node.kind, shape.kind) {
            (NodeKind::Unknown, _) => None,
            (NodeKind::Null, _) if shape.nullable => Some(Value::Null),
            (NodeKind::Null, _) => {
                let message = format!("`{option}` has no value");
                let help = format!("write `{option}: {}`, or remove the line", example(schema));
                self.wrong(node, message, help)
            }
            (NodeKind::Map(_), Kind::Map(schema)) => self
                .options(node, schema, option, &node.span)
                .map(Value::Object),
            (NodeKind::List(items), Kind::List(_)) if items.is_empty() && !may_be_empty(schema) => {
                let help = "write one or more of them".to_owned();
                self.wrong(node, format!("`{option}` is an empty list"), help)
            }
            (NodeKind::List(items), Kind::List(schema)) => {
                let items: Vec<_> = items
                    .iter()
                    .map(|item| self.value(item, schema, option))
                    .collect();
                items
                    .into_iter()
                    .collect::<Option<Vec<_>>>()
                    .map(Value::Array)
            }
            (_, Kind::OneOf(all)) => self.one_of(node, schema, &all, option),
            (_, Kind::Any) => Some(untyped(node)),
            (NodeKind::Scalar { text, quoted }, kind) => {
                self.scalar(node, text, *quoted, &kind, option)
            }
            (_, kind) => {
                let expected = expected(&kind);
                let message = format!("`{}` takes {expected}, not {}", option, node.describe());
                self.wrong(
                    node,
                    message,
                    format!("write for example `{}`", example(schema)),
                )
            }
        }
    }

    fn scalar(
        &mut self,
        node: &Node,
        text: &str,
        quoted: bool,
        kind: &Kind<'_>,
        option: &str,
    ) -> Option<Value> {
        let result = match kind {
            Kind::Boolean => boolean(text, quoted),
            Kind::Integer(bounds) => number::integer(text, quoted, *bounds),
            Kind::Number(bounds) => number::number(text, quoted, *bounds),
            Kind::Text(format) => self
                .text(text, *format, &node.span.source.folder)
                .map(Value::String),
            Kind::Choice(choices) => choice(text, choices),
            kind => {
                let help = match kind {
                    Kind::List(_) => format!("write `{option}: [{}]`", shorten(text)),
                    _ => format!("write `{option}: {{ … }}`"),
                };
                Err((
                    format!("takes {}, not a single value", expected(kind)),
                    help,
                ))
            }
        };
        match result {
            Ok(value) => Some(value),
            Err((message, help)) => {
                let gap = if message.starts_with(':') { "" } else { " " };
                self.wrong(node, format!("`{option}`{gap}{message}"), help)
            }
        }
    }

    fn text(&self, text: &str, format: Format<'_>, folder: &Path) -> Result<String, Wrong> {
        let explained = |error: String| split_help(text, &error);
        match format {
            Format::Quantity(format) => {
                units::parse(text, format).map_err(explained)?;
            }
            Format::Sport => {
                text.parse::<Sport>().map_err(explained)?;
            }
            Format::Plain => {}
            Format::Program if !text.starts_with("./") && !text.starts_with("../") => {}
            Format::Pattern if text == "-" => {}
            Format::File | Format::Path | Format::Folder | Format::Pattern | Format::Program => {
                return self.path(text, format, folder);
            }
        }
        Ok(text.to_owned())
    }

    /// A path of the file as an absolute one.
    fn path(&self, text: &str, format: Format<'_>, folder: &Path) -> Result<String, Wrong> {
        let wrong = |message: &str, help: &str| (message.to_owned(), help.to_owned());
        if text.trim().is_empty() {
            return Err(wrong("is empty", "write a path"));
        }
        if let Some(name) = variable(text) {
            return Err((
                format!("names the variable `{name}` in a way that is not replaced"),
                format!("write `\"${{{name}}}\"` with the quotation marks"),
            ));
        }
        // The folder's own name is no glob, even if it looks like one.
        let folder = match folder.to_str() {
            Some(name) if format == Format::Pattern && text.contains(['*', '?', '[']) => {
                Cow::Owned(PathBuf::from(glob::Pattern::escape(name)))
            }
            _ => Cow::Borrowed(folder),
        };
        let path = absolute(text, &folder, self.environment)
            .map_err(|error| wrong(&format!(": {error}"), "write the path out"))?;
        let path = path.into_os_string().into_string();
        path.map_err(|_| {
            wrong(
                "lies in a folder whose name is no UTF-8",
                "rename the folder",
            )
        })
    }

    /// A value for which the schema has several forms: the first that fits.
    fn one_of(
        &mut self,
        node: &Node,
        schema: &Value,
        all: &[&Value],
        option: &str,
    ) -> Option<Value> {
        let fits = |schema: &&&Value| {
            let kind = shape(schema).kind;
            match &node.kind {
                NodeKind::List(_) => matches!(kind, Kind::List(_)),
                NodeKind::Map(_) => matches!(kind, Kind::Map(_)),
                _ => !matches!(kind, Kind::List(_) | Kind::Map(_)),
            }
        };
        let candidates: Vec<_> = all.iter().filter(fits).collect();
        if let [only] = candidates[..] {
            return self.value(node, only, option);
        }
        for schema in &candidates {
            let mut problems = Vec::new();
            let mut attempt = Reading {
                environment: self.environment,
                problems: &mut problems,
            };
            if let Some(value) = attempt.value(node, schema, option) {
                return Some(value);
            }
        }
        // `500` for a quantity or a word: what the quantity lacks helps more than all forms.
        let is_number = |text: &str| text.starts_with(|c: char| c.is_ascii_digit() || c == '-');
        let measured: Vec<_> = candidates
            .iter()
            .filter(|schema| !matches!(shape(schema).kind, Kind::Choice(_)))
            .collect();
        if let (NodeKind::Scalar { text, .. }, [only]) = (&node.kind, &measured[..])
            && is_number(text)
        {
            return self.value(node, only, option);
        }
        let forms: Vec<_> = all
            .iter()
            .map(|schema| expected(&shape(schema).kind))
            .collect();
        let message = format!("`{}` takes {}", option, forms.join(", or "));
        self.wrong(
            node,
            message,
            format!("write for example `{}`", example(schema)),
        )
    }

    fn wrong(&mut self, node: &Node, message: String, help: String) -> Option<Value> {
        let help = (!help.is_empty()).then_some(help);
        self.report(Diagnostic::error(&node.span, message).with_maybe_help(help));
        None
    }

    fn report(&mut self, problem: Diagnostic) {
        self.problems.push(problem);
    }
}

/// What is wrong with a value (behind the option's name: a verb, or a colon and a sentence), and
/// what to do.
type Wrong = (String, String);

/// The name of a variable that a path has a part of its own for, as shells write it: `$HOME` or
/// `%USERPROFILE%`. Nobody wants a folder of that name; what is replaced is `"${HOME}"`.
fn variable(path: &str) -> Option<&str> {
    let is_name = |name: &&str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    path.split(['/', '\\']).find_map(|part| {
        let shell = part.strip_prefix('$');
        let windows = || part.strip_prefix('%')?.strip_suffix('%');
        shell.or_else(windows).filter(is_name)
    })
}

/// Whether an optional value is left open: `weight:` or `weight: null`.
fn is_absent(entry: &Entry, schema: &Value) -> bool {
    let shape = shape(schema);
    shape.nullable
        && match &entry.value.kind {
            NodeKind::Null => true,
            NodeKind::Scalar {
                text,
                quoted: false,
            } => match &shape.kind {
                // `~` is the home folder.
                Kind::Text(Format::File | Format::Path | Format::Folder) => text == "null",
                _ => text == "null" || text == "~",
            },
            _ => false,
        }
}

/// A value whose type no schema tells: numbers and truth values as in JSON, all else is text.
fn untyped(node: &Node) -> Value {
    match &node.kind {
        NodeKind::Null | NodeKind::Unknown => Value::Null,
        NodeKind::Scalar {
            text,
            quoted: false,
        } => match serde_json::from_str(text) {
            Ok(value @ (Value::Null | Value::Bool(_) | Value::Number(_))) => value,
            _ => Value::String(text.clone()),
        },
        NodeKind::Scalar { text, .. } => Value::String(text.clone()),
        NodeKind::List(items) => items.iter().map(untyped).collect(),
        NodeKind::Map(entries) => entries
            .iter()
            .map(|entry| (entry.key.text.clone(), untyped(&entry.value)))
            .collect(),
    }
}

/// Whether a list may have no items.
fn may_be_empty(schema: &Value) -> bool {
    schema.get("minItems").is_none_or(|least| *least == 0)
}
