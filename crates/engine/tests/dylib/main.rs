//! Plugins of a library that go silent: they are given up, and the rest is delivered. Plugins
//! that use all that the host lends.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod lamp;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use pipeline_engine::{
    DeliveryStatus, Document, Environment, Image, LiveOptions, Loader, Overrides, Plan, Registry,
    Report, RunOptions, Totals, plan, run,
};
use pipeline_plugin::{Cancel, Said};

/// Long enough for a machine that is busy, and shorter than the 30 s of a user.
const SILENCE: Duration = Duration::from_millis(1500);

/// How long a plugin of these may hold up a run.
const MOST: Duration = Duration::from_secs(20);

fn library(folder: &Path, flags: &[&str]) -> PathBuf {
    let made = folder.join("libstages.so");
    let crates = concat!(env!("CARGO_MANIFEST_DIR"), "/../plugin/include");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/dylib/stages.c");
    let output = Command::new("cc")
        .args([
            "-std=gnu11",
            "-Wall",
            "-Wextra",
            "-Werror",
            "-shared",
            "-fPIC",
        ])
        .args(flags)
        .args(["-I", crates])
        .args([source, "-o"])
        .arg(&made)
        .arg("-pthread")
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    made
}

struct Place {
    folder: tempfile::TempDir,
    library: PathBuf,
}

/// What a run came to.
struct Outcome {
    totals: Totals,
    errors: Vec<String>,
    /// What the stages say beside warnings.
    said: Vec<String>,
    /// Where streams were delivered to.
    places: Vec<String>,
    took: Duration,
}

impl Place {
    fn new() -> Self {
        Self::with(|folder| library(folder, &[]))
    }

    fn with(library: impl FnOnce(&Path) -> PathBuf) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [("a.line", "1"), ("b.line", "2"), ("c.line", "3")] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let library = library(folder.path());
        Self { folder, library }
    }

    fn registry(&self) -> Registry {
        let image = Image::read(&self.library).unwrap();
        let loader = Loader::default().with_silence(SILENCE);
        Registry::new(loader.load(image).unwrap().plugins)
    }

    fn plan(&self, text: &str) -> Result<Plan, String> {
        let environment = Environment::fixed(&[]);
        let folder = self.folder.path().to_owned();
        let document = Document::parse("x.yaml", text.to_owned(), folder, &environment).unwrap();
        plan(
            &document,
            &self.registry(),
            &Overrides::default(),
            &environment,
        )
        .map_err(|problems| problems.iter().map(|one| one.message.clone()).collect())
    }

    fn run(&self, text: &str) -> Outcome {
        self.run_with(text, LiveOptions::default())
    }

    fn run_with(&self, text: &str, live: LiveOptions) -> Outcome {
        let plan = self.plan(text).unwrap();
        let options = RunOptions {
            inputs: Vec::new(),
            jobs: 2,
            shard: None,
            dry_run: false,
            again: false,
            state: self.folder.path().join("state"),
            tap: None,
            live,
        };
        let (mut errors, mut said, mut places) = (Vec::new(), Vec::new(), Vec::new());
        let begun = Instant::now();
        let totals = run(
            &plan,
            &options,
            &Cancel::default(),
            &mut |report| match report {
                Report::Failed(failure) => errors.push(failure.error.with_causes()),
                Report::Stream(stream) => {
                    for delivery in stream.deliveries {
                        match delivery.status {
                            DeliveryStatus::Failed(error) => errors.push(error.with_causes()),
                            DeliveryStatus::Delivered(to) => places.push(to.display().to_string()),
                            _ => {}
                        }
                    }
                }
                Report::Told { told, .. } => said.push(match told.said {
                    Said::Log(level, message) => format!("{level}: {message}"),
                    Said::Progress(at) => format!("{} {}/{:?}", at.what, at.done, at.total),
                }),
                Report::Warning { warning, .. } => {
                    said.push(format!("warning: {}", warning.message));
                }
                _ => {}
            },
        );
        Outcome {
            totals: totals.unwrap(),
            errors,
            said,
            places,
            took: begun.elapsed(),
        }
    }

    fn files(&self, folder: &str) -> usize {
        let entries = fs::read_dir(self.folder.path().join(folder));
        entries.into_iter().flatten().count()
    }
}

fn given_up(plugin: &str) -> String {
    format!("the plugin `{plugin}` gave no sign of life for 1.5 s and was given up")
}

#[test]
fn sound_plugins_are_left_alone() {
    let place = Place::new();
    let outcome = place.run(
        "source:\n  lines: { path: '*.line' }\ntransforms:\n  - pass:\n\
         sinks:\n  - count: { folder: out }\n",
    );
    assert!(outcome.errors.is_empty(), "{:?}", outcome.errors);
    assert_eq!((outcome.totals.exit_code(), place.files("out")), (0, 3));
    let files = fs::read_dir(place.folder.path().join("out")).unwrap();
    for file in files {
        assert_eq!(
            fs::read_to_string(file.unwrap().path()).unwrap(),
            "1 rows\n"
        );
    }
}

#[test]
fn a_silent_reader_loses_its_input_only() {
    let place = Place::new();
    fs::write(place.folder.path().join("b.line"), "hang").unwrap();
    let outcome =
        place.run("source:\n  lines: { path: '*.line' }\nsinks:\n  - count: { folder: out }\n");
    assert_eq!(outcome.errors, [given_up("lines")]);
    assert_eq!((outcome.totals.exit_code(), place.files("out")), (8, 2));
    assert!(outcome.took < MOST, "{:?}", outcome.took);
}

#[test]
fn a_silent_transform_is_given_up_in_every_stream() {
    let place = Place::new();
    let outcome = place.run(
        "source:\n  lines: { path: '*.line' }\ntransforms:\n  - pass: { silent: true }\n\
         sinks:\n  - count: { folder: out }\n",
    );
    assert_eq!(outcome.errors, vec![given_up("pass"); 3]);
    assert_eq!((outcome.totals.exit_code(), place.files("out")), (8, 0));
}

/// A live source sleeps for longer than the limit in all, in calls of the host.
#[test]
fn a_source_that_waits_is_not_silent() {
    let place = Place::new();
    let outcome = place.run("source:\n  ticks:\nsinks:\n  - count: { folder: out }\n");
    assert!(outcome.errors.is_empty(), "{:?}", outcome.errors);
    assert_eq!((outcome.totals.exit_code(), place.files("out")), (0, 1));
}

#[test]
fn what_a_silent_source_had_sent_is_delivered() {
    let place = Place::new();
    let outcome =
        place.run("source:\n  ticks: { silent: true }\nsinks:\n  - count: { folder: out }\n");
    assert_eq!(outcome.errors, [given_up("ticks")]);
    assert_eq!((outcome.totals.exit_code(), place.files("out")), (8, 1));
    assert!(outcome.took < MOST, "{:?}", outcome.took);
}

#[test]
fn a_silent_sink_of_a_live_stream_leaves_the_others_alone() {
    let place = Place::new();
    let outcome = place.run(
        "source:\n  ticks:\nsinks:\n  - id: one\n    count: { folder: out, silent: true }\n  \
         - id: two\n    count: { folder: other }\n",
    );
    assert_eq!(outcome.errors, [given_up("count")]);
    assert_eq!((outcome.totals.exit_code(), place.files("other")), (8, 1));
    assert!(outcome.took < MOST, "{:?}", outcome.took);
}

#[test]
fn a_source_hears_that_a_sink_lacks_its_stream_and_may_go_on() {
    let place = Place::new();
    let good = "source:\n  twice:\nsinks:\n  - id: one\n    count: { folder: out }\n";
    let outcome = place.run(good);
    assert_eq!(outcome.said, ["info: delivered"; 2]);
    let bad = "  - id: two\n    count: { folder: a.line/no }\n";
    let outcome = place.run(&format!("{good}{bad}"));
    let infos: Vec<_> = outcome
        .said
        .iter()
        .filter(|said| said.starts_with("info"))
        .collect();
    assert_eq!(infos, ["info: lacking"; 2]);
    assert_eq!(outcome.errors.len(), 2, "{:?}", outcome.errors);
    assert_eq!(outcome.totals.exit_code(), 7);
    assert_eq!(place.files("out"), 4);
}

#[test]
fn a_silent_transform_of_a_live_stream_ends_the_run() {
    let place = Place::new();
    let outcome = place.run(
        "source:\n  ticks:\ntransforms:\n  - pass: { silent: true }\n\
         sinks:\n  - count: { folder: out }\n",
    );
    assert_eq!(outcome.errors, [given_up("pass")]);
    assert_eq!((outcome.totals.exit_code(), place.files("out")), (8, 0));
    assert!(outcome.took < MOST, "{:?}", outcome.took);
}

#[test]
fn settings_are_not_waited_for_for_ever() {
    let place = Place::new();
    let problems = place.plan(
        "source:\n  lines: { path: '*.line' }\ntransforms:\n  - never:\n\
         sinks:\n  - count: { folder: out }\n",
    );
    assert_eq!(problems.unwrap_err(), given_up("never"));
}

const STATION: &str = "source:\n  station:\nsinks:\n  - note: { folder: out }\n";

/// What the sinks wrote, one text a run, in their order.
fn written(place: &Place) -> Vec<String> {
    let mut all = Vec::new();
    for entry in fs::read_dir(place.folder.path().join("out")).unwrap() {
        let path = entry.unwrap().path();
        let about = fs::metadata(&path).unwrap();
        all.push((about.modified().unwrap(), fs::read_to_string(path).unwrap()));
    }
    all.sort();
    all.into_iter().map(|(_, text)| text).collect()
}

fn uses_all_that_is_lent(place: &Place) {
    for run in 1..=3 {
        let outcome = place.run(STATION);
        assert!(outcome.errors.is_empty(), "{:?}", outcome.errors);
        assert_eq!(
            outcome.said,
            [format!("info: {run}"), "history 2/Some(2)".to_owned()]
        );
        assert_eq!(outcome.totals.exit_code(), 0);
    }
    let lines = "0 {\"did\":\"ac\",\"with\":true}\ncheckpoint\nitem\n";
    assert_eq!(written(place), [lines; 3]);
}

#[test]
fn plugins_in_c_use_all_that_is_lent() {
    uses_all_that_is_lent(&Place::new());
}

#[test]
fn plugins_in_rust_use_all_that_is_lent() {
    let status = Command::new(env!("CARGO"))
        .args([
            "build",
            "--quiet",
            "-p",
            "pipeline-plugin",
            "--example",
            "station",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status();
    assert!(status.unwrap().success());
    let exe = std::env::current_exe().unwrap();
    let built = exe
        .ancestors()
        .nth(2)
        .unwrap()
        .join("examples/libstation.so");
    let copy = |folder: &Path| {
        let mine = folder.join("libstation.so");
        fs::copy(built, &mine).unwrap();
        mine
    };
    uses_all_that_is_lent(&Place::with(copy));
}

/// A plugin that was built when version 1 was new: its table ends earlier, and it knows less of
/// the host's.
#[test]
fn plugins_made_with_the_first_header_work() {
    let first = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/dylib/first");
    let place = Place::with(|folder| library(folder, &["-DFIRST", "-I", first]));
    let outcome = place.run("source:\n  ticks:\nsinks:\n  - count: { folder: out }\n");
    assert!(outcome.errors.is_empty(), "{:?}", outcome.errors);
    assert_eq!((outcome.totals.exit_code(), place.files("out")), (0, 1));
}

#[test]
fn a_refused_command_is_no_fault_of_the_sink() {
    let place = Place::with(|folder| library(folder, &["-DASKED=\"dc\""]));
    let outcome = place.run(STATION);
    assert!(outcome.errors.is_empty(), "{:?}", outcome.errors);
    assert_eq!(written(&place), ["1 not this\ncheckpoint\nitem\n"]);
    let outcome = place.run("source:\n  ticks:\nsinks:\n  - note: { folder: other }\n");
    assert!(outcome.errors.is_empty(), "{:?}", outcome.errors);
    let file = fs::read_dir(place.folder.path().join("other")).unwrap();
    let text = fs::read_to_string(file.last().unwrap().unwrap().path()).unwrap();
    assert!(
        text.starts_with("1 the source of this pipeline takes no commands\n"),
        "{text}"
    );
}

const RIDES: &str = "source:\n  rides:\nsinks:\n  - count: { folder: out }\n";

/// What is new on a device is asked, noted and given up as by a source that is compiled in.
#[test]
fn a_second_run_fetches_nothing() {
    let place = Place::new();
    let first = place.run(RIDES);
    let damaged = place.folder.path().join("damaged/b");
    let error = format!("b is too short; kept as `{}`", damaged.display());
    assert_eq!(first.errors, [&*error]);
    assert_eq!(first.said, ["info: noted a 1", "info: noted c 1"]);
    assert_eq!((first.totals.exit_code(), place.files("out")), (3, 2));
    assert_eq!(fs::read_to_string(damaged).unwrap(), "??");
    let second = place.run(RIDES);
    assert_eq!(second.errors, [error], "it is known");
    assert!(second.said.is_empty(), "{:?}", second.said);
    let totals = second.totals;
    assert_eq!(
        (totals.delivered, totals.already, totals.quarantined),
        (0, 2, 1)
    );
}

#[test]
fn a_stream_that_a_stage_refuses_is_given_up_alone() {
    let place = Place::new();
    let text = RIDES.replace("sinks:", "transforms:\n  - choosy:\nsinks:");
    let outcome = place.run(&text);
    assert!(outcome.errors[0].starts_with("b is too short; kept as"));
    assert_eq!(outcome.errors[1..], ["has no use for c"]);
    assert_eq!((outcome.totals.exit_code(), place.files("out")), (3, 1));
    // It is tried again.
    let again = place.run(&text);
    assert_eq!(again.errors, outcome.errors);
}

/// Neither is noted as delivered, and the others are fetched all the same.
#[test]
fn a_stream_that_a_stage_can_t_end_is_given_up_alone() {
    let place = Place::new();
    let text = RIDES.replace(
        "sinks:",
        "transforms:\n  - choosy: { silent: true }\nsinks:",
    );
    let outcome = place.run(&text);
    let [first, second, third] = &outcome.errors[..] else {
        panic!("{:?}", outcome.errors);
    };
    assert_eq!((&**first, &**third), ("has no end", "has no use for c"));
    assert!(second.starts_with("b is too short"));
    // Whether the source hears of `c` before its end or with it depends on who is faster.
    assert_eq!(outcome.said[0], "info: noted a 0");
    assert!(outcome.said.iter().all(|said| said.ends_with(" 0")));
    assert_eq!((outcome.totals.exit_code(), place.files("out")), (3, 0));
}

#[test]
fn nothing_is_noted_while_a_stream_is_open() {
    let place = Place::new();
    let outcome = place.run(&RIDES.replace("rides:", "rides: { silent: true }"));
    let text = "the plugin `rides` notes an input as delivered while its stream is open";
    assert_eq!(outcome.errors, [text]);
    assert_eq!(outcome.totals.exit_code(), 8);
}

const LAMP: &str = "source:\n  ticks:\nsinks:\n  - lamp:\n  - count: { folder: out }\n";

/// A thread of a sink talks to a device while the stream goes on; the end of the stream ends what
/// waits.
#[test]
fn a_thread_of_a_sink_has_bluetooth() {
    let place = Place::new();
    let room = Arc::new(lamp::Room::default());
    let live = LiveOptions {
        shown_on: Some(Arc::clone(&room) as _),
        ..LiveOptions::default()
    };
    let outcome = place.run_with(LAMP, live);
    assert!(outcome.errors.is_empty(), "{:?}", outcome.errors);
    assert_eq!(outcome.said, ["info: 0 ffe1 on"]);
    assert_eq!(outcome.places[0], "lamp");
    assert_eq!(room.told(), ["on", "off", "gone"]);
    assert!(outcome.took < MOST, "{:?}", outcome.took);
}

#[test]
fn without_bluetooth_a_sink_does_without() {
    let outcome = Place::new().run(LAMP);
    assert!(outcome.errors.is_empty(), "{:?}", outcome.errors);
    assert_eq!(outcome.places[0], "dark");
}

#[test]
fn a_stream_does_not_wait_for_bluetooth() {
    let outcome = Place::new().run(&LAMP.replace("lamp:", "lamp: { silent: true }"));
    assert_eq!(
        outcome.errors,
        ["the plugin `lamp` called `bluetooth` where it must not"]
    );
    assert_eq!(outcome.totals.exit_code(), 8);
}

#[test]
fn streams_of_another_kind_pass_a_sink_by() {
    let place = Place::new();
    let outcome = place.run(&STATION.replace("sinks:\n", "sinks:\n  - lamp:\n"));
    assert!(outcome.errors.is_empty(), "{:?}", outcome.errors);
    assert_eq!((outcome.places.len(), place.files("out")), (1, 1));
}

fn unruly(how: &str) -> String {
    format!("source:\n  unruly: {{ how: {how} }}\nsinks:\n  - count: {{ folder: out }}\n")
}

/// Each is told as the fault of the plugin, and what was sent before is delivered.
#[test]
fn the_order_of_calls_matters() {
    for (how, what, files) in [
        ("early", "sent an item without an open stream", 0),
        ("finishes", "finished a stream that was not open", 0),
        ("twice", "opened a stream while another was open", 1),
    ] {
        let place = Place::new();
        let outcome = place.run(&unruly(how));
        assert_eq!(outcome.errors, [format!("the plugin `unruly` {what}")]);
        assert_eq!((outcome.totals.exit_code(), place.files("out")), (8, files));
    }
}

#[test]
fn a_forgotten_finish_is_told_and_costs_nothing() {
    let place = Place::new();
    let outcome = place.run(&unruly("unfinished"));
    assert!(outcome.errors.is_empty(), "{:?}", outcome.errors);
    assert_eq!(
        outcome.said,
        ["warning: the plugin `unruly` ended without `finish`: its stream ends here"]
    );
    assert_eq!((outcome.totals.exit_code(), place.files("out")), (0, 1));
}

#[test]
fn an_error_is_one_line() {
    let outcome = Place::new().run(&unruly("lines"));
    assert_eq!(outcome.errors, ["one, two"]);
}

/// Whoever runs pipelines by night can't press Ctrl-C a second time.
#[test]
fn a_source_that_does_not_stop_is_given_up() {
    let place = Place::new();
    let live = LiveOptions {
        most: Some(Duration::from_millis(100)),
        ..LiveOptions::default()
    };
    let outcome = place.run_with(&unruly("on-and-on"), live);
    let what = "did not stop within 1.5 s of being asked to and was given up";
    assert_eq!(outcome.errors, [format!("the plugin `unruly` {what}")]);
    assert_eq!((outcome.totals.exit_code(), place.files("out")), (8, 1));
    assert!(outcome.took < MOST, "{:?}", outcome.took);
}
