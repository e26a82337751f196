//! Every conversation in `tests/conversations`, played to the source that it names: we write what
//! stands in it, and what comes of the answers is what lies beside it.
//!
//! `UPDATE_EXPECT=1 cargo test -p pipeline --test conversations` writes the items anew; read what has
//! changed before you commit it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

/// Devices that are to be there.
const DEVICES: [&str; 7] = [
    "cycplus-m2",
    "esprm-cps",
    "esprm-csc",
    "esprm-ftms",
    "fossibot",
    "ftms",
    "xoss-g-plus",
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conversations")
}

fn conversation(name: &str) -> PathBuf {
    folder().join(name).with_extension("yaml")
}

/// The names of all of them.
fn all() -> Vec<String> {
    let entries = fs::read_dir(folder()).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut names: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml"))
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

fn pipeline(arguments: &[&Path], folder: &Path) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_pipeline"))
        .args(arguments)
        .current_dir(folder)
        .env("PIPELINE_STATE_DIR", folder.join("state"))
        .output();
    output.unwrap()
}

/// The items that the source makes of a conversation, or what it says about it.
fn play(talk: &Path) -> Result<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let items = folder.path().join("items.jsonl");
    let output = pipeline(&[Path::new("convert"), talk, &items], folder.path());
    if output.status.success() {
        Ok(fs::read_to_string(items).unwrap())
    } else {
        Err(String::from_utf8(output.stderr).unwrap())
    }
}

/// The same of a text.
fn play_text(text: &str) -> Result<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let talk = folder.path().join("talk.yaml");
    fs::write(&talk, text).unwrap();
    play(&talk)
}

#[test]
fn every_conversation_goes_as_written() {
    let all = all();
    assert!(
        DEVICES.iter().all(|name| all.iter().any(|one| one == name)),
        "{all:?}"
    );
    for name in all {
        let items = play(&conversation(&name)).unwrap_or_else(|told| panic!("{name}: {told}"));
        let golden = folder().join(&name).with_extension("jsonl");
        if env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(&golden, &items).unwrap();
        }
        let expected = fs::read_to_string(&golden).unwrap_or_default();
        for (number, (is, was)) in (1..).zip(items.lines().zip(expected.lines())) {
            assert_eq!(is, was, "line {number} of the items of {name}");
        }
        assert_eq!(items.lines().count(), expected.lines().count(), "{name}");
        assert!(items.contains(r#"{"sample":"#), "{name} has no samples");
    }
}

#[test]
fn a_write_that_differs_is_told_with_both() {
    let text = fs::read_to_string(conversation("fossibot")).unwrap();
    let other = text.replacen("11 03 00 00 00 50 66 47", "11 03 00 00 00 51 a7 87", 1);
    assert!(text != other);
    let told = play_text(&other).unwrap_err();
    let expected = "the source writes `1103000000506647` to c304 where the recording has \
                    `110300000051a787` to c304";
    assert!(told.contains(expected), "{told}");
}

#[test]
fn a_write_that_is_not_made_is_told() {
    let text = fs::read_to_string(conversation("esprm-cps")).unwrap();
    let (before, after) = text.split_once("  - { at: 1.1,").unwrap();
    let extra = "  - { at: 1.09, write: 51ba0a00-8853-477c-bf43-6a09c36aac9f, hex: \"14 00\" }\n";
    let other = format!("{before}{extra}  - {{ at: 1.1,{after}");
    let told = play_text(&other).unwrap_err();
    let expected = "the recording has `1400` to 51ba0a00-8853-477c-bf43-6a09c36aac9f written at \
                    1.09 s, which the source does not write";
    assert!(told.contains(expected), "{told}");
}

/// A conversation becomes a recording and a conversation again, and nothing is lost.
#[test]
fn there_and_back_is_the_same() {
    let folder = tempfile::tempdir().unwrap();
    for name in DEVICES {
        let told = fs::read_to_string(conversation(name)).unwrap();
        let (capture, again) = (format!("{name}.capture"), format!("{name}.yaml"));
        let convert = |from: &Path, to: &str| {
            let [capture, option, output] = ["capture", "--convert", "-o"].map(Path::new);
            let arguments = [capture, option, from, output, Path::new(to)];
            let output = pipeline(&arguments, folder.path());
            assert!(output.status.success(), "{output:?}");
        };
        convert(&conversation(name), &capture);
        convert(&folder.path().join(&capture), &again);
        let again = fs::read_to_string(folder.path().join(again)).unwrap();
        let plain = |text: &str| -> Vec<String> {
            let lines = text.lines().filter(|line| !line.trim().starts_with('#'));
            lines.map(str::to_owned).collect()
        };
        let (again, told) = (plain(&again), plain(&told));
        for (is, was) in again.iter().zip(&told) {
            assert_eq!(is, was, "{name}");
        }
        assert_eq!(again.len(), told.len(), "{name}");
    }
}

#[test]
fn what_is_wrong_in_one_is_told_with_its_place() {
    let text = fs::read_to_string(conversation("fossibot")).unwrap();
    for (from, to, expected) in [
        (
            "write: request",
            "write: requests",
            "`requests` is no UUID and does not stand in `names`",
        ),
        (
            "hex: \"11",
            "hex: \"1",
            "is not made of pairs of hexadecimal digits",
        ),
        (
            "conversation: 1",
            "conversation: 2",
            "version 2, this program knows 1",
        ),
        ("start:", "strat:", "unknown field"),
        ("- { at: 0", "- { at: -1", "the time is impossible"),
        ("[notify]", "[ring]", "`ring` is no property"),
    ] {
        let other = text.replacen(from, to, 1);
        assert!(text != other, "{from}");
        let told = play_text(&other).unwrap_err();
        assert!(told.contains(expected), "{from} → {to}: {told}");
    }
}
