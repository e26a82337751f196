//! What differs between two FIT files.
//!
//! Messages of the same sort are compared with each other: those with the same message index, else
//! with the same time, else with the same place in the file. The files are walked once for each
//! sort, so nothing has to be kept.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use fit::profile::lap::MESSAGE_INDEX;
use fit::{Decoder, Message, Scanner};
use serde_json::{Value, json};

use super::developer::message_name;
use super::fit_file::FitFile;
use super::fit_file::protocol;
use super::messages::to_text;
use super::selection::Selection;
use super::shown::{Shown, plain_name, time_text};
use crate::output::result_line;
use crate::words;

/// How many differences of a sort of message are shown.
const SHOWN: u64 = 10;

/// How many changed fields stand in one line.
const IN_A_LINE: usize = 3;

/// One of the two files.
pub(super) struct Side<'a> {
    pub(super) name: &'a str,
    pub(super) bytes: Vec<u8>,
}

/// Prints what differs; whether nothing does.
pub(super) fn print(
    sides: &[Side<'_>; 2],
    selection: Option<&Selection>,
    all: bool,
    is_json: bool,
) -> bool {
    let files = [0, 1].map(|side| FitFile::read(&sides[side].bytes));
    let mut printer = Printer {
        all,
        is_json,
        total: Counts::default(),
    };
    let is_whole = selection.is_none();
    let identical = sides[0].bytes == sides[1].bytes;
    if !is_json {
        let names = sides.each_ref().map(|side| words::clean(side.name));
        result_line(&format!("{} → {}", names[0], names[1]));
    }
    let frame = is_whole && printer.frame(sides, &files);
    if !identical {
        let sorts = sides.each_ref().map(|side| sorts(&side.bytes));
        let numbers: BTreeSet<u16> = sorts
            .iter()
            .flat_map(|sorts| sorts.keys().copied())
            .collect();
        let mut numbers: Vec<_> = numbers
            .into_iter()
            .filter(|number| selection.is_none_or(|selection| selection.has(*number)))
            .collect();
        numbers.sort_by_key(|number| sorts.each_ref().map(|sorts| first(sorts, *number)));
        for number in numbers {
            let by = sorts.each_ref().map(|sorts| sorts.get(&number));
            printer.compare(sides, number, Key::of(by));
        }
    }
    printer.finish(identical, frame)
}

/// Where the first message of a sort stands among the others' first ones.
fn first(sorts: &BTreeMap<u16, Sort>, number: u16) -> usize {
    sorts.get(&number).map_or(usize::MAX, |sort| sort.place)
}

/// What the messages of one number in a file can be told apart by.
struct Sort {
    /// How many other sorts came before it.
    place: usize,
    /// The last index, while they rise.
    index: Option<u32>,
    /// The last time, while they don't fall.
    time: Option<u32>,
}

fn sorts(bytes: &[u8]) -> BTreeMap<u16, Sort> {
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
enum Key {
    Index,
    Time,
    Place,
}

impl Key {
    fn of(sorts: [Option<&Sort>; 2]) -> Self {
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
struct Walk<'a> {
    decoder: Decoder<Scanner<'a>>,
    number: u16,
    by: Key,
    /// The key of the last one, and how many had it.
    last: (u32, u32),
    place: u32,
}

/// A message as it is compared.
struct Row {
    key: (u32, u32),
    /// Whether it is named by its time.
    time: Option<u32>,
    fields: Vec<(String, Shown, String)>,
    text: String,
}

impl Walk<'_> {
    fn next(&mut self) -> Option<Row> {
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
    fn name(&self, number: u16) -> String {
        let name = message_name(number);
        match self.time {
            Some(time) => format!("{name} {}", time_text(time)),
            None => format!("{name} {}", self.key.0),
        }
    }

    /// The fields that differ: name, value here, value there, each with its unit.
    fn changes<'r>(&'r self, other: &'r Self) -> Vec<Change<'r>> {
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
struct Change<'r> {
    name: &'r str,
    here: Option<(&'r Shown, &'r str)>,
    there: Option<(&'r Shown, &'r str)>,
}

impl Change<'_> {
    fn text(&self) -> String {
        let side = |side: Option<(&Shown, &str)>| match side {
            None => "–".to_owned(),
            Some((value, unit)) => value.with_unit(unit),
        };
        format!("{} {} → {}", self.name, side(self.here), side(self.there))
    }

    fn json(&self) -> Value {
        let side = |side: Option<(&Shown, &str)>| side.map(|(value, _)| value.json());
        json!([side(self.here), side(self.there)])
    }
}

/// How many messages are the same, changed, and in one file only.
#[derive(Clone, Copy, Default)]
struct Counts {
    same: u64,
    changed: u64,
    only: [u64; 2],
}

impl Counts {
    fn differ(self) -> u64 {
        self.changed + self.only[0] + self.only[1]
    }

    fn text(self) -> String {
        let parts = [
            (self.same, "the same"),
            (self.changed, "changed"),
            (self.only[0], "only in the first file"),
            (self.only[1], "only in the second file"),
        ];
        let parts = parts.iter().filter(|(count, _)| *count > 0);
        let parts: Vec<_> = parts
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        parts.join(", ")
    }
}

struct Printer {
    all: bool,
    is_json: bool,
    total: Counts,
}

impl Printer {
    /// What differs between the files around their messages; whether anything does.
    fn frame(&self, sides: &[Side<'_>; 2], files: &[FitFile; 2]) -> bool {
        let segment = |file: &FitFile, fact: fn(&fit::Segment) -> String| {
            let facts = file.report.segments.iter().map(|it| fact(&it.segment));
            facts.collect::<Vec<_>>().join(", ")
        };
        let facts: [(&str, [String; 2]); 5] = [
            ("size", sides.each_ref().map(|side| size(side.bytes.len()))),
            (
                "verdict",
                files
                    .each_ref()
                    .map(|file| file.outcome().name().to_owned()),
            ),
            (
                "protocol",
                files.each_ref().map(|file| segment(file, protocol)),
            ),
            (
                "profile",
                files
                    .each_ref()
                    .map(|file| segment(file, |it| it.header.profile.to_string())),
            ),
            (
                "header",
                files
                    .each_ref()
                    .map(|file| segment(file, |it| format!("{} bytes", it.header.size))),
            ),
        ];
        let mut differs = false;
        for (name, [here, there]) in facts.iter().filter(|(_, [here, there])| here != there) {
            // Another size follows from other messages.
            differs |= *name != "size";
            if self.is_json {
                let line =
                    json!({ "v": 1, "type": "difference", "file": name, "values": [here, there] });
                result_line(&line.to_string());
            } else {
                result_line(&format!("  {name:9} {here} → {there}"));
            }
        }
        differs
    }

    /// Compares the messages of one number.
    fn compare(&mut self, sides: &[Side<'_>; 2], number: u16, by: Key) {
        let mut walks = sides.each_ref().map(|side| Walk {
            decoder: Decoder::tolerant(&side.bytes),
            number,
            by,
            last: (u32::MAX, 0),
            place: 0,
        });
        let mut counts = Counts::default();
        let mut lines = Lines {
            printer: self,
            number,
            left: SHOWN,
            title: true,
        };
        let [mut here, mut there] = walks.each_mut().map(Walk::next);
        loop {
            let order = match (&here, &there) {
                (None, None) => break,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(here), Some(there)) => here.key.cmp(&there.key),
            };
            match (order, &here, &there) {
                (Ordering::Equal, Some(one), Some(other)) => {
                    let changes = one.changes(other);
                    if changes.is_empty() {
                        counts.same += 1;
                    } else {
                        counts.changed += 1;
                        lines.changed(one, &changes);
                    }
                }
                (Ordering::Less, Some(row), _) => {
                    counts.only[0] += 1;
                    lines.only(0, row);
                }
                (_, _, Some(row)) => {
                    counts.only[1] += 1;
                    lines.only(1, row);
                }
                _ => break,
            }
            if order != Ordering::Greater {
                here = walks[0].next();
            }
            if order != Ordering::Less {
                there = walks[1].next();
            }
        }
        lines.finish(counts);
        self.total.same += counts.same;
        self.total.changed += counts.changed;
        self.total.only[0] += counts.only[0];
        self.total.only[1] += counts.only[1];
    }

    fn finish(&self, identical: bool, frame: bool) -> bool {
        let same = identical || (self.total.differ() == 0 && !frame);
        if self.is_json {
            let Counts {
                same: unchanged,
                changed,
                only,
            } = self.total;
            let line = json!({
                "v": 1, "type": "diff", "identical": identical, "same": same,
                "messages": { "same": unchanged, "changed": changed, "first": only[0], "second": only[1] },
            });
            result_line(&line.to_string());
        } else if identical {
            result_line("  the same, byte for byte");
        } else if same {
            result_line("  the same messages, stored in other bytes");
        } else {
            result_line(&format!("  messages: {}", self.total.text()));
        }
        same
    }
}

/// The differences of one sort of message on their way out.
struct Lines<'p> {
    printer: &'p Printer,
    number: u16,
    left: u64,
    title: bool,
}

impl Lines<'_> {
    fn changed(&mut self, row: &Row, changes: &[Change<'_>]) {
        if self.printer.is_json {
            let fields: serde_json::Map<_, _> = changes
                .iter()
                .map(|change| (change.name.to_owned(), change.json()))
                .collect();
            self.json(row, "changed", &json!(fields));
        } else if self.may() {
            let changes: Vec<_> = changes.iter().map(Change::text).collect();
            let between = if changes.len() > IN_A_LINE {
                "\n      "
            } else {
                "  "
            };
            let name = row.name(self.number);
            result_line(&format!("  ~ {name}{between}{}", changes.join(between)));
        }
    }

    fn only(&mut self, side: usize, row: &Row) {
        if self.printer.is_json {
            let fields = row.fields.iter();
            let fields: serde_json::Map<_, _> = fields
                .map(|(name, value, _)| (name.clone(), value.json()))
                .collect();
            self.json(row, ["first", "second"][side], &json!(fields));
        } else if self.may() {
            result_line(&format!("  {} {}", ["-", "+"][side], row.text));
        }
    }

    fn json(&self, row: &Row, what: &str, fields: &Value) {
        let line = json!({
            "v": 1, "type": "difference", "message": message_name(self.number),
            "key": row.time.map_or_else(|| json!(row.key.0), |time| json!(time_text(time))),
            "in": what, "fields": fields,
        });
        result_line(&line.to_string());
    }

    /// Whether another difference is shown.
    fn may(&mut self) -> bool {
        if std::mem::replace(&mut self.title, false) {
            result_line("");
        }
        let may = self.printer.all || self.left > 0;
        self.left = self.left.saturating_sub(1);
        may
    }

    fn finish(self, counts: Counts) {
        if self.printer.is_json || counts.differ() == 0 {
            return;
        }
        let hidden = counts.differ().saturating_sub(SHOWN);
        if hidden > 0 && !self.printer.all {
            result_line(&format!("  … and {hidden} more; `--all` shows them"));
        }
        result_line(&format!(
            "  {}: {}",
            message_name(self.number),
            counts.text()
        ));
    }
}

fn size(bytes: usize) -> String {
    format!("{} bytes", words::count(bytes, "", "").trim())
}
