//! Which messages a file has, in which order, with which fields.

use expect_test::expect;
use fit::profile::{self, sport};
use pipeline_plugin::{Item, TimeZone};
use plugin_fit::{Creator, Encoding};

use crate::support::{check, check_messages, each, file, header, items, summary, told};

/// Four seconds of rowing with every column that a record has a field for.
const ROW: &str = r#"
    {"samples":{"time":[@0,@1],"position_lat":[51.5,51.50001],"position_long":[-0.1,-0.10001],"altitude":[12,12.4],"distance":[0,4.21],"speed":[null,4.21],"power":[0,150],"heart_rate":[null,121],"cadence":[20,24],"total_cycles":[0,0.4],"cycle_length":[null,10.5],"calories":[0,0.2],"temperature":[21,21]}}
    {"samples":{"time":[@2,@4],"position_lat":[51.5,51.5],"position_long":[-0.1,-0.1],"altitude":[12,12],"distance":[8.4,17],"speed":[4.2,4.3],"power":[160,170],"heart_rate":[122,123],"cadence":[24,24],"total_cycles":[0.8,1.6],"cycle_length":[10.5,10.75],"calories":[0.4,0.8],"temperature":[21,22]}}
    {"lap":{"start":@0,"end":@4,"trigger":"session_end","totals":{"timer_time":4,"distance":17,"cycles":1.6,"calories":0.8}}}
"#;

#[test]
fn a_row_with_everything() {
    let header = header(
        r#"{
            "device":{"manufacturer":118,"name":"WaterRower S4","serial":77},
            "utc_offset":3600,
            "athlete":{"name":"Kim","sex":"female","birth-year":1984,"height":"1.78 m","weight":"68 kg","max-hr":"185 bpm","resting-hr":"52 bpm"},
            "zones":{"method":"percent_hrr","bounds":[118,132,145,158,172,185],"max":185,"resting":52}
        }"#,
    );
    let items = items(ROW);
    let mut summary = summary(&header, &items);
    summary.time_in_hr_zone = Some(vec![0.0, 3.0, 1.0, 0.0, 0.0, 0.0]);
    summary.totals.calories = 0.8;
    summary.calories_method = Some("concept2".to_owned());
    let file = file(&header, &Encoding::default(), &items, &summary);
    check_messages(
        &[],
        &file,
        expect![[r#"
            file_id type=activity manufacturer=development product=1 serial_number=1346981957 time_created=@0
            file_creator software_version=10
            device_info timestamp=@0 device_index=creator manufacturer=development product=1 serial_number=1346981957 software_version=0.1 source_type=local product_name=`pipeline`
            device_info timestamp=@0 device_index=1 manufacturer=waterrower serial_number=77 source_type=local product_name=`WaterRower S4`
            user_profile gender=female age=42 height=1.78 weight=68 resting_heart_rate=52 default_max_heart_rate=185 friendly_name=`Kim`
            zones_target max_heart_rate=185 hr_calc_type=percent_hrr
            hr_zone message_index=0 high_bpm=118
            hr_zone message_index=1 high_bpm=132
            hr_zone message_index=2 high_bpm=145
            hr_zone message_index=3 high_bpm=158
            hr_zone message_index=4 high_bpm=172
            hr_zone message_index=5 high_bpm=185
            sport sport=rowing sub_sport=indoor_rowing name=`indoor rowing`
            event timestamp=@0 event=timer event_type=start event_group=0
            record timestamp=@0 position_lat=614418933 position_long=-1193046 enhanced_altitude=12 distance=0 power=0 cadence=20 total_cycles=0 temperature=21 calories=0
            record timestamp=@1 position_lat=614419052 position_long=-1193166 enhanced_altitude=12.4 distance=4.21 enhanced_speed=4.21 power=150 heart_rate=121 cadence=24 total_cycles=0 cycle_length16=10.5 temperature=21 calories=0
            record timestamp=@2 position_lat=614418933 position_long=-1193046 enhanced_altitude=12 distance=8.4 enhanced_speed=4.2 power=160 heart_rate=122 cadence=24 total_cycles=1 cycle_length16=10.5 temperature=21 calories=0
            record timestamp=@4 position_lat=614418933 position_long=-1193046 enhanced_altitude=12 distance=17 enhanced_speed=4.3 power=170 heart_rate=123 cadence=24 total_cycles=2 cycle_length16=10.75 temperature=22 calories=1
            event timestamp=@4 event=timer event_type=stop_all event_group=0
            developer_data_id application_id=122,31,82,12,155,62,77,97,168,71,13,226,91,148,108,19 developer_data_index=0 application_version=1
            lap message_index=0 timestamp=@4 start_time=@0 total_elapsed_time=4 total_timer_time=4 total_distance=17 total_cycles=2 total_calories=1 enhanced_avg_speed=4.25 avg_stroke_distance=10.63 sport=rowing sub_sport=indoor_rowing event=lap event_type=stop intensity=active lap_trigger=session_end
            field_description developer_data_index=0 field_definition_number=120 fit_base_type_id=string field_name=`CaloriesMethod`
            session message_index=0 timestamp=@4 start_time=@0 total_elapsed_time=4 total_timer_time=4 total_distance=17 total_cycles=2 total_calories=1 total_work=650 enhanced_avg_speed=4.25 enhanced_max_speed=4.3 avg_heart_rate=122 max_heart_rate=123 min_heart_rate=121 avg_cadence=24 max_cadence=24 avg_power=163 max_power=170 avg_stroke_distance=10.63 sport=rowing sub_sport=indoor_rowing event=session event_type=stop first_lap_index=0 num_laps=1 trigger=activity_end time_in_hr_zone=0,3,1,0,0,0,0 CaloriesMethod=`concept2`
            time_in_zone timestamp=@4 reference_mesg=session reference_index=0 time_in_hr_zone=0,3,1,0,0,0,0 hr_zone_high_boundary=118,132,145,158,172,185 hr_calc_type=percent_hrr max_heart_rate=185 resting_heart_rate=52
            activity timestamp=@4 total_timer_time=4 num_sessions=1 type=manual event=activity event_type=stop local_timestamp=@3604
        "#]],
    );
}

/// A rower over Bluetooth, with sensors: FIT numbers their sorts by the kind of link.
#[test]
fn what_measured_is_named() {
    check(
        &["device_info"],
        r#"{"device":{"name":"PM5","manufacturer":40,"link":"bluetooth_low_energy"}}"#,
        r#"
        {"event":{"meta":{"sensors":[{"kind":"heart_rate","name":"HRM 4F2A","link":"bluetooth_low_energy"}]}}}
        {"samples":{"time":[@0,@2],"heart_rate":[100,101]}}
        {"event":{"meta":{"sensors":[{"kind":"heart_rate","name":"HRM 4F2A","manufacturer":123,"version":"5.1.2","battery":64,"link":"bluetooth_low_energy"},{"kind":"heart_rate","name":"Dual","manufacturer":1,"serial":7,"link":"ant_plus"},{"kind":"power","name":"somewhere"}]}}}
        "#,
        expect![[r#"
            device_info timestamp=@0 device_index=creator manufacturer=development product=1 serial_number=1346981957 software_version=0.1 source_type=local product_name=`pipeline`
            device_info timestamp=@0 device_index=1 manufacturer=concept2 source_type=bluetooth_low_energy product_name=`PM5`
            device_info timestamp=@2 device_index=2 manufacturer=polar_electro software_version=5.1 source_type=bluetooth_low_energy product_name=`HRM 4F2A` device_type=1 battery_level=64
            device_info timestamp=@2 device_index=3 manufacturer=garmin serial_number=7 source_type=antplus product_name=`Dual` device_type=120
            device_info timestamp=@2 device_index=4 product_name=`somewhere`
        "#]],
    );
}

/// Where the recorder was not heard, the timer ran on; a mark says so.
#[test]
fn a_gap_is_marked() {
    check(
        &["event", "record"],
        "{}",
        r#"
        {"samples":{"time":[@0,@2],"distance":[0,8]}}
        {"event":{"gap":{"start":@2,"end":@40}}}
        {"samples":{"time":[@41],"distance":[160]}}
        "#,
        expect![[r#"
            event timestamp=@0 event=timer event_type=start event_group=0
            record timestamp=@0 distance=0
            record timestamp=@2 distance=8
            event timestamp=@2 event=comm_timeout event_type=marker data=2
            record timestamp=@41 distance=160
            event timestamp=@41 event=timer event_type=stop_all event_group=0
        "#]],
    );
}

/// Only samples: one lap over everything, and no message about what nobody knows.
#[test]
fn a_row_with_nearly_nothing() {
    check(
        &[],
        "{}",
        r#"{"samples":{"time":[@0,@1],"distance":[0,4.21]}}"#,
        expect![[r#"
            file_id type=activity manufacturer=development product=1 serial_number=1346981957 time_created=@0
            file_creator software_version=10
            device_info timestamp=@0 device_index=creator manufacturer=development product=1 serial_number=1346981957 software_version=0.1 source_type=local product_name=`pipeline`
            sport sport=rowing sub_sport=indoor_rowing name=`indoor rowing`
            event timestamp=@0 event=timer event_type=start event_group=0
            record timestamp=@0 distance=0
            record timestamp=@1 distance=4.21
            event timestamp=@1 event=timer event_type=stop_all event_group=0
            lap message_index=0 timestamp=@1 start_time=@0 total_elapsed_time=1 total_timer_time=1 total_distance=4.21 enhanced_avg_speed=4.21 sport=rowing sub_sport=indoor_rowing event=lap event_type=stop intensity=active lap_trigger=session_end
            session message_index=0 timestamp=@1 start_time=@0 total_elapsed_time=1 total_timer_time=1 total_distance=4.21 enhanced_avg_speed=4.21 sport=rowing sub_sport=indoor_rowing event=session event_type=stop first_lap_index=0 num_laps=1 trigger=activity_end
            activity timestamp=@1 total_timer_time=1 num_sessions=1 type=manual event=activity event_type=stop local_timestamp=@1
        "#]],
    );
}

#[test]
fn a_stream_without_samples_is_a_file_too() {
    check(
        &[],
        "{}",
        "",
        expect![[r#"
        file_id type=activity manufacturer=development product=1 serial_number=1346981957 time_created=@0
        file_creator software_version=10
        device_info timestamp=@0 device_index=creator manufacturer=development product=1 serial_number=1346981957 software_version=0.1 source_type=local product_name=`pipeline`
        sport sport=rowing sub_sport=indoor_rowing name=`indoor rowing`
        event timestamp=@0 event=timer event_type=start event_group=0
        event timestamp=@0 event=timer event_type=stop_all event_group=0
        lap message_index=0 timestamp=@0 start_time=@0 total_elapsed_time=0 total_timer_time=0 sport=rowing sub_sport=indoor_rowing event=lap event_type=stop intensity=active lap_trigger=session_end
        session message_index=0 timestamp=@0 start_time=@0 total_elapsed_time=0 total_timer_time=0 sport=rowing sub_sport=indoor_rowing event=session event_type=stop first_lap_index=0 num_laps=1 trigger=activity_end
        activity timestamp=@0 total_timer_time=0 num_sessions=1 type=manual event=activity event_type=stop local_timestamp=@0
    "#]],
    );
}

/// Every sport that a pipeline can name has its number in FIT; `generic` would be a lie.
#[test]
fn sports_keep_their_names() {
    for (written, sport, sub_sport, name) in [
        ("rowing/indoor", "rowing", "indoor_rowing", "indoor rowing"),
        ("rowing", "rowing", "generic", "rowing"),
        ("cycling", "cycling", "generic", "cycling"),
        (
            "cycling/indoor",
            "cycling",
            "indoor_cycling",
            "indoor cycling",
        ),
        ("cycling/road", "cycling", "road", "road"),
        ("cycling/mountain", "cycling", "mountain", "mountain"),
        (
            "cycling/virtual",
            "cycling",
            "virtual_activity",
            "virtual activity",
        ),
        ("running", "running", "generic", "running"),
        ("running/treadmill", "running", "treadmill", "treadmill"),
        ("running/trail", "running", "trail", "trail"),
        ("running/track", "running", "track", "track"),
        ("walking", "walking", "generic", "walking"),
        ("swimming", "swimming", "generic", "swimming"),
        ("swimming/lap", "swimming", "lap_swimming", "lap swimming"),
        (
            "swimming/open_water",
            "swimming",
            "open_water",
            "open water",
        ),
        ("paddling", "paddling", "generic", "paddling"),
        ("kayaking", "kayaking", "generic", "kayaking"),
        (
            "stand_up_paddleboarding",
            "stand_up_paddleboarding",
            "generic",
            "stand up paddleboarding",
        ),
        (
            "fitness_equipment/indoor_rowing",
            "fitness_equipment",
            "indoor_rowing",
            "indoor rowing",
        ),
        ("training", "training", "generic", "training"),
        ("generic", "generic", "generic", "generic"),
    ] {
        let header = header(&format!(r#"{{"sport":"{written}"}}"#));
        let file = file(&header, &Encoding::default(), &[], &summary(&header, &[]));
        let told = told(&file);
        let both = format!("sport={sport} sub_sport={sub_sport}");
        let line = format!("sport {both} name=`{name}`");
        assert!(
            told.lines().any(|told| told == line),
            "{line} is not in\n{told}"
        );
        assert_eq!(
            told.matches(&both).count(),
            3,
            "in the lap and the session, too"
        );
    }
}

/// Rowing on a machine is 15/14, and no other number.
#[test]
fn indoor_rowing_has_its_number() {
    let header = header("{}");
    let file = file(&header, &Encoding::default(), &[], &summary(&header, &[]));
    let mut numbers = Vec::new();
    each(&file, |message| {
        if message.number() == profile::SPORT.number {
            numbers.extend([sport::SPORT, sport::SUB_SPORT].map(|it| message.number_of(it.number)));
        }
    });
    assert_eq!(numbers, [Some(15.0), Some(14.0)]);
}

#[test]
fn pauses_are_timer_events() {
    check(
        &["event", "record", "session", "activity"],
        "{}",
        r#"
        {"samples":{"time":[@0,@10],"distance":[0,40]}}
        {"event":{"timer_stop":{"time":@10}}}
        {"event":{"timer_start":{"time":@70}}}
        {"samples":{"time":[@70,@80],"distance":[40,80]}}
        "#,
        expect![[r#"
            event timestamp=@0 event=timer event_type=start event_group=0
            record timestamp=@0 distance=0
            record timestamp=@10 distance=40
            event timestamp=@10 event=timer event_type=stop event_group=0
            event timestamp=@70 event=timer event_type=start event_group=0
            record timestamp=@70 distance=40
            record timestamp=@80 distance=80
            event timestamp=@80 event=timer event_type=stop_all event_group=0
            session message_index=0 timestamp=@80 start_time=@0 total_elapsed_time=80 total_timer_time=20 total_distance=80 enhanced_avg_speed=4 sport=rowing sub_sport=indoor_rowing event=session event_type=stop first_lap_index=0 num_laps=1 trigger=activity_end
            activity timestamp=@80 total_timer_time=20 num_sessions=1 type=manual event=activity event_type=stop local_timestamp=@80
        "#]],
    );
}

/// Facts, curves and raw bytes have no message.
#[test]
fn what_has_no_message_is_left_out() {
    check(
        &["record", "lap"],
        "{}",
        r#"
        {"samples":{"time":[@0],"distance":[0]}}
        {"event":{"meta":{"notes":"a fine day","device":"S4"}}}
        {"curve":{"time":@0,"field":"handle_force","interval":0.1,"values":[1,2]}}
        {"bytes":[1,2,3]}
        "#,
        expect![[r#"
            record timestamp=@0 distance=0
            lap message_index=0 timestamp=@0 start_time=@0 total_elapsed_time=0 total_timer_time=0 total_distance=0 sport=rowing sub_sport=indoor_rowing event=lap event_type=stop intensity=active lap_trigger=session_end
        "#]],
    );
}

/// Records have whole seconds: FIT has no others.
#[test]
fn times_are_rounded_to_the_second() {
    check(
        &["file_id", "event", "record", "lap"],
        r#"{"start":@0.4}"#,
        r#"{"samples":{"time":[@0.4,@1.5,@2.4],"distance":[0,4,8]}}"#,
        expect![[r#"
            file_id type=activity manufacturer=development product=1 serial_number=1346981957 time_created=@0
            event timestamp=@0 event=timer event_type=start event_group=0
            record timestamp=@0 distance=0
            record timestamp=@2 distance=4
            record timestamp=@2 distance=8
            event timestamp=@2 event=timer event_type=stop_all event_group=0
            lap message_index=0 timestamp=@2 start_time=@0 total_elapsed_time=2 total_timer_time=2 total_distance=8 enhanced_avg_speed=4 sport=rowing sub_sport=indoor_rowing event=lap event_type=stop intensity=active lap_trigger=session_end
        "#]],
    );
}

fn activity_of(more: &str, timezone: Option<TimeZone>) -> String {
    let header = header(more);
    let items = items(r#"{"samples":{"time":[@0,@60],"distance":[0,240]}}"#);
    let encoding = Encoding {
        timezone,
        ..Encoding::default()
    };
    let file = file(&header, &encoding, &items, &summary(&header, &items));
    told(&file).lines().last().unwrap_or_default().to_owned()
}

#[test]
fn local_time_is_the_one_set_else_the_recorders_else_utc() {
    let local = |more: &str, timezone: Option<&str>| {
        let told = activity_of(more, timezone.map(|zone| zone.parse().unwrap()));
        told.rsplit_once("local_timestamp=").unwrap().1.to_owned()
    };
    assert_eq!(local("{}", None), "@60");
    assert_eq!(local(r#"{"utc_offset":-18000}"#, None), "@-17940");
    assert_eq!(local(r#"{"utc_offset":-18000}"#, Some("+02:00")), "@7260");
    assert_eq!(local(r#"{"utc_offset":-18000}"#, Some("UTC")), "@60");
    assert_eq!(local("{}", Some("Europe/Berlin")), "@3660");
    assert_eq!(local("{}", Some("America/New_York")), "@-17940");
}

#[test]
fn the_creator_can_be_set() {
    let header = header("{}");
    let encoding = Encoding {
        creator: Creator {
            manufacturer: 118,
            product: 7,
            serial: 4711,
            name: "my own".to_owned(),
        },
        timezone: None,
    };
    let file = file(&header, &encoding, &[], &summary(&header, &[]));
    check_messages(
        &["file_id", "file_creator", "device_info"],
        &file,
        expect![[r#"
            file_id type=activity manufacturer=waterrower product=7 serial_number=4711 time_created=@0
            file_creator software_version=10
            device_info timestamp=@0 device_index=creator manufacturer=waterrower product=7 serial_number=4711 software_version=0.1 source_type=local product_name=`my own`
        "#]],
    );
}

/// No clock, no random numbers: what is uploaded twice is recognised by services.
#[test]
fn the_same_items_give_the_same_bytes() {
    let header = header(r#"{"device":{"name":"S4"}}"#);
    let items = items(ROW);
    let summary = summary(&header, &items);
    let one = file(&header, &Encoding::default(), &items, &summary);
    let two = file(&header, &Encoding::default(), &items, &summary);
    assert_eq!(one, two);
}

/// However the samples are cut into batches.
#[test]
fn batches_do_not_show() {
    let header = header("{}");
    let whole = items(ROW);
    let split = whole.iter().flat_map(|item| match item {
        Item::Samples(batch) => {
            let mut head = batch.clone();
            let tail = head.split_off(1);
            vec![Item::Samples(head), Item::Samples(tail)]
        }
        item => vec![item.clone()],
    });
    let split: Vec<_> = split.collect();
    let summary = summary(&header, &whole);
    assert_eq!(
        file(&header, &Encoding::default(), &whole, &summary),
        file(&header, &Encoding::default(), &split, &summary)
    );
}

#[test]
fn names_of_people_and_devices_are_cut_to_what_fits() {
    let long = "ä".repeat(300);
    check(
        &["device_info", "user_profile"],
        &format!(r#"{{"device":{{"name":"{long}"}},"athlete":{{"name":"{long}"}}}}"#),
        "",
        expect![[r#"
            device_info timestamp=@0 device_index=creator manufacturer=development product=1 serial_number=1346981957 software_version=0.1 source_type=local product_name=`pipeline`
            device_info timestamp=@0 device_index=1 source_type=local product_name=`äääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääää`
            user_profile friendly_name=`äääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääää`
        "#]],
    );
}
