use std::sync::Arc;

use pipeline_plugin::{Place, Plugin, Problem, Role, SinkPlugin, TransformPlugin};
use serde_json::{Map, Value};

use super::SourceKind;
use crate::diagnostic::Diagnostic;
use crate::environment::Environment;
use crate::outline::Stage;
use crate::schema::stage_schema;
use crate::settings::Reading;

/// Makes stages out of their settings.
pub(super) struct Maker<'a> {
    pub(super) environment: &'a Environment,
    /// Inputs are given on the command line.
    pub(super) inputs: bool,
    pub(super) problems: &'a mut Vec<Diagnostic>,
}

/// A stage that is made.
pub(super) enum Made {
    Source(SourceKind, Value),
    Transform(Arc<dyn TransformPlugin>),
    Sink(Arc<dyn SinkPlugin>),
}

impl Maker<'_> {
    /// Makes a stage and asks it whether it is content with its place, if that is known.
    ///
    /// `None` if something is wrong, which has been reported then.
    pub(super) fn make(&mut self, stage: &Stage, place: Option<&Place>) -> Option<Made> {
        let plugin = stage.plugin.as_ref()?;
        let mut schema = stage_schema(plugin);
        if self.inputs
            && matches!(plugin.role, Role::Reader { .. })
            && let Some(required) = schema["required"].as_array_mut()
        {
            required.retain(|option| option != "path");
        }
        let mut reading = Reading {
            environment: self.environment,
            problems: self.problems,
        };
        let values = reading.options(&stage.settings, &schema, &plugin.name, &stage.key.span)?;
        let (made, found) = match prepare(plugin, values, place) {
            Ok((made, found)) => (Some(made), found),
            Err(problem) => (None, vec![problem]),
        };
        for problem in found {
            let span = stage.settings.place_of(&problem.path, &stage.key.span);
            let Problem {
                message,
                help,
                remedies,
                ..
            } = problem;
            let problem = Diagnostic::error(&span, message).with_maybe_help(help);
            self.problems.push(Diagnostic {
                remedies: remedies.into(),
                ..problem
            });
        }
        made
    }
}

/// The stage, and what is wrong with its settings at its place.
fn prepare(
    plugin: &Plugin,
    mut values: Map<String, Value>,
    place: Option<&Place>,
) -> Result<(Made, Vec<Problem>), Problem> {
    Ok(match &plugin.role {
        Role::Reader { prepare, .. } => {
            let paths = match values.remove("path") {
                Some(Value::Array(paths)) => paths,
                path => Vec::from_iter(path),
            };
            let paths = paths
                .into_iter()
                .filter_map(|path| path.as_str().map(str::to_owned));
            let settings = Value::Object(values);
            let reader = prepare(settings.clone())?;
            let found = place.map(|place| reader.check(place)).unwrap_or_default();
            (
                Made::Source(
                    SourceKind::Reader {
                        reader,
                        paths: paths.collect(),
                    },
                    settings,
                ),
                found,
            )
        }
        Role::Source(prepare) => {
            let settings = Value::Object(values);
            let source = prepare(settings.clone())?;
            let found = place.map(|place| source.check(place)).unwrap_or_default();
            (Made::Source(SourceKind::Source(source), settings), found)
        }
        Role::Transform(prepare) => {
            let transform = prepare(Value::Object(values))?;
            let found = place
                .map(|place| transform.check(place))
                .unwrap_or_default();
            (Made::Transform(transform), found)
        }
        Role::Sink { prepare, .. } => {
            let sink = prepare(Value::Object(values))?;
            let found = place.map(|place| sink.check(place)).unwrap_or_default();
            (Made::Sink(sink), found)
        }
    })
}
