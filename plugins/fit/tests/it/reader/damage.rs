//! Files that are damaged, odd, or no activities.

use std::io::{self, Cursor, Read};

use expect_test::{Expect, expect};
use pipeline_plugin::testing::{Collected, Once};
use pipeline_plugin::{Content, Error, Result};

use super::made::{ACTIVITY, made};
use super::{NO_HEADERS, TOLD, check_lines, read, read_into};

fn row() -> Vec<u8> {
    made(&format!(
        "{ACTIVITY}
         record @0 distance=0
         record @1 distance=4
         record @2 distance=8
         lap @2 start_time=@0 total_elapsed_time=2
         session @2 start_time=@0 total_elapsed_time=2 sport=rowing"
    ))
}

fn check(settings: &str, file: &[u8], expect: Expect) {
    check_lines(NO_HEADERS, settings, file, expect);
}

/// The file without its last `bytes`.
fn cut(bytes: usize) -> Vec<u8> {
    let mut file = row();
    file.truncate(file.len() - bytes);
    file
}

#[test]
fn a_file_that_breaks_off_is_refused_with_what_can_be_done() {
    check(
        "{}",
        &cut(70),
        expect![[r#"
            Skip: byte 4: expected 122 bytes of data, found 54
            help: mend it with `pipeline repair`, or keep what can be read with `salvage: true` under `fit:`, or `--set fit.salvage=true`
        "#]],
    );
}

#[test]
fn salvage_keeps_what_can_be_read() {
    check(
        r#"{"salvage":true}"#,
        &cut(70),
        expect![[r#"
            {"samples":{"time":["@0","@1"],"distance":[0.0,4.0]}}
            finish
            warn byte 4: expected 122 bytes of data, found 54, and 1 more; kept the 2 records that can be read
        "#]],
    );
    // Nothing but the CRC is missing.
    check(
        r#"{"salvage":true}"#,
        &cut(2),
        expect![[r#"
        {"samples":{"time":["@0","@1","@2"],"distance":[0.0,4.0,8.0]}}
        {"lap":{"start":"@0","end":"@2","trigger":"manual","intensity":"active","totals":{"timer_time":2.0}}}
        finish
        warn byte 136: expected a file CRC of 2 bytes, found 0; kept the 3 records that can be read
    "#]],
    );
}

#[test]
fn a_wrong_crc_is_told_with_its_place() {
    let mut file = row();
    let last = file.len() - 1;
    file[last] ^= 0x55;
    check(
        "{}",
        &file,
        expect![[r#"
        Skip: byte 136: expected the file CRC 0x5250, found 0x0750
        help: mend it with `pipeline repair`, or keep what can be read with `salvage: true` under `fit:`, or `--set fit.salvage=true`
    "#]],
    );
    check(
        r#"{"salvage":true}"#,
        &file,
        expect![[r#"
        {"samples":{"time":["@0","@1","@2"],"distance":[0.0,4.0,8.0]}}
        {"lap":{"start":"@0","end":"@2","trigger":"manual","intensity":"active","totals":{"timer_time":2.0}}}
        finish
        warn byte 136: expected the file CRC 0x5250, found 0x0750; kept the 3 records that can be read
    "#]],
    );
}

/// A device that lost power hasn't written the size.
#[test]
fn a_size_of_zero() {
    let mut file = row();
    file[4..8].fill(0);
    file[12..14].fill(0);
    check(
        "{}",
        &file,
        expect![[r#"
        Skip: byte 4: expected no data, found 124 bytes
        help: mend it with `pipeline repair`, or keep what can be read with `salvage: true` under `fit:`, or `--set fit.salvage=true`
    "#]],
    );
    check(
        r#"{"salvage":true}"#,
        &file,
        expect![[r#"
            {"samples":{"time":["@0","@1","@2"],"distance":[0.0,4.0,8.0]}}
            {"lap":{"start":"@0","end":"@2","trigger":"manual","intensity":"active","totals":{"timer_time":2.0}}}
            finish
            warn byte 4: expected no data, found 124 bytes, and 1 more; kept the 3 records that can be read
        "#]],
    );
}

/// The first part of a chained file is complete, whatever follows.
#[test]
fn a_part_before_the_fault_is_complete() {
    let mut file = row();
    let mut second = row();
    second.truncate(100);
    file.extend(second);
    check_lines(
        TOLD,
        "{}",
        &file,
        expect![[r#"
        finish
        Skip: byte 142: expected 122 bytes of data, found 86
        help: mend it with `pipeline repair`, or keep what can be read with `salvage: true` under `fit:`, or `--set fit.salvage=true`
    "#]],
    );
    check_lines(
        TOLD,
        r#"{"salvage":true}"#,
        &file,
        expect![[r#"
            finish
            finish
            warn byte 142: expected 122 bytes of data, found 86, and 1 more; kept the 6 records that can be read
        "#]],
    );
}

/// YMODEM and flash memory fill up the last block.
#[test]
fn padding_and_what_else_is_behind_the_end() {
    let with = |more: &[u8]| {
        let mut file = row();
        file.extend(more);
        file
    };
    check_lines(
        TOLD,
        "{}",
        &with(&[0x1A; 100]),
        expect![[r#"
        finish
    "#]],
    );
    check_lines(
        TOLD,
        "{}",
        &with(b"and more"),
        expect![[r#"
        finish
    "#]],
    );
    check_lines(
        TOLD,
        r#"{"strict":true}"#,
        &with(&[0x1A; 100]),
        expect![[r#"
            Skip: refused by strict mode: byte 138: 100 bytes of padding behind the end
            help: take `strict: true` away to have it repaired
        "#]],
    );
}

#[test]
fn files_that_are_no_activities() {
    let check = |file: &[u8], expect| check_lines(TOLD, "{}", file, expect);
    check(
        b"",
        expect![[r#"
        Skip: file is empty
    "#]],
    );
    check(
        b"not at all",
        expect![[r#"
        Skip: not FIT: byte 0: expected a header of 12 bytes, found 10
    "#]],
    );
    check(
        b"<?xml version=\"1.0\"?><TrainingCenterDatabase/>",
        expect![[r#"
            Skip: not FIT: byte 0: expected the signature `.FIT`, found `rsio`
        "#]],
    );
    check(
        &made("file_id type=course\nrecord @0 distance=0"),
        expect![[r#"
            Skip: no activity in the file; it holds `course`
            help: `as: files` under `fit:` passes on whole files, whatever they hold
        "#]],
    );
    check(
        &made("file_id type=settings\nsegment\nfile_id type=sport"),
        expect![[r#"
            Skip: no activity in the file; it holds `settings`, `sport`
            help: `as: files` under `fit:` passes on whole files, whatever they hold
        "#]],
    );
    check(
        &made(ACTIVITY),
        expect![[r#"
        Skip: no session and no record with a time in the file
    "#]],
    );
    check(
        &made("device_info @0 manufacturer=garmin"),
        expect![[r#"
            Skip: no activity in the file; it holds something that it doesn't name
            help: `as: files` under `fit:` passes on whole files, whatever they hold
        "#]],
    );
    check_lines(
        TOLD,
        r#"{"salvage":true}"#,
        b"not at all",
        expect![[r#"
        Skip: not FIT: byte 0: expected a header of 12 bytes, found 10
    "#]],
    );
}

/// Some devices don't say what a file is, or say it late.
#[test]
fn records_make_an_activity() {
    check(
        "{}",
        &made("record @0 distance=0\nfile_id type=activity"),
        expect![[r#"
            {"samples":{"time":["@0"],"distance":[0.0]}}
            finish
        "#]],
    );
    check(
        "{}",
        &made("record @0 distance=0"),
        expect![[r#"
        {"samples":{"time":["@0"],"distance":[0.0]}}
        finish
    "#]],
    );
}

/// What a stage behind the reader says is passed on as it is; `salvage` is about the file.
#[test]
fn errors_of_other_stages_are_passed_on() {
    let told = |error: Error, settings: &str| {
        let refusing = Collected::default().refusing(1, error);
        let told = read_into(refusing, settings, &mut Cursor::new(row())).told();
        let lines = told.lines().filter(|line| !line.starts_with('{'));
        lines.skip(1).collect::<Vec<_>>().join(" | ")
    };
    for settings in ["{}", r#"{"salvage":true}"#] {
        assert_eq!(told(Error::cancelled(), settings), "Cancelled: stopped");
        let refused = Error::skip("too short for laps").with_help("row on");
        assert_eq!(
            told(refused, settings),
            "Skip: too short for laps | help: row on"
        );
    }
}

/// An input that fails behind its first bytes.
struct Failing(Cursor<Vec<u8>>);

impl Read for Failing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer)? {
            0 => Err(io::Error::other("the stick was pulled out")),
            count => Ok(count),
        }
    }
}

impl Content for Failing {
    fn keep(&mut self) -> Result<()> {
        Ok(())
    }

    fn rewind(&mut self) -> Result<()> {
        self.0.set_position(0);
        Ok(())
    }
}

#[test]
fn an_input_that_fails_is_told_with_its_cause() {
    let read = |bytes: &mut dyn Content| read_into(Collected::default(), "{}", bytes).told();
    expect![[r#"
        Skip: cannot read the input: the stick was pulled out
    "#]]
    .assert_eq(&read(&mut Failing(Cursor::new(cut(80)))));
    expect![[r#"
        Skip: this input can be read once
    "#]]
    .assert_eq(&read(&mut Once(Cursor::new(row()))));
}

/// No prefix of a file, and no byte in it, makes the reader panic, or loop for ever; without
/// `salvage` no stream of a file that isn't whole is finished.
#[test]
fn no_damage_makes_it_panic() {
    let file = row();
    for length in 0..file.len() {
        let strict = read("{}", &file[..length]).told();
        assert!(strict.contains("Skip: "), "{length}");
        assert!(!strict.contains("finish"), "{length}");
        read(r#"{"salvage":true}"#, &file[..length]);
    }
    for at in 0..file.len() {
        for change in [0x01, 0x40, 0x80, 0xFF] {
            let mut file = file.clone();
            file[at] ^= change;
            read("{}", &file);
            let salvaged = read(r#"{"salvage":true}"#, &file).told();
            let opened = salvaged.matches("open ").count();
            assert_eq!(opened, salvaged.matches("finish\n").count(), "{at}");
        }
    }
}
