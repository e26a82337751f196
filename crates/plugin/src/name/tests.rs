//! File names: what data may put into them.

use proptest::prelude::*;

use super::*;
use crate::{ContentKey, Sport, Timestamp, Totals};

fn name(template: &str, input: &str, start: &str, distance: f64) -> String {
    let header = Header {
        name: input.to_owned(),
        sport: Sport::INDOOR_ROWING,
        ..Header::default()
    };
    let summary = Summary {
        start: Timestamp::parse(start).unwrap(),
        totals: Totals {
            distance,
            ..Totals::default()
        },
        content_key: ContentKey([0xab; 32]),
        ..Summary::default()
    };
    match template.parse::<NameTemplate>() {
        Ok(template) => template.fill(&header, &summary, "fit"),
        Err(problem) => format!("error: {problem}"),
    }
}

fn of_input(input: &str) -> String {
    name("{input}", input, "2026-01-01T00:00:00Z", 0.0)
}

/// Start, sport, distance and key: it sorts by time, and no two activities share a name.
#[test]
fn an_activity_says_what_it_is() {
    let usual =
        |start: &str, distance: f64| name("{start}_{sport}_{distance}_{key}", "x", start, distance);
    assert_eq!(
        usual("2026-07-24T10:30:05.4Z", 9_999.6),
        "2026-07-24T103005Z_rowing_10000m_abababab.fit"
    );
    assert_eq!(
        usual("2026-07-24T12:30:05+02:00", f64::NAN),
        "2026-07-24T103005Z_rowing_0m_abababab.fit"
    );
    let default = NameTemplate::default().to_string();
    assert_eq!(default, "{start}_{sport}_{distance}_{key}");
}

#[test]
fn the_ending_is_that_of_the_format() {
    let (header, summary) = (Header::default(), Summary::default());
    let check = |template: &str, extension| {
        let template: NameTemplate = template.parse().unwrap();
        template.fill(&header, &summary, extension)
    };
    assert_eq!(check("{date}.FIT", "fit"), "1970-01-01.fit");
    assert_eq!(check("{date}.tcx", "fit"), "1970-01-01.tcx.fit");
    assert_eq!(check("{date}", "csv"), "1970-01-01.csv");
}

/// Names that devices and archives have tried on others.
#[test]
fn hostile_input_names_are_plain_names_in_the_folder() {
    for (input, expected) in [
        ("../../etc/passwd", "passwd.fit"),
        ("..\\..\\autoexec.tcx", "autoexec.fit"),
        ("/etc/x.tcx", "x.fit"),
        ("C:\\x.tcx", "x.fit"),
        (".bashrc.tcx", "bashrc.fit"),
        ("..fit", "activity.fit"),
        (".fit", "activity.fit"),
        ("", "activity.fit"),
        ("-rf.tcx", "rf.fit"),
        ("~x.tcx", "_x.fit"),
        ("a\0.sh.tcx", "a_.sh.fit"),
        ("a\nb\u{1b}[31m.tcx", "a_b__31m.fit"),
        ("x\u{202e}gpj.tcx", "x_gpj.fit"),
        ("%2e%2e%2f.tcx", "_2e_2e_2f.fit"),
        ("ａ.tcx", "_.fit"),
        ("Zürich 10 km 🚣.tcx", "Z_rich_10_km__.fit"),
        ("row.tcx.gz", "row.fit"),
        ("standard input", "standard_input.fit"),
    ] {
        assert_eq!(of_input(input), expected, "{input:?}");
    }
}

#[test]
fn templates_are_checked() {
    let check = |template: &str| name(template, "row.tcx", "2026-07-24T10:30:05Z", 500.0);
    assert_eq!(check("{input}"), "row.fit");
    assert_eq!(check("{date} {input}.fit"), "2026-07-24_row.fit");
    assert_eq!(
        check("{{date}}"),
        "error: unknown placeholder `{{date}`; known: {start}, {date}, {sport}, {distance}, {key}, {input}"
    );
    assert_eq!(check("{date"), "error: a `{` has no `}`");
    assert_eq!(
        check("2026/{input}"),
        "error: a name has no folders: use `folder` for them"
    );
    assert_eq!(
        check("a\\b"),
        "error: a name has no folders: use `folder` for them"
    );
    assert_eq!(check(""), "error: the name is empty");
    assert_eq!(check(" . "), "error: the name is empty");
}

/// Braces in an input's name are no placeholders.
#[test]
fn a_name_is_filled_in_once() {
    assert_eq!(of_input("{key}.tcx"), "_key_.fit");
}

fn is_plain(name: &str) -> bool {
    let stem = name.strip_suffix(".fit").unwrap_or_default();
    (1..=96).contains(&stem.len())
        && !stem.starts_with(['.', '-'])
        && stem
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}

proptest! {
    #[test]
    fn every_name_is_plain(
        input in any::<String>(),
        seconds in -62_135_596_800..253_402_300_799_i64,
        distance in prop::num::f64::ANY,
        template in prop::sample::select(vec![
            "{input}", "{start}_{sport}_{distance}_{key}.fit", "{date} {distance} {input}.fit",
        ]),
    ) {
        let start = Timestamp::from_seconds(seconds);
        let header = Header { name: input, ..Header::default() };
        let summary = Summary {
            start,
            totals: Totals { distance, ..Totals::default() },
            ..Summary::default()
        };
        let template: NameTemplate = template.parse().unwrap();
        let name = template.fill(&header, &summary, "fit");
        prop_assert!(is_plain(&name), "{}", name);
    }
}
