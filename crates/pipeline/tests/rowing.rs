//! Rows of simulated rowers through the bundled pipeline: the items behind the last transform and
//! the FIT file, byte by byte; and the totals in the FIT for every service and MTU.
//!
//! `UPDATE_EXPECT=1 cargo test -p pipeline --test rowing` writes the golden files anew; put the FIT
//! file through the oracles (`tests/oracles`) before you commit it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

use expect_test::expect_file;
use fit::profile::{self, lap, record, session};

/// Some minutes with a belt, and a lost link.
const DEVICES: &str =
    "sim:esprm+belt?strokes=60&outages=1&outage=20&seed=4&start=2026-07-24T10:30:00Z";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The developer field of the handle forces.
const CURVE: u8 = 60;

/// Runs the pipeline with these devices into a folder.
fn run(devices: &str, folder: &Path, more: &[&str]) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_pipeline"))
        .args(["run", "pipelines/rowing-to-fit.yaml", "--device", devices])
        .args(["--out", folder.join("out").to_str().unwrap()])
        .args(more)
        .current_dir(root())
        .env("PIPELINE_STATE_DIR", folder.join("state"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{devices}: {output:?}");
    output
}

/// The one file that was made.
fn made(folder: &Path) -> (String, Vec<u8>) {
    let entries = fs::read_dir(folder.join("out")).unwrap();
    let mut paths = entries.map(|entry| entry.unwrap().path());
    let path = paths.next().unwrap();
    assert_eq!(paths.next(), None);
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    (name, fs::read(path).unwrap())
}

#[test]
fn the_items_and_the_file_are_as_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(DEVICES, folder.path(), &["--tap", "calories"]);
    let golden = root().join("tests/golden/rowing-to-fit");
    let items = String::from_utf8(output.stdout).unwrap();
    expect_file![golden.join("items.jsonl")].assert_eq(&items);
    let (name, file) = made(folder.path());
    let report = fit::inspect(&file);
    assert!(report.is_valid(), "{report}");
    let path = golden.join(name);
    if env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(path, file).unwrap();
        return;
    }
    assert!(
        fs::read(&path).unwrap() == file,
        "{} differs",
        path.display()
    );
}

/// What a reader of the file sees.
#[derive(Debug, Default)]
struct Seen {
    records: usize,
    curves: usize,
    /// Distance in cm, strokes, timer time in ms.
    session: [i128; 3],
    laps: [i128; 3],
    last: [i128; 2],
}

fn seen(file: &[u8]) -> Seen {
    let mut seen = Seen::default();
    let mut decoder = fit::Decoder::new(file);
    while let Some(message) = decoder.next_message().unwrap() {
        let raw = |number| {
            let mut integers = message.field(number).unwrap().integers();
            integers.next().flatten().unwrap_or(-1)
        };
        match message.number() {
            number if number == profile::RECORD.number => {
                seen.records += 1;
                seen.last = [record::DISTANCE, record::TOTAL_CYCLES].map(|it| raw(it.number));
                seen.curves += usize::from(message.developer_field(CURVE).is_some());
            }
            number if number == profile::LAP.number => {
                let fields = [
                    lap::TOTAL_DISTANCE,
                    lap::TOTAL_CYCLES,
                    lap::TOTAL_TIMER_TIME,
                ];
                for (sum, field) in seen.laps.iter_mut().zip(fields) {
                    *sum += raw(field.number);
                }
            }
            number if number == profile::SESSION.number => {
                let fields = [
                    session::TOTAL_DISTANCE,
                    session::TOTAL_CYCLES,
                    session::TOTAL_TIMER_TIME,
                ];
                seen.session = fields.map(|field| raw(field.number));
            }
            _ => {}
        }
    }
    seen
}

/// 635 strokes, 5,466.38 m and 1,555.5 s on the monitor's clock, in whichever way they come.
#[test]
fn the_totals_in_the_file() {
    for service in ["cps", "csc", "ftms"] {
        for mtu in [23, 185, 247, 512] {
            let folder = tempfile::tempdir().unwrap();
            let devices = format!("sim:esprm?service={service}&mtu={mtu}");
            run(&devices, folder.path(), &[]);
            let (name, file) = made(folder.path());
            let report = fit::inspect(&file);
            assert!(report.is_valid(), "{devices}: {report}");
            let seen = seen(&file);
            let centimetres = if service == "ftms" { 100 } else { 1 };
            let near = |value: i128, truth: i128, most: i128| (value - truth).abs() <= most;
            let [distance, strokes, time] = seen.session;
            assert!(near(distance, 546_638, centimetres), "{devices}: {seen:?}");
            assert!(near(strokes, 635, 0), "{devices}: {seen:?}");
            assert!(near(time, 1_555_540, 500), "{devices}: {seen:?}");
            assert!(near(seen.laps[0], distance, 0), "{devices}: {seen:?}");
            assert!(near(seen.laps[1], 635, 0), "{devices}: {seen:?}");
            assert!(near(seen.laps[2], time, 12), "{devices}: {seen:?}");
            assert_eq!(seen.last, [distance, 635], "{devices}");
            assert_eq!(seen.curves, 635, "{devices}");
            assert!(seen.records >= 636, "{devices}");
            assert!(name.contains("_rowing_546"), "{name}");
        }
    }
}
