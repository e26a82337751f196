//! Files that are not as they should be: what is warned of, what is refused, what is kept.

use std::io::{self, Read};

use expect_test::expect;
use pipeline_plugin::Error;
use pipeline_plugin::testing::Collected;

use crate::support::{check, check_told, read, read_into, seconds};

const ROWS: &str = "time,power (W),hr\n\
                    2026-03-02T09:00:00Z,150,120\n\
                    2026-03-02T09:00:01Z,151,121\n\
                    2026-03-02T09:00:02Z,152,122\n";

#[test]
fn each_sort_of_repair_is_told_once_a_file() {
    let file = "time,power (W),hr\n\
                2026-03-02T09:00:00Z,150 W,120\n\
                2026-03-02T09:00:01Z,151,many\n\
                2026-03-02T09:00:03Z,152,122,,7\n\
                2026-03-02T09:00:02Z,152,122,,\n\
                Total,453,,\n";
    check(
        "{}",
        file,
        expect![[r#"
        open {"kind":"activity","name":"row.csv","start":"2026-03-02T09:00:00Z","sport":"generic"}
        {"samples":{"time":["2026-03-02T09:00:00Z","2026-03-02T09:00:01Z","2026-03-02T09:00:02Z","2026-03-02T09:00:03Z"],"power":[null,151.0,152.0,152.0],"heart_rate":[120.0,null,122.0,122.0]}}
        finish
        warn line 2, column `power (W)`: not a number, left out: `150 W` (2 times)
        warn line 4: more cells than columns, left out: `7`
        warn line 5, column `time`: rows out of order, sorted: `2026-03-02T09:00:02Z`
        warn line 6, column `time`: row without a time, left out: `Total`
    "#]],
    );
    check_told(
        r#"{"strict":true}"#,
        file,
        expect![[r#"
        Skip: refused by strict mode: not a number, left out: `150 W` (line 2, byte 39, column `power (W)`)
        help: take `strict: true` away to have it repaired
    "#]],
    );
    check_told(
        r#"{"strict":true}"#,
        ROWS,
        expect![[r#"
        open {"kind":"activity","name":"row.csv","start":"2026-03-02T09:00:00Z","sport":"generic"}
        finish
    "#]],
    );
}

/// The byte is that of the cell; where a row has quotes, that of the row.
#[test]
fn strict_tells_line_byte_and_column() {
    let told = |file: &str| check_told_strict(file);
    expect![
        "Skip: refused by strict mode: not a number, left out: `x` (line 4, byte 101, column `hr`)"
    ]
    .assert_eq(&told(&ROWS.replace("122", "x")));
    expect![
        "Skip: refused by strict mode: not a number, left out: `x` (line 4, byte 76, column `hr`)"
    ]
    .assert_eq(&told(&ROWS.replace("152,122", "\"152\",x")));
    expect![
        "Skip: refused by strict mode: not a number, left out: `x` (line 4, byte 104, column `hr`)"
    ]
    .assert_eq(&told(&ROWS.replace('\n', "\r\n").replace("122", "x")));
}

fn check_told_strict(file: &str) -> String {
    let lines = read(r#"{"strict":true}"#, file.as_bytes()).told();
    lines.lines().next().unwrap_or_default().to_owned()
}

#[test]
fn lines_before_the_titles_are_told() {
    check_told(
        "{}",
        &format!("sep=,\n{ROWS}"),
        expect![[r#"
        open {"kind":"activity","name":"row.csv","start":"2026-03-02T09:00:00Z","sport":"generic"}
        finish
        warn the line before the titles is left out
    "#]],
    );
    check_told(
        "{}",
        &format!("Name,Kim\nStart,2026-03-02,09:00\n{ROWS}"),
        expect![[r#"
            open {"kind":"activity","name":"row.csv","start":"2026-03-02T09:00:00Z","sport":"generic"}
            finish
            warn the 2 lines before the titles are left out
        "#]],
    );
}

#[test]
fn a_file_that_ends_within_a_row_is_refused_with_what_could_be_kept() {
    let broken = ROWS.strip_suffix(",122\n").unwrap();
    check_told(
        "{}",
        broken,
        expect![[r#"
        Skip: the file ends within a row (line 4, byte 76)
        help: keep the 2 rows before it with `salvage: true` under `csv:`, or `--set csv.salvage=true`
    "#]],
    );
    check(
        r#"{"salvage":true}"#,
        broken,
        expect![[r#"
        open {"kind":"activity","name":"row.csv","start":"2026-03-02T09:00:00Z","sport":"generic"}
        {"samples":{"time":["2026-03-02T09:00:00Z","2026-03-02T09:00:01Z"],"power":[150.0,151.0],"heart_rate":[120.0,121.0]}}
        finish
        warn the file ends within a row (line 4, byte 76); kept the 2 rows before it
    "#]],
    );
    check_told(
        "{}",
        ROWS.strip_suffix('\n').unwrap(),
        expect![[r#"
        open {"kind":"activity","name":"row.csv","start":"2026-03-02T09:00:00Z","sport":"generic"}
        finish
    "#]],
    );
    check_told(
        "{}",
        &ROWS[..30],
        expect![[r#"
        Skip: the file ends within a row (line 2, byte 18)
    "#]],
    );
}

#[test]
fn files_that_are_no_tables() {
    let refused = |file: &[u8]| read("{}", file).told();
    expect![[r#"
        Skip: the file is empty
    "#]]
    .assert_eq(&refused(b""));
    expect![[r#"
        Skip: the file is empty
    "#]]
    .assert_eq(&refused(b"\xef\xbb\xbf \r\n"));
    expect![[r#"
        Skip: the file is encoded as UTF-16
        help: save it as UTF-8, which spreadsheets offer as `CSV UTF-8`
    "#]]
    .assert_eq(&refused(b"\xff\xfet\0i\0m\0e\0"));
    expect![[r#"
        Skip: not CSV: the file is no text
    "#]]
    .assert_eq(&refused(b"\x0e\x10\0\0.FIT"));
    expect![[r#"
        Skip: no title of a column with times; the first line has `Zeitpunkt`, `Puls`, `Ort`
        help: name the column with the times `time`, or `elapsed` if they begin at 0
    "#]]
    .assert_eq(&refused(b"Zeitpunkt;Puls;Ort\n1;2;3\n"));
    expect![[r#"
        Skip: no title of a column with times; the first line has `<gpx/>`
        help: name the column with the times `time`, or `elapsed` if they begin at 0
    "#]]
    .assert_eq(&refused(b"<gpx/>"));
    expect![[r#"
        Skip: no row with a time in the file
    "#]]
    .assert_eq(&refused(b"time,power\n"));
    expect![[r#"
        warn line 2, column `time`: row without a time, left out (2 times)
        Skip: no row with a time in the file
    "#]]
    .assert_eq(&refused(b"time,power\n,150\nnever,150\n"));
}

#[test]
fn a_quote_that_is_never_closed_does_not_fill_the_memory() {
    let mut file = ROWS.to_owned() + "2026-03-02T09:00:03Z,\"";
    file.push_str(&"x".repeat(3 << 20));
    check_told(
        "{}",
        &file,
        expect![[r#"
            Skip: a row is longer than 1 MiB: is a quote in it never closed? (line 5, byte 105)
            help: keep the 3 rows before it with `salvage: true` under `csv:`, or `--set csv.salvage=true`
        "#]],
    );
    let wide = format!("{ROWS}2026-03-02T09:00:03Z{}\n", ",1".repeat(5000));
    check_told(
        "{}",
        &wide,
        expect![[r#"
        Skip: a row has more than 4,096 cells (line 5, byte 105)
        help: keep the 3 rows before it with `salvage: true` under `csv:`, or `--set csv.salvage=true`
    "#]],
    );
}

/// A row of many equal titles must not take long.
#[test]
fn many_equal_titles_get_names_of_their_own() {
    let titles = ",x".repeat(4000);
    let values = ",1".repeat(4000);
    let file = format!("time{titles}\n2026-03-02T09:00:00Z{values}\n");
    let collected = read("{}", file.as_bytes());
    let Some(pipeline_plugin::Item::Samples(batch)) = collected.items().next() else {
        panic!("{}", collected.told());
    };
    assert_eq!(batch.columns().len(), 4000);
}

/// An input that fails behind its first bytes.
struct Failing(&'static [u8]);

impl Read for Failing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer)? {
            0 => Err(io::Error::other("the stick was pulled out")),
            count => Ok(count),
        }
    }
}

#[test]
fn an_input_that_fails_is_told_with_its_cause() {
    let collected = read("{}", Failing(ROWS.as_bytes()));
    expect![[r#"
        Skip: cannot read the input: the stick was pulled out
    "#]]
    .assert_eq(&collected.told());
}

/// What a stage behind the reader says is passed on as it is; `salvage` is about the file.
#[test]
fn errors_of_other_stages_are_passed_on() {
    let file = format!("time,power,hr\n{}", seconds(0..1000, ",1,1"));
    let told = |error: Error, settings: &str| {
        let refusing = Collected::default().refusing(1, error);
        let told = read_into(refusing, settings, file.as_bytes()).told();
        let lines = told.lines().filter(|line| !line.starts_with('{'));
        lines.skip(1).collect::<Vec<_>>().join(" | ")
    };
    assert_eq!(
        told(Error::resource("no space"), "{}"),
        "Resource: no space"
    );
    assert_eq!(told(Error::cancelled(), "{}"), "Cancelled: stopped");
    let refused = || Error::skip("too short for laps").with_help("row on");
    for settings in ["{}", r#"{"salvage":true}"#] {
        assert_eq!(
            told(refused(), settings),
            "Skip: too short for laps | help: row on"
        );
    }
}
