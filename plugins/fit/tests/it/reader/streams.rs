//! Sessions as streams, and what is known of them from the start.

use expect_test::expect;
use pipeline_plugin::{Plugin, Role};

use super::made::{ACTIVITY, made};
use super::{NO_HEADERS, check, check_lines};

#[test]
fn a_session_is_a_stream() {
    check(
        "{}",
        &made(
            "file_id type=activity manufacturer=waterrower serial_number=7 time_created=@0
             event @0 event=timer event_type=start
             record @0 distance=0 heart_rate=100
             record @1 distance=4.2 heart_rate=-
             event @2 event=timer event_type=stop_all
             lap @2 start_time=@0 total_elapsed_time=1.9 total_timer_time=1.9 total_distance=4.2 total_cycles=1 total_calories=2 lap_trigger=distance intensity=rest
             session @2 start_time=@0 total_elapsed_time=1.9 total_timer_time=1.9 total_distance=4.2 total_cycles=1 total_calories=2 sport=rowing sub_sport=indoor_rowing
             activity @2 local_timestamp=@7203",
        ),
        expect![[r#"
            open {"kind":"activity","name":"row.fit","start":"@0","sport":"rowing/indoor_rowing","device":{"manufacturer":118,"serial":7},"utc_offset":7200}
            {"samples":{"time":["@0","@1"],"distance":[0.0,4.2],"heart_rate":[100.0,null]}}
            {"lap":{"start":"@0","end":"@1.9","trigger":"distance","intensity":"rest","totals":{"timer_time":1.9,"distance":4.2,"cycles":1.0,"calories":2.0}}}
            {"event":{"meta":{"total_cycles":1.0,"calories":2.0}}}
            finish
        "#]],
    );
}

/// Where nothing but records is known, the first of them is the start.
#[test]
fn a_file_without_summaries_is_a_stream_too() {
    check(
        "{}",
        &made(
            "file_id type=activity\nrecord @5 distance=0\nrecord @6 distance=3\nsport sport=cycling",
        ),
        expect![[r#"
            open {"kind":"activity","name":"row.fit","start":"@5","sport":"cycling"}
            {"samples":{"time":["@5","@6"],"distance":[0.0,3.0]}}
            finish
        "#]],
    );
}

#[test]
fn the_sport_is_the_one_set_else_the_sessions_else_a_guess() {
    let file = |more: &str| made(&format!("{ACTIVITY}record @0 distance=0\n{more}"));
    let sport = |settings: &str, more: &str| {
        let collected = super::read(settings, &file(more));
        collected.streams[0].0.sport.to_string()
    };
    let session = "session @0 start_time=@0 sport=cycling sub_sport=gravel_cycling";
    assert_eq!(sport("{}", session), "cycling/gravel_cycling");
    assert_eq!(
        sport(r#"{"sport":"rowing/indoor"}"#, session),
        "rowing/indoor_rowing"
    );
    assert_eq!(
        sport(
            "{}",
            "session @0 start_time=@0 sport=200\nsport sport=rowing"
        ),
        "rowing"
    );
    assert_eq!(sport("{}", "lap @0 start_time=@0 sport=running"), "running");
    assert_eq!(sport("{}", ""), "generic");
}

/// A triathlon is several streams; what lies between two sessions belongs to the first.
#[test]
fn each_session_is_a_stream_of_its_own() {
    check(
        "{}",
        &made(&format!(
            "{ACTIVITY}
             event @0 event=timer event_type=start
             record @0 distance=0
             record @10 distance=20
             event @10 event=timer event_type=stop
             event @14 event=timer event_type=start
             record @14 distance=21
             record @20 distance=60
             record @30 distance=100
             lap @10 start_time=@0 total_elapsed_time=10 total_distance=20
             lap @30 start_time=@14 total_elapsed_time=16 total_distance=80
             session @10 start_time=@0 total_elapsed_time=10 sport=swimming sub_sport=open_water
             session @30 start_time=@14 total_elapsed_time=16 sport=cycling"
        )),
        expect![[r#"
            open {"kind":"activity","name":"row.fit","start":"@0","sport":"swimming/open_water","device":{"manufacturer":1,"serial":7}}
            {"samples":{"time":["@0","@10"],"distance":[0.0,20.0]}}
            {"lap":{"start":"@0","end":"@10","trigger":"manual","intensity":"active","totals":{"timer_time":10.0,"distance":20.0}}}
            finish
            open {"kind":"activity","name":"row.fit","start":"@14","sport":"cycling","device":{"manufacturer":1,"serial":7}}
            {"samples":{"time":["@14","@20","@30"],"distance":[1.0,40.0,80.0]}}
            {"lap":{"start":"@14","end":"@30","trigger":"manual","intensity":"active","totals":{"timer_time":16.0,"distance":80.0}}}
            finish
        "#]],
    );
}

#[test]
fn each_segment_of_a_chained_file_is_read() {
    check_lines(
        &["open", "{", "finish", "warn"],
        "{}",
        &made(&format!(
            "{ACTIVITY}
             record @0 distance=0
             segment
             file_id type=settings
             segment
             {ACTIVITY}
             record @60 distance=0
             record @61 distance=3"
        )),
        expect![[r#"
            open {"kind":"activity","name":"row.fit","start":"@0","sport":"generic","device":{"manufacturer":1,"serial":7}}
            {"samples":{"time":["@0"],"distance":[0.0]}}
            finish
            open {"kind":"activity","name":"row.fit","start":"@60","sport":"generic","device":{"manufacturer":1,"serial":7}}
            {"samples":{"time":["@60","@61"],"distance":[0.0,3.0]}}
            finish
            warn parts of the file that are no activities, left out: `settings`
        "#]],
    );
}

#[test]
fn a_session_without_records_is_made_from_its_totals() {
    check_lines(
        NO_HEADERS,
        "{}",
        &made(&format!(
            "{ACTIVITY}
             session @1800 start_time=@0 total_elapsed_time=1800 total_distance=1500 total_calories=300 sport=swimming"
        )),
        expect![[r#"
            {"samples":{"time":["@0","@1800"],"distance":[0.0,1500.0]}}
            {"event":{"meta":{"calories":300.0}}}
            finish
            warn session without records, made from its totals
        "#]],
    );
}

#[test]
fn what_recorded_it_and_who_did_it() {
    check_lines(
        &["open"],
        "{}",
        &made(
            "file_id type=activity manufacturer=garmin product=2158 serial_number=3924789282
             device_info @0 device_index=0 manufacturer=garmin serial_number=3924789282 software_version=8.2 source_type=local
             device_info @0 device_index=1 manufacturer=garmin product=1 #1:uint8=4 source_type=local
             user_profile friendly_name=Kim gender=female age=42 height=1.78 weight=61.5 resting_heart_rate=48 default_max_heart_rate=188
             zones_target max_heart_rate=190 threshold_heart_rate=170
             record @0 heart_rate=100
             session @0 start_time=@0 sport=running",
        ),
        expect![[r#"
            open {"kind":"activity","name":"row.fit","start":"@0","sport":"running","device":{"manufacturer":1,"name":"fr735xt","serial":3924789282,"version":"8.20"},"athlete":{"name":"Kim","sex":"female","birth-year":1984,"height":"1.78 m","weight":"61.5 kg","max-hr":"188 bpm","resting-hr":"48 bpm","threshold-hr":"170 bpm"}}
        "#]],
    );
}

/// A recorder that this program named before, and one of which nothing is known.
#[test]
fn this_program_is_not_taken_for_the_recorder() {
    let file = |more: &str| {
        made(&format!(
            "file_id type=activity manufacturer=development product=1 serial_number=1346981957
             device_info @0 device_index=0 manufacturer=development product=1 serial_number=1346981957 source_type=local product_name=pipeline
             {more}
             record @0 distance=0"
        ))
    };
    check_lines(
        &["open"],
        "{}",
        &file(""),
        expect![[r#"
        open {"kind":"activity","name":"row.fit","start":"@0","sport":"generic"}
    "#]],
    );
    let named =
        "device_info @0 device_index=1 manufacturer=waterrower source_type=local product_name=S4";
    check_lines(
        &["open"],
        "{}",
        &file(named),
        expect![[r#"
        open {"kind":"activity","name":"row.fit","start":"@0","sport":"generic","device":{"manufacturer":118,"name":"S4"}}
    "#]],
    );
}

#[test]
fn calories_are_the_files_or_left_out() {
    let file = made(&format!(
        "{ACTIVITY}
         record @0 distance=0 calories=0
         record @1 distance=4 calories=1
         lap @1 start_time=@0 total_elapsed_time=1 total_calories=1
         session @1 start_time=@0 total_elapsed_time=1 total_calories=1"
    ));
    check_lines(
        NO_HEADERS,
        "{}",
        &file,
        expect![[r#"
        {"samples":{"time":["@0","@1"],"distance":[0.0,4.0],"calories":[0.0,1.0]}}
        {"lap":{"start":"@0","end":"@1","trigger":"manual","intensity":"active","totals":{"timer_time":1.0,"calories":1.0}}}
        {"event":{"meta":{"calories":1.0}}}
        finish
    "#]],
    );
    check_lines(
        NO_HEADERS,
        r#"{"calories":"recompute"}"#,
        &file,
        expect![[r#"
            {"samples":{"time":["@0","@1"],"distance":[0.0,4.0]}}
            {"lap":{"start":"@0","end":"@1","trigger":"manual","intensity":"active","totals":{"timer_time":1.0}}}
            finish
        "#]],
    );
}

#[test]
fn the_plugin_knows_its_files() {
    let Plugin { role, name, .. } = plugin_fit::reader();
    let Role::Reader {
        extensions, sniff, ..
    } = role
    else {
        panic!("a reader");
    };
    assert_eq!((name.as_str(), extensions), ("fit", vec!["fit".to_owned()]));
    assert!(sniff(&made(ACTIVITY)));
    assert!(!sniff(b"<gpx/>") && !sniff(b""));
}

/// Memory is bounded by the number of activities; nobody puts that many into one file.
#[test]
fn activities_beyond_the_hundredth_are_left_out() {
    let one = made(&format!("{ACTIVITY}record @0 distance=0"));
    let collected = super::read("{}", &one.repeat(102));
    assert_eq!(collected.streams.len(), 100);
    assert!(
        collected
            .told()
            .ends_with("warn activity beyond the first 100 of the file, left out (2 times)\n"),
        "{}",
        collected.told()
    );
}
