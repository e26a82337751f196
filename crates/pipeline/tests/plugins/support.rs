use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder of its own with two rows and a state of its own.
pub(crate) struct Place(pub(crate) tempfile::TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let rows = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/fixture/rows");
        for row in ["monday.tcx", "tuesday.tcx"] {
            fs::copy(rows.join(row), folder.path().join(row)).unwrap();
        }
        Self(folder)
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path().join(name), text).unwrap();
    }

    /// Runs the program here.
    pub(crate) fn pipeline(&self, arguments: &[&str]) -> Output {
        let output = Command::new(env!("CARGO_BIN_EXE_pipeline"))
            .args(arguments)
            .current_dir(self.path())
            .env("PIPELINE_STATE_DIR", self.path().join("state"))
            .env("HOME", self.path())
            .env_remove("XDG_DATA_HOME")
            .env_remove("PIPELINE_PLUGIN_PATH")
            .output();
        output.unwrap()
    }

    /// Its exit code, and what it says on both streams, without what changes from run to run.
    pub(crate) fn told(&self, arguments: &[&str]) -> (i32, String) {
        let output = self.pipeline(arguments);
        let text =
            String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
        let real = self.path().canonicalize().unwrap();
        let text = text.replace(real.to_str().unwrap(), "[HERE]");
        (output.status.code().unwrap(), text)
    }

    pub(crate) fn delivered(&self) -> usize {
        let files = fs::read_dir(self.path().join("out"));
        files.into_iter().flatten().count()
    }
}

/// Compiles a plugin in C of this folder, with all warnings.
pub(crate) fn library(source: &Path, place: &Place, name: &str, flags: &[&str]) -> PathBuf {
    let made = place.path().join(name);
    let header = concat!("-I", env!("CARGO_MANIFEST_DIR"), "/../plugin/include");
    let output = Command::new("cc")
        .args([
            "-std=c99",
            "-Wall",
            "-Wextra",
            "-pedantic",
            "-Werror",
            "-O1",
            "-g",
        ])
        .args(["-shared", "-fPIC", header])
        .args(flags)
        .arg(source)
        .arg("-o")
        .arg(&made)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    made
}

pub(crate) fn here(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/plugins")
        .join(name)
}
