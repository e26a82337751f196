//! YAML text as a tree that knows where each value stands.
//!
//! Scalars keep their text and quoting; nothing is typed here, so that `off`, `NO`, `010` and
//! `1e3` never change silently. Merge keys, aliases, tags and duplicate keys are refused.

mod parse;
mod variables;

use std::borrow::Cow;

use crate::source::Span;

pub(crate) use parse::parse;

/// A value and its place.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) span: Span,
    pub(crate) kind: NodeKind,
}

/// What kind of value it is.
#[derive(Clone, Debug)]
pub(crate) enum NodeKind {
    /// Nothing stands there; the span is the key's.
    Null,
    /// A value that could not be made out; that has been reported.
    Unknown,
    /// Text, without the quotes if it had some.
    Scalar { text: String, quoted: bool },
    /// A list.
    List(Vec<Node>),
    /// A map, in the order of the file; every key occurs once.
    Map(Vec<Entry>),
}

/// An entry of a map.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) key: Key,
    pub(crate) value: Node,
}

/// A key and its place.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) text: String,
    pub(crate) span: Span,
}

impl Node {
    /// Text that stands at `span`.
    pub(crate) fn scalar(span: &Span, text: impl Into<String>) -> Self {
        Self {
            span: span.clone(),
            kind: NodeKind::Scalar {
                text: text.into(),
                quoted: false,
            },
        }
    }

    /// The entries of a map; none for anything else.
    pub(crate) fn entries(&self) -> &[Entry] {
        match &self.kind {
            NodeKind::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The entry of a map with that key.
    pub(crate) fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.key.text == key)
    }

    /// Where the value at `path` stands: its own place, or that of the last key on the way that
    /// exists; `otherwise` if not even the first does.
    pub(crate) fn place_of(&self, path: &[String], otherwise: &Span) -> Span {
        let Some((first, rest)) = path.split_first() else {
            return otherwise.clone();
        };
        match &self.kind {
            NodeKind::Map(_) => match self.entry(first) {
                Some(entry) if rest.is_empty() => entry.value.span.clone(),
                Some(entry) => entry.value.place_of(rest, &entry.key.span),
                None => otherwise.clone(),
            },
            NodeKind::List(items) => {
                match first.parse().ok().and_then(|index: usize| items.get(index)) {
                    Some(item) if rest.is_empty() => item.span.clone(),
                    Some(item) => item.place_of(rest, &item.span),
                    None => otherwise.clone(),
                }
            }
            _ => self.span.clone(),
        }
    }

    /// Puts `value` at `path`, making the maps on the way.
    ///
    /// # Errors
    ///
    /// The key under which something else than a map stands.
    pub(crate) fn set(&mut self, path: &[Key], value: Node) -> Result<(), Key> {
        let Some((first, rest)) = path.split_first() else {
            *self = value;
            return Ok(());
        };
        if matches!(self.kind, NodeKind::Null | NodeKind::Unknown) {
            self.kind = NodeKind::Map(Vec::new());
        }
        let NodeKind::Map(entries) = &mut self.kind else {
            return Err(first.clone());
        };
        if let Some(entry) = entries
            .iter_mut()
            .find(|entry| entry.key.text == first.text)
        {
            return entry.value.set(rest, value);
        }
        let mut new = Node {
            span: first.span.clone(),
            kind: NodeKind::Null,
        };
        new.set(rest, value)?;
        entries.push(Entry {
            key: first.clone(),
            value: new,
        });
        Ok(())
    }

    /// What it is, for people.
    pub(crate) fn describe(&self) -> &'static str {
        match &self.kind {
            NodeKind::Null => "nothing",
            NodeKind::Unknown => "something else",
            NodeKind::Scalar { .. } => "a single value",
            NodeKind::List(_) => "a list",
            NodeKind::Map(_) => "a map",
        }
    }
}

/// A text as a YAML scalar that reads back as the same text, also inside `{ }` and `[ ]`.
pub(crate) fn quote(text: &str) -> Cow<'_, str> {
    let plain =
        |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.' | '/' | '%' | '+');
    let begins = text.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '/' | '.'));
    if begins && text.chars().all(plain) && !text.ends_with(' ') {
        return Cow::Borrowed(text);
    }
    // JSON's strings are YAML's double-quoted ones.
    Cow::Owned(serde_json::Value::from(text).to_string())
}
