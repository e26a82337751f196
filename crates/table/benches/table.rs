//! How fast numbers and times become text, and text numbers and times.
//!
//! `cargo bench -p table`

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use table::{TimeReader, TimeWriter, read_number, write_json_number, write_number};

const COUNT: u32 = 10_000;

fn main() {
    divan::main();
}

/// Values as recordings have them.
#[derive(Debug, Clone, Copy)]
enum Values {
    /// Heart rates: whole.
    Whole,
    /// Distances in centimetres.
    Hundredths,
    /// Positions of a FIT file, in degrees.
    Degrees,
}

const VALUES: [Values; 3] = [Values::Whole, Values::Hundredths, Values::Degrees];

fn values(kind: Values) -> Vec<f64> {
    let value = |n: u32| match kind {
        Values::Whole => f64::from(100 + n % 90),
        Values::Hundredths => f64::from(n * 416) / 100.0,
        Values::Degrees => f64::from(622_000_000 + n * 17) * (180.0 / 2_147_483_648.0),
    };
    (0..COUNT).map(value).collect()
}

fn texts(kind: Values) -> Vec<Vec<u8>> {
    let text = |value: f64| {
        let mut out = Vec::new();
        write_number(&mut out, value);
        out
    };
    values(kind).into_iter().map(text).collect()
}

#[divan::bench(args = VALUES)]
fn write(bencher: Bencher<'_, '_>, kind: Values) {
    let values = values(kind);
    let mut out = Vec::with_capacity(1 << 20);
    bencher.counter(ItemsCount::new(COUNT)).bench_local(|| {
        out.clear();
        for value in &values {
            write_number(&mut out, black_box(*value));
        }
        out.len()
    });
}

#[divan::bench(args = VALUES)]
fn write_json(bencher: Bencher<'_, '_>, kind: Values) {
    let values = values(kind);
    let mut out = Vec::with_capacity(1 << 20);
    bencher.counter(ItemsCount::new(COUNT)).bench_local(|| {
        out.clear();
        for value in &values {
            write_json_number(&mut out, black_box(*value));
        }
        out.len()
    });
}

#[divan::bench(args = VALUES)]
fn read(bencher: Bencher<'_, '_>, kind: Values) {
    let texts = texts(kind);
    bencher.counter(ItemsCount::new(COUNT)).bench_local(|| {
        let numbers = texts.iter().map(|text| read_number(black_box(text)));
        numbers.map(Option::unwrap_or_default).sum::<f64>()
    });
}

#[divan::bench]
fn write_time(bencher: Bencher<'_, '_>) {
    let mut out = Vec::with_capacity(1 << 20);
    bencher.counter(ItemsCount::new(COUNT)).bench_local(|| {
        out.clear();
        let mut writer = TimeWriter::default();
        for second in 0..i64::from(COUNT) {
            writer.write(
                &mut out,
                black_box(1_772_442_000_000_000 + second * 1_000_000),
            );
        }
        out.len()
    });
}

#[divan::bench]
fn read_time(bencher: Bencher<'_, '_>) {
    let mut writer = TimeWriter::default();
    let times = (0..i64::from(COUNT)).map(|second| {
        let mut out = Vec::new();
        writer.write(&mut out, 1_772_442_000_000_000 + second * 1_000_000);
        out
    });
    let times: Vec<_> = times.collect();
    bencher.counter(ItemsCount::new(COUNT)).bench_local(|| {
        let mut reader = TimeReader::default();
        let times = times.iter().map(|text| reader.read(black_box(text)));
        times.map(|time| time.map_or(0, |time| time.micros)).max()
    });
}
