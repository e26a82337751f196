use pipeline_plugin::{Athlete, Place};

use super::athlete::{profile, read_athlete};
use super::make::{Made, Maker};
use super::{Plan, PlannedSource, PlannedStage, StageKind as Planned};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Document;
use crate::environment::Environment;
use crate::outline::{Outline, Stage, outline};
use crate::overrides::Overrides;
use crate::registry::Registry;
use crate::registry::Section;
use crate::wiring::{self, Parent};
use crate::yaml::NodeKind;

/// Checks a pipeline file and makes its stages.
///
/// Touches no file but the athlete's profile, and no device.
///
/// # Errors
///
/// Everything that is wrong in the file, in the order of the file, warnings included.
pub fn plan(
    document: &Document,
    registry: &Registry,
    overrides: &Overrides,
    environment: &Environment,
) -> Result<Plan, Vec<Diagnostic>> {
    let mut problems = document.problems.clone();
    let mut outline = outline(document, registry, &mut problems);
    overrides.apply_athlete(&mut outline);
    let mut athlete = profile(outline.athlete.take(), environment, &mut problems);
    overrides.apply(&mut outline, &mut athlete, &mut problems);
    let parents = wiring::parents(&outline.stages, &mut problems);
    let athlete = read_athlete(&athlete, environment, &mut problems);
    let mut maker = Maker {
        environment,
        inputs: overrides.inputs,
        problems: &mut problems,
    };
    let made = outline.stages.iter().enumerate().map(|(index, stage)| {
        let athlete = athlete.as_ref();
        let place = athlete.map(|athlete| place(&outline.stages, &parents, index, athlete));
        maker.make(stage, place.as_ref())
    });
    let made: Vec<_> = made.collect();
    sort(&mut problems, document);
    if problems
        .iter()
        .any(|problem| problem.severity == Severity::Error)
    {
        return Err(problems);
    }
    let mut plan = Plan {
        name: name(&outline, document),
        file: document.file.clone(),
        folder: document.source.folder.clone(),
        athlete: athlete.unwrap_or_default(),
        sources: Vec::new(),
        stages: Vec::new(),
        warnings: problems,
    };
    join(&mut plan, outline.stages, &parents, made);
    Ok(plan)
}

fn name(outline: &Outline, document: &Document) -> String {
    match outline.name.as_ref().map(|name| &name.kind) {
        Some(NodeKind::Scalar { text, .. }) => text.trim().to_owned(),
        _ => document.stem(),
    }
}

/// What a stage may know about those around it.
fn place(stages: &[Stage], parents: &[Parent], index: usize, athlete: &Athlete) -> Place {
    let name = |stage: &Stage| stage.key.text.clone();
    let is_source = |stage: &&Stage| stage.kind == Section::Source;
    let parent = |index: usize| parents.get(index).copied().flatten();
    let is_source_itself = stages.get(index).is_some_and(|stage| is_source(&stage));
    let mut before: Vec<String> = std::iter::successors(parent(index), |index| parent(*index))
        .filter_map(|index| stages.get(index))
        .map(name)
        .collect();
    if !is_source_itself {
        before.extend(stages.iter().filter(is_source).map(name).rev());
    }
    before.reverse();
    let comes_after = |other: usize| {
        is_source_itself || std::iter::successors(parent(other), |i| parent(*i)).any(|i| i == index)
    };
    let after = stages
        .iter()
        .enumerate()
        .filter(|(other, stage)| stage.kind != Section::Source && comes_after(*other))
        .map(|(_, stage)| name(stage))
        .collect();
    Place {
        athlete: athlete.clone(),
        before,
        after,
    }
}

/// In the order of the file; what stands in other texts comes after it.
fn sort(problems: &mut [Diagnostic], document: &Document) {
    problems.sort_by_key(|problem| match &problem.span {
        Some(span) if span.source == document.source => (0, span.range.start),
        _ => (1, 0),
    });
}

/// Hangs the stages on one another.
fn join(plan: &mut Plan, stages: Vec<Stage>, parents: &[Parent], made: Vec<Option<Made>>) {
    let mut behind: Vec<Vec<PlannedStage>> = stages.iter().map(|_| Vec::new()).collect();
    let all = stages.into_iter().zip(made).zip(parents).enumerate();
    // From the last to the first: when it is a stage's turn, all those behind it are complete.
    for (index, ((stage, made), parent)) in all.rev() {
        let (Some(plugin), Some(made)) = (stage.plugin, made) else {
            continue;
        };
        let mut next = behind
            .get_mut(index)
            .map(std::mem::take)
            .unwrap_or_default();
        next.reverse();
        let kind = match made {
            Made::Transform(transform) => Planned::Transform(transform),
            Made::Sink(sink) => Planned::Sink(sink),
            Made::Source(kind, settings) => {
                plan.sources.push(PlannedSource {
                    id: stage.id,
                    plugin,
                    settings,
                    kind,
                });
                continue;
            }
        };
        let planned = PlannedStage {
            id: stage.id,
            plugin: plugin.name.clone(),
            kind,
            next,
        };
        match parent.and_then(|parent| behind.get_mut(parent)) {
            Some(siblings) => siblings.push(planned),
            None => plan.stages.push(planned),
        }
    }
    plan.sources.reverse();
    plan.stages.reverse();
}
