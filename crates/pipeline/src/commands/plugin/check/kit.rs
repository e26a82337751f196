//! The conformance kit: tries a plugin as the engine would use it, and worse.

use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use pipeline_engine::try_source;
use pipeline_plugin::{
    Cancel, Context, Error, ErrorKind, Input, Item, Place, Plugin, Problem, ReaderPlugin, Result,
    Role, SinkPlugin, SourcePlugin, Summarizer, TransformPlugin,
};
use serde_json::{Map, Value, json};

use super::odd::{Anywhere, Endless, Refusing, header, header_of, noise, odd_streams, samples};
use crate::words;

/// How many instances are opened and closed.
const INSTANCES: usize = 100;

/// How long a stop may take.
const STOP: Duration = Duration::from_secs(2);

/// How long a source runs before it is asked to stop.
const RUN: Duration = Duration::from_millis(300);

/// What a check found out.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) is_sound: bool,
    pub(super) text: String,
}

/// A folder for files that nobody wants, removed at the end.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Tries a plugin.
pub(super) fn examine(plugin: &Plugin) -> Result<Vec<Finding>> {
    let name = format!("pipeline-check-{}-{}", std::process::id(), plugin.name);
    let scratch = Scratch(std::env::temp_dir().join(name));
    std::fs::create_dir_all(&scratch.0)
        .map_err(|error| Error::io(format!("make `{}`", scratch.0.display()), error))?;
    let mut exam = Exam {
        settings: example_settings(&plugin.schema, &scratch.0.join("out")),
        folder: scratch.0.join("out"),
        findings: Vec::new(),
    };
    exam.schema(&plugin.schema);
    match &plugin.role {
        Role::Reader { prepare, .. } => {
            if let Some(stage) = exam.prepare(prepare) {
                exam.reader(&*stage);
            }
        }
        Role::Source(prepare) => {
            if let Some(stage) = exam.prepare(prepare) {
                exam.source(&*stage);
            }
        }
        Role::Transform(prepare) => {
            if let Some(stage) = exam.prepare(prepare) {
                exam.transform(&*stage);
            }
        }
        Role::Sink { prepare, .. } => {
            if let Some(stage) = exam.prepare(prepare) {
                exam.sink(&*stage);
            }
        }
    }
    Ok(exam.findings)
}

struct Exam {
    settings: Value,
    folder: PathBuf,
    findings: Vec<Finding>,
}

impl Exam {
    fn found(&mut self, is_sound: bool, text: impl Into<String>) {
        self.findings.push(Finding {
            is_sound,
            text: text.into(),
        });
    }

    /// Notes what became of an attempt: a stage may say that it can't, but must not be broken.
    fn tried(&mut self, what: &str, result: Result<()>) {
        match result {
            Err(error) if error.kind() == ErrorKind::Plugin => {
                self.found(false, format!("{what}: {}", error.with_causes()));
            }
            Err(error) => self.found(true, format!("{what}: refused, {}", error.with_causes())),
            Ok(()) => self.found(true, what),
        }
    }

    fn schema(&mut self, schema: &Value) {
        let none = Map::new();
        let options = schema["properties"].as_object().unwrap_or(&none);
        let silent = options.iter().filter(|(_, option)| {
            let about = option["description"].as_str();
            about.is_none_or(|about| about.trim().is_empty())
        });
        let silent: Vec<&str> = silent.map(|(name, _)| name.as_str()).collect();
        if silent.is_empty() {
            self.found(
                true,
                format!(
                    "schema: {} described",
                    words::count(options.len(), "option", "options")
                ),
            );
        } else {
            self.found(
                false,
                format!("schema: no description of {}", silent.join(", ")),
            );
        }
    }

    /// A stage of the example settings; unknown options and the place are tried on the way.
    fn prepare<T: ?Sized + Checked>(
        &mut self,
        prepare: &pipeline_plugin::Prepare<T>,
    ) -> Option<Arc<T>> {
        let mut unknown = self.settings.clone();
        unknown["surely-not-an-option"] = json!(1);
        match prepare(unknown) {
            Ok(_) => self.found(true, "unknown option: left to the host, which refuses it"),
            Err(problem) if problem.path == ["surely-not-an-option"] => {
                self.found(true, "unknown option: refused with its path");
            }
            Err(problem) => self.found(
                false,
                format!(
                    "unknown option: refused without its path: {}",
                    problem.message
                ),
            ),
        }
        let stage = match prepare(self.settings.clone()) {
            Ok(stage) => stage,
            Err(problem) => {
                self.found(
                    false,
                    format!("settings {}: {}", self.settings, problem.message),
                );
                return None;
            }
        };
        self.found(true, format!("settings: {}", self.settings));
        let problems = stage.checked(&Place::default());
        self.found(
            true,
            format!(
                "place: {} without an athlete",
                words::count(problems.len(), "problem", "problems")
            ),
        );
        for _ in 0..INSTANCES {
            if let Err(problem) = prepare(self.settings.clone()) {
                self.found(false, format!("{INSTANCES} stages: {}", problem.message));
                return None;
            }
        }
        self.found(true, format!("{INSTANCES} stages made and released"));
        Some(stage)
    }

    fn transform(&mut self, stage: &dyn TransformPlugin) {
        let cx = Context::detached();
        let opened = (0..INSTANCES).try_for_each(|_| {
            let mut transform = stage.open(&mut header(), &cx)?;
            transform.process(samples(2), &mut Vec::new())
        });
        self.tried(&format!("{INSTANCES} streams opened and given up"), opened);
        for (what, items) in odd_streams() {
            let result = transformed(stage, items, &cx);
            self.tried(what, result);
        }
        let refusing = stage.open(&mut header(), &cx).and_then(|mut transform| {
            let result = transform.process(samples(500), &mut Refusing);
            let result = result.and_then(|()| {
                transform.finish(&mut Summarizer::new(&header()).summary(), &mut Refusing)
            });
            match result {
                Err(error) if error.kind() != ErrorKind::Cancelled => Err(error),
                _ => Ok(()),
            }
        });
        self.tried("stop: a refused item is no fault", refusing);
    }

    fn sink(&mut self, stage: &dyn SinkPlugin) {
        let cx = Context::detached();
        let opened = (0..INSTANCES).try_for_each(|_| {
            let mut sink = stage.open(&header(), &cx)?;
            sink.write(&samples(2))
        });
        self.tried(&format!("{INSTANCES} streams opened and given up"), opened);
        let left = files_below(&self.folder);
        self.found(
            left == 0,
            format!(
                "given up: {} left behind",
                words::count(left, "file", "files")
            ),
        );
        for (what, items) in odd_streams() {
            let result = written(stage, &items, &cx);
            self.tried(what, result);
        }
        let kept = stage.open(&header(), &cx).and_then(|mut sink| {
            sink.write(&samples(2))?;
            sink.checkpoint()?;
            sink.write(&samples(2))?;
            sink.checkpoint()
        });
        self.tried("checkpoint: twice in a stream", kept);
    }

    fn reader(&mut self, stage: &dyn ReaderPlugin) {
        let cx = Context::detached();
        let read = |bytes: &[u8]| {
            let input = Input {
                name: "check",
                size: Some(bytes.len() as u64),
                bytes: &mut Cursor::new(bytes),
            };
            stage.read(input, &mut Anywhere, &cx)
        };
        self.tried("an empty input", read(b""));
        self.tried("an input of zeros", read(&vec![0; 70_000]));
        self.tried("an input of noise", read(&noise(70_000)));
        let many = (0..INSTANCES).try_for_each(|_| match read(b"?\n") {
            Err(error) if error.kind() != ErrorKind::Plugin => Ok(()),
            result => result,
        });
        self.tried(&format!("{INSTANCES} inputs"), many);
        let cancel = Cancel::default();
        cancel.throw();
        let stopped = Context::new("check", cancel, |_| ());
        let asked = Instant::now();
        let input = Input {
            name: "check",
            size: None,
            bytes: &mut Endless,
        };
        let result = stage.read(input, &mut Anywhere, &stopped);
        self.stopped(asked.elapsed());
        let result = result.or_else(|error| match error.kind() {
            ErrorKind::Cancelled => Ok(()),
            _ => Err(error),
        });
        self.tried("stop: an endless input", result);
    }

    fn source(&mut self, stage: &dyn SourcePlugin) {
        match try_source(stage, RUN) {
            Ok(took) => self.stopped(took),
            Err(error) => self.tried("run", Err(error)),
        }
    }

    fn stopped(&mut self, took: Duration) {
        let took_ms = took.as_millis();
        self.found(
            took <= STOP,
            format!("stop: took {took_ms} ms, 2,000 are allowed"),
        );
    }
}

/// What all stages have: they look at their place.
trait Checked {
    fn checked(&self, place: &Place) -> Vec<Problem>;
}

macro_rules! checked {
    ($($stage:ident)*) => {
        $(impl Checked for dyn $stage {
            fn checked(&self, place: &Place) -> Vec<Problem> {
                self.check(place)
            }
        })*
    };
}

checked!(ReaderPlugin SourcePlugin TransformPlugin SinkPlugin);

/// Settings that a person could write: every option that must be given, and the folder.
fn example_settings(schema: &Value, folder: &Path) -> Value {
    let mut settings = Map::new();
    for (name, option) in schema["properties"].as_object().into_iter().flatten() {
        let required = schema["required"].as_array().into_iter().flatten();
        let is_required = required.clone().any(|required| required == name);
        let format = option["format"].as_str().unwrap_or_default();
        if matches!(format, "folder" | "path" | "file") || name == "folder" {
            settings.insert(name.clone(), json!(folder));
        } else if is_required {
            settings.insert(name.clone(), example(option));
        }
    }
    Value::Object(settings)
}

fn example(option: &Value) -> Value {
    let given = [
        &option["examples"][0],
        &option["default"],
        &option["enum"][0],
    ];
    if let Some(given) = given.into_iter().find(|value| !value.is_null()) {
        return given.clone();
    }
    match option["type"].as_str() {
        Some("number" | "integer") => option.get("minimum").cloned().unwrap_or(json!(1)),
        Some("boolean") => json!(false),
        Some("array") => json!([]),
        Some("object") => json!({}),
        _ => json!("x"),
    }
}

fn transformed(stage: &dyn TransformPlugin, items: Vec<Item>, cx: &Context) -> Result<()> {
    let mut header = header_of(&items);
    let mut transform = stage.open(&mut header, cx)?;
    let mut sent = Vec::new();
    for item in items {
        transform.process(item, &mut sent)?;
    }
    let mut summarizer = Summarizer::new(&header);
    for item in &sent {
        summarizer.take(item);
    }
    transform.finish(&mut summarizer.summary(), &mut sent)
}

fn written(stage: &dyn SinkPlugin, items: &[Item], cx: &Context) -> Result<()> {
    let header = header_of(items);
    let mut sink = stage.open(&header, cx)?;
    let mut summarizer = Summarizer::new(&header);
    for item in items {
        sink.write(item)?;
        summarizer.take(item);
    }
    sink.finish(&summarizer.summary()).map(drop)
}

fn files_below(folder: &Path) -> usize {
    let staging = folder.with_extension("staging");
    let entries = |folder: &Path| std::fs::read_dir(folder).into_iter().flatten().count();
    entries(folder) + entries(&staging)
}
