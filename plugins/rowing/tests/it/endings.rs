//! When an activity is over.

use expect_test::expect;
use pipeline_plugin::field;

use crate::support::{problems, record, record_for};

/// Whoever asks to stop gets what there is.
#[test]
fn a_stop_completes_the_row() {
    let recorded = record_for("esprm", r#"{"heart-rate":"off"}"#, Some(60));
    let row = recorded.only();
    assert!((55.0..60.0).contains(&row.seconds()), "{}", row.seconds());
    assert!(row.last(&field::TOTAL_CYCLES) > 20.0);
}

/// A stop before there is a row leaves nothing.
#[test]
fn a_stop_before_there_is_a_row() {
    let recorded = record_for("esprm", r#"{"heart-rate":"off"}"#, Some(2));
    assert!(recorded.result.is_ok());
    assert!(recorded.streams.is_empty());
    expect![[r"
        waiting for the rower: pull the handle to wake it
        connected to `ESP Rowing Monitor (CPS)`
        left out a row of 1 stroke"]]
    .assert_eq(&recorded.said.join("\n"));
}

/// The first of four strokes was before the link was there.
#[test]
fn who_only_tried_the_handle_did_not_row() {
    let recorded = record("esprm?strokes=4", r#"{"heart-rate":"off"}"#);
    assert!(recorded.streams.is_empty());
    assert!(
        recorded.heard("left out a row of 3 strokes"),
        "{:?}",
        recorded.said
    );
    let recorded = record("esprm?strokes=4", r#"{"heart-rate":"off","min-strokes":0}"#);
    assert!((recorded.only().last(&field::TOTAL_CYCLES) - 3.0).abs() < 0.1);
}

/// A long row becomes several, without a stroke between them.
#[test]
fn the_longest_time() {
    let recorded = record("esprm", r#"{"heart-rate":"off","max-time":"10 min"}"#);
    assert_eq!(recorded.streams.len(), 3);
    let strokes: f64 = recorded
        .streams
        .iter()
        .map(|stream| stream.last(&field::TOTAL_CYCLES))
        .sum();
    let distance: f64 = recorded
        .streams
        .iter()
        .map(|stream| stream.last(&field::DISTANCE))
        .sum();
    assert!((strokes - 635.0).abs() < 4.5, "{strokes}");
    assert!((distance - 5466.38).abs() < 30.0, "{distance}");
    for stream in &recorded.streams {
        assert!(stream.seconds() <= 600.0);
    }
}

/// The row is over so long after its last stroke, and not later.
#[test]
fn idle_ends_a_row() {
    for (idle, seconds) in [("20 s", 20.0), ("5 min", 300.0)] {
        let options = format!(r#"{{"heart-rate":"off","idle":"{idle}"}}"#);
        let recorded = record("esprm?strokes=100", &options);
        let row = recorded.only();
        let waited = row.finished.unwrap() - row.end();
        assert!((waited - seconds).abs() < 0.1, "{waited}");
    }
}

#[test]
fn settings_that_make_no_sense() {
    let cases = [
        (r#"{"idle":"5 s"}"#, "idle: this is less than 10 s"),
        (r#"{"lost":"0 s"}"#, "lost: this is less than 10 s"),
        (
            r#"{"max-time":"20 s"}"#,
            "max-time: this is less than 1 min",
        ),
    ];
    for (options, expected) in cases {
        assert_eq!(problems(options), [expected]);
    }
    assert!(problems("{}").is_empty());
}
