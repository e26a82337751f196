//! Laps, pauses and zones.

use expect_test::expect;

use super::made::{ACTIVITY, made};
use super::there_and_back::written;
use super::{NO_HEADERS, check_lines, read};
use crate::support::check_messages;

/// Six seconds of rowing, a sample each second.
fn rowing(more: &str) -> Vec<u8> {
    let records = (0..=6).fold(String::new(), |text, second| {
        text + &format!("record @{second} distance={}\n", 4 * second)
    });
    made(&format!("{ACTIVITY}{records}{more}"))
}

/// A lap follows its last sample and comes before the next.
#[test]
fn laps_stand_between_samples() {
    check_lines(
        NO_HEADERS,
        "{}",
        &rowing(
            "lap @2 start_time=@0 total_elapsed_time=2.4 total_timer_time=2.4 total_distance=9.6 lap_trigger=distance
             lap @5 start_time=@2 total_elapsed_time=2.6 total_timer_time=2.6 total_distance=10.4 lap_trigger=time intensity=recovery
             lap @6 start_time=@5 total_elapsed_time=1 total_timer_time=1 total_distance=4 lap_trigger=session_end
             session @6 start_time=@0 total_elapsed_time=6 sport=rowing",
        ),
        expect![[r#"
            {"samples":{"time":["@0","@1","@2"],"distance":[0.0,4.0,8.0]}}
            {"lap":{"start":"@0","end":"@2.4","trigger":"distance","intensity":"active","totals":{"timer_time":2.4,"distance":9.6}}}
            {"samples":{"time":["@3","@4","@5"],"distance":[12.0,16.0,20.0]}}
            {"lap":{"start":"@2.4","end":"@5","trigger":"time","intensity":"rest","totals":{"timer_time":2.6,"distance":10.4}}}
            {"samples":{"time":["@6"],"distance":[24.0]}}
            {"lap":{"start":"@5","end":"@6","trigger":"session_end","intensity":"active","totals":{"timer_time":1.0,"distance":4.0}}}
            finish
        "#]],
    );
}

/// Where summaries come first, their times are those of the writing; the length counts.
#[test]
fn summaries_may_come_first() {
    let text = "
        session @100 start_time=@0 total_elapsed_time=2 total_distance=8 sport=rowing
        lap @100 start_time=@0 total_elapsed_time=1 total_distance=4
        lap @100 start_time=@1 total_elapsed_time=1 total_distance=4
        record @0 distance=0
        record @1 distance=4
        record @2 distance=8";
    check_lines(
        NO_HEADERS,
        "{}",
        &made(&format!("{ACTIVITY}{text}")),
        expect![[r#"
            {"samples":{"time":["@0","@1"],"distance":[0.0,4.0]}}
            {"lap":{"start":"@0","end":"@1","trigger":"manual","intensity":"active","totals":{"timer_time":1.0,"distance":4.0}}}
            {"samples":{"time":["@2"],"distance":[8.0]}}
            {"lap":{"start":"@1","end":"@2","trigger":"manual","intensity":"active","totals":{"timer_time":1.0,"distance":4.0}}}
            finish
        "#]],
    );
}

/// Watches start the next lap with the next full second, or the one after. No time is lost.
#[test]
fn laps_that_make_up_the_session_have_no_gaps() {
    let laps = "
        lap @1 start_time=@0 total_elapsed_time=1.175
        lap @4 start_time=@3 total_elapsed_time=2.113
        session @6 start_time=@0 total_elapsed_time=3.288 sport=running";
    check_lines(
        &["{\"lap"],
        "{}",
        &rowing(laps),
        expect![[r#"
        {"lap":{"start":"@0","end":"@1.175","trigger":"manual","intensity":"active","totals":{"timer_time":1.175}}}
        {"lap":{"start":"@1.175","end":"@3.288","trigger":"manual","intensity":"active","totals":{"timer_time":2.113}}}
    "#]],
    );
    let gap = laps.replace("3.288", "5.5");
    check_lines(
        &["{\"lap"],
        "{}",
        &rowing(&gap),
        expect![[r#"
        {"lap":{"start":"@0","end":"@1.175","trigger":"manual","intensity":"active","totals":{"timer_time":1.175}}}
        {"lap":{"start":"@3","end":"@5.5","trigger":"manual","intensity":"active","totals":{"timer_time":2.113}}}
    "#]],
    );
}

/// Seconds are rounded, ends aren't: the last sample is not behind the end.
#[test]
fn the_last_sample_is_in_the_last_lap() {
    let file = rowing(
        "lap @6 start_time=@0 total_elapsed_time=5.7 total_timer_time=5.7 total_distance=24
         session @6 start_time=@0 total_elapsed_time=5.7 sport=rowing",
    );
    check_lines(
        NO_HEADERS,
        "{}",
        &file,
        expect![[r#"
        {"samples":{"time":["@0","@1","@2","@3","@4","@5","@5.7"],"distance":[0.0,4.0,8.0,12.0,16.0,20.0,24.0]}}
        {"lap":{"start":"@0","end":"@5.7","trigger":"manual","intensity":"active","totals":{"timer_time":5.7,"distance":24.0}}}
        finish
    "#]],
    );
    let (header, items) = read("{}", &file).streams.remove(0);
    check_messages(
        &["lap", "session"],
        &written(&header, &items),
        expect![[r#"
            lap message_index=0 timestamp=@6 start_time=@0 total_elapsed_time=5.7 total_timer_time=5.7 total_distance=24 enhanced_avg_speed=4.211 sport=rowing sub_sport=generic event=lap event_type=stop intensity=active lap_trigger=manual
            session message_index=0 timestamp=@6 start_time=@0 total_elapsed_time=5.7 total_timer_time=5.7 total_distance=24 enhanced_avg_speed=4.211 sport=rowing sub_sport=generic event=session event_type=stop first_lap_index=0 num_laps=1 trigger=activity_end
        "#]],
    );
}

#[test]
fn pauses_are_events() {
    let records = "
        event @0 event=timer event_type=start
        record @0 distance=0
        record @2 distance=8
        event @2 event=timer event_type=stop
        event @2 event=lap event_type=stop
        event @5 event=timer event_type=start
        event @5 event=timer event_type=start
        record @5 distance=8
        record @6 distance=12
        event @6 event=timer event_type=stop_all
        event @6 event=timer event_type=stop_disable_all";
    let session = "session @6 start_time=@0 total_elapsed_time=6 total_timer_time=3 sport=rowing";
    let file = made(&format!("{ACTIVITY}{records}\n{session}"));
    check_lines(
        NO_HEADERS,
        "{}",
        &file,
        expect![[r#"
        {"samples":{"time":["@0","@2"],"distance":[0.0,8.0]}}
        {"event":{"timer_stop":{"time":"@2"}}}
        {"event":{"timer_start":{"time":"@5"}}}
        {"samples":{"time":["@5","@6"],"distance":[8.0,12.0]}}
        finish
    "#]],
    );
    let (header, items) = read("{}", &file).streams.remove(0);
    check_messages(
        &["event", "session"],
        &written(&header, &items),
        expect![[r#"
            event timestamp=@0 event=timer event_type=start event_group=0
            event timestamp=@2 event=timer event_type=stop event_group=0
            event timestamp=@5 event=timer event_type=start event_group=0
            event timestamp=@6 event=timer event_type=stop_all event_group=0
            session message_index=0 timestamp=@6 start_time=@0 total_elapsed_time=6 total_timer_time=3 total_distance=12 enhanced_avg_speed=4 sport=rowing sub_sport=generic event=session event_type=stop first_lap_index=0 num_laps=1 trigger=activity_end
        "#]],
    );
}

/// The rower stops the timer, and saves the activity a minute later.
#[test]
fn what_is_behind_the_last_stop_is_a_pause() {
    let file = rowing(
        "event @6 event=timer event_type=stop_all
         session @66 start_time=@0 total_elapsed_time=66 total_timer_time=6 sport=rowing",
    );
    check_lines(
        NO_HEADERS,
        "{}",
        &file,
        expect![[r#"
        {"samples":{"time":["@0","@1","@2","@3","@4","@5","@6"],"distance":[0.0,4.0,8.0,12.0,16.0,20.0,24.0]}}
        {"event":{"timer_stop":{"time":"@6"}}}
        {"event":{"timer_start":{"time":"@66"}}}
        finish
    "#]],
    );
    let (header, items) = read("{}", &file).streams.remove(0);
    check_messages(
        &["event", "session"],
        &written(&header, &items),
        expect![[r#"
            event timestamp=@0 event=timer event_type=start event_group=0
            event timestamp=@6 event=timer event_type=stop event_group=0
            event timestamp=@66 event=timer event_type=start event_group=0
            event timestamp=@66 event=timer event_type=stop_all event_group=0
            session message_index=0 timestamp=@66 start_time=@0 total_elapsed_time=66 total_timer_time=6 total_distance=24 enhanced_avg_speed=4 sport=rowing sub_sport=generic event=session event_type=stop first_lap_index=0 num_laps=1 trigger=activity_end
        "#]],
    );
}

/// Some devices go on recording while the timer stands still.
#[test]
fn records_in_a_pause_are_kept() {
    let records = "
        record @0 distance=0
        event @1 event=timer event_type=stop
        record @1 distance=4
        record @2 distance=4
        event @3 event=timer event_type=start
        record @3 distance=4";
    check_lines(
        NO_HEADERS,
        "{}",
        &made(&format!("{ACTIVITY}{records}")),
        expect![[r#"
            {"samples":{"time":["@0","@1"],"distance":[0.0,4.0]}}
            {"event":{"timer_stop":{"time":"@1"}}}
            {"samples":{"time":["@2"],"distance":[4.0]}}
            {"event":{"timer_start":{"time":"@3"}}}
            {"samples":{"time":["@3"],"distance":[4.0]}}
            finish
        "#]],
    );
}

#[test]
fn zones_and_the_time_in_each() {
    let file = rowing(
        "lap message_index=0 @3 start_time=@0 total_elapsed_time=3
         time_in_zone @3 reference_mesg=lap reference_index=0 time_in_hr_zone=1,2,0,0 hr_zone_high_boundary=110,140,180 hr_calc_type=percent_hrr max_heart_rate=180 resting_heart_rate=50
         lap message_index=1 @6 start_time=@3 total_elapsed_time=3
         time_in_zone @6 reference_mesg=lap reference_index=1 time_in_hr_zone=0,1,1.5,0.5 hr_zone_high_boundary=110,140,180 hr_calc_type=percent_hrr max_heart_rate=180 resting_heart_rate=50
         session @6 start_time=@0 total_elapsed_time=6 sport=rowing
         time_in_zone @6 reference_mesg=session reference_index=0 time_in_hr_zone=1,3,1.5,0.5 hr_zone_high_boundary=110,140,180 hr_calc_type=percent_hrr max_heart_rate=180 resting_heart_rate=50",
    );
    check_lines(
        &["open", "{\"lap"],
        "{}",
        &file,
        expect![[r#"
            open {"kind":"activity","name":"row.fit","start":"@0","sport":"rowing","device":{"manufacturer":1,"serial":7},"zones":{"method":"percent_hrr","bounds":[110.0,140.0,180.0],"max":180.0,"resting":50.0}}
            {"lap":{"start":"@0","end":"@3","trigger":"manual","intensity":"active","totals":{"timer_time":3.0},"time_in_hr_zone":[1.0,2.0,0.0]}}
            {"lap":{"start":"@3","end":"@6","trigger":"manual","intensity":"active","totals":{"timer_time":3.0},"time_in_hr_zone":[0.0,1.0,1.5,0.5]}}
        "#]],
    );
    let (header, items) = read("{}", &file).streams.remove(0);
    let names = ["zones_target", "hr_zone", "time_in_zone"];
    check_messages(
        &names,
        &written(&header, &items),
        expect![[r#"
        zones_target max_heart_rate=180 hr_calc_type=percent_hrr
        hr_zone message_index=0 high_bpm=110
        hr_zone message_index=1 high_bpm=140
        hr_zone message_index=2 high_bpm=180
        time_in_zone timestamp=@3 reference_mesg=lap reference_index=0 time_in_hr_zone=1,2,0,0 hr_zone_high_boundary=110,140,180 hr_calc_type=percent_hrr max_heart_rate=180 resting_heart_rate=50
        time_in_zone timestamp=@6 reference_mesg=lap reference_index=1 time_in_hr_zone=0,1,1.5,0.5 hr_zone_high_boundary=110,140,180 hr_calc_type=percent_hrr max_heart_rate=180 resting_heart_rate=50
        time_in_zone timestamp=@6 reference_mesg=session reference_index=0 time_in_hr_zone=1,3,1.5,0.5 hr_zone_high_boundary=110,140,180 hr_calc_type=percent_hrr max_heart_rate=180 resting_heart_rate=50
    "#]],
    );
}

#[test]
fn zones_without_times() {
    let zones = "
        zones_target max_heart_rate=180 threshold_heart_rate=165 hr_calc_type=percent_lthr
        hr_zone message_index=0 high_bpm=110
        hr_zone message_index=2 high_bpm=180
        hr_zone message_index=1 high_bpm=140";
    check_lines(
        &["open"],
        "{}",
        &rowing(zones),
        expect![[r#"
        open {"kind":"activity","name":"row.fit","start":"@0","sport":"generic","device":{"manufacturer":1,"serial":7},"athlete":{"max-hr":"180 bpm","threshold-hr":"165 bpm"},"zones":{"method":"percent_lthr","bounds":[110.0,140.0,180.0],"max":180.0,"threshold":165.0}}
    "#]],
    );
    let no_zones = "hr_zone message_index=0 high_bpm=110\nhr_zone message_index=1 high_bpm=90";
    check_lines(
        &["open"],
        "{}",
        &rowing(no_zones),
        expect![[r#"
        open {"kind":"activity","name":"row.fit","start":"@0","sport":"generic","device":{"manufacturer":1,"serial":7}}
    "#]],
    );
}
