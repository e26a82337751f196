//! For the tests of plugins: runs one stage on what a test gives it, without a host.
//!
//! | what is tested | what runs it |
//! |---|---|
//! | settings | [`settings`] reads them from JSON, [`problems`] tells what is wrong with them |
//! | a reader | [`run_reader`], which gives what was [`Collected`] |
//! | a transform | [`run_transform`] |
//! | a sink | [`run_sink`], with the [`summary`] that a host would give |
//! | a benchmark | a [`ride`] for what writes; for what reads [`Counted`], which keeps nothing |
//!
//! Items are JSON Lines in both directions, [`items`] and [`lines`], so that a test can say what it
//! means in a few lines of text:
//!
//! ```
//! use std::io::Cursor;
//!
//! use pipeline_plugin::{
//!     Batch, Context, Error, Header, Input, Item, ReaderPlugin, Result, Streams, Timestamp, field,
//!     testing,
//! };
//!
//! /// Reads a power in watts from every line, one a second.
//! #[derive(serde::Deserialize, schemars::JsonSchema)]
//! struct Watts {}
//!
//! impl ReaderPlugin for Watts {
//!     fn read(&self, input: Input<'_>, out: &mut dyn Streams, cx: &Context) -> Result<()> {
//!         let text = std::io::read_to_string(input.bytes);
//!         let text = text.map_err(|error| Error::io("read the input", error))?;
//!         let mut batch = Batch::new(&[field::POWER]);
//!         for (second, line) in (0..).zip(text.lines()) {
//!             match line.parse() {
//!                 Ok(watts) => batch.push(Timestamp::from_seconds(second), &[watts]),
//!                 Err(_) => cx.warn(format!("line {}: no number, left out", second + 1)),
//!             }
//!         }
//!         out.open(Header { name: input.name.to_owned(), ..Header::default() })?;
//!         out.send(Item::Samples(batch))?;
//!         out.finish()
//!     }
//! }
//!
//! let reader: Watts = testing::settings("{}").unwrap();
//! let collected = testing::run_reader(&reader, "row.txt", &mut Cursor::new("150\n?\n160\n"));
//! assert_eq!(
//!     collected.told(),
//!     r#"open {"kind":"activity","name":"row.txt","start":"1970-01-01T00:00:00Z","sport":"generic"}
//! {"samples":{"time":["1970-01-01T00:00:00Z","1970-01-01T00:00:02Z"],"power":[150.0,160.0]}}
//! finish
//! warn line 2: no number, left out
//! "#
//! );
//! ```
//!
//! A function that is given something which no test should give it (a line that is no item, say)
//! panics with the reason: the test is what is wrong.

use std::fmt::Write as _;
use std::io::{self, Read};

pub use crate::block_on::block_on;
use crate::{
    Content, Context, Delivered, Error, Header, Item, Problem, Result, Settings, SinkPlugin,
    Summarizer, Summary, Timestamp, TransformPlugin, settings_from,
};

mod collected;
mod counted;
mod ride;
mod warnings;

pub use collected::{Collected, run_reader, short};
pub use counted::Counted;
pub use ride::ride;
pub use warnings::Warnings;

/// Reads settings from JSON text, as the host would from the pipeline file.
///
/// # Errors
///
/// What is wrong in them.
pub fn settings<S: Settings>(json: &str) -> Result<S, Problem> {
    match serde_json::from_str(json) {
        Ok(value) => settings_from(value),
        Err(error) => Err(Problem::new(error.to_string())),
    }
}

/// What is wrong with settings, whether they can't be read or `check` finds it: a line each, such as
/// ``every: the unit is missing (write `500 m`)``. Nothing where all is well.
pub fn problems<S: Settings>(json: &str, check: impl FnOnce(&S) -> Vec<Problem>) -> String {
    let problems = match settings(json) {
        Ok(settings) => check(&settings),
        Err(problem) => vec![problem],
    };
    let line = |problem: Problem| {
        let help = problem.help.map(|help| format!(" ({help})"));
        let help = help.unwrap_or_default();
        format!("{}: {}{help}\n", problem.path.join("."), problem.message)
    };
    problems.into_iter().map(line).collect()
}

/// An input that can be read once.
#[derive(Debug)]
pub struct Once<R>(pub R);

impl<R: Read> Read for Once<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl<R: Read> Content for Once<R> {
    fn keep(&mut self) -> Result<()> {
        Ok(())
    }

    fn rewind(&mut self) -> Result<()> {
        Err(Error::skip("this input can be read once"))
    }
}

/// JSON in which `@1.5` stands for the time one and a half seconds after `start`.
///
/// There must be no other `@` in it.
///
/// # Panics
///
/// When something else than seconds follows an `@`.
pub fn with_times(start: Timestamp, text: &str) -> String {
    let mut parts = text.split('@');
    let mut json = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| !c.is_ascii_digit() && c != '.');
        let (seconds, rest) = part.split_at(end.unwrap_or(part.len()));
        let Ok(seconds) = seconds.parse::<f64>() else {
            panic!("`@{part}`: no seconds");
        };
        let _ = write!(json, "\"{}\"{rest}", start + seconds);
    }
    json
}

/// Reads items from JSON Lines.
///
/// # Panics
///
/// When a line is no item.
pub fn items(lines: &str) -> Vec<Item> {
    lines
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| match serde_json::from_str(line) {
            Ok(item) => item,
            Err(error) => panic!("{line}: {error}"),
        })
        .collect()
}

/// Items as JSON Lines.
///
/// # Panics
///
/// Never: every item has a text form.
pub fn lines(items: &[Item]) -> String {
    items
        .iter()
        .map(|item| serde_json::to_string(item).unwrap_or_else(|error| panic!("{error}")) + "\n")
        .collect()
}

/// What the host would tell a sink, or a transform, at the end of a stream with these items.
pub fn summary(header: &Header, items: &[Item]) -> Summary {
    let mut summarizer = Summarizer::new(header);
    for item in items {
        summarizer.take(item);
    }
    summarizer.summary()
}

/// Runs a transform over a whole stream, as the host would.
///
/// Returns what it sent, and the summary that would reach the sinks.
///
/// # Errors
///
/// What the transform says.
pub fn run_transform(
    plugin: &dyn TransformPlugin,
    header: Header,
    items: Vec<Item>,
) -> Result<(Header, Vec<Item>, Summary)> {
    run_transform_in(&Context::detached(), plugin, header, items)
}

/// The same with a context of the test's own, such as one of [`Warnings`].
///
/// # Errors
///
/// What the transform says.
pub fn run_transform_in(
    cx: &Context,
    plugin: &dyn TransformPlugin,
    mut header: Header,
    items: Vec<Item>,
) -> Result<(Header, Vec<Item>, Summary)> {
    let mut transform = plugin.open(&mut header, cx)?;
    let mut sent = Vec::new();
    for item in items {
        transform.process(item, &mut sent)?;
    }
    let mut summary = summary(&header, &sent);
    let before = sent.len();
    transform.finish(&mut summary, &mut sent)?;
    let laps = sent.iter().skip(before);
    let laps = laps.filter(|item| matches!(item, Item::Lap(_))).count();
    summary.laps += u32::try_from(laps).unwrap_or(u32::MAX);
    Ok((header, sent, summary))
}

/// Writes a whole stream with a sink, as the host would but for putting its file into place.
///
/// # Errors
///
/// What the sink says.
pub fn run_sink(
    cx: &Context,
    plugin: &dyn SinkPlugin,
    header: &Header,
    items: &[Item],
    summary: &Summary,
) -> Result<Delivered> {
    let mut sink = plugin.open(header, cx)?;
    for item in items {
        sink.write(item)?;
    }
    sink.finish(summary)
}

/// An error with all its causes and its help, as lines of text.
pub fn error_lines(error: &Error) -> String {
    let mut lines = format!("{:?}: {}\n", error.kind(), error.with_causes());
    if let Some(help) = error.help() {
        let _ = writeln!(lines, "help: {help}");
    }
    lines
}
