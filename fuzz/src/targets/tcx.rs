//! Any bytes: no panic, no endless loop, cleaned times increase and distances don't decrease; and what
//! could be read can be written and read again.

use std::io::Cursor;

use tcx::{CleanOptions, Cleaned, Cleaner, Event, Options, Reader, TimeOrigin, Writer};

use crate::tracks::{Cleanly, chosen, points};

pub(crate) fn fuzz(bytes: &[u8]) {
    let Some((choice, options, file)) = chosen(bytes) else {
        return;
    };
    let coxswain_time_origin = if choice & 4 == 0 {
        TimeOrigin::File
    } else {
        TimeOrigin::Shifted
    };
    let cleaning = CleanOptions {
        coxswain_time_origin,
    };
    let mut cleaner = Cleaner::new(Reader::new(file, options), cleaning);
    let mut track = Cleanly::from(i64::MIN);
    while let Ok(Some(piece)) = cleaner.next() {
        match piece {
            Cleaned::Activity(activity) => track = Cleanly::from(activity.start),
            Cleaned::Point(point) => track.point(point.time, point.distance),
            Cleaned::Lap(lap) => assert!(lap.start <= lap.end, "a lap ends before it starts"),
            Cleaned::Pause(pause) => assert!(pause.start < pause.end, "a pause of no length"),
            Cleaned::End(_) | Cleaned::Author(_) => {}
        }
    }
    copy(file, options);
}

/// Writes what can be read and written; all of it can be read again.
fn copy(file: &[u8], options: Options) {
    let mut reader = Reader::new(file, options);
    let mut writer = Writer::new(Vec::new(), || Ok(Cursor::new(Vec::new())));
    let mut written = 0;
    while let Ok(Some(event)) = reader.next() {
        let is_point = matches!(event, Event::Trackpoint(_));
        match writer.write(&event) {
            Ok(()) => written += u64::from(is_point),
            // A point without time, a lap without start and points, an activity without laps.
            Err(_) if is_point => {}
            Err(_) => return,
        }
    }
    let Ok(copy) = writer.finish() else {
        return;
    };
    let mut reader = Reader::new(copy.as_slice(), Options::default());
    let is_point = |event: Event| matches!(event, Event::Trackpoint(_));
    let found = points(|| Ok(reader.next()?.map(is_point)));
    assert_eq!(found, written);
}
