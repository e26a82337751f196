//! The sample that lies in the repository.

use std::fs;

use gpx::{Cleaned, Cleaner, Options, Reader, Writer};

use crate::tell::read;

fn sample() -> Vec<u8> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../samples/ride-5min.gpx");
    fs::read(path).unwrap()
}

#[test]
fn a_short_ride() {
    let file = sample();
    let options = Options {
        strict: true,
        ..Options::default()
    };
    let mut cleaner = Cleaner::new(Reader::new(file.as_slice(), options));
    let (mut points, mut pauses) = (Vec::new(), Vec::new());
    while let Some(piece) = cleaner.next().unwrap() {
        match piece {
            Cleaned::Point(point) => points.push(point.measured),
            Cleaned::Pause(pause) => pauses.push(pause.end - pause.start),
            Cleaned::Track(track) => assert_eq!(track.track.kind, "cycling"),
            Cleaned::Metadata(_) | Cleaned::End(_) => {}
        }
    }
    assert_eq!((points.len(), pauses), (330, vec![83_000_000]));
    assert_eq!(cleaner.others().waypoints, 1);
    let last = points.last().unwrap();
    // What `GeographicLib` measures along the same positions.
    assert!(
        (last.distance - 2_539.856_118).abs() < 1e-5,
        "{}",
        last.distance
    );
    let most = |of: fn(&gpx::Measured) -> f64| points.iter().map(of).fold(f64::NAN, f64::max);
    assert_eq!(most(|point| point.heart_rate).to_string(), "163");
}

/// Its numbers are no longer than those that we print.
#[test]
fn the_copy_says_the_same() {
    let file = sample();
    let mut reader = Reader::new(file.as_slice(), Options::default());
    let mut writer = Writer::new(Vec::new());
    while let Some(event) = reader.next().unwrap() {
        writer.write(&event).unwrap();
    }
    let copy = writer.finish().unwrap();
    assert_eq!(
        read(copy.as_slice(), Options::default()),
        read(file.as_slice(), Options::default())
    );
}
