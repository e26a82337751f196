//! Any bytes: no panic, no endless loop, times never go back, and what was read has a text that is
//! read as the same.
#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use pipeline_plugin::{
    Context, Header, Input, Item, Output, ReaderPlugin, Result, Streams, Timestamp, testing,
};
use plugin_jsonl::ReadJsonl;

/// All settings that matter.
const SETTINGS: [&str; 4] = [
    "{}",
    r#"{"strict":true}"#,
    r#"{"salvage":true}"#,
    r#"{"sport":"rowing/indoor"}"#,
];

/// Keeps the rules of streams.
#[derive(Default)]
struct Rules {
    open: bool,
    last: Option<Timestamp>,
}

impl Output for Rules {
    fn send(&mut self, item: Item) -> Result<()> {
        assert!(self.open, "an item without an open stream");
        match item {
            Item::Samples(batch) => {
                assert!(!batch.is_empty(), "an empty batch");
                for time in batch.time() {
                    assert!(self.last <= Some(*time), "time goes back");
                    self.last = Some(*time);
                }
                let whole = |values: &Vec<f64>| values.len() == batch.len();
                assert!(batch.columns().iter().all(|column| whole(&column.values)));
            }
            Item::Bytes(_) => {}
            item => {
                // Times beyond the calendar have no text that could be read.
                let text = testing::lines(std::slice::from_ref(&item));
                if !text.contains(" µs") && !text.contains(":\"+") && !text.contains(":\"-") {
                    assert_eq!(testing::lines(&testing::items(&text)), text);
                }
            }
        }
        Ok(())
    }
}

impl Streams for Rules {
    fn open(&mut self, _: Header) -> Result<()> {
        assert!(!std::mem::replace(&mut self.open, true), "two streams at once");
        self.last = None;
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        assert!(std::mem::take(&mut self.open), "no stream to finish");
        Ok(())
    }
}

fuzz_target!(|bytes: &[u8]| {
    // The first byte chooses the settings.
    let Some((choice, file)) = bytes.split_first() else {
        return;
    };
    let settings = SETTINGS[usize::from(*choice) % SETTINGS.len()];
    let reader: ReadJsonl = testing::settings(settings).expect("settings");
    let input = Input {
        name: "fuzz.jsonl",
        size: None,
        bytes: &mut Cursor::new(file),
    };
    let _ = reader.read(input, &mut Rules::default(), &Context::detached());
});
