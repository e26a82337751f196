//! Reports of FIT files for people.

use std::path::Path;

use expect_test::{Expect, expect};

use crate::{FILES, check, inspect};

/// The same for a file that is made from a golden one.
#[expect(clippy::needless_pass_by_value, reason = "reads better at the calls")]
fn check_changed(golden: &str, change: impl FnOnce(&mut Vec<u8>), expected: Expect) {
    let mut bytes = std::fs::read(Path::new(FILES).join("golden").join(golden)).unwrap();
    change(&mut bytes);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("made.fit"), &bytes).unwrap();
    expected.assert_eq(&inspect(folder.path(), &["made.fit"], b""));
}

#[test]
fn a_sound_row() {
    check(
        &["golden/golden-row-1000m-dev.fit"],
        expect![[r#"
        golden/golden-row-1000m-dev.fit: FIT 2.0, valid (header CRC ok, data CRC ok), 7,418 bytes, 1 segment
          made by     development · `pipeline` · software 1.00 · serial 1234567
                      created 2025-10-09 08:53:20 UTC
          start       2025-10-09 08:53:20 UTC · 2025-10-09 10:53:20 +02:00 local time
          sport       indoor rowing
          total       998 m · 4:00.0 · 2:00.2 /500 m · 24 spm · at most 24 spm · 96 strokes of 10.40 m
          heart rate  140 bpm · at most 160 bpm
          power       201 W · at most 201 W · 48.2 kJ
          calories    48 kcal
          HR zones    Z0 <93 0:00 · Z1 93–111 0:00 · Z2 111–130 4:00 · Z3 130–148 0:00 · Z4 148–167 0:00
                      Z5 167–185 0:00 · percent of 185 bpm

          lap    time  distance  /500 m  spm   HR    W  strokes  kcal  trigger
            1  2:01.0   503.4 m  2:00.2   24  140  201       48    24  distance
            2  1:59.0   495.0 m  2:00.2   24  140  201       48    24  session end

          developer fields of application 42c9182e-23a6-425f-b8fc-316d3d164a6f, version 1
            DragFactor         uint16  on record
            PeakDriveForce  N  uint16  on record

          messages    241 record · 3 time_in_zone · 2 lap · 2 event · 2 field_description · 1 file_id
                      1 user_profile · 1 zones_target · 1 sport · 1 session · 1 device_info · 1 activity
                      1 file_creator · 1 developer_data_id
        exit 0
    "#]],
    );
}

#[test]
fn a_file_without_a_length() {
    check(
        &["golden/golden-row-zero-length.fit"],
        expect![[r#"
        golden/golden-row-zero-length.fit: FIT 2.0, valid (header CRC ok, data CRC ok), 713 bytes, 1 segment
          made by     development · `pipeline` · software 1.00 · serial 1234567
                      created 2025-10-09 08:53:20 UTC
          start       2025-10-09 08:53:20 UTC · 2025-10-09 10:53:20 +02:00 local time
          sport       indoor rowing
          total       0 m · 0:00.0 · 2:00.2 /500 m · 24 spm · at most 24 spm · 0 strokes of 10.40 m
          heart rate  140 bpm · at most 160 bpm
          power       201 W · at most 201 W · 0.0 kJ
          calories    0 kcal
          HR zones    Z0 <93 0:00 · Z1 93–111 0:00 · Z2 111–130 0:00 · Z3 130–148 0:00 · Z4 148–167 0:00
                      Z5 167–185 0:00 · percent of 185 bpm

          lap    time  distance  /500 m  spm   HR    W  strokes  kcal  trigger
            1  0:00.0     0.0 m  2:00.2   24  140  201        0     0  session end

          messages    2 event · 2 time_in_zone · 1 file_id · 1 user_profile · 1 zones_target · 1 sport
                      1 session · 1 lap · 1 record · 1 device_info · 1 activity · 1 file_creator
        exit 0
    "#]],
    );
}

#[test]
fn a_wrong_crc() {
    check_changed(
        "golden-row-3s-min.fit",
        |bytes| *bytes.last_mut().unwrap() ^= 1,
        expect![[r#"
            made.fit: FIT 2.0, damaged: 1 error (header CRC ok, data CRC wrong), 782 bytes, 1 segment
              error    byte 780: expected the file CRC 0x1b98, found 0x1a98
              made by     development · `pipeline` · software 1.00 · serial 1234567
                          created 2025-10-09 08:53:20 UTC
              start       2025-10-09 08:53:20 UTC · 2025-10-09 10:53:20 +02:00 local time
              sport       indoor rowing
              total       12 m · 0:03.0 · 2:00.2 /500 m · 24 spm · at most 24 spm · 1 stroke of 10.40 m
              heart rate  140 bpm · at most 160 bpm
              power       201 W · at most 201 W · 0.6 kJ
              calories    1 kcal
              HR zones    Z0 <93 0:00 · Z1 93–111 0:00 · Z2 111–130 0:03 · Z3 130–148 0:00 · Z4 148–167 0:00
                          Z5 167–185 0:00 · percent of 185 bpm

              lap    time  distance  /500 m  spm   HR    W  strokes  kcal  trigger
                1  0:03.0    12.5 m  2:00.2   24  140  201        1     1  session end

              messages    4 record · 2 event · 2 time_in_zone · 1 file_id · 1 user_profile · 1 zones_target
                          1 sport · 1 session · 1 lap · 1 device_info · 1 activity · 1 file_creator
            help: make a sound copy with `pipeline repair made.fit`
            exit 3
        "#]],
    );
}

#[test]
fn a_file_cut_short_shows_what_it_has() {
    check_changed(
        "golden-row-1000m-dev.fit",
        |bytes| bytes.truncate(5000),
        expect![[r#"
            made.fit: FIT 2.0, damaged: 2 errors, 3 warnings (header CRC ok, data CRC missing), 5,000 bytes, 1 segment
              warning  byte 0: expected a message `lap` in an activity
              warning  byte 0: expected a message `session` in an activity
              warning  byte 0: expected a message `activity` in an activity
              error    byte 4: expected 7402 bytes of data, found 4986
              error    byte 4989: expected a message of 27 bytes, found 11
              made by     development · `pipeline` · software 1.00 · serial 1234567
                          created 2025-10-09 08:53:20 UTC
              records     171 without a session · from 2025-10-09 08:53:20 UTC · 2:50.0 · 707 m

              developer fields of application 42c9182e-23a6-425f-b8fc-316d3d164a6f, version 1
                DragFactor         uint16  on record
                PeakDriveForce  N  uint16  on record

              messages    171 record · 2 field_description · 1 file_id · 1 user_profile · 1 zones_target
                          1 sport · 1 event · 1 device_info · 1 file_creator · 1 developer_data_id
            help: make a sound copy with `pipeline repair made.fit`
            exit 3
        "#]],
    );
}

#[test]
fn a_chained_file_with_a_bad_second_part() {
    check_changed(
        "golden-row-3s-min.fit",
        |bytes| {
            bytes.extend_from_within(..);
            *bytes.last_mut().unwrap() ^= 1;
        },
        expect![[r#"
            made.fit: FIT 2.0, damaged: 1 error (header CRC ok, data CRC wrong), 1,564 bytes, 2 segments
              error    byte 1562: expected the file CRC 0x1b98, found 0x1a98

              segment 1 at byte 0: FIT 2.0, header CRC ok, data CRC ok
              made by     development · `pipeline` · software 1.00 · serial 1234567
                          created 2025-10-09 08:53:20 UTC
              start       2025-10-09 08:53:20 UTC · 2025-10-09 10:53:20 +02:00 local time
              sport       indoor rowing
              total       12 m · 0:03.0 · 2:00.2 /500 m · 24 spm · at most 24 spm · 1 stroke of 10.40 m
              heart rate  140 bpm · at most 160 bpm
              power       201 W · at most 201 W · 0.6 kJ
              calories    1 kcal
              HR zones    Z0 <93 0:00 · Z1 93–111 0:00 · Z2 111–130 0:03 · Z3 130–148 0:00 · Z4 148–167 0:00
                          Z5 167–185 0:00 · percent of 185 bpm

              lap    time  distance  /500 m  spm   HR    W  strokes  kcal  trigger
                1  0:03.0    12.5 m  2:00.2   24  140  201        1     1  session end

              messages    4 record · 2 event · 2 time_in_zone · 1 file_id · 1 user_profile · 1 zones_target
                          1 sport · 1 session · 1 lap · 1 device_info · 1 activity · 1 file_creator

              segment 2 at byte 782: FIT 2.0, header CRC ok, data CRC wrong
              made by     development · `pipeline` · software 1.00 · serial 1234567
                          created 2025-10-09 08:53:20 UTC
              start       2025-10-09 08:53:20 UTC · 2025-10-09 10:53:20 +02:00 local time
              sport       indoor rowing
              total       12 m · 0:03.0 · 2:00.2 /500 m · 24 spm · at most 24 spm · 1 stroke of 10.40 m
              heart rate  140 bpm · at most 160 bpm
              power       201 W · at most 201 W · 0.6 kJ
              calories    1 kcal
              HR zones    Z0 <93 0:00 · Z1 93–111 0:00 · Z2 111–130 0:03 · Z3 130–148 0:00 · Z4 148–167 0:00
                          Z5 167–185 0:00 · percent of 185 bpm

              lap    time  distance  /500 m  spm   HR    W  strokes  kcal  trigger
                1  0:03.0    12.5 m  2:00.2   24  140  201        1     1  session end

              messages    4 record · 2 event · 2 time_in_zone · 1 file_id · 1 user_profile · 1 zones_target
                          1 sport · 1 session · 1 lap · 1 device_info · 1 activity · 1 file_creator
            help: make a sound copy with `pipeline repair made.fit`
            exit 3
        "#]],
    );
}

#[test]
fn oddities_are_warnings() {
    check(
        &["made/33-made-timestamps-reversed.fit"],
        expect![[r#"
        made/33-made-timestamps-reversed.fit: FIT 2.0, valid with 102 warnings (header CRC ok, data CRC ok), 656 bytes, 1 segment
          warning  byte 0: expected a message `lap` in an activity
          warning  byte 0: expected a message `session` in an activity
          warning  byte 0: expected a message `activity` in an activity
          warning  byte 60: expected record times to ascend, found 2025-10-09T09:09:59Z after 2025-10-09T09:10:00Z (99 times)
          made by     waterrower · product 1 · created 2025-10-09 08:53:20 UTC
          records     100 without a session · from 2025-10-09 09:08:21 UTC · 1:39.0
          messages    100 record · 1 file_id
        exit 0
    "#]],
    );
    check(
        &["made/34-made-dev-data-without-field-description.fit"],
        expect![[r#"
            made/34-made-dev-data-without-field-description.fit: FIT 2.0, valid with 4 warnings (header CRC ok, data CRC ok), 64 bytes, 1 segment
              warning  byte 0: expected a message `lap` in an activity
              warning  byte 0: expected a message `session` in an activity
              warning  byte 0: expected a message `activity` in an activity
              warning  byte 42: expected a description of field 0 of developer 0
              made by     waterrower · product 1 · created 2025-10-09 08:53:20 UTC
              records     1 without a session · from 2025-10-09 08:53:20 UTC · 0:00.0

              developer fields of an application without identifier
                field_0  byte  on record

              messages    1 file_id · 1 record
            exit 0
        "#]],
    );
}

#[test]
fn nothing_to_read_is_failure() {
    check(
        &["made/20-made-data-before-definition.fit"],
        expect![[r#"
        made/20-made-data-before-definition.fit: FIT 2.0, unreadable: 1 error, 1 warning (header CRC ok, data CRC ok), 49 bytes, 1 segment
          warning  byte 0: no messages
          error    byte 14: expected a definition of local type 3 before its data
        exit 1
    "#]],
    );
    check(
        &["made/36-made-protocol-3.0.fit"],
        expect![[r#"
        made/36-made-protocol-3.0.fit: FIT 3.0, unreadable: 1 error, 1 warning (header CRC ok, data CRC ok), 44 bytes, 1 segment
          warning  byte 0: no messages
          error    byte 1: expected protocol 1 or 2, found 3
        exit 1
    "#]],
    );
}

#[test]
fn the_exit_code_is_that_of_all_files() {
    let code = |files: &[&str]| {
        let printed = inspect(FILES.as_ref(), &[&["--json"], files].concat(), b"");
        printed.rsplit(' ').next().unwrap().trim().to_owned()
    };
    let sound = "golden/golden-row-3s-min.fit";
    let odd = "made/22-made-field-size-zero.fit";
    let damaged = "made/28-made-definition-255-fields-truncated.fit";
    let unreadable = "made/19-made-zero-messages.fit";
    assert_eq!(code(&[sound, odd]), "0");
    assert_eq!(code(&[sound, damaged]), "3");
    assert_eq!(code(&[damaged]), "3");
    assert_eq!(code(&[sound, unreadable]), "3");
    assert_eq!(code(&[sound, "none.fit"]), "3");
    assert_eq!(code(&[unreadable, "none.fit"]), "1");
}

#[test]
fn standard_input_and_other_content() {
    let golden = Path::new(FILES).join("golden/golden-row-3s-min.fit");
    let bytes = std::fs::read(golden).unwrap();
    let printed = inspect(FILES.as_ref(), &["-"], &bytes);
    assert!(
        printed.starts_with("standard input: FIT 2.0, valid "),
        "{printed}"
    );
    let packed = b"\x1f\x8b\x08\0\0\0\0\0\0\x03";
    expect![[r#"
        error: cannot read `standard input`: incomplete deflate stream
        exit 1
    "#]]
    .assert_eq(&inspect(FILES.as_ref(), &["-"], packed));
    expect![[r#"
        error: standard input: the file is empty
        exit 1
    "#]]
    .assert_eq(&inspect(FILES.as_ref(), &["-"], b""));
    expect![[r#"
        error: standard input: neither FIT nor TCX
        help: `inspect` reads .fit and .tcx files, whatever their names
        exit 1
    "#]]
    .assert_eq(&inspect(FILES.as_ref(), &["-"], b"<gpx></gpx>"));
}
