//! The real files that lie beside the workspace; skipped, and said so, where they don't.
//!
//! The numbers were computed from the files with another parser (Python's `ElementTree`).

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;

use pipeline_plugin::testing::{self, Collected};
use pipeline_plugin::{Event, Header, Item, field};

use crate::support::read;

fn collected(name: &str) -> Option<Collected> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data/tcx")
        .join(name);
    match File::open(&path) {
        Ok(file) => Some(read("{}", file)),
        Err(error) => {
            // Not `eprintln`, which the harness swallows.
            let _ = writeln!(io::stderr(), "SKIPPED: {}: {error}", path.display());
            None
        }
    }
}

/// A real file as it should come out.
struct Real {
    name: &'static str,
    sport: &'static str,
    /// Points with a time, those of equal time merged.
    samples: usize,
    /// Seconds from the activity's start to the last point.
    elapsed: f64,
    metres: f64,
    laps: usize,
    /// Coxswain's own count, else the integral of the cadence.
    strokes: f64,
    kcal: Option<f64>,
    heart_rate: f64,
    watts: f64,
}

const NONE: f64 = f64::NAN;

const REAL: &[Real] = &[
    Real {
        name: "coxswain_reconstructed_10k.tcx",
        sport: "rowing/indoor_rowing",
        samples: 2295,
        elapsed: 2294.0,
        metres: 9999.0,
        laps: 1,
        strokes: 849.0,
        kcal: Some(639.0),
        heart_rate: 192.0,
        watts: 197.0,
    },
    Real {
        name: "coxswain_reconstructed_v56_nowatts.tcx",
        sport: "rowing/indoor_rowing",
        samples: 281,
        elapsed: 280.0,
        metres: 1197.0,
        laps: 1,
        strokes: 95.0,
        kcal: Some(70.0),
        heart_rate: 162.0,
        watts: NONE,
    },
    Real {
        name: "coxswain_snapshots.tcx",
        sport: "rowing/indoor_rowing",
        samples: 3,
        elapsed: 2.0,
        metres: 6.0,
        laps: 1,
        strokes: 2.0,
        kcal: Some(3.0),
        heart_rate: 82.0,
        watts: 2.0,
    },
    // No points: two are made from the lap's totals.
    Real {
        name: "coxswain_empty_no_track.tcx",
        sport: "rowing/indoor_rowing",
        samples: 2,
        elapsed: 2.0,
        metres: 6.0,
        laps: 1,
        strokes: 2.0,
        kcal: Some(3.0),
        heart_rate: NONE,
        watts: NONE,
    },
    Real {
        name: "row_kinomap_sport_rowing.tcx",
        sport: "rowing/indoor_rowing",
        samples: 1042,
        elapsed: 1040.919,
        metres: 5018.0,
        laps: 1,
        strokes: 577.6,
        kcal: Some(491.0),
        heart_rate: 173.0,
        watts: 413.0,
    },
    // The lap starts 2.519 s before its first point; the resting lap after it has no points.
    Real {
        name: "row_openrowingmonitor_recover.tcx",
        sport: "rowing/indoor_rowing",
        samples: 41,
        elapsed: 91.974,
        metres: 313.39,
        laps: 1,
        strokes: 39.2,
        kcal: Some(19.8),
        heart_rate: 109.0,
        watts: 161.0,
    },
    // Distances per stroke; the lap's start lies in the year 52870.
    Real {
        name: "row_painsled_concept2.tcx",
        sport: "cycling",
        samples: 115,
        elapsed: 413.279,
        metres: 830.1,
        laps: 1,
        strokes: 116.3,
        kcal: None,
        heart_rate: NONE,
        watts: 125.0,
    },
    Real {
        name: "row_rowinginmotion_noHR_nolaps.tcx",
        sport: "rowing/indoor_rowing",
        samples: 6190,
        elapsed: 1318.235,
        metres: 4238.0,
        laps: 1,
        strokes: 531.3,
        kcal: None,
        heart_rate: NONE,
        watts: NONE,
    },
    // 36 points repeat the time of the one before.
    Real {
        name: "row_rowsandall_2x2km.tcx",
        sport: "rowing/indoor_rowing",
        samples: 1332,
        elapsed: 3384.567,
        metres: 9474.22,
        laps: 1,
        strokes: 1119.1,
        kcal: Some(1.0),
        // 1 in every point: no belt.
        heart_rate: f64::NAN,
        watts: 264.0,
    },
    Real {
        name: "row_rowsandall_3x250m.tcx",
        sport: "rowing/indoor_rowing",
        samples: 94,
        elapsed: 487.0,
        metres: 750.29,
        laps: 1,
        strokes: 100.8,
        kcal: Some(1.0),
        heart_rate: 184.0,
        watts: 0.0,
    },
    // The last of 384 points has only a time and counts as a pause, so its second is missing.
    Real {
        name: "run_garmin_fr410_nohr.tcx",
        sport: "running",
        samples: 383,
        elapsed: 1991.0,
        metres: 4686.311,
        laps: 3,
        strokes: NONE,
        kcal: Some(379.0),
        heart_rate: NONE,
        watts: NONE,
    },
];

#[test]
fn real_files_have_the_totals_that_another_parser_finds() {
    for real in REAL {
        let Some(collected) = collected(real.name) else {
            continue;
        };
        let [(header, items)] = collected.streams.as_slice() else {
            panic!("{}: {}", real.name, collected.told());
        };
        check(real, header, items);
    }
}

fn check(real: &Real, header: &Header, items: &[Item]) {
    let name = real.name;
    let summary = testing::summary(header, items);
    let totals = &summary.totals;
    assert_eq!(header.sport.to_string(), real.sport, "{name}");
    assert_eq!(header.name, "row.tcx", "{name}");
    let laps = items.iter().filter(|item| matches!(item, Item::Lap(_)));
    assert_eq!(
        (samples(items), laps.count()),
        (real.samples, real.laps),
        "{name}"
    );
    let near = |what: &str, found: f64, expected: f64, within: f64| {
        let same = (found - expected).abs() <= within || found.is_nan() && expected.is_nan();
        assert!(same, "{name}: {what} {found}, expected {expected}");
    };
    near("elapsed", summary.end - summary.start, real.elapsed, 0.001);
    near("distance", totals.distance, real.metres, 0.001);
    near("strokes", summary.cycles(), real.strokes, 0.05);
    near("heart rate", totals.max_heart_rate, real.heart_rate, 0.0);
    near("power", totals.max_power, real.watts, 0.0);
    assert_eq!(summary.meta.calories, real.kcal, "{name}: calories");
}

fn samples(items: &[Item]) -> usize {
    let batches = items.iter().filter_map(|item| match item {
        Item::Samples(batch) => Some(batch.len()),
        _ => None,
    });
    batches.sum()
}

#[test]
fn a_file_that_is_no_xml_is_refused() {
    let Some(collected) = collected("bad_not_xml.tcx") else {
        return;
    };
    assert_eq!(
        collected.told(),
        "Skip: not XML: no `<` in it (line 3, byte 17)\n"
    );
}

/// Coxswain makes its positions up; a course on the Thames is none of an indoor row.
#[test]
fn made_up_positions_are_dropped() {
    let Some(collected) = collected("coxswain_reconstructed_10k.tcx") else {
        return;
    };
    let has_positions = collected.items().any(
        |item| matches!(item, Item::Samples(batch) if batch.column(&field::POSITION_LAT).is_some()),
    );
    assert!(!has_positions);
    let notes = collected.items().find_map(|item| match item {
        Item::Event(Event::Meta(meta)) => meta.notes.as_deref(),
        _ => None,
    });
    assert_eq!(notes, Some("Created by Coxswain"));
}
