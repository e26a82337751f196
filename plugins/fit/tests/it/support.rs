//! The ways through the crate that several tests take.

use std::fmt::Write as _;
use std::io::Cursor;

use expect_test::Expect;
use fit::{Decoder, Message, MessageField, profile};
use pipeline_plugin::{Header, Item, Summary, Timestamp, testing};
use plugin_fit::{ActivityWriter, Encoding};

/// What `@0` stands for in the texts of tests.
pub(crate) const START: Timestamp = Timestamp::from_seconds(1_767_225_600);

/// JSON with times in short: `@1.5` is one and a half seconds after [`START`].
pub(crate) fn json(text: &str) -> String {
    testing::with_times(START, text)
}

pub(crate) fn items(text: &str) -> Vec<Item> {
    testing::items(&json(text))
}

/// A row of indoor rowing from `@0`, with what `more` says besides.
pub(crate) fn header(more: &str) -> Header {
    let mut header: serde_json::Map<_, _> = serde_json::from_str(&json(more)).unwrap();
    for (key, value) in [("start", "@0"), ("sport", "\"rowing/indoor\"")] {
        let value = serde_json::from_str(&json(value)).unwrap();
        header.entry(key).or_insert(value);
    }
    serde_json::from_value(header.into()).unwrap()
}

/// What the host would tell a sink at the end of these items.
pub(crate) fn summary(header: &Header, items: &[Item]) -> Summary {
    testing::summary(header, items)
}

/// The file of a stream, which must be sound.
pub(crate) fn file(
    header: &Header,
    encoding: &Encoding,
    items: &[Item],
    summary: &Summary,
) -> Vec<u8> {
    let (file, _) = file_and_saturated(header, encoding, items, summary);
    let report = fit::inspect(&file);
    assert!(report.is_valid(), "{report}");
    assert_eq!(**Decoder::new(&file).problems(), []);
    file
}

pub(crate) fn file_and_saturated(
    header: &Header,
    encoding: &Encoding,
    items: &[Item],
    summary: &Summary,
) -> (Vec<u8>, u64) {
    let out = Cursor::new(Vec::new());
    let mut writer = ActivityWriter::new(out, header, encoding).unwrap();
    for item in items {
        writer.write(item).unwrap();
    }
    let saturated = writer.saturated();
    (writer.finish(summary).unwrap().into_inner(), saturated)
}

/// Every message of a file on a line of its own, without fields that hold nothing.
pub(crate) fn told(file: &[u8]) -> String {
    let mut text = String::new();
    each(file, |message| {
        text.push_str(message.name().unwrap_or("?"));
        for field in message.fields() {
            if let Some(value) = value(&field) {
                let name = field.name().unwrap_or("?");
                let _ = write!(text, " {name}={value}");
            }
        }
        text.push('\n');
    });
    text
}

pub(crate) fn each(file: &[u8], mut see: impl FnMut(Message<'_>)) {
    let mut decoder = Decoder::new(file);
    while let Some(message) = decoder.next_message().unwrap() {
        see(message);
    }
    assert_eq!(**decoder.problems(), []);
}

/// A field's value: names where there are some, times in seconds since [`START`].
fn value(field: &MessageField<'_>) -> Option<String> {
    if let Some(text) = field.text() {
        return Some(format!("`{text}`"));
    }
    if let Some(label) = field.label() {
        return Some(label.to_owned());
    }
    let kind = field.known().map(|known| known.kind);
    if let Some(profile::Kind::DateTime | profile::Kind::LocalDateTime) = kind {
        let start = fit::time::from_unix_seconds(START.rounded_seconds());
        return field.number().map(|time| format!("@{}", time - start));
    }
    let numbers: Vec<String> = field
        .numbers()
        .map(|number| number.map_or("-".to_owned(), |number| number.to_string()))
        .collect();
    match numbers.as_slice() {
        [one] => (one != "-").then(|| one.clone()),
        several => Some(several.join(",")),
    }
}

/// Compares the messages of a stream, those of the given names only.
pub(crate) fn check_messages(names: &[&str], file: &[u8], expect: Expect) {
    let told = told(file);
    let lines = told.lines().filter(|line| {
        let name = line.split(' ').next().unwrap_or_default();
        names.is_empty() || names.contains(&name)
    });
    expect.assert_eq(&lines.fold(String::new(), |text, line| text + line + "\n"));
}

/// Compares the messages of a stream that nothing has been said about but its items.
pub(crate) fn check(names: &[&str], more: &str, text: &str, expect: Expect) {
    let (header, items) = (header(more), items(text));
    let summary = summary(&header, &items);
    let file = file(&header, &Encoding::default(), &items, &summary);
    check_messages(names, &file, expect);
}
