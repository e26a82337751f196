//! The reader of FIT files as a host sees it: streams, warnings and errors.

mod columns;
mod damage;
mod developer;
mod files;
mod laps;
mod made;
mod real;
mod streams;
pub(crate) mod there_and_back;
mod times;

use std::fmt::Write as _;
use std::io::Cursor;
use std::sync::{Arc, Mutex};

use expect_test::Expect;
use pipeline_plugin::{
    Cancel, Content, Context, Error, Header, Input, Item, Output, ReaderPlugin, Result, Streams,
    testing,
};
use plugin_fit::FitReader;
use serde_json::Value;

use crate::support::START;

/// What a reader sends, written down as it comes.
#[derive(Debug, Default)]
pub(crate) struct Collected {
    /// Each stream's header and items.
    pub(crate) streams: Vec<(Header, Vec<Item>)>,
    pub(crate) lines: String,
    /// Refuses the item with this number, counted from 1.
    pub(crate) refuse: Option<(usize, Error)>,
    open: bool,
    sent: usize,
}

impl Output for Collected {
    fn send(&mut self, item: Item) -> Result<()> {
        assert!(self.open, "an item without an open stream");
        let _ = writeln!(self.lines, "{}", short(&item));
        self.streams.last_mut().unwrap().1.push(item);
        self.sent += 1;
        match self.refuse.take() {
            Some((number, error)) if number == self.sent => Err(error),
            refuse => {
                self.refuse = refuse;
                Ok(())
            }
        }
    }
}

impl Streams for Collected {
    fn open(&mut self, header: Header) -> Result<()> {
        assert!(!self.open, "two streams at once");
        self.open = true;
        let _ = writeln!(self.lines, "open {}", short(&header));
        self.streams.push((header, Vec::new()));
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        assert!(std::mem::take(&mut self.open), "no stream to finish");
        self.lines.push_str("finish\n");
        Ok(())
    }
}

/// JSON without what is not set, and with times as in the notation of files.
fn short(value: &impl serde::Serialize) -> String {
    fn prune(value: &mut Value) {
        match value {
            Value::Object(map) => {
                map.values_mut().for_each(prune);
                map.retain(|_, value| match value {
                    Value::Null => false,
                    Value::String(text) => !text.is_empty(),
                    Value::Object(map) => !map.is_empty(),
                    _ => true,
                });
            }
            Value::Array(list) => list.iter_mut().for_each(prune),
            Value::String(text) => {
                if let Some(time) = pipeline_plugin::Timestamp::parse(text) {
                    *text = format!("@{}", time - START);
                }
            }
            _ => {}
        }
    }
    let mut value = serde_json::to_value(value).unwrap();
    prune(&mut value);
    value.to_string()
}

/// Reads a file into `collected`, with warnings and the error as its last lines.
pub(crate) fn read_into(collected: &mut Collected, settings: &str, bytes: &mut dyn Content) {
    let settings: FitReader = testing::settings(settings).unwrap();
    let warnings = Arc::new(Mutex::new(String::new()));
    let told = Arc::clone(&warnings);
    let context = Context::new("fit", Cancel::default(), move |warning| {
        let _ = writeln!(told.lock().unwrap(), "warn {}", warning.message);
    });
    let input = Input {
        name: "row.fit",
        size: None,
        bytes,
    };
    let result = settings.read(input, collected, &context);
    collected.lines.push_str(&warnings.lock().unwrap());
    if let Err(error) = result {
        let _ = writeln!(
            collected.lines,
            "{:?}: {}",
            error.kind(),
            error.with_causes()
        );
        if let Some(help) = error.help() {
            let _ = writeln!(collected.lines, "help: {help}");
        }
    }
}

pub(crate) fn read(settings: &str, bytes: &[u8]) -> Collected {
    let mut collected = Collected::default();
    read_into(&mut collected, settings, &mut Cursor::new(bytes));
    collected
}

/// Everything that is told of a file, item by item.
pub(crate) fn check(settings: &str, file: &[u8], expect: Expect) {
    expect.assert_eq(&read(settings, file).lines);
}

/// Only the lines that begin with one of these.
pub(crate) fn check_lines(words: &[&str], settings: &str, file: &[u8], expect: Expect) {
    let lines = read(settings, file).lines;
    let lines = lines
        .lines()
        .filter(|line| words.iter().any(|word| line.starts_with(word)));
    expect.assert_eq(&lines.fold(String::new(), |text, line| text + line + "\n"));
}

/// Everything but headers.
pub(crate) const NO_HEADERS: &[&str] = &["{", "finish", "warn", "Skip", "help", "Plugin"];

/// Everything but items and headers.
pub(crate) const TOLD: &[&str] = &["finish", "warn", "Skip", "help", "Plugin", "Cancelled"];

/// The rows of an item: time in seconds and power.
pub(crate) fn samples(item: &Item) -> Vec<(f64, f64)> {
    let Item::Samples(batch) = item else {
        return Vec::new();
    };
    let power = batch.column(&pipeline_plugin::field::POWER).unwrap();
    let rows = batch.time().iter().zip(power);
    rows.map(|(time, power)| (*time - START, *power)).collect()
}
