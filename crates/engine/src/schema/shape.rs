use pipeline_plugin::units;
use serde_json::Value;

use crate::yaml::quote;

/// What an option takes, read off its JSON Schema.
pub(crate) struct Shape<'a> {
    /// Whether it may stand without a value.
    pub(crate) nullable: bool,
    pub(crate) kind: Kind<'a>,
}

/// What kind of value an option takes.
pub(crate) enum Kind<'a> {
    Boolean,
    Integer(Bounds),
    Number(Bounds),
    Text(Format<'a>),
    Choice(Vec<Choice<'a>>),
    List(&'a Value),
    Map(&'a Value),
    OneOf(Vec<&'a Value>),
    Any,
}

/// The least and the greatest number allowed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bounds {
    pub(crate) least: Option<f64>,
    pub(crate) greatest: Option<f64>,
}

/// What a text means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format<'a> {
    /// A number with a unit, of one of these dimensions.
    Quantity(&'a str),
    Sport,
    /// The path of a file.
    File,
    /// The path of a file or of a folder.
    Path,
    /// The path of a folder in which a sink's files appear.
    Folder,
    /// Files, folders and globs to read.
    Pattern,
    /// A program or an argument; `./x` and `../x` are relative to the pipeline file.
    Program,
    Plain,
}

/// One of several words that an option takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Choice<'a> {
    pub(crate) name: &'a str,
    pub(crate) about: &'a str,
}

/// What a schema describes.
pub(crate) fn shape(schema: &Value) -> Shape<'_> {
    for word in ["anyOf", "oneOf"] {
        if let Some(all) = schema[word].as_array() {
            return alternatives(all);
        }
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let nullable = types.contains(&"null");
    let kind = match types.iter().find(|name| **name != "null") {
        _ if schema.get("enum").is_some() || schema.get("const").is_some() => {
            Kind::Choice(choices(schema))
        }
        Some(&"boolean") => Kind::Boolean,
        Some(&"integer") => Kind::Integer(bounds(schema)),
        Some(&"number") => Kind::Number(bounds(schema)),
        Some(&"string") => Kind::Text(format(schema)),
        Some(&"array") => Kind::List(&schema["items"]),
        Some(&"object") => Kind::Map(schema),
        _ => Kind::Any,
    };
    Shape { nullable, kind }
}

/// Alternatives: one that says "nothing" is no alternative, words alone are a choice.
fn alternatives(all: &[Value]) -> Shape<'_> {
    let others: Vec<&Value> = all.iter().filter(|one| one["type"] != "null").collect();
    let nullable = others.len() < all.len();
    if let [only] = others[..] {
        let Shape {
            kind,
            nullable: inner,
        } = shape(only);
        return Shape {
            nullable: nullable || inner,
            kind,
        };
    }
    let is_choice = |one: &&Value| one.get("enum").is_some() || one.get("const").is_some();
    let kind = if others.iter().all(is_choice) {
        Kind::Choice(others.into_iter().flat_map(choices).collect())
    } else {
        Kind::OneOf(others)
    };
    Shape { nullable, kind }
}

fn choices(schema: &Value) -> Vec<Choice<'_>> {
    let about = schema["description"].as_str().unwrap_or_default();
    let words = schema["enum"].as_array().map_or(&[][..], Vec::as_slice);
    let words = words
        .iter()
        .chain(schema.get("const"))
        .filter_map(Value::as_str);
    let about = if schema.get("const").is_some() {
        about
    } else {
        ""
    };
    words.map(|name| Choice { name, about }).collect()
}

fn bounds(schema: &Value) -> Bounds {
    Bounds {
        least: schema["minimum"].as_f64(),
        greatest: schema["maximum"].as_f64(),
    }
}

fn format(schema: &Value) -> Format<'_> {
    match schema["format"].as_str() {
        Some("sport") => Format::Sport,
        Some("file") => Format::File,
        Some("path") => Format::Path,
        Some("folder") => Format::Folder,
        Some("pattern") => Format::Pattern,
        Some("program") => Format::Program,
        Some(format) if units::is_quantity(format) => Format::Quantity(format),
        _ => Format::Plain,
    }
}

/// The options of a map: name and schema, those that must be given first.
pub(crate) fn options(schema: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let all = schema["properties"].as_object();
    let all = all
        .into_iter()
        .flatten()
        .map(|(name, option)| (name.as_str(), option));
    let (required, optional): (Vec<_>, Vec<_>) =
        all.partition(|(name, _)| is_required(schema, name));
    required.into_iter().chain(optional)
}

/// Whether an option of a map must be given.
pub(crate) fn is_required(schema: &Value, option: &str) -> bool {
    schema["required"]
        .as_array()
        .is_some_and(|names| names.iter().any(|name| name == option))
}

/// The option that is the folder in which a sink's files appear.
pub(crate) fn folder_option(schema: &Value) -> Option<&str> {
    options(schema)
        .find(|(_, option)| matches!(shape(option).kind, Kind::Text(Format::Folder)))
        .map(|(name, _)| name)
}

/// What to write for an option as an example, as YAML.
pub(crate) fn example(schema: &Value) -> String {
    match &schema["examples"][0] {
        Value::Null => {}
        Value::String(text) => return quote(text).into_owned(),
        other => return other.to_string(),
    }
    match shape(schema).kind {
        Kind::Boolean => "true".to_owned(),
        Kind::Integer(bounds) | Kind::Number(bounds) => bounds
            .least
            .filter(|least| *least > 0.0)
            .unwrap_or(1.0)
            .to_string(),
        Kind::Text(Format::Folder) => "out".to_owned(),
        Kind::Text(Format::File) => "file".to_owned(),
        Kind::Text(Format::Path) => "folder".to_owned(),
        Kind::Text(_) | Kind::Any => "text".to_owned(),
        Kind::Choice(choices) => choices
            .first()
            .map_or_else(String::new, |c| quote(c.name).into_owned()),
        Kind::List(items) => format!("[{}]", example(items)),
        Kind::Map(inner) => match options(inner).next() {
            Some((name, option)) => format!("{{ {name}: {} }}", example(option)),
            None => "{}".to_owned(),
        },
        Kind::OneOf(all) => all.first().map(|first| example(first)).unwrap_or_default(),
    }
}
