use std::fmt::Write as _;

use serde::Serialize;
use serde_json::Value;

use super::{Warnings, error_lines};
use crate::{
    Content, Error, Header, Input, Item, Output, ReaderPlugin, Result, Streams, Timestamp,
};

/// What a reader made of an input: the streams with their items, warnings, and the error if there was
/// one.
///
/// It holds a reader to the rules: an item belongs to a stream that is open, and one is open at a
/// time. A reader that breaks one makes it panic.
#[derive(Debug, Default)]
pub struct Collected {
    /// Each stream and its items, in their order.
    pub streams: Vec<(Header, Vec<Item>)>,
    /// What the reader warned of.
    pub warnings: Vec<String>,
    /// What ended the reading.
    pub error: Option<Error>,
    open: bool,
    refuse: Option<(usize, Error)>,
    start: Option<Timestamp>,
}

impl Collected {
    /// Tells times as seconds since `start`: `@1.5`.
    #[must_use]
    pub fn since(mut self, start: Timestamp) -> Self {
        self.start = Some(start);
        self
    }

    /// Refuses the item of that number, counted from 1, as a stage behind the reader might.
    #[must_use]
    pub fn refusing(mut self, number: usize, error: Error) -> Self {
        self.refuse = Some((number, error));
        self
    }

    /// Reads an input of that name, as the host would.
    ///
    /// # Panics
    ///
    /// When the reader breaks the rules of streams.
    #[must_use]
    pub fn read(mut self, plugin: &dyn ReaderPlugin, name: &str, bytes: &mut dyn Content) -> Self {
        let warnings = Warnings::default();
        let input = Input {
            name,
            size: None,
            bytes,
        };
        self.error = plugin.read(input, &mut self, &warnings.context()).err();
        self.warnings = warnings.messages();
        self
    }

    /// The items of all streams.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.streams.iter().flat_map(|(_, items)| items)
    }

    /// The headers of all streams.
    pub fn headers(&self) -> impl Iterator<Item = &Header> {
        self.streams.iter().map(|(header, _)| header)
    }

    /// Everything as lines of text: `open` and the header, the items and `finish` for every stream,
    /// then `warn` and a warning each, and the error with its help.
    ///
    /// Headers and items are JSON without what is not set.
    pub fn told(&self) -> String {
        let mut told = String::new();
        for (index, (header, items)) in self.streams.iter().enumerate() {
            let _ = writeln!(told, "open {}", short(header, self.start));
            for item in items {
                let _ = writeln!(told, "{}", short(item, self.start));
            }
            let is_last = index + 1 == self.streams.len();
            if !(is_last && self.open) {
                told.push_str("finish\n");
            }
        }
        for warning in &self.warnings {
            let _ = writeln!(told, "warn {warning}");
        }
        told + &self.error.as_ref().map(error_lines).unwrap_or_default()
    }

    /// The lines of [`told`](Self::told) that begin with one of these: `warn`, `{`.
    pub fn told_of(&self, beginnings: &[&str]) -> String {
        let told = self.told();
        let lines = told.split_inclusive('\n');
        lines
            .filter(|line| beginnings.iter().any(|word| line.starts_with(word)))
            .collect()
    }
}

impl Output for Collected {
    fn send(&mut self, item: Item) -> Result<()> {
        assert!(self.open, "an item without an open stream");
        if let Some((_, items)) = self.streams.last_mut() {
            items.push(item);
        }
        let sent = self.items().count();
        match self.refuse.take_if(|(number, _)| *number == sent) {
            Some((_, error)) => Err(error),
            None => Ok(()),
        }
    }
}

impl Streams for Collected {
    fn open(&mut self, header: Header) -> Result<()> {
        assert!(!self.open, "two streams at once");
        self.open = true;
        self.streams.push((header, Vec::new()));
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        assert!(self.open, "no stream to finish");
        self.open = false;
        Ok(())
    }
}

/// A header or an item as JSON without what is not set; with a `start`, times as seconds since then:
/// `"@1.5"`.
///
/// # Panics
///
/// Never for what has a text form, as headers and items have.
pub fn short(value: &impl Serialize, start: Option<Timestamp>) -> String {
    match serde_json::to_value(value) {
        Ok(mut value) => {
            shorten(&mut value, start);
            value.to_string()
        }
        Err(error) => panic!("{error}"),
    }
}

fn shorten(value: &mut Value, start: Option<Timestamp>) {
    match value {
        Value::Object(map) => {
            map.values_mut().for_each(|value| shorten(value, start));
            map.retain(|_, value| match value {
                Value::Null => false,
                Value::String(text) => !text.is_empty(),
                Value::Object(map) => !map.is_empty(),
                _ => true,
            });
        }
        Value::Array(list) => list.iter_mut().for_each(|value| shorten(value, start)),
        Value::String(text) => {
            if let Some(start) = start
                && let Some(time) = Timestamp::parse(text)
            {
                *text = format!("@{}", time - start);
            }
        }
        _ => {}
    }
}

/// Reads an input of that name, as the host would.
///
/// # Panics
///
/// When the reader breaks the rules of streams.
pub fn run_reader(plugin: &dyn ReaderPlugin, name: &str, bytes: &mut dyn Content) -> Collected {
    Collected::default().read(plugin, name, bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{items, with_times};

    const START: Timestamp = Timestamp::from_seconds(1_767_225_600);

    fn item() -> Item {
        let text = r#"{"lap":{"start":@0,"end":@1.5,"trigger":"manual","totals":{}}}"#;
        items(&with_times(START, text)).remove(0)
    }

    #[test]
    fn streams_are_told_in_their_order() {
        let mut collected = Collected::default().since(START);
        for _ in 0..2 {
            collected.open(Header::default()).unwrap();
            collected.send(item()).unwrap();
            collected.finish().unwrap();
        }
        collected.open(Header::default()).unwrap();
        collected.error = Some(Error::skip("it broke off").with_help("mend it"));
        let words: Vec<_> = collected
            .told()
            .lines()
            .map(|line| line[..5].to_owned())
            .collect();
        let expected = [
            "open ", "{\"lap", "finis", "open ", "{\"lap", "finis", "open ", "Skip:", "help:",
        ];
        assert_eq!(words, expected);
        assert!(collected.told().contains(r#""start":"@0","end":"@1.5""#));
        assert_eq!(collected.told_of(&["help"]), "help: mend it\n");
        assert_eq!(
            (collected.headers().count(), collected.items().count()),
            (3, 2)
        );
    }

    #[test]
    fn an_item_is_refused_by_its_number() {
        let mut collected = Collected::default().refusing(2, Error::skip("no more"));
        collected.open(Header::default()).unwrap();
        assert!(collected.send(item()).is_ok());
        assert!(collected.send(item()).is_err());
        assert!(collected.send(item()).is_ok());
    }

    #[test]
    #[should_panic(expected = "two streams at once")]
    fn one_stream_is_open_at_a_time() {
        let mut collected = Collected::default();
        collected.open(Header::default()).unwrap();
        let _ = collected.open(Header::default());
    }
}
