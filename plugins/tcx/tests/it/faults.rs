//! Files that are not as they should be: what is warned of, what is refused, what is kept.

use std::io::{self, Read};

use expect_test::expect;
use pipeline_plugin::testing::Collected;
use pipeline_plugin::{Error, Plugin, Role};

use crate::support::{check, check_lines, read, read_into, tcx};

/// Everything but the items.
const TOLD: &[&str] = &[
    "open",
    "finish",
    "warn",
    "Skip",
    "help",
    "Plugin",
    "Cancelled",
];

fn row() -> String {
    tcx("activity Other
         lap 0
         track
         0 d=0
         1 d=4
         2 d=8")
}

#[test]
fn each_sort_of_repair_is_told_once_a_file() {
    check_lines(
        &["warn"],
        "{}",
        &tcx("activity Other
              lap 0 TotalTimeSeconds=NaN
              track
              0 d=0 hr=none
              1 d=4 hr=500
              1 d=5 hr=255
              3 d=4
              2 d=4 hr=-")
        .replace("02Z", "02"),
        expect![[r#"
            warn line 5: number is NaN or infinite, left out: `NaN`
            warn line 7: not a number, left out: `none` (2 times)
            warn line 8: number out of range, left out: `500` (2 times)
            warn line 9: points of equal time, merged
            warn line 11: time without zone, taken as UTC: `2026-01-01T00:00:02`
            warn line 11: points out of order, sorted
            warn line 14: distance goes back, held
        "#]],
    );
}

#[test]
fn strict_refuses_what_needs_a_repair() {
    let file = row().replace("02Z", "02");
    check_lines(
        TOLD,
        r#"{"strict":true}"#,
        &file,
        expect![[r#"
            open {"kind":"activity","name":"row.tcx","start":"2026-01-01T00:00:00Z","sport":"rowing/indoor_rowing"}
            Skip: refused by strict mode: time without zone, taken as UTC: `2026-01-01T00:00:02` (line 8, byte 308, in TrainingCenterDatabase/Activities/Activity/Lap/Track/Trackpoint)
            help: take `strict: true` away to have it repaired
        "#]],
    );
    check_lines(
        TOLD,
        r#"{"strict":true}"#,
        &row(),
        expect![[r#"
        open {"kind":"activity","name":"row.tcx","start":"2026-01-01T00:00:00Z","sport":"rowing/indoor_rowing"}
        finish
    "#]],
    );
}

/// No setting repairs a file that breaks off. Today the help blames `strict` all the same, which
/// is wrong: it should be empty.
#[test]
fn strict_is_not_to_blame_for_a_broken_file() {
    let file = row();
    let broken = &file[..file.find(":02Z").unwrap()];
    check_lines(
        &["help"],
        r#"{"strict":true}"#,
        broken,
        expect![[r#"
            help: keep the 2 points before it with `salvage: true` under `tcx:`, or `--set tcx.salvage=true`
        "#]],
    );
}

#[test]
fn a_file_that_breaks_off_is_refused_with_what_could_be_kept() {
    let file = row();
    let broken = &file[..file.find(":02Z").unwrap()];
    check_lines(
        TOLD,
        "{}",
        broken,
        expect![[r#"
            open {"kind":"activity","name":"row.tcx","start":"2026-01-01T00:00:00Z","sport":"rowing/indoor_rowing"}
            Skip: file ends too early: `Time` is still open (line 8, byte 330, in TrainingCenterDatabase/Activities/Activity/Lap/Track/Trackpoint/Time)
            help: keep the 2 points before it with `salvage: true` under `tcx:`, or `--set tcx.salvage=true`
        "#]],
    );
}

#[test]
fn salvage_keeps_what_stands_before_the_fault() {
    let file = row();
    let broken = &file[..file.find(":02Z").unwrap()];
    check(
        r#"{"salvage":true}"#,
        broken,
        expect![[r#"
            open {"kind":"activity","name":"row.tcx","start":"2026-01-01T00:00:00Z","sport":"rowing/indoor_rowing"}
            {"samples":{"time":["2026-01-01T00:00:00Z","2026-01-01T00:00:01Z"],"distance":[0.0,4.0],"speed":[null,4.0]}}
            finish
            warn file ends too early: `Time` is still open (line 8, byte 330, in TrainingCenterDatabase/Activities/Activity/Lap/Track/Trackpoint/Time); kept the 2 points before it
        "#]],
    );
}

/// The first activity was complete and stays, whatever follows.
#[test]
fn an_activity_before_the_fault_is_complete() {
    let file = tcx("activity Other
                    lap 0
                    track
                    0 d=0
                    1 d=4
                    activity Other
                    lap 60
                    track
                    60 d=0
                    61 d=4");
    let in_the_second = &file[..file.find("00:01:01Z").unwrap()];
    check_lines(
        TOLD,
        "{}",
        in_the_second,
        expect![[r#"
            open {"kind":"activity","name":"row.tcx","start":"2026-01-01T00:00:00Z","sport":"rowing/indoor_rowing"}
            finish
            open {"kind":"activity","name":"row.tcx","start":"2026-01-01T00:01:00Z","sport":"rowing/indoor_rowing"}
            Skip: file ends too early: `Time` is still open (line 15, byte 518, in TrainingCenterDatabase/Activities/Activity/Lap/Track/Trackpoint/Time)
            help: keep the point before it with `salvage: true` under `tcx:`, or `--set tcx.salvage=true`
        "#]],
    );
    let between = &file[..file.find("</Activity>").unwrap() + "</Activity>".len()];
    check_lines(
        TOLD,
        "{}",
        between,
        expect![[r#"
        open {"kind":"activity","name":"row.tcx","start":"2026-01-01T00:00:00Z","sport":"rowing/indoor_rowing"}
        finish
        Skip: file ends too early: `Activities` is still open (line 10, byte 323, in TrainingCenterDatabase/Activities)
    "#]],
    );
    check_lines(
        TOLD,
        r#"{"salvage":true}"#,
        between,
        expect![[r#"
            open {"kind":"activity","name":"row.tcx","start":"2026-01-01T00:00:00Z","sport":"rowing/indoor_rowing"}
            finish
            warn file ends too early: `Activities` is still open (line 10, byte 323, in TrainingCenterDatabase/Activities); kept the activities before it
        "#]],
    );
}

#[test]
fn files_that_are_no_activities() {
    let refused = |file: &str, expect| check_lines(TOLD, "{}", file, expect);
    refused(
        "",
        expect![[r#"
        Skip: file is empty (line 1, byte 0)
    "#]],
    );
    refused(
        "bla bla",
        expect![[r#"
        Skip: not XML: no `<` in it (line 1, byte 7)
    "#]],
    );
    refused(
        "<gpx/>",
        expect![[r#"
        Skip: not TCX: a GPX file: root is `gpx`, expected `TrainingCenterDatabase` (line 1, byte 0)
    "#]],
    );
    refused(
        "<kml/>",
        expect![[r#"
        Skip: not TCX: a KML file: root is `kml`, expected `TrainingCenterDatabase` (line 1, byte 0)
    "#]],
    );
    refused(
        "<FIT/>",
        expect![[r#"
        Skip: not TCX: an XML dump of a FIT file: root is `FIT`, expected `TrainingCenterDatabase` (line 1, byte 0)
    "#]],
    );
    refused(
        "<html/>",
        expect![[r#"
        Skip: not TCX: an HTML page: root is `html`, expected `TrainingCenterDatabase` (line 1, byte 0)
    "#]],
    );
    refused(
        "<TrainingCenterDatabase><Workouts/></TrainingCenterDatabase>",
        expect![[r#"
            Skip: no activity in the file; it holds workouts, which are plans and not recordings (line 1, byte 60)
        "#]],
    );
    refused(
        "<TrainingCenterDatabase><Courses/></TrainingCenterDatabase>",
        expect![[r#"
            Skip: no activity in the file; it holds courses, which are routes and not recordings (line 1, byte 59)
        "#]],
    );
    refused(
        "<!DOCTYPE a>",
        expect![[r#"
        Skip: document type declarations are refused; a TCX file has none (line 1, byte 0)
    "#]],
    );
    refused(
        &tcx(""),
        expect![[r#"
        Skip: no activity in the file (line 5, byte 78)
    "#]],
    );
    refused(
        &tcx("activity Other\nlap 0"),
        expect![[r#"
        warn line 6: activity without points and totals, left out
        Skip: no trackpoint with a time and no lap with totals in the file (line 9, byte 161)
    "#]],
    );
    refused(
        &row().replace("</Lap>", "</Lop>"),
        expect![[r#"
            open {"kind":"activity","name":"row.tcx","start":"2026-01-01T00:00:00Z","sport":"rowing/indoor_rowing"}
            Skip: end tag `Lop` where `Lap` was expected (line 10, byte 398, in TrainingCenterDatabase/Activities/Activity/Lap)
            help: keep the 3 points before it with `salvage: true` under `tcx:`, or `--set tcx.salvage=true`
        "#]],
    );
    refused(
        &format!("<TrainingCenterDatabase>{}", "<a>".repeat(65)),
        expect![[r#"
            Skip: limit exceeded: elements are nested deeper than 64 (line 1, byte 213, in …/a/a/a/a/a/a/a/a)
        "#]],
    );
}

/// An input that fails behind its first bytes.
struct Failing(&'static [u8]);

impl Read for Failing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer)? {
            0 => Err(io::Error::other("the stick was pulled out")),
            count => Ok(count),
        }
    }
}

#[test]
fn an_input_that_fails_is_told_with_its_cause() {
    let collected = read("{}", Failing(b"<TrainingCenterDatabase><Activities>"));
    expect![[r#"
        Skip: cannot read the input (line 1, byte 0): the stick was pulled out
    "#]]
    .assert_eq(&collected.told());
}

/// What a stage behind the reader says is passed on as it is; `salvage` is about the file.
#[test]
fn errors_of_other_stages_are_passed_on() {
    let told = |error: Error, settings: &str| {
        let refusing = Collected::default().refusing(1, error);
        let told = read_into(refusing, settings, row().as_bytes()).told();
        let lines = told.lines().filter(|line| !line.starts_with('{'));
        lines.skip(1).collect::<Vec<_>>().join(" | ")
    };
    assert_eq!(
        told(Error::resource("no space"), "{}"),
        "Resource: no space"
    );
    assert_eq!(told(Error::cancelled(), "{}"), "Cancelled: stopped");
    let refused = || Error::skip("too short for laps").with_help("row on");
    for settings in ["{}", r#"{"salvage":true}"#] {
        assert_eq!(
            told(refused(), settings),
            "Skip: too short for laps | help: row on"
        );
    }
}

#[test]
fn the_plugin_knows_its_files() {
    let Plugin { role, name, .. } = plugin_tcx::reader();
    let Role::Reader {
        extensions, sniff, ..
    } = role
    else {
        panic!("a reader");
    };
    assert_eq!((name.as_str(), extensions), ("tcx", vec!["tcx".to_owned()]));
    assert!(sniff(row().as_bytes()));
    assert!(!sniff(b"<gpx/>"));
}
