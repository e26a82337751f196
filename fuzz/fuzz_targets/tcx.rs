//! Any bytes: no panic, no endless loop, cleaned times increase and distances don't decrease; and what
//! could be read can be written and read again.
#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use tcx::{CleanOptions, Cleaned, Cleaner, Event, Limits, Options, Reader, TimeOrigin, Writer};

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
    let coxswain_time_origin = if choice & 4 == 0 {
        TimeOrigin::File
    } else {
        TimeOrigin::Shifted
    };
    let reader = Reader::new(file, options);
    let mut cleaner = Cleaner::new(
        reader,
        CleanOptions {
            coxswain_time_origin,
        },
    );
    let (mut time, mut distance) = (i64::MIN, f64::MIN);
    while let Ok(Some(piece)) = cleaner.next() {
        match piece {
            Cleaned::Activity(activity) => {
                (time, distance) = (activity.start - 1, f64::MIN);
            }
            Cleaned::Point(point) => {
                assert!(point.time > time, "time goes back");
                time = point.time;
                if !point.distance.is_nan() {
                    assert!(point.distance >= distance, "distance goes back");
                    distance = point.distance;
                }
            }
            Cleaned::Lap(lap) => assert!(lap.start <= lap.end, "a lap ends before it starts"),
            Cleaned::Pause(pause) => assert!(pause.start < pause.end, "a pause of no length"),
            Cleaned::End(_) | Cleaned::Author(_) => {}
        }
    }
    copy(file, options);
});

/// Writes what can be read and written; all of it can be read again.
fn copy(file: &[u8], options: Options) {
    let mut reader = Reader::new(file, options);
    let mut writer = Writer::new(Vec::new(), || Ok(Cursor::new(Vec::new())));
    let mut points = 0;
    while let Ok(Some(event)) = reader.next() {
        let is_point = matches!(event, Event::Trackpoint(_));
        match writer.write(&event) {
            Ok(()) => points += u64::from(is_point),
            // A point without time, a lap without start and points, an activity without laps.
            Err(_) if is_point => {}
            Err(_) => return,
        }
    }
    let Ok(copy) = writer.finish() else {
        return;
    };
    let mut reader = Reader::new(copy.as_slice(), Options::default());
    let mut found = 0;
    loop {
        match reader.next() {
            Ok(Some(event)) => found += u64::from(matches!(event, Event::Trackpoint(_))),
            Ok(None) => break,
            Err(error) => {
                let none = matches!(error.kind, tcx::ErrorKind::NoActivity(_));
                assert!(none, "{error}");
                break;
            }
        }
    }
    assert_eq!(found, points);
}
