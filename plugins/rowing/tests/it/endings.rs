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

/// A stop before the first stroke leaves nothing.
#[test]
fn a_stop_before_the_first_stroke() {
    let recorded = record_for("esprm", r#"{"heart-rate":"off"}"#, Some(1));
    assert!(recorded.result.is_ok());
    assert!(recorded.streams.is_empty());
    expect!["waiting for the rower: pull the handle to wake it"]
        .assert_eq(&recorded.said.join("\n"));
}

#[test]
fn who_only_tried_the_handle_did_not_row() {
    let recorded = record("esprm?strokes=4", r#"{"heart-rate":"off"}"#);
    assert!(recorded.streams.is_empty());
    assert!(
        recorded.heard("left out a row of 4 strokes"),
        "{:?}",
        recorded.said
    );
    let recorded = record("esprm?strokes=4", r#"{"heart-rate":"off","min-strokes":0}"#);
    assert!((recorded.only().last(&field::TOTAL_CYCLES) - 4.0).abs() < 0.1);
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

/// Rests that are longer than `idle` part rows; the connection stays.
#[test]
fn idle_ends_a_row_and_the_next_begins() {
    let recorded = record(
        "esprm?row=interval",
        r#"{"heart-rate":"off","idle":"10 s"}"#,
    );
    assert!(recorded.streams.len() >= 2, "{:?}", recorded.said);
    let connected = recorded
        .said
        .iter()
        .filter(|said| said.starts_with("connected"));
    assert_eq!(connected.count(), 1);
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
