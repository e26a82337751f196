use std::sync::Arc;

use pipeline_plugin::Plugin;

use super::{Reader, Stage};
use crate::diagnostic::Diagnostic;
use crate::diagnostic::shorten;
use crate::nearest::did_you_mean;
use crate::overrides::is_id;
use crate::registry::Registry;
use crate::registry::Section;
use crate::yaml::{Entry, Key, Node, NodeKind};

/// Keys beside a plugin's name.
const BESIDE: &[&str] = &["id", "from"];

impl Reader<'_> {
    /// One stage: a plugin's name, or a map in which it is a key.
    pub(super) fn stage(&mut self, item: &Node, kind: Section) -> Option<Stage> {
        let (key, settings) = match &item.kind {
            NodeKind::Scalar { text, .. } => {
                let key = Key {
                    text: text.clone(),
                    span: item.span.clone(),
                };
                (
                    key,
                    Node {
                        span: item.span.clone(),
                        kind: NodeKind::Null,
                    },
                )
            }
            NodeKind::Map(entries) => {
                let (key, settings) = self.plugin_entry(item, entries, kind)?;
                (key.clone(), settings)
            }
            NodeKind::Unknown => return None,
            _ => {
                let message = format!("a {} is named here, not {}", kind.name(), item.describe());
                let help = "write a plugin's name; `pipeline list` shows all";
                self.report(&item.span, message, help);
                return None;
            }
        };
        let plugin = self.plugin(&key, kind);
        let id = self.id(item, &key);
        let from = item
            .entry("from")
            .and_then(|from| self.reference(from, kind));
        Some(Stage {
            kind,
            plugin,
            key,
            settings,
            id,
            from,
        })
    }

    /// The plugin's name and settings.
    fn plugin_entry<'n>(
        &mut self,
        item: &Node,
        entries: &'n [Entry],
        kind: Section,
    ) -> Option<(&'n Key, Node)> {
        let mut named = entries
            .iter()
            .filter(|entry| !BESIDE.contains(&entry.key.text.as_str()));
        let Some(first) = named.next() else {
            let message = format!("no {} is named here", kind.name());
            self.report(
                &item.span,
                message,
                "write a plugin's name as the key; `pipeline list` shows all",
            );
            return None;
        };
        let mut settings = first.value.clone();
        for other in named {
            let word = shorten(&other.key.text);
            if self.registry.named(&other.key.text).next().is_some() {
                let message = format!(
                    "`{word}` can't stand in the same item as `{}`",
                    first.key.text
                );
                self.report(&other.key.span, message, "begin a new item with `- `");
            } else {
                let message = format!("`{word}` stands beside `{}`, not in it", first.key.text);
                let help = format!(
                    "indent it further to make it an option of `{}`",
                    first.key.text
                );
                self.report(&other.key.span, message, help);
                // Nobody should complain that it is missing.
                settings.kind = NodeKind::Unknown;
            }
        }
        Some((&first.key, settings))
    }

    fn plugin(&mut self, key: &Key, kind: Section) -> Option<Arc<Plugin>> {
        match self.registry.get(&key.text, kind) {
            Ok(plugin) => return Some(Arc::clone(plugin)),
            Err(Some(other)) => {
                let right = Section::of(other);
                let (is, not) = (right.name(), kind.name());
                let message = format!("`{}` is a {is}, not a {not}", key.text);
                let help = format!("write it under `{}:`", right.key());
                self.report(&key.span, message, help);
            }
            Err(None) => self.problems.push(unknown_plugin(key, kind, self.registry)),
        }
        None
    }

    /// The stage's id: the one given, else the plugin's name, with a number from the second on.
    fn id(&mut self, item: &Node, key: &Key) -> String {
        let given = item.entry("id").and_then(|entry| self.word(entry));
        if let Some(given) = &given
            && let Some((id, first)) = self.used.iter().find(|(id, _)| *id == given.text)
        {
            let problem = Diagnostic::error(&given.span, format!("the id `{id}` is given twice"))
                .with_note(first, "the first time is here")
                .with_help("choose another id");
            self.problems.push(problem);
        }
        let wanted = given.unwrap_or_else(|| key.clone());
        let is_free = |id: &String| self.used.iter().all(|(used, _)| used != id);
        let numbered = (2..).map(|number| format!("{}-{number}", wanted.text));
        let id = std::iter::once(wanted.text.clone())
            .chain(numbered)
            .find(is_free);
        let id = id.unwrap_or_default();
        self.used.push((id.clone(), wanted.span));
        id
    }

    fn reference(&mut self, entry: &Entry, kind: Section) -> Option<Key> {
        if kind == Section::Source {
            self.report(
                &entry.key.span,
                "a source comes from nowhere",
                "remove `from`",
            );
            return None;
        }
        self.word(entry)
    }

    /// The value of `id` or `from`.
    fn word(&mut self, entry: &Entry) -> Option<Key> {
        let value = &entry.value;
        match &value.kind {
            NodeKind::Unknown => None,
            NodeKind::Scalar { text, .. } if is_id(text) => Some(Key {
                text: text.clone(),
                span: value.span.clone(),
            }),
            kind => {
                let given = match kind {
                    NodeKind::Scalar { text, .. } => format!("`{}`", shorten(text)),
                    _ => value.describe().to_owned(),
                };
                let message = format!("{given} can't be an id");
                self.report(
                    &value.span,
                    message,
                    "write one word of ASCII letters, digits, `-` and `_`",
                );
                None
            }
        }
    }
}

/// There is no such plugin: which one may be meant.
pub(crate) fn unknown_plugin(key: &Key, kind: Section, registry: &Registry) -> Diagnostic {
    let right = |plugin: &&Arc<Plugin>| Section::of(plugin) == kind;
    let fitting: Vec<&str> = registry
        .iter()
        .filter(right)
        .map(|plugin| plugin.name.as_str())
        .collect();
    let any = registry.iter().map(|plugin| plugin.name.as_str());
    let ending = std::env::consts::DLL_SUFFIX;
    let help = if key.text.ends_with(ending) {
        "write the name of the plugin here, and its library on the command line: `--plugin FILE`"
            .to_owned()
    } else {
        did_you_mean(&key.text, fitting.iter().copied())
            .or_else(|| did_you_mean(&key.text, any))
            .unwrap_or_else(|| {
                let (kind, names) = (kind.name(), fitting.join(", "));
                format!("there are the {kind}s {names}; others are in libraries: `--plugin FILE`")
            })
    };
    let message = format!("there is no {} `{}`", kind.name(), shorten(&key.text));
    Diagnostic::error(&key.span, message).with_help(help)
}
