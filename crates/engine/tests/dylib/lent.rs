//! Stages that use all that is lent: state, checkpoints, commands, words.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::place::{Place, library};

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

#[test]
fn streams_of_another_kind_pass_a_sink_by() {
    let place = Place::new();
    let outcome = place.run(&STATION.replace("sinks:\n", "sinks:\n  - lamp:\n"));
    assert!(outcome.errors.is_empty(), "{:?}", outcome.errors);
    assert_eq!((outcome.places.len(), place.files("out")), (1, 1));
}
