//! How fast a GPX file is read, beside what quick-xml needs for finding its events only, and how fast
//! it is written, beside formatting the same points with `write!`.
//!
//! `cargo bench -p gpx`; the ratios within one run are what to look at.

use std::fmt::Write as _;
use std::io::BufReader;

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use gpx::{Cleaner, Event, Options, Reader, Trackpoint, Writer};

mod generate;

use generate::{Shape, file};

const SIZE: usize = 16 << 20;
const BUFFER: usize = 64 << 10;
const SHAPES: [Shape; 2] = [Shape::Strava, Shape::Garmin];

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
        let mut cleaner = Cleaner::new(reader);
        let mut pieces = 0_u64;
        while let Some(piece) = cleaner.next().expect("the file is sound") {
            black_box(&piece);
            pieces += 1;
        }
        pieces
    });
}

/// The points of a file of Strava's shape.
fn points() -> Vec<Trackpoint> {
    let text = file(Shape::Strava, SIZE);
    let mut reader = Reader::new(text.as_bytes(), Options::default());
    let mut points = Vec::new();
    while let Some(event) = reader.next().expect("the file is sound") {
        if let Event::Point(point) = event {
            points.push(point);
        }
    }
    points
}

fn write(points: &[Trackpoint]) -> Vec<u8> {
    let mut writer = Writer::new(Vec::with_capacity(2 * SIZE));
    for point in points {
        writer.point(point).expect("memory takes all bytes");
    }
    writer.finish().expect("memory takes all bytes")
}

/// What we write, per byte written.
#[divan::bench(sample_count = 20)]
fn writer(bencher: Bencher<'_, '_>) {
    let points = points();
    let size = write(&points).len();
    bencher
        .counter(BytesCount::new(size))
        .bench_local(|| write(&points));
}

/// The yardstick: the same text by `write!`, times as they were read, per byte of ours.
#[divan::bench(sample_count = 20)]
fn write_macro(bencher: Bencher<'_, '_>) {
    let points = points();
    let size = write(&points).len();
    bencher.counter(BytesCount::new(size)).bench_local(|| {
        let mut out = String::with_capacity(2 * SIZE);
        for point in &points {
            let m = &point.measured;
            let second = point.time.map_or(0, |time| time.micros / 1_000_000);
            let (day, second) = (second / 86_400 - 19_782, second % 86_400);
            write!(
                out,
                "      <trkpt lat=\"{:.8}\" lon=\"{:.8}\">\n        <ele>{:.3}</ele>\n        \
                 <time>2024-03-{day:02}T{:02}:{:02}:{:02}Z</time>\n        <extensions>\n          \
                 <power>{:.0}</power>\n          <gpxtpx:TrackPointExtension>\n            \
                 <gpxtpx:atemp>{:.3}</gpxtpx:atemp>\n            <gpxtpx:hr>{:.0}</gpxtpx:hr>\n            \
                 <gpxtpx:cad>{:.0}</gpxtpx:cad>\n          </gpxtpx:TrackPointExtension>\n        \
                 </extensions>\n      </trkpt>\n",
                m.latitude,
                m.longitude,
                m.elevation,
                second / 3600,
                second / 60 % 60,
                second % 60,
                m.power,
                m.temperature,
                m.heart_rate,
                m.cadence
            )
            .expect("a string takes all text");
        }
        out
    });
}
