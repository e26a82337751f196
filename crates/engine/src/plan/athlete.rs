use std::path::Path;
use std::sync::Arc;

use pipeline_plugin::{Athlete, schema_of, settings_from};
use serde_json::Value;

use crate::diagnostic::Diagnostic;
use crate::document::{Document, absolute};
use crate::environment::Environment;
use crate::settings::Reading;
use crate::source::Span;
use crate::yaml::{Node, NodeKind};

/// The athlete's values: those of the file itself, or of the profile that it names.
pub(super) fn profile(
    node: Option<Node>,
    environment: &Environment,
    problems: &mut Vec<Diagnostic>,
) -> Node {
    let Some(node) = node else {
        return Node {
            span: Span::new(&Arc::default(), 0..0),
            kind: NodeKind::Null,
        };
    };
    let NodeKind::Scalar { text, .. } = &node.kind else {
        return node;
    };
    read_profile(&node.span, text, environment, problems).unwrap_or(Node {
        span: node.span,
        kind: NodeKind::Unknown,
    })
}

/// The content of a profile; none if something is wrong with it, which has been reported then.
fn read_profile(
    span: &Span,
    text: &str,
    environment: &Environment,
    problems: &mut Vec<Diagnostic>,
) -> Option<Node> {
    let read = absolute(text, &span.source.folder, environment)
        .map_err(Diagnostic::without_place)
        .and_then(|path| {
            Document::read_as(&path, &name_beside(&span.source.name, text), environment)
        });
    match read {
        Ok(mut profile) => {
            problems.append(&mut profile.problems);
            match &profile.root.kind {
                // As it stands in a pipeline file.
                NodeKind::Map(entries)
                    if let [only] = &entries[..]
                        && only.key.text == "athlete"
                        && matches!(only.value.kind, NodeKind::Map(_)) =>
                {
                    return Some(only.value.clone());
                }
                NodeKind::Null | NodeKind::Map(_) => return Some(profile.root),
                _ => {}
            }
            let message = format!(
                "an athlete's profile is a map, not {}",
                profile.root.describe()
            );
            problems.push(
                Diagnostic::error(&profile.root.span, message)
                    .with_help("write for example `weight: 78 kg`"),
            );
        }
        Err(mut problem) => {
            if problem.span.is_none() {
                let help = "write the path of a profile, or the values: `{ weight: 78 kg }`";
                problem.help.get_or_insert_with(|| help.to_owned());
                problem.span = Some(span.clone());
            }
            problems.push(problem);
        }
    }
    None
}

/// The name for people of a file that a file of the name `source` calls `text`.
fn name_beside(source: &str, text: &str) -> String {
    match Path::new(source).parent() {
        Some(folder) if !text.starts_with('~') => folder.join(text).display().to_string(),
        _ => text.to_owned(),
    }
}

/// The athlete; `None` if something is wrong there, so that nobody asks for what is missing.
pub(super) fn read_athlete(
    node: &Node,
    environment: &Environment,
    problems: &mut Vec<Diagnostic>,
) -> Option<Athlete> {
    if matches!(node.kind, NodeKind::Null) {
        return Some(Athlete::default());
    }
    let schema = schema_of::<Athlete>();
    let values = Reading {
        environment,
        problems,
    }
    .options(node, &schema, "athlete", &node.span)?;
    match settings_from(Value::Object(values)) {
        Ok(athlete) => Some(athlete),
        Err(problem) => {
            let span = node.place_of(&problem.path, &node.span);
            problems.push(Diagnostic::error(&span, problem.message).with_maybe_help(problem.help));
            None
        }
    }
}
