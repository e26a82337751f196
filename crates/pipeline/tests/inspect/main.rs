//! `pipeline inspect` as people and scripts see it.

#![expect(
    clippy::needless_raw_string_hashes,
    reason = "expect-test writes the snapshots so"
)]
#![expect(clippy::unwrap_used, reason = "a test fails where a helper does")]

mod json;
mod made;
mod messages;
mod report;
mod tcx;

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use expect_test::Expect;

/// Where the FIT files of the tests are.
const FILES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../fit/tests/data");

/// Runs `pipeline inspect` in a folder; returns what it prints, errors last, and the exit code.
fn inspect(folder: &Path, arguments: &[&str], input: &[u8]) -> String {
    let mut child = Command::new(env!("CARGO_BIN_EXE_pipeline"))
        .arg("inspect")
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A file that isn't read needs no reader.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    format!("{out}{error}exit {}\n", output.status.code().unwrap())
}

#[expect(clippy::needless_pass_by_value, reason = "reads better at the calls")]
fn check(arguments: &[&str], expected: Expect) {
    expected.assert_eq(&inspect(FILES.as_ref(), arguments, b""));
}
