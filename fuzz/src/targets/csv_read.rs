//! Any bytes: no panic, no endless loop, times never go back and laps follow their last sample.

use pipeline_plugin::Item;
use plugin_csv::ReadCsv;

use crate::streams::{Keeper, read};

/// Settings, so that all ways to read a time are met.
const SETTINGS: [&str; 4] = [
    "{}",
    r#"{"strict":true}"#,
    r#"{"start":"2026-03-02T09:00:00+01:00","salvage":true}"#,
    r#"{"timezone":"-05:30","epoch":"fit","salvage":true}"#,
];

pub(crate) fn fuzz(bytes: &[u8]) {
    let keeper = Keeper::new(
        |header| Some(header.start),
        |item, last| match item {
            Item::Lap(lap) => {
                assert!(lap.start <= lap.end, "a lap ends before it starts");
                assert_eq!(Some(lap.end), last, "a lap follows its last sample");
            }
            item => panic!("{item:?}"),
        },
    );
    read::<ReadCsv>(bytes, &SETTINGS, keeper);
}
