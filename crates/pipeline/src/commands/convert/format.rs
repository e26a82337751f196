//! Which plugins read and write a conversion: by name, by file ending, by content.

use std::path::Path;

use pipeline_engine::{InputPath, Opened, Registry, has_ending};
use pipeline_plugin::{Error, Plugin, Role};

use crate::exit;
use crate::output::error_text;

/// The reader of an input: of the format that was named, else of the file's ending, else of the
/// content.
///
/// # Errors
///
/// When there is none.
pub(super) fn reader<'a>(
    registry: &'a Registry,
    from: Option<&str>,
    input: &mut Opened,
) -> Result<&'a Plugin, Error> {
    let path = match input.input() {
        InputPath::File(path) => path.clone(),
        InputPath::Standard => "-".into(),
    };
    let ending = match from {
        Some(from) => format!("x.{from}").into(),
        None => path.clone(),
    };
    let by_ending = |plugin: &&Plugin| has_ending(&ending, plugin.role.reads());
    if let Some(plugin) = readers(registry).find(by_ending) {
        return Ok(plugin);
    }
    let endings = readers(registry).flat_map(|plugin| plugin.role.reads());
    if let Some(from) = from {
        return Err(unknown(from, "read", endings));
    }
    let head = input.head().unwrap_or_default();
    let by_content = |plugin: &&Plugin| match &plugin.role {
        Role::Reader { sniff, .. } => sniff(&head),
        _ => false,
    };
    let found = readers(registry).find(by_content);
    found.ok_or_else(|| no_ending(&path, "read", "from", endings))
}

/// The sink of an output: of the format that was named, else of the file's ending. Says why there is
/// none.
pub(super) fn sink<'a>(
    registry: &'a Registry,
    to: Option<&str>,
    output: &Path,
) -> Result<&'a Plugin, u8> {
    let ending = match to {
        Some(to) => format!("x.{to}").into(),
        None => output.to_owned(),
    };
    let by_ending = |plugin: &&Plugin| {
        written(plugin).is_some_and(|own| has_ending(&ending, std::slice::from_ref(own)))
    };
    let packed = ending.extension().is_some_and(|ending| ending == "gz");
    match registry.iter().map(AsRef::as_ref).find(by_ending) {
        Some(plugin) if !packed => Ok(plugin),
        _ => {
            let endings = registry.iter().filter_map(|plugin| written(plugin));
            let error = match to {
                Some(to) => unknown(to, "written", endings),
                None => no_ending(output, "written", "to", endings),
            };
            eprintln!("{}", error_text("", &error));
            Err(exit::USAGE)
        }
    }
}

fn readers(registry: &Registry) -> impl Iterator<Item = &Plugin> {
    registry
        .iter()
        .map(AsRef::as_ref)
        .filter(|plugin| !plugin.role.reads().is_empty())
}

/// The ending of the files that a sink writes, if it makes a file in a folder of each activity.
fn written(plugin: &Plugin) -> Option<&String> {
    let has_folder = plugin.schema["properties"].get("folder").is_some();
    match &plugin.role {
        Role::Sink { extension, .. } if has_folder && !extension.is_empty() => Some(extension),
        _ => None,
    }
}

fn no_ending<'a>(
    path: &Path,
    what: &str,
    flag: &str,
    endings: impl IntoIterator<Item = &'a String>,
) -> Error {
    let name = path.display();
    let message = match (path == Path::new("-"), what) {
        (true, "read") => "standard input is of no format that can be told".to_owned(),
        (true, _) => "standard output has no file ending that tells the format".to_owned(),
        _ => format!("`{name}` has no ending of a format that can be {what}"),
    };
    let known = list(endings, ".");
    Error::skip(message).with_help(format!(
        "endings that can be {what}: {known}; or name the format with `--{flag}`"
    ))
}

fn unknown<'a>(name: &str, what: &str, endings: impl IntoIterator<Item = &'a String>) -> Error {
    let known = list(endings, "");
    Error::skip(format!("there is no format `{name}` that can be {what}"))
        .with_help(format!("formats that can be {what}: {known}"))
}

/// Each once, in the order of the plugins.
fn list<'a>(endings: impl IntoIterator<Item = &'a String>, dot: &str) -> String {
    let mut list = Vec::new();
    for ending in endings {
        let ending = format!("{dot}{ending}");
        if !list.contains(&ending) {
            list.push(ending);
        }
    }
    list.join(", ")
}
