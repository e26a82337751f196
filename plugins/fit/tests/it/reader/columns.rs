//! Fields of records as columns, and back.

use expect_test::{Expect, expect};

use super::made::{ACTIVITY, made};
use super::{NO_HEADERS, check_lines, read};
use crate::reader::there_and_back::written;
use crate::support::check_messages;

fn activity(records: &str) -> Vec<u8> {
    made(&format!("{ACTIVITY}{records}"))
}

/// The records of a file, what they become, and what becomes of that.
fn check(records: &str, items: Expect, back: Expect) {
    let file = activity(records);
    check_lines(NO_HEADERS, "{}", &file, items);
    let (header, items) = read("{}", &file).streams.remove(0);
    check_messages(&["record"], &written(&header, &items), back);
}

#[test]
fn fields_that_everybody_knows() {
    check(
        "record @0 position_lat=614371786 position_long=401240 enhanced_altitude=12.4 distance=1 enhanced_speed=3.5 heart_rate=86 cadence=24 power=155 total_cycles=1 cycle_length16=8.75 temperature=21 calories=1",
        expect![[r#"
            {"samples":{"time":["@0"],"position_lat":[51.49604821577668],"position_long":[0.033631548285484314],"altitude":[12.4],"distance":[1.0],"speed":[3.5],"power":[155.0],"heart_rate":[86.0],"cadence":[24.0],"total_cycles":[1.0],"cycle_length":[8.75],"temperature":[21.0],"calories":[1.0]}}
            finish
        "#]],
        expect![[r#"
            record timestamp=@0 position_lat=614371786 position_long=401240 enhanced_altitude=12.4 distance=1 enhanced_speed=3.5 power=155 heart_rate=86 cadence=24 total_cycles=1 cycle_length16=8.75 temperature=21 calories=1
        "#]],
    );
}

/// Of two fields with one quantity, the one with more detail counts, where it is measured.
#[test]
fn the_better_field_counts() {
    check(
        "record @0 speed=3.1 enhanced_speed=3.2 altitude=11 enhanced_altitude=11.2 cycle_length=8 cycle_length16=8.5
         record @1 speed=3.3 enhanced_speed=- altitude=11 enhanced_altitude=- cycle_length=8 cycle_length16=-
         record @2 enhanced_speed=3.4 speed=3.5",
        expect![[r#"
            {"samples":{"time":["@0","@1","@2"],"altitude":[11.2,11.0,null],"speed":[3.2,3.3,3.4],"cycle_length":[8.5,2.54,null]}}
            finish
        "#]],
        expect![[r#"
            record timestamp=@0 enhanced_altitude=11.2 enhanced_speed=3.2 cycle_length16=8.5
            record timestamp=@1 enhanced_altitude=11 enhanced_speed=3.3 cycle_length16=2.54
            record timestamp=@2 enhanced_speed=3.4
        "#]],
    );
}

/// The cadence with its fraction is one number, and two fields again in the file.
#[test]
fn a_cadence_has_a_fraction() {
    check(
        "record @0 cadence=58 fractional_cadence=0.5
         record @1 cadence=59 fractional_cadence=-
         record @2 cadence=- fractional_cadence=0.5",
        expect![[r#"
            {"samples":{"time":["@0","@1","@2"],"cadence":[58.5,59.0,null],"fractional_cadence":[0.5,null,0.5],"units":{"fractional_cadence":"rpm"}}}
            finish
        "#]],
        expect![[r#"
            record timestamp=@0 cadence=58 fractional_cadence=0.5
            record timestamp=@1 cadence=59
            record timestamp=@2 fractional_cadence=0.5
        "#]],
    );
    check(
        "record @0 cadence256=58.25",
        expect![[r#"
            {"samples":{"time":["@0"],"cadence":[58.25]}}
            finish
        "#]],
        expect![[r#"
            record timestamp=@0 cadence=58
        "#]],
    );
}

/// Whatever the profile knows keeps its name and unit, and comes back as the same field.
#[test]
fn other_fields_of_the_profile_go_by_their_names() {
    check(
        "record @0 vertical_oscillation=92.5 left_right_balance=178 grade=-2.5 battery_soc=81.5 activity_type=cycling core_temperature=37.02 accumulated_power=120000 resistance=104 gps_accuracy=3",
        expect![[r#"
            {"samples":{"time":["@0"],"grade":[-2.5],"resistance":[104.0],"accumulated_power":[120000.0],"left_right_balance":[178.0],"gps_accuracy":[3.0],"vertical_oscillation":[92.5],"activity_type":[2.0],"battery_soc":[81.5],"core_temperature":[37.02],"units":{"accumulated_power":"watts","battery_soc":"percent","core_temperature":"C","gps_accuracy":"m","grade":"%","vertical_oscillation":"mm"}}}
            finish
        "#]],
        expect![[r#"
            record timestamp=@0 grade=-2.5 resistance=104 accumulated_power=120000 left_right_balance=178 gps_accuracy=3 vertical_oscillation=92.5 activity_type=cycling battery_soc=81.5 core_temperature=37.02
        "#]],
    );
}

/// Watches write fields that only their maker knows; they keep number and type.
#[test]
fn fields_that_nobody_knows_go_by_their_numbers() {
    check(
        "record @0 heart_rate=120 #135:uint8=74 #136:sint16=-5 #200:float32=0.5 #201:uint16=1,2,-",
        expect![[r#"
            {"samples":{"time":["@0"],"heart_rate":[120.0],"field_135":[74.0],"field_136":[-5.0],"field_200":[0.5],"field_201_1":[1.0],"field_201_2":[2.0]}}
            finish
        "#]],
        expect![[r#"
            record timestamp=@0 heart_rate=120 ?=74 ?=-5 ?=0.5 ?=1,2
        "#]],
    );
    let file = activity("record @0 #136:sint16=-5");
    let header = &read("{}", &file).streams[0].0;
    expect![[r#"[{"column":"field_136","name":"","units":"","base_type":"sint16","number":136,"application":"","native":136}]"#]].assert_eq(&serde_json::to_string(&header.developer_fields).unwrap());
}

#[test]
fn an_array_is_several_columns() {
    check(
        "record @0 speed_1s=1,1.5,- left_power_phase=90,180",
        expect![[r#"
            {"samples":{"time":["@0"],"speed_1s_1":[1.0],"speed_1s_2":[1.5],"left_power_phase_1":[90.00000140625002],"left_power_phase_2":[180.00000281250004],"units":{"left_power_phase_1":"degrees","left_power_phase_2":"degrees","speed_1s_1":"m/s","speed_1s_2":"m/s"}}}
            finish
        "#]],
        expect![[r#"
            record timestamp=@0 speed_1s=1,1.5 left_power_phase=90.00000140625002,180.00000281250004
        "#]],
    );
}

/// Speed and distance of old watches: twelve bits each, the distance's are the low ones of a total.
#[test]
fn low_bits_add_up() {
    // 3.00 m/s and 250 sixteenths of a metre; then 4000 and, past the end of twelve bits, 150.
    let packed = |speed: u32, distance: u32| {
        let bits = speed | distance << 12;
        format!("{},{},{}", bits & 0xFF, bits >> 8 & 0xFF, bits >> 16)
    };
    let records =
        [(300, 250), (310, 4000), (320, 150)].map(|(speed, distance)| packed(speed, distance));
    let records = (0..)
        .zip(records)
        .fold(String::new(), |text, (second, record)| {
            text + &format!("record @{second} compressed_speed_distance={record}\n")
        });
    check(
        &records,
        expect![[r#"
            {"samples":{"time":["@0","@1","@2"],"distance":[15.625,250.0,265.375],"speed":[3.0,3.1,3.2]}}
            finish
        "#]],
        expect![[r#"
        record timestamp=@0 distance=15.63 enhanced_speed=3
        record timestamp=@1 distance=250 enhanced_speed=3.1
        record timestamp=@2 distance=265.38 enhanced_speed=3.2
    "#]],
    );
    check(
        "record @0 cycles=250\nrecord @1 cycles=4\nrecord @2 cycles=5 compressed_accumulated_power=9",
        expect![[r#"
            {"samples":{"time":["@0","@1","@2"],"total_cycles":[250.0,260.0,261.0],"accumulated_power":[null,null,9.0],"units":{"accumulated_power":"watts"}}}
            finish
        "#]],
        expect![[r#"
            record timestamp=@0 total_cycles=250
            record timestamp=@1 total_cycles=260
            record timestamp=@2 total_cycles=261 accumulated_power=9
        "#]],
    );
}

#[test]
fn what_is_no_number_is_left_out_and_told_once() {
    check(
        "record @0 heart_rate=100 #210:string=hello
         record @1 heart_rate=101 #210:string=hello",
        expect![[r#"
            {"samples":{"time":["@0","@1"],"heart_rate":[100.0,101.0]}}
            finish
            warn fields of records that are no numbers, left out: `field 210`
        "#]],
        expect![[r#"
            record timestamp=@0 heart_rate=100
            record timestamp=@1 heart_rate=101
        "#]],
    );
}

/// A column is there from the batch on in which it has its first value.
#[test]
fn a_column_without_values_is_none() {
    check(
        "record @0 heart_rate=- power=100\nrecord @1 heart_rate=- power=-",
        expect![[r#"
            {"samples":{"time":["@0","@1"],"power":[100.0,null]}}
            finish
        "#]],
        expect![[r#"
            record timestamp=@0 power=100
            record timestamp=@1
        "#]],
    );
}

/// Records may change their fields, and their byte order, at any time.
#[test]
fn layouts_may_change() {
    check(
        "record @0 heart_rate=100\nrecord @1 power=90 heart_rate=101\nrecord @2 heart_rate=102",
        expect![[r#"
            {"samples":{"time":["@0","@1","@2"],"power":[null,90.0,null],"heart_rate":[100.0,101.0,102.0]}}
            finish
        "#]],
        expect![[r#"
            record timestamp=@0 heart_rate=100
            record timestamp=@1 power=90 heart_rate=101
            record timestamp=@2 heart_rate=102
        "#]],
    );
}

#[test]
fn counters_start_at_zero_and_never_go_back() {
    let totals = "session @4 start_time=@0 total_elapsed_time=4 total_distance=30 total_cycles=5";
    check_lines(
        NO_HEADERS,
        "{}",
        &activity(&format!(
            "record @0 distance=7000 total_cycles=100
             record @1 distance=7010 total_cycles=101
             record @2 distance=7009 total_cycles=103
             record @3 distance=7020 total_cycles=104
             record @4 distance=7030 total_cycles=105
             {totals}"
        )),
        expect![[r#"
            {"samples":{"time":["@0","@1","@2","@3","@4"],"distance":[0.0,10.0,10.0,20.0,30.0],"total_cycles":[0.0,1.0,3.0,4.0,5.0]}}
            {"event":{"meta":{"total_cycles":5.0}}}
            finish
            warn distance goes back, held
        "#]],
    );
    check_lines(
        NO_HEADERS,
        "{}",
        &activity(
            "record @0 distance=5\nrecord @1 distance=900\nrecord @2 distance=0\nrecord @3 distance=4",
        ),
        expect![[r#"
            {"samples":{"time":["@0","@1","@2","@3"],"distance":[5.0,900.0,900.0,904.0]}}
            finish
            warn distance begins anew, counted on
        "#]],
    );
}
