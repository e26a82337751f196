//! Any bytes: no panic, no endless loop, times never go back, and what was read has a text that is
//! read as the same.

use pipeline_plugin::{Item, testing};
use plugin_jsonl::ReadJsonl;

use crate::streams::{Keeper, read};

/// All settings that matter.
const SETTINGS: [&str; 4] = [
    "{}",
    r#"{"strict":true}"#,
    r#"{"salvage":true}"#,
    r#"{"sport":"rowing/indoor"}"#,
];

pub(crate) fn fuzz(bytes: &[u8]) {
    let keeper = Keeper::new(
        |_| None,
        |item, _| {
            if let Item::Bytes(_) = item {
                return;
            }
            // Times beyond the calendar have no text that could be read.
            let text = testing::lines(std::slice::from_ref(item));
            if !text.contains(" µs") && !text.contains(":\"+") && !text.contains(":\"-") {
                assert_eq!(testing::lines(&testing::items(&text)), text);
            }
        },
    );
    read::<ReadJsonl>(bytes, &SETTINGS, keeper);
}
