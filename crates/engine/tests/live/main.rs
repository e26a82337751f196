//! Logs that run for long: checkpoints, state that outlives the run, commands, slow sinks.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod bench;
mod plugins;

use crate::bench::Bench;

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
    let path = |name| bench.0.path().join(name);
    let (over, null) = (path("over"), path("null.txt"));
    let stuck = format!(", stuck_until: '{}'", over.display());
    let sinks = format!(
        "{}, {}",
        bench.sink("slow.txt", &stuck),
        bench.sink("null.txt", ", command: x")
    );
    let script = format!(
        "script: open flood touch checkpoint finish, touches: '{}', paced_by: '{}'",
        over.display(),
        null.display()
    );
    let (totals, said) = bench.run(&script, &sinks);
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

#[test]
fn what_a_stage_says_arrives_with_its_level() {
    let bench = Bench::new();
    let (_, said) = bench.run("script: open told finish", &bench.sink("a.txt", ""));
    assert_eq!(
        said,
        ["info: it is warm", "debug: registers 1 to 80", "history 3"]
    );
}
