//! Ctrl-C, SIGTERM and SIGHUP: the first ends a run in good order, the second at once.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};

use tempfile::TempDir;

const STOPPING: &str = "stopping: what is read is delivered, Ctrl-C again stops at once\n";

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/fixture")
}

/// A run that has come to standard input.
struct Run {
    child: Child,
    out: BufReader<ChildStdout>,
    errors: BufReader<ChildStderr>,
    folder: TempDir,
}

fn line(from: &mut impl BufRead) -> String {
    let mut line = String::new();
    from.read_line(&mut line).unwrap();
    line
}

impl Run {
    /// Starts it; signals are caught before the first line is written.
    fn start(inputs: &str) -> Self {
        Self::of(&format!("rows.yaml --jobs 1 {inputs}"))
    }

    fn of(arguments: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_pipeline"))
            .arg("run")
            .args(arguments.split(' '))
            .arg("--out")
            .arg(folder.path().join("out"))
            .arg("--state-dir")
            .arg(folder.path().join("state"))
            .current_dir(fixture())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            out: BufReader::new(child.stdout.take().unwrap()),
            errors: BufReader::new(child.stderr.take().unwrap()),
            child,
            folder,
        }
    }

    /// Sends a signal by its name.
    fn signal(&self, name: &str) {
        self.signals(&[name]);
    }

    /// Sends signals, one right after the other.
    fn signals(&self, names: &[&str]) {
        let process = self.child.id();
        let kill = names.iter().map(|name| format!("kill -s {name} {process}"));
        // The shell's own `kill`: there need be no other.
        let kill = kill.collect::<Vec<_>>().join("; ");
        assert!(
            Command::new("sh")
                .args(["-c", &kill])
                .status()
                .unwrap()
                .success()
        );
    }

    /// Writes a row to its standard input: the run looks at its signals when bytes come.
    fn feed(&mut self) {
        let row = fs::read(fixture().join("rows/wednesday.tcx.gz")).unwrap();
        let mut input = self.child.stdin.take().unwrap();
        input.write_all(&row).unwrap();
    }

    /// Waits for the end: exit code, what is still told, and how many files are delivered.
    fn end(mut self) -> (Option<i32>, String, usize) {
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).unwrap();
        self.errors.read_to_string(&mut rest).unwrap();
        let code = self.child.wait().unwrap().code();
        let delivered = fs::read_dir(self.folder.path().join("out"));
        let staging = self.folder.path().join("out.staging");
        assert!(!staging.exists(), "nothing half written is left");
        (code, rest, delivered.map_or(0, Iterator::count))
    }
}

#[test]
fn the_first_signal_ends_the_run_in_good_order() {
    for signal in ["INT", "TERM", "HUP"] {
        let mut run = Run::start("rows/monday.tcx - rows/tuesday.tcx");
        assert!(line(&mut run.out).starts_with("monday.tcx: 600 m "));
        run.signal(signal);
        assert_eq!(line(&mut run.errors), STOPPING, "{signal}");
        run.feed();
        let (code, told, delivered) = run.end();
        assert_eq!((code, delivered), (Some(130), 1), "{signal}: {told}");
        assert!(told.starts_with("1 delivered to "), "{told}");
        assert!(told.contains(", 2 not started in "), "{told}");
    }
}

#[test]
fn rides_that_are_still_on_a_computer_are_left() {
    let mut run = Run::of("@xoss-sync --device sim:xoss-nav?speed=4");
    assert!(line(&mut run.out).starts_with("20240715062336.fit: as it is "));
    run.signal("INT");
    let (code, told, delivered) = run.end();
    assert_eq!((code, delivered), (Some(130), 1), "{told}");
    assert!(told.contains(STOPPING), "{told}");
    assert!(told.contains(", 2 not started in "), "{told}");

    // Also when the run had an end of its own, and is stopped before.
    for end in ["--once", "--for 1h"] {
        let mut run = Run::of(&format!(
            "@xoss-sync --device sim:xoss-nav?speed=1 -v {end}"
        ));
        let about = line(&mut run.errors);
        assert!(about.ends_with("3 rides, all new\n"), "{about}");
        run.signal("INT");
        let (code, told, delivered) = run.end();
        assert_eq!((code, delivered), (Some(130), 0), "{end}: {told}");
        assert!(told.contains("3 not started in "), "{told}");
    }
    // Who says when it ends has what was asked for.
    for end in ["--once", "--for 5s"] {
        let run = Run::of(&format!("@xoss-sync --device sim:xoss-nav {end}"));
        let (code, told, delivered) = run.end();
        assert_eq!((code, delivered), (Some(0), 1), "{end}: {told}");
        assert!(!told.contains("not started"), "{told}");
    }
}

#[test]
fn what_is_listened_to_has_no_end_of_its_own() {
    for end in ["", " --once", " --for 1h"] {
        let device = "sim:esprm?speed=100";
        let mut run = Run::of(&format!("@rowing-to-fit --device {device}{end}"));
        while !line(&mut run.errors).starts_with("rowing: lap 1: ") {}
        run.signal("TERM");
        let (code, told, delivered) = run.end();
        assert_eq!((code, delivered), (Some(0), 1), "{end}: {told}");
        assert!(told.contains("1 delivered to "), "{told}");
    }
}

/// A recording in which nothing is would be in the way of the next run.
#[test]
fn nothing_is_left_of_a_recording_in_which_nothing_is() {
    for is_ours in [true, false] {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("row.capture");
        let run = format!(
            "@rowing-to-fit --device sim:belt --record {}",
            file.display()
        );
        let mut run = Run::of(&run);
        assert!(line(&mut run.errors).contains("waiting for the rower"));
        assert!(file.exists());
        if !is_ours {
            // Another one of that name, which is left alone.
            fs::remove_file(&file).unwrap();
            fs::write(&file, "a letter").unwrap();
        }
        // The second one may come too late: then the run has ended in good order.
        run.signals(&["INT", "TERM"]);
        let code = run.child.wait().unwrap().code();
        assert!(matches!(code, Some(0 | 130)), "{code:?}");
        assert_eq!(file.exists(), !is_ours, "{code:?}");
        let journals = fs::read_dir(run.folder.path().join("state/journal"));
        assert_eq!(journals.unwrap().count(), 0, "{code:?}");
    }
}

#[test]
fn machines_are_told_what_is_left() {
    let mut run = Run::start("- rows/tuesday.tcx --json");
    assert_eq!(
        line(&mut run.out),
        "{\"v\":1,\"type\":\"start\",\"inputs\":2}\n"
    );
    run.signal("INT");
    assert_eq!(line(&mut run.errors), STOPPING);
    run.feed();
    let (code, told, delivered) = run.end();
    assert_eq!((code, delivered), (Some(130), 0));
    assert_eq!(
        told,
        "{\"v\":1,\"type\":\"summary\",\"delivered\":0,\"already\":0,\"quarantined\":0,\
         \"undelivered\":0,\"partly\":0,\"left\":2,\"exit_code\":130}\n"
    );
}

#[test]
fn the_second_signal_ends_it_at_once() {
    let mut run = Run::start("- --json");
    line(&mut run.out);
    run.signal("INT");
    assert_eq!(line(&mut run.errors), STOPPING);
    run.signal("INT");
    // Its input has not ended: without the second signal it would wait for ever. Only a run that
    // had not begun to read says how it ended.
    let (code, _, delivered) = run.end();
    assert_eq!((code, delivered), (Some(130), 0));
}
