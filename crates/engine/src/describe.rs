//! What a stage does and which options it has, for help pages and option tables.

use std::fmt::Write;

use pipeline_plugin::{Plugin, Role};
use serde::Serialize;
use serde_json::Value;

use crate::schema::{Bounds, Format, Kind, example, is_required, options, shape, stage_schema};
use crate::yaml::quote;

/// A plugin as its help page shows it.
#[derive(Clone, Debug, Serialize)]
pub struct Description {
    /// Its name.
    pub name: String,
    /// `reader`, `source`, `transform` or `sink`.
    pub role: &'static str,
    /// One line.
    pub about: String,
    /// The version of the crate that provides it.
    pub version: String,
    /// Endings of the files that it reads or writes.
    pub extensions: Vec<String>,
    /// Its options, those that must be given first.
    pub options: Vec<OptionRow>,
}

/// An option of a stage.
#[derive(Clone, Debug, Serialize)]
pub struct OptionRow {
    /// Its name; `window.length` for an option within an option.
    pub name: String,
    /// What it takes, in words.
    pub takes: String,
    /// Whether it must be given.
    pub required: bool,
    /// Its value if it is not given, as YAML; none if it is not set then.
    pub default: Option<String>,
    /// A value as YAML.
    pub example: String,
    /// What it does.
    pub about: String,
    /// The words that it takes, if it takes certain words only.
    pub choices: Vec<ChoiceRow>,
}

/// A word that an option takes.
#[derive(Clone, Debug, Serialize)]
pub struct ChoiceRow {
    /// The word.
    pub name: String,
    /// What it means; may be empty.
    pub about: String,
}

/// What a plugin does and which options it has.
pub fn describe(plugin: &Plugin) -> Description {
    let extensions = match &plugin.role {
        Role::Reader { extensions, .. } => extensions.clone(),
        Role::Sink { extension, .. } if !extension.is_empty() => vec![extension.clone()],
        _ => Vec::new(),
    };
    Description {
        name: plugin.name.clone(),
        role: plugin.role.name(),
        about: plugin.about.clone(),
        version: plugin.version.clone(),
        extensions,
        options: rows(&stage_schema(plugin)),
    }
}

impl Description {
    /// The options as a Markdown table, for a README.
    pub fn markdown(&self) -> String {
        if self.options.is_empty() {
            return "It has no options.\n".to_owned();
        }
        let mut table =
            String::from("| Option | Takes | Default | Meaning |\n| --- | --- | --- | --- |\n");
        for row in &self.options {
            let default = match &row.default {
                Some(default) => format!("`{default}`"),
                None if row.required => "must be given".to_owned(),
                None => String::new(),
            };
            let mut about = row.about.clone();
            for choice in row.choices.iter().filter(|choice| !choice.about.is_empty()) {
                let _ = write!(about, " `{}`: {}", choice.name, choice.about);
            }
            let cells = [&format!("`{}`", row.name), &row.takes, &default, &about];
            let cells = cells.map(|cell| cell.replace('|', "\\|"));
            let _ = writeln!(table, "| {} |", cells.join(" | "));
        }
        table
    }
}

/// The options of a map, those within others behind them.
pub(crate) fn rows(schema: &Value) -> Vec<OptionRow> {
    let mut rows = Vec::new();
    for (name, option) in options(schema) {
        rows.push(row(name, option, is_required(schema, name)));
        if let Kind::Map(inner) = shape(option).kind {
            rows.extend(self::rows(inner).into_iter().map(|row| OptionRow {
                name: format!("{name}.{}", row.name),
                ..row
            }));
        }
    }
    rows
}

fn row(name: &str, schema: &Value, required: bool) -> OptionRow {
    let choices = match shape(schema).kind {
        Kind::Choice(choices) => choices,
        _ => Vec::new(),
    };
    let choices = choices.into_iter().map(|choice| ChoiceRow {
        name: choice.name.to_owned(),
        about: one_line(choice.about),
    });
    OptionRow {
        name: name.to_owned(),
        takes: takes(schema),
        required,
        default: schema
            .get("default")
            .and_then(in_yaml)
            .filter(|_| !required),
        example: example(schema),
        about: one_line(schema["description"].as_str().unwrap_or_default()),
        choices: choices.collect(),
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What an option takes, in words.
fn takes(schema: &Value) -> String {
    match shape(schema).kind {
        Kind::Boolean => "`true` or `false`".to_owned(),
        Kind::Integer(bounds) => format!("a whole number{}", within(bounds)),
        Kind::Number(bounds) => format!("a number{}", within(bounds)),
        Kind::Text(Format::Quantity(format)) => {
            let words = format.replace('|', " or ").replace('-', " ");
            format!("a {words}, such as `{}`", example(schema))
        }
        Kind::Text(Format::Sport) => format!("a sport, such as `{}`", example(schema)),
        Kind::Text(Format::File) => "a file".to_owned(),
        Kind::Text(Format::Path) => "a path".to_owned(),
        Kind::Text(Format::Folder) => "a folder".to_owned(),
        Kind::Text(Format::Pattern) => "a file, folder or glob".to_owned(),
        Kind::Text(Format::Program) => "a word of a command".to_owned(),
        Kind::Text(Format::Plain) => "a text".to_owned(),
        Kind::Choice(choices) => {
            let names: Vec<_> = choices
                .iter()
                .map(|choice| format!("`{}`", choice.name))
                .collect();
            match names.split_last() {
                Some((last, [])) => last.clone(),
                Some((last, others)) => format!("{} or {last}", others.join(", ")),
                None => "nothing".to_owned(),
            }
        }
        Kind::List(items) => format!("a list, each item {}", takes(items)),
        Kind::Map(_) => "options".to_owned(),
        Kind::OneOf(all) => match all[..] {
            [one, many] if matches!(shape(many).kind, Kind::List(items) if items == one) => {
                format!("{}, or a list of them", takes(one))
            }
            _ => all.into_iter().map(takes).collect::<Vec<_>>().join(", or "),
        },
        Kind::Any => "any value".to_owned(),
    }
}

fn within(bounds: Bounds) -> String {
    let Bounds { least, greatest } = bounds;
    // The limits of `u8`, `u16` and `u32` say nothing to people.
    let of_type = [f64::from(u8::MAX), f64::from(u16::MAX), f64::from(u32::MAX)];
    let greatest = greatest.filter(|greatest| !of_type.contains(greatest));
    match (least, greatest) {
        (Some(least), Some(greatest)) => format!(" from {least} to {greatest}"),
        (Some(least), None) if least > 0.0 => format!(" of at least {least}"),
        (None, Some(greatest)) => format!(" of at most {greatest}"),
        _ => String::new(),
    }
}

/// A default as YAML; none for nothing, also for options of which none is set.
fn in_yaml(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Bool(value) => Some(value.to_string()),
        Value::Number(number) => Some(
            number
                .as_f64()
                .map_or_else(|| number.to_string(), |number| number.to_string()),
        ),
        Value::String(text) => Some(quote(text).into_owned()),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().filter_map(in_yaml).collect();
            Some(format!("[{}]", items.join(", ")))
        }
        Value::Object(map) => {
            let entry = |(key, value)| Some(format!("{key}: {}", in_yaml(value)?));
            let entries: Vec<_> = map.iter().filter_map(entry).collect();
            (!entries.is_empty()).then(|| format!("{{ {} }}", entries.join(", ")))
        }
    }
}
