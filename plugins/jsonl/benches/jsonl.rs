//! How fast samples become a JSON Lines file, and a JSON Lines file samples.
//!
//! `cargo bench -p plugin-jsonl`
#![expect(clippy::unwrap_used, reason = "a bench that cannot go on fails")]

use std::io::Cursor;

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use pipeline_plugin::{
    Batch, Context, Delivered, Header, Input, Item, Output, ReaderPlugin, Result, SinkPlugin,
    Streams, Summary, Timestamp, field, testing,
};
use plugin_jsonl::{ReadJsonl, WriteJsonl};

const ROWS: u32 = 100_000;

/// Degrees of a semicircle's 2³¹st part, in which FIT has positions.
const DEGREES: f64 = 180.0 / 2_147_483_648.0;

fn main() {
    divan::main();
}

/// What a cycling computer records each second: nine columns, scaled as in FIT.
fn ride() -> Vec<Item> {
    let fields = [
        field::POSITION_LAT,
        field::POSITION_LONG,
        field::ALTITUDE,
        field::DISTANCE,
        field::SPEED,
        field::HEART_RATE,
        field::CADENCE,
        field::POWER,
        field::TEMPERATURE,
    ];
    let mut items = Vec::new();
    let mut batch = Batch::new(&fields);
    for second in 0..ROWS {
        let n = f64::from(second);
        let row = [
            (565_000_000.0 + n * 40.0) * DEGREES,
            (101_000_000.0 + n * 31.0) * DEGREES,
            f64::from(second % 2000) / 5.0,
            f64::from(second * 8) + f64::from(second % 100) / 100.0,
            f64::from(7000 + second % 3000) / 1000.0,
            f64::from(120 + second % 60),
            f64::from(80 + second % 20),
            f64::from(150 + second % 200),
            21.0,
        ];
        batch.push(
            Timestamp::from_seconds(1_772_442_000 + i64::from(second)),
            &row,
        );
        if batch.len() == Batch::ROWS {
            items.push(Item::Samples(std::mem::replace(
                &mut batch,
                Batch::new(&fields),
            )));
        }
    }
    items.push(Item::Samples(batch));
    items
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
    let items = ride();
    let bytes = written(folder.path(), form, &items).len();
    bencher
        .counter(BytesCount::new(bytes))
        .counter(ItemsCount::new(ROWS))
        .bench_local(|| write(folder.path(), form, black_box(&items)));
}

/// Counts what comes.
#[derive(Default)]
struct Counted(usize);

impl Output for Counted {
    fn send(&mut self, item: Item) -> Result<()> {
        if let Item::Samples(batch) = black_box(item) {
            self.0 += batch.len();
        }
        Ok(())
    }
}

impl Streams for Counted {
    fn open(&mut self, _: Header) -> Result<()> {
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        Ok(())
    }
}

#[divan::bench(args = FORMS, sample_count = 20)]
fn reader(bencher: Bencher<'_, '_>, form: &str) {
    let folder = tempfile::tempdir().unwrap();
    let file = written(folder.path(), form, &ride());
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
            counted.0
        });
}
