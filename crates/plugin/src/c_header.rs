use std::fmt::Write;

use crate::abi::c;
use crate::abi::describe::{Constants, Struct};
use crate::field;

/// The text of `pipeline_plugin.h`, the header for plugins in C and whatever speaks C.
///
/// It is made from the same definitions as the Rust types in [`abi::c`](crate::abi::c).
pub fn c_header() -> String {
    let mut text = TOP.to_owned();
    for constants in [
        c::status::DESCRIPTION,
        c::role::DESCRIPTION,
        c::kind::DESCRIPTION,
        c::level::DESCRIPTION,
    ] {
        write_constants(&mut text, &constants);
    }
    for part in structs() {
        write_struct(&mut text, &part);
    }
    text.push_str(ENTRY);
    text.push_str(FORMS);
    for line in field_lines() {
        let _ = writeln!(text, " * {line}");
    }
    text.push_str(BOTTOM);
    text
}

/// The structs of the interface in the header's order.
pub fn structs() -> [Struct; 7] {
    [
        c::Text::description(),
        c::Column::description(),
        c::Item::description(),
        c::Given::description(),
        c::Bluetooth::description(),
        c::Host::description(),
        c::Plugin::description(),
    ]
}

const TOP: &str = "\
/* pipeline_plugin.h - plugins for Pipeline, version 1. Generated; do not edit.
 *
 * A plugin is a shared library that exports one function, pipeline_plugin_v1, and links to
 * nothing of Pipeline. Build it with  cc -shared -fPIC -o libmine.so mine.c,  try it with
 * `pipeline plugin check ./libmine.so`, and use it by its name in a pipeline file.
 *
 * 1. The version is in the name of that function. What is in this file never changes.
 * 2. Structs may grow at their end: look at a member only if `size` covers it.
 * 3. Pointers are borrowed until the call returns. Nobody frees what the other made. (A host
 *    of `for_thread` is the one exception.)
 * 4. Text is UTF-8 with a length. Numbers are in the units listed below; NaN: not measured.
 * 5. `run` and `process` block as long as they have to. Functions with a `stage` may be called
 *    by several threads at once, so a stage does not change; those with a `stream` by one at a
 *    time. Call the host only on the thread that called you, before you return.
 * 6. After 30 s without a return or a call of the host, a plugin is given up for good.
 *    While it waits, it calls `sleep` or asks `stopping`.
 * 7. No exception, panic, signal or longjmp may leave a plugin.
 * 8. A library is never unloaded.
 * 9. Only `run`, `open`, `process` and `finish` may touch files and devices.
 * 10. The host checks all it gets, and tells the user which plugin was wrong.
 */
#ifndef PIPELINE_PLUGIN_H
#define PIPELINE_PLUGIN_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern \"C\" {
#endif

#ifdef _WIN32
#define PIPELINE_EXPORT __declspec(dllexport)
#else
#define PIPELINE_EXPORT __attribute__((visibility(\"default\")))
#endif

typedef struct pipeline_text pipeline_text;
typedef struct pipeline_column pipeline_column;
typedef struct pipeline_item pipeline_item;
typedef struct pipeline_given pipeline_given;
typedef struct pipeline_host pipeline_host;
typedef struct pipeline_bluetooth pipeline_bluetooth;
typedef struct pipeline_plugin pipeline_plugin;

/* What the host has to give goes to a function of yours, with your own pointer; it may be null. */
typedef void (*pipeline_take)(void *user, const pipeline_given *given);
";

const ENTRY: &str = r"
/* The one function of a library: its plugins, counted from 0; null after the last. The tables
 * and their texts stay as they are for ever. */
PIPELINE_EXPORT const pipeline_plugin *pipeline_plugin_v1(size_t index);

/* A literal as a text, to initialise one; a string as a text. */
#define PIPELINE_TEXT(literal) { literal, sizeof(literal) - 1 }
static inline pipeline_text pipeline_text_of(const char *string) {
    pipeline_text text;
    text.data = string;
    text.length = strlen(string);
    return text;
}

#ifdef __cplusplus
}
#endif
";

const FORMS: &str = r#"
/* JSON texts. Members may be missing and may be added. Times are RFC 3339 in UTC; you may as
 * well write whole microseconds since 1970.
 *
 * header   {"kind": "activity", "name": "row.csv", "start": "2026-07-24T10:30:05.25Z",
 *           "sport": "rowing/indoor_rowing", "device": {"name": "PM5", "serial": 430000000,
 *           "link": "bluetooth_low_energy"}}; a link is that or "ant_plus"
 * lap      {"start": "...", "end": "...", "trigger": "distance", "intensity": "active",
 *           "totals": {"timer_time": 124.6, "distance": 500, ...}}
 * event    {"timer_stop": {"time": "..."}}, {"timer_start": {"time": "..."}} or, for what is
 *          known late, {"meta": {"notes": "...", "total_cycles": 240, "calories": 98,
 *           "sensors": [{"kind": "heart_rate", "name": "Polar H10", "battery": 64}]}}
 * curve    {"time": "...", "field": "handle_force", "values": [0, 120.5, ...]}
 * summary  {"start": "...", "end": "...", "samples": 492, "laps": 4, "totals": {...},
 *           "content_key": "64 hexadecimal digits"}
 * triggers are manual, time, distance, session_end; intensities active, rest; totals are
 * timer_time (s), distance (m), cycles, calories (kcal), work (J), max_speed (m/s), avg_power,
 * max_power (W), avg_cadence, max_cadence, avg_heart_rate, max_heart_rate, min_heart_rate.
 *
 * Columns with a fixed unit; others may have any.
 *
"#;

const BOTTOM: &str = " */\n\n#endif\n";

/// Names and units of the table, several a line.
fn field_lines() -> Vec<String> {
    let mut lines = vec![String::new()];
    for field in field::TABLE {
        let unit = if field.unit().is_empty() {
            "1"
        } else {
            field.unit()
        };
        let entry = format!("{} {unit}", field.name());
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(&entry),
            Some(line) if line.len() + entry.len() < 90 => {
                line.push_str(" | ");
                line.push_str(&entry);
            }
            _ => lines.push(entry),
        }
    }
    lines
}

fn write_constants(text: &mut String, constants: &Constants) {
    text.push('\n');
    write_comment(text, "", constants.docs);
    text.push_str("enum {\n");
    let last = constants.values.len() - 1;
    for (index, (name, value, docs)) in constants.values.iter().enumerate() {
        let comma = if index == last { "" } else { "," };
        let declared = format!("{name} = {value}{comma}");
        let _ = writeln!(text, "    {declared:24} /* {} */", docs.trim());
    }
    text.push_str("};\n");
}

fn write_struct(text: &mut String, part: &Struct) {
    text.push('\n');
    write_comment(text, "", part.docs);
    let _ = writeln!(text, "struct {} {{", part.name);
    for member in &part.members {
        let mut docs = member.docs;
        if let Some((heading, rest)) = docs.split_first()
            && let Some(heading) = heading.trim().strip_prefix("# ")
        {
            let _ = writeln!(text, "\n    /* ---- {heading} ---- */");
            docs = rest;
        }
        let declared = format!("{};", member.declaration);
        match docs {
            // A short word about a number or a text stands behind it.
            [line] if !declared.contains("(*") && line.len() < 58 => {
                let _ = writeln!(text, "    {declared:31} /*{line} */");
            }
            _ => {
                write_comment(text, "    ", docs);
                write_member(text, &member.declaration);
            }
        }
    }
    text.push_str("};\n");
}

/// A declaration, broken after a comma where it is too long.
fn write_member(text: &mut String, declaration: &str) {
    const WIDTH: usize = 95;
    let mut line = format!("    {declaration};");
    while line.len() > WIDTH {
        let Some(at) = line.get(..WIDTH).and_then(|start| start.rfind(", ")) else {
            break;
        };
        let rest = line.split_off(at + 2);
        let _ = writeln!(text, "{}", line.trim_end());
        line = format!("        {rest}");
    }
    let _ = writeln!(text, "{line}");
}

fn write_comment(text: &mut String, indent: &str, lines: &[&str]) {
    let Some((last, others)) = lines.split_last() else {
        return;
    };
    let mut start = "/*";
    for line in others {
        let _ = writeln!(text, "{indent}{start}{line}");
        start = " *";
    }
    let _ = writeln!(text, "{indent}{start}{last} */");
}
