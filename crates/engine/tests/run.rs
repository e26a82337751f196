//! Runs of whole plans with plugins of the test's own: what is delivered, what is reported, what
//! is left behind.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(
    clippy::cast_precision_loss,
    reason = "the numbers of the scripts are small"
)]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use pipeline_engine::{
    DeliveryStatus, Document, Environment, LiveOptions, Overrides, Plan, Registry, Report,
    RunOptions, Tap, Totals, plan, run,
};
use pipeline_plugin::{
    Batch, Cancel, Context, Delivered, Error, ErrorKind, Event, Header, Input, Item, Kind, Meta,
    Output, OutputFile, Plugin, ReaderPlugin, Result, Sink, SinkPlugin, SourceCx, SourceFuture,
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

fn registry() -> Registry {
    Registry::new([
        Plugin::reader::<Script>("script", "test", &["script"], |_| false),
        Plugin::source::<Ticker>("ticker", "test"),
        Plugin::transform::<Halve>("halve", "test"),
        Plugin::sink::<Counter>("counter", "test", "txt"),
    ])
}

/// A folder with inputs, and what a run there says.
struct Bench {
    root: tempfile::TempDir,
}

impl Bench {
    fn new(inputs: &[(&str, &str)]) -> Self {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("in")).unwrap();
        for (name, text) in inputs {
            fs::write(root.path().join("in").join(name), text.replace("; ", "\n")).unwrap();
        }
        Self { root }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    fn plan(&self, text: &str) -> Plan {
        let environment = Environment::fixed(&[]);
        let root = self.root.path().to_owned();
        let document = Document::parse("test", text.to_owned(), root, &environment).unwrap();
        plan(&document, &registry(), &Overrides::default(), &environment).unwrap()
    }

    fn options(&self) -> RunOptions {
        RunOptions {
            inputs: Vec::new(),
            jobs: 1,
            shard: None,
            dry_run: false,
            again: false,
            state: self.path("state"),
            tap: None,
            live: LiveOptions::default(),
        }
    }

    fn run(&self, text: &str) -> (Totals, Vec<String>) {
        self.run_with(text, &self.options())
    }

    fn run_with(&self, text: &str, options: &RunOptions) -> (Totals, Vec<String>) {
        let mut lines = Vec::new();
        let plan = self.plan(text);
        let totals = run(&plan, options, &Cancel::default(), &mut |report| {
            lines.extend(describe(&report));
        });
        lines.sort();
        (totals.unwrap(), lines)
    }

    /// Names and contents of a folder.
    fn folder(&self, name: &str) -> Vec<String> {
        let mut found: Vec<_> = fs::read_dir(self.path(name))
            .into_iter()
            .flatten()
            .map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap())
            .collect();
        found.sort();
        found
    }
}

fn describe(report: &Report) -> Option<String> {
    let short = |input: &str| input.rsplit('/').next().unwrap_or_default().to_owned();
    Some(match report {
        Report::Stream(stream) => {
            let statuses: Vec<_> = stream
                .deliveries
                .iter()
                .map(|delivery| match &delivery.status {
                    DeliveryStatus::Delivered(_) => "delivered".to_owned(),
                    DeliveryStatus::Already(_) => "already".to_owned(),
                    DeliveryStatus::Would(_) => "would".to_owned(),
                    DeliveryStatus::Failed(error) => format!("failed: {error}"),
                })
                .collect();
            format!("{}: {}", short(&stream.input), statuses.join(", "))
        }
        Report::Known(input) => format!("{}: known", short(input)),
        Report::Failed(failure) => {
            let known = if failure.known { " (known)" } else { "" };
            format!("{}: {}{known}", short(&failure.input), failure.error)
        }
        Report::Warning { input, warning } => {
            format!(
                "{}: {} warns {}",
                short(input),
                warning.stage,
                warning.message
            )
        }
        // When a sink's fault is told depends on the threads; see `live.rs`.
        Report::Inputs(_) | Report::InputDone | Report::Told { .. } => return None,
    })
}

const PLAIN: &str = "source: { script: { path: in } }\nsinks: [ counter: { folder: out } ]\n";

#[test]
fn bad_inputs_do_not_stop_the_good_ones() {
    let bench = Bench::new(&[
        ("a.script", "open 0; sample 1; sample 2; finish"),
        ("b.script", "open 0; sample 1; fail 3"),
        (
            "c.script",
            "open 0; sample 5; finish; open 9; sample 10; panic at sea",
        ),
        (
            "d.script",
            "open 0; warn mind the gap; sample 7; strokes 12; finish",
        ),
    ]);
    let (totals, lines) = bench.run(PLAIN);
    assert_eq!(
        lines,
        [
            "a.script: delivered",
            "b.script: bad line 3",
            "c.script: a stage panicked: at sea",
            "c.script: delivered",
            "d.script: delivered",
            "d.script: script warns mind the gap",
        ]
    );
    assert_eq!(
        (totals.delivered, totals.quarantined, totals.exit_code()),
        (3, 2, 8)
    );
    assert_eq!(
        bench.folder("out"),
        [
            "1 samples, 12 cycles",
            "1 samples, NaN cycles",
            "2 samples, NaN cycles"
        ]
    );
    assert!(
        !bench.path("out.staging").exists(),
        "what was given up must leave nothing behind"
    );
}

#[test]
fn a_second_run_delivers_only_what_is_new() {
    let bench = Bench::new(&[
        ("a.script", "open 0; sample 1; finish"),
        ("b.script", "open 0; sample 2; fail here"),
    ]);
    bench.run(PLAIN);
    fs::write(bench.path("in/c.script"), "open 0\nsample 3\nfinish").unwrap();
    // The same activity in another file, with other bytes.
    fs::write(bench.path("in/d.script"), "open 0\nsample 1\nfinish\n").unwrap();
    let (totals, lines) = bench.run(PLAIN);
    assert_eq!(
        lines,
        [
            "a.script: known",
            "b.script: bad line here (known)",
            "c.script: delivered",
            "d.script: already",
        ]
    );
    assert_eq!(
        (totals.delivered, totals.already, totals.quarantined),
        (1, 2, 1)
    );
    // A bad input is tried again when its bytes change, and counts as delivered then.
    fs::write(bench.path("in/b.script"), "open 0\nsample 2\nfinish").unwrap();
    let (totals, _) = bench.run(PLAIN);
    assert_eq!(
        (totals.delivered, totals.already, totals.exit_code()),
        (1, 3, 0)
    );
}

#[test]
fn what_the_user_removed_does_not_come_back_unless_asked_for() {
    let bench = Bench::new(&[("a.script", "open 0; sample 1; finish")]);
    bench.run(PLAIN);
    fs::remove_dir_all(bench.path("out")).unwrap();
    bench.run(PLAIN);
    assert!(bench.folder("out").is_empty());
    let again = RunOptions {
        again: true,
        ..bench.options()
    };
    bench.run_with(PLAIN, &again);
    assert_eq!(bench.folder("out").len(), 1);
    // And never over what is there.
    let (_, lines) = bench.run_with(PLAIN, &again);
    assert_eq!(lines, ["a.script: already"]);
}

#[test]
fn without_the_ledger_names_tell_what_was_delivered() {
    let bench = Bench::new(&[("a.script", "open 0; sample 1; finish")]);
    bench.run(PLAIN);
    fs::remove_dir_all(bench.path("state")).unwrap();
    let (totals, lines) = bench.run(PLAIN);
    assert_eq!(
        (lines, totals.already),
        (vec!["a.script: already".to_owned()], 1)
    );
}

#[test]
fn a_dry_run_leaves_no_trace() {
    let bench = Bench::new(&[("a.script", "open 0; sample 1; finish")]);
    let (totals, lines) = bench.run_with(
        PLAIN,
        &RunOptions {
            dry_run: true,
            ..bench.options()
        },
    );
    assert_eq!(
        (lines, totals.delivered),
        (vec!["a.script: would".to_owned()], 1)
    );
    assert!(!bench.path("out").exists());
    assert!(!bench.path("state").exists());
}

const TREE: &str = "
source: { script: { path: in } }
transforms: [ halve ]
sinks:
  - counter: { folder: halves }
  - from: script
    id: all
    counter: { folder: all }
  - id: broken
    counter: { folder: broken, fails: true }
";

#[test]
fn a_failing_sink_is_detached_and_the_others_go_on() {
    let bench = Bench::new(&[("a.script", "open 0; sample 1; sample 2; sample 3; finish")]);
    let (totals, lines) = bench.run(TREE);
    assert_eq!(
        lines,
        ["a.script: delivered, failed: no sample is good enough, delivered"]
    );
    assert_eq!((totals.partly, totals.exit_code()), (1, 9));
    assert_eq!(bench.folder("halves"), ["2 samples, NaN cycles"]);
    assert_eq!(bench.folder("all"), ["3 samples, NaN cycles"]);
    assert!(bench.folder("broken").is_empty());
    // Not complete, so it is read again, and delivered where it was missing.
    let (_, lines) = bench.run(TREE);
    assert_eq!(
        lines,
        ["a.script: already, failed: no sample is good enough, already"]
    );
}

#[test]
fn a_stream_passes_by_a_sink_without_a_use_for_it() {
    let bench = Bench::new(&[("a.script", "open 0; sample 1; finish")]);
    let sinks = "{ id: logs, counter: { folder: logs, logs: true } }, { id: all, counter: { folder: all } }";
    let (totals, lines) = bench.run(&PLAIN.replace("counter: { folder: out }", sinks));
    assert_eq!(lines, ["a.script: delivered"]);
    assert_eq!((totals.delivered, totals.exit_code()), (1, 0));
    assert_eq!(bench.folder("all"), ["1 samples, NaN cycles"]);
    assert!(bench.folder("logs").is_empty());
}

/// A sink with a thread of its own kept the run from ending as long as that had the context.
#[test]
fn a_run_ends_although_a_sink_keeps_its_context() {
    let bench = Bench::new(&[("a.script", "open 0; sample 1; finish")]);
    let sink = "counter: { folder: out, keeps: true }";
    let (_, lines) = bench.run(&PLAIN.replace("counter: { folder: out }", sink));
    assert_eq!(lines, ["a.script: delivered"]);
}

#[test]
fn two_runs_at_once_deliver_each_activity_once() {
    let inputs: Vec<(String, String)> = (0..60)
        .map(|n| {
            (
                format!("{n}.script"),
                format!("open {n}; sample {}; finish", n + 1),
            )
        })
        .collect();
    let inputs: Vec<_> = inputs
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    let bench = Bench::new(&inputs);
    let delivered: usize = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| bench.run(PLAIN).0.delivered))
            .collect();
        runs.into_iter().map(|run| run.join().unwrap()).sum()
    });
    assert_eq!((delivered, bench.folder("out").len()), (60, 60));
}

#[test]
fn a_live_source_is_delivered_before_it_goes_on() {
    let bench = Bench::new(&[]);
    let text = "source: { ticker: { samples: 20 } }\ntransforms: [ halve ]\n\
                sinks: [ counter: { folder: out } ]\n";
    let (totals, lines) = bench.run(text);
    assert_eq!(
        (lines, totals.delivered),
        (vec!["ticker: delivered".to_owned()], 1)
    );
    assert_eq!(bench.folder("out"), ["10 samples, NaN cycles"]);
}

#[test]
fn what_a_lost_device_sent_is_kept() {
    let bench = Bench::new(&[]);
    let text = "source: { ticker: { samples: 5, fails: true } }\n\
                sinks: [ counter: { folder: out }, { id: broken, counter: { folder: b, fails: true } } ]\n";
    let (totals, lines) = bench.run(text);
    assert_eq!(
        lines,
        [
            "ticker: delivered, failed: no sample is good enough",
            "ticker: the link is lost"
        ]
    );
    assert_eq!(
        (bench.folder("out"), totals.exit_code()),
        (vec!["5 samples, NaN cycles".to_owned()], 6)
    );
}

#[test]
fn a_tap_sees_every_item_between_header_and_summary() {
    let bench = Bench::new(&[("a.script", "open 0; sample 1; sample 2; finish")]);
    let check = |stage: &str| {
        let out = Arc::new(Mutex::new(Vec::new()));
        let writer: Arc<Mutex<dyn Write + Send>> = Arc::clone(&out) as _;
        let tap = Some(Tap {
            stage: stage.to_owned(),
            out: writer,
        });
        bench.run_with(
            TREE,
            &RunOptions {
                tap,
                dry_run: true,
                again: true,
                ..bench.options()
            },
        );
        let text = String::from_utf8(out.lock().unwrap().clone()).unwrap();
        text.lines()
            .map(|line| line.split('"').nth(1).unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(check(""), ["open", "samples", "samples", "finish"]);
    assert_eq!(check("halve"), ["open", "samples", "finish"]);
}

#[test]
fn an_unusable_state_folder_is_an_error_with_its_name() {
    let bench = Bench::new(&[("a.script", "open 0; sample 1; finish")]);
    fs::write(bench.path("state"), "in the way").unwrap();
    let plan = bench.plan(PLAIN);
    let error = run(&plan, &bench.options(), &Cancel::default(), &mut |_| ()).unwrap_err();
    assert!(
        error.with_causes().contains("state"),
        "{}",
        error.with_causes()
    );
    assert_eq!(error.kind(), ErrorKind::Resource);
    assert!(
        Path::new(&bench.path("out")).read_dir().is_err(),
        "nothing may be delivered unnoted"
    );
}
