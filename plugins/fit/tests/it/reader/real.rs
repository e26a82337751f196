//! The real files that lie beside the workspace; skipped, and said so, where they don't.
//!
//! What a file says of itself is read with the `fit` crate here; that crate's numbers have been
//! compared with those of other decoders.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use expect_test::expect;
use fit::profile::{self, session};
use fit::{Decoder, Message};
use pipeline_plugin::{Item, field};

use super::read;
use super::there_and_back::written;

fn file(name: &str) -> Option<Vec<u8>> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data/fit/valid")
        .join(name);
    match fs::read(&path) {
        Ok(file) => Some(file),
        Err(error) => {
            // Not `eprintln`, which the harness swallows.
            let _ = writeln!(io::stderr(), "SKIPPED: {}: {error}", path.display());
            None
        }
    }
}

/// What a file says of its only session, and how many records and laps it has.
#[derive(Clone, Copy, Debug, Default)]
struct Own {
    records: usize,
    laps: usize,
    elapsed: f64,
    timer: f64,
    metres: f64,
    cycles: f64,
    kcal: f64,
}

fn own(file: &[u8]) -> Own {
    let mut own = Own::default();
    let mut decoder = Decoder::tolerant(file);
    while let Some(message) = decoder.next_message().unwrap() {
        own.take(message);
    }
    own
}

impl Own {
    fn take(&mut self, message: Message<'_>) {
        let number = message.number();
        self.records += usize::from(number == profile::RECORD.number);
        self.laps += usize::from(number == profile::LAP.number);
        if number == profile::SESSION.number {
            let value = |field: profile::Field| message.number_of(field.number).unwrap_or(f64::NAN);
            self.elapsed = value(session::TOTAL_ELAPSED_TIME);
            self.timer = value(session::TOTAL_TIMER_TIME);
            self.metres = value(session::TOTAL_DISTANCE);
            self.cycles = value(session::TOTAL_CYCLES);
            self.kcal = value(session::TOTAL_CALORIES);
        }
    }
}

/// What a file says that is not so: its name, and the fields that are wrong.
const WRONG: &[(&str, &[&str])] = &[
    // The watch knows no distance; the application on it does. It goes on after the session's end.
    (
        "21-fitdecode-devfields-3.fit",
        &["elapsed", "timer", "metres"],
    ),
    // Three intervals make up the session, the rests between them don't count.
    ("37-ROWING-rowingdata-3x250m.fit", &["elapsed"]),
];

const REAL: &[&str] = &[
    "20-edge500-header-crc-zero.fit",
    "21-fitdecode-devfields-3.fit",
    "24-chained-activity-settings.fit",
    "25-antfs-dump-compressed-timestamp.fit",
    "26-compressed-timestamp-speed-distance.fit",
    "27-event-timestamp-5-chained.fit",
    "29-sample-activity-12byte.fit",
    "30-coros-misaligned-field-sizes.fit",
    "31-elemnt-no-application-id.fit",
    "32-coxswain2fit-10km-result.fit",
    "34-ROWING-rowingdata-cottwich-devfields-proto2.3.fit",
    "35-ROWING-rowingdata-cycle16.fit",
    "36-ROWING-rowingdata-nk-oarlock.fit",
    "37-ROWING-rowingdata-3x250m.fit",
    "38-bench-sample-1h-run.fit",
];

/// Every record and lap of a real file comes out again, and the session adds up to what the
/// recorder said.
#[test]
fn real_files_keep_their_totals() {
    for name in REAL {
        let Some(file) = file(name) else {
            continue;
        };
        let mut collected = read("{}", &file);
        assert_eq!(collected.streams.len(), 1, "{name}: {}", collected.told());
        let (header, items) = collected.streams.remove(0);
        let (before, after) = (own(&file), own(&written(&header, &items)));
        assert_eq!(
            (after.records, after.laps),
            (before.records, before.laps),
            "{name}"
        );
        let wrong = WRONG.iter().find(|(wrong, _)| wrong == name);
        let wrong = wrong.map_or(&[][..], |(_, fields)| fields);
        let near = |field: &str, before: f64, after: f64, within: f64| {
            let same = (before - after).abs() <= within || before.is_nan();
            assert!(
                same != wrong.contains(&field),
                "{name}: {field} {before}, now {after}"
            );
        };
        near("elapsed", before.elapsed, after.elapsed, 1.0);
        // Pauses are told to the second only.
        near("timer", before.timer, after.timer, 1.5);
        near("metres", before.metres, after.metres, 2.0);
        near("cycles", before.cycles, after.cycles, 0.0);
        // Laps are rounded so that they add up.
        near("kcal", before.kcal, after.kcal, 1.0);
    }
}

/// What Connect IQ's rowing application knows takes the place of the watch's zeros.
#[test]
fn an_application_knows_better_than_the_watch() {
    let Some(file) = file("21-fitdecode-devfields-3.fit") else {
        return;
    };
    let (header, items) = read("{}", &file).streams.remove(0);
    let last = items.iter().rev().find_map(|item| match item {
        Item::Samples(batch) => batch.column(&field::DISTANCE)?.last().copied(),
        _ => None,
    });
    assert_eq!(last, Some(6163.0));
    let told = header.developer_fields.iter().map(|field| {
        format!(
            "{} {} {} {}\n",
            field.number, field.name, field.units, field.column
        )
    });
    expect![[r#"
        88   field_88
        0 Distance m distance
        3 Speed m/s speed
        6 Heart Rate bpm developer_heart_rate
        9 Stroke Rate spm stroke_rate
        12 Power Watts power
    "#]]
    .assert_eq(&told.collect::<String>());
}

/// The quantities of rowingdata's files, whose descriptions have scales.
#[test]
fn rowing_quantities_have_their_units() {
    let Some(file) = file("35-ROWING-rowingdata-cycle16.fit") else {
        return;
    };
    let (_, items) = read("{}", &file).streams.remove(0);
    let Some(Item::Samples(batch)) = items.first() else {
        panic!("{items:?}");
    };
    let first = batch.columns().iter().map(|column| {
        let value = column.values.first().copied().unwrap_or(f64::NAN);
        format!("{} {value} {}\n", column.field, column.field.unit())
    });
    expect![[r#"
        distance 5.4 m
        speed 1.902 m/s
        power 19 W
        heart_rate 127 bpm
        cadence NaN 1/min
        total_cycles 0 
        drive_length 0.77 m
        drive_time 0.96 s
        drag_factor NaN 1e-6 N m s2
        recovery_time 1.58 s
        average_drive_force_lbs 23 lbs
        peak_drive_force_lbs 47 lbs
        average_drive_force 102.3 N
        peak_drive_force 209.1 N
        average_boat_speed 1.9 m/s
        workout_state 4 
    "#]]
    .assert_eq(&first.collect::<String>());
}
