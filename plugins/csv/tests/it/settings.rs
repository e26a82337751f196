//! Settings that are wrong.

use expect_test::{Expect, expect};
use pipeline_plugin::{Place, Problem, ReaderPlugin, SinkPlugin, testing};
use plugin_csv::{ReadCsv, WriteCsv};

fn told(problems: Vec<Problem>) -> String {
    let line = |Problem {
                    path,
                    message,
                    help,
                    ..
                }: Problem| {
        let help = help
            .map(|help| format!(" (help: {help})"))
            .unwrap_or_default();
        format!("{}: {message}{help}\n", path.join("."))
    };
    problems.into_iter().map(line).collect()
}

fn check_reader(settings: &str, expect: Expect) {
    let problems = match testing::settings::<ReadCsv>(settings) {
        Ok(reader) => ReaderPlugin::check(&reader, &Place::default()),
        Err(problem) => vec![problem],
    };
    expect.assert_eq(&told(problems));
}

fn check_sink(settings: &str, expect: Expect) {
    let problems = match testing::settings::<WriteCsv>(settings) {
        Ok(sink) => SinkPlugin::check(&sink, &Place::default()),
        Err(problem) => vec![problem],
    };
    expect.assert_eq(&told(problems));
}

#[test]
fn a_start_has_a_zone() {
    check_reader(r#"{"start":"2026-03-02T09:00:00Z"}"#, expect![[""]]);
    check_reader(
        r#"{"start":"2026-03-02T09:00:00"}"#,
        expect![[r#"
        start: `start` does not tell its zone (help: write its offset behind it, such as `+01:00`, or set `timezone`)
    "#]],
    );
    check_reader(
        r#"{"start":"2026-03-02T09:00:00","timezone":"+01:00"}"#,
        expect![[""]],
    );
    check_reader(
        r#"{"start":"yesterday"}"#,
        expect![[r#"
        start: `yesterday` is no date and time; write for example `2026-03-02T09:00:00+01:00`
    "#]],
    );
    check_reader(
        r#"{"timezone":"Berlin"}"#,
        expect![[r#"
        timezone: `Berlin` is no time zone; write `Europe/Berlin`, `+02:00` or `UTC`
    "#]],
    );
    check_reader(
        r#"{"epoch":"1904"}"#,
        expect![[r#"
        epoch: unknown variant `1904`, expected `unix` or `fit`
    "#]],
    );
}

#[test]
fn columns_are_chosen_once() {
    check_sink(
        r#"{"folder":"out","columns":["time","power"]}"#,
        expect![[""]],
    );
    check_sink(
        r#"{"folder":"out","columns":[]}"#,
        expect![[r#"
        columns: no column is chosen (help: name some, or take `columns` away for all)
    "#]],
    );
    check_sink(
        r#"{"folder":"out","columns":["time","power","time"," "]}"#,
        expect![[r#"
            columns.2: `time` is chosen twice
            columns.3: a column has no name
        "#]],
    );
}
