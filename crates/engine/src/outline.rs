//! What a pipeline file consists of: its keys and its stages, before anything is known about
//! their options.

mod stage;

use std::sync::Arc;

use pipeline_plugin::Plugin;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::shorten;
use crate::document::Document;
use crate::nearest::did_you_mean;
use crate::registry::{Registry, Section};
use crate::source::Span;
use crate::yaml::{Entry, Key, Node, NodeKind};

pub(crate) use stage::unknown_plugin;

/// Keys of a pipeline file.
const KEYS: &[&str] = &[
    "name",
    "description",
    "athlete",
    "source",
    "sources",
    "transforms",
    "sink",
    "sinks",
];

/// A pipeline file in its parts.
#[derive(Debug)]
pub(crate) struct Outline {
    pub(crate) name: Option<Node>,
    pub(crate) athlete: Option<Node>,
    /// Sources, then transforms, then sinks.
    pub(crate) stages: Vec<Stage>,
}

/// A stage of the file.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) kind: Section,
    /// The plugin, unless it is not known or stands in the wrong place.
    pub(crate) plugin: Option<Arc<Plugin>>,
    /// The plugin's name as it stands in the file.
    pub(crate) key: Key,
    pub(crate) settings: Node,
    /// Unique in the pipeline.
    pub(crate) id: String,
    pub(crate) from: Option<Key>,
}

/// Takes a document apart and reports what does not belong there.
pub(crate) fn outline(
    document: &Document,
    registry: &Registry,
    problems: &mut Vec<Diagnostic>,
) -> Outline {
    let mut reader = Reader {
        registry,
        problems,
        used: Vec::new(),
    };
    let mut outline = Outline {
        name: None,
        athlete: None,
        stages: Vec::new(),
    };
    let root = &document.root;
    if !reader.is_map(root) {
        return outline;
    }
    for entry in root.entries() {
        let key = entry.key.text.as_str();
        match key {
            "name" => outline.name = reader.text(entry).then(|| entry.value.clone()),
            "description" => drop(reader.text(entry)),
            "athlete" => outline.athlete = Some(entry.value.clone()),
            _ if KEYS.contains(&key) => {}
            _ => reader.unknown_key(&entry.key),
        }
    }
    reader.twice(root, "source", "sources");
    reader.twice(root, "sink", "sinks");
    for (key, kind) in [
        ("source", Section::Source),
        ("sources", Section::Source),
        ("transforms", Section::Transform),
        ("sink", Section::Sink),
        ("sinks", Section::Sink),
    ] {
        if let Some(entry) = root.entry(key) {
            reader.section(entry, kind, &mut outline.stages);
        }
    }
    reader.missing(root, &outline.stages);
    outline
}

struct Reader<'a> {
    registry: &'a Registry,
    problems: &'a mut Vec<Diagnostic>,
    /// Ids so far, and where each stands.
    used: Vec<(String, Span)>,
}

impl Reader<'_> {
    fn report(&mut self, span: &Span, message: impl Into<String>, help: impl Into<String>) {
        self.problems
            .push(Diagnostic::error(span, message).with_help(help));
    }

    /// Whether a file can be a pipeline at all.
    fn is_map(&mut self, root: &Node) -> bool {
        let message = match &root.kind {
            NodeKind::Map(_) | NodeKind::Unknown => return true,
            NodeKind::Null => "the file is empty".to_owned(),
            _ => format!("a pipeline is a map, not {}", root.describe()),
        };
        self.report(
            &root.span,
            message,
            "`pipeline new` writes one to begin with",
        );
        false
    }

    /// Whether a value is a text, as it has to be.
    fn text(&mut self, entry: &Entry) -> bool {
        let key = &entry.key.text;
        match &entry.value.kind {
            NodeKind::Scalar { text, .. } if !text.trim().is_empty() => return true,
            NodeKind::Unknown => {}
            NodeKind::Null | NodeKind::Scalar { .. } => {
                self.report(
                    &entry.value.span,
                    format!("`{key}` is empty"),
                    "write a text, or remove the line",
                );
            }
            _ => {
                let message = format!("`{key}` takes a text, not {}", entry.value.describe());
                self.report(
                    &entry.value.span,
                    message,
                    format!("write `{key}: …` in one line"),
                );
            }
        }
        false
    }

    fn unknown_key(&mut self, key: &Key) {
        let word = shorten(&key.text);
        let plugin = self.registry.named(&key.text).next().map(|plugin| {
            format!(
                "`{word}` is a {}: write it under `{}:`",
                plugin.role.name(),
                Section::of(plugin).key()
            )
        });
        let help = plugin
            .or_else(|| did_you_mean(&key.text, KEYS.iter().copied()))
            .unwrap_or_else(|| format!("a pipeline has the keys {}", KEYS.join(", ")));
        self.report(&key.span, format!("a pipeline has no key `{word}`"), help);
    }

    fn twice(&mut self, root: &Node, one: &str, many: &str) {
        if let (Some(first), Some(second)) = (root.entry(one), root.entry(many)) {
            let message = format!("`{one}` and `{many}` can't stand side by side");
            let problem = Diagnostic::error(&second.key.span, message)
                .with_note(&first.key.span, format!("`{one}` is here"))
                .with_help(format!("write all of them under `{many}:`"));
            self.problems.push(problem);
        }
    }

    fn missing(&mut self, root: &Node, stages: &[Stage]) {
        for (kind, keys) in [
            (Section::Source, ["source", "sources"]),
            (Section::Sink, ["sink", "sinks"]),
        ] {
            let given = keys.iter().any(|key| root.entry(key).is_some());
            if !given && !stages.iter().any(|stage| stage.kind == kind) {
                let start = Span::new(
                    &root.span.source,
                    root.span.range.start..root.span.range.start,
                );
                let message = format!("the pipeline has no {}", kind.name());
                let help = format!(
                    "write `{}:` and a plugin's name below it; `pipeline list` shows all",
                    kind.key()
                );
                self.report(&start, message, help);
            }
        }
    }

    /// The stages under a key.
    fn section(&mut self, entry: &Entry, kind: Section, stages: &mut Vec<Stage>) {
        let key = &entry.key.text;
        let single = matches!(key.as_str(), "source" | "sink");
        match &entry.value.kind {
            NodeKind::Unknown => {}
            NodeKind::Null => self.empty(key, &entry.key.span, kind),
            NodeKind::List(items) if items.is_empty() => {
                self.empty(key, &entry.value.span, kind);
            }
            NodeKind::List(items) if single && items.len() != 1 => {
                let message = format!("`{key}` takes one {}, not a list", kind.name());
                self.report(
                    &entry.key.span,
                    message,
                    format!("write `{key}s:` for several"),
                );
            }
            NodeKind::List(items) => {
                stages.extend(items.iter().filter_map(|item| self.stage(item, kind)));
            }
            _ if single => stages.extend(self.stage(&entry.value, kind)),
            NodeKind::Map(entries) => {
                self.no_list(entry);
                for entry in entries {
                    let span = entry.key.span.clone();
                    let kind_of_item = NodeKind::Map(vec![entry.clone()]);
                    stages.extend(self.stage(
                        &Node {
                            span,
                            kind: kind_of_item,
                        },
                        kind,
                    ));
                }
            }
            NodeKind::Scalar { .. } => {
                self.no_list(entry);
                stages.extend(self.stage(&entry.value, kind));
            }
        }
    }

    /// There may be no transforms, but not no sources.
    fn empty(&mut self, key: &str, span: &Span, kind: Section) {
        if kind != Section::Transform {
            let help = format!("write a {} below it", kind.name());
            self.report(span, format!("`{key}` is empty"), help);
        }
    }

    fn no_list(&mut self, entry: &Entry) {
        let message = format!(
            "`{}` takes a list, not {}",
            entry.key.text,
            entry.value.describe()
        );
        self.report(
            &entry.value.span,
            message,
            "begin each of its items with `- `",
        );
    }
}
