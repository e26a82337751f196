//! Reads any bytes as a FIT file; writes again what could be read and compares.

#![no_main]

use std::io::Cursor;

use fit::{Decoder, Encoder, Event, RawWriter, Scanner, Shape};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|file: &[u8]| {
    let report = fit::inspect(file);
    assert!(report.to_string().len() > 10);
    values(file);
    let errors = Scanner::new(file).filter(Result::is_err).count();
    assert_eq!(errors, usize::from(!report.is_valid()));
    if errors == 0 {
        copy(file);
    }
    copy_messages(file);
});

/// Looks at every value in every way.
fn values(file: &[u8]) {
    let mut decoder = Decoder::tolerant(file);
    while let Some(message) = decoder.next_message().expect("tolerant") {
        for field in message.fields() {
            let _ = (
                field.value(),
                field.label(),
                field.text(),
                field.name(),
                field.unit(),
            );
            assert_eq!(field.numbers().count(), field.len());
        }
    }
}

/// A sound file that is copied record by record is the same, but for what is behind its end.
fn copy(file: &[u8]) {
    let mut copy = Vec::new();
    let mut segment: Option<RawWriter<Vec<u8>>> = None;
    for event in Scanner::new(file) {
        let record = match event.expect("sound") {
            Event::Segment(next) => {
                // The bytes of a long header beyond its CRC aren't kept.
                if next.header.size > 14 || next.header.crc.is_none() && next.header.size > 12 {
                    return;
                }
                copy.extend(
                    segment
                        .take()
                        .map(|it| it.finish().expect("memory"))
                        .unwrap_or_default(),
                );
                segment = RawWriter::new(Vec::new(), &next.header).ok();
                continue;
            }
            Event::Definition(definition) => definition.bytes,
            Event::Data(data) => data.bytes,
            Event::Problem(_) => continue,
        };
        segment
            .as_mut()
            .expect("a header comes first")
            .record(record)
            .expect("memory");
    }
    copy.extend(
        segment
            .map(|it| it.finish().expect("memory"))
            .unwrap_or_default(),
    );
    assert!(file.starts_with(&copy));
}

/// Messages that are copied into a new file come out of it as they went in.
fn copy_messages(file: &[u8]) {
    let mut encoder = Encoder::new(Cursor::new(Vec::new())).expect("memory");
    let mut before = Vec::new();
    for event in Scanner::tolerant(file) {
        if let Event::Data(data) = event.expect("tolerant") {
            let shape = Shape::copy_of(&data.definition);
            encoder
                .write_bytes(&shape, data.payload())
                .expect("as long as its shape");
            before.push((data.definition.number, data.payload()));
        }
    }
    let file = encoder.finish().expect("memory").into_inner();
    let after = Scanner::new(&file).filter_map(|event| match event.expect("sound") {
        Event::Data(data) => Some((data.definition.number, data.payload())),
        _ => None,
    });
    assert!(after.eq(before));
}
