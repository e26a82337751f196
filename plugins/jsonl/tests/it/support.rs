//! The ways through the crate that several tests take.

use std::fs;
use std::io::Read;

use expect_test::Expect;
use pipeline_plugin::testing::{self, Collected, Once, Warnings};
use pipeline_plugin::{Delivered, Header, Item, Result, Timestamp};
use plugin_jsonl::{ReadJsonl, WriteJsonl};
use serde_json::Value;

/// What `@0` stands for in the texts of tests: 2026-03-02T09:00:00Z.
pub(crate) const START: Timestamp = Timestamp::from_seconds(1_772_442_000);

/// JSON with times in short: `@1.5` is one and a half seconds after [`START`].
fn json(text: &str) -> String {
    testing::with_times(START, text)
}

/// Items from JSON Lines with times in short.
pub(crate) fn items(text: &str) -> Vec<Item> {
    testing::items(&json(text))
}

/// Text with times in short, as a file.
pub(crate) fn file(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    json(&lines.map(|line| line.to_owned() + "\n").collect::<String>())
}

/// The file that a stream becomes, and the warnings.
pub(crate) fn write(settings: &str, header: &Header, items: &[Item]) -> Result<(String, String)> {
    let folder = tempfile::tempdir().unwrap();
    let mut options: serde_json::Map<String, Value> = serde_json::from_str(settings).unwrap();
    options.insert(
        "folder".to_owned(),
        folder.path().join("out").to_str().into(),
    );
    let sink: WriteJsonl = pipeline_plugin::settings_from(options.into()).unwrap();
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

/// An activity that starts at `@0`.
pub(crate) fn header() -> Header {
    Header {
        start: START,
        ..Header::default()
    }
}

/// Compares the file of an activity, and the warnings.
pub(crate) fn check_write(settings: &str, text: &str, expect: Expect) {
    let told = match write(settings, &header(), &items(text)) {
        Ok((file, warnings)) => file + &warnings,
        Err(error) => format!("{error}\n"),
    };
    expect.assert_eq(&told);
}

pub(crate) fn read_into(collected: Collected, settings: &str, bytes: impl Read) -> Collected {
    let settings: ReadJsonl = testing::settings(settings).unwrap();
    collected.read(&settings, "row.jsonl", &mut Once(bytes))
}

pub(crate) fn read(settings: &str, bytes: impl Read) -> Collected {
    read_into(Collected::default(), settings, bytes)
}

/// Everything that is told of a file (whose times are in short), item by item.
pub(crate) fn check(settings: &str, text: &str, expect: Expect) {
    expect.assert_eq(&read(settings, file(text).as_bytes()).told());
}

/// Only the warnings, the error and its help.
pub(crate) fn check_told(settings: &str, text: &str, expect: Expect) {
    expect.assert_eq(&told(&read(settings, file(text).as_bytes())));
}

/// Only the warnings, the error and its help.
pub(crate) fn told(collected: &Collected) -> String {
    let told = collected.told();
    let lines = told.split_inclusive('\n');
    let lines = lines.filter(|line| {
        !line.starts_with('{') && !line.starts_with("open") && !line.starts_with("finish")
    });
    lines.collect()
}
