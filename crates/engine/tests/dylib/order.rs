//! What a source gets wrong is told as its fault, and what was sent before is delivered.

use std::time::Duration;

use pipeline_engine::LiveOptions;

use crate::MOST;
use crate::place::{Place, SILENCE};

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
        most: Some(Duration::from_secs(2)),
        ..LiveOptions::default()
    };
    let outcome = place.run_with(&unruly("on-and-on"), live);
    let seconds = SILENCE.as_secs();
    let what = format!("did not stop within {seconds} s of being asked to and was given up");
    assert_eq!(outcome.errors, [format!("the plugin `unruly` {what}")]);
    assert_eq!((outcome.totals.exit_code(), place.files("out")), (8, 1));
    assert!(outcome.took < MOST, "{:?}", outcome.took);
}
