//! `pipeline graph`, and a pipeline on one line.

use std::fmt::Write;

use clap::{Args, ValueEnum};
use pipeline_engine::{Overrides, Plan, PlannedStage};

use crate::app::App;
use crate::exit;
use crate::output::result_line;

/// Draw the stages of a pipeline
#[derive(Args)]
pub(crate) struct Graph {
    /// Pipeline file; a plain name is also looked for in ./pipelines and in your own pipeline
    /// folder, `@name` is a bundled pipeline
    file: String,

    /// How to draw it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// A tree for the terminal
    Text,
    /// A Mermaid flowchart, for Markdown
    Mermaid,
}

pub(crate) fn run(args: &Graph, app: &App) -> u8 {
    // Where the inputs are does not matter here.
    let overrides = Overrides {
        inputs: true,
        ..Overrides::default()
    };
    let plan = app
        .document(&args.file)
        .and_then(|document| app.plan(&document, &overrides));
    let plan = match plan {
        Ok(plan) => plan,
        Err(code) => return code,
    };
    let drawn = match args.format {
        Format::Text => tree(&plan),
        Format::Mermaid => mermaid(&plan),
    };
    result_line(drawn.trim_end());
    exit::DONE
}

/// A pipeline on one line: `tcx → laps → garmin`, `tcx → (laps → garmin, fit)`.
pub(crate) fn line(plan: &Plan) -> String {
    let sources: Vec<&str> = plan
        .sources
        .iter()
        .map(|source| source.id.as_str())
        .collect();
    let mut text = sources.join(", ");
    line_of(&plan.stages, &mut text);
    text
}

fn line_of(stages: &[PlannedStage], text: &mut String) {
    match stages {
        [] => {}
        [only] => {
            let _ = write!(text, " → {}", only.id);
            line_of(&only.next, text);
        }
        several => {
            text.push_str(" → (");
            for (index, stage) in several.iter().enumerate() {
                text.push_str(if index > 0 { ", " } else { "" });
                text.push_str(&stage.id);
                line_of(&stage.next, text);
            }
            text.push(')');
        }
    }
}

/// A tree with the sources at its root.
fn tree(plan: &Plan) -> String {
    let mut text = format!("{}\n", plan.name);
    for source in &plan.sources {
        let role = source.plugin.role.name();
        let _ = writeln!(text, "{}", labelled(&source.id, &source.plugin.name, role));
    }
    branches(&plan.stages, "", &mut text);
    text
}

fn branches(stages: &[PlannedStage], indent: &str, text: &mut String) {
    for (index, stage) in stages.iter().enumerate() {
        let last = index + 1 == stages.len();
        let (branch, below) = if last {
            ("└─ ", "   ")
        } else {
            ("├─ ", "│  ")
        };
        let role = if stage.is_sink() { "sink" } else { "transform" };
        let _ = writeln!(
            text,
            "{indent}{branch}{}",
            labelled(&stage.id, &stage.plugin, role)
        );
        branches(&stage.next, &format!("{indent}{below}"), text);
    }
}

/// `short (transform laps)`, `laps (transform)`.
fn labelled(id: &str, plugin: &str, role: &str) -> String {
    if id == plugin {
        format!("{id} ({role})")
    } else {
        format!("{id} ({role} {plugin})")
    }
}

/// A Mermaid flowchart: sources and sinks are rounded.
fn mermaid(plan: &Plan) -> String {
    let mut text = String::from("flowchart LR\n");
    let mut nodes = 0;
    let mut node = |text: &mut String, id: &str, open: &str, close: &str| {
        let name = format!("s{nodes}");
        nodes += 1;
        let _ = writeln!(text, "    {name}{open}\"{id}\"{close}");
        name
    };
    let sources: Vec<String> = plan
        .sources
        .iter()
        .map(|source| node(&mut text, &source.id, "([", "])"))
        .collect();
    let mut open: Vec<(Vec<String>, &PlannedStage)> = plan
        .stages
        .iter()
        .rev()
        .map(|stage| (sources.clone(), stage))
        .collect();
    while let Some((before, stage)) = open.pop() {
        let (left, right) = if stage.is_sink() {
            ("([", "])")
        } else {
            ("[", "]")
        };
        let name = node(&mut text, &stage.id, left, right);
        for from in &before {
            let _ = writeln!(text, "    {from} --> {name}");
        }
        open.extend(
            stage
                .next
                .iter()
                .rev()
                .map(|next| (vec![name.clone()], next)),
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use pipeline_engine::Document;

    fn planned(text: &str) -> Plan {
        let app = App::new();
        let folder = std::env::temp_dir();
        let document = Document::parse("rows.yaml", text.to_owned(), folder, &app.environment);
        app.plan(&document.unwrap(), &Overrides::default()).unwrap()
    }

    #[test]
    fn a_line() {
        let text =
            "{ source: { tcx: { path: x } }, transforms: [laps], sinks: [garmin: { folder: x }] }";
        let plan = planned(text);
        assert_eq!(line(&plan), "tcx → laps → garmin");
        assert_eq!(
            tree(&plan),
            "rows\ntcx (reader)\n└─ laps (transform)\n   └─ garmin (sink)\n"
        );
    }

    #[test]
    fn a_tree() {
        let plan = planned(
            "sources: [tcx: { path: x }, { id: old, tcx: { path: y } }]
transforms: [laps, { id: short, laps: { every: 100 m }, from: source }]
sinks: [{ garmin: { folder: x }, from: laps }, fit: { folder: y }, { id: raw, fit: { folder: z } }]",
        );
        assert_eq!(
            line(&plan),
            "tcx, old → (laps → garmin, short → (fit, raw))"
        );
        let expected = "rows
tcx (reader)
old (reader tcx)
├─ laps (transform)
│  └─ garmin (sink)
└─ short (transform laps)
   ├─ fit (sink)
   └─ raw (sink fit)
";
        assert_eq!(tree(&plan), expected);
        let expected = "flowchart LR
    s0([\"tcx\"])
    s1([\"old\"])
    s2[\"laps\"]
    s0 --> s2
    s1 --> s2
    s3([\"garmin\"])
    s2 --> s3
    s4[\"short\"]
    s0 --> s4
    s1 --> s4
    s5([\"fit\"])
    s4 --> s5
    s6([\"raw\"])
    s4 --> s6
";
        assert_eq!(mermaid(&plan), expected);
    }
}
