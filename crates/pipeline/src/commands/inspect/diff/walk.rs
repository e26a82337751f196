//! The messages of one sort in a file, one after another, and what differs between two of them.

use std::collections::BTreeMap;

use fit::profile::lap::MESSAGE_INDEX;
use fit::{Decoder, Message, Scanner};
use serde_json::{Value, json};

use crate::commands::inspect::developer::message_name;
use crate::commands::inspect::messages::to_text;
use crate::commands::inspect::shown::{Shown, plain_name, time_text};

/// What the messages of one number in a file can be told apart by.
pub(super) struct Sort {
    /// How many other sorts came before it.
    pub(super) place: usize,
    /// The last index, while they rise.
    index: Option<u32>,
    /// The last time, while they don't fall.
    time: Option<u32>,
}

/// The sorts of messages in a file, by their numbers.
pub(super) fn sorts(bytes: &[u8]) -> BTreeMap<u16, Sort> {
    let mut sorts: BTreeMap<u16, Sort> = BTreeMap::new();
    let mut decoder = Decoder::tolerant(bytes);
    // A tolerant decoder has no errors.
    while let Ok(Some(message)) = decoder.next_message() {
        let (index, time) = (index(&message), message.timestamp());
        let place = sorts.len();
        sorts
            .entry(message.number())
            .and_modify(|sort| {
                sort.index = index.filter(|index| sort.index.is_some_and(|last| last < *index));
                sort.time = time.filter(|time| sort.time.is_some_and(|last| last <= *time));
            })
            .or_insert(Sort { place, index, time });
    }
    sorts
}

fn index(message: &Message<'_>) -> Option<u32> {
    const MASK: u32 = 0x0FFF; // The bits above say whether it is selected.
    let raw = message.field(MESSAGE_INDEX.number)?.integers().next()??;
    u32::try_from(raw).ok().map(|raw| raw & MASK)
}

/// By what two messages of a sort are the same one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Index,
    Time,
    Place,
}

impl Key {
    pub(super) fn of(sorts: [Option<&Sort>; 2]) -> Self {
        let both = |has: fn(&Sort) -> bool| sorts.iter().flatten().all(|sort| has(sort));
        if both(|sort| sort.index.is_some()) {
            Self::Index
        } else if both(|sort| sort.time.is_some()) {
            Self::Time
        } else {
            Self::Place
        }
    }
}

/// The messages of one number, one after another.
pub(super) struct Walk<'a> {
    decoder: Decoder<Scanner<'a>>,
    number: u16,
    by: Key,
    /// The key of the last one, and how many had it.
    last: (u32, u32),
    place: u32,
}

/// A message as it is compared.
pub(super) struct Row {
    pub(super) key: (u32, u32),
    /// Its time, if it is named by that.
    pub(super) time: Option<u32>,
    /// Names, values and units.
    pub(super) fields: Vec<(String, Shown, String)>,
    /// All of it in one line.
    pub(super) text: String,
}

impl<'a> Walk<'a> {
    /// The messages of that number in a file.
    pub(super) fn new(bytes: &'a [u8], number: u16, by: Key) -> Self {
        Self {
            decoder: Decoder::tolerant(bytes),
            number,
            by,
            last: (u32::MAX, 0),
            place: 0,
        }
    }

    pub(super) fn next(&mut self) -> Option<Row> {
        while let Ok(Some(message)) = self.decoder.next_message() {
            if message.number() != self.number {
                continue;
            }
            self.place += 1;
            let key = match self.by {
                Key::Index => index(&message).unwrap_or_default(),
                Key::Time => message.timestamp().unwrap_or_default(),
                Key::Place => self.place,
            };
            let repeat = if self.last.0 == key {
                self.last.1 + 1
            } else {
                0
            };
            self.last = (key, repeat);
            let field = |field| {
                let field = message.resolved(field);
                let value = Shown::of(&field);
                (value != Shown::Missing)
                    .then(|| (plain_name(&field), value, field.unit().to_owned()))
            };
            return Some(Row {
                key: self.last,
                time: message.timestamp().filter(|_| self.by == Key::Time),
                fields: message.fields().filter_map(field).collect(),
                text: to_text(&message),
            });
        }
        None
    }
}

impl Row {
    /// What it is called: by its time, its index or its place.
    pub(super) fn name(&self, number: u16) -> String {
        let name = message_name(number);
        match self.time {
            Some(time) => format!("{name} {}", time_text(time)),
            None => format!("{name} {}", self.key.0),
        }
    }

    /// The fields that differ: name, value here, value there, each with its unit.
    pub(super) fn changes<'r>(&'r self, other: &'r Self) -> Vec<Change<'r>> {
        let mut changes = Vec::new();
        for (name, value, unit) in &self.fields {
            let there = other.fields.iter().find(|(known, ..)| known == name);
            let there = there.map(|(_, value, unit)| (value, unit.as_str()));
            let here = Some((value, unit.as_str()));
            if here != there {
                changes.push(Change { name, here, there });
            }
        }
        for (name, value, unit) in &other.fields {
            if self.fields.iter().all(|(known, ..)| known != name) {
                let there = Some((value, unit.as_str()));
                changes.push(Change {
                    name,
                    here: None,
                    there,
                });
            }
        }
        changes
    }
}

/// A field that differs.
pub(super) struct Change<'r> {
    pub(super) name: &'r str,
    here: Option<(&'r Shown, &'r str)>,
    there: Option<(&'r Shown, &'r str)>,
}

impl Change<'_> {
    pub(super) fn text(&self) -> String {
        let side = |side: Option<(&Shown, &str)>| match side {
            None => "–".to_owned(),
            Some((value, unit)) => value.with_unit(unit),
        };
        format!("{} {} → {}", self.name, side(self.here), side(self.there))
    }

    pub(super) fn json(&self) -> Value {
        let side = |side: Option<(&Shown, &str)>| side.map(|(value, _)| value.json());
        json!([side(self.here), side(self.there)])
    }
}
