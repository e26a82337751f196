//! The samples through the pipeline of the README, compared with what is known to be good: the
//! items behind the last transform, and the FIT files byte by byte.
//!
//! `UPDATE_EXPECT=1 cargo test -p pipeline --test golden` writes both anew. The files have been
//! through the oracles (`tests/oracles`); put new ones through them before you commit them.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

use fit::profile::{self, lap, session};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn golden() -> PathBuf {
    root().join("tests/golden/coxswain-to-fit")
}

fn blesses() -> bool {
    env::var_os("UPDATE_EXPECT").is_some()
}

fn pipeline(arguments: &[&str], state: &Path) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_pipeline"))
        .args(arguments)
        .current_dir(root())
        .env("PIPELINE_STATE_DIR", state)
        .output();
    output.unwrap()
}

#[test]
fn the_items_are_as_they_were() {
    let state = tempfile::tempdir().unwrap();
    let folder = golden();
    let mut arguments = vec!["test", "pipelines/coxswain-to-fit.yaml", "--golden"];
    arguments.push(folder.to_str().unwrap());
    if blesses() {
        arguments.push("--bless");
    }
    let output = pipeline(&arguments, state.path());
    let told = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
}

/// The FIT files of a folder, by name.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "fit"))
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read(&path).unwrap())
        })
        .collect()
}

#[test]
fn the_files_are_as_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let arguments = [
        "run",
        "pipelines/coxswain-to-fit.yaml",
        "--out",
        out.to_str().unwrap(),
    ];
    let output = pipeline(&arguments, &folder.path().join("state"));
    assert!(output.status.success(), "{output:?}");
    let made = files(&out);
    for (name, file) in &made {
        let report = fit::inspect(file);
        assert!(report.is_valid(), "{name}: {report}");
    }
    if blesses() {
        for name in files(&golden()).keys() {
            fs::remove_file(golden().join(name)).unwrap();
        }
        for (name, file) in &made {
            fs::write(golden().join(name), file).unwrap();
        }
        return;
    }
    let expected = files(&golden());
    assert_eq!(
        made.keys().collect::<Vec<_>>(),
        expected.keys().collect::<Vec<_>>()
    );
    for (name, file) in &made {
        let differs = file.iter().zip(&expected[name]).position(|(a, b)| a != b);
        let sizes = (file.len(), expected[name].len());
        assert!(
            *file == expected[name],
            "{name} differs from byte {differs:?} on; sizes {sizes:?}; compare with \
             `pipeline inspect --messages`"
        );
    }
}

/// The row of reference B1, against what the old converter made of it: exact laps, all of the
/// distance and time, and not half as large.
#[test]
fn the_ten_kilometres_are_exact() {
    let row = root().join("../shared/data/tcx/coxswain_reconstructed_10k.tcx");
    if !row.exists() {
        // Not `eprintln`, which the harness swallows.
        let _ = writeln!(io::stderr(), "SKIPPED: {} is absent", row.display());
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (out, state) = (folder.path().join("out"), folder.path().join("state"));
    let (row, out) = (row.to_str().unwrap(), out.to_str().unwrap());
    let output = pipeline(&["run", "@coxswain-to-fit", row, "--out", out], &state);
    assert!(output.status.success(), "{output:?}");
    let made = files(Path::new(out));
    let [(name, file)] = made.iter().collect::<Vec<_>>()[..] else {
        panic!("{:?}", made.keys());
    };
    assert!(
        name.starts_with("2020-11-24T134636Z_rowing_9999m_"),
        "{name}"
    );
    assert!(file.len() <= 70_000, "{} bytes", file.len());
    let report = fit::inspect(file);
    assert!(report.is_valid(), "{report}");
    assert_eq!(report.count(profile::RECORD.number), 2295);
    let (laps, whole) = laps_and_session(file);
    let times: Vec<i128> = laps.iter().map(|lap| lap[0]).collect();
    assert_eq!(&times[..3], [123_833, 112_367, 111_550]);
    assert_eq!(laps.len(), 20);
    assert!(laps[..19].iter().all(|lap| lap[1] == 50_000), "{laps:?}");
    assert_eq!(whole, [2_294_000, 999_900, 849]);
}

/// Timer time in ms, distance in cm and strokes, of each lap and of the session.
fn laps_and_session(file: &[u8]) -> (Vec<[i128; 3]>, [i128; 3]) {
    let fields = [
        (lap::TOTAL_TIMER_TIME, session::TOTAL_TIMER_TIME),
        (lap::TOTAL_DISTANCE, session::TOTAL_DISTANCE),
        (lap::TOTAL_CYCLES, session::TOTAL_CYCLES),
    ];
    let (mut laps, mut whole) = (Vec::new(), [0; 3]);
    let mut decoder = fit::Decoder::new(file);
    while let Some(message) = decoder.next_message().unwrap() {
        let raw = |number| {
            let mut integers = message.field(number).unwrap().integers();
            integers.next().flatten().unwrap()
        };
        if message.number() == profile::LAP.number {
            laps.push(fields.map(|(field, _)| raw(field.number)));
        } else if message.number() == profile::SESSION.number {
            whole = fields.map(|(_, field)| raw(field.number));
        }
    }
    (laps, whole)
}
