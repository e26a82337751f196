//! Any bytes: no panic, no endless loop, cleaned times increase and distances don't decrease; and what
//! could be read can be written and read again.

use gpx::{Cleaned, Cleaner, Event, Options, Reader, Writer};

use crate::tracks::{Cleanly, chosen, points};

pub(crate) fn fuzz(bytes: &[u8]) {
    let Some((_, options, file)) = chosen(bytes) else {
        return;
    };
    let mut cleaner = Cleaner::new(Reader::new(file, options));
    let mut track = Cleanly::from(i64::MIN);
    while let Ok(Some(piece)) = cleaner.next() {
        match piece {
            Cleaned::Track(next) => track = Cleanly::from(next.start.micros),
            Cleaned::Point(point) => track.point(point.time.micros, point.measured.distance),
            Cleaned::Pause(pause) => assert!(pause.start < pause.end, "a pause of no length"),
            Cleaned::Metadata(_) | Cleaned::End(_) => {}
        }
    }
    copy(file, options);
}

/// Writes what can be read and written; all of it can be read again.
fn copy(file: &[u8], options: Options) {
    let mut reader = Reader::new(file, options);
    let mut writer = Writer::new(Vec::new());
    let mut written = 0;
    while let Ok(Some(event)) = reader.next() {
        let is_point = matches!(event, Event::Point(_));
        match writer.write(&event) {
            Ok(()) => written += u64::from(is_point),
            Err(_) => assert!(is_point, "{event:?}"),
        }
    }
    let copy = writer.finish().expect("memory");
    let mut reader = Reader::new(copy.as_slice(), Options::default());
    let is_point = |event: Event| matches!(event, Event::Point(_));
    let found = points(|| Ok(reader.next()?.map(is_point)));
    assert_eq!(found, written);
}
