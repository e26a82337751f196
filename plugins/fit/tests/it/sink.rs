//! The sink as the host uses it.

use std::fs;

use expect_test::{Expect, expect};
use pipeline_plugin::testing::{self, Warnings};
use pipeline_plugin::{Delivered, Header, Item, Kind, Place, Result, SinkPlugin, Summary};
use plugin_fit::Fit;

use crate::support::{header, items, summary};

fn fit(folder: &std::path::Path, more: &str) -> Fit {
    let folder = serde_json::to_string(folder).unwrap();
    testing::settings(&format!(r#"{{"folder":{folder}{more}}}"#)).unwrap()
}

/// Writes a stream; what comes of it, and the warnings.
fn write(
    sink: &Fit,
    header: &Header,
    items: &[Item],
    summary: &Summary,
) -> (Result<Delivered>, Vec<String>) {
    let warnings = Warnings::default();
    let result = testing::run_sink(&warnings.context(), sink, header, items, summary);
    (result, warnings.messages())
}

fn warnings(text: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let (header, items) = (header("{}"), items(text));
    let sink = fit(&folder.path().join("out"), "");
    write(&sink, &header, &items, &summary(&header, &items)).1
}

#[test]
fn values_out_of_range_are_told_once_a_stream() {
    assert_eq!(
        warnings(r#"{"samples":{"time":[@0,@1],"power":[70000,100]}}"#),
        ["1 value was out of FIT's range and written as the nearest possible"]
    );
    assert_eq!(
        warnings(r#"{"samples":{"time":[@0,@1],"power":[70000,80000],"heart_rate":[300,100]}}"#),
        ["3 values were out of FIT's range and written as the nearest possible"]
    );
    assert!(warnings(r#"{"samples":{"time":[@0],"power":[150]}}"#).is_empty());
}

#[test]
fn a_file_is_named_and_stands_beside_its_folder_until_it_is_published() {
    let root = tempfile::tempdir().unwrap();
    let out = root.path().join("out");
    let (header, items) = (
        header(r#"{"name":"rows/first.tcx"}"#),
        items(r#"{"samples":{"time":[@0,@1],"distance":[0,4]}}"#),
    );
    let summary = summary(&header, &items);
    let sink = fit(&out, r#","name":"{date}_{input}""#);
    let (result, _) = write(&sink, &header, &items, &summary);
    let Ok(Delivered::File(file)) = result else {
        panic!("{result:?}");
    };
    assert_eq!(file.name(), "2026-01-01_first.fit");
    assert_eq!(
        sink.file_name(&header, &summary).as_deref(),
        Some("2026-01-01_first.fit"),
        "a dry run tells the same name"
    );
    assert_eq!(file.folder(), out);
    assert_eq!(
        file.temporary().parent(),
        Some(&*root.path().join("out.staging"))
    );
    assert!(fit::inspect(&fs::read(file.temporary()).unwrap()).is_valid());
    assert_eq!(fs::read_dir(&out).unwrap().count(), 0);
}

#[test]
fn logs_are_not_taken() {
    let folder = tempfile::tempdir().unwrap();
    let sink = fit(&folder.path().join("out"), "");
    let header = Header {
        kind: Kind::Log,
        ..Header::default()
    };
    let (result, _) = write(&sink, &header, &[], &Summary::default());
    assert_eq!(
        result.unwrap_err().to_string(),
        "only activities and FIT files can be written as FIT"
    );
    assert!(
        !folder.path().join("out").exists(),
        "nothing is made for them"
    );
}

#[test]
fn a_folder_that_cannot_be_made_is_told_by_its_name() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("in-the-way"), "").unwrap();
    let sink = fit(&root.path().join("in-the-way/out"), "");
    let (result, _) = write(&sink, &header("{}"), &[], &Summary::default());
    let text = result.unwrap_err().with_causes();
    let text = text.replace(&root.path().display().to_string(), "ROOT");
    assert_eq!(
        text,
        "cannot make the folder `ROOT/in-the-way/out`: Not a directory (os error 20)"
    );
}

fn check_problems(settings: &str, expect: Expect) {
    let told = match testing::settings::<Fit>(settings) {
        Err(problem) => vec![problem],
        Ok(sink) => sink.check(&place()),
    };
    let lines = told
        .iter()
        .map(|problem| format!("{}: {}\n", problem.path.join("."), problem.message));
    expect.assert_eq(&lines.collect::<String>());
}

fn place() -> Place {
    Place::default()
}

#[test]
fn wrong_settings_are_told_with_their_place() {
    check_problems(r#"{"folder":"x"}"#, expect![[r#""#]]);
    check_problems(
        "{}",
        expect![[r#"
        : missing field `folder`
    "#]],
    );
    check_problems(
        r#"{"folder":"x","name":"{strat}"}"#,
        expect![[r#"
        name: unknown placeholder `{strat}`; known: {start}, {date}, {sport}, {distance}, {key}, {input}
    "#]],
    );
    check_problems(
        r#"{"folder":"x","name":"a/b"}"#,
        expect![[r#"
        name: a name has no folders: use `folder` for them
    "#]],
    );
    check_problems(
        r#"{"folder":"x","timezone":"Berlin"}"#,
        expect![[r#"
            timezone: `Berlin` is no time zone; write `Europe/Berlin`, `+02:00` or `UTC`
        "#]],
    );
    check_problems(
        r#"{"folder":"x","timezone":"+25:00"}"#,
        expect![[r#"
        timezone: `+25:00` is no time zone; write `Europe/Berlin`, `+02:00` or `UTC`
    "#]],
    );
    check_problems(
        r#"{"folder":"x","creator":{"serial":0}}"#,
        expect![[r#"
        creator.serial: a serial number must not be 0
    "#]],
    );
    check_problems(
        r#"{"folder":"x","creator":{"manufacturer":70000}}"#,
        expect![[r#"
            creator.manufacturer: invalid value: integer `70000`, expected u16
        "#]],
    );
    check_problems(
        r#"{"folder":"x","creator":{"nmae":"x"}}"#,
        expect![[r#"
        creator.nmae: unknown field `nmae`, expected one of `manufacturer`, `product`, `serial`, `name`
    "#]],
    );
}

/// The ledger knows a sink by this; it must never change.
#[test]
fn the_destination_is_the_folder() {
    let sink = fit(std::path::Path::new("/rows/fit"), "");
    assert_eq!(sink.destination(), "fit:/rows/fit");
    assert_eq!(
        sink.folder().as_deref(),
        Some(std::path::Path::new("/rows/fit"))
    );
}
