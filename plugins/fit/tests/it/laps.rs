//! Laps and the session.

use std::fmt::Write as _;

use expect_test::{Expect, expect};
use plugin_fit::Encoding;

use crate::support::{check, check_messages, file, header, items, summary};

const TWO_LAPS: &str = r#"
    {"samples":{"time":[@0,@60,@100],"distance":[0,250,400],"total_cycles":[0,25,41],"power":[null,150,160],"heart_rate":[100,130,140],"cadence":[null,25,24],"speed":[null,4.2,3.9]}}
    {"lap":{"start":@0,"end":@60,"trigger":"distance","totals":{"timer_time":60,"distance":250,"cycles":25,"calories":12.5,"work":9000,"max_speed":4.2,"avg_heart_rate":115,"max_heart_rate":130,"min_heart_rate":100,"avg_cadence":25,"max_cadence":25,"avg_power":150,"max_power":150}}}
    {"lap":{"start":@60,"end":@100,"trigger":"session_end","intensity":"rest","totals":{"timer_time":40,"distance":150,"cycles":16,"calories":7.5,"work":6400}}}
"#;

const CLOSING: &[&str] = &["lap", "session", "activity"];

fn check_with(text: &str, change: impl Fn(&mut pipeline_plugin::Summary), expect: Expect) {
    let (header, items) = (header("{}"), items(text));
    let mut summary = summary(&header, &items);
    change(&mut summary);
    let file = file(&header, &Encoding::default(), &items, &summary);
    check_messages(CLOSING, &file, expect);
}

#[test]
fn laps_carry_what_is_known_of_them() {
    check_with(
        TWO_LAPS,
        |summary| summary.totals.calories = 20.0,
        expect![[r#"
            lap message_index=0 timestamp=@60 start_time=@0 total_elapsed_time=60 total_timer_time=60 total_distance=250 total_cycles=25 total_calories=13 total_work=9000 enhanced_avg_speed=4.167 enhanced_max_speed=4.2 avg_heart_rate=115 max_heart_rate=130 min_heart_rate=100 avg_cadence=25 max_cadence=25 avg_power=150 max_power=150 avg_stroke_distance=10 sport=rowing sub_sport=indoor_rowing event=lap event_type=stop intensity=active lap_trigger=distance
            lap message_index=1 timestamp=@100 start_time=@60 total_elapsed_time=40 total_timer_time=40 total_distance=150 total_cycles=16 total_calories=7 total_work=6400 enhanced_avg_speed=3.75 avg_stroke_distance=9.38 sport=rowing sub_sport=indoor_rowing event=lap event_type=stop intensity=rest lap_trigger=session_end
            session message_index=0 timestamp=@100 start_time=@0 total_elapsed_time=100 total_timer_time=100 total_distance=400 total_cycles=41 total_calories=20 total_work=15400 enhanced_avg_speed=4 enhanced_max_speed=4.2 avg_heart_rate=135 max_heart_rate=140 min_heart_rate=100 avg_cadence=25 max_cadence=25 avg_power=155 max_power=160 avg_stroke_distance=9.76 sport=rowing sub_sport=indoor_rowing event=session event_type=stop first_lap_index=0 num_laps=2 trigger=activity_end
            activity timestamp=@100 total_timer_time=100 num_sessions=1 type=manual event=activity event_type=stop local_timestamp=@100
        "#]],
    );
}

/// Some recorders and services tell heart rate and power of laps only; 0 is no heart rate.
#[test]
fn what_only_the_laps_tell_is_the_sessions_too() {
    check_with(
        r#"
            {"samples":{"time":[@0,@60,@100,@110],"distance":[0,250,400,410]}}
            {"lap":{"start":@0,"end":@60,"trigger":"distance","totals":{"timer_time":60,"distance":250,"avg_heart_rate":140,"max_heart_rate":150,"avg_power":150,"max_power":300}}}
            {"lap":{"start":@60,"end":@100,"trigger":"distance","totals":{"timer_time":40,"distance":150,"avg_heart_rate":160,"max_heart_rate":170,"avg_power":200,"max_power":250}}}
            {"lap":{"start":@100,"end":@110,"trigger":"session_end","totals":{"timer_time":10,"distance":10,"avg_heart_rate":0,"max_heart_rate":0}}}
        "#,
        |_| (),
        expect![[r#"
            lap message_index=0 timestamp=@60 start_time=@0 total_elapsed_time=60 total_timer_time=60 total_distance=250 enhanced_avg_speed=4.167 avg_heart_rate=140 max_heart_rate=150 avg_power=150 max_power=300 sport=rowing sub_sport=indoor_rowing event=lap event_type=stop intensity=active lap_trigger=distance
            lap message_index=1 timestamp=@100 start_time=@60 total_elapsed_time=40 total_timer_time=40 total_distance=150 enhanced_avg_speed=3.75 avg_heart_rate=160 max_heart_rate=170 avg_power=200 max_power=250 sport=rowing sub_sport=indoor_rowing event=lap event_type=stop intensity=active lap_trigger=distance
            lap message_index=2 timestamp=@110 start_time=@100 total_elapsed_time=10 total_timer_time=10 total_distance=10 enhanced_avg_speed=1 avg_heart_rate=0 max_heart_rate=0 sport=rowing sub_sport=indoor_rowing event=lap event_type=stop intensity=active lap_trigger=session_end
            session message_index=0 timestamp=@110 start_time=@0 total_elapsed_time=110 total_timer_time=110 total_distance=410 enhanced_avg_speed=3.727 avg_heart_rate=148 max_heart_rate=170 avg_power=170 max_power=300 sport=rowing sub_sport=indoor_rowing event=session event_type=stop first_lap_index=0 num_laps=3 trigger=activity_end
            activity timestamp=@110 total_timer_time=110 num_sessions=1 type=manual event=activity event_type=stop local_timestamp=@110
        "#]],
    );
}

/// The recorder counted 44 strokes, the samples say 41.
#[test]
fn strokes_are_scaled_to_the_recorders_count() {
    let text = format!(r#"{TWO_LAPS}{{"event":{{"meta":{{"total_cycles":44}}}}}}"#);
    check_with(
        &text,
        |_| (),
        expect![[r#"
            lap message_index=0 timestamp=@60 start_time=@0 total_elapsed_time=60 total_timer_time=60 total_distance=250 total_cycles=27 total_calories=13 total_work=9000 enhanced_avg_speed=4.167 enhanced_max_speed=4.2 avg_heart_rate=115 max_heart_rate=130 min_heart_rate=100 avg_cadence=25 max_cadence=25 avg_power=150 max_power=150 avg_stroke_distance=9.32 sport=rowing sub_sport=indoor_rowing event=lap event_type=stop intensity=active lap_trigger=distance
            lap message_index=1 timestamp=@100 start_time=@60 total_elapsed_time=40 total_timer_time=40 total_distance=150 total_cycles=17 total_calories=7 total_work=6400 enhanced_avg_speed=3.75 avg_stroke_distance=8.74 sport=rowing sub_sport=indoor_rowing event=lap event_type=stop intensity=rest lap_trigger=session_end
            session message_index=0 timestamp=@100 start_time=@0 total_elapsed_time=100 total_timer_time=100 total_distance=400 total_cycles=44 total_calories=20 total_work=15400 enhanced_avg_speed=4 enhanced_max_speed=4.2 avg_heart_rate=135 max_heart_rate=140 min_heart_rate=100 avg_cadence=25 max_cadence=25 avg_power=155 max_power=160 avg_stroke_distance=9.09 sport=rowing sub_sport=indoor_rowing event=session event_type=stop first_lap_index=0 num_laps=2 trigger=activity_end
            activity timestamp=@100 total_timer_time=100 num_sessions=1 type=manual event=activity event_type=stop local_timestamp=@100
        "#]],
    );
}

/// Only the whole has strokes and calories: the laps share them by their work, else by time.
#[test]
fn what_only_the_whole_has_is_shared_out() {
    let bare = r#"
        {"samples":{"time":[@0,@60,@100],"distance":[0,250,400]}}
        {"lap":{"start":@0,"end":@60,"trigger":"distance","totals":{"timer_time":60,"distance":250WORK1}}}
        {"lap":{"start":@60,"end":@100,"trigger":"session_end","totals":{"timer_time":40,"distance":150WORK2}}}
        {"event":{"meta":{"total_cycles":44}}}
    "#;
    let by_time = bare.replace("WORK1", "").replace("WORK2", "");
    let by_work = bare
        .replace("WORK1", r#","work":9000"#)
        .replace("WORK2", r#","work":1000"#);
    let calories = |summary: &mut pipeline_plugin::Summary| summary.totals.calories = 20.0;
    check_with(
        &by_time,
        calories,
        expect![[r#"
            lap message_index=0 timestamp=@60 start_time=@0 total_elapsed_time=60 total_timer_time=60 total_distance=250 total_cycles=26 total_calories=12 enhanced_avg_speed=4.167 avg_stroke_distance=9.47 sport=rowing sub_sport=indoor_rowing event=lap event_type=stop intensity=active lap_trigger=distance
            lap message_index=1 timestamp=@100 start_time=@60 total_elapsed_time=40 total_timer_time=40 total_distance=150 total_cycles=18 total_calories=8 enhanced_avg_speed=3.75 avg_stroke_distance=8.52 sport=rowing sub_sport=indoor_rowing event=lap event_type=stop intensity=active lap_trigger=session_end
            session message_index=0 timestamp=@100 start_time=@0 total_elapsed_time=100 total_timer_time=100 total_distance=400 total_cycles=44 total_calories=20 enhanced_avg_speed=4 avg_stroke_distance=9.09 sport=rowing sub_sport=indoor_rowing event=session event_type=stop first_lap_index=0 num_laps=2 trigger=activity_end
            activity timestamp=@100 total_timer_time=100 num_sessions=1 type=manual event=activity event_type=stop local_timestamp=@100
        "#]],
    );
    check_with(
        &by_work,
        calories,
        expect![[r#"
            lap message_index=0 timestamp=@60 start_time=@0 total_elapsed_time=60 total_timer_time=60 total_distance=250 total_cycles=40 total_calories=18 total_work=9000 enhanced_avg_speed=4.167 avg_stroke_distance=6.31 sport=rowing sub_sport=indoor_rowing event=lap event_type=stop intensity=active lap_trigger=distance
            lap message_index=1 timestamp=@100 start_time=@60 total_elapsed_time=40 total_timer_time=40 total_distance=150 total_cycles=4 total_calories=2 total_work=1000 enhanced_avg_speed=3.75 avg_stroke_distance=34.09 sport=rowing sub_sport=indoor_rowing event=lap event_type=stop intensity=active lap_trigger=session_end
            session message_index=0 timestamp=@100 start_time=@0 total_elapsed_time=100 total_timer_time=100 total_distance=400 total_cycles=44 total_calories=20 total_work=10000 enhanced_avg_speed=4 avg_stroke_distance=9.09 sport=rowing sub_sport=indoor_rowing event=session event_type=stop first_lap_index=0 num_laps=2 trigger=activity_end
            activity timestamp=@100 total_timer_time=100 num_sessions=1 type=manual event=activity event_type=stop local_timestamp=@100
        "#]],
    );
}

/// Laps of a file need not add up to the samples; the session says what the samples say.
#[test]
fn laps_that_do_not_add_up_are_left_as_they_are() {
    check_with(
        r#"
        {"samples":{"time":[@0,@60],"distance":[0,250]}}
        {"lap":{"start":@0,"end":@60,"trigger":"manual","totals":{"timer_time":50,"distance":300,"calories":12}}}
        "#,
        |summary| summary.totals.calories = 20.0,
        expect![[r#"
            lap message_index=0 timestamp=@60 start_time=@0 total_elapsed_time=60 total_timer_time=50 total_distance=300 total_calories=12 enhanced_avg_speed=6 sport=rowing sub_sport=indoor_rowing event=lap event_type=stop intensity=active lap_trigger=manual
            session message_index=0 timestamp=@60 start_time=@0 total_elapsed_time=60 total_timer_time=60 total_distance=250 total_calories=20 enhanced_avg_speed=4.167 sport=rowing sub_sport=indoor_rowing event=session event_type=stop first_lap_index=0 num_laps=1 trigger=activity_end
            activity timestamp=@60 total_timer_time=60 num_sessions=1 type=manual event=activity event_type=stop local_timestamp=@60
        "#]],
    );
}

#[test]
fn triggers_and_intensities_have_their_names() {
    let laps = [
        ("manual", "active"),
        ("time", "rest"),
        ("distance", "active"),
        ("session_end", "rest"),
    ];
    let mut text = String::new();
    for (at, (trigger, intensity)) in laps.iter().enumerate() {
        let end = at + 1;
        let _ = writeln!(
            text,
            r#"{{"lap":{{"start":@{at},"end":@{end},"trigger":"{trigger}","intensity":"{intensity}","totals":{{}}}}}}"#
        );
    }
    check(
        &["lap"],
        "{}",
        &text,
        expect![[r#"
        lap message_index=0 timestamp=@1 start_time=@0 total_elapsed_time=1 sport=rowing sub_sport=indoor_rowing event=lap event_type=stop intensity=active lap_trigger=manual
        lap message_index=1 timestamp=@2 start_time=@1 total_elapsed_time=1 sport=rowing sub_sport=indoor_rowing event=lap event_type=stop intensity=rest lap_trigger=time
        lap message_index=2 timestamp=@3 start_time=@2 total_elapsed_time=1 sport=rowing sub_sport=indoor_rowing event=lap event_type=stop intensity=active lap_trigger=distance
        lap message_index=3 timestamp=@4 start_time=@3 total_elapsed_time=1 sport=rowing sub_sport=indoor_rowing event=lap event_type=stop intensity=rest lap_trigger=session_end
    "#]],
    );
}

/// A session says how its calories came about.
#[test]
fn the_method_of_the_calories_is_a_developer_field() {
    let (header, items) = (header("{}"), items(TWO_LAPS));
    let mut summary = summary(&header, &items);
    summary.totals.calories = 20.0;
    summary.calories_method = Some("concept2-weight".to_owned());
    let file = file(&header, &Encoding::default(), &items, &summary);
    check_messages(
        &["developer_data_id", "field_description", "session"],
        &file,
        expect![[r#"
            developer_data_id application_id=122,31,82,12,155,62,77,97,168,71,13,226,91,148,108,19 developer_data_index=0 application_version=1
            field_description developer_data_index=0 field_definition_number=120 fit_base_type_id=string field_name=`CaloriesMethod`
            session message_index=0 timestamp=@100 start_time=@0 total_elapsed_time=100 total_timer_time=100 total_distance=400 total_cycles=41 total_calories=20 total_work=15400 enhanced_avg_speed=4 enhanced_max_speed=4.2 avg_heart_rate=135 max_heart_rate=140 min_heart_rate=100 avg_cadence=25 max_cadence=25 avg_power=155 max_power=160 avg_stroke_distance=9.76 sport=rowing sub_sport=indoor_rowing event=session event_type=stop first_lap_index=0 num_laps=2 trigger=activity_end CaloriesMethod=`concept2-weight`
        "#]],
    );
}
