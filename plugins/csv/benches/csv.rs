//! How fast samples become a CSV file, and a CSV file samples.
//!
//! `cargo bench -p plugin-csv`
#![expect(clippy::unwrap_used, reason = "a bench that cannot go on fails")]

use std::io::Cursor;

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use pipeline_plugin::testing::{self, Counted};
use pipeline_plugin::{Context, Delivered, Header, Input, Item, ReaderPlugin, SinkPlugin, Summary};
use plugin_csv::{ReadCsv, WriteCsv};

const ROWS: u32 = 100_000;

fn main() {
    divan::main();
}

/// The file of a ride; its bytes are written to the disk's cache.
fn written(folder: &std::path::Path, items: &[Item]) -> Vec<u8> {
    let Delivered::File(file) = write(folder, items) else {
        return Vec::new();
    };
    std::fs::read(file.temporary()).unwrap()
}

fn write(folder: &std::path::Path, items: &[Item]) -> Delivered {
    let folder = serde_json::to_string(&folder.join("out")).unwrap();
    let sink: WriteCsv = testing::settings(&format!(r#"{{"folder":{folder}}}"#)).unwrap();
    let mut open = sink.open(&Header::default(), &Context::detached()).unwrap();
    for item in items {
        open.write(item).unwrap();
    }
    open.finish(&Summary::default()).unwrap()
}

/// The way that a ride without laps goes: at the end, its file is completed.
#[divan::bench(sample_count = 20)]
fn sink_without_laps(bencher: Bencher<'_, '_>) {
    let folder = tempfile::tempdir().unwrap();
    let items = testing::ride(ROWS);
    let bytes = written(folder.path(), &items).len();
    bencher
        .counter(BytesCount::new(bytes))
        .counter(ItemsCount::new(ROWS))
        .bench_local(|| write(folder.path(), black_box(&items)));
}

/// The way of nearly all: straight into the file.
#[divan::bench(sample_count = 20)]
fn sink(bencher: Bencher<'_, '_>) {
    let folder = tempfile::tempdir().unwrap();
    let mut items = testing::ride(ROWS);
    let lap = r#"{"lap":{"start":"2026-03-02T09:00:00Z","end":"2026-03-02T09:00:00Z",
        "trigger":"manual","totals":{}}}"#;
    items.push(serde_json::from_str(lap).unwrap());
    let bytes = written(folder.path(), &items).len();
    bencher
        .counter(BytesCount::new(bytes))
        .counter(ItemsCount::new(ROWS))
        .bench_local(|| write(folder.path(), black_box(&items)));
}

#[divan::bench(sample_count = 20)]
fn reader(bencher: Bencher<'_, '_>) {
    let folder = tempfile::tempdir().unwrap();
    let file = written(folder.path(), &testing::ride(ROWS));
    let reader: ReadCsv = testing::settings("{}").unwrap();
    bencher
        .counter(BytesCount::of_slice(&file))
        .counter(ItemsCount::new(ROWS))
        .bench_local(|| {
            let mut counted = Counted::default();
            let input = Input {
                name: "ride.csv",
                size: None,
                bytes: &mut Cursor::new(&file),
            };
            reader
                .read(input, &mut counted, &Context::detached())
                .unwrap();
            counted.rows
        });
}
