//! From `tcx/laps,calories/garmin` to a pipeline file with every option as a comment.

use std::fmt::Write;
use std::path::PathBuf;
use std::sync::Arc;

use pipeline_plugin::{Athlete, Plugin, schema_of};

use crate::describe::{OptionRow, describe, rows};
use crate::diagnostic::Diagnostic;
use crate::outline::unknown_plugin;
use crate::registry::Registry;
use crate::registry::Section;
use crate::source::{Source, Span};
use crate::yaml::Key;

/// Columns of a comment.
const WIDTH: usize = 90;

/// A pipeline file to begin with, from `SOURCES/TRANSFORMS/SINKS` with commas between several;
/// the transforms may be left out.
///
/// It is complete except for what only the user knows, such as the athlete's weight.
///
/// # Errors
///
/// What is no such expression, or no plugin.
pub fn skeleton(expression: &str, registry: &Registry) -> Result<String, Vec<Diagnostic>> {
    let source = Arc::new(Source {
        name: "command line".to_owned(),
        text: expression.to_owned(),
        folder: PathBuf::new(),
        has_lines: false,
    });
    let whole = Span::new(&source, 0..expression.len());
    let parts = split(&whole, '/');
    let kinds: &[Section] = match parts.len() {
        2 => &[Section::Source, Section::Sink],
        3 => &[Section::Source, Section::Transform, Section::Sink],
        _ => {
            let message = "this is no pipeline";
            return Err(vec![Diagnostic::error(&whole, message).with_help(
                "write SOURCE/TRANSFORMS/SINK, such as `tcx/laps,calories/garmin`",
            )]);
        }
    };
    let mut problems = Vec::new();
    let mut sections = Vec::new();
    for (part, kind) in parts.iter().zip(kinds) {
        let mut plugins = Vec::new();
        let none = part.text().trim().is_empty() && *kind == Section::Transform;
        for name in if none { Vec::new() } else { split(part, ',') } {
            match find(&name, *kind, registry) {
                Ok(plugin) => plugins.push(plugin),
                Err(problem) => problems.push(problem),
            }
        }
        sections.push((*kind, plugins));
    }
    if problems.is_empty() {
        Ok(write(expression, &sections))
    } else {
        Err(problems)
    }
}

/// The parts of a text between separators, without the spaces around them.
fn split(span: &Span, separator: char) -> Vec<Span> {
    let mut start = span.range.start;
    span.text()
        .split(separator)
        .map(|part| {
            let begins = start + part.len() - part.trim_start().len();
            start += part.len() + separator.len_utf8();
            Span::new(&span.source, begins..begins + part.trim().len())
        })
        .collect()
}

fn find(name: &Span, kind: Section, registry: &Registry) -> Result<Arc<Plugin>, Diagnostic> {
    match registry.get(name.text(), kind) {
        Ok(plugin) => Ok(Arc::clone(plugin)),
        Err(Some(other)) => {
            let right = Section::of(other).name();
            let message = format!("`{}` is a {right}, not a {}", name.text(), kind.name());
            let help = "the order is SOURCE/TRANSFORMS/SINK, with commas between several";
            Err(Diagnostic::error(name, message).with_help(help))
        }
        Err(None) => {
            let key = Key {
                text: name.text().to_owned(),
                span: name.clone(),
            };
            Err(unknown_plugin(&key, kind, registry))
        }
    }
}

fn write(expression: &str, sections: &[(Section, Vec<Arc<Plugin>>)]) -> String {
    let ends = [sections.first(), sections.last()];
    let names: Vec<_> = ends
        .iter()
        .flatten()
        .filter_map(|(_, plugins)| plugins.first())
        .map(|plugin| plugin.name.as_str())
        .collect();
    let mut text = format!(
        "# Made by `pipeline new {expression}`.\n\
         # Check it with `pipeline check FILE`, run it with `pipeline run FILE`.\n\
         # Lines such as `# every: 500 m` show an option with its default, or with an example\n\
         # where there is none; remove the `# ` to set it.\n\
         name: {}\n\n\
         # Whose activities these are: what calories and zones are computed from.\n\
         # Or the path of a file with these values: `athlete: athlete.yaml`\n\
         athlete:\n",
        names.join("-to-")
    );
    for row in rows(&schema_of::<Athlete>()) {
        option(&mut text, "  ", &row);
    }
    for (kind, plugins) in sections {
        let single = *kind == Section::Source && plugins.len() == 1;
        if plugins.is_empty() {
            continue;
        }
        let key = match kind {
            Section::Source if single => "source",
            Section::Source => "sources",
            Section::Transform => "transforms",
            Section::Sink => "sinks",
        };
        let _ = writeln!(text, "\n{key}:");
        for plugin in plugins {
            stage(&mut text, plugin, single);
        }
    }
    text
}

fn stage(text: &mut String, plugin: &Plugin, single: bool) {
    let (dash, indent) = if single {
        ("", "    ")
    } else {
        ("- ", "      ")
    };
    comment(text, "  ", &plugin.about);
    let _ = writeln!(text, "  {dash}{}:", plugin.name);
    // An option within another is part of its example.
    for row in describe(plugin)
        .options
        .iter()
        .filter(|row| !row.name.contains('.'))
    {
        option(text, indent, row);
    }
}

fn option(text: &mut String, indent: &str, row: &OptionRow) {
    comment(text, indent, &row.about);
    let told = row.choices.iter().any(|choice| !choice.about.is_empty());
    if told {
        for choice in &row.choices {
            let _ = writeln!(text, "{indent}#   {}: {}", choice.name, choice.about);
        }
    } else if !row.choices.is_empty() {
        comment(text, indent, &format!("It is {}.", row.takes));
    }
    let name = &row.name;
    let _ = match &row.default {
        _ if row.required => writeln!(text, "{indent}{name}: {}", row.example),
        Some(default) => writeln!(text, "{indent}# {name}: {default}"),
        None => writeln!(text, "{indent}# {name}: {}  # an example", row.example),
    };
}

/// A text as comment lines.
fn comment(text: &mut String, indent: &str, comment: &str) {
    let mut line = String::new();
    for word in comment.split_whitespace() {
        if !line.is_empty() && indent.len() + line.chars().count() + word.chars().count() > WIDTH {
            let _ = writeln!(text, "{indent}#{line}");
            line.clear();
        }
        let _ = write!(line, " {word}");
    }
    if !line.is_empty() {
        let _ = writeln!(text, "{indent}#{line}");
    }
}
