//! How fast a TCX file is read, beside what quick-xml needs for finding its events only, and how fast
//! it is written.
//!
//! `cargo bench -p tcx`; the ratios within one run are what to look at.

use std::io::{BufReader, Cursor};

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use tcx::{CleanOptions, Cleaner, Event, Options, Reader, Writer};

mod generate;

use generate::{Shape, file};

const SIZE: usize = 16 << 20;
const BUFFER: usize = 64 << 10;
const SHAPES: [Shape; 2] = [Shape::Coxswain, Shape::Garmin];

fn main() {
    divan::main();
}

/// The yardstick: quick-xml from a buffered reader, events thrown away.
#[divan::bench(args = SHAPES, sample_count = 20)]
fn quick_xml_buffered(bencher: Bencher<'_, '_>, shape: Shape) {
    let text = file(shape, SIZE);
    bencher.counter(BytesCount::of_str(&text)).bench_local(|| {
        let input = BufReader::with_capacity(BUFFER, text.as_bytes());
        let mut reader = quick_xml::Reader::from_reader(input);
        let (mut buffer, mut events) = (Vec::new(), 0_u64);
        while !matches!(
            reader.read_event_into(&mut buffer),
            Ok(quick_xml::events::Event::Eof)
        ) {
            events += 1;
            buffer.clear();
        }
        black_box(events)
    });
}

/// quick-xml from memory, events thrown away.
#[divan::bench(args = SHAPES, sample_count = 20)]
fn quick_xml_slice(bencher: Bencher<'_, '_>, shape: Shape) {
    let text = file(shape, SIZE);
    bencher.counter(BytesCount::of_str(&text)).bench_local(|| {
        let mut reader = quick_xml::Reader::from_str(&text);
        reader.config_mut().check_end_names = false;
        let mut events = 0_u64;
        while !matches!(reader.read_event(), Ok(quick_xml::events::Event::Eof)) {
            events += 1;
        }
        black_box(events)
    });
}

/// Our events, with every number read.
#[divan::bench(args = SHAPES, sample_count = 20)]
fn reader(bencher: Bencher<'_, '_>, shape: Shape) {
    let text = file(shape, SIZE);
    bencher.counter(BytesCount::of_str(&text)).bench_local(|| {
        let mut reader = Reader::new(text.as_bytes(), Options::default());
        let mut events = 0_u64;
        while let Some(event) = reader.next().expect("the file is sound") {
            black_box(&event);
            events += 1;
        }
        events
    });
}

/// The same, cleaned.
#[divan::bench(args = SHAPES, sample_count = 20)]
fn cleaner(bencher: Bencher<'_, '_>, shape: Shape) {
    let text = file(shape, SIZE);
    bencher.counter(BytesCount::of_str(&text)).bench_local(|| {
        let reader = Reader::new(text.as_bytes(), Options::default());
        let mut cleaner = Cleaner::new(reader, CleanOptions::default());
        let mut pieces = 0_u64;
        while let Some(piece) = cleaner.next().expect("the file is sound") {
            black_box(&piece);
            pieces += 1;
        }
        pieces
    });
}

fn write(events: &[Event]) -> Vec<u8> {
    let spool = || Ok(Cursor::new(Vec::with_capacity(2 * SIZE)));
    let mut writer = Writer::new(Vec::with_capacity(2 * SIZE), spool);
    for event in events {
        writer.write(event).expect("memory takes all bytes");
    }
    writer.finish().expect("memory takes all bytes")
}

/// What we write, per byte written: Coxswain's one lap goes through the spool, Garmin's many don't.
#[divan::bench(args = SHAPES, sample_count = 20)]
fn writer(bencher: Bencher<'_, '_>, shape: Shape) {
    let text = file(shape, SIZE);
    let mut reader = Reader::new(text.as_bytes(), Options::default());
    let mut events = Vec::new();
    while let Some(event) = reader.next().expect("the file is sound") {
        events.push(event);
    }
    let size = write(&events).len();
    bencher
        .counter(BytesCount::new(size))
        .bench_local(|| write(&events));
}
