//! Databases that are not ours, and settings.

use std::fs;

use expect_test::expect;
use pipeline_plugin::{Header, Kind, Place, SinkPlugin, Summary, testing};
use plugin_sqlite::Sqlite;
use rusqlite::Connection;

use crate::support::{ask, header, log, write};

#[test]
fn files_of_others_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("other.sqlite3");
    let db = Connection::open(&file).unwrap();
    db.execute_batch("CREATE TABLE stream (x); INSERT INTO stream VALUES (1)")
        .unwrap();
    drop(db);
    let before = fs::read(&file).unwrap();
    let said = log(&file, "{}", &["2026-11-21T10:00:00Z a=1"]);
    expect![[r#"
        Skip: `FILE` is another program's database
        help: choose another `file`
    "#]]
    .assert_eq(&said);
    assert_eq!(fs::read(&file).unwrap(), before);

    fs::write(
        &file,
        "this is a text of more than a hundred bytes, ".repeat(40),
    )
    .unwrap();
    let before = fs::read(&file).unwrap();
    let said = log(&file, "{}", &["2026-11-21T10:00:00Z a=1"]);
    expect![[r#"
        Skip: cannot use the database `FILE`: file is not a database: Error code 26: file is not a database
        help: choose another `file`
    "#]]
    .assert_eq(&said);
    assert_eq!(fs::read(&file).unwrap(), before);
}

#[test]
fn a_database_of_a_newer_version_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("power.sqlite3");
    log(&file, "{}", &["2026-11-21T10:00:00Z a=1"]);
    ask(&file, "PRAGMA user_version = 2");
    let said = log(&file, "{}", &["2026-11-21T10:00:05Z a=1"]);
    expect![[r#"
        Resource: `FILE` was made by a newer version of pipeline
        help: update pipeline
    "#]]
    .assert_eq(&said);
}

#[test]
fn a_file_in_the_way_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let said = log(folder.path(), "{}", &["2026-11-21T10:00:00Z a=1"]);
    expect![[r#"
        Resource: cannot use the database `FILE`: unable to open database file: FILE: Error code 14: unable to open database file
        help: check the permissions, or choose another place
    "#]]
    .assert_eq(&said);
    let items: [pipeline_plugin::Item; 0] = [];
    let file = folder.path().join("x.sqlite3");
    let said = write(&file, "{}", &header(Kind::File, "x"), &items);
    assert_eq!(
        said,
        "Skip: only activities and logs can be kept in a database\n"
    );
    assert!(!file.exists());
}

#[test]
fn settings_are_checked() {
    let check = |options: &str| {
        let sink: Sqlite = testing::settings(options).unwrap();
        let problems = sink.check(&Place::default());
        let told = problems
            .iter()
            .map(|p| format!("{}: {}\n", p.path.join("."), p.message));
        told.collect::<String>()
    };
    assert_eq!(check(r#"{"file":"a"}"#), "");
    assert_eq!(
        check(r#"{"file":"a","keep-samples":"90 d","keep-minutes":"730 d"}"#),
        ""
    );
    expect![[r#"
        keep-samples: less than a day can't be kept
    "#]]
    .assert_eq(&check(r#"{"file":"a","keep-samples":"1 h"}"#));
    let gone = expect![[r#"
        keep-minutes: roll-ups by the minute would be gone before the samples under them
    "#]];
    gone.assert_eq(&check(r#"{"file":"a","keep-minutes":"90 d"}"#));
    gone.assert_eq(&check(
        r#"{"file":"a","keep-samples":"91 d","keep-minutes":"90 d"}"#,
    ));
    let sink: Sqlite = testing::settings(r#"{"file":"/x/power.sqlite3"}"#).unwrap();
    assert_eq!(sink.destination(), "sqlite:/x/power.sqlite3");
    assert_eq!(sink.folder(), Some("/x".into()));
    let name = sink.file_name(&Header::default(), &Summary::default());
    assert_eq!(name.as_deref(), Some("power.sqlite3"));
}

/// Read with SQLite's own shell, where it is installed.
#[test]
fn the_shell_reads_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("power.sqlite3");
    log(
        &file,
        "{}",
        &[
            "2026-11-21T10:00:00Z power=1.5",
            "2026-11-21T10:00:05Z power=2",
        ],
    );
    let sql = "SELECT time, field, mean FROM minutes; PRAGMA integrity_check; PRAGMA user_version";
    let shell = std::process::Command::new("sqlite3")
        .arg(&file)
        .arg(sql)
        .output();
    if let Ok(output) = shell {
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(text, "2026-11-21 10:00:00|power|1.75\nok\n1\n");
    }
}
