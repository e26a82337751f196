//! Files that are not as they should be.

use std::io::{self, Read};

use expect_test::expect;
use pipeline_plugin::Error;
use pipeline_plugin::testing::Collected;

use crate::support::{check, check_told, file, read, read_into, told};

const ROW: &str = r#"{"open":{"start":@0}}
    {"sample":{"time":@0,"power":150}}
    {"sample":{"time":@1,"power":151}}
    {"finish":{}}"#;

#[test]
fn every_fault_has_a_line_and_a_column() {
    let inside = |line: &str| {
        let text = format!("{{\"open\":{{\"start\":@0}}}}\n{line}\n{{\"finish\":{{}}}}");
        let told = told(&read("{}", file(&text).as_bytes()));
        told.lines().next().unwrap_or_default().to_owned()
    };
    let mut all = String::new();
    for line in [
        "hello",
        "[]",
        "{}",
        "{\"sample\"",
        "{\"sample\":{\"power\":150}}",
        "{\"sample\":{\"time\":@0,\"power\":\"150\"}}",
        "{\"sample\":{\"time\":@0,\"power\":1.2.3}}",
        "{\"sample\":{\"time\":@0,\"power\":[150]}}",
        "{\"sample\":{\"time\":\"2026-03-02T09:00:00\"}}",
        "{\"sample\":{\"time\":\"yesterday\"}}",
        "{\"sample\":{\"time\":1772442000}}",
        "{\"sample\":{\"time\":@0}",
        "{\"sample\":{\"time\":@0}} x",
        "{\"sample\":{\"time\":@0,}}",
        "{\"samples\":{\"power\":[150]}}",
        "{\"samples\":{\"time\":[@0],\"power\":[150,151]}}",
        "{\"samples\":{\"time\":@0}}",
        "{\"columns\":{\"speed\":\"km/h\"}}",
        "{\"columns\":{\"a\":\"V\",\"a\":\"V\"}}",
        "{\"columns\":[\"a\"]}",
        "{\"lap\":{\"start\":@0}}",
        "{\"lap\":{\"start\":\"now\"}}",
        "{\"event\":{\"party\":{}}}",
        "{\"bytes\":[256]}",
        "{\"open\":{\"start\":@0}}",
    ] {
        all = [&all, line, " -> ", &inside(line), "\n"].concat();
    }
    expect![[r#"
        hello -> Skip: expected `{` (line 2, column 1)
        [] -> Skip: expected `{` (line 2, column 1)
        {} -> Skip: expected a string (line 2, column 2)
        {"sample" -> Skip: the line ends where `:` was expected (line 2, column 10)
        {"sample":{"power":150}} -> Skip: a sample without `time` (line 2, column 24)
        {"sample":{"time":@0,"power":"150"}} -> Skip: expected a number or `null` (line 2, column 50)
        {"sample":{"time":@0,"power":1.2.3}} -> Skip: expected a number or `null` (line 2, column 50)
        {"sample":{"time":@0,"power":[150]}} -> Skip: expected a number or `null` (line 2, column 50)
        {"sample":{"time":"2026-03-02T09:00:00"}} -> Skip: `2026-03-02T09:00:00` does not tell its zone; write `Z` behind it (line 2, column 19)
        {"sample":{"time":"yesterday"}} -> Skip: `yesterday` is no RFC 3339 time (line 2, column 19)
        {"sample":{"time":1772442000}} -> Skip: expected a string (line 2, column 19)
        {"sample":{"time":@0} -> Skip: the line ends where `}` was expected (line 2, column 42)
        {"sample":{"time":@0}} x -> Skip: expected the end of the line (line 2, column 44)
        {"sample":{"time":@0,}} -> Skip: expected a string (line 2, column 42)
        {"samples":{"power":[150]}} -> Skip: samples without `time` (line 2, column 27)
        {"samples":{"time":[@0],"power":[150,151]}} -> Skip: `power` has another number of values (2) than `time` (1) (line 2, column 63)
        {"samples":{"time":@0}} -> Skip: expected `[` (line 2, column 20)
        {"columns":{"speed":"km/h"}} -> Skip: `speed` is in `m/s`, not in `km/h` (line 2, column 21)
        {"columns":{"a":"V","a":"V"}} -> Skip: the column `a` is there twice (line 2, column 25)
        {"columns":["a"]} -> Skip: expected `{` (line 2, column 12)
        {"lap":{"start":@0}} -> Skip: missing field `end` (line 2, column 39)
        {"lap":{"start":"now"}} -> Skip: `now` is no RFC 3339 time (line 2, column 21)
        {"event":{"party":{}}} -> Skip: unknown variant `party`, expected one of `timer_stop`, `timer_start`, `gap`, `meta` (line 2, column 17)
        {"bytes":[256]} -> Skip: invalid value: integer `256`, expected u8 (line 2, column 13)
        {"open":{"start":@0}} -> Skip: the stream before this `open` has no `finish` (line 2)
    "#]].assert_eq(&all);
}

#[test]
fn lines_belong_to_a_stream() {
    check_told(
        "{}",
        r#"{"sample":{"time":@0,"power":150}}"#,
        expect![[r#"
        Skip: no stream is open here (line 1)
        help: begin each stream with a line such as `{"open":{"start":"2026-03-02T09:00:00Z","sport":"rowing"}}`
    "#]],
    );
    check_told(
        "{}",
        &format!("{ROW}\n{{\"finish\":{{}}}}"),
        expect![[r#"
        Skip: no stream is open here (line 5)
        help: begin each stream with a line such as `{"open":{"start":"2026-03-02T09:00:00Z","sport":"rowing"}}`
    "#]],
    );
    check_told(
        "{}",
        "",
        expect![[r#"
        Skip: the file is empty
    "#]],
    );
    check_told(
        "{}",
        "hello",
        expect![[r#"
        Skip: not JSON Lines: expected `{` (line 1, column 1)
    "#]],
    );
    check_told(
        "{}",
        "{\"note\":1}",
        expect![[r#"
        warn line 1: unknown kind of line, left out: `note`
        Skip: no stream in the file
    "#]],
    );
}

#[test]
fn a_file_that_breaks_off_is_refused_with_what_could_be_kept() {
    let whole = file(ROW);
    let in_a_line = &whole[..whole.find("151").unwrap() + 2];
    let no_finish = &whole[..whole.find("{\"finish").unwrap()];
    let refused = |file: &str, settings: &str| read(settings, file.as_bytes()).told();
    expect![[r#"
        open {"kind":"activity","start":"2026-03-02T09:00:00Z","sport":"generic"}
        Skip: the file ends within a line (line 3)
        help: keep the sample before it with `salvage: true` under `jsonl:`, or `--set jsonl.salvage=true`
    "#]].assert_eq(&refused(in_a_line, "{}"));
    expect![[r#"
        open {"kind":"activity","start":"2026-03-02T09:00:00Z","sport":"generic"}
        {"samples":{"time":["2026-03-02T09:00:00Z"],"power":[150.0]}}
        finish
        warn the file ends within a line (line 3); kept the sample before it
    "#]]
    .assert_eq(&refused(in_a_line, r#"{"salvage":true}"#));
    expect![[r#"
        open {"kind":"activity","start":"2026-03-02T09:00:00Z","sport":"generic"}
        Skip: the file ends before the `finish` of its stream (line 3)
        help: keep the 2 samples before it with `salvage: true` under `jsonl:`, or `--set jsonl.salvage=true`
    "#]].assert_eq(&refused(no_finish, "{}"));
    expect![[r#"
        open {"kind":"activity","start":"2026-03-02T09:00:00Z","sport":"generic"}
        {"samples":{"time":["2026-03-02T09:00:00Z","2026-03-02T09:00:01Z"],"power":[150.0,151.0]}}
        finish
        warn the file ends before the `finish` of its stream (line 3); kept the 2 samples before it
    "#]]
    .assert_eq(&refused(no_finish, r#"{"salvage":true}"#));
    expect![[r#"
        open {"kind":"activity","start":"2026-03-02T09:00:00Z","sport":"generic"}
        {"samples":{"time":["2026-03-02T09:00:00Z","2026-03-02T09:00:01Z"],"power":[150.0,151.0]}}
        finish
    "#]]
    .assert_eq(&refused(whole.trim_end(), "{}"));
}

#[test]
fn streams_before_the_fault_are_complete() {
    let text = format!("{ROW}\nhello\n");
    check(
        "{}",
        &text,
        expect![[r#"
        open {"kind":"activity","start":"2026-03-02T09:00:00Z","sport":"generic"}
        {"samples":{"time":["2026-03-02T09:00:00Z","2026-03-02T09:00:01Z"],"power":[150.0,151.0]}}
        finish
        Skip: expected `{` (line 5, column 1)
    "#]],
    );
    check(
        r#"{"salvage":true}"#,
        &text,
        expect![[r#"
        open {"kind":"activity","start":"2026-03-02T09:00:00Z","sport":"generic"}
        {"samples":{"time":["2026-03-02T09:00:00Z","2026-03-02T09:00:01Z"],"power":[150.0,151.0]}}
        finish
        warn expected `{` (line 5, column 1); kept the streams before it
    "#]],
    );
}

#[test]
fn a_line_without_end_does_not_fill_the_memory() {
    let input = file(ROW);
    let input = input.as_bytes().chain(io::repeat(b' '));
    expect![[r#"
        Skip: the line is longer than 4 MiB (line 5)
    "#]]
    .assert_eq(&told(&read("{}", input)));
}

#[test]
fn too_many_columns_are_refused() {
    let columns: Vec<_> = (0..5000).map(|n| format!(r#","c{n}":1"#)).collect();
    let text = format!(
        "{{\"open\":{{\"start\":@0}}}}\n{{\"sample\":{{\"time\":@0{}}}}}",
        columns.concat()
    );
    check_told(
        "{}",
        &text,
        expect![[r#"
            Skip: more than 4,096 columns (line 2, column 39900)
            help: keep what stands before it with `salvage: true` under `jsonl:`, or `--set jsonl.salvage=true`
        "#]],
    );
}

/// An input that fails behind its first bytes.
struct Failing(Vec<u8>);

impl Read for Failing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.0.as_slice().read(buffer)?;
        self.0.drain(..count);
        match count {
            0 => Err(io::Error::other("the stick was pulled out")),
            count => Ok(count),
        }
    }
}

#[test]
fn an_input_that_fails_is_told_with_its_cause() {
    let rows = file(ROW.strip_suffix("{\"finish\":{}}").unwrap());
    expect![[r#"
        Skip: cannot read the input: the stick was pulled out
        help: keep the 2 samples before it with `salvage: true` under `jsonl:`, or `--set jsonl.salvage=true`
    "#]].assert_eq(&told(&read("{}", Failing(rows.into_bytes()))));
}

/// What a stage behind the reader says is passed on as it is; `salvage` is about the file.
#[test]
fn errors_of_other_stages_are_passed_on() {
    let told = |error: Error, settings: &str| {
        let refusing = Collected::default().refusing(1, error);
        told(&read_into(refusing, settings, file(ROW).as_bytes()))
    };
    assert_eq!(
        told(Error::resource("no space"), "{}"),
        "Resource: no space\n"
    );
    let refused = || Error::skip("too short for laps").with_help("row on");
    for settings in ["{}", r#"{"salvage":true}"#] {
        assert_eq!(
            told(refused(), settings),
            "Skip: too short for laps\nhelp: row on\n"
        );
    }
}
