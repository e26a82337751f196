//! What differs, as lines for people or as JSON Lines.

use std::ops::AddAssign;

use serde_json::{Value, json};

use super::Side;
use super::walk::{Change, Row};
use crate::commands::inspect::developer::message_name;
use crate::commands::inspect::fit_file::{FitFile, protocol};
use crate::commands::inspect::shown::time_text;
use crate::output::result_line;
use crate::words;

/// How many differences of a sort of message are shown.
const SHOWN: u64 = 10;

/// How many changed fields stand in one line.
const IN_A_LINE: usize = 3;

/// How many messages are the same, changed, and in one file only.
#[derive(Clone, Copy, Default)]
pub(super) struct Counts {
    pub(super) same: u64,
    pub(super) changed: u64,
    /// In the first file, in the second.
    pub(super) only: [u64; 2],
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.same += other.same;
        self.changed += other.changed;
        self.only[0] += other.only[0];
        self.only[1] += other.only[1];
    }
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

/// Says what differs.
pub(super) struct Printer {
    /// All differences of a sort of message, not the first ones.
    pub(super) all: bool,
    pub(super) is_json: bool,
}

impl Printer {
    /// What differs between the files around their messages; whether anything does.
    pub(super) fn frame(&self, sides: &[Side<'_>; 2], files: &[FitFile; 2]) -> bool {
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

    /// The last words; whether nothing differs.
    pub(super) fn finish(&self, total: Counts, identical: bool, frame: bool) -> bool {
        let same = identical || (total.differ() == 0 && !frame);
        if self.is_json {
            let Counts {
                same: unchanged,
                changed,
                only,
            } = total;
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
            result_line(&format!("  messages: {}", total.text()));
        }
        same
    }

    /// What differs between messages of one number will follow.
    pub(super) fn lines(&self, number: u16) -> Lines<'_> {
        Lines {
            printer: self,
            number,
            left: SHOWN,
            title: true,
        }
    }
}

/// The differences of one sort of message on their way out.
pub(super) struct Lines<'p> {
    printer: &'p Printer,
    number: u16,
    left: u64,
    title: bool,
}

impl Lines<'_> {
    pub(super) fn changed(&mut self, row: &Row, changes: &[Change<'_>]) {
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

    pub(super) fn only(&mut self, side: usize, row: &Row) {
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

    pub(super) fn finish(self, counts: Counts) {
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
