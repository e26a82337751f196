//! What the program prints, word by word: the Markdown files of `tests/cli` are sessions at a
//! terminal, each in a copy of `tests/cli/fixture`.
//!
//! `TRYCMD=overwrite cargo test -p pipeline --test transcripts` writes them anew; read what has
//! changed before you commit it.
#![cfg(unix)]

use std::path::{Path, PathBuf};
use std::{env, fs};

use trycmd::TestCases;

/// Programs that the sessions use beside ours.
const OTHERS: [&str; 7] = ["cat", "cmp", "grep", "ls", "rm", "sed", "sh"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli")
}

#[test]
fn every_session_goes_as_written() {
    let pipeline = Path::new(env!("CARGO_BIN_EXE_pipeline"));
    let home = folder().join("home").display().to_string();
    let path = format!("{}:/usr/bin:/bin", pipeline.parent().unwrap().display());
    let cases = TestCases::new();
    for name in OTHERS {
        let found = ["/bin", "/usr/bin"].map(|folder| Path::new(folder).join(name));
        let found = found.into_iter().find(|path| path.exists());
        cases.register_bin(name, found.unwrap());
    }
    cases
        .register_bin("pipeline", pipeline)
        .env("HOME", &home)
        .env("PATH", path)
        .env("PIPELINE_STATE_DIR", "state")
        .env("XDG_CONFIG_HOME", "")
        .env("XDG_STATE_HOME", "")
        .env("LC_ALL", "C")
        .env("COLUMNS", "100")
        .insert_var("[HOME]", home)
        .unwrap();
    cases.case(folder().join("*.md"));
    cases.run();
    if env::var_os("TRYCMD").is_some_and(|mode| mode == "overwrite") {
        for file in fs::read_dir(folder()).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|ending| ending == "md") {
                let text = fs::read_to_string(&path).unwrap();
                fs::write(path, without_times(&text)).unwrap();
            }
        }
    }
}

/// How long something took is different every time: `in 12 ms`, `"ms":12`.
fn without_times(text: &str) -> String {
    let lines = text.split_inclusive('\n').map(|line| {
        let line = blank(line, " in ", &[" ms", " s"]);
        blank(&line, "\"ms\":", &[""])
    });
    lines.collect()
}

/// Puts `[..]` for a number, with one of these units, behind `before`.
fn blank(line: &str, before: &str, units: &[&str]) -> String {
    let Some((head, tail)) = line.split_once(before) else {
        return line.to_owned();
    };
    let rest = tail.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let unit = units.iter().find_map(|unit| rest.strip_prefix(unit));
    match unit {
        Some(rest) if !tail.starts_with(rest) => format!("{head}{before}[..]{rest}"),
        _ => format!("{head}{before}{}", blank(tail, before, units)),
    }
}
