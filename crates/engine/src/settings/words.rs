use crate::diagnostic::shorten;
use serde_json::Value;

use super::Wrong;
use crate::nearest::did_you_mean;
use crate::schema::{Choice, Format, Kind, example, is_required, options};

/// `true` or `false`; neither `yes` nor `"true"`.
pub(super) fn boolean(text: &str, quoted: bool) -> Result<Value, Wrong> {
    let help = match text.to_ascii_lowercase().as_str() {
        "true" | "false" if quoted => "remove the quotes",
        "true" if text == "true" => return Ok(Value::Bool(true)),
        "false" if text == "false" => return Ok(Value::Bool(false)),
        "true" | "yes" | "on" | "y" | "1" => "write `true`",
        "false" | "no" | "off" | "n" | "0" => "write `false`",
        _ => "write `true` or `false`",
    };
    Err((
        format!("is true or false, not `{}`", shorten(text)),
        help.to_owned(),
    ))
}

/// One of certain words.
pub(super) fn choice(text: &str, choices: &[Choice<'_>]) -> Result<Value, Wrong> {
    if choices.iter().any(|choice| choice.name == text) {
        return Ok(Value::String(text.to_owned()));
    }
    let names: Vec<_> = choices.iter().map(|choice| choice.name).collect();
    let help = did_you_mean(text, names.iter().copied())
        .unwrap_or_else(|| format!("write one of {}", names.join(", ")));
    Err((format!("can't be `{}`", shorten(text)), help))
}

/// Splits a message of the SDK, such as ``the unit is missing: write `500 m` ``, at its advice.
pub(super) fn split_help(text: &str, error: &str) -> Wrong {
    for separator in [": write ", "; write "] {
        if let Some((message, help)) = error.split_once(separator) {
            return (format!(": {message}"), format!("write {help}"));
        }
    }
    if let Some((message, known)) = error.split_once("; known: ") {
        let help = did_you_mean(text, known.split(", "));
        return (
            format!(": {message}"),
            help.unwrap_or_else(|| format!("known are {known}")),
        );
    }
    (format!(": {error}"), String::new())
}

/// What an option takes, in words.
pub(super) fn expected(kind: &Kind<'_>) -> String {
    let words = match kind {
        Kind::Boolean => "true or false",
        Kind::Integer(_) => "a whole number",
        Kind::Number(_) => "a number",
        Kind::Text(Format::Quantity(_)) => "a quantity",
        Kind::Text(Format::Pattern | Format::File | Format::Path | Format::Folder) => "a path",
        Kind::Text(_) => "a text",
        Kind::Choice(choices) => {
            let names: Vec<_> = choices
                .iter()
                .map(|choice| format!("`{}`", choice.name))
                .collect();
            return names.join(" or ");
        }
        Kind::List(_) => "a list",
        Kind::Map(_) => "options",
        Kind::OneOf(_) | Kind::Any => "something else",
    };
    words.to_owned()
}

/// ``write `laps: { every: 500 m }` ``, with the option that most likely was meant.
pub(super) fn sketch(schema: &Value, owner: &str) -> String {
    let is_telling = |(name, option): &(&str, &Value)| {
        is_required(schema, name) || option.get("examples").is_some()
    };
    match options(schema)
        .find(is_telling)
        .or_else(|| options(schema).next())
    {
        Some((option, schema)) => {
            format!(
                "write for example `{owner}: {{ {option}: {} }}`",
                example(schema)
            )
        }
        None => format!("write `{owner}` alone"),
    }
}
