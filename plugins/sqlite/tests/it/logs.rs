//! Logs: samples and roll-ups.

use expect_test::expect;
use pipeline_plugin::{Batch, Field, Item, Kind, Summary, Timestamp};

use crate::support::{ask, dump, header, log, open, row, write};

const ROWS: [&str; 5] = [
    "2026-11-21T10:59:50Z state_of_charge=73.5 power=100",
    "2026-11-21T10:59:55Z state_of_charge=73.25 power=nan",
    "2026-11-21T11:00:00Z state_of_charge=73 power=300",
    "2026-11-21T11:00:05.5Z state_of_charge=72.75 mains=230.5",
    "2026-11-21T12:00:00Z power=inf",
];

#[test]
fn samples_minutes_and_hours_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("deep/power.sqlite3");
    assert_eq!(log(&file, "{}", &ROWS), "");
    let samples = "SELECT at, stream_name, state_of_charge, power, mains FROM samples_of_streams";
    expect![[r#"
        2026-11-21 10:59:50.000|POWER-2F1C|73.5|100|-
        2026-11-21 10:59:55.000|POWER-2F1C|73.25|-|-
        2026-11-21 11:00:00.000|POWER-2F1C|73|300|-
        2026-11-21 11:00:05.500|POWER-2F1C|72.75|-|230.5
        2026-11-21 12:00:00.000|POWER-2F1C|-|-|-
    "#]]
    .assert_eq(&ask(&file, samples));
    expect![[r#"
        2026-11-21 10:59:00|POWER-2F1C|power|W|1|100|100|100|100
        2026-11-21 10:59:00|POWER-2F1C|state_of_charge|%|2|73.375|73.25|73.5|73.25
        2026-11-21 11:00:00|POWER-2F1C|mains|V|1|230.5|230.5|230.5|230.5
        2026-11-21 11:00:00|POWER-2F1C|power|W|1|300|300|300|300
        2026-11-21 11:00:00|POWER-2F1C|state_of_charge|%|2|72.875|72.75|73|72.75
    "#]]
    .assert_eq(&ask(&file, "SELECT * FROM minutes ORDER BY time, field"));
    expect![[r#"
        2026-11-21 10:00:00|POWER-2F1C|power|W|1|100|100|100|100
        2026-11-21 10:00:00|POWER-2F1C|state_of_charge|%|2|73.375|73.25|73.5|73.25
        2026-11-21 11:00:00|POWER-2F1C|mains|V|1|230.5|230.5|230.5|230.5
        2026-11-21 11:00:00|POWER-2F1C|power|W|1|300|300|300|300
        2026-11-21 11:00:00|POWER-2F1C|state_of_charge|%|2|72.875|72.75|73|72.75
    "#]]
    .assert_eq(&ask(&file, "SELECT * FROM hours ORDER BY time, field"));
    expect![[r#"
        log POWER-2F1C|log|POWER-2F1C|2026-11-21 10:59:50|2026-11-21 12:00:00|5
    "#]]
    .assert_eq(&ask(
        &file,
        "SELECT key, kind, name, datetime(start / 1000000, 'unixepoch'),
            datetime(\"end\" / 1000000, 'unixepoch'), samples FROM stream",
    ));
    assert_eq!(ask(&file, "PRAGMA journal_mode"), "wal\n");
    assert_eq!(ask(&file, "PRAGMA integrity_check"), "ok\n");
    assert_eq!(ask(&file, "PRAGMA foreign_key_check"), "");
}

/// Whoever deletes the database, or takes it elsewhere, takes no row of what comes after the next
/// checkpoint.
#[test]
fn a_database_that_is_taken_away_is_begun_anew() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("deep/power.sqlite3");
    let (sink, told) = open(&file, "{}", &header(Kind::Log, "POWER-2F1C"));
    let mut sink = sink.unwrap();
    for text in ROWS {
        sink.write(&Item::Samples(row(text))).unwrap();
        if text == ROWS[1] {
            std::fs::remove_dir_all(folder.path().join("deep")).unwrap();
        }
        sink.checkpoint().unwrap();
    }
    sink.finish(&Summary::default()).unwrap();
    let other = folder.path().join("other.sqlite3");
    log(&other, "{}", &ROWS[2..]);
    assert_eq!(dump(&file), dump(&other));
    let told = told.to_string();
    let words = "was moved or deleted; the log goes on in a new database\n";
    assert!(told.ends_with(words), "{told}");
    assert_eq!(told.lines().count(), 1);
}

#[test]
fn the_same_log_again_adds_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("power.sqlite3");
    log(&file, "{}", &ROWS[..3]);
    // Killed and run again: the rest comes, in a minute that was begun.
    assert_eq!(
        log(&file, "{}", &ROWS),
        "warn 3 rows in the database already\n"
    );
    let before = dump(&file);
    assert_eq!(
        log(&file, "{}", &ROWS),
        "warn 5 rows in the database already\n"
    );
    assert_eq!(dump(&file), before);
    // The same rows in one go, and in one batch, make the same database.
    let other = folder.path().join("other.sqlite3");
    log(&other, "{}", &ROWS);
    assert_eq!(dump(&other), before);
}

#[test]
fn devices_have_their_own_logs() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("power.sqlite3");
    let mut devices = vec![header(Kind::Log, "shed"), header(Kind::Log, "van")];
    devices.push(header(Kind::Log, "van"));
    devices[2].device.serial = Some(7);
    for header in &devices {
        let items = crate::support::rows(&ROWS[..1]);
        assert_eq!(write(&file, "{}", header, &items), "");
        assert_eq!(
            write(&file, "{}", header, &items),
            "warn 1 row in the database already\n"
        );
    }
    expect![[r#"
        log shed|shed|-|1
        log van|van|-|1
        log van 7|van|7|1
    "#]]
    .assert_eq(&ask(
        &file,
        "SELECT key, device, serial, samples FROM stream",
    ));
}

/// Two readings of one moment are two rows.
#[test]
fn rows_of_the_same_time_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("power.sqlite3");
    let rows = [
        "2026-11-21T10:00:00Z a=1",
        "2026-11-21T10:00:00Z a=2",
        "2026-11-21T10:00:01Z a=3",
    ];
    log(&file, "{}", &rows);
    log(&file, "{}", &rows);
    assert_eq!(ask(&file, "SELECT n, a FROM sample"), "0|1\n1|2\n0|3\n");
    assert_eq!(ask(&file, "SELECT count, sum, last FROM hour"), "3|6|3\n");
}

#[test]
fn columns_never_collide() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("power.sqlite3");
    let mut batch = Batch::of_times(vec![Timestamp::from_seconds(0)]);
    for (value, name) in [
        "time", "Time", "n", "stream", "ac power", "AC Power", "x\"y", "ä", "",
    ]
    .into_iter()
    .enumerate()
    {
        batch.add(
            Field::new(name, "V"),
            vec![f64::from(u8::try_from(value).unwrap())],
        );
    }
    let second = |unit| {
        let mut batch = Batch::of_times(vec![Timestamp::from_seconds(1)]);
        batch.add(Field::new("ä", unit), vec![9.0]);
        Item::Samples(batch)
    };
    let items = [Item::Samples(batch), second("A")];
    let header = header(Kind::Log, "");
    assert_eq!(write(&file, "{}", &header, &items), "");
    expect![[r#"
        time|V|time_2
        Time|V|Time_3
        n|V|n_2
        stream|V|stream_2
        ac power|V|ac power
        AC Power|V|AC Power_2
        x"y|V|x"y
        ä|V|ä
        |V|_
        ä|A|ä_2
    "#]]
    .assert_eq(&ask(
        &file,
        "SELECT name, unit, \"column\" FROM field ORDER BY id",
    ));
    let sums = ask(&file, "SELECT sum FROM hour ORDER BY field");
    assert_eq!(sums, "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n");
}

/// A row a day at noon, for 40 days: what is older than ten days goes, hours stay.
#[test]
fn old_samples_go() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("power.sqlite3");
    let texts: Vec<_> = (0..40_u32)
        .map(|day| {
            let start = Timestamp::parse("2026-10-01T12:00:00Z").unwrap();
            format!("{} a={day}", start + f64::from(day) * 86_400.0)
        })
        .collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let options = r#"{"keep-samples":"10 d","keep-minutes":"20 d"}"#;
    log(&file, options, &texts);
    let counts = "SELECT (SELECT count(*) FROM sample), (SELECT count(*) FROM minute),
        (SELECT count(*) FROM hour), (SELECT min(a) FROM sample)";
    assert_eq!(ask(&file, counts), "11|21|40|29\n");
    // What has gone does not come back, and takes nothing from the hours.
    let before = dump(&file);
    let said = log(&file, options, &texts);
    expect![[r#"
        warn 11 rows in the database already
        warn 29 rows left out: older than `keep-samples`
    "#]]
    .assert_eq(&said);
    assert_eq!(dump(&file), before);
}

#[test]
fn times_before_1970_have_their_minute() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("power.sqlite3");
    log(
        &file,
        "{}",
        &["1969-12-31T23:59:59.5Z a=1", "1970-01-01T00:00:00Z a=2"],
    );
    let minutes = ask(&file, "SELECT time, sum FROM minute");
    assert_eq!(minutes, "-60000000|1\n0|2\n");
    let hours = ask(&file, "SELECT time, sum FROM hour");
    assert_eq!(hours, "-3600000000|1\n0|2\n");
}
