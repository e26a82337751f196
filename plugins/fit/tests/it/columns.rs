//! Columns as fields of records: known ones, the rowing convention's, a stream's own.

use std::fmt::Write as _;
use std::io::{self, Cursor, Seek, SeekFrom, Write};

use expect_test::expect;
use fit::{Event, Scanner, profile};
use pipeline_plugin::{ErrorKind, Result};
use plugin_fit::{ActivityWriter, Encoding};

use crate::support::{
    check, check_messages, file, file_and_saturated, header, items, summary, told,
};

/// Names, numbers and units of the public rowing convention; a factor stands in the unit,
/// because most readers do not apply a developer field's scale.
#[test]
fn quantities_of_rowing_are_developer_fields() {
    check(
        &["developer_data_id", "field_description", "record"],
        "{}",
        r#"{"samples":{"time":[@0],"distance":[0],"drag_factor":[121],"drive_length":[1.43],"drive_time":[0.85],"recovery_time":[1.61],"average_drive_force":[310.4],"peak_drive_force":[522.9],"stroke_work":[443],"state_of_charge":[80],"handle_angle":[0.125]}}"#,
        expect![[r#"
            developer_data_id application_id=122,31,82,12,155,62,77,97,168,71,13,226,91,148,108,19 developer_data_index=0 application_version=1
            field_description developer_data_index=0 field_definition_number=2 fit_base_type_id=uint16 field_name=`DragFactor`
            field_description developer_data_index=0 field_definition_number=0 fit_base_type_id=uint16 field_name=`DriveLength` units=`m*100`
            field_description developer_data_index=0 field_definition_number=1 fit_base_type_id=uint16 field_name=`StrokeDriveTime` units=`ms`
            field_description developer_data_index=0 field_definition_number=3 fit_base_type_id=uint16 field_name=`StrokeRecoveryTime` units=`ms`
            field_description developer_data_index=0 field_definition_number=6 fit_base_type_id=uint16 field_name=`AverageDriveForceN` units=`N*10`
            field_description developer_data_index=0 field_definition_number=7 fit_base_type_id=uint16 field_name=`PeakDriveForceN` units=`N*10`
            field_description developer_data_index=0 field_definition_number=19 fit_base_type_id=uint16 field_name=`StrokeWork` units=`J`
            field_description developer_data_index=0 field_definition_number=128 fit_base_type_id=float32 field_name=`state_of_charge` units=`%`
            field_description developer_data_index=0 field_definition_number=129 fit_base_type_id=float32 field_name=`handle_angle`
            record timestamp=@0 distance=0 DragFactor=121 DriveLength=143 StrokeDriveTime=850 StrokeRecoveryTime=1610 AverageDriveForceN=3104 PeakDriveForceN=5229 StrokeWork=443 state_of_charge=80 handle_angle=0.125
        "#]],
    );
}

/// Every field is described before the first message that uses it.
#[test]
fn a_column_that_comes_late_is_a_new_definition() {
    let text = r#"
        {"samples":{"time":[@0],"distance":[0]}}
        {"samples":{"time":[@1],"distance":[4],"heart_rate":[120]}}
        {"samples":{"time":[@2],"distance":[8],"heart_rate":[121],"drive_time":[0.8]}}
        {"samples":{"time":[@3],"distance":[12]}}
    "#;
    check(
        &["developer_data_id", "field_description", "record"],
        "{}",
        text,
        expect![[r#"
            record timestamp=@0 distance=0
            record timestamp=@1 distance=4 heart_rate=120
            developer_data_id application_id=122,31,82,12,155,62,77,97,168,71,13,226,91,148,108,19 developer_data_index=0 application_version=1
            field_description developer_data_index=0 field_definition_number=1 fit_base_type_id=uint16 field_name=`StrokeDriveTime` units=`ms`
            record timestamp=@2 distance=8 heart_rate=121 StrokeDriveTime=800
            record timestamp=@3 distance=12
        "#]],
    );
    let (header, items) = (header("{}"), items(text));
    let file = file(
        &header,
        &Encoding::default(),
        &items,
        &summary(&header, &items),
    );
    let definitions = Scanner::new(&file).filter(|event| {
        matches!(event, Ok(Event::Definition(definition)) if definition.number == profile::RECORD.number)
    });
    assert_eq!(definitions.count(), 3, "one a set of columns");
}

/// A stream's own columns keep their numbers when others come and go.
#[test]
fn a_field_is_described_once() {
    let text = r#"
        {"samples":{"time":[@0],"own":[1],"drive_time":[0.8]}}
        {"samples":{"time":[@1],"own":[2],"drive_time":[0.8],"distance":[4]}}
        {"samples":{"time":[@2],"own":[3],"drive_time":[0.8]}}
    "#;
    check(
        &["field_description", "record"],
        "{}",
        text,
        expect![[r#"
            field_description developer_data_index=0 field_definition_number=128 fit_base_type_id=float32 field_name=`own`
            field_description developer_data_index=0 field_definition_number=1 fit_base_type_id=uint16 field_name=`StrokeDriveTime` units=`ms`
            record timestamp=@0 own=1 StrokeDriveTime=800
            record timestamp=@1 distance=4 own=2 StrokeDriveTime=800
            record timestamp=@2 own=3 StrokeDriveTime=800
        "#]],
    );
}

#[test]
fn what_does_not_fit_is_the_nearest_that_does() {
    let text = r#"{"samples":{"time":[@0],"power":[70000],"heart_rate":[300],"cadence":[-3],"distance":[50000000],"temperature":[200],"altitude":[-9000]}}"#;
    let (header, items) = (header("{}"), items(text));
    let summary = summary(&header, &items);
    let (file, saturated) = file_and_saturated(&header, &Encoding::default(), &items, &summary);
    check_messages(
        &["record"],
        &file,
        expect![[r#"
        record timestamp=@0 enhanced_altitude=-500 distance=42949672.94 power=65534 heart_rate=254 cadence=0 temperature=126
    "#]],
    );
    assert_eq!(saturated, 6);
}

/// What was not measured is the invalid value of each base type, not 0.
#[test]
fn what_was_not_measured_is_left_out() {
    let text = r#"{"samples":{"time":[@0,@1],"distance":[null,4],"power":[null,null],"heart_rate":[99,null],"own":[null,1]}}"#;
    let (header, items) = (header("{}"), items(text));
    let file = file(
        &header,
        &Encoding::default(),
        &items,
        &summary(&header, &items),
    );
    let told = told(&file);
    let records: Vec<_> = told
        .lines()
        .filter(|line| line.starts_with("record"))
        .collect();
    assert_eq!(
        records,
        [
            "record timestamp=@0 heart_rate=99",
            "record timestamp=@1 distance=4 own=1"
        ]
    );
}

/// A message has at most 255 developer fields; a stream with more can't be written.
#[test]
fn too_many_columns_are_an_error() {
    let columns: String = (0..300).fold(String::new(), |mut text, number| {
        let _ = write!(text, r#","own{number}":[1]"#);
        text
    });
    let items = items(&format!(r#"{{"samples":{{"time":[@0]{columns}}}}}"#));
    let out = Cursor::new(Vec::new());
    let mut writer = ActivityWriter::new(out, &header("{}"), &Encoding::default()).unwrap();
    let error = writer.write(&items[0]).unwrap_err();
    expect!["the stream can't be written as FIT: field 255 of message 20 is there twice"]
        .assert_eq(&error.with_causes());
}

/// An output that takes so many bytes.
struct Short(Cursor<Vec<u8>>, usize);

impl Write for Short {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.1 = self
            .1
            .checked_sub(bytes.len())
            .ok_or(io::ErrorKind::StorageFull)?;
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Short {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

/// Wherever the output fills up, somebody is told.
#[test]
fn a_full_output_is_an_error() {
    let (header, items) = (
        header("{}"),
        items(r#"{"samples":{"time":[@0,@1],"distance":[0,4]}}"#),
    );
    let summary = summary(&header, &items);
    let whole = file(&header, &Encoding::default(), &items, &summary).len();
    let write = |space: usize| -> Result<()> {
        let out = Short(Cursor::new(Vec::new()), space);
        let mut writer = ActivityWriter::new(out, &header, &Encoding::default())?;
        writer.write(&items[0])?;
        writer.finish(&summary).map(drop)
    };
    for space in 0..whole {
        let error = write(space).unwrap_err();
        assert_eq!(
            error.kind(),
            ErrorKind::Resource,
            "{space} of {whole} bytes"
        );
        assert_eq!(
            error.with_causes(),
            "cannot write the FIT file: no storage space"
        );
        assert_eq!(
            error.help(),
            Some("free some space and run the same command again")
        );
    }
}
