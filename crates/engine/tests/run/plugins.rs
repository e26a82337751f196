//! A reader, a source, a transform and a sink that do what they are told.
#![expect(
    clippy::cast_precision_loss,
    reason = "the numbers of the scripts are small"
)]

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use pipeline_engine::Registry;
use pipeline_plugin::{
    Batch, Context, Delivered, Error, ErrorKind, Event, Header, Input, Item, Kind, Meta, Output,
    OutputFile, Plugin, ReaderPlugin, Result, Sink, SinkPlugin, SourceCx, SourceFuture,
    SourcePlugin, StreamOut, Streams, Summary, Timestamp, Transform, TransformPlugin, field,
};

/// A reader of scripts: one word a line.
#[derive(serde::Deserialize, schemars::JsonSchema)]
struct Script {}

impl ReaderPlugin for Script {
    fn read(&self, input: Input<'_>, out: &mut dyn Streams, cx: &Context) -> Result<()> {
        let mut text = String::new();
        input
            .bytes
            .read_to_string(&mut text)
            .map_err(|e| Error::io("read", e))?;
        for line in text.lines() {
            let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
            let number = rest.parse::<i64>().unwrap_or(0);
            match word {
                "open" => out.open(Header {
                    name: input.name.to_owned(),
                    start: Timestamp::from_seconds(number),
                    ..Header::default()
                })?,
                "sample" => out.send(Item::Samples(sample(number)))?,
                "strokes" => out.send(Item::Event(Event::Meta(Meta {
                    total_cycles: Some(number as f64),
                    ..Meta::default()
                })))?,
                "finish" => out.finish()?,
                "warn" => cx.warn(rest),
                "fail" => return Err(Error::skip(format!("bad line {rest}"))),
                "panic" => panic!("{rest}"),
                _ => return Err(Error::skip(format!("unknown word {word}"))),
            }
        }
        Ok(())
    }
}

fn sample(second: i64) -> Batch {
    let mut batch = Batch::new(&[field::DISTANCE]);
    batch.push(Timestamp::from_seconds(second), &[second as f64]);
    batch
}

/// A sink that writes how many samples there were.
#[derive(serde::Deserialize, schemars::JsonSchema)]
struct Counter {
    #[schemars(extend("format" = "folder"))]
    folder: PathBuf,
    /// Fails at the first sample.
    #[serde(default)]
    fails: bool,
    /// Keeps its context for ever, and says something through it later.
    #[serde(default)]
    keeps: bool,
    /// Has a use for logs only.
    #[serde(default)]
    logs: bool,
}

struct Counting {
    file: OutputFile,
    samples: usize,
    fails: bool,
}

impl SinkPlugin for Counter {
    fn takes(&self, kind: Kind) -> bool {
        !self.logs || kind == Kind::Log
    }

    fn destination(&self) -> String {
        format!("counter:{}", self.folder.display())
    }

    fn folder(&self) -> Option<PathBuf> {
        Some(self.folder.clone())
    }

    fn open(&self, _: &Header, cx: &Context) -> Result<Box<dyn Sink>> {
        let file = OutputFile::create(&self.folder)?;
        if self.keeps {
            let context = cx.clone();
            std::thread::spawn(move || {
                std::thread::park_timeout(Duration::from_secs(600));
                context.warn("late");
            });
        }
        Ok(Box::new(Counting {
            file,
            samples: 0,
            fails: self.fails,
        }))
    }
}

impl Sink for Counting {
    fn write(&mut self, item: &Item) -> Result<()> {
        if let Item::Samples(batch) = item {
            self.samples += batch.len();
            if self.fails {
                return Err(Error::skip("no sample is good enough"));
            }
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>, summary: &Summary) -> Result<Delivered> {
        let Self { samples, .. } = *self;
        write!(self.file, "{samples} samples, {} cycles", summary.cycles())
            .map_err(|error| Error::io("write", error))?;
        Ok(Delivered::File(
            self.file
                .named(format!("{}.txt", summary.content_key.short()))?,
        ))
    }
}

/// A transform that drops every other sample.
#[derive(serde::Deserialize, schemars::JsonSchema)]
struct Halve {}

struct Halving(bool);

impl TransformPlugin for Halve {
    fn open(&self, _: &mut Header, _: &Context) -> Result<Box<dyn Transform>> {
        Ok(Box::new(Halving(false)))
    }
}

impl Transform for Halving {
    fn process(&mut self, item: Item, out: &mut dyn Output) -> Result<()> {
        self.0 = !self.0;
        if self.0 { out.send(item) } else { Ok(()) }
    }
}

/// A source that sends a sample a second of its clock, and may fail.
#[derive(serde::Deserialize, schemars::JsonSchema)]
struct Ticker {
    samples: i64,
    #[serde(default)]
    fails: bool,
}

impl SourcePlugin for Ticker {
    fn run<'a>(&'a self, out: &'a mut dyn StreamOut, cx: &'a SourceCx) -> SourceFuture<'a, ()> {
        Box::pin(async move {
            out.open(Header {
                start: Timestamp::from_seconds(0),
                ..Header::default()
            })
            .await?;
            for second in 0..self.samples {
                out.send(Item::Samples(sample(second))).await?;
                if cx.sleep(Duration::from_millis(1)).await.is_err() {
                    break;
                }
            }
            if self.fails {
                return Err(Error::new(ErrorKind::Device, "the link is lost"));
            }
            let _ = out.finish().await?;
            Ok(())
        })
    }
}

/// The plugins of these tests.
pub(crate) fn registry() -> Registry {
    Registry::new([
        Plugin::reader::<Script>("script", "test", &["script"], |_| false),
        Plugin::source::<Ticker>("ticker", "test"),
        Plugin::transform::<Halve>("halve", "test"),
        Plugin::sink::<Counter>("counter", "test", "txt"),
    ])
}
