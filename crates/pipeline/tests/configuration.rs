//! The commands that read pipeline files without running them, as a user types them.

use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

const GOOD: &str = "\
source: { tcx: { path: \"*.tcx\" } }
transforms: [laps: { every: 500 m }, calories]
sinks: [garmin: { folder: out }]
";
const BAD: &str = "\
source: { tcx: { path: \"*.tcx\" } }
transforms: [laps: { evry: 500 m }]
sinks: [garmin: { folder: out }]
";

fn pipeline(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_pipeline"))
        .args(arguments)
        .current_dir(folder)
        .env("HOME", folder)
        .env_remove("XDG_CONFIG_HOME")
        .output()
        .expect("the binary")
}

/// The exit code, standard output and standard error.
fn said(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (
        output.status.code(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

fn folder() -> TempDir {
    let folder = TempDir::new().expect("a folder");
    std::fs::write(folder.path().join("good.yaml"), GOOD).expect("a file");
    std::fs::create_dir(folder.path().join("pipelines")).expect("a folder");
    std::fs::write(folder.path().join("pipelines/bad.yaml"), BAD).expect("a file");
    folder
}

#[test]
fn check_tells_what_is_wrong_and_where() {
    let folder = folder();
    let (code, out, err) = said(&pipeline(
        folder.path(),
        &["check", "good.yaml", "bad.yaml"],
    ));
    assert_eq!(code, Some(5));
    assert_eq!(out, "good.yaml: ok · tcx → laps → calories → garmin\n");
    assert_eq!(
        err,
        "using `pipelines/bad.yaml`
error: `laps` has no option `evry`
 --> pipelines/bad.yaml:2:22
  |
2 | transforms: [laps: { evry: 500 m }]
  |                      ^^^^
help: did you mean `every`?

"
    );
    let (code, _, err) = said(&pipeline(folder.path(), &["check", "god.yaml"]));
    assert_eq!(code, Some(5));
    assert!(err.contains("there is no pipeline `god.yaml`"), "{err}");
    assert!(err.contains("help: did you mean `good.yaml`?"), "{err}");
}

#[test]
fn check_has_a_form_for_machines() {
    let folder = folder();
    let (code, out, _) = said(&pipeline(
        folder.path(),
        &["check", "--json", "good.yaml", "bad.yaml"],
    ));
    assert_eq!(code, Some(5));
    let lines: Vec<serde_json::Value> = out
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["ok"], true);
    assert_eq!(lines[0]["name"], "good");
    let problem = &lines[1]["diagnostics"][0];
    assert_eq!(problem["message"], "`laps` has no option `evry`");
    assert_eq!(problem["help"], "did you mean `every`?");
    assert_eq!(
        (&problem["place"]["line"], &problem["place"]["column"]),
        (&2.into(), &22.into())
    );
}

#[test]
fn every_bundled_pipeline_is_sound() {
    let folder = folder();
    let (_, listed, _) = said(&pipeline(folder.path(), &["list"]));
    let names: Vec<&str> = listed
        .lines()
        .map(str::trim)
        .filter(|name| name.starts_with('@'))
        .collect();
    assert!(!names.is_empty());
    let (code, _, err) = said(&pipeline(folder.path(), &[&["check"], &names[..]].concat()));
    assert_eq!(code, Some(0), "{err}");
}

#[test]
fn new_writes_what_check_takes_and_never_overwrites() {
    let folder = folder();
    let new = ["new", "tcx/laps,calories/garmin,fit", "--out", "made.yaml"];
    let (code, out, _) = said(&pipeline(folder.path(), &new));
    assert_eq!((code, &*out), (Some(0), "made.yaml\n"));
    let (code, _, err) = said(&pipeline(folder.path(), &["check", "made.yaml"]));
    assert_eq!((code, &*err), (Some(0), ""));
    let (code, _, err) = said(&pipeline(folder.path(), &new));
    assert_eq!(code, Some(1));
    assert!(err.contains("`made.yaml` exists already"), "{err}");
    let (code, _, err) = said(&pipeline(folder.path(), &["new", "tcx/lasp/garmin"]));
    assert_eq!(code, Some(2));
    assert!(err.contains("help: did you mean `laps`?"), "{err}");
}

#[test]
fn every_plugin_describes_itself() {
    let folder = folder();
    let (_, listed, _) = said(&pipeline(folder.path(), &["list", "--json"]));
    for line in listed.lines().filter(|line| line.contains("\"plugin\"")) {
        let plugin: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let name = plugin["name"].as_str().expect("a name");
        for form in [&["describe", name][..], &["describe", name, "--markdown"]] {
            let (code, out, _) = said(&pipeline(folder.path(), form));
            assert_eq!(code, Some(0));
            assert!(!out.is_empty());
        }
    }
    let (code, out, err) = said(&pipeline(folder.path(), &["describe", "garmni"]));
    assert_eq!((code, &*out), (Some(2), ""));
    assert_eq!(
        err,
        "error: there is no plugin `garmni`\nhelp: did you mean `garmin`?\n"
    );
}

#[test]
fn the_schema_is_json() {
    let (code, out, _) = said(&pipeline(folder().path(), &["schema"]));
    assert_eq!(code, Some(0));
    let schema: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert!(schema["$defs"]["source"]["anyOf"][1]["properties"]["tcx"].is_object());
}
