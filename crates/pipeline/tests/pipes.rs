//! Standard output that nobody reads any more (`| head`), or that can't be written (`> /dev/full`).
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// Commands that print, and work in `tests/cli/fixture`.
const PRINTING: [&str; 14] = [
    "check rows.yaml both.yaml",
    "completions bash",
    "completions zsh",
    "describe tcx",
    "describe tcx --markdown",
    "graph both.yaml",
    "inspect rows/monday.tcx",
    "inspect rows/monday.tcx --json",
    "list",
    "list --json",
    "man",
    "man run",
    "new tcx/laps/garmin",
    "schema",
];

/// A command, which works in `tests/cli/fixture`.
fn pipeline(command: &str, folder: &TempDir) -> Command {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/fixture");
    let mut pipeline = Command::new(env!("CARGO_BIN_EXE_pipeline"));
    pipeline
        .args(command.split(' '))
        .current_dir(fixture)
        .env("PIPELINE_STATE_DIR", folder.path().join("state"));
    pipeline
}

/// Runs a command with that standard output: exit code and standard error.
fn run(command: &str, folder: &TempDir, out: impl Into<Stdio>) -> (Option<i32>, String) {
    let output = pipeline(command, folder).stdout(out).output().unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    (output.status.code(), errors)
}

/// The writing end of a pipe that nobody reads.
fn closed() -> Stdio {
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    writer.into()
}

#[test]
fn a_reader_that_has_gone_is_no_error() {
    let folder = tempfile::tempdir().unwrap();
    for command in PRINTING {
        assert_eq!(
            run(command, &folder, closed()),
            (Some(0), String::new()),
            "{command}"
        );
    }
}

/// `pipeline run … | head -1` delivers everything, and notes it.
#[test]
fn a_run_goes_on_when_nobody_reads_its_results() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let command = format!("run rows.yaml --jobs 1 --out {}", out.display());
    let (code, errors) = run(&command, &folder, closed());
    assert_eq!(code, Some(0), "{errors}");
    assert!(errors.starts_with("3 delivered to "), "{errors}");
    assert_eq!(fs::read_dir(&out).unwrap().count(), 3);
    let (code, errors) = run(&command, &folder, closed());
    assert_eq!(code, Some(0), "{errors}");
    assert!(errors.starts_with("3 already delivered "), "{errors}");
}

/// `pipeline run … 2>&1 | head -1`, or a job whose log nobody takes any more.
#[test]
fn a_run_goes_on_when_nobody_reads_anything() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let command = format!("run rows.yaml --jobs 1 --out {}", out.display());
    let mut run = pipeline(&command, &folder);
    let status = run.stdout(closed()).stderr(closed()).status().unwrap();
    assert_eq!(status.code(), Some(0));
    assert_eq!(fs::read_dir(&out).unwrap().count(), 3);
    for (command, code) in [
        ("run rows.yaml gone.tcx", 3),
        ("check check/typos.yaml", 5),
        ("convert gone.tcx out.fit", 1),
    ] {
        let mut failing = pipeline(command, &folder);
        let status = failing.stdout(closed()).stderr(closed()).status();
        assert_eq!(status.unwrap().code(), Some(code), "{command}");
    }
}

/// Nobody will ever write into a named pipe that lies in a folder by chance.
#[test]
fn named_pipes_are_read_only_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let rows = folder.path().join("rows");
    fs::create_dir(&rows).unwrap();
    fs::copy(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/fixture/rows/monday.tcx"),
        rows.join("monday.tcx"),
    )
    .unwrap();
    named_pipe(&rows.join("pipe.tcx"));
    for inputs in [rows.clone(), rows.join("*.tcx")] {
        let command = format!("run rows.yaml {} --dry-run", inputs.display());
        let (code, errors) = run(&command, &folder, Stdio::null());
        assert_eq!(code, Some(0), "{errors}");
        assert!(errors.starts_with("1 would be delivered "), "{errors}");
    }
}

/// Makes a named pipe.
fn named_pipe(path: &Path) {
    let made = Command::new("mkfifo").arg(path).status();
    assert!(made.unwrap().success());
}

/// `pipeline run rows.yaml <(curl …)`: whoever writes into a pipe is heard, and once.
#[test]
fn a_named_pipe_is_read_once() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe.tcx");
    named_pipe(&pipe);
    let row = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/fixture/rows/monday.tcx");
    let out = folder.path().join("out");
    for expected in ["1 delivered to ", "1 already delivered "] {
        let (row, into) = (fs::read(&row).unwrap(), pipe.clone());
        let writer = std::thread::spawn(move || fs::write(into, row).unwrap());
        let command = format!("run rows.yaml {} --out {}", pipe.display(), out.display());
        let (code, errors) = run(&command, &folder, Stdio::null());
        assert_eq!(code, Some(0), "{errors}");
        assert!(errors.starts_with(expected), "{errors}");
        writer.join().unwrap();
    }
}

/// `pipeline convert a.tcx >(gzip …) --to fit`, and `/dev/null`: a pipe or a device stays what it is.
#[test]
fn what_is_no_file_is_written_into_and_never_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe.fit");
    named_pipe(&pipe);
    for force in ["", " --force"] {
        let from = pipe.clone();
        let reader = std::thread::spawn(move || fs::read(from).unwrap());
        let command = format!("convert rows/monday.tcx {}{force}", pipe.display());
        assert_eq!(
            run(&command, &folder, Stdio::null()),
            (Some(0), String::new())
        );
        assert!(fit::inspect(&reader.join().unwrap()).is_valid());
    }
    let halved = folder.path().join("halved.fit");
    let whole = folder.path().join("whole.fit");
    let command = format!("convert rows/monday.tcx {}", whole.display());
    assert_eq!(
        run(&command, &folder, Stdio::null()),
        (Some(0), String::new())
    );
    let whole = fs::read(whole).unwrap();
    fs::write(&halved, &whole[..whole.len() / 2]).unwrap();
    for force in ["", " --force"] {
        let from = pipe.clone();
        let reader = std::thread::spawn(move || fs::read(from).unwrap());
        let (halved, pipe) = (halved.display(), pipe.display());
        let command = format!("repair {halved} --output {pipe}{force}");
        assert_eq!(
            run(&command, &folder, Stdio::null()),
            (Some(0), String::new())
        );
        assert!(fit::inspect(&reader.join().unwrap()).is_valid());
    }
    let row = folder.path().join("row.csv");
    let csv = File::create(&row).unwrap();
    let command = "convert rows/monday.tcx /dev/stdout --to csv";
    let (code, errors) = run(command, &folder, csv);
    assert_eq!(code, Some(0), "{errors}");
    assert!(errors.ends_with("→ standard output\n"), "{errors}");
    assert!(fs::read_to_string(row).unwrap().starts_with("time,"));
}

/// `pipeline run … 2>&1 | head -1`: what is recorded and delivered does not depend on who listens.
#[test]
fn a_run_goes_on_when_nobody_reads_its_words() {
    let pipelines = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pipelines");
    let rower = "sim:esprm+belt?strokes=20";
    // Not at midnight, when the log goes on in a new file.
    let station = "sim:fossibot?start=2026-07-24T10:00:00Z";
    for (name, device) in [("rowing-to-fit", rower), ("fossibot-log", station)] {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let status = Command::new(env!("CARGO_BIN_EXE_pipeline"))
            .arg("run")
            .arg(pipelines.join(format!("{name}.yaml")))
            .args(["--device", device, "--for", "20min", "--out"])
            .arg(&out)
            .env("PIPELINE_STATE_DIR", folder.path().join("state"))
            .stdout(closed())
            .stderr(closed())
            .status()
            .unwrap();
        assert_eq!(status.code(), Some(0), "{name}");
        assert_eq!(fs::read_dir(&out).unwrap().count(), 1, "{name}");
        let journal = fs::read_dir(folder.path().join("state/journal"));
        assert_eq!(journal.map_or(0, Iterator::count), 0, "{name}");
    }
}

/// `pipeline run --tap laps | head -1` is how people look; no input is to blame.
#[test]
fn a_tap_that_nobody_reads_ends_quietly() {
    let folder = tempfile::tempdir().unwrap();
    let command = "run rows.yaml --jobs 1 --quiet --dry-run --tap laps";
    assert_eq!(run(command, &folder, closed()), (Some(0), String::new()));
}

#[test]
fn a_conversion_goes_on_when_nobody_reads_its_result() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("monday.fit");
    let command = format!("convert rows/monday.tcx {}", out.display());
    assert_eq!(run(&command, &folder, closed()), (Some(0), String::new()));
    assert!(fit::inspect(&fs::read(out).unwrap()).is_valid());
}

/// What can't be printed is an error, but never keeps an activity from being delivered.
#[test]
#[cfg(target_os = "linux")]
fn a_full_standard_output_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let full = || File::options().write(true).open("/dev/full").unwrap();
    for command in PRINTING {
        let (code, errors) = run(command, &folder, full());
        assert_eq!(code, Some(1), "{command}: {errors}");
        assert_eq!(
            errors.lines().next(),
            Some("error: cannot write to standard output: No space left on device (os error 28)"),
            "{command}"
        );
    }
    let out = folder.path().join("out");
    let command = format!("run rows.yaml --jobs 1 --out {}", out.display());
    let (code, errors) = run(&command, &folder, full());
    assert_eq!(code, Some(1), "{errors}");
    assert!(
        errors.contains("error: cannot write to standard output"),
        "{errors}"
    );
    assert_eq!(fs::read_dir(&out).unwrap().count(), 3);
}
