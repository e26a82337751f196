//! `--messages`, and what is wrong on the command line.

use expect_test::expect;

use crate::check;

#[test]
fn messages_one_a_line() {
    check(
        &[
            "golden/golden-row-3s-min.fit",
            "--messages",
            "file_id,record,216",
        ],
        expect![[r#"
            file_id  type=activity  manufacturer=development  product=1  serial_number=1234567  time_created=2025-10-09T08:53:20Z
            record  timestamp=2025-10-09T08:53:20Z  distance=0 m  enhanced_speed=4.16 m/s  power=201 watts  cadence=24 rpm  total_cycles=0 cycles  cycle_length16=10.4 m
            record  timestamp=2025-10-09T08:53:21Z  distance=4.16 m  enhanced_speed=4.16 m/s  power=201 watts  cadence=24 rpm  total_cycles=0 cycles  cycle_length16=10.4 m
            record  timestamp=2025-10-09T08:53:22Z  distance=8.32 m  enhanced_speed=4.16 m/s  power=201 watts  cadence=24 rpm  total_cycles=0 cycles  cycle_length16=10.4 m
            record  timestamp=2025-10-09T08:53:23Z  distance=12.48 m  enhanced_speed=4.16 m/s  power=201 watts  cadence=24 rpm  heart_rate=110 bpm  total_cycles=1 cycles  cycle_length16=10.4 m
            time_in_zone  timestamp=2025-10-09T08:53:23Z  reference_mesg=lap  reference_index=0  time_in_hr_zone=[0, 0, 3, 0, 0, 0, 0] s  hr_zone_high_boundary=[93, 111, 130, 148, 167, 185] bpm  hr_calc_type=percent_max_hr  max_heart_rate=185
            time_in_zone  timestamp=2025-10-09T08:53:23Z  reference_mesg=session  reference_index=0  time_in_hr_zone=[0, 0, 3, 0, 0, 0, 0] s  hr_zone_high_boundary=[93, 111, 130, 148, 167, 185] bpm  hr_calc_type=percent_max_hr  max_heart_rate=185
            exit 0
        "#]],
    );
    check(
        &[
            "--messages",
            "record",
            "--json",
            "golden/golden-row-zero-length.fit",
        ],
        expect![[r#"
            {"v":1,"type":"message","file":"golden/golden-row-zero-length.fit","segment":0,"offset":249,"number":20,"name":"record","fields":{"timestamp":{"value":"2025-10-09T08:53:20Z","unit":null},"distance":{"value":0,"unit":"m"},"enhanced_speed":{"value":4.16,"unit":"m/s"},"power":{"value":201,"unit":"watts"},"cadence":{"value":24,"unit":"rpm"},"heart_rate":{"value":null,"unit":"bpm"},"total_cycles":{"value":0,"unit":"cycles"},"cycle_length16":{"value":10.4,"unit":"m"}},"developer_fields":{}}
            exit 0
        "#]],
    );
}

#[test]
fn messages_of_a_file_that_lacks_descriptions() {
    check(
        &[
            "--messages",
            "made/34-made-dev-data-without-field-description.fit",
        ],
        expect![[r#"
            file_id  type=activity  manufacturer=waterrower  product=1  time_created=2025-10-09T08:53:20Z
            record  timestamp=2025-10-09T08:53:20Z  developer_0_0=3700
            warning: made/34-made-dev-data-without-field-description.fit: byte 0: expected a message `lap` in an activity
            warning: made/34-made-dev-data-without-field-description.fit: byte 0: expected a message `session` in an activity
            warning: made/34-made-dev-data-without-field-description.fit: byte 0: expected a message `activity` in an activity
            warning: made/34-made-dev-data-without-field-description.fit: byte 42: expected a description of field 0 of developer 0
            exit 0
        "#]],
    );
}

#[test]
fn wrong_commands() {
    check(
        &["--messages", "recrod", "golden/golden-row-3s-min.fit"],
        expect![[r#"
            error: there is no FIT message `recrod`
            help: did you mean `record`?
            exit 2
        "#]],
    );
    check(
        &["--messages"],
        expect![[r#"
            error: no file to inspect
            help: name FIT files, or `-` for standard input
            exit 2
        "#]],
    );
    check(
        &["README.md"],
        expect![[r#"
            error: README.md: neither FIT nor TCX
            help: `inspect` reads .fit and .tcx files, whatever their names
            exit 1
        "#]],
    );
    check(
        &["none.fit"],
        expect![[r#"
            error: cannot read `none.fit`: No such file or directory (os error 2)
            help: check the name; a folder or a glob such as `*.tcx` will do too
            exit 1
        "#]],
    );
}
