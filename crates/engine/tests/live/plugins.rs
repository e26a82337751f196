//! A source that follows a script, a transform that is picky, and a sink that keeps a diary.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use pipeline_plugin::{
    Batch, Context, Delivered, Error, Header, Item, Kind, Level, Output, Progress, Result, Sink,
    SinkPlugin, SourceCx, SourceFuture, SourcePlugin, StreamOut, Summary, Timestamp, Transform,
    TransformPlugin, field,
};
use serde_json::{Value, json};

/// A source that follows a script: one word after another.
#[derive(serde::Deserialize, schemars::JsonSchema)]
pub(crate) struct Station {
    script: String,
    #[serde(default)]
    takes_commands: bool,
    /// A file that it makes.
    #[serde(default)]
    touches: PathBuf,
    /// The diary of a sink that keeps up with a flood.
    #[serde(default)]
    paced_by: PathBuf,
}

impl SourcePlugin for Station {
    fn takes_commands(&self) -> bool {
        self.takes_commands
    }

    fn run<'a>(&'a self, out: &'a mut dyn StreamOut, cx: &'a SourceCx) -> SourceFuture<'a, ()> {
        Box::pin(async move {
            let state = cx.context().state();
            for word in self.script.split_whitespace() {
                match word {
                    "open" => {
                        let kind = Kind::Log;
                        let start = Timestamp::from_seconds(state.get("n")?.unwrap_or(0));
                        let header = Header {
                            kind,
                            start,
                            ..Header::default()
                        };
                        out.open(header).await?;
                    }
                    "send" => {
                        let n = state.get("n")?.unwrap_or(0) + 1;
                        out.send(Item::Samples(sample(n))).await?;
                        state.set("n", &n)?;
                    }
                    "flood" => {
                        // More than may wait for a sink, at the pace of a good one.
                        for (sent, second) in (1_000..7_000).enumerate() {
                            out.send(Item::Samples(sample(second))).await?;
                            if sent % 500 == 0 {
                                wait_until(|| lines_in(&self.paced_by) >= sent)?;
                            }
                        }
                    }
                    "touch" => {
                        fs::write(&self.touches, "").unwrap();
                    }
                    "try-finish" => {
                        if let Err(error) = out.finish().await {
                            cx.context().log(Level::Info, error.to_string());
                        }
                    }
                    "checkpoint" => out.checkpoint().await?,
                    "finish" => {
                        let fate = out.finish().await?;
                        state.set("fate", &format!("{fate:?}"))?;
                    }
                    "fate" => {
                        let fate: Option<String> = state.get("fate")?;
                        cx.context().log(Level::Info, fate.unwrap_or_default());
                    }
                    "fail" => return Err(Error::skip("the link is lost")),
                    "obey" => {
                        let command = cx.commands().next().await.unwrap();
                        let reply = json!({ "did": command.name, "for": command.stage });
                        command.answer(Ok(reply));
                    }
                    "told" => {
                        cx.context().log(Level::Info, "it is warm");
                        cx.context().log(Level::Debug, "registers 1 to 80");
                        cx.context()
                            .progress(Progress::items("history", 3, Some(3)));
                    }
                    other => return Err(Error::skip(format!("no word {other}"))),
                }
            }
            Ok(())
        })
    }
}

/// Waits for what another thread does.
fn wait_until(mut is_so: impl FnMut() -> bool) -> Result<()> {
    let until = Instant::now() + Duration::from_secs(60);
    while !is_so() {
        if Instant::now() > until {
            return Err(Error::skip("what is waited for does not come"));
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}

fn lines_in(path: &Path) -> usize {
    fs::read_to_string(path).map_or(0, |text| text.lines().count())
}

fn sample(second: i64) -> Batch {
    let mut batch = Batch::new(&[field::POWER]);
    batch.push(Timestamp::from_seconds(second), &[1.0]);
    batch
}

/// A sink that appends a line for whatever happens to it.
#[derive(Clone, serde::Deserialize, schemars::JsonSchema)]
pub(crate) struct Diary {
    file: PathBuf,
    /// Fails at this: `write`, `checkpoint`, `finish`.
    #[serde(default)]
    fault: String,
    /// Posts a command of that name with its first item.
    #[serde(default)]
    command: String,
    /// Can't be opened before there is this file.
    #[serde(default)]
    waits_for: Option<PathBuf>,
    /// Can't write before there is this file.
    #[serde(default)]
    stuck_until: Option<PathBuf>,
}

/// A transform that has something against one item.
#[derive(serde::Deserialize, schemars::JsonSchema)]
pub(crate) struct Picky {
    second: i64,
}

impl TransformPlugin for Picky {
    fn open(&self, _: &mut Header, _: &Context) -> Result<Box<dyn Transform>> {
        Ok(Box::new(Picky { ..*self }))
    }
}

impl Transform for Picky {
    fn process(&mut self, item: Item, out: &mut dyn Output) -> Result<()> {
        match &item {
            Item::Samples(batch) if batch.time()[0] == Timestamp::from_seconds(self.second) => {
                Err(Error::skip(format!("not second {}", self.second)))
            }
            _ => out.send(item),
        }
    }
}

struct Writing {
    diary: Diary,
    cx: Context,
}

impl Diary {
    fn note(&self, line: &str) -> Result<()> {
        let file = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.file);
        file.and_then(|mut file| writeln!(file, "{line}"))
            .map_err(|error| Error::io("write", error))
    }
}

impl SinkPlugin for Diary {
    fn destination(&self) -> String {
        format!("diary:{}", self.file.display())
    }

    fn open(&self, _: &Header, cx: &Context) -> Result<Box<dyn Sink>> {
        if let Some(path) = &self.waits_for {
            wait_until(|| path.exists())?;
        }
        self.note("open")?;
        let (diary, cx) = (self.clone(), cx.clone());
        Ok(Box::new(Writing { diary, cx }))
    }
}

impl Sink for Writing {
    fn write(&mut self, _: &Item) -> Result<()> {
        if self.diary.fault == "write" {
            return Err(Error::skip("no item is good enough"));
        }
        if let Some(path) = &self.diary.stuck_until {
            wait_until(|| path.exists())?;
        }
        if !self.diary.command.is_empty() {
            let name = std::mem::take(&mut self.diary.command);
            let answer = self.cx.command(name, Value::Null);
            let answer = answer.and_then(|answer| answer.wait(Duration::from_secs(20)));
            return match answer {
                Ok(value) => self.diary.note(&value.to_string()),
                Err(error) => self.diary.note(&error.with_causes()),
            };
        }
        self.cx
            .state()
            .set("rows", &(self.cx.state().get("rows")?.unwrap_or(0) + 1))?;
        self.diary.note("item")
    }

    fn checkpoint(&mut self) -> Result<()> {
        if self.diary.fault == "checkpoint" {
            return Err(Error::skip("the disk is gone"));
        }
        self.diary.note("checkpoint")
    }

    fn finish(self: Box<Self>, _: &Summary) -> Result<Delivered> {
        if self.diary.fault == "finish" {
            return Err(Error::skip("the last page is missing"));
        }
        let rows: i64 = self.cx.state().get("rows")?.unwrap_or(0);
        self.diary.note(&format!("finish with {rows}"))?;
        Ok(Delivered::Done("the diary".to_owned()))
    }
}
