//! Every message of a FIT file, one a line.

use std::fmt::Write;

use fit::{Decoder, Message};
use serde_json::{Map, json};

use super::developer::message_name;
use super::fit_file::{FitFile, segment_at};
use super::json::fault;
use super::selection::Selection;
use super::shown::{Shown, TIMESTAMP, field_name, plain_name, time_text};
use crate::output::result_line;
use crate::words;

/// How much text is gathered before it is printed: a call a line would take most of the time.
const CHUNK: usize = 64 << 10;

/// Prints the selected messages on standard output; what is wrong with the file follows, in text
/// on standard error.
pub(super) fn print(
    name: &str,
    bytes: &[u8],
    file: &FitFile,
    selection: &Selection,
    is_json: bool,
) {
    let mut lines = Lines::default();
    let mut decoder = Decoder::tolerant(bytes);
    // A tolerant decoder has no errors.
    while let Ok(Some(message)) = decoder.next_message() {
        if selection.has(message.number()) {
            if is_json {
                lines.add(&to_json(name, file, &message).to_string());
            } else {
                lines.add(&to_text(&message));
            }
        }
    }
    for problem in &file.faults {
        if is_json {
            let mut line = fault(problem);
            line["v"] = json!(1);
            line["type"] = json!("problem");
            line["file"] = json!(name);
            lines.add(&line.to_string());
        }
    }
    lines.flush();
    if !is_json {
        for fault in &file.faults {
            let (severity, place, text) = (fault.severity, fault.place(), fault.text());
            eprintln!("{severity}: {}: {place}: {text}", words::clean(name));
        }
    }
}

/// Lines on their way to standard output.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn add(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
        if self.0.len() > CHUNK {
            self.flush();
        }
    }

    fn flush(&mut self) {
        if !self.0.is_empty() {
            result_line(self.0.trim_end_matches('\n'));
            self.0.clear();
        }
    }
}

/// `record  timestamp=2025-10-09T08:53:21Z  distance=4.16 m  heart_rate=121 bpm`: what was measured.
pub(super) fn to_text(message: &Message<'_>) -> String {
    let mut line = message_name(message.number());
    if let (Some(time), None) = (message.timestamp(), message.field(TIMESTAMP)) {
        let _ = write!(line, "  timestamp={}", time_text(time));
    }
    for field in message.fields() {
        let field = message.resolved(field);
        let value = Shown::of(&field);
        if value == Shown::Missing {
            continue;
        }
        let name = plain_name(&field);
        let _ = write!(line, "  {name}={}", value.with_unit(field.unit()));
    }
    line
}

fn to_json(name: &str, file: &FitFile, message: &Message<'_>) -> serde_json::Value {
    let (mut fields, mut developer_fields) = (Map::new(), Map::new());
    if let (Some(time), None) = (message.timestamp(), message.field(TIMESTAMP)) {
        let value = Shown::time(time).json();
        fields.insert(
            "timestamp".to_owned(),
            json!({ "value": value, "unit": null }),
        );
    }
    for whole in message.fields() {
        let field = message.resolved(whole);
        let value = Shown::of(&field);
        let unit = Some(field.unit()).filter(|unit| !unit.is_empty() && value.has_unit());
        let mut member = json!({ "value": value.json(), "unit": unit });
        if field.name() != whole.name() {
            member["subfield_of"] = json!(whole.name());
        }
        let members = if let Some(developer) = field.developer() {
            member["developer"] = json!(developer);
            member["number"] = json!(field.field_number());
            &mut developer_fields
        } else {
            &mut fields
        };
        members.insert(unused(members, field_name(&field)), member);
    }
    json!({
        "v": 1,
        "type": "message",
        "file": name,
        "segment": segment_at(&file.report, message.offset()),
        "offset": message.offset(),
        "number": message.number(),
        "name": message_name(message.number()),
        "fields": fields,
        "developer_fields": developer_fields,
    })
}

/// A field that has the name of another gets a number behind its own.
fn unused(members: &Map<String, serde_json::Value>, name: String) -> String {
    if !members.contains_key(&name) {
        return name;
    }
    let numbered = |number: usize| format!("{name}#{number}");
    let free = |name: &String| !members.contains_key(name);
    (2..=members.len() + 2)
        .map(numbered)
        .find(free)
        .unwrap_or(name)
}
