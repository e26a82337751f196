//! What streams consist of.

use std::fmt::Write as _;

use expect_test::expect;
use pipeline_plugin::{Batch, Item};

use crate::support::{START, check, check_lines, read, tcx};

#[test]
fn a_row_of_coxswain() {
    check(
        "{}",
        &tcx("activity Other
              lap 0 TotalTimeSeconds=3 DistanceMeters=12 Calories=5 Intensity=Active TriggerMethod=Manual Steps=2
              track
              0 lat=51.5 lon=-0.1 d=4 hr=0 cad=24 v=4.0 w=90
              1 lat=51.5 lon=-0.1 d=8 hr=81 cad=24 v=4.2 w=100
              2 lat=51.5 lon=-0.1 d=12 hr=82 cad=25 v=4.1 w=110
              notes Created by Coxswain"),
        expect![[r#"
            open {"kind":"activity","name":"row.tcx","start":"2026-01-01T00:00:00Z","sport":"rowing/indoor_rowing"}
            {"samples":{"time":["2026-01-01T00:00:00Z","2026-01-01T00:00:01Z","2026-01-01T00:00:02Z"],"distance":[4.0,8.0,12.0],"speed":[4.0,4.2,4.1],"power":[90.0,100.0,110.0],"heart_rate":[null,81.0,82.0],"cadence":[24.0,24.0,25.0],"total_cycles":[0.0,0.4,0.8],"cycle_length":[10.0,10.5,9.839999999999998]}}
            {"lap":{"start":"2026-01-01T00:00:00Z","end":"2026-01-01T00:00:02Z","trigger":"manual","intensity":"active","totals":{"timer_time":2.0,"distance":12.0,"calories":5.0}}}
            {"event":{"meta":{"notes":"Created by Coxswain","total_cycles":2.0,"calories":5.0}}}
            finish
        "#]],
    );
}

/// Everything that a lap of a file can say, and what is made of it.
#[test]
fn laps_have_the_totals_of_the_file() {
    check_lines(
        &["{\"lap\""],
        "{}",
        &tcx("activity Other
              lap 0 TotalTimeSeconds=2 DistanceMeters=8 MaximumSpeed=4.4 Calories=7 AverageHeartRateBpm=120 MaximumHeartRateBpm=131 Intensity=Active Cadence=22 TriggerMethod=Distance Steps=1 AvgWatts=150 MaxWatts=170 MaxBikeCadence=24
              track
              0 d=0
              2 d=8
              lap 2 TotalTimeSeconds=60 DistanceMeters=0 Calories=0 Intensity=Resting TriggerMethod=Time
              track
              3 d=8
              62 d=8
              lap 62 DistanceMeters=4 TriggerMethod=HeartRate
              track
              63 d=12"),
        expect![[r#"
            {"lap":{"start":"2026-01-01T00:00:00Z","end":"2026-01-01T00:00:02Z","trigger":"distance","intensity":"active","totals":{"timer_time":2.0,"distance":8.0,"calories":7.0,"max_speed":4.4,"avg_heart_rate":120.0,"max_heart_rate":131.0,"avg_cadence":22.0,"max_cadence":24.0,"avg_power":150.0,"max_power":170.0}}}
            {"lap":{"start":"2026-01-01T00:00:02Z","end":"2026-01-01T00:01:02Z","trigger":"time","intensity":"rest","totals":{"timer_time":60.0,"distance":0.0}}}
            {"lap":{"start":"2026-01-01T00:01:02Z","end":"2026-01-01T00:01:03Z","trigger":"manual","intensity":"active","totals":{"timer_time":1.0,"distance":4.0}}}
        "#]],
    );
}

/// A lap's time is never longer than from its start to the next one's.
#[test]
fn a_timer_does_not_run_longer_than_its_lap() {
    check_lines(
        &["{\"lap\""],
        "{}",
        &tcx("activity Other
              lap 0 TotalTimeSeconds=99
              track
              0 d=0
              2 d=8"),
        expect![[r#"
            {"lap":{"start":"2026-01-01T00:00:00Z","end":"2026-01-01T00:00:02Z","trigger":"manual","intensity":"active","totals":{"timer_time":2.0}}}
        "#]],
    );
}

#[test]
fn pauses_are_timer_events_between_their_samples() {
    check(
        "{}",
        &tcx("activity Rowing
              lap 0 TotalTimeSeconds=4 DistanceMeters=12
              track
              0 d=0
              2 d=8
              track
              30 d=8
              32 d=12"),
        expect![[r#"
            open {"kind":"activity","name":"row.tcx","start":"2026-01-01T00:00:00Z","sport":"rowing/indoor_rowing"}
            {"samples":{"time":["2026-01-01T00:00:00Z","2026-01-01T00:00:02Z"],"distance":[0.0,8.0],"speed":[null,4.0]}}
            {"event":{"timer_stop":{"time":"2026-01-01T00:00:02Z"}}}
            {"event":{"timer_start":{"time":"2026-01-01T00:00:30Z"}}}
            {"samples":{"time":["2026-01-01T00:00:30Z","2026-01-01T00:00:32Z"],"distance":[8.0,12.0],"speed":[null,2.0]}}
            {"lap":{"start":"2026-01-01T00:00:00Z","end":"2026-01-01T00:00:32Z","trigger":"manual","intensity":"active","totals":{"timer_time":4.0,"distance":12.0}}}
            finish
        "#]],
    );
}

#[test]
fn each_activity_is_a_stream() {
    check(
        "{}",
        &tcx("activity Biking
              lap 0
              track
              0 d=0 cad=90 lat=48.1 lon=11.5 alt=520
              1 d=9 cad=90 lat=48.2 lon=11.5 alt=521
              notes to the lake
              activity Other
              lap 600 Steps=20
              track
              600 d=0 cad=20
              601 d=4 cad=20
              creator WaterRower S4"),
        expect![[r#"
            open {"kind":"activity","name":"row.tcx","start":"2026-01-01T00:00:00Z","sport":"cycling"}
            {"samples":{"time":["2026-01-01T00:00:00Z","2026-01-01T00:00:01Z"],"position_lat":[48.1,48.2],"position_long":[11.5,11.5],"altitude":[520.0,521.0],"distance":[0.0,9.0],"speed":[null,9.0],"cadence":[90.0,90.0],"total_cycles":[0.0,1.5]}}
            {"lap":{"start":"2026-01-01T00:00:00Z","end":"2026-01-01T00:00:01Z","trigger":"manual","intensity":"active","totals":{"timer_time":1.0}}}
            {"event":{"meta":{"notes":"to the lake"}}}
            finish
            open {"kind":"activity","name":"row.tcx","start":"2026-01-01T00:10:00Z","sport":"rowing/indoor_rowing"}
            {"samples":{"time":["2026-01-01T00:10:00Z","2026-01-01T00:10:01Z"],"distance":[0.0,4.0],"speed":[null,4.0],"cadence":[20.0,20.0],"total_cycles":[0.0,0.3333333333333333],"cycle_length":[null,12.0]}}
            {"lap":{"start":"2026-01-01T00:10:00Z","end":"2026-01-01T00:10:01Z","trigger":"manual","intensity":"active","totals":{"timer_time":1.0}}}
            {"event":{"meta":{"total_cycles":20.0,"device":"WaterRower S4"}}}
            finish
        "#]],
    );
}

#[test]
fn an_activity_without_points_is_none() {
    check(
        "{}",
        &tcx("activity Other
              lap 0
              activity Running
              lap 9
              track
              9 hr=100"),
        expect![[r#"
            open {"kind":"activity","name":"row.tcx","start":"2026-01-01T00:00:09Z","sport":"running"}
            {"samples":{"time":["2026-01-01T00:00:09Z"],"heart_rate":[100.0]}}
            {"lap":{"start":"2026-01-01T00:00:09Z","end":"2026-01-01T00:00:09Z","trigger":"manual","intensity":"active","totals":{"timer_time":0.0}}}
            finish
            warn line 6: activity without points and totals, left out
        "#]],
    );
}

/// Coxswain's exports without snapshots: a lap with totals and no track.
#[test]
fn a_lap_without_a_track_becomes_two_points() {
    check(
        "{}",
        &tcx("activity Other
              lap 0 TotalTimeSeconds=2 DistanceMeters=6 Calories=3 Steps=2"),
        expect![[r#"
            open {"kind":"activity","name":"row.tcx","start":"2026-01-01T00:00:00Z","sport":"rowing/indoor_rowing"}
            {"samples":{"time":["2026-01-01T00:00:00Z","2026-01-01T00:00:02Z"],"distance":[0.0,6.0],"speed":[null,3.0]}}
            {"lap":{"start":"2026-01-01T00:00:00Z","end":"2026-01-01T00:00:02Z","trigger":"manual","intensity":"active","totals":{"timer_time":2.0,"distance":6.0,"calories":3.0}}}
            {"event":{"meta":{"total_cycles":2.0,"calories":3.0}}}
            finish
            warn line 9: lap without points, two made from its totals
        "#]],
    );
}

/// A column begins in the batch in which it has its first value.
#[test]
fn batches_have_256_rows_and_only_columns_with_values() {
    let mut text = "activity Other\nlap 0\ntrack\n".to_owned();
    for second in 0..600 {
        let heart = if second == 300 { " hr=120" } else { "" };
        let _ = writeln!(text, "{second} d={}{heart}", second * 4);
    }
    let collected = read("{}", tcx(&text).as_bytes());
    let shapes: Vec<String> = collected
        .items()
        .filter_map(|item| match item {
            Item::Samples(batch) => Some(shape(batch)),
            _ => None,
        })
        .collect();
    assert_eq!(
        shapes,
        [
            "0..255 distance,speed",
            "256..511 distance,speed,heart_rate",
            "512..599 distance,speed,heart_rate",
        ]
    );
}

fn shape(batch: &Batch) -> String {
    let columns: Vec<&str> = batch.columns().iter().map(|c| c.field.name()).collect();
    let second = |row: usize| batch.time()[row] - START;
    format!(
        "{}..{} {}",
        second(0),
        second(batch.len() - 1),
        columns.join(",")
    )
}

/// Coxswain's own count stands for the whole activity; it needs every lap's.
#[test]
fn totals_of_the_whole_need_those_of_every_lap() {
    let file = |second: &str| {
        tcx(&format!(
            "activity Other
             lap 0 Calories=5 Steps=2
             track
             0 d=0
             1 d=4
             lap 1 {second}
             track
             2 d=8"
        ))
    };
    let meta = &["{\"event\""];
    check_lines(
        meta,
        "{}",
        &file("Calories=6 Steps=3"),
        expect![[r#"
        {"event":{"meta":{"total_cycles":5.0,"calories":11.0}}}
    "#]],
    );
    check_lines(
        meta,
        "{}",
        &file("Calories=6"),
        expect![[r#"
        {"event":{"meta":{"calories":11.0}}}
    "#]],
    );
    check_lines(meta, "{}", &file(""), expect![[r#""#]]);
}

/// Steps of a run are no strokes.
#[test]
fn only_rowing_has_strokes() {
    check(
        "{}",
        &tcx("activity Running
              lap 0 Steps=4
              track
              0 d=0 cad=80 v=3
              1 d=3 cad=80 v=3"),
        expect![[r#"
            open {"kind":"activity","name":"row.tcx","start":"2026-01-01T00:00:00Z","sport":"running"}
            {"samples":{"time":["2026-01-01T00:00:00Z","2026-01-01T00:00:01Z"],"distance":[0.0,3.0],"speed":[3.0,3.0],"cadence":[80.0,80.0],"total_cycles":[0.0,1.3333333333333333]}}
            {"lap":{"start":"2026-01-01T00:00:00Z","end":"2026-01-01T00:00:01Z","trigger":"manual","intensity":"active","totals":{"timer_time":1.0}}}
            finish
        "#]],
    );
}
