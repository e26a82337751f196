//! Days that are over.

use std::fs;
use std::io::Write;

use expect_test::expect;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::support::{files, listing, log};

const YESTERDAY: &str = "POWER-2F1C_2026-11-20.csv";

fn pack(text: &str) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(text.as_bytes()).unwrap();
    packer.finish().unwrap()
}

#[test]
fn a_day_that_is_over_is_compressed() {
    let folder = tempfile::tempdir().unwrap();
    let rows = [
        "2026-11-20T10:00:00Z a=1",
        "2026-11-21T10:00:00Z a=2",
        "2026-11-22T10:00:00Z a=3",
    ];
    log(folder.path(), "{}", &rows);
    expect![[r#"
        --- POWER-2F1C_2026-11-20.csv.gz
        time,a (V)
        2026-11-20T10:00:00Z,1
        --- POWER-2F1C_2026-11-21.csv.gz
        time,a (V)
        2026-11-21T10:00:00Z,2
        --- POWER-2F1C_2026-11-22.csv
        time,a (V)
        2026-11-22T10:00:00Z,3
    "#]]
    .assert_eq(&listing(folder.path()));
    // Its own file of the 21st was still open; the next day it goes.
    log(folder.path(), "{}", &["2026-11-23T10:00:00Z a=4"]);
    let names: Vec<_> = files(folder.path()).into_keys().collect();
    expect![[r#"
        [
            "POWER-2F1C_2026-11-20.csv.gz",
            "POWER-2F1C_2026-11-21.csv.gz",
            "POWER-2F1C_2026-11-22.csv.gz",
            "POWER-2F1C_2026-11-23.csv",
        ]
    "#]]
    .assert_debug_eq(&names);
    let staging = folder.path().with_extension("staging");
    assert!(!staging.exists() || fs::read_dir(staging).unwrap().count() == 0);
}

#[test]
fn half_a_row_of_yesterday_is_taken_away_first() {
    let folder = tempfile::tempdir().unwrap();
    let text = "time,a (V)\n2026-11-20T10:00:00Z,1\n";
    fs::write(
        folder.path().join(YESTERDAY),
        format!("{text}2026-11-20T10:0"),
    )
    .unwrap();
    let said = log(folder.path(), "{}", &["2026-11-21T10:00:00Z a=1"]);
    expect![[r#"
        warn took away half a row that a crash left at the end of `POWER-2F1C_2026-11-20.csv`: `2026-11-20T10:0`
        done POWER-2F1C_2026-11-21.csv
    "#]].assert_eq(&said);
    assert_eq!(files(folder.path())["POWER-2F1C_2026-11-20.csv.gz"], text);
}

/// Killed between the compressed file's birth and the end of the plain one.
#[test]
fn both_files_of_a_day_become_one() {
    let folder = tempfile::tempdir().unwrap();
    let text = "time,a (V)\n2026-11-20T10:00:00Z,1\n";
    fs::write(folder.path().join(YESTERDAY), text).unwrap();
    fs::write(folder.path().join(format!("{YESTERDAY}.gz")), pack(text)).unwrap();
    log(folder.path(), "{}", &["2026-11-21T10:00:00Z a=1"]);
    let files = files(folder.path());
    assert_eq!(files.len(), 2, "{files:?}");
    assert_eq!(files["POWER-2F1C_2026-11-20.csv.gz"], text);
}

#[test]
fn a_compressed_file_with_other_content_stays() {
    let folder = tempfile::tempdir().unwrap();
    let text = "time,a (V)\n2026-11-20T10:00:00Z,1\n";
    let other = "time,a (V)\n2026-11-20T09:00:00Z,7\n";
    for theirs in [pack(other), b"no gzip".to_vec(), pack(text)[..20].to_vec()] {
        fs::write(folder.path().join(YESTERDAY), text).unwrap();
        fs::write(folder.path().join(format!("{YESTERDAY}.gz")), &theirs).unwrap();
        log(folder.path(), "{}", &["2026-11-21T10:00:00Z a=1"]);
        assert!(!folder.path().join(YESTERDAY).exists());
        let kept = fs::read(folder.path().join(format!("{YESTERDAY}.gz"))).unwrap();
        assert_eq!(kept, theirs);
        fs::remove_file(folder.path().join(format!("{YESTERDAY}.gz"))).unwrap();
        let second = "POWER-2F1C_2026-11-20.2.csv.gz";
        assert_eq!(files(folder.path())[second], text);
        fs::remove_file(folder.path().join(second)).unwrap();
    }
}

/// A row of a day that is compressed already: another file, and only if the row is new.
#[test]
fn late_rows_do_not_touch_compressed_files() {
    let folder = tempfile::tempdir().unwrap();
    log(folder.path(), "{}", &["2026-11-20T10:00:00Z a=1"]);
    log(folder.path(), "{}", &["2026-11-21T10:00:00Z a=2"]);
    let before = fs::read(folder.path().join(format!("{YESTERDAY}.gz"))).unwrap();
    let rows = ["2026-11-20T10:00:00Z a=1", "2026-11-20T10:00:05Z a=3"];
    let said = log(folder.path(), "{}", &rows);
    expect![[r#"
        warn 1 row is in the day's files already
        done POWER-2F1C_2026-11-20.2.csv
    "#]]
    .assert_eq(&said);
    assert_eq!(
        fs::read(folder.path().join(format!("{YESTERDAY}.gz"))).unwrap(),
        before
    );
    let late = &files(folder.path())["POWER-2F1C_2026-11-20.2.csv"];
    assert_eq!(late, "time,a (V)\n2026-11-20T10:00:05Z,3\n");
}

#[test]
fn nothing_is_compressed_unless_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let rows = ["2026-11-20T10:00:00Z a=1"];
    log(folder.path(), r#"{"compress":false}"#, &rows);
    log(
        folder.path(),
        r#"{"compress":false}"#,
        &["2026-11-21T10:00:00Z a=2"],
    );
    assert!(folder.path().join(YESTERDAY).exists());
}
