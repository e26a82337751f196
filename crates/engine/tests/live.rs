//! Logs that run for long: checkpoints, state that outlives the run, commands, slow sinks.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use pipeline_engine::{
    Document, Environment, LiveOptions, Overrides, Registry, Report, RunOptions, Totals, plan, run,
};
use pipeline_plugin::{
    Batch, Cancel, Clock, Context, Delivered, Error, Header, Item, Kind, Level, Output, Plugin,
    Progress, Result, Said, Sink, SinkPlugin, SourceCx, SourceFuture, SourcePlugin, StreamOut,
    Summary, Timestamp, Transform, TransformPlugin, VirtualClock, field,
};
use serde_json::{Value, json};

/// A source that follows a script: one word after another.
#[derive(serde::Deserialize, schemars::JsonSchema)]
struct Station {
    script: String,
    #[serde(default)]
    takes_commands: bool,
    /// A file that it makes.
    #[serde(default)]
    touches: PathBuf,
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
                        // More than may wait for a sink, at a pace that a good one keeps.
                        for n in 0..6_000 {
                            out.send(Item::Samples(sample(1_000 + n))).await?;
                            if n % 20 == 0 {
                                cx.sleep(Duration::from_millis(2)).await?;
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

fn sample(second: i64) -> Batch {
    let mut batch = Batch::new(&[field::POWER]);
    batch.push(Timestamp::from_seconds(second), &[1.0]);
    batch
}

/// A sink that appends a line for whatever happens to it.
#[derive(Clone, serde::Deserialize, schemars::JsonSchema)]
struct Diary {
    file: PathBuf,
    /// Fails at this: `write`, `checkpoint`, `sleep`, `finish`.
    #[serde(default)]
    fault: String,
    /// Posts a command of that name with its first item.
    #[serde(default)]
    command: String,
    /// Can't be opened before there is this file.
    #[serde(default)]
    waits_for: Option<PathBuf>,
}

/// A transform that has something against one item.
#[derive(serde::Deserialize, schemars::JsonSchema)]
struct Picky {
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
            let until = Instant::now() + Duration::from_secs(20);
            while !path.exists() {
                if Instant::now() > until {
                    return Err(Error::skip("the source waits for the sink"));
                }
                std::thread::yield_now();
            }
        }
        self.note("open")?;
        let (diary, cx) = (self.clone(), cx.clone());
        Ok(Box::new(Writing { diary, cx }))
    }
}

impl Sink for Writing {
    fn write(&mut self, _: &Item) -> Result<()> {
        match &*self.diary.fault {
            "write" => return Err(Error::skip("no item is good enough")),
            "sleep" => std::thread::sleep(Duration::from_millis(20)),
            _ => {}
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

struct Bench(tempfile::TempDir);

impl Bench {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Runs a script; what the run said, progress and deliveries left out.
    fn run(&self, script: &str, sinks: &str) -> (Totals, Vec<String>) {
        self.run_with(script, sinks, false)
    }

    fn run_with(&self, script: &str, sinks: &str, dry_run: bool) -> (Totals, Vec<String>) {
        self.run_live(script, sinks, dry_run, LiveOptions::default())
    }

    fn run_live(
        &self,
        script: &str,
        sinks: &str,
        dry_run: bool,
        live: LiveOptions,
    ) -> (Totals, Vec<String>) {
        let registry = Registry::new([
            Plugin::source::<Station>("station", "test"),
            Plugin::transform::<Picky>("picky", "test"),
            Plugin::sink::<Diary>("diary", "test", ""),
        ]);
        let text =
            format!("name: log\nsource: {{ station: {{ {script} }} }}\nsinks: [ {sinks} ]\n");
        let environment = Environment::fixed(&[]);
        let root = self.0.path().to_owned();
        let document = Document::parse("test", text, root, &environment).unwrap();
        let plan = plan(&document, &registry, &Overrides::default(), &environment).unwrap();
        let options = RunOptions {
            inputs: Vec::new(),
            jobs: 1,
            shard: None,
            dry_run,
            again: false,
            state: self.0.path().join("state"),
            tap: None,
            live,
        };
        let mut said = Vec::new();
        let totals = run(
            &plan,
            &options,
            &Cancel::default(),
            &mut |report| match report {
                Report::Told { told, .. } => said.push(match told.said {
                    Said::Log(level, message) => format!("{level}: {message}"),
                    Said::Progress(progress) => format!("{} {}", progress.what, progress.done),
                }),
                Report::Failed(failure) => said.push(format!("failed: {}", failure.error)),
                Report::Warning { warning, .. } => said.push(warning.message),
                _ => {}
            },
        );
        (totals.unwrap(), said)
    }

    /// The diary of a sink, and the file itself.
    fn diary(&self, name: &str) -> (String, String) {
        let path = self.0.path().join(name);
        let lines = fs::read_to_string(&path).unwrap_or_default();
        (
            lines.lines().collect::<Vec<_>>().join(", "),
            sink(&path, ""),
        )
    }

    fn lines(&self, name: &str) -> String {
        self.diary(name).0
    }

    fn sink(&self, name: &str, more: &str) -> String {
        sink(&self.0.path().join(name), more)
    }
}

fn sink(path: &Path, more: &str) -> String {
    let id = path.file_stem().unwrap().display();
    format!(
        "{{ id: {id}, diary: {{ file: '{}' {more} }} }}",
        path.display()
    )
}

#[test]
fn state_outlives_the_run_with_what_was_delivered() {
    let bench = Bench::new();
    let sinks = bench.sink("a.txt", "");
    let (totals, said) = bench.run("script: open send send finish", &sinks);
    assert_eq!((totals.exit_code(), said), (0, Vec::new()));
    // What was sent after the last checkpoint is delivered with the rest of the stream, since a
    // stream whose source fails is completed with what there is.
    let (totals, said) = bench.run("script: open send checkpoint send fail", &sinks);
    assert_eq!(
        (totals.exit_code(), said),
        (3, vec!["failed: the link is lost".to_owned()])
    );
    bench.run("script: open send finish", &sinks);
    assert_eq!(
        bench.lines("a.txt"),
        "open, item, item, finish with 2, \
         open, item, checkpoint, item, finish with 4, \
         open, item, finish with 5"
    );
}

#[test]
fn a_checkpoint_stands_behind_the_items_before_it() {
    let bench = Bench::new();
    let sinks = format!("{}, {}", bench.sink("a.txt", ""), bench.sink("b.txt", ""));
    bench.run(
        "script: open send send checkpoint send checkpoint finish",
        &sinks,
    );
    let expected = "open, item, item, checkpoint, item, checkpoint, finish with 3";
    assert_eq!(bench.lines("a.txt"), expected);
    assert_eq!(bench.lines("b.txt"), expected);
}

#[test]
fn state_is_not_kept_when_nothing_was_delivered() {
    let bench = Bench::new();
    let broken = bench.sink("a.txt", ", fault: write");
    bench.run("script: open send send finish", &broken);
    let (_, said) = bench.run("script: open send checkpoint", &broken);
    assert_eq!(
        said,
        [
            "error: the stream goes on without the sink `a`: no item is good enough",
            "failed: no sink is left that takes the stream",
        ]
    );
    let whole = bench.sink("b.txt", "");
    bench.run_with("script: open send finish", &whole, true);
    bench.run("script: open send finish", &whole);
    assert_eq!(bench.lines("b.txt"), "open, item, finish with 1");
    let (_, said) = bench.run("script: open send finish", &whole);
    assert_eq!(said, Vec::<String>::new());
    assert!(bench.lines("b.txt").ends_with("finish with 2"));
}

#[test]
fn a_sink_that_cannot_checkpoint_is_detached_at_once() {
    let bench = Bench::new();
    let sinks = format!(
        "{}, {}",
        bench.sink("a.txt", ", fault: checkpoint"),
        bench.sink("b.txt", "")
    );
    let (totals, said) = bench.run(
        "script: open send checkpoint send checkpoint finish",
        &sinks,
    );
    assert_eq!(
        said,
        ["error: the stream goes on without the sink `a`: the disk is gone"]
    );
    assert_eq!(totals.exit_code(), 9);
    assert_eq!(bench.lines("a.txt"), "open, item");
    let expected = "open, item, checkpoint, item, checkpoint, finish with 2";
    assert_eq!(bench.lines("b.txt"), expected);
}

/// A device goes on talking while a disk wakes up.
#[test]
fn a_source_does_not_wait_until_a_sink_is_open() {
    let bench = Bench::new();
    let touched = bench.0.path().join("touched").display().to_string();
    let script = format!("script: open send touch send finish, touches: '{touched}'");
    let sinks = bench.sink("a.txt", &format!(", waits_for: '{touched}'"));
    let (totals, said) = bench.run(&script, &sinks);
    assert_eq!((totals.exit_code(), said), (0, Vec::new()));
    assert_eq!(bench.lines("a.txt"), "open, item, item, finish with 2");
}

#[test]
fn a_stream_that_a_transform_gives_up_leaves_the_next_alone() {
    let bench = Bench::new();
    let sinks = bench.sink("a.txt", "");
    let through = format!("{sinks} ]\ntransforms: [ {{ picky: {{ second: 1 }} }}");
    let script = "script: open send send try-finish open send finish";
    let (totals, said) = bench.run(script, &through);
    assert_eq!(said, ["info: not second 1"]);
    assert_eq!((totals.delivered, totals.exit_code()), (1, 0));
    assert!(bench.lines("a.txt").contains("open, item, finish"));
    // A source that does not look is told in the end.
    let (totals, said) = Bench::new().run("script: open send", &through);
    assert_eq!(said, ["failed: not second 1"]);
    assert_eq!(totals.exit_code(), 3);
}

#[test]
fn a_source_hears_whether_every_sink_has_its_stream() {
    let bench = Bench::new();
    let script = "script: open send finish fate open send finish fate";
    let good = bench.sink("good.txt", "");
    let (totals, said) = bench.run(script, &good);
    assert_eq!(
        (totals.exit_code(), said),
        (0, vec!["info: Delivered".to_owned(); 2])
    );
    for fault in ["write", "finish"] {
        let bad = bench.sink("bad.txt", &format!(", fault: {fault}"));
        let (totals, said) = bench.run(script, &format!("{good}, {bad}"));
        // It is told, and goes on.
        let fates: Vec<_> = said
            .iter()
            .filter(|text| text.starts_with("info"))
            .collect();
        assert_eq!(fates, ["info: Undelivered"; 2], "{fault}");
        assert_eq!(totals.exit_code(), 9, "{fault}");
    }
    let (_, said) = bench.run_with(script, &good, true);
    assert_eq!(said, ["info: Undelivered"; 2]);
}

#[test]
fn a_sink_that_cannot_keep_up_is_told_and_the_others_go_on() {
    let bench = Bench::new();
    let sinks = format!(
        "{}, {}",
        bench.sink("slow.txt", ", fault: sleep"),
        bench.sink("null.txt", ", command: x")
    );
    let (totals, said) = bench.run("script: open flood checkpoint finish", &sinks);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(
        said[0].contains("the sink `slow`: the sink can't keep up"),
        "{said:?}"
    );
    assert_eq!(totals.exit_code(), 9);
    let null = bench.lines("null.txt");
    assert!(
        null.ends_with("item, checkpoint, finish with 5999"),
        "{}",
        null.len()
    );
}

#[test]
fn a_sink_asks_something_of_the_source() {
    let bench = Bench::new();
    let sinks = bench.sink("a.txt", ", command: ac");
    bench.run(
        "script: open send obey finish, takes_commands: true",
        &sinks,
    );
    bench.run("script: open send finish", &sinks);
    // The source ends without a look at it.
    bench.run("script: open send, takes_commands: true", &sinks);
    // It may have ended before it was asked.
    let lines = bench
        .lines("a.txt")
        .replace("has ended", "has not answered");
    assert_eq!(
        lines,
        "open, {\"did\":\"ac\",\"for\":\"a\"}, finish with 0, \
         open, the source of this pipeline takes no commands, finish with 0, \
         open, the source has not answered, finish with 0"
    );
}

/// A clock that stays as it was while that of the system is set.
#[derive(Debug)]
struct Set {
    clock: VirtualClock,
    by: f64,
    looks: AtomicU32,
}

impl Clock for Set {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        self.clock.sleep(duration)
    }

    fn stepped(&self) -> f64 {
        // At first it is right.
        match self.looks.fetch_add(1, Ordering::Relaxed) {
            0 => 0.0,
            _ => self.by,
        }
    }
}

/// A computer that learns the time from the network after the run has begun.
#[test]
fn a_clock_that_is_set_meanwhile_is_told_once() {
    let run = |by: f64| {
        let bench = Bench::new();
        let clock = Set {
            clock: VirtualClock::new(Timestamp::from_seconds(0)),
            by,
            looks: AtomicU32::new(0),
        };
        let live = LiveOptions {
            clock: Some(Arc::new(clock)),
            ..LiveOptions::default()
        };
        let script = "script: open send checkpoint send finish open send checkpoint finish";
        let (totals, said) = bench.run_live(script, &bench.sink("a.txt", ""), false, live);
        assert_eq!(totals.delivered, 2);
        (said, bench.lines("a.txt"))
    };
    let (said, lines) = run(36_000.0);
    assert_eq!(
        said,
        [
            "the computer's clock was set ahead by 10 h after the run had begun; the run's times go \
             on as they began: start it anew for right ones"
        ]
    );
    let (said, same) = run(1.0);
    assert_eq!(said, [""; 0]);
    assert_eq!(lines, same);
}

#[test]
fn what_a_stage_says_arrives_with_its_level() {
    let bench = Bench::new();
    let (_, said) = bench.run("script: open told finish", &bench.sink("a.txt", ""));
    assert_eq!(
        said,
        ["info: it is warm", "debug: registers 1 to 80", "history 3"]
    );
}
