//! For the tests of plugins: runs one stage on items, without a host.

use std::io::{self, Read};

pub use crate::block_on::block_on;
use crate::{
    Content, Context, Error, Header, Item, Problem, Result, Settings, Summarizer, Summary,
    TransformPlugin, settings_from,
};

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

/// Runs a transform over a whole stream, as the host would.
///
/// Returns what it sent, and the summary that would reach the sinks.
///
/// # Errors
///
/// What the transform says.
pub fn run_transform(
    plugin: &dyn TransformPlugin,
    mut header: Header,
    items: Vec<Item>,
) -> Result<(Header, Vec<Item>, Summary)> {
    let mut transform = plugin.open(&mut header, &Context::detached())?;
    let mut sent = Vec::new();
    for item in items {
        transform.process(item, &mut sent)?;
    }
    let mut summarizer = Summarizer::new(&header);
    for item in &sent {
        summarizer.take(item);
    }
    let mut summary = summarizer.summary();
    let before = sent.len();
    transform.finish(&mut summary, &mut sent)?;
    summary.laps += u32::try_from(
        sent.iter()
            .skip(before)
            .filter(|item| matches!(item, Item::Lap(_)))
            .count(),
    )
    .unwrap_or(u32::MAX);
    Ok((header, sent, summary))
}
