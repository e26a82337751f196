//! Files that are read, written and read again.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use fit::profile;
use pipeline_plugin::{
    Batch, Device, Event, Field, Header, HrZones, Intensity, Item, Lap, Link, Sport, Timestamp,
    Totals, Trigger, ZoneMethod, field, testing,
};
use plugin_fit::Encoding;
use proptest::prelude::*;

use super::read;
use crate::support::{START, each, file, summary, told};

/// The file that the sink makes of a stream, with the summary that the host would give it.
pub(crate) fn written(header: &Header, items: &[Item]) -> Vec<u8> {
    let mut summary = summary(header, items);
    if let Some(calories) = summary.meta.calories {
        summary.totals.calories = calories;
        summary.calories_method = Some("file".to_owned());
    }
    file(header, &Encoding::default(), items, &summary)
}

/// The only stream of a file, which needs no repair.
fn stream(file: &[u8]) -> (Header, Vec<Item>) {
    let mut collected = read(r#"{"strict":true}"#, file);
    let told = collected.told();
    assert!(told.ends_with("finish\n"), "{told}");
    assert_eq!(collected.streams.len(), 1);
    collected.streams.remove(0)
}

/// Reads a file, writes it, and reads that: nothing is lost on the way.
fn there_and_back(file: &[u8]) -> Vec<u8> {
    let (header, items) = stream(file);
    let back = written(&header, &items);
    let (header_again, items_again) = stream(&back);
    same(&testing::lines(&items), &testing::lines(&items_again));
    let told = |header: &Header| {
        // Where the file doesn't say, the sink takes UTC.
        let utc_offset = header.utc_offset.or(Some(0));
        let header = Header {
            utc_offset,
            ..header.clone()
        };
        serde_json::to_string(&header).unwrap()
    };
    same(&told(&header), &told(&header_again));
    back
}

/// Compares texts line by line.
fn same(before: &str, after: &str) {
    for (before, after) in before.lines().zip(after.lines()) {
        let differ = before.bytes().zip(after.bytes()).position(|(a, b)| a != b);
        let from = differ.unwrap_or_default().saturating_sub(60);
        let part = |text: &str| text.chars().skip(from).take(400).collect::<String>();
        assert!(
            before == after,
            "from {from} on:\n{}\n{}",
            part(before),
            part(after)
        );
    }
    assert_eq!(before.lines().count(), after.lines().count());
}

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(folder);
    let entries = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries
        .filter(|path| path.extension().is_some_and(|ending| ending == "fit"))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{}", folder.display());
    files
}

/// What this program has made of TCX files comes out of the reader and the sink message for message,
/// but for the length of a stroke, which is that of whole strokes now, and for what says how the
/// calories came about: they are the file's.
#[test]
fn files_of_this_program_are_the_same_again() {
    for path in files("tests/golden/coxswain-to-fit") {
        let file = fs::read(&path).unwrap();
        let back = there_and_back(&file);
        let kept = |file: &[u8]| {
            let told = told(file);
            let kept = |line: &str| {
                let words = line.split(' ').filter(|word| {
                    !word.starts_with("avg_stroke_distance=")
                        && !word.starts_with("CaloriesMethod=")
                });
                words.collect::<Vec<_>>().join(" ")
            };
            told.lines()
                .map(|line| kept(line) + "\n")
                .collect::<String>()
        };
        same(&kept(&file), &kept(&back));
        let again = there_and_back(&back);
        same(&told(&back), &told(&again));
        assert!(again == back, "{}", path.display());
    }
}

/// The files that another encoder made keep every value of their records, laps and zones.
#[test]
fn golden_files_lose_nothing() {
    let names = ["record", "lap", "time_in_zone", "hr_zone", "user_profile"];
    for path in files("crates/fit/tests/data/golden") {
        let file = fs::read(&path).unwrap();
        let back = told(&there_and_back(&file));
        let back: Vec<BTreeSet<&str>> =
            back.lines().map(|line| line.split(' ').collect()).collect();
        for line in told(&file).lines() {
            let message: BTreeSet<&str> = line.split(' ').filter(|word| !is_ours(word)).collect();
            if names.contains(&line.split(' ').next().unwrap()) {
                let is_there = back.iter().any(|back| message.is_subset(back));
                assert!(is_there, "{}: {line}", path.display());
            }
        }
    }
}

/// What the sink computes by itself.
fn is_ours(word: &&str) -> bool {
    let names = [
        "enhanced_avg_speed=",
        "enhanced_max_speed=",
        "avg_stroke_distance=",
        "timestamp=",
    ];
    names.iter().any(|name| word.starts_with(name))
}

/// A second of a stream: its columns, and what happened behind it.
#[derive(Clone, Debug)]
struct Second {
    step: u8,
    values: Vec<Option<u16>>,
    lap: bool,
    pause: Option<u8>,
}

/// The columns of a made stream: the field, and its unit in steps of the file.
fn columns() -> Vec<(Field, f64)> {
    vec![
        (field::DISTANCE, 100.0),
        (field::SPEED, 1000.0),
        (field::HEART_RATE, 1.0),
        (field::CADENCE, 1.0),
        (field::POWER, 1.0),
        (field::TOTAL_CYCLES, 1.0),
        (field::ALTITUDE, 5.0),
        (field::DRIVE_TIME, 1000.0),
        (field::PEAK_DRIVE_FORCE, 10.0),
        (Field::new("vertical_oscillation", "mm"), 10.0),
        (Field::new("handle_angle", "rad"), 64.0),
        (field::STATE_OF_CHARGE, 4.0),
    ]
}

fn second() -> impl Strategy<Value = Second> {
    let value = prop::option::weighted(0.9, 0..250_u16);
    (
        0..4_u8,
        prop::collection::vec(value, columns().len()),
        prop::bool::weighted(0.05),
        prop::option::weighted(0.05, 0..60_u8),
    )
        .prop_map(|(step, values, lap, pause)| Second {
            step,
            values,
            lap,
            pause,
        })
}

/// A stream as a reader would send it, with whole seconds and whole steps.
fn made(seconds: &[Second], kept: u16, batch: usize) -> (Header, Vec<Item>) {
    let header = Header {
        start: START,
        sport: Sport::INDOOR_ROWING,
        device: Device {
            name: "S4".to_owned(),
            manufacturer: Some(118),
            serial: Some(42),
            version: "2.10".to_owned(),
            link: Some(Link::BluetoothLowEnergy),
        },
        zones: Some(HrZones {
            method: ZoneMethod::PercentMaxHr,
            bounds: vec![100.0, 140.0, 180.0],
            max: Some(185.0),
            resting: None,
            threshold: None,
        }),
        ..Header::default()
    };
    let columns: Vec<_> = columns()
        .into_iter()
        .enumerate()
        .filter(|(index, _)| kept >> index & 1 == 1)
        .collect();
    let fields: Vec<Field> = columns
        .iter()
        .map(|(_, (field, _))| field.clone())
        .collect();
    let counts = |field: &Field| *field == field::DISTANCE || *field == field::TOTAL_CYCLES;
    let mut items = Vec::new();
    let mut rows = Batch::new(&fields);
    let (mut at, mut lap_start) = (START, START);
    let mut totals = vec![0.0; columns.len()];
    let flush = |rows: &mut Batch, items: &mut Vec<Item>| {
        let full = std::mem::replace(rows, Batch::new(&fields));
        items.extend((!full.is_empty()).then_some(Item::Samples(full)));
    };
    for second in seconds {
        at = at + f64::from(second.step);
        let row = columns
            .iter()
            .zip(&mut totals)
            .map(|((index, (field, steps)), total)| {
                let value = f64::from(second.values[*index]?) / steps;
                *total += value;
                Some(if counts(field) { *total } else { value })
            });
        let row: Vec<f64> = row.map(|value| value.unwrap_or(f64::NAN)).collect();
        rows.push(at, &row);
        if rows.len() >= batch {
            flush(&mut rows, &mut items);
        }
        if let Some(pause) = second.pause {
            flush(&mut rows, &mut items);
            items.push(Item::Event(Event::TimerStop { time: at }));
            at = at + f64::from(pause);
            items.push(Item::Event(Event::TimerStart { time: at }));
        }
        if second.lap && at > lap_start {
            flush(&mut rows, &mut items);
            items.push(lap(lap_start, at));
            lap_start = at;
        }
    }
    flush(&mut rows, &mut items);
    items.push(lap(lap_start, at));
    (header, items)
}

fn lap(start: Timestamp, end: Timestamp) -> Item {
    let seconds = end - start;
    Item::Lap(Box::new(Lap {
        start,
        end,
        trigger: Trigger::Time,
        intensity: Intensity::Rest,
        totals: Totals {
            timer_time: seconds,
            distance: 3.0 * seconds,
            cycles: (seconds / 2.0).floor(),
            calories: seconds.floor(),
            avg_heart_rate: 130.0,
            max_power: 300.0,
            ..Totals::default()
        },
        time_in_hr_zone: Some(vec![0.5 * seconds, 0.25 * seconds, 0.25 * seconds]),
    }))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// However a stream was cut into batches: once it has been a file, it stays the same.
    #[test]
    fn streams_stay_the_same(
        seconds in prop::collection::vec(second(), 1..300),
        kept in 1..0x1000_u16,
        batch in prop_oneof![Just(256_usize), 1..300_usize],
    ) {
        let (header, items) = made(&seconds, kept, batch);
        let file = written(&header, &items);
        let back = there_and_back(&file);
        same(&told(&back), &told(&there_and_back(&back)));
        // Every sample is there.
        let mut records = 0;
        each(&file, |message| {
            records += usize::from(message.number() == profile::RECORD.number);
        });
        prop_assert_eq!(records, seconds.len());
    }
}

/// What measured is known again.
#[test]
fn sensors_come_back() {
    let items = crate::support::items(
        r#"{"samples":{"time":[@0,@2],"heart_rate":[100,101]}}
        {"event":{"meta":{"sensors":[{"kind":"heart_rate","manufacturer":123,"name":"H10","serial":7,"version":"5.0","battery":64,"link":"bluetooth_low_energy"},{"kind":"power","name":"Left","link":"ant_plus"}]}}}"#,
    );
    let header =
        crate::support::header(r#"{"device":{"name":"PM5","link":"bluetooth_low_energy"}}"#);
    let file = file(
        &header,
        &Encoding::default(),
        &items,
        &summary(&header, &items),
    );
    super::check_lines(
        &["{\"open", "{\"event"],
        "{}",
        &file,
        expect_test::expect![[r#"
            {"event":{"meta":{"sensors":[{"kind":"heart_rate","manufacturer":123,"name":"H10","serial":7,"version":"5.00","link":"bluetooth_low_energy","battery":64},{"kind":"power","name":"Left","link":"ant_plus"}]}}}
        "#]],
    );
}
