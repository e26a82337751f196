//! The ways through the crate that several tests take.

use std::fmt::Write as _;
use std::path::Path;

use pipeline_plugin::testing::{self, Warnings};
use pipeline_plugin::{
    Batch, ContentKey, Delivered, Field, Header, Item, Kind, Result, Sink, SinkPlugin, Summarizer,
    Timestamp,
};
use plugin_sqlite::Sqlite;
use rusqlite::Connection;
use rusqlite::types::ValueRef;

/// A stream of that kind, of a device of that name.
pub(crate) fn header(kind: Kind, device: &str) -> Header {
    let mut header = Header {
        kind,
        ..Header::default()
    };
    device.clone_into(&mut header.device.name);
    header
}

/// A batch of one row: `2026-11-21T23:59:55Z soc=73.4 ac=145`, values in volts unless known.
pub(crate) fn row(text: &str) -> Batch {
    let mut words = text.split_whitespace();
    let time = Timestamp::parse(words.next().unwrap()).unwrap();
    let mut batch = Batch::of_times(vec![time]);
    for word in words {
        let (name, value) = word.split_once('=').unwrap();
        let value = value.parse::<f64>().unwrap_or(f64::NAN);
        batch.add(Field::new(name, "V"), vec![value]);
    }
    batch
}

pub(crate) fn rows(texts: &[&str]) -> Vec<Item> {
    texts.iter().map(|text| Item::Samples(row(text))).collect()
}

/// A sink for that database, and what it says.
pub(crate) fn open(
    file: &Path,
    options: &str,
    header: &Header,
) -> (Result<Box<dyn Sink>>, Warnings) {
    let mut settings: serde_json::Value = serde_json::from_str(options).unwrap();
    settings["file"] = file.to_str().unwrap().into();
    let sink: Sqlite = pipeline_plugin::settings_from(settings).unwrap();
    let told = Warnings::default();
    (sink.open(header, &told.context()), told)
}

/// Writes a stream; what was said.
pub(crate) fn write(file: &Path, options: &str, header: &Header, items: &[Item]) -> String {
    let (sink, told) = open(file, options, header);
    let mut summarizer = Summarizer::new(header);
    let written = sink.and_then(|mut sink| {
        for item in items {
            summarizer.take(item);
            sink.write(item)?;
        }
        let mut summary = summarizer.summary();
        let length = u8::try_from(items.len() % 256).unwrap();
        summary.content_key = ContentKey([length; 32]);
        sink.finish(&summary)
    });
    let mut said = told.to_string();
    match written {
        Ok(Delivered::Done(place)) => assert_eq!(place, file.display().to_string()),
        Ok(Delivered::File(_)) => panic!("a database is no file to publish"),
        Err(error) => {
            said.push_str(&testing::error_lines(&error));
        }
    }
    said.replace(&file.display().to_string(), "FILE")
}

pub(crate) fn log(file: &Path, options: &str, texts: &[&str]) -> String {
    let header = header(Kind::Log, "POWER-2F1C");
    write(file, options, &header, &rows(texts))
}

/// What a query answers, a line a row.
pub(crate) fn ask(file: &Path, sql: &str) -> String {
    let db = Connection::open(file).unwrap();
    let mut query = db.prepare(sql).unwrap();
    let width = query.column_count();
    let mut rows = query.query([]).unwrap();
    let mut text = String::new();
    while let Some(row) = rows.next().unwrap() {
        for index in 0..width {
            let cell = match row.get_ref(index).unwrap() {
                ValueRef::Null => "-".to_owned(),
                ValueRef::Integer(value) => value.to_string(),
                ValueRef::Real(value) => format!("{value}"),
                ValueRef::Text(value) => String::from_utf8_lossy(value).into_owned(),
                ValueRef::Blob(_) => panic!("no blobs"),
            };
            let blank = if index == 0 { "" } else { "|" };
            let _ = write!(text, "{blank}{cell}");
        }
        text.push('\n');
    }
    text
}

/// Everything that is in a database, to compare.
pub(crate) fn dump(file: &Path) -> String {
    ["stream", "field", "sample", "minute", "hour", "lap"]
        .map(|table| format!("{table}\n{}", ask(file, &format!("SELECT * FROM {table}"))))
        .concat()
}
