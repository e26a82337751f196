//! Plugins that go silent are given up, and the rest is delivered.

use std::fs;

use crate::MOST;
use crate::place::{Place, SILENCE};

fn given_up(plugin: &str) -> String {
    let seconds = SILENCE.as_secs();
    format!("the plugin `{plugin}` gave no sign of life for {seconds} s and was given up")
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

/// A live source sleeps for longer than the limit, in a call of the host.
#[test]
fn a_source_that_waits_is_not_silent() {
    let place = Place::new();
    let outcome = place.run("source:\n  patient:\nsinks:\n  - count: { folder: out }\n");
    assert!(outcome.took > SILENCE, "{:?}", outcome.took);
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
