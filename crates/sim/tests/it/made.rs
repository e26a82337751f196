//! Rows that are made up: an engine's rules hold for them.

use std::time::Duration;

use sim::row::{Piece, made};

const PIECES: [Piece; 4] = [
    Piece::Strokes {
        count: 20,
        rate: 24.0,
        power: 180.0,
    },
    Piece::Rest(30.0),
    Piece::Strokes {
        count: 30,
        rate: 36.0,
        power: 300.0,
    },
    Piece::Rest(5.0),
];

#[test]
fn every_stroke_is_there_and_nothing_goes_back() {
    let row = made(1, &PIECES);
    assert_eq!(row.last().unwrap().strokes, 50);
    for pair in row.windows(2) {
        let [before, after] = pair else {
            unreachable!()
        };
        assert!(before.time < after.time);
        assert!(before.distance <= after.distance);
        assert!(before.wheel_time <= after.wheel_time);
        assert!(after.strokes - before.strokes <= 1);
        assert!(after.time <= before.time + Duration::from_secs(4));
    }
}

#[test]
fn the_engines_clock_stands_still_in_a_rest() {
    let row = made(1, &PIECES);
    let end = row.last().unwrap();
    let running = Duration::from_micros(end.wheel_time);
    // 30 s and the trailing 11 s, less the 7 s before each stop is noticed.
    let stood = end.time.as_secs_f64() - running.as_secs_f64();
    assert!((stood - (23.0 + 4.0 + 5.0)).abs() < 6.0, "{stood}");
    assert!(
        row.iter()
            .any(|event| event.drive == 0 && event.recovery == 7_000_000)
    );
}

#[test]
fn the_same_seed_makes_the_same_row() {
    assert_eq!(made(7, &PIECES), made(7, &PIECES));
    assert_ne!(made(7, &PIECES), made(8, &PIECES));
}
