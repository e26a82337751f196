//! Where plugins are looked for.

use std::path::{Path, PathBuf};

use crate::document::Document;
use crate::environment::Environment;
use crate::yaml::{Node, NodeKind};

/// The folders with plugins: those of `PIPELINE_PLUGIN_PATH`, then the user's own,
/// `~/.local/share/pipeline/plugins`. The current folder is never among them by itself.
pub fn plugin_folders(environment: &Environment) -> Vec<PathBuf> {
    let listed = environment
        .variable("PIPELINE_PLUGIN_PATH")
        .unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&listed)
        .filter(|folder| !folder.as_os_str().is_empty())
        .collect();
    let data = match environment.variable("XDG_DATA_HOME") {
        // The XDG specification: relative paths are to be ignored.
        Some(folder) if folder.starts_with('/') => Some(PathBuf::from(folder)),
        _ => environment.home().map(|home| home.join(".local/share")),
    };
    folders.extend(data.map(|data| data.join("pipeline/plugins")));
    folders
}

/// The libraries in a folder, in the order of their names; none if it is not there.
pub fn find_libraries(folder: &Path) -> Vec<PathBuf> {
    let ending = std::env::consts::DLL_EXTENSION;
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|found| found == ending))
        .collect();
    found.sort();
    found
}

/// The names that stand where a pipeline file names plugins, whether there are such plugins or
/// not.
pub fn named_plugins(document: &Document) -> Vec<&str> {
    let mut names = Vec::new();
    for entry in document.root.entries() {
        if !matches!(
            &*entry.key.text,
            "source" | "sources" | "transforms" | "sink" | "sinks"
        ) {
            continue;
        }
        let stages: &[Node] = match &entry.value.kind {
            NodeKind::List(stages) => stages,
            _ => std::slice::from_ref(&entry.value),
        };
        let keys = stages.iter().flat_map(Node::entries);
        names.extend(keys.map(|entry| entry.key.text.as_str()));
    }
    names
}
