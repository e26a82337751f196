//! Heart-rate zones: their bounds and the time in each.

use expect_test::expect;
use plugin_fit::Encoding;

use crate::support::{check_messages, file, header, items, summary};

const ITEMS: &str = r#"
    {"samples":{"time":[@0,@60,@100],"distance":[0,250,400],"heart_rate":[100,130,190]}}
    {"lap":{"start":@0,"end":@60,"trigger":"distance","totals":{"timer_time":60,"distance":250},"time_in_hr_zone":[10,20,30]}}
    {"lap":{"start":@60,"end":@100,"trigger":"session_end","totals":{"timer_time":40,"distance":150},"time_in_hr_zone":[0,0.5,39.5]}}
"#;

const ZONES: &[&str] = &[
    "user_profile",
    "zones_target",
    "hr_zone",
    "time_in_zone",
    "session",
];

fn check(zones: &str, times: Option<Vec<f64>>, expect: expect_test::Expect) {
    let (header, items) = (header(&format!(r#"{{"zones":{zones}}}"#)), items(ITEMS));
    let mut summary = summary(&header, &items);
    summary.time_in_hr_zone = times;
    let file = file(&header, &Encoding::default(), &items, &summary);
    check_messages(ZONES, &file, expect);
}

/// FIT has one time more than there are bounds: what lies above all counts for the top zone.
#[test]
fn zones_have_bounds_and_times() {
    check(
        r#"{"method":"percent_max_hr","bounds":[110,140,185],"max":185}"#,
        Some(vec![10.0, 20.5, 69.5]),
        expect![[r#"
            user_profile default_max_heart_rate=185
            zones_target max_heart_rate=185 hr_calc_type=percent_max_hr
            hr_zone message_index=0 high_bpm=110
            hr_zone message_index=1 high_bpm=140
            hr_zone message_index=2 high_bpm=185
            time_in_zone timestamp=@60 reference_mesg=lap reference_index=0 time_in_hr_zone=10,20,30,0 hr_zone_high_boundary=110,140,185 hr_calc_type=percent_max_hr max_heart_rate=185
            time_in_zone timestamp=@100 reference_mesg=lap reference_index=1 time_in_hr_zone=0,0.5,39.5,0 hr_zone_high_boundary=110,140,185 hr_calc_type=percent_max_hr max_heart_rate=185
            session message_index=0 timestamp=@100 start_time=@0 total_elapsed_time=100 total_timer_time=100 total_distance=400 enhanced_avg_speed=4 avg_heart_rate=160 max_heart_rate=190 min_heart_rate=100 sport=rowing sub_sport=indoor_rowing event=session event_type=stop first_lap_index=0 num_laps=2 trigger=activity_end time_in_hr_zone=10,20.5,69.5,0
            time_in_zone timestamp=@100 reference_mesg=session reference_index=0 time_in_hr_zone=10,20.5,69.5,0 hr_zone_high_boundary=110,140,185 hr_calc_type=percent_max_hr max_heart_rate=185
        "#]],
    );
}

#[test]
fn methods_have_their_numbers() {
    let times = || Some(vec![10.0, 20.5, 69.5]);
    check(
        r#"{"method":"percent_hrr","bounds":[110,140,185],"max":185,"resting":52}"#,
        times(),
        expect![[r#"
            user_profile resting_heart_rate=52 default_max_heart_rate=185
            zones_target max_heart_rate=185 hr_calc_type=percent_hrr
            hr_zone message_index=0 high_bpm=110
            hr_zone message_index=1 high_bpm=140
            hr_zone message_index=2 high_bpm=185
            time_in_zone timestamp=@60 reference_mesg=lap reference_index=0 time_in_hr_zone=10,20,30,0 hr_zone_high_boundary=110,140,185 hr_calc_type=percent_hrr max_heart_rate=185 resting_heart_rate=52
            time_in_zone timestamp=@100 reference_mesg=lap reference_index=1 time_in_hr_zone=0,0.5,39.5,0 hr_zone_high_boundary=110,140,185 hr_calc_type=percent_hrr max_heart_rate=185 resting_heart_rate=52
            session message_index=0 timestamp=@100 start_time=@0 total_elapsed_time=100 total_timer_time=100 total_distance=400 enhanced_avg_speed=4 avg_heart_rate=160 max_heart_rate=190 min_heart_rate=100 sport=rowing sub_sport=indoor_rowing event=session event_type=stop first_lap_index=0 num_laps=2 trigger=activity_end time_in_hr_zone=10,20.5,69.5,0
            time_in_zone timestamp=@100 reference_mesg=session reference_index=0 time_in_hr_zone=10,20.5,69.5,0 hr_zone_high_boundary=110,140,185 hr_calc_type=percent_hrr max_heart_rate=185 resting_heart_rate=52
        "#]],
    );
    check(
        r#"{"method":"percent_lthr","bounds":[110,140,185],"threshold":168}"#,
        times(),
        expect![[r#"
            zones_target threshold_heart_rate=168 hr_calc_type=percent_lthr
            hr_zone message_index=0 high_bpm=110
            hr_zone message_index=1 high_bpm=140
            hr_zone message_index=2 high_bpm=185
            time_in_zone timestamp=@60 reference_mesg=lap reference_index=0 time_in_hr_zone=10,20,30,0 hr_zone_high_boundary=110,140,185 hr_calc_type=percent_lthr threshold_heart_rate=168
            time_in_zone timestamp=@100 reference_mesg=lap reference_index=1 time_in_hr_zone=0,0.5,39.5,0 hr_zone_high_boundary=110,140,185 hr_calc_type=percent_lthr threshold_heart_rate=168
            session message_index=0 timestamp=@100 start_time=@0 total_elapsed_time=100 total_timer_time=100 total_distance=400 enhanced_avg_speed=4 avg_heart_rate=160 max_heart_rate=190 min_heart_rate=100 sport=rowing sub_sport=indoor_rowing event=session event_type=stop first_lap_index=0 num_laps=2 trigger=activity_end time_in_hr_zone=10,20.5,69.5,0
            time_in_zone timestamp=@100 reference_mesg=session reference_index=0 time_in_hr_zone=10,20.5,69.5,0 hr_zone_high_boundary=110,140,185 hr_calc_type=percent_lthr threshold_heart_rate=168
        "#]],
    );
    check(
        r#"{"method":"custom","bounds":[110,140,185]}"#,
        None,
        expect![[r#"
            zones_target hr_calc_type=custom
            hr_zone message_index=0 high_bpm=110
            hr_zone message_index=1 high_bpm=140
            hr_zone message_index=2 high_bpm=185
            time_in_zone timestamp=@60 reference_mesg=lap reference_index=0 time_in_hr_zone=10,20,30,0 hr_zone_high_boundary=110,140,185 hr_calc_type=custom
            time_in_zone timestamp=@100 reference_mesg=lap reference_index=1 time_in_hr_zone=0,0.5,39.5,0 hr_zone_high_boundary=110,140,185 hr_calc_type=custom
            session message_index=0 timestamp=@100 start_time=@0 total_elapsed_time=100 total_timer_time=100 total_distance=400 enhanced_avg_speed=4 avg_heart_rate=160 max_heart_rate=190 min_heart_rate=100 sport=rowing sub_sport=indoor_rowing event=session event_type=stop first_lap_index=0 num_laps=2 trigger=activity_end time_in_hr_zone=10,20.5,69.5,0
            time_in_zone timestamp=@100 reference_mesg=session reference_index=0 time_in_hr_zone=10,20.5,69.5,0 hr_zone_high_boundary=110,140,185 hr_calc_type=custom
        "#]],
    );
}
