//! The ways through the crate that several tests take.

use std::fmt::Write as _;
use std::fs;
use std::io::Read;

use expect_test::Expect;
use pipeline_plugin::testing::{self, Collected, Once, Warnings};
use pipeline_plugin::{Delivered, Header, Item, Result, Timestamp};
use plugin_csv::{ReadCsv, WriteCsv};
use serde_json::Value;

/// What `@0` stands for in the texts of tests: 2026-03-02T09:00:00Z.
pub(crate) const START: Timestamp = Timestamp::from_seconds(1_772_442_000);

/// JSON with times in short: `@1.5` is one and a half seconds after [`START`].
pub(crate) fn items(text: &str) -> Vec<Item> {
    testing::items(&testing::with_times(START, text))
}

/// A lap that ends there; what a CSV file knows of it is in its samples.
pub(crate) fn lap(start: f64, end: f64) -> String {
    format!(r#"{{"lap":{{"start":@{start},"end":@{end},"trigger":"manual","totals":{{}}}}}}"#)
}

/// The file that a stream becomes, and the warnings.
pub(crate) fn write(settings: &str, header: &Header, items: &[Item]) -> Result<(String, String)> {
    let folder = tempfile::tempdir().unwrap();
    let mut options: serde_json::Map<String, Value> = serde_json::from_str(settings).unwrap();
    options.insert(
        "folder".to_owned(),
        folder.path().join("out").to_str().into(),
    );
    let sink: WriteCsv = pipeline_plugin::settings_from(options.into()).unwrap();
    let warnings = Warnings::default();
    let summary = testing::summary(header, items);
    let cx = warnings.context();
    let Delivered::File(file) = testing::run_sink(&cx, &sink, header, items, &summary)? else {
        panic!("a file");
    };
    let text = fs::read_to_string(file.temporary()).unwrap();
    drop(file);
    let left = fs::read_dir(folder.path().join("out.staging"))
        .unwrap()
        .count();
    assert_eq!(left, 0, "files left behind");
    Ok((text, warnings.to_string()))
}

/// Compares the file of an activity, and the warnings.
pub(crate) fn check_write(settings: &str, text: &str, expect: Expect) {
    let header = Header {
        start: START,
        ..Header::default()
    };
    let told = match write(settings, &header, &items(text)) {
        Ok((file, warnings)) => file + &warnings,
        Err(error) => format!("{error}\n"),
    };
    expect.assert_eq(&told);
}

/// Rows of a table, one a second.
pub(crate) fn seconds(mut range: std::ops::Range<u32>, values: &str) -> String {
    range
        .try_fold(String::new(), |mut rows, second| {
            let (minute, second) = (second / 60, second % 60);
            writeln!(rows, "2026-03-02T09:{minute:02}:{second:02}Z{values}").map(|()| rows)
        })
        .unwrap()
}

pub(crate) fn read_into(collected: Collected, settings: &str, bytes: impl Read) -> Collected {
    let settings: ReadCsv = testing::settings(settings).unwrap();
    collected.read(&settings, "row.csv", &mut Once(bytes))
}

pub(crate) fn read(settings: &str, bytes: impl Read) -> Collected {
    read_into(Collected::default(), settings, bytes)
}

/// Everything that is told of a file, item by item.
pub(crate) fn check(settings: &str, file: &str, expect: Expect) {
    expect.assert_eq(&read(settings, file.as_bytes()).told());
}

/// Everything but the items.
pub(crate) fn check_told(settings: &str, file: &str, expect: Expect) {
    let told = read(settings, file.as_bytes()).told();
    let lines = told.split_inclusive('\n');
    let lines = lines.filter(|line| !line.starts_with('{'));
    expect.assert_eq(&lines.collect::<String>());
}
