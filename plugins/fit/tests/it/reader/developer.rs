//! Developer fields as columns, and back.

use expect_test::{Expect, expect};

use super::made::{ACTIVITY, made};
use super::there_and_back::written;
use super::{check_lines, read};
use crate::support::check_messages;

const APP: &str = "app 0 18fb2cf01a4b430dad66988c847421f4\n";

const ROWINGDATA: &str = "app 0 726f77696e6764617461\n";

fn file(text: &str) -> Vec<u8> {
    made(&format!("{ACTIVITY}{text}"))
}

/// The header and items of a file, and the messages that come of them.
fn check(text: &str, items: Expect, back: Expect) {
    let file = file(text);
    check_lines(&["{", "warn", "Skip"], "{}", &file, items);
    let (header, items) = read("{}", &file).streams.remove(0);
    let names = ["developer_data_id", "field_description", "record"];
    check_messages(&names, &written(&header, &items), back);
}

#[test]
fn a_developer_field_comes_back_as_the_same() {
    let text = format!(
        "{APP}
         field 0.0 uint16 Form+Power Watts
         field 0.5 float32 Leg+Spring+Stiffness kN/m
         field 0.9 sint8 Slope
         record @0 power=210 0.0=55 0.5=10.5 0.9=-3
         record @1 power=212 0.0=- 0.5=10.25 0.9=-4"
    );
    check(
        &text,
        expect![[r#"
        {"samples":{"time":["@0","@1"],"power":[210.0,212.0],"form_power":[55.0,null],"leg_spring_stiffness":[10.5,10.25],"slope":[-3.0,-4.0],"units":{"form_power":"Watts","leg_spring_stiffness":"kN/m"}}}
    "#]],
        expect![[r#"
        developer_data_id application_id=24,251,44,240,26,75,67,13,173,102,152,140,132,116,33,244 developer_data_index=0
        field_description developer_data_index=0 field_definition_number=0 fit_base_type_id=uint16 field_name=`Form Power` units=`Watts`
        field_description developer_data_index=0 field_definition_number=5 fit_base_type_id=float32 field_name=`Leg Spring Stiffness` units=`kN/m`
        field_description developer_data_index=0 field_definition_number=9 fit_base_type_id=sint8 field_name=`Slope`
        record timestamp=@0 power=210 Form Power=55 Leg Spring Stiffness=10.5 Slope=-3
        record timestamp=@1 power=212 Leg Spring Stiffness=10.25 Slope=-4
    "#]],
    );
    let header = &read("{}", &file(&text)).streams[0].0;
    let told = header.developer_fields.iter();
    let told = told.map(|field| serde_json::to_string(field).unwrap() + "\n");
    expect![[r#"
        {"column":"form_power","name":"Form Power","units":"Watts","base_type":"uint16","number":0,"application":"18fb2cf01a4b430dad66988c847421f4"}
        {"column":"leg_spring_stiffness","name":"Leg Spring Stiffness","units":"kN/m","base_type":"float32","number":5,"application":"18fb2cf01a4b430dad66988c847421f4"}
        {"column":"slope","name":"Slope","units":"","base_type":"sint8","number":9,"application":"18fb2cf01a4b430dad66988c847421f4"}
    "#]].assert_eq(&told.collect::<String>());
}

/// Fields of the rowing convention are the field table's, whatever says their factor: the scale of
/// the description, the units, or nothing but the convention.
#[test]
fn the_rowing_convention_is_understood() {
    let fields = "
        field 0.0 uint16 DriveLength m scale=100
        field 0.1 uint16 StrokeDriveTime ms
        field 0.2 uint16 DragFactor
        field 0.3 uint16 StrokeRecoveryTime ms
        field 0.6 uint16 AverageDriveForceN N*10
        field 0.7 uint16 PeakDriveForceN N
        field 0.11 sint16 Catch deg scale=10
        field 0.19 uint16 StrokeWork J";
    check(
        &format!(
            "{ROWINGDATA}{fields}
             record @0 distance=0 0.0=1.43 0.1=850 0.2=121 0.3=1610 0.6=3104 0.7=5229 0.11=-56 0.19=443"
        ),
        expect![[r#"
            {"samples":{"time":["@0"],"distance":[0.0],"drive_length":[1.43],"drive_time":[0.85],"drag_factor":[121.0],"recovery_time":[1.61],"average_drive_force":[310.4],"peak_drive_force":[522.9],"catch":[-56.0],"stroke_work":[443.0],"units":{"catch":"deg"}}}
        "#]],
        expect![[r#"
            developer_data_id application_id=114,111,119,105,110,103,100,97,116,97 developer_data_index=0
            field_description developer_data_index=0 field_definition_number=0 fit_base_type_id=uint16 field_name=`DriveLength` units=`m*100`
            field_description developer_data_index=0 field_definition_number=1 fit_base_type_id=uint16 field_name=`StrokeDriveTime` units=`ms`
            field_description developer_data_index=0 field_definition_number=2 fit_base_type_id=uint16 field_name=`DragFactor`
            field_description developer_data_index=0 field_definition_number=3 fit_base_type_id=uint16 field_name=`StrokeRecoveryTime` units=`ms`
            field_description developer_data_index=0 field_definition_number=6 fit_base_type_id=uint16 field_name=`AverageDriveForceN` units=`N*10`
            field_description developer_data_index=0 field_definition_number=7 fit_base_type_id=uint16 field_name=`PeakDriveForceN` units=`N*10`
            field_description developer_data_index=0 field_definition_number=11 fit_base_type_id=sint16 field_name=`Catch` units=`deg*10`
            field_description developer_data_index=0 field_definition_number=19 fit_base_type_id=uint16 field_name=`StrokeWork` units=`J`
            record timestamp=@0 distance=0 DriveLength=143 StrokeDriveTime=850 DragFactor=121 StrokeRecoveryTime=1610 AverageDriveForceN=3104 PeakDriveForceN=5229 Catch=-560 StrokeWork=443
        "#]],
    );
}

/// What an application calls its own must not pass for what everybody knows.
#[test]
fn names_that_are_taken_get_another() {
    check(
        &format!(
            "{APP}
             field 0.0 uint8 Heart+Rate bpm native=3
             field 0.1 uint8 heart+rate bpm
             field 0.2 float32 Vertical+Oscillation Centimeters native=39
             field 0.3 uint8 ?
             record @0 heart_rate=80 0.0=82 0.1=83 0.2=9.5 0.3=1"
        ),
        expect![[r#"
            {"samples":{"time":["@0"],"heart_rate":[80.0],"developer_heart_rate":[82.0],"developer_heart_rate_2":[83.0],"developer_vertical_oscillation":[9.5],"developer_3":[1.0],"units":{"developer_heart_rate":"bpm","developer_heart_rate_2":"bpm","developer_vertical_oscillation":"Centimeters"}}}
        "#]],
        expect![[r#"
            developer_data_id application_id=24,251,44,240,26,75,67,13,173,102,152,140,132,116,33,244 developer_data_index=0
            field_description developer_data_index=0 field_definition_number=0 fit_base_type_id=uint8 field_name=`Heart Rate` units=`bpm` native_mesg_num=record native_field_num=3
            field_description developer_data_index=0 field_definition_number=1 fit_base_type_id=uint8 field_name=`heart rate` units=`bpm`
            field_description developer_data_index=0 field_definition_number=2 fit_base_type_id=float32 field_name=`Vertical Oscillation` units=`Centimeters` native_mesg_num=record native_field_num=39
            field_description developer_data_index=0 field_definition_number=3 fit_base_type_id=uint8 field_name=`?`
            record timestamp=@0 heart_rate=80 Heart Rate=82 heart rate=83 Vertical Oscillation=9.5 ?=1
        "#]],
    );
}

/// A watch that knows no distance writes zeros; the application beside it does know.
#[test]
fn a_stand_in_takes_the_place_of_nothing() {
    check(
        &format!(
            "{APP}
             field 0.0 uint32 Distance m native=5
             field 0.12 uint16 Power Watts native=7
             field 0.6 uint8 Heart+Rate bpm native=3
             record @0 distance=0 heart_rate=80 0.0=0 0.12=0 0.6=82
             record @1 distance=0 heart_rate=81 0.0=5 0.12=210 0.6=83"
        ),
        expect![[r#"
            {"samples":{"time":["@0","@1"],"heart_rate":[80.0,81.0],"distance":[0.0,5.0],"developer_heart_rate":[82.0,83.0],"power":[0.0,210.0],"units":{"developer_heart_rate":"bpm"}}}
        "#]],
        expect![[r#"
            developer_data_id application_id=24,251,44,240,26,75,67,13,173,102,152,140,132,116,33,244 developer_data_index=0
            field_description developer_data_index=0 field_definition_number=0 fit_base_type_id=uint32 field_name=`Distance` units=`m` native_mesg_num=record native_field_num=5
            field_description developer_data_index=0 field_definition_number=6 fit_base_type_id=uint8 field_name=`Heart Rate` units=`bpm` native_mesg_num=record native_field_num=3
            field_description developer_data_index=0 field_definition_number=12 fit_base_type_id=uint16 field_name=`Power` units=`Watts` native_mesg_num=record native_field_num=7
            record timestamp=@0 distance=0 power=0 heart_rate=80 Distance=0 Heart Rate=82 Power=0
            record timestamp=@1 distance=5 power=210 heart_rate=81 Distance=5 Heart Rate=83 Power=210
        "#]],
    );
}

/// Numbers belong to an application. Wahoo's computers give theirs no identifier.
#[test]
fn several_applications() {
    check(
        "app 0
         app 1
         app 2 18fb2cf01a4b430dad66988c847421f4
         field 0.0 sint32 calibration adc
         field 1.0 uint8 charge %
         field 2.0 uint16 charge mV
         record @0 0.0=-7 1.0=80 2.0=4100",
        expect![[r#"
            {"samples":{"time":["@0"],"calibration":[-7.0],"charge":[80.0],"charge_2":[4100.0],"units":{"calibration":"adc","charge":"%","charge_2":"mV"}}}
        "#]],
        expect![[r#"
            developer_data_id developer_data_index=0
            field_description developer_data_index=0 field_definition_number=0 fit_base_type_id=sint32 field_name=`calibration` units=`adc`
            developer_data_id developer_data_index=1
            field_description developer_data_index=1 field_definition_number=0 fit_base_type_id=uint8 field_name=`charge` units=`%`
            developer_data_id application_id=24,251,44,240,26,75,67,13,173,102,152,140,132,116,33,244 developer_data_index=2
            field_description developer_data_index=2 field_definition_number=0 fit_base_type_id=uint16 field_name=`charge` units=`mV`
            record timestamp=@0 calibration=-7 charge=80 charge=4100
        "#]],
    );
}

/// This program's own fields were columns before, and are again.
#[test]
fn our_own_fields_are_columns_again() {
    check(
        "app 0 7a1f520c9b3e4d61a8470de25b946c13
         field 0.2 uint16 DragFactor
         field 0.0 uint16 DriveLength m*100
         field 0.128 float32 handle_angle rad
         field 0.129 float32 state_of_charge %
         record @0 distance=0 0.2=121 0.0=143 0.128=0.125 0.129=80",
        expect![[r#"
            {"samples":{"time":["@0"],"distance":[0.0],"drive_length":[1.43],"drag_factor":[121.0],"handle_angle":[0.125],"state_of_charge":[80.0],"units":{"handle_angle":"rad"}}}
        "#]],
        expect![[r#"
            developer_data_id application_id=122,31,82,12,155,62,77,97,168,71,13,226,91,148,108,19 developer_data_index=0 application_version=1
            field_description developer_data_index=0 field_definition_number=0 fit_base_type_id=uint16 field_name=`DriveLength` units=`m*100`
            field_description developer_data_index=0 field_definition_number=2 fit_base_type_id=uint16 field_name=`DragFactor`
            field_description developer_data_index=0 field_definition_number=128 fit_base_type_id=float32 field_name=`handle_angle` units=`rad`
            field_description developer_data_index=0 field_definition_number=129 fit_base_type_id=float32 field_name=`state_of_charge` units=`%`
            record timestamp=@0 distance=0 DriveLength=143 DragFactor=121 handle_angle=0.125 state_of_charge=80
        "#]],
    );
}

#[test]
fn an_array_is_several_columns() {
    check(
        &format!(
            "{APP}
             field 0.4 uint16 Muscle+Load %
             record @0 0.4=-,20,30
             record @1 0.4=-,21,-"
        ),
        expect![[r#"
            {"samples":{"time":["@0","@1"],"muscle_load_2":[20.0,21.0],"muscle_load_3":[30.0,null],"units":{"muscle_load_2":"%","muscle_load_3":"%"}}}
        "#]],
        expect![[r#"
            developer_data_id application_id=24,251,44,240,26,75,67,13,173,102,152,140,132,116,33,244 developer_data_index=0
            field_description developer_data_index=0 field_definition_number=4 fit_base_type_id=uint16 field_name=`Muscle Load` units=`%`
            record timestamp=@0 Muscle Load=-,20,30
            record timestamp=@1 Muscle Load=-,21,-
        "#]],
    );
}

/// A curve precedes the sample of its stroke; here the values are equally far apart in time.
#[test]
fn curves_of_a_stroke() {
    let fields = "
        field 0.60 uint16 HandleForceCurve N scale=10
        field 0.90 uint8 InstrokeAbscissaType
        field 0.91 uint16 InstrokeSampleInterval ms
        field 0.92 uint8 InstrokePointCount";
    check(
        &format!(
            "{ROWINGDATA}{fields}
             record @0 distance=0 0.60=-,-,-,-,-,- 0.90=- 0.91=- 0.92=-
             record @2 distance=8 0.60=0,120.5,310,250,0,0 0.90=1 0.91=40 0.92=4
             record @4 distance=16 0.60=0,110,305,-,-,- 0.90=2 0.91=150 0.92=-"
        ),
        expect![[r#"
            {"curve":{"time":"@2","field":"handle_force","interval":0.04,"values":[0.0,120.5,310.0,250.0]}}
            {"curve":{"time":"@4","field":"handle_force","values":[0.0,110.0,305.0]}}
            {"samples":{"time":["@0","@2","@4"],"distance":[0.0,8.0,16.0],"instroke_abscissa_type":[null,1.0,2.0],"instroke_sample_interval":[null,40.0,150.0],"instroke_point_count":[null,4.0,null],"units":{"instroke_sample_interval":"ms"}}}
        "#]],
        expect![[r#"
            developer_data_id application_id=114,111,119,105,110,103,100,97,116,97 developer_data_index=0
            field_description developer_data_index=0 field_definition_number=90 fit_base_type_id=uint8 field_name=`InstrokeAbscissaType`
            field_description developer_data_index=0 field_definition_number=91 fit_base_type_id=uint16 field_name=`InstrokeSampleInterval` units=`ms`
            field_description developer_data_index=0 field_definition_number=92 fit_base_type_id=uint8 field_name=`InstrokePointCount`
            record timestamp=@0 distance=0
            field_description developer_data_index=0 field_definition_number=60 fit_base_type_id=uint16 field_name=`HandleForceCurve` units=`N*10`
            record timestamp=@2 distance=8 InstrokeAbscissaType=1 InstrokeSampleInterval=40 InstrokePointCount=4 HandleForceCurve=0,1205,3100,2500,-,-,-,-
            record timestamp=@4 distance=16 InstrokeAbscissaType=2 InstrokeSampleInterval=150 HandleForceCurve=0,1100,3050,-,-,-,-,-
        "#]],
    );
}

#[test]
fn an_offset_makes_a_float_of_it() {
    check(
        &format!(
            "{APP}
             field 0.4 uint8 Skin+Temperature C scale=10 offset=20
             record @0 0.4=5.1"
        ),
        expect![[r#"
            {"samples":{"time":["@0"],"skin_temperature":[-14.9],"units":{"skin_temperature":"C"}}}
        "#]],
        expect![[r#"
            developer_data_id application_id=24,251,44,240,26,75,67,13,173,102,152,140,132,116,33,244 developer_data_index=0
            field_description developer_data_index=0 field_definition_number=4 fit_base_type_id=float32 field_name=`Skin Temperature` units=`C`
            record timestamp=@0 Skin Temperature=-14.899999618530273
        "#]],
    );
}

/// A number may be given to another field on the way.
#[test]
fn descriptions_may_change() {
    check(
        &format!(
            "{APP}
             field 0.1 uint8 first
             record @0 0.1=1
             field 0.1 uint8 second
             record @1 distance=1 0.1=2"
        ),
        expect![[r#"
            {"samples":{"time":["@0","@1"],"distance":[null,1.0],"first":[1.0,null],"second":[null,2.0]}}
        "#]],
        expect![[r#"
            developer_data_id application_id=24,251,44,240,26,75,67,13,173,102,152,140,132,116,33,244 developer_data_index=0
            field_description developer_data_index=0 field_definition_number=1 fit_base_type_id=uint8 field_name=`first`
            developer_data_id application_id=24,251,44,240,26,75,67,13,173,102,152,140,132,116,33,244 developer_data_index=1
            field_description developer_data_index=1 field_definition_number=1 fit_base_type_id=uint8 field_name=`second`
            record timestamp=@0 first=1
            record timestamp=@1 distance=1 second=2
        "#]],
    );
}

#[test]
fn developer_fields_of_laps_and_sessions_are_told() {
    check_lines(
        &["warn"],
        "{}",
        &file(&format!(
            "{APP}
             field 0.10 uint16 Lap+Power Watts
             field 0.11 string PM+Version
             record @0 distance=0
             lap @1 start_time=@0 total_elapsed_time=1 0.10=200
             session @1 start_time=@0 total_elapsed_time=1 0.11=5 0.10=-"
        )),
        expect![[r#"
            warn developer fields of laps and sessions, left out: `Lap Power`, `PM Version`
        "#]],
    );
}
