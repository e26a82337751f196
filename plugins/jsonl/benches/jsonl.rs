//! How fast samples become a JSON Lines file, and a JSON Lines file samples.
//!
//! `cargo bench -p plugin-jsonl`
#![expect(clippy::unwrap_used, reason = "a bench that cannot go on fails")]

use std::io::Cursor;

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use pipeline_plugin::testing::{self, Counted};
use pipeline_plugin::{Context, Delivered, Header, Input, Item, ReaderPlugin, SinkPlugin, Summary};
use plugin_jsonl::{ReadJsonl, WriteJsonl};

const ROWS: u32 = 100_000;

fn main() {
    divan::main();
}

/// A line for each sample, or one for each batch.
const FORMS: [&str; 2] = ["rows", "batches"];

fn write(folder: &std::path::Path, form: &str, items: &[Item]) -> Delivered {
    let folder = serde_json::to_string(&folder.join("out")).unwrap();
    let batches = form == "batches";
    let settings = format!(r#"{{"folder":{folder},"batches":{batches}}}"#);
    let sink: WriteJsonl = testing::settings(&settings).unwrap();
    let mut open = sink.open(&Header::default(), &Context::detached()).unwrap();
    for item in items {
        open.write(item).unwrap();
    }
    open.finish(&Summary::default()).unwrap()
}

/// The file of a ride.
fn written(folder: &std::path::Path, form: &str, items: &[Item]) -> Vec<u8> {
    let Delivered::File(file) = write(folder, form, items) else {
        return Vec::new();
    };
    std::fs::read(file.temporary()).unwrap()
}

#[divan::bench(args = FORMS, sample_count = 20)]
fn sink(bencher: Bencher<'_, '_>, form: &str) {
    let folder = tempfile::tempdir().unwrap();
    let items = testing::ride(ROWS);
    let bytes = written(folder.path(), form, &items).len();
    bencher
        .counter(BytesCount::new(bytes))
        .counter(ItemsCount::new(ROWS))
        .bench_local(|| write(folder.path(), form, black_box(&items)));
}

#[divan::bench(args = FORMS, sample_count = 20)]
fn reader(bencher: Bencher<'_, '_>, form: &str) {
    let folder = tempfile::tempdir().unwrap();
    let file = written(folder.path(), form, &testing::ride(ROWS));
    let reader: ReadJsonl = testing::settings("{}").unwrap();
    bencher
        .counter(BytesCount::of_slice(&file))
        .counter(ItemsCount::new(ROWS))
        .bench_local(|| {
            let mut counted = Counted::default();
            let input = Input {
                name: "ride.jsonl",
                size: None,
                bytes: &mut Cursor::new(&file),
            };
            reader
                .read(input, &mut counted, &Context::detached())
                .unwrap();
            counted.rows
        });
}
