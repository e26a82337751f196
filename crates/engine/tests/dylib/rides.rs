//! What a source hears of its streams and asks about its inputs, and what it says of both.

use std::fs;
use std::sync::Arc;

use pipeline_engine::LiveOptions;

use crate::notes::Notes;
use crate::place::Place;

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

/// The journal of a library's source may forget what was delivered, as that of one that is compiled
/// in: after each stream that is finished, and not in the middle of one.
#[test]
fn a_source_says_that_it_has_settled() {
    let twice = "source:\n  twice:\nsinks:\n  - count: { folder: out }\n";
    for (text, said) in [
        (
            twice.to_owned(),
            "1 delivered, settled 1, 2 delivered, settled 2, end",
        ),
        (
            twice.replace("twice:", "twice: { silent: true }"),
            "1 delivered, 2 delivered, end",
        ),
    ] {
        let notes = Arc::new(Notes::default());
        let live = LiveOptions {
            journals: Some(Arc::clone(&notes) as _),
            ..LiveOptions::default()
        };
        let outcome = Place::new().run_with(&text, live);
        assert!(outcome.errors.is_empty(), "{:?}", outcome.errors);
        assert_eq!(notes.said(), said);
    }
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
