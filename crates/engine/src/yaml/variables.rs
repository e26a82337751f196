use crate::environment::Environment;

/// What is wrong with the variables of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    /// A variable that is not set and has no default.
    Unset(String),
    /// `${` that begins no variable.
    Malformed,
}

/// Replaces `${NAME}` and `${NAME:-default}` by the variables' values, and `$$` by `$`.
///
/// A default stands for a variable that is not set or empty, as in a shell. A `$` before
/// anything else stays.
pub(super) fn expand(text: &str, environment: &Environment) -> Result<String, Wrong> {
    let mut expanded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(dollar) = rest.find('$') {
        expanded.push_str(&rest[..dollar]);
        rest = &rest[dollar + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            expanded.push('$');
            rest = after;
        } else if let Some(after) = rest.strip_prefix('{') {
            let (inside, after) = after.split_once('}').ok_or(Wrong::Malformed)?;
            expanded.push_str(&value(inside, environment)?);
            rest = after;
        } else {
            expanded.push('$');
        }
    }
    expanded.push_str(rest);
    Ok(expanded)
}

fn value(inside: &str, environment: &Environment) -> Result<String, Wrong> {
    let (name, default) = match inside.split_once(":-") {
        Some((name, default)) => (name, Some(default)),
        None => (inside, None),
    };
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !name.chars().all(is_name) || !name.starts_with(|c: char| !c.is_ascii_digit()) {
        return Err(Wrong::Malformed);
    }
    match (environment.variable(name), default) {
        (Some(value), None) => Ok(value),
        (Some(value), Some(_)) if !value.is_empty() => Ok(value),
        (_, Some(default)) => Ok(default.to_owned()),
        (None, None) => Err(Wrong::Unset(name.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_replaced_once() {
        let environment = Environment::fixed(&[("A", "1"), ("EMPTY", ""), ("LOOP", "${LOOP}")]);
        let check = |text: &str| match expand(text, &environment) {
            Ok(text) => text,
            Err(Wrong::Unset(name)) => format!("unset {name}"),
            Err(Wrong::Malformed) => "malformed".to_owned(),
        };
        assert_eq!(check("a ${A} b ${A}"), "a 1 b 1");
        assert_eq!(check("${B:-x}${EMPTY:-y}${EMPTY}${A:-z}"), "xy1");
        assert_eq!(check("$${A} $A 5 $"), "${A} $A 5 $");
        assert_eq!(check("${LOOP}"), "${LOOP}");
        assert_eq!(check("${B}"), "unset B");
        assert_eq!(check("${A"), "malformed");
        assert_eq!(check("${}"), "malformed");
        assert_eq!(check("${1A}"), "malformed");
        assert_eq!(check("${A B}"), "malformed");
    }
}
