//! A source that is never done and a sink that asks it for something, as a library: what they
//! remember, checkpoints, commands, words and progress.

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use pipeline_plugin::{
    Batch, Context, Delivered, Error, Header, Item, Kind, Level, OutputFile, Plugin, Progress,
    Result, Sink, SinkPlugin, SourceCx, SourceFuture, SourcePlugin, StreamOut, Summary, export,
    field,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

export!(station, note);

/// A power station that says one thing, does what it is asked, and says another.
#[derive(Deserialize, JsonSchema)]
struct Station {}

fn station() -> Plugin {
    Plugin::source::<Station>("station", "a power station that is not there")
}

impl SourcePlugin for Station {
    fn takes_commands(&self) -> bool {
        true
    }

    fn run<'a>(&'a self, out: &'a mut dyn StreamOut, cx: &'a SourceCx) -> SourceFuture<'a, ()> {
        Box::pin(async move {
            let state = cx.context().state();
            let runs = state.get::<u32>("runs")?.unwrap_or(0) + 1;
            let (kind, start) = (Kind::Log, cx.now());
            out.open(Header {
                kind,
                start,
                ..Header::default()
            })
            .await?;
            out.send(sample(cx)).await?;
            if let Some(command) = cx.commands().next().await {
                if command.name == "ac" {
                    let value = json!({ "did": command.name, "with": command.value });
                    command.answer(Ok(value));
                } else {
                    command.unknown(&["ac"]);
                }
            }
            // What is remembered becomes durable with the samples, not before.
            state.set("runs", &runs)?;
            out.checkpoint().await?;
            cx.context().log(Level::Info, runs.to_string());
            cx.context()
                .progress(Progress::items("history", 2, Some(2)));
            out.send(sample(cx)).await?;
            let _ = out.finish().await?;
            Ok(())
        })
    }
}

fn sample(cx: &SourceCx) -> Item {
    let mut batch = Batch::new(&[field::POWER]);
    batch.push(cx.now(), &[230.0]);
    Item::Samples(batch)
}

/// Writes down what happens to it.
#[derive(Deserialize, JsonSchema)]
struct Note {
    /// Folder for the files.
    #[schemars(extend("format" = "folder"))]
    folder: PathBuf,
}

fn note() -> Plugin {
    Plugin::sink::<Note>("note", "write down what happens", "txt")
}

struct Noting {
    file: OutputFile,
    cx: Context,
    has_asked: bool,
}

impl SinkPlugin for Note {
    fn destination(&self) -> String {
        format!("note:{}", self.folder.display())
    }

    fn folder(&self) -> Option<PathBuf> {
        Some(self.folder.clone())
    }

    fn open(&self, _: &Header, cx: &Context) -> Result<Box<dyn Sink>> {
        Ok(Box::new(Noting {
            file: OutputFile::create(&self.folder)?,
            cx: cx.clone(),
            has_asked: false,
        }))
    }
}

impl Noting {
    fn line(&mut self, text: &str) -> Result<()> {
        writeln!(self.file, "{text}").map_err(|error| Error::io("write a line", error))
    }
}

impl Sink for Noting {
    fn write(&mut self, _: &Item) -> Result<()> {
        if self.has_asked {
            return self.line("item");
        }
        self.has_asked = true;
        let answer = self.cx.command("ac", Value::Bool(true));
        match answer.and_then(|answer| answer.wait(Duration::from_secs(5))) {
            Ok(value) => self.line(&format!("0 {value}")),
            Err(error) => self.line(&format!("1 {error}")),
        }
    }

    fn checkpoint(&mut self) -> Result<()> {
        self.line("checkpoint")
    }

    fn finish(self: Box<Self>, summary: &Summary) -> Result<Delivered> {
        let name = format!("{}.txt", summary.content_key.short());
        Ok(Delivered::File(self.file.named(name)?))
    }
}
