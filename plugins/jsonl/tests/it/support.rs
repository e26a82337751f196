//! The ways through the crate that several tests take.

use std::fmt::Write as _;
use std::fs;
use std::io::Read;
use std::sync::{Arc, Mutex};

use expect_test::Expect;
use pipeline_plugin::{
    Cancel, Context, Delivered, Error, Header, Input, Item, Output, ReaderPlugin, Result,
    SinkPlugin, Streams, Summarizer, Timestamp, testing,
};
use plugin_jsonl::{ReadJsonl, WriteJsonl};
use serde_json::Value;

/// What `@0` stands for in the texts of tests: 2026-03-02T09:00:00Z.
pub(crate) const START: Timestamp = Timestamp::from_seconds(1_772_442_000);

/// JSON with times in short: `@1.5` is one and a half seconds after [`START`].
fn json(text: &str) -> String {
    let mut parts = text.split('@');
    let mut json = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| !c.is_ascii_digit() && c != '.');
        let (seconds, rest) = part.split_at(end.unwrap_or(part.len()));
        let seconds: f64 = seconds.parse().unwrap();
        let _ = write!(json, "\"{}\"{rest}", START + seconds);
    }
    json
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

/// A context that writes warnings down.
fn listening() -> (Context, Arc<Mutex<String>>) {
    let warnings = Arc::new(Mutex::new(String::new()));
    let told = Arc::clone(&warnings);
    let context = Context::new("jsonl", Cancel::default(), move |warning| {
        let _ = writeln!(told.lock().unwrap(), "warn {}", warning.message);
    });
    (context, warnings)
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
    let (context, warnings) = listening();
    let mut summarizer = Summarizer::new(header);
    let mut open = sink.open(header, &context)?;
    for item in items {
        summarizer.take(item);
        open.write(item)?;
    }
    let Delivered::File(file) = open.finish(&summarizer.summary())? else {
        panic!("a file");
    };
    let text = fs::read_to_string(file.temporary()).unwrap();
    drop(file);
    let left = fs::read_dir(folder.path().join("out.staging"))
        .unwrap()
        .count();
    assert_eq!(left, 0, "files left behind");
    let warnings = warnings.lock().unwrap().clone();
    Ok((text, warnings))
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

/// What a reader sends, written down as it comes.
#[derive(Debug, Default)]
pub(crate) struct Collected {
    pub(crate) headers: Vec<Header>,
    pub(crate) items: Vec<Item>,
    pub(crate) lines: String,
    /// Refuses the item with this number, counted from 1.
    pub(crate) refuse: Option<(usize, Error)>,
    pub(crate) open: bool,
}

impl Output for Collected {
    fn send(&mut self, item: Item) -> Result<()> {
        assert!(self.open, "an item without an open stream");
        let _ = writeln!(self.lines, "{}", short(&item));
        self.items.push(item);
        match self.refuse.take() {
            Some((number, error)) if number == self.items.len() => Err(error),
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
        self.headers.push(header);
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        assert!(std::mem::take(&mut self.open), "no stream to finish");
        self.lines.push_str("finish\n");
        Ok(())
    }
}

/// JSON without what is not set.
fn short(value: &impl serde::Serialize) -> Value {
    fn prune(value: &mut Value) {
        if let Value::Object(map) = value {
            map.values_mut().for_each(prune);
            map.retain(|_, value| match value {
                Value::Null => false,
                Value::String(text) => !text.is_empty(),
                Value::Object(map) => !map.is_empty(),
                _ => true,
            });
        }
    }
    let mut value = serde_json::to_value(value).unwrap();
    prune(&mut value);
    value
}

/// Reads a file into `collected`, with warnings and the error as its last lines.
pub(crate) fn read_into(collected: &mut Collected, settings: &str, bytes: impl Read) {
    let settings: ReadJsonl = testing::settings(settings).unwrap();
    let (context, warnings) = listening();
    let input = Input {
        name: "row.jsonl",
        size: None,
        bytes: &mut testing::Once(bytes),
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

pub(crate) fn read(settings: &str, bytes: impl Read) -> Collected {
    let mut collected = Collected::default();
    read_into(&mut collected, settings, bytes);
    collected
}

/// Everything that is told of a file (whose times are in short), item by item.
pub(crate) fn check(settings: &str, text: &str, expect: Expect) {
    expect.assert_eq(&read(settings, file(text).as_bytes()).lines);
}

/// Only the warnings, the error and its help.
pub(crate) fn check_told(settings: &str, text: &str, expect: Expect) {
    expect.assert_eq(&told(&read(settings, file(text).as_bytes())));
}

/// Only the warnings, the error and its help.
pub(crate) fn told(collected: &Collected) -> String {
    let lines = collected.lines.lines();
    let lines = lines.filter(|line| {
        !line.starts_with('{') && !line.starts_with("open") && !line.starts_with("finish")
    });
    lines.fold(String::new(), |text, line| text + line + "\n")
}
