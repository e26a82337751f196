//! Throughput of the CRC, the scanner, the decoder and the encoder.

use std::hint::black_box;
use std::io::Cursor;

use divan::counter::{BytesCount, ItemsCount};
use divan::{AllocProfiler, Bencher};
use fit::activity::{Content, Reader};
use fit::profile::{self, record};
use fit::{Columns, Crc, Decoder, Encoder, Event, Scanner, Shape, StreamScanner, Walk};

/// Shows that nothing is allocated per message.
#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

const RECORDS: u32 = 100_000;

/// The record of an indoor row: eight fields.
fn shape() -> Shape {
    Shape::of(profile::RECORD)
        .field(record::TIMESTAMP)
        .field(record::DISTANCE)
        .field(record::ENHANCED_SPEED)
        .field(record::POWER)
        .field(record::CADENCE)
        .field(record::HEART_RATE)
        .field(record::TOTAL_CYCLES)
        .field(record::CYCLE_LENGTH16)
        .build()
        .expect("the shape is small")
}

fn row(second: u32) -> [f64; 8] {
    let time = f64::from(second);
    let start = 1.129e9;
    [
        start + time,
        4.16 * time,
        4.16,
        201.0,
        24.0,
        140.0,
        (0.4 * time).floor(),
        10.4,
    ]
}

fn encode(rows: &[[f64; 8]]) -> Vec<u8> {
    let shape = shape();
    let buffer = Cursor::new(Vec::with_capacity(64 + 32 * rows.len()));
    let mut encoder = Encoder::new(buffer).expect("memory takes everything");
    for row in rows {
        encoder.write(&shape, row).expect("memory takes everything");
    }
    encoder
        .finish()
        .expect("memory takes everything")
        .into_inner()
}

fn rows() -> Vec<[f64; 8]> {
    (0..RECORDS).map(row).collect()
}

#[divan::bench]
fn crc(bencher: Bencher<'_, '_>) {
    let bytes = vec![0x5A_u8; 1 << 20];
    bencher.counter(BytesCount::of_slice(&bytes)).bench(|| {
        let mut crc = Crc::new();
        crc.update(black_box(&bytes));
        crc.value()
    });
}

#[divan::bench(args = [false, true])]
fn scan(bencher: Bencher<'_, '_>, check_crc: bool) {
    let bytes = encode(&rows());
    bencher.counter(BytesCount::of_slice(&bytes)).bench(|| {
        let scanner = Scanner::new(black_box(&bytes));
        let scanner = if check_crc {
            scanner
        } else {
            scanner.without_crc()
        };
        scanner
            .filter(|event| matches!(event, Ok(Event::Data(_))))
            .count()
    });
}

/// The same walk of a stream.
#[divan::bench]
fn scan_stream(bencher: Bencher<'_, '_>) {
    let bytes = encode(&rows());
    bencher.counter(BytesCount::of_slice(&bytes)).bench(|| {
        let mut scanner = StreamScanner::new(black_box(&bytes[..]));
        let mut messages = 0;
        while let Ok(Some(event)) = scanner.next_event() {
            messages += u32::from(matches!(event, Event::Data(_)));
        }
        messages
    });
}

/// Every field of every message as a number, with the CRC checked.
#[divan::bench]
fn decode(bencher: Bencher<'_, '_>) {
    let bytes = encode(&rows());
    bencher
        .counter(BytesCount::of_slice(&bytes))
        .counter(ItemsCount::new(RECORDS))
        .bench(|| sum(Decoder::new(black_box(&bytes))));
}

/// The same of a stream.
#[divan::bench]
fn decode_stream(bencher: Bencher<'_, '_>) {
    let bytes = encode(&rows());
    bencher
        .counter(BytesCount::of_slice(&bytes))
        .counter(ItemsCount::new(RECORDS))
        .bench(|| sum(Decoder::over(StreamScanner::new(black_box(&bytes[..])))));
}

fn sum<S: Walk>(mut decoder: Decoder<S>) -> f64 {
    let mut sum = 0.0;
    while let Ok(Some(message)) = decoder.next_message() {
        for field in message.fields() {
            sum += field.number().unwrap_or_default();
        }
    }
    sum
}

/// Every record as a typed one.
#[divan::bench]
fn activity(bencher: Bencher<'_, '_>) {
    let bytes = encode(&rows());
    bencher
        .counter(BytesCount::of_slice(&bytes))
        .counter(ItemsCount::new(RECORDS))
        .bench(|| {
            let mut reader = Reader::new(black_box(&bytes));
            let mut sum = 0.0;
            while let Ok(Some(entry)) = reader.next_entry() {
                if let Content::Record(record) = entry.content {
                    sum += record.distance + record.power;
                }
            }
            sum
        });
}

/// Every record as a row.
#[divan::bench]
fn columns(bencher: Bencher<'_, '_>) {
    let bytes = encode(&rows());
    bencher
        .counter(BytesCount::of_slice(&bytes))
        .counter(ItemsCount::new(RECORDS))
        .bench(|| {
            let mut decoder = Decoder::new(black_box(&bytes));
            let (mut columns, mut row) = (Columns::default(), [0.0; 8]);
            let mut sum = 0.0;
            while let Ok(Some(message)) = decoder.next_message() {
                if !columns.fill(&message, &mut row) {
                    columns = Columns::of(&message);
                    columns.fill(&message, &mut row);
                }
                sum += row.iter().sum::<f64>();
            }
            sum
        });
}

/// Three fields of every message by number, with the CRC checked.
#[divan::bench]
fn decode_three(bencher: Bencher<'_, '_>) {
    let bytes = encode(&rows());
    bencher
        .counter(BytesCount::of_slice(&bytes))
        .counter(ItemsCount::new(RECORDS))
        .bench(|| {
            let mut decoder = Decoder::new(black_box(&bytes));
            let mut sum = 0.0;
            while let Ok(Some(message)) = decoder.next_message() {
                for number in [
                    record::DISTANCE.number,
                    record::POWER.number,
                    record::HEART_RATE.number,
                ] {
                    sum += message.number_of(number).unwrap_or_default();
                }
            }
            sum
        });
}

#[divan::bench]
fn encode_records(bencher: Bencher<'_, '_>) {
    let rows = rows();
    bencher
        .counter(ItemsCount::new(RECORDS))
        .bench(|| encode(black_box(&rows)));
}
