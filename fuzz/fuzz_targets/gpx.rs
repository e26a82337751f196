//! Any bytes: no panic, no endless loop, cleaned times increase and distances don't decrease; and what
//! could be read can be written and read again.
#![no_main]

use gpx::{Cleaned, Cleaner, Event, Limits, Options, Reader, Writer};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    // The first byte chooses the options, so that all of them are met.
    let Some((&choice, file)) = bytes.split_first() else {
        return;
    };
    let event = if choice & 1 == 0 { 64 * 1024 } else { 128 };
    let limits = Limits {
        event,
        ..Limits::default()
    };
    let options = Options {
        strict: choice & 2 != 0,
        limits,
    };
    let mut cleaner = Cleaner::new(Reader::new(file, options));
    let (mut time, mut distance) = (i64::MIN, f64::MIN);
    while let Ok(Some(piece)) = cleaner.next() {
        match piece {
            Cleaned::Track(track) => (time, distance) = (track.start.micros - 1, f64::MIN),
            Cleaned::Point(point) => {
                assert!(point.time.micros > time, "time goes back");
                time = point.time.micros;
                if !point.measured.distance.is_nan() {
                    assert!(point.measured.distance >= distance, "distance goes back");
                    distance = point.measured.distance;
                }
            }
            Cleaned::Pause(pause) => assert!(pause.start < pause.end, "a pause of no length"),
            Cleaned::Metadata(_) | Cleaned::End(_) => {}
        }
    }
    copy(file, options);
});

/// Writes what can be read and written; all of it can be read again.
fn copy(file: &[u8], options: Options) {
    let mut reader = Reader::new(file, options);
    let mut writer = Writer::new(Vec::new());
    let mut points = 0;
    while let Ok(Some(event)) = reader.next() {
        let is_point = matches!(event, Event::Point(_));
        match writer.write(&event) {
            Ok(()) => points += u64::from(is_point),
            Err(_) => assert!(is_point, "{event:?}"),
        }
    }
    let copy = writer.finish().expect("memory");
    let mut reader = Reader::new(copy.as_slice(), Options::default());
    let mut found = 0;
    loop {
        match reader.next() {
            Ok(Some(event)) => found += u64::from(matches!(event, Event::Point(_))),
            Ok(None) => break,
            Err(error) => {
                let none = matches!(error.kind, gpx::ErrorKind::NoActivity(_));
                assert!(none, "{error}");
                break;
            }
        }
    }
    assert_eq!(found, points);
}
