//! What the reader makes of files.

use expect_test::expect;
use pipeline_plugin::{Plugin, Role};

use crate::support::{check, check_told, seconds};

#[test]
fn rows_become_samples_and_laps_end_behind_their_last_row() {
    check(
        r#"{"sport":"rowing/indoor"}"#,
        "time,distance (m),heart_rate (bpm),lap\n\
         2026-03-02T09:00:00Z,0,,1\n\
         2026-03-02T09:00:01.25Z,4.16,120,1\n\
         2026-03-02T09:00:02Z,8,121,2\n\
         2026-03-02T09:00:03Z,12,122,2\n",
        expect![[r#"
            open {"kind":"activity","name":"row.csv","start":"2026-03-02T09:00:00Z","sport":"rowing/indoor_rowing"}
            {"samples":{"time":["2026-03-02T09:00:00Z","2026-03-02T09:00:01.250Z"],"distance":[0.0,4.16],"heart_rate":[null,120.0]}}
            {"lap":{"start":"2026-03-02T09:00:00Z","end":"2026-03-02T09:00:01.250Z","trigger":"manual","intensity":"active","totals":{"timer_time":1.25,"distance":4.16,"avg_heart_rate":120.0,"max_heart_rate":120.0,"min_heart_rate":120.0}}}
            {"samples":{"time":["2026-03-02T09:00:02Z","2026-03-02T09:00:03Z"],"distance":[8.0,12.0],"heart_rate":[121.0,122.0]}}
            {"lap":{"start":"2026-03-02T09:00:01.250Z","end":"2026-03-02T09:00:03Z","trigger":"session_end","intensity":"active","totals":{"timer_time":1.75,"distance":7.84,"avg_heart_rate":121.57142857142857,"max_heart_rate":122.0,"min_heart_rate":121.0}}}
            finish
        "#]],
    );
}

#[test]
fn separators_quotes_and_line_ends_of_all_sorts() {
    for file in [
        "time,power (W),note\n2026-03-02T09:00:00Z,150.5,a\n",
        "\u{feff}time,power (W),note\r\n2026-03-02T09:00:00Z,150.5,a\r\n",
        "time;power (W);note\n2026-03-02T09:00:00Z;150,5;a\n",
        "time\tpower (W)\tnote\n2026-03-02T09:00:00Z\t150.5\ta",
        "\"time\",\"power (W)\",\"note\"\r\n\"2026-03-02T09:00:00Z\",\"150.5\",\"a \"\"b\"\",\nc\"\r\n",
        "\n\n time , power [W] ,note\n\n2026-03-02T09:00:00Z, 150.5 ,a\n\n,,\n",
        "time,power (W),note\r2026-03-02T09:00:00Z,150.5,a\r",
    ] {
        let told = expect![[r#"
            open {"kind":"activity","name":"row.csv","start":"2026-03-02T09:00:00Z","sport":"generic"}
            {"samples":{"time":["2026-03-02T09:00:00Z"],"power":[150.5]}}
            finish
            warn columns of text left out: `note`
        "#]];
        check("{}", file, told);
    }
}

#[test]
fn times_of_all_sorts() {
    let times = |settings: &str, title: &str, times: &[&str]| {
        let file = format!("{title}\tpower\n{}\t1\n", times.join("\t1\n"));
        let collected = crate::support::read(settings, file.as_bytes());
        let times = collected.items().filter_map(|item| match item {
            pipeline_plugin::Item::Samples(batch) => Some(batch.time().to_vec()),
            _ => None,
        });
        let mut told: Vec<_> = times.flatten().map(|time| time.to_string()).collect();
        let other = collected.told();
        let other = other.lines();
        let other = other.filter(|line| !line.starts_with(['{', 'o', 'f']));
        told.extend(other.map(str::to_owned));
        told.join(" | ")
    };
    let t = "2026-03-02T09:00:00Z | 2026-03-02T09:00:01.500Z";
    assert_eq!(
        times(
            "{}",
            "time",
            &["2026-03-02T09:00:00Z", "2026-03-02T09:00:01.5Z"]
        ),
        t
    );
    assert_eq!(
        times(
            "{}",
            "time",
            &["2026-03-02T10:00:00+01:00", "2026-03-02T10:00:01.5+0100"]
        ),
        t
    );
    assert_eq!(
        times(
            r#"{"timezone":"+01:00"}"#,
            "local time",
            &["02.03.2026 10:00:00", "2026-03-02 10:00:01,5"]
        ),
        t
    );
    assert_eq!(
        times(
            "{}",
            "time",
            &["2026-03-02 09:00:00", "2026-03-02 09:00:01.5"]
        ),
        format!(
            "{t} | warn line 2, column `time`: time without zone, taken as UTC: `2026-03-02 09:00:00` (2 times)"
        )
    );
    assert_eq!(times("{}", "timestamp", &["1772442000", "1772442001.5"]), t);
    assert_eq!(
        times("{}", "timestamp (ms)", &["1772442000000", "1772442001500"]),
        t
    );
    assert_eq!(
        times("{}", "timestamp", &["1772442000000", "1772442001500"]),
        t
    );
    assert_eq!(
        times("{}", "timestamp", &["1772442000000000", "1772442001500000"]),
        t
    );
    assert_eq!(
        times(
            "{}",
            "timestamp",
            &["1772442000000000000", "1772442001500000000"]
        ),
        t
    );
    assert_eq!(
        times(
            r#"{"epoch":"fit"}"#,
            "timestamp",
            &["1141376400", "1141376401.5"]
        ),
        t
    );
    assert_eq!(
        times(r#"{"epoch":"unix"}"#, "timestamp", &["1141376400"]),
        "2006-03-03T09:00:00Z"
    );
    expect!["Skip: the time `1141376400` may be counted in seconds from 1970, or from 1989 as in FIT (line 2, byte 16, column `timestamp`) | help: say which with `epoch: unix` or `epoch: fit` under `csv:`"].assert_eq(&times("{}", "timestamp", &["1141376400"]));
    let start = r#"{"start":"2026-03-02T10:00:00+01:00"}"#;
    assert_eq!(times(start, "elapsed", &["0", "1,5"]), t);
    assert_eq!(times(start, "secs", &["0", "1.5"]), t);
    assert_eq!(times(start, "minutes", &["0", "0.025"]), t);
    assert_eq!(times(start, "elapsed (ms)", &["0", "1500"]), t);
    assert_eq!(times(start, "Time", &["0:00:00", "0:00:01.5"]), t);
    assert_eq!(times(start, "Time (seconds)", &["0", "1.5"]), t);
    assert_eq!(times(start, "elapsed time", &["00:00", "00:01.5"]), t);
    assert_eq!(
        times(
            r#"{"start":"2026-03-02T10:00:00","timezone":"+01:00"}"#,
            "time",
            &["0", "1.5"]
        ),
        t
    );
    expect!["Skip: the times are counted from the start, which is not known (line 2, byte 14, column `elapsed`) | help: say when it began with `start: 2026-03-02T09:00:00+01:00` under `csv:`"].assert_eq(&times("{}", "elapsed", &["0"]));
}

#[test]
fn date_and_time_may_stand_in_two_columns() {
    check_told(
        r#"{"timezone":"+01:00"}"#,
        "Date,Time,Watts\n2026/03/02,10:00:00,150\n2026/03/02,10:00:01,151\n,10:00:02,152\n",
        expect![[r#"
            open {"kind":"activity","name":"row.csv","start":"2026-03-02T09:00:00Z","sport":"generic","utc_offset":3600}
            finish
            warn line 4, column `Time`: row without a time, left out: `10:00:02`
        "#]],
    );
    // Another column holds all.
    check_told(
        "{}",
        "date,clock,time\n02-03-2026,9,2026-03-02T09:00:00Z\n",
        expect![[r#"
            open {"kind":"activity","name":"row.csv","start":"2026-03-02T09:00:00Z","sport":"generic"}
            finish
        "#]],
    );
    check_told(
        "{}",
        "timestamp,time,hr\nA,2026-03-02T09:00:00Z,120\n",
        expect![[r#"
            open {"kind":"activity","name":"row.csv","start":"2026-03-02T09:00:00Z","sport":"generic"}
            finish
        "#]],
    );
    check(
        "{}",
        "date,hr\n2026-03-02 09:00:00Z,150\n",
        expect![[r#"
        open {"kind":"activity","name":"row.csv","start":"2026-03-02T09:00:00Z","sport":"generic"}
        {"samples":{"time":["2026-03-02T09:00:00Z"],"heart_rate":[150.0]}}
        finish
    "#]],
    );
}

#[test]
fn the_zone_of_times_is_that_of_the_recording() {
    check_told(
        "{}",
        "time,hr\n2026-03-02T10:00:00+01:00,150\n",
        expect![[r#"
            open {"kind":"activity","name":"row.csv","start":"2026-03-02T09:00:00Z","sport":"generic","utc_offset":3600}
            finish
        "#]],
    );
    check_told(
        r#"{"start":"2026-03-02T10:00:00-05:30"}"#,
        "secs,hr\n0,150\n",
        expect![[r#"
            open {"kind":"activity","name":"row.csv","start":"2026-03-02T15:30:00Z","sport":"generic","utc_offset":-19800}
            finish
        "#]],
    );
}

#[test]
fn columns_that_only_this_file_knows_are_kept_with_their_unit() {
    check(
        "{}",
        "time,Grit (kGrit),note,,power,Watts,speed,speed,left (raw) ()\n\
         2026-03-02T09:00:00Z,,a,1,150,151,1,2,8\n\
         2026-03-02T09:00:01Z,7,b,2,150,151,1,2,8\n\
         2026-03-02T09:00:02Z,x,3,,,,,,\n",
        expect![[r#"
            open {"kind":"activity","name":"row.csv","start":"2026-03-02T09:00:00Z","sport":"generic"}
            {"samples":{"time":["2026-03-02T09:00:00Z","2026-03-02T09:00:01Z","2026-03-02T09:00:02Z"],"Grit":[null,7.0,null],"column_4":[1.0,2.0,null],"power":[150.0,150.0,null],"Watts":[151.0,151.0,null],"speed":[1.0,1.0,null],"speed_8":[2.0,2.0,null],"left (raw)":[8.0,8.0,null],"units":{"Grit":"kGrit"}}}
            finish
            warn line 4, column `Grit (kGrit)`: not a number, left out: `x`
            warn columns of text left out: `note`
        "#]],
    );
}

#[test]
fn units_are_converted() {
    check(
        "{}",
        "time,km,speed (km/h),Alt [ft],temp (F),500m pace,Pace (min/km),pace\n\
         2026-03-02T09:00:00Z,1.5,36,100,212,2:05,5:00,2:05\n",
        expect![[r#"
            open {"kind":"activity","name":"row.csv","start":"2026-03-02T09:00:00Z","sport":"generic"}
            {"samples":{"time":["2026-03-02T09:00:00Z"],"distance":[1500.0],"speed":[10.0],"altitude":[30.48],"temperature":[100.0]}}
            finish
            warn columns of text left out: `500m pace`, `Pace (min/km)`, `pace`
        "#]],
    );
    check(
        "{}",
        "time,Pace (min/km),power (mi)\n\
         2026-03-02T09:00:00Z,5:00,1\n\
         2026-03-02T09:00:05Z,5,1\n",
        expect![[r#"
            open {"kind":"activity","name":"row.csv","start":"2026-03-02T09:00:00Z","sport":"generic"}
            {"samples":{"time":["2026-03-02T09:00:00Z","2026-03-02T09:00:05Z"],"speed":[3.3333333333333335,3.3333333333333335]}}
            finish
            warn column `power (mi)` left out: `mi` is no unit of `power`
        "#]],
    );
}

#[test]
fn rows_out_of_order_are_sorted_within_a_window() {
    check(
        "{}",
        "time,power,lap\n\
         2026-03-02T09:00:00Z,1,1\n\
         2026-03-02T09:00:03Z,4,2\n\
         2026-03-02T09:00:01Z,2,1\n\
         2026-03-02T09:00:02Z,3,2\n\
         2026-03-02T09:00:03Z,5,2\n",
        expect![[r#"
            open {"kind":"activity","name":"row.csv","start":"2026-03-02T09:00:00Z","sport":"generic"}
            {"samples":{"time":["2026-03-02T09:00:00Z","2026-03-02T09:00:01Z"],"power":[1.0,2.0]}}
            {"lap":{"start":"2026-03-02T09:00:00Z","end":"2026-03-02T09:00:01Z","trigger":"manual","intensity":"active","totals":{"timer_time":1.0,"work":2.0,"avg_power":2.0,"max_power":2.0}}}
            {"samples":{"time":["2026-03-02T09:00:02Z","2026-03-02T09:00:03Z","2026-03-02T09:00:03Z"],"power":[3.0,4.0,5.0]}}
            {"lap":{"start":"2026-03-02T09:00:01Z","end":"2026-03-02T09:00:03Z","trigger":"session_end","intensity":"active","totals":{"timer_time":2.0,"work":7.0,"avg_power":3.5,"max_power":5.0}}}
            finish
            warn line 4, column `time`: rows out of order, sorted: `2026-03-02T09:00:01Z` (2 times)
        "#]],
    );
    let rows = seconds(1..400, ",1");
    check_told(
        "{}",
        &format!("time,power\n{rows}2026-03-02T09:00:00Z,1\n"),
        expect![[r#"
            open {"kind":"activity","name":"row.csv","start":"2026-03-02T09:00:01Z","sport":"generic"}
            finish
            warn line 401, column `time`: row more than 64 rows late, left out: `2026-03-02T09:00:00Z`
        "#]],
    );
}

#[test]
fn gaps_and_rows_of_equal_time_stay() {
    check(
        "{}",
        "time,power\n\
         2026-03-02T09:00:00Z,1\n\
         2026-03-02T09:00:00Z,2\n\
         2026-03-02T11:00:00Z,3\n",
        expect![[r#"
            open {"kind":"activity","name":"row.csv","start":"2026-03-02T09:00:00Z","sport":"generic"}
            {"samples":{"time":["2026-03-02T09:00:00Z","2026-03-02T09:00:00Z","2026-03-02T11:00:00Z"],"power":[1.0,2.0,3.0]}}
            finish
        "#]],
    );
}

#[test]
fn the_plugin_knows_its_files() {
    let Plugin { role, name, .. } = plugin_csv::reader();
    let Role::Reader {
        extensions, sniff, ..
    } = role
    else {
        panic!("a reader");
    };
    assert_eq!(name, "csv");
    assert_eq!(extensions, ["csv", "tsv"]);
    for file in [
        "time,power\n",
        "secs;hr;watts\n0;1;2",
        "Name,Kim\nSport,rowing\nTimestamp\tHR\n",
    ] {
        assert!(sniff(file.as_bytes()), "{file}");
    }
    for other in [
        "",
        "<gpx/>",
        "{\"open\":{\"kind\":\"activity\"}}\n",
        "time flies\n",
        "name: time\n",
        "time,power",
        "\u{0}time,power\n",
        "1,2,3\n",
    ] {
        assert!(!sniff(other.as_bytes()), "{other}");
    }
}
