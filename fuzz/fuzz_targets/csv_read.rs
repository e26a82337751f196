//! Any bytes: no panic, no endless loop, times never go back and laps follow their last sample.
#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use pipeline_plugin::{
    Context, Header, Input, Item, Output, ReaderPlugin, Result, Streams, Timestamp, testing,
};
use plugin_csv::ReadCsv;

/// Settings, so that all ways to read a time are met.
const SETTINGS: [&str; 4] = [
    "{}",
    r#"{"strict":true}"#,
    r#"{"start":"2026-03-02T09:00:00+01:00","salvage":true}"#,
    r#"{"timezone":"-05:30","epoch":"fit","salvage":true}"#,
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
            Item::Lap(lap) => {
                assert!(lap.start <= lap.end, "a lap ends before it starts");
                assert_eq!(Some(lap.end), self.last, "a lap follows its last sample");
            }
            item => panic!("{item:?}"),
        }
        Ok(())
    }
}

impl Streams for Rules {
    fn open(&mut self, header: Header) -> Result<()> {
        assert!(!std::mem::replace(&mut self.open, true), "two streams at once");
        self.last = Some(header.start);
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
    let reader: ReadCsv = testing::settings(settings).expect("settings");
    let input = Input {
        name: "fuzz.csv",
        size: None,
        bytes: &mut Cursor::new(file),
    };
    let _ = reader.read(input, &mut Rules::default(), &Context::detached());
});
