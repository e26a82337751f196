//! Every option, alone.

use expect_test::{Expect, expect};
use pipeline_plugin::testing;
use plugin_tcx::Tcx;

use crate::support::{check, check_lines, read, tcx};

fn sport(settings: &str, written: &str) -> String {
    let file = tcx(&format!("activity {written}\nlap 0\ntrack\n0 d=0\n1 d=4"));
    let collected = read(settings, file.as_bytes());
    collected.streams[0].0.sport.to_string()
}

#[test]
fn sports_are_the_files_unless_set() {
    for (written, expected) in [
        ("Running", "running"),
        ("running", "running"),
        ("Biking", "cycling"),
        ("Cycling", "cycling"),
        ("Walking", "walking"),
        ("Hiking", "walking"),
        ("Swimming", "swimming"),
        ("Rowing", "rowing/indoor_rowing"),
        ("Other", "rowing/indoor_rowing"),
        ("", "rowing/indoor_rowing"),
        ("Sailing", "rowing/indoor_rowing"),
    ] {
        assert_eq!(sport("{}", written), expected, "{written}");
    }
    assert_eq!(sport(r#"{"sport":"rowing"}"#, "Other"), "rowing");
    assert_eq!(
        sport(r#"{"sport":"cycling/road"}"#, "Running"),
        "cycling/road"
    );
}

const PLACED: &str = "lap 0
    track
    0 d=0 lat=51.5 lon=-0.1
    1 d=4 lat=51.6 lon=-0.2";

fn has_positions(settings: &str, sport: &str) -> bool {
    let file = tcx(&format!("activity {sport}\n{PLACED}"));
    read(settings, file.as_bytes())
        .told()
        .contains("position_lat")
}

#[test]
fn positions_are_kept_but_for_indoor_sports() {
    let set = |sport: &str| format!(r#"{{"sport":"{sport}"}}"#);
    assert!(!has_positions("{}", "Other"));
    assert!(has_positions("{}", "Running"));
    assert!(has_positions(&set("rowing"), "Other"));
    assert!(!has_positions(&set("cycling/indoor"), "Biking"));
    assert!(!has_positions(&set("running/treadmill"), "Running"));
    assert!(has_positions(r#"{"positions":"keep"}"#, "Other"));
    assert!(!has_positions(r#"{"positions":"drop"}"#, "Running"));
}

/// 0/0 is what writers without a position put.
#[test]
fn a_place_in_the_sea_is_none() {
    let file = tcx("activity Running
                    lap 0
                    track
                    0 d=0 lat=0.0 lon=0.0
                    1 d=4 lat=0.0 lon=0.0");
    assert!(!read("{}", file.as_bytes()).told().contains("position"));
}

const ROW: &str = "activity Other
    lap 0 TotalTimeSeconds=2 DistanceMeters=8 Calories=5 Steps=1
    track
    0 d=4 cad=24
    1 d=8 cad=24";

fn check_device(name: &str, expect: Expect) {
    check_lines(
        &["open"],
        &format!(r#"{{"device":"{name}"}}"#),
        &tcx(ROW),
        expect,
    );
}

#[test]
fn a_device_has_the_number_of_its_maker() {
    check_device(
        "WaterRower",
        expect![[r#"
        open {"kind":"activity","name":"row.tcx","start":"2026-01-01T00:00:00Z","sport":"rowing/indoor_rowing","device":{"manufacturer":118,"name":"WaterRower"}}
    "#]],
    );
    check_device(
        "my Concept2 RowErg",
        expect![[r#"
        open {"kind":"activity","name":"row.tcx","start":"2026-01-01T00:00:00Z","sport":"rowing/indoor_rowing","device":{"manufacturer":40,"name":"my Concept2 RowErg"}}
    "#]],
    );
    check_device(
        "Sculler 9",
        expect![[r#"
        open {"kind":"activity","name":"row.tcx","start":"2026-01-01T00:00:00Z","sport":"rowing/indoor_rowing","device":{"name":"Sculler 9"}}
    "#]],
    );
}

#[test]
fn calories_are_the_files_or_left_out() {
    let lines = &["{\"lap\"", "{\"event\""];
    check_lines(
        lines,
        r#"{"calories":"file"}"#,
        &tcx(ROW),
        expect![[r#"
        {"lap":{"start":"2026-01-01T00:00:00Z","end":"2026-01-01T00:00:01Z","trigger":"manual","intensity":"active","totals":{"timer_time":1.0,"distance":8.0,"calories":5.0}}}
        {"event":{"meta":{"total_cycles":1.0,"calories":5.0}}}
    "#]],
    );
    check_lines(
        lines,
        r#"{"calories":"recompute"}"#,
        &tcx(ROW),
        expect![[r#"
            {"lap":{"start":"2026-01-01T00:00:00Z","end":"2026-01-01T00:00:01Z","trigger":"manual","intensity":"active","totals":{"timer_time":1.0,"distance":8.0}}}
            {"event":{"meta":{"total_cycles":1.0}}}
        "#]],
    );
}

/// Coxswain's first point is the state after the first second.
#[test]
fn the_time_origin_of_coxswain_can_be_shifted() {
    check(
        r#"{"coxswain-time-origin":"shifted"}"#,
        &tcx(ROW),
        expect![[r#"
            open {"kind":"activity","name":"row.tcx","start":"2026-01-01T00:00:00Z","sport":"rowing/indoor_rowing"}
            {"samples":{"time":["2026-01-01T00:00:00Z","2026-01-01T00:00:01Z","2026-01-01T00:00:02Z"],"distance":[0.0,4.0,8.0],"speed":[null,4.0,4.0],"cadence":[null,24.0,24.0],"total_cycles":[null,0.0,0.4],"cycle_length":[null,10.0,10.0]}}
            {"lap":{"start":"2026-01-01T00:00:00Z","end":"2026-01-01T00:00:02Z","trigger":"manual","intensity":"active","totals":{"timer_time":2.0,"distance":8.0,"calories":5.0}}}
            {"event":{"meta":{"total_cycles":1.0,"calories":5.0}}}
            finish
        "#]],
    );
}

#[test]
fn an_offset_from_utc_is_kept() {
    let file = tcx(ROW)
        .replace("00Z", "00+02:00")
        .replace("01Z", "01+02:00");
    check_lines(
        &["open"],
        "{}",
        &file,
        expect![[r#"
        open {"kind":"activity","name":"row.tcx","start":"2025-12-31T22:00:00Z","sport":"rowing/indoor_rowing","utc_offset":7200}
    "#]],
    );
}

fn check_refused(settings: &str, expect: Expect) {
    let problem = testing::settings::<Tcx>(settings).unwrap_err();
    expect.assert_eq(&format!("{}: {}", problem.path.join("."), problem.message));
}

#[test]
fn wrong_settings_are_refused() {
    check_refused(
        r#"{"sport":"roving"}"#,
        expect![
            "sport: unknown sport `roving`; known: rowing, cycling, running, walking, swimming, paddling, kayaking, stand_up_paddleboarding, fitness_equipment, training, generic and the others of the FIT profile"
        ],
    );
    check_refused(
        r#"{"sport":"rowing/outdoor"}"#,
        expect!["sport: unknown variant `outdoor` of rowing; write rowing/indoor"],
    );
    check_refused(
        r#"{"positions":"maybe"}"#,
        expect!["positions: unknown variant `maybe`, expected one of `auto`, `keep`, `drop`"],
    );
    check_refused(
        r#"{"calories":"none"}"#,
        expect!["calories: unknown variant `none`, expected `file` or `recompute`"],
    );
    check_refused(
        r#"{"coxswain-time-origin":1}"#,
        expect!["coxswain-time-origin: invalid type: integer `1`, expected string or map"],
    );
    check_refused(
        r#"{"strict":"yes"}"#,
        expect![[r#"strict: invalid type: string "yes", expected a boolean"#]],
    );
    check_refused(
        r#"{"salvge":true}"#,
        expect![
            "salvge: unknown field `salvge`, expected one of `sport`, `positions`, `device`, `calories`, `coxswain-time-origin`, `strict`, `salvage`"
        ],
    );
}
