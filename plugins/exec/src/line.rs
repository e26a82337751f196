//! The lines that go to a program and come from it.

use pipeline_plugin::{Header, Item, Summary};
use serde::{Deserialize, Serialize};

/// The lines around the items.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Around<'a> {
    Open(&'a Header),
    Finish(&'a Summary),
}

/// A line of a program.
#[derive(Debug)]
pub(crate) enum Said {
    Item(Item),
    /// Where a sink has put the stream.
    Done(String),
    /// A line around the items, passed through: the host knows better.
    Around,
}

/// What stands in a line of a program.
pub(crate) fn parse(line: &str) -> Result<Said, serde_json::Error> {
    #[derive(Deserialize)]
    struct Done {
        done: String,
    }

    let item = match serde_json::from_str(line) {
        Ok(item) => return Ok(Said::Item(item)),
        Err(error) => error,
    };
    if let Ok(Done { done }) = serde_json::from_str(line) {
        return Ok(Said::Done(done));
    }
    let value: serde_json::Value = serde_json::from_str(line)?;
    match value.as_object().and_then(|map| map.keys().next()) {
        Some(key) if matches!(key.as_str(), "open" | "finish") => Ok(Said::Around),
        _ => Err(item),
    }
}
