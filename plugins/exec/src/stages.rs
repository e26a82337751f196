//! The transform and the sink around a program.

use pipeline_plugin::export::patched;
use pipeline_plugin::{
    ContentKey, Context, Delivered, Error, Header, Item, Output, Place, Problem, Result, Sink,
    SinkPlugin, Summary, Timestamp, Transform, TransformPlugin,
};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::Exec;
use crate::child::Running;

/// One stream on its way through a program.
struct Stream {
    /// None once it has ended.
    running: Option<Running>,
    latest: Timestamp,
    cx: Context,
    name: String,
}

/// What a line of a program says.
enum Line {
    Item(Item),
    Warn(String),
    Fail(String),
    /// The header, which a program that copies its input says too.
    Open,
    Finish(Value),
    Done(String),
}

impl Stream {
    fn open(exec: &Exec, header: &Header, cx: &Context) -> Result<Self> {
        let mut stream = Self {
            running: Some(Running::start(exec, cx)?),
            latest: Timestamp::from_micros(i64::MIN),
            cx: cx.clone(),
            name: exec.program().to_owned(),
        };
        stream.tell(&json!({ "open": header }), &mut |_| Ok(()))?;
        Ok(stream)
    }

    fn tell(&mut self, line: &Value, heard: &mut dyn FnMut(Line) -> Result<()>) -> Result<()> {
        let Some(mut running) = self.running.take() else {
            return Ok(());
        };
        running.tell(line.to_string(), &mut |line| self.hear(line, heard))?;
        self.running = Some(running);
        Ok(())
    }

    fn end(&mut self, summary: &Summary, heard: &mut dyn FnMut(Line) -> Result<()>) -> Result<()> {
        self.tell(&json!({ "finish": summary }), heard)?;
        match self.running.take() {
            Some(running) => running.end(&mut |line| self.hear(line, heard)),
            None => Ok(()),
        }
    }

    /// Takes a line apart, and passes on what it says.
    fn hear(&mut self, text: &str, heard: &mut dyn FnMut(Line) -> Result<()>) -> Result<()> {
        let wrong = |error: &dyn std::fmt::Display| {
            let start: String = text.trim().chars().take(60).collect();
            self.broken(format!("said `{}`: {error}", start.escape_debug()))
        };
        match line(text).map_err(|error| wrong(&error))? {
            Line::Warn(text) => {
                self.cx.warn(text);
                Ok(())
            }
            Line::Fail(text) if text.trim().is_empty() => {
                Err(self.broken("failed without saying why"))
            }
            Line::Fail(text) => Err(Error::skip(text)),
            Line::Item(item) => {
                if let Item::Samples(batch) = &item
                    && let (Some(first), Some(last)) = (batch.time().first(), batch.time().last())
                {
                    if *first < self.latest {
                        return Err(wrong(&"earlier than the samples before"));
                    }
                    self.latest = *last;
                }
                heard(Line::Item(item))
            }
            line => heard(line),
        }
    }

    fn broken(&self, what: impl std::fmt::Display) -> Error {
        let message = format!("the program `{}` {what}", self.name);
        Error::new(pipeline_plugin::ErrorKind::Plugin, message)
    }

    fn unexpected(&self, what: &str) -> Error {
        self.broken(format!(
            "said `{what}`, which is not for this kind of stage"
        ))
    }
}

/// What a line says; on failure what is wrong with it.
fn line(text: &str) -> Result<Line, String> {
    let value: Value = serde_json::from_str(text).map_err(|_| "no JSON".to_owned())?;
    let Value::Object(members) = value else {
        return Err("no JSON object".to_owned());
    };
    let word = |members: &Map<String, Value>, key: &str| {
        members
            .get(key)
            .map(|text| text.as_str().unwrap_or_default().to_owned())
    };
    if let Some(text) = word(&members, "warn") {
        return Ok(Line::Warn(text));
    }
    if let Some(text) = word(&members, "fail") {
        return Ok(Line::Fail(text));
    }
    if let Some(place) = word(&members, "done") {
        return Ok(Line::Done(place));
    }
    if members.contains_key("open") {
        return Ok(Line::Open);
    }
    if let Some(patch) = members.get("finish") {
        return Ok(Line::Finish(patch.clone()));
    }
    serde_json::from_value(Value::Object(members))
        .map(Line::Item)
        .map_err(|error| error.to_string())
}

impl TransformPlugin for Exec {
    fn check(&self, _: &Place) -> Vec<Problem> {
        self.problems()
    }

    fn open(&self, header: &mut Header, cx: &Context) -> Result<Box<dyn Transform>> {
        Ok(Box::new(Through(Stream::open(self, header, cx)?)))
    }
}

/// A transform.
struct Through(Stream);

impl Transform for Through {
    fn process(&mut self, item: Item, out: &mut dyn Output) -> Result<()> {
        let wrong = self.0.unexpected("done");
        let mut wrong = Some(wrong);
        self.0.tell(&json!(item), &mut |line| match line {
            Line::Item(item) => out.send(item),
            Line::Done(_) => Err(wrong.take().unwrap_or_else(|| Error::skip("done"))),
            _ => Ok(()),
        })
    }

    fn finish(&mut self, summary: &mut Summary, out: &mut dyn Output) -> Result<()> {
        let mut patch = None;
        self.0.end(&summary.clone(), &mut |line| {
            match line {
                Line::Item(item) => out.send(item)?,
                Line::Finish(changes) => patch = Some(changes),
                _ => {}
            }
            Ok(())
        })?;
        if let Some(patch) = patch {
            *summary = serde_json::from_value(patched(json!(summary), patch)).map_err(|error| {
                self.0
                    .broken(format!("finished with a summary that is none: {error}"))
            })?;
        }
        Ok(())
    }
}

impl SinkPlugin for Exec {
    fn check(&self, _: &Place) -> Vec<Problem> {
        self.problems()
    }

    fn destination(&self) -> String {
        // Arguments may be secrets.
        let hash = Sha256::digest(json!(self.command).to_string());
        format!(
            "exec:{}:{}",
            self.program(),
            ContentKey(hash.into()).short()
        )
    }

    fn open(&self, header: &Header, cx: &Context) -> Result<Box<dyn Sink>> {
        Ok(Box::new(Into(Stream::open(self, header, cx)?, None)))
    }
}

/// A sink, and where the program says that it has delivered to.
struct Into(Stream, Option<String>);

impl Sink for Into {
    fn write(&mut self, item: &Item) -> Result<()> {
        let Self(stream, done) = self;
        let wrong = stream.unexpected("an item");
        let mut wrong = Some(wrong);
        stream.tell(&json!(item), &mut |line| match line {
            Line::Done(place) => {
                *done = Some(place);
                Ok(())
            }
            Line::Item(_) => Err(wrong.take().unwrap_or_else(|| Error::skip("an item"))),
            _ => Ok(()),
        })
    }

    fn finish(self: Box<Self>, summary: &Summary) -> Result<Delivered> {
        let Self(mut stream, mut done) = *self;
        stream.end(summary, &mut |line| {
            if let Line::Done(place) = line {
                done = Some(place);
            }
            Ok(())
        })?;
        Ok(Delivered::Done(done.unwrap_or(stream.name)))
    }
}
