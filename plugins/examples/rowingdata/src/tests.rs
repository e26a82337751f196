use std::io::Cursor;

use pipeline_plugin::testing::{self, Collected};
use pipeline_plugin::{Item, Result};

use crate::{RowingData, is_rowing_data};

const SAMPLE: &str = include_str!("../samples/made-3-strokes_rowingData.csv");

fn read(settings: &str, text: &str) -> Result<Collected> {
    let reader: RowingData = testing::settings(settings).unwrap();
    let input = &mut Cursor::new(text.as_bytes());
    let mut collected = testing::run_reader(&reader, "row.csv", input);
    match collected.error.take() {
        Some(error) => Err(error),
        None => Ok(collected),
    }
}

fn error(text: &str) -> String {
    read("{}", text)
        .err()
        .map(|error| error.with_causes())
        .unwrap_or_default()
}

#[test]
fn strokes_curves_and_splits_are_read() {
    let kept = read("{}", SAMPLE).unwrap();
    assert!(kept.told().ends_with("finish\n"));
    let [(header, items)] = kept.streams.as_slice() else {
        panic!("{}", kept.told());
    };
    assert_eq!(header.start.to_string(), "2026-01-01T08:00:00Z");
    let lines = testing::lines(items);
    let lines: Vec<_> = lines.lines().collect();
    assert_eq!(lines.len(), 7, "{lines:#?}");
    assert!(lines[0].starts_with(r#"{"samples":{"time":["2026-01-01T08:00:00Z"],"total_cycles":[0.0],"heart_rate":[null]"#), "{}", lines[0]);
    assert_eq!(
        lines[1],
        r#"{"curve":{"time":"2026-01-01T08:00:02.500Z","field":"handle_force","interval":null,"values":[0.0,210.5,180.25]}}"#
    );
    assert!(lines[2].contains(r#""power":[190.0]"#), "{}", lines[2]);
    assert!(lines[2].contains(r#""drive_time":[0.82"#), "{}", lines[2]);
    assert!(lines[3].contains(r#""lap":{"start":"2026-01-01T08:00:00Z","end":"2026-01-01T08:00:02.500Z","trigger":"distance""#), "{}", lines[3]);
    assert!(
        lines[6].contains(r#""trigger":"session_end""#),
        "{}",
        lines[6]
    );
}

#[test]
fn curves_can_be_left_out() {
    let kept = read(r#"{"curves": false}"#, SAMPLE).unwrap();
    assert!(!kept.items().any(|item| matches!(item, Item::Curve(_))));
}

#[test]
fn bad_files_say_what_and_where() {
    assert_eq!(error(""), "the file is empty");
    assert_eq!(
        error("a,b\n1,2\n"),
        "no RowingData: the first line has no title `TimeStamp (sec)`"
    );
    assert_eq!(error("TimeStamp (sec)\n"), "the file has no stroke");
    assert_eq!(
        error("TimeStamp (sec)\n1\nNaN\n"),
        "line 3: the time is no number"
    );
    assert_eq!(
        error("TimeStamp (sec)\n1e300\n"),
        "line 2: the time is no number"
    );
}

#[test]
fn every_cut_of_a_file_is_read_or_refused() {
    for length in 0..SAMPLE.len() {
        let _ = read("{}", &SAMPLE[..length]);
    }
}

#[test]
fn files_are_known_by_their_first_line() {
    assert!(is_rowing_data(SAMPLE.as_bytes()));
    assert!(!is_rowing_data(b"time,power\n"));
}
