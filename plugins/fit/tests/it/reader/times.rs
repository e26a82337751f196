//! Times that are not as they should be.

use std::fmt::Write as _;

use expect_test::expect;

use super::made::{ACTIVITY, made};
use super::{NO_HEADERS, check_lines, read};

fn activity(records: &str) -> Vec<u8> {
    made(&format!("{ACTIVITY}{records}"))
}

/// Devices that record twice a second write the same second twice.
#[test]
fn records_of_the_same_second_are_kept() {
    check_lines(
        NO_HEADERS,
        "{}",
        &activity("record @0 power=1\nrecord @0 power=2\nrecord @1 power=3\nrecord @1 power=4"),
        expect![[r#"
            {"samples":{"time":["@0","@0","@1","@1"],"power":[1.0,2.0,3.0,4.0]}}
            finish
        "#]],
    );
}

#[test]
fn records_out_of_order_are_sorted() {
    check_lines(
        NO_HEADERS,
        "{}",
        &activity(
            "record @0 power=0
             record @3 power=3
             record @1 power=1
             event @3 event=timer event_type=stop
             record @2 power=2
             event @5 event=timer event_type=start
             record @5 power=5",
        ),
        expect![[r#"
            {"samples":{"time":["@0","@1","@2","@3"],"power":[0.0,1.0,2.0,3.0]}}
            {"event":{"timer_stop":{"time":"@3"}}}
            {"event":{"timer_start":{"time":"@5"}}}
            {"samples":{"time":["@5"],"power":[5.0]}}
            finish
            warn records out of order, sorted (2 times)
        "#]],
    );
}

#[test]
fn a_record_that_is_far_too_late_is_left_out() {
    let mut records = String::new();
    for second in 0..400 {
        let _ = writeln!(records, "record @{second} power={second}");
        if second == 350 {
            // 64 records back is still in time.
            records.push_str("record @286 power=1286\nrecord @285 power=1285\n");
        }
    }
    let collected = read("{}", &activity(&records));
    let batches: Vec<_> = collected.streams[0].1.iter().map(super::samples).collect();
    assert_eq!(batches.concat().len(), 401);
    let powers: Vec<f64> = batches.concat().iter().map(|(_, power)| *power).collect();
    assert_eq!(&powers[285..290], [285.0, 286.0, 1286.0, 287.0, 288.0]);
    assert!(collected.told().ends_with(
        "warn records out of order, sorted\nwarn record more than 64 records out of order, left out\n"
    ));
}

#[test]
fn records_without_a_time_are_left_out() {
    check_lines(
        NO_HEADERS,
        "{}",
        &activity("record power=1\nrecord @1 power=2\nrecord power=3"),
        expect![[r#"
            {"samples":{"time":["@1"],"power":[2.0]}}
            finish
            warn record without a time, left out (2 times)
        "#]],
    );
    check_lines(
        NO_HEADERS,
        "{}",
        &activity("record power=1"),
        expect![[r#"
            Skip: no session and no record with a time in the file
        "#]],
    );
}

/// The clock was never set: times count from when the device was switched on.
#[test]
fn times_that_are_no_dates() {
    let relative = "record timestamp=1000 power=1\nrecord timestamp=1001 power=2\n";
    check_lines(
        &["open", "{", "warn"],
        "{}",
        &activity(&format!(
            "{relative}session timestamp=1001 start_time=1000 total_elapsed_time=1"
        )),
        expect![[r#"
            open {"kind":"activity","name":"row.fit","start":"@-1136159000","sport":"generic","device":{"manufacturer":1,"serial":7}}
            {"samples":{"time":["@-1136159000","@-1136158999"],"power":[1.0,2.0]}}
            warn the recorder's clock was not set, times count from 1989-12-31
        "#]],
    );
    // The device says when it was switched on.
    let correlated = format!("timestamp_correlation @100 system_timestamp=1100\n{relative}");
    check_lines(
        &["open", "{", "warn"],
        "{}",
        &activity(&correlated),
        expect![[r#"
            open {"kind":"activity","name":"row.fit","start":"@0","sport":"generic","device":{"manufacturer":1,"serial":7}}
            {"samples":{"time":["@0","@1"],"power":[1.0,2.0]}}
        "#]],
    );
    // It got to know the date on the way, but not what the times before were.
    let mixed = format!("{relative}record @5 power=3");
    check_lines(
        &["open", "{", "warn"],
        "{}",
        &activity(&mixed),
        expect![[r#"
            open {"kind":"activity","name":"row.fit","start":"@5","sport":"generic","device":{"manufacturer":1,"serial":7}}
            {"samples":{"time":["@5"],"power":[3.0]}}
            warn record with a time that is no date, left out (2 times)
        "#]],
    );
}

/// Whatever the offset, local time is some quarters of an hour from UTC.
#[test]
fn the_offset_of_local_time() {
    let offset = |activity_time: &str, local: &str| {
        let file = activity(&format!(
            "record @0 power=1\nactivity timestamp={activity_time} local_timestamp={local}"
        ));
        read("{}", &file).streams[0].0.utc_offset
    };
    assert_eq!(offset("@100", "@7300"), Some(7200));
    assert_eq!(
        offset("@100", "@7310"),
        Some(7200),
        "the two are not of the same moment"
    );
    assert_eq!(offset("@20800", "@1000"), Some(-19_800));
    assert_eq!(offset("@100", "@500"), None);
    assert_eq!(offset("@100", "@900000"), None);
    assert_eq!(offset("@100", "-"), None);
    assert_eq!(offset("1000", "@7300"), None);
}

#[test]
fn strict_refuses_what_needs_a_repair() {
    let check = |records: &str, expect| {
        check_lines(
            &["Skip", "help"],
            r#"{"strict":true}"#,
            &activity(records),
            expect,
        );
    };
    check(
        "record @1 power=1\nrecord @0 power=1",
        expect![[r#"
        Skip: refused by strict mode: records out of order, sorted
        help: take `strict: true` away to have it repaired
    "#]],
    );
    check(
        "record power=1\nrecord @0 power=1",
        expect![[r#"
        Skip: refused by strict mode: record without a time, left out
        help: take `strict: true` away to have it repaired
    "#]],
    );
    check(
        "record @0 distance=5\nrecord @1 distance=4",
        expect![[r#"
            Skip: refused by strict mode: distance goes back, held
            help: take `strict: true` away to have it repaired
        "#]],
    );
    check(
        "record timestamp=1000 distance=5",
        expect![[r#"
        Skip: refused by strict mode: the recorder's clock was not set, times count from 1989-12-31
        help: take `strict: true` away to have it repaired
    "#]],
    );
    check(
        "session @9 start_time=@0 total_elapsed_time=9",
        expect![[r#"
            Skip: refused by strict mode: session without records, made from its totals
            help: take `strict: true` away to have it repaired
        "#]],
    );
    check("record @0 distance=5", expect![[r#""#]]);
}
