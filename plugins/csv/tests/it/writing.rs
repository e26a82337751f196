//! What files look like.

use expect_test::expect;
use pipeline_plugin::{Header, Kind, SinkPlugin, testing};
use plugin_csv::WriteCsv;

use crate::support::{START, check_write, items, lap, write};

#[test]
fn a_line_of_titles_and_a_line_a_sample() {
    let text = format!(
        r#"{{"samples":{{"time":[@0,@1.25,@2.000001],"distance":[0,4.16,8],"heart_rate":[null,120,121.5]}}}}
        {}
        {{"samples":{{"time":[@3],"distance":[12.5],"heart_rate":[122]}}}}
        {}"#,
        lap(0.0, 2.0),
        lap(2.0, 3.0)
    );
    check_write(
        "{}",
        &text,
        expect![[r#"
            time,distance (m),heart_rate (bpm),lap
            2026-03-02T09:00:00Z,0,,1
            2026-03-02T09:00:01.250Z,4.16,120,1
            2026-03-02T09:00:02.000001Z,8,121.5,1
            2026-03-02T09:00:03Z,12.5,122,2
        "#]],
    );
    check_write(
        r#"{"separator":"semicolon","time":"plain"}"#,
        &text,
        expect![[r#"
            time;distance (m);heart_rate (bpm);lap
            2026-03-02 09:00:00;0;;1
            2026-03-02 09:00:01,250;4,16;120;1
            2026-03-02 09:00:02,000001;8;121,5;1
            2026-03-02 09:00:03;12,5;122;2
        "#]],
    );
    check_write(
        r#"{"separator":"tab","time":"unix"}"#,
        &text,
        expect![[r#"
            time (s)	distance (m)	heart_rate (bpm)	lap
            1772442000	0		1
            1772442001.25	4.16	120	1
            1772442002.000001	8	121.5	1
            1772442003	12.5	122	2
        "#]],
    );
}

#[test]
fn a_stream_without_laps_has_no_column_for_them() {
    check_write(
        "{}",
        r#"{"samples":{"time":[@0,@1],"power":[150,160]}}"#,
        expect![[r#"
            time,power (W)
            2026-03-02T09:00:00Z,150
            2026-03-02T09:00:01Z,160
        "#]],
    );
    check_write(
        "{}",
        "",
        expect![[r#"
        time
    "#]],
    );
}

#[test]
fn columns_that_come_late_are_empty_before() {
    let text = format!(
        r#"{{"samples":{{"time":[@0],"distance":[0]}}}}
        {{"samples":{{"time":[@1],"grit":[7],"distance":[4],"units":{{"grit":"kGrit"}}}}}}
        {}
        {{"samples":{{"time":[@2],"power":[150]}}}}"#,
        lap(0.0, 1.0)
    );
    check_write(
        "{}",
        &text,
        expect![[r#"
        time,distance (m),grit (kGrit),power (W),lap
        2026-03-02T09:00:00Z,0,,,1
        2026-03-02T09:00:01Z,4,7,,1
        2026-03-02T09:00:02Z,,,150,2
    "#]],
    );
}

#[test]
fn columns_can_be_chosen() {
    let text = format!(
        r#"{{"samples":{{"time":[@0,@61.5],"distance":[0,200],"power":[null,150]}}}}
        {}
        {{"samples":{{"time":[@62],"grit":[7],"units":{{"grit":"kGrit"}}}}}}"#,
        lap(0.0, 61.5)
    );
    check_write(
        r#"{"columns":["lap","elapsed","grit","distance"]}"#,
        &text,
        expect![[r#"
            lap,elapsed (s),grit (kGrit),distance (m)
            1,0,,0
            1,61.5,,200
            2,62,7,
        "#]],
    );
    check_write(
        r#"{"columns":["lap"]}"#,
        &text,
        expect![[r#"
        lap
        1
        1
        2
    "#]],
    );
    check_write(
        r#"{"columns":["time","powr","power"]}"#,
        &text,
        expect![[r#"
            time,powr,power (W)
            2026-03-02T09:00:00Z,,
            2026-03-02T09:01:01.500Z,,150
            2026-03-02T09:01:02Z,,
            warn the stream has no `powr`: its column is empty
        "#]],
    );
}

#[test]
fn titles_are_quoted_where_they_have_to_be() {
    check_write(
        "{}",
        r#"{"samples":{"time":[@0],"a,b":[1],"c\"d":[2],"e (f)":[3],"lap":[4],"g":[5],"units":{"g":"x,y"}}}"#,
        expect![[r#"
            time,"a,b","c""d",e (f) (),lap_,"g (x,y)"
            2026-03-02T09:00:00Z,1,2,3,4,5
        "#]],
    );
}

#[test]
fn what_has_no_place_is_told_once() {
    let curve = r#"{"curve":{"time":@0,"field":"handle_force","interval":0.1,"values":[1,2]}}"#;
    let text = format!(
        r#"{curve}
        {curve}
        {{"samples":{{"time":[@0],"power":[150]}}}}
        {{"event":{{"timer_stop":{{"time":@1}}}}}}
        {{"event":{{"timer_start":{{"time":@5}}}}}}
        {{"event":{{"meta":{{"notes":"fine"}}}}}}"#
    );
    check_write(
        "{}",
        &text,
        expect![[r#"
        time,power (W)
        2026-03-02T09:00:00Z,150
        warn 2 curves left out: a row has no place for them
    "#]],
    );
    check_write(
        "{}",
        curve,
        expect![[r#"
        time
        warn 1 curve left out: a row has no place for it
    "#]],
    );
}

#[test]
fn logs_are_written_and_files_are_not() {
    let header = |kind| Header {
        kind,
        start: START,
        ..Header::default()
    };
    let rows = r#"{"samples":{"time":[@0],"state_of_charge":[80]}}"#;
    let (file, _) = write("{}", &header(Kind::Log), &items(rows)).unwrap();
    expect![[r#"
        time,state_of_charge (%)
        2026-03-02T09:00:00Z,80
    "#]]
    .assert_eq(&file);
    let late = format!("{rows}\n{}\n{}", lap(0.0, 0.0), rows.replace('@', "@1"));
    let (file, _) = write("{}", &header(Kind::Log), &items(&late)).unwrap();
    expect![[r#"
        time,state_of_charge (%),lap
        2026-03-02T09:00:00Z,80,1
        2026-03-02T09:00:10Z,80,2
    "#]]
    .assert_eq(&file);
    let error = write("{}", &header(Kind::File), &[]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "only activities and logs can be written as CSV"
    );
}

/// Long enough that most of it is on the disk when the late column comes.
#[test]
fn a_long_file_is_completed_too() {
    const ROWS: usize = 30_000;
    let header = Header {
        start: START,
        ..Header::default()
    };
    let row = |second: usize, more: &str| {
        format!(r#"{{"samples":{{"time":[@{second}],"distance":[{second}.5]{more}}}}}"#) + "\n"
    };
    let mut text: String = (0..ROWS).map(|second| row(second, "")).collect();
    text += &lap(0.0, 30_000.0);
    text += "\n";
    text += &row(ROWS, r#","power":[150]"#);
    let (file, _) = write("{}", &header, &items(&text)).unwrap();
    let lines: Vec<_> = file.lines().collect();
    assert_eq!(lines.len(), ROWS + 2);
    assert_eq!(lines[0], "time,distance (m),power (W),lap");
    assert_eq!(lines[1], "2026-03-02T09:00:00Z,0.5,,1");
    assert_eq!(lines[ROWS], "2026-03-02T17:19:59Z,29999.5,,1");
    assert_eq!(lines[ROWS + 1], "2026-03-02T17:20:00Z,30000.5,150,2");
    assert!(lines.iter().all(|line| line.matches(',').count() == 3));
}

#[test]
fn too_many_columns_are_refused() {
    let columns: Vec<_> = (0..5000).map(|n| format!(r#","c{n}":[1]"#)).collect();
    let columns = columns.concat();
    check_write(
        "{}",
        &format!(r#"{{"samples":{{"time":[@0]{columns}}}}}"#),
        expect![[r#"
            the stream has more than 4,096 columns
        "#]],
    );
}

#[test]
fn a_file_is_named_and_its_folder_told() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let out_text = serde_json::to_string(&out).unwrap();
    let sink: WriteCsv = testing::settings(&format!(
        r#"{{"folder":{out_text},"name":"{{date}}_{{input}}"}}"#
    ))
    .unwrap();
    let header = Header {
        name: "rows/first.tcx".to_owned(),
        ..Header::default()
    };
    let summary = pipeline_plugin::Summary {
        start: START,
        ..pipeline_plugin::Summary::default()
    };
    let name = sink.file_name(&header, &summary);
    assert_eq!(name.as_deref(), Some("2026-03-02_first.csv"));
    assert_eq!(sink.folder().as_deref(), Some(&*out));
    assert_eq!(sink.destination(), format!("csv:{}", out.display()));
}
