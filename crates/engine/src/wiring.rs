//! Which stage hangs on which.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::shorten;
use crate::nearest::did_you_mean;
use crate::outline::Stage;
use crate::registry::Section;
use crate::yaml::Key;

/// The index of a transform; none for the sources.
pub(crate) type Parent = Option<usize>;

/// What is wrong with a `from`, and what to do.
type Wrong = (String, String);

/// For each stage of the outline the stage before it.
pub(crate) fn parents(stages: &[Stage], problems: &mut Vec<Diagnostic>) -> Vec<Parent> {
    let mut last = None;
    let mut parents = Vec::with_capacity(stages.len());
    for (index, stage) in stages.iter().enumerate() {
        let parent = match &stage.from {
            None if stage.kind == Section::Source => None,
            None => last,
            Some(from) => named(stages, index, from).unwrap_or_else(|(message, help)| {
                problems.push(Diagnostic::error(&from.span, message).with_help(help));
                last
            }),
        };
        parents.push(parent);
        if stage.kind == Section::Transform {
            last = Some(index);
        }
    }
    unused(stages, &parents, problems);
    parents
}

/// The stage that `from` names for the stage at `index`: an earlier transform, or the sources.
fn named(stages: &[Stage], index: usize, from: &Key) -> Result<Parent, Wrong> {
    let word = shorten(&from.text);
    let earlier = stages.get(..index).unwrap_or_default();
    let Some((found, stage)) = stages
        .iter()
        .enumerate()
        .find(|(_, stage)| stage.id == from.text)
    else {
        if from.text == "source" {
            return Ok(None);
        }
        let earlier = earlier.iter().filter(|stage| stage.kind != Section::Sink);
        let earlier: Vec<&str> = earlier.map(|stage| stage.id.as_str()).collect();
        let help = did_you_mean(&from.text, earlier.iter().copied())
            .unwrap_or_else(|| format!("earlier stages are {}", earlier.join(", ")));
        return Err((format!("there is no stage `{word}`"), help));
    };
    let (message, help) = match stage.kind {
        _ if found == index => ("can't come from itself", "name an earlier stage"),
        Section::Transform if found < index => return Ok(Some(found)),
        Section::Transform => ("comes later", "move it before this stage"),
        Section::Sink => (
            "is a sink: nothing comes out of it",
            "name a transform or the source",
        ),
        Section::Source => {
            let sources = stages.iter().filter(|stage| stage.kind == Section::Source);
            if sources.count() == 1 {
                return Ok(None);
            }
            (
                "is one of several sources, which all feed the same stages",
                "write `from: source` for all of them, or a pipeline of its own for each",
            )
        }
    };
    Err((format!("`{word}` {message}"), help.to_owned()))
}

/// Warns of transforms from which no sink gets anything.
fn unused(stages: &[Stage], parents: &[Parent], problems: &mut Vec<Diagnostic>) {
    if !stages.iter().any(|stage| stage.kind == Section::Sink) {
        return;
    }
    for (index, stage) in stages.iter().enumerate() {
        let has_next = parents.contains(&Some(index));
        if stage.kind == Section::Transform && !has_next {
            let message = format!("no sink gets what `{}` makes", stage.id);
            let help = format!("remove it, or write `from: {}` beside a sink", stage.id);
            problems.push(Diagnostic::warning(&stage.key.span, message).with_help(help));
        }
    }
}
