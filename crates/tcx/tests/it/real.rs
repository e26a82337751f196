//! The real files that lie beside the workspace; skipped, and said so, where they don't.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::PathBuf;

use tcx::{CleanLap, CleanOptions, Cleaned, Cleaner, Options, Point, Reader, RepairKind};

/// What is compared of a file.
struct Seen {
    points: Vec<Point>,
    laps: Vec<CleanLap>,
    pauses: usize,
    repairs: Vec<RepairKind>,
    notes: String,
}

pub(crate) fn file(name: &str) -> Option<File> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data/tcx")
        .join(name);
    let file = File::open(&path).ok();
    if file.is_none() {
        // Not `println`, which the harness swallows.
        let _ = writeln!(io::stderr(), "SKIPPED: {} is absent", path.display());
    }
    file
}

fn seen(name: &str) -> Option<Seen> {
    let reader = Reader::new(file(name)?, Options::default());
    let mut cleaner = Cleaner::new(reader, CleanOptions::default());
    let mut seen = Seen {
        points: Vec::new(),
        laps: Vec::new(),
        pauses: 0,
        repairs: Vec::new(),
        notes: String::new(),
    };
    while let Some(piece) = cleaner.next().unwrap() {
        match piece {
            Cleaned::Point(point) => seen.points.push(point),
            Cleaned::Lap(lap) => seen.laps.push(*lap),
            Cleaned::Pause(_) => seen.pauses += 1,
            Cleaned::End(end) => seen.notes = end.notes,
            Cleaned::Activity(_) | Cleaned::Author(_) => {}
        }
    }
    assert!(
        seen.points.is_sorted_by(|a, b| a.time < b.time),
        "times increase"
    );
    let distances: Vec<_> = seen
        .points
        .iter()
        .map(|p| p.distance)
        .filter(|d| !d.is_nan())
        .collect();
    assert!(distances.is_sorted(), "distances don't decrease");
    seen.repairs = cleaner.repairs().iter().map(|repair| repair.kind).collect();
    Some(seen)
}

fn check(
    name: &str,
    points: usize,
    laps: usize,
    metres: f64,
    seconds: f64,
    repairs: &[RepairKind],
) {
    let Some(seen) = seen(name) else { return };
    assert_eq!(
        (seen.points.len(), seen.laps.len()),
        (points, laps),
        "{name}"
    );
    let (first, last) = (seen.points.first().unwrap(), seen.points.last().unwrap());
    assert!(
        (last.distance - metres).abs() < 0.1,
        "{name}: {}",
        last.distance
    );
    let took = std::time::Duration::from_micros((last.time - first.time).unsigned_abs());
    assert!(
        (took.as_secs_f64() - seconds).abs() < 1e-6,
        "{name}: {took:?}"
    );
    assert_eq!(seen.repairs, repairs, "{name}");
}

#[test]
fn the_ten_kilometres() {
    let Some(seen) = seen("coxswain_reconstructed_10k.tcx") else {
        return;
    };
    assert_eq!(seen.points.len(), 2295);
    let (first, last) = (seen.points.first().unwrap(), seen.points.last().unwrap());
    assert_eq!((first.distance, last.distance), (1.0, 9999.0));
    assert_eq!(last.time - first.time, 2_294_000_000);
    let rates = seen.points.iter().map(|point| point.heart_rate);
    let range = rates.fold((f64::MAX, f64::MIN), |(low, high), hr| {
        (low.min(hr), high.max(hr))
    });
    assert_eq!(range, (86.0, 192.0));
    let totals = &seen.laps.first().unwrap().totals;
    assert_eq!(
        (totals.steps, totals.calories, totals.total_time),
        (849.0, 639.0, 2295.0)
    );
    assert!((last.strokes - 849.0).abs() < 25.0, "{}", last.strokes);
    assert_eq!(
        (seen.notes.as_str(), seen.pauses),
        ("Created by Coxswain", 0)
    );
    assert!(seen.repairs.is_empty());
}

#[test]
fn the_others() {
    use RepairKind::{
        DistancePerStroke, DuplicateTime, LapWithoutPoints, MissingLapStart, UnparsableNumber,
        UnparsableTime,
    };
    let painsled = [
        UnparsableTime,
        UnparsableNumber,
        MissingLapStart,
        DistancePerStroke,
    ];
    check(
        "coxswain_reconstructed_v56_nowatts.tcx",
        281,
        1,
        1197.0,
        280.0,
        &[],
    );
    check("coxswain_snapshots.tcx", 3, 1, 6.0, 2.0, &[]);
    check(
        "coxswain_empty_no_track.tcx",
        2,
        1,
        6.0,
        2.0,
        &[LapWithoutPoints],
    );
    check(
        "row_kinomap_sport_rowing.tcx",
        1042,
        1,
        5018.0,
        1040.919,
        &[],
    );
    check(
        "row_openrowingmonitor_recover.tcx",
        41,
        1,
        313.39,
        89.455,
        &[],
    );
    check(
        "row_painsled_concept2.tcx",
        115,
        1,
        830.1,
        413.279,
        &painsled,
    );
    check(
        "row_rowinginmotion_noHR_nolaps.tcx",
        6190,
        1,
        4238.0,
        1317.975,
        &[],
    );
    check(
        "row_rowsandall_2x2km.tcx",
        1332,
        1,
        9474.22,
        3384.567,
        &[DuplicateTime],
    );
    check("row_rowsandall_3x250m.tcx", 94, 1, 750.29, 487.0, &[]);
    check("run_garmin_fr410_nohr.tcx", 383, 3, 4686.31, 1991.0, &[]);
}

#[test]
fn the_one_that_is_no_xml() {
    let Some(file) = file("bad_not_xml.tcx") else {
        return;
    };
    let error = Reader::new(file, Options::default()).next().unwrap_err();
    assert_eq!(error.to_string(), "not XML: no `<` in it (line 3, byte 17)");
}
