//! Runs of whole plans with plugins of the test's own: what is delivered, what is reported, what
//! is left behind.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod bench;
mod plugins;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};

use pipeline_engine::{RunOptions, Tap, run};
use pipeline_plugin::{Cancel, ErrorKind};

use crate::bench::Bench;

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
