//! Reading FIT files into items, and writing them again.
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on fails")]

use std::hint::black_box;
use std::io::Cursor;

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use pipeline_plugin::testing::{self, Counted};
use pipeline_plugin::{
    Batch, Context, Field, Header, Input, Item, Output, ReaderPlugin, Result, Sport, Streams,
    Summarizer, Timestamp, field,
};
use plugin_fit::{ActivityWriter, Encoding, FitReader};

/// Records of a made file: ten hours.
const RECORDS: u32 = 36_000;

const START: Timestamp = Timestamp::from_seconds(1_767_225_600);

fn main() {
    divan::main();
}

/// A stream as a file, like those of a rowing monitor or, with `more`, of a watch.
fn file(more: bool) -> Vec<u8> {
    let mut fields = vec![
        field::DISTANCE,
        field::SPEED,
        field::POWER,
        field::HEART_RATE,
        field::CADENCE,
        field::TOTAL_CYCLES,
        field::CYCLE_LENGTH,
    ];
    if more {
        fields.extend([
            field::POSITION_LAT,
            field::POSITION_LONG,
            field::ALTITUDE,
            field::TEMPERATURE,
            field::DRIVE_TIME,
            field::PEAK_DRIVE_FORCE,
            Field::new("vertical_oscillation", "mm"),
            Field::new("own", "rad"),
        ]);
    }
    let header = Header {
        start: START,
        sport: Sport::INDOOR_ROWING,
        ..Header::default()
    };
    let mut target = Target::new(&header);
    for first in (0..RECORDS).step_by(Batch::ROWS) {
        let mut batch = Batch::new(&fields);
        for second in first..RECORDS.min(first + 256) {
            let second = f64::from(second);
            let row: Vec<f64> = (0..fields.len())
                .map(|column| match column {
                    0 => 4.2 * second,
                    5 => (second / 2.5).floor(),
                    column => {
                        40.0 + (second / 7.0).sin() + f64::from(u8::try_from(column).unwrap())
                    }
                })
                .collect();
            batch.push(START + second, &row);
        }
        target.send(Item::Samples(batch)).unwrap();
    }
    target.finish().unwrap();
    target.file
}

/// Writes streams as files.
struct Target {
    summarizer: Summarizer,
    writer: Option<ActivityWriter<Cursor<Vec<u8>>>>,
    file: Vec<u8>,
}

impl Target {
    fn new(header: &Header) -> Self {
        let out = Cursor::new(Vec::new());
        Self {
            summarizer: Summarizer::new(header),
            writer: Some(ActivityWriter::new(out, header, &Encoding::default()).unwrap()),
            file: Vec::new(),
        }
    }
}

impl Output for Target {
    fn send(&mut self, item: Item) -> Result<()> {
        self.summarizer.take(&item);
        self.writer.as_mut().unwrap().write(&item)
    }
}

impl Streams for Target {
    fn open(&mut self, header: Header) -> Result<()> {
        *self = Self::new(&header);
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        let writer = self.writer.take().unwrap();
        self.file = writer.finish(&self.summarizer.summary())?.into_inner();
        Ok(())
    }
}

fn read(file: &[u8], out: &mut dyn Streams) {
    let reader: FitReader = testing::settings("{}").unwrap();
    let input = Input {
        name: "row.fit",
        size: None,
        bytes: &mut Cursor::new(file),
    };
    reader.read(input, out, &Context::detached()).unwrap();
}

/// A file into items: both passes.
#[divan::bench(args = [false, true])]
fn reading(bencher: Bencher<'_, '_>, more: bool) {
    let file = file(more);
    bencher
        .counter(BytesCount::of_slice(&file))
        .counter(ItemsCount::new(RECORDS))
        .bench(|| {
            let mut out = Counted::default();
            read(black_box(&file), &mut out);
            out.rows
        });
}

/// A file into a file.
#[divan::bench(args = [false, true])]
fn there_and_back(bencher: Bencher<'_, '_>, more: bool) {
    let file = file(more);
    bencher
        .counter(BytesCount::of_slice(&file))
        .counter(ItemsCount::new(RECORDS))
        .bench(|| {
            let mut out = Target::new(&Header::default());
            read(black_box(&file), &mut out);
            out.file
        });
}
