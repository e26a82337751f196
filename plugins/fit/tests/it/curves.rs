//! Curves of a stroke as developer fields of its record.

use expect_test::expect;
use pipeline_plugin::{Curve, Item, field};

use crate::reader::read;
use crate::reader::there_and_back::written;
use crate::support::{START, check, header, items};

const NAMES: &[&str] = &["field_description", "record"];

/// The convention's fields. Curves of about the same length share a definition.
#[test]
fn a_handle_force_curve() {
    check(
        NAMES,
        "{}",
        r#"
        {"curve":{"time":@2,"field":"handle_force","interval":0.025,"values":[0,120,310,250,90]}}
        {"curve":{"time":@4,"field":"handle_force","interval":null,"values":[0,110,305]}}
        {"samples":{"time":[@0,@2,@3,@4],"distance":[0,8,12,16],"drive_time":[null,0.8,null,0.82]}}
        "#,
        expect![[r#"
            field_description developer_data_index=0 field_definition_number=1 fit_base_type_id=uint16 field_name=`StrokeDriveTime` units=`ms`
            record timestamp=@0 distance=0
            field_description developer_data_index=0 field_definition_number=60 fit_base_type_id=sint16 field_name=`HandleForceCurve` units=`N`
            field_description developer_data_index=0 field_definition_number=90 fit_base_type_id=uint8 field_name=`InstrokeAbscissaType`
            field_description developer_data_index=0 field_definition_number=91 fit_base_type_id=uint16 field_name=`InstrokeSampleInterval` units=`ms`
            field_description developer_data_index=0 field_definition_number=92 fit_base_type_id=uint8 field_name=`InstrokePointCount`
            record timestamp=@2 distance=8 StrokeDriveTime=800 HandleForceCurve=0,120,310,250,90,-,-,- InstrokeAbscissaType=1 InstrokeSampleInterval=25 InstrokePointCount=5
            record timestamp=@3 distance=12
            record timestamp=@4 distance=16 StrokeDriveTime=820 HandleForceCurve=0,110,305,-,-,-,-,- InstrokeAbscissaType=0 InstrokePointCount=3
        "#]],
    );
}

#[test]
fn other_curves_have_fields_of_their_own() {
    check(
        NAMES,
        "{}",
        r#"
        {"curve":{"time":@0,"field":"boat_acceleration","interval":0.02,"values":[-1.5,0.25]}}
        {"curve":{"time":@0,"field":"handle_force","interval":0.02,"values":[100,200]}}
        {"samples":{"time":[@0],"distance":[0]}}
        "#,
        expect![[r#"
            field_description developer_data_index=0 field_definition_number=128 fit_base_type_id=float32 field_name=`boat_acceleration_curve`
            field_description developer_data_index=0 field_definition_number=90 fit_base_type_id=uint8 field_name=`InstrokeAbscissaType`
            field_description developer_data_index=0 field_definition_number=91 fit_base_type_id=uint16 field_name=`InstrokeSampleInterval` units=`ms`
            field_description developer_data_index=0 field_definition_number=92 fit_base_type_id=uint8 field_name=`InstrokePointCount`
            field_description developer_data_index=0 field_definition_number=60 fit_base_type_id=sint16 field_name=`HandleForceCurve` units=`N`
            record timestamp=@0 distance=0 boat_acceleration_curve=-1.5,0.25,-,-,-,-,-,- InstrokeAbscissaType=1 InstrokeSampleInterval=20 InstrokePointCount=2 HandleForceCurve=100,200,-,-,-,-,-,-
        "#]],
    );
}

/// Whoever reads the file has the curves again, in front of their samples.
#[test]
fn curves_come_back() {
    let sent = items(
        r#"
        {"curve":{"time":@2,"field":"handle_force","interval":0.025,"values":[0,120,310,250,90]}}
        {"curve":{"time":@4,"field":"handle_force","interval":null,"values":[0,110,305]}}
        {"samples":{"time":[@0,@2,@4],"distance":[0,8,16]}}
        "#,
    );
    let file = written(&header("{}"), &sent);
    let (header, items) = read("{}", &file).streams.remove(0);
    assert_eq!(header.developer_fields, []);
    let curves = |items: &[Item]| -> Vec<Curve> {
        let curves = items.iter().filter_map(|item| match item {
            Item::Curve(curve) => Some(curve.clone()),
            _ => None,
        });
        curves.collect()
    };
    assert_eq!(curves(&items), curves(&sent));
    let Some(Item::Samples(batch)) = items.iter().find(|item| matches!(item, Item::Samples(_)))
    else {
        panic!("{items:?}");
    };
    let columns: Vec<_> = batch
        .columns()
        .iter()
        .map(|column| column.field.clone())
        .collect();
    assert_eq!(
        columns,
        [field::DISTANCE],
        "the curves say all that there is to say"
    );
}

/// A field has room for 127 values of two bytes.
#[test]
fn a_long_curve_is_thinned_out() {
    let values: Vec<f64> = (0..300).map(f64::from).collect();
    let sent = [
        Item::Curve(Curve {
            time: START,
            field: "handle_force".to_owned(),
            interval: Some(0.01),
            values,
        }),
        items(r#"{"samples":{"time":[@0],"distance":[0]}}"#).remove(0),
    ];
    let file = written(&header("{}"), &sent);
    let (_, items) = read("{}", &file).streams.remove(0);
    let Some(Item::Curve(curve)) = items.first() else {
        panic!("{items:?}");
    };
    assert_eq!((curve.values.len(), curve.interval), (100, Some(0.03)));
    assert_eq!(curve.values[..3], [0.0, 3.0, 6.0]);
}

/// A curve whose sample never comes is not written, and costs nothing.
#[test]
fn a_curve_without_its_sample_is_left_out() {
    check(
        NAMES,
        "{}",
        r#"
        {"curve":{"time":@1,"field":"handle_force","interval":0.02,"values":[1]}}
        {"samples":{"time":[@0,@2],"distance":[0,8]}}
        "#,
        expect![[r#"
            record timestamp=@0 distance=0
            record timestamp=@2 distance=8
        "#]],
    );
}
