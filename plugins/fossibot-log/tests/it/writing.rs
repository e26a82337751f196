//! Which rows stand where.

use expect_test::expect;
use pipeline_plugin::{
    Batch, Context, Field, Header, Kind, SinkPlugin, Summary, Timestamp, testing,
};
use plugin_fossibot_log::FossibotLog;

use crate::support::{files, header, listing, log, log_batches, open, row};

#[test]
fn a_day_has_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let said = log(
        folder.path(),
        r#"{"compress":false}"#,
        &[
            "2026-11-21T23:59:50Z state_of_charge=73.4 mains=230.1",
            "2026-11-21T23:59:55.25Z state_of_charge=73.3 mains=nan",
            "2026-11-22T00:00:00Z state_of_charge=73.3 mains=229.9",
        ],
    );
    expect![[r#"
        done POWER-2F1C_2026-11-22.csv
    "#]]
    .assert_eq(&said);
    expect![[r#"
        --- POWER-2F1C_2026-11-21.csv
        time,state_of_charge (%),mains (V)
        2026-11-21T23:59:50Z,73.4,230.1
        2026-11-21T23:59:55.250Z,73.3,
        --- POWER-2F1C_2026-11-22.csv
        time,state_of_charge (%),mains (V)
        2026-11-22T00:00:00Z,73.3,229.9
    "#]]
    .assert_eq(&listing(folder.path()));
}

/// One batch over midnight is written as many small ones are.
#[test]
fn batches_are_cut_at_midnight() {
    let start = Timestamp::parse("2026-11-20T12:00:00Z").unwrap();
    let mut batch = Batch::new(&[Field::new("power", "W")]);
    for hour in 0..50_u32 {
        batch.push(start + f64::from(hour) * 3600.0, &[f64::from(hour)]);
    }
    let folder = tempfile::tempdir().unwrap();
    log_batches(folder.path(), r#"{"compress":false}"#, &[batch]);
    let files = files(folder.path());
    let counts: Vec<_> = files
        .values()
        .map(|text| text.lines().count() - 1)
        .collect();
    assert_eq!(counts, [12, 24, 14]);
}

#[test]
fn a_row_is_in_the_file_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let (sink, _) = open(folder.path(), "{}");
    let mut sink = sink.unwrap();
    for second in 0..5 {
        let text = format!("2026-11-21T10:00:0{second}Z a={second}");
        sink.write(&pipeline_plugin::Item::Samples(row(&text)))
            .unwrap();
        let text = &files(folder.path())["POWER-2F1C_2026-11-21.csv"];
        assert!(text.ends_with(&format!(",{second}\n")), "{text}");
    }
    // Given up without a finish: what was written stays.
    drop(sink);
    let text = &files(folder.path())["POWER-2F1C_2026-11-21.csv"];
    assert_eq!(text.lines().count(), 6);
}

/// Somebody who makes room, or takes the files elsewhere, takes no row of what comes after.
#[test]
fn a_file_that_is_taken_away_is_begun_anew() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("power");
    let (sink, told) = open(&folder, "{}");
    let mut sink = sink.unwrap();
    let mut write = |second: u8| {
        let text = format!("2026-11-21T10:00:{second:02}Z a={second}");
        let row = pipeline_plugin::Item::Samples(row(&text));
        sink.write(&row).unwrap();
        sink.checkpoint().unwrap();
    };
    write(0);
    std::fs::rename(&folder, parent.path().join("elsewhere")).unwrap();
    write(1);
    write(2);
    write(3);
    let text = &files(&folder)["POWER-2F1C_2026-11-21.csv"];
    assert_eq!(
        text,
        "time,a (V)\n2026-11-21T10:00:02Z,2\n2026-11-21T10:00:03Z,3\n"
    );
    // Until the next checkpoint, what comes is where the file is now.
    let moved = &files(&parent.path().join("elsewhere"))["POWER-2F1C_2026-11-21.csv"];
    assert_eq!(moved.lines().count(), 3);
    let told = told.to_string();
    assert!(
        told.ends_with("was moved or deleted; the log goes on in a new file\n"),
        "{told}"
    );
    assert_eq!(told.lines().count(), 1);
}

#[test]
fn the_same_log_again_adds_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let rows = [
        "2026-11-21T23:59:50Z a=1",
        "2026-11-21T23:59:55Z a=2 b=3",
        "2026-11-22T00:00:00Z a=4",
    ];
    log(folder.path(), "{}", &rows);
    let before = listing(folder.path());
    expect![[r#"
        warn 3 rows are in the day's files already
        done 
    "#]]
    .assert_eq(&log(folder.path(), "{}", &rows));
    assert_eq!(listing(folder.path()), before);
    // What is new of it is added.
    let more = [&rows[..], &["2026-11-22T00:00:05Z a=5"]].concat();
    log(folder.path(), "{}", &more);
    assert_eq!(listing(folder.path()), before + "2026-11-22T00:00:05Z,5,\n");
}

#[test]
fn a_new_column_begins_a_new_file() {
    let folder = tempfile::tempdir().unwrap();
    let rows = [
        "2026-11-21T10:00:00Z a=1",
        "2026-11-21T10:00:05Z b=2",
        "2026-11-21T10:00:10Z a=3",
    ];
    log(folder.path(), "{}", &rows);
    // The run after it goes on in the file with all columns, and so does the day after.
    log(folder.path(), "{}", &["2026-11-21T10:00:15Z a=4"]);
    log(folder.path(), "{}", &["2026-11-22T10:00:00Z b=5"]);
    expect![[r#"
        --- POWER-2F1C_2026-11-21.2.csv.gz
        time,a (V),b (V)
        2026-11-21T10:00:05Z,,2
        2026-11-21T10:00:10Z,3,
        --- POWER-2F1C_2026-11-21.csv.gz
        time,a (V)
        2026-11-21T10:00:00Z,1
        2026-11-21T10:00:15Z,4
        --- POWER-2F1C_2026-11-22.csv
        time,a (V),b (V)
        2026-11-22T10:00:00Z,,5
    "#]]
    .assert_eq(&listing(folder.path()));
}

/// A computer without a clock of its own may start in the past: no row is lost, and each file
/// stays in order.
#[test]
fn a_clock_that_was_set_back_begins_a_new_file() {
    let folder = tempfile::tempdir().unwrap();
    log(folder.path(), "{}", &["2026-11-21T10:00:00Z a=1"]);
    log(folder.path(), "{}", &["2026-11-21T09:00:00Z a=2"]);
    log(folder.path(), "{}", &["2026-11-21T09:30:00Z a=3"]);
    log(folder.path(), "{}", &["2026-11-21T10:30:00Z a=4"]);
    expect![[r#"
        --- POWER-2F1C_2026-11-21.2.csv
        time,a (V)
        2026-11-21T09:00:00Z,2
        2026-11-21T09:30:00Z,3
        --- POWER-2F1C_2026-11-21.csv
        time,a (V)
        2026-11-21T10:00:00Z,1
        2026-11-21T10:30:00Z,4
    "#]]
    .assert_eq(&listing(folder.path()));
}

#[test]
fn files_of_others_are_left_alone() {
    let theirs = [
        ("POWER-2F1C_2026-11-21.csv", "my own notes\n"),
        (
            "POWER-2F1C_2026-11-21.2.csv",
            "time,a (V)\n2026-11-21T09:00:00Z,1\n# a note\n",
        ),
        ("POWER-2F1C_2026-11-20.csv", "time;a\n1;2\n"),
        ("POWER-2F1C_2026-11-19.csv", "time,a (V)\nyesterday,1\n"),
        ("POWER-2F1C_2026-11-18.txt", "hello"),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in theirs {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let said = log(folder.path(), "{}", &["2026-11-21T10:00:00Z a=1"]);
    expect![[r#"
        warn `FOLDER/POWER-2F1C_2026-11-21.csv` is not as this sink leaves its files: it is left alone
        warn `FOLDER/POWER-2F1C_2026-11-21.2.csv` is not as this sink leaves its files: it is left alone
        warn `POWER-2F1C_2026-11-19.csv` stays uncompressed: it is not as this sink has left it
        warn `POWER-2F1C_2026-11-20.csv` stays uncompressed: it is not as this sink has left it
        done POWER-2F1C_2026-11-21.3.csv
    "#]].assert_eq(&said);
    let files = files(folder.path());
    for (name, text) in theirs {
        assert_eq!(files[name], text, "{name}");
    }
    assert_eq!(files.len(), theirs.len() + 1);
}

#[test]
fn two_logs_do_not_share_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let (sink, _) = open(folder.path(), "{}");
    let mut sink = sink.unwrap();
    sink.write(&pipeline_plugin::Item::Samples(row(
        "2026-11-21T10:00:00Z a=1",
    )))
    .unwrap();
    let said = log(folder.path(), "{}", &["2026-11-21T10:00:05Z a=2"]);
    expect![[r#"
        Skip: another stream is being written to `FOLDER/POWER-2F1C_2026-11-21.csv`
    "#]]
    .assert_eq(&said);
    drop(sink);
    let said = log(folder.path(), "{}", &["2026-11-21T10:00:05Z a=2"]);
    assert_eq!(said, "done POWER-2F1C_2026-11-21.csv\n");
}

/// Read with other people's code.
#[test]
fn the_files_are_csv() {
    let folder = tempfile::tempdir().unwrap();
    let mut batch = row("2026-11-21T10:00:00Z a=0.1 b=-1e-12 c=nan d=12345678.9");
    batch.add(Field::new("out, \"left\"", "W"), vec![1e21]);
    log_batches(folder.path(), "{}", &[batch]);
    let path = folder.path().join("POWER-2F1C_2026-11-21.csv");
    let mut reader = csv::Reader::from_path(path).unwrap();
    let titles: Vec<_> = reader
        .headers()
        .unwrap()
        .iter()
        .map(str::to_owned)
        .collect();
    let expected = [
        "time",
        "a (V)",
        "b (V)",
        "c (V)",
        "d (V)",
        "out, \"left\" (W)",
    ];
    assert_eq!(titles, expected);
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 1);
    let values: Vec<Option<f64>> = rows[0]
        .iter()
        .skip(1)
        .map(|cell| cell.parse().ok())
        .collect();
    assert_eq!(
        values,
        [
            Some(0.1),
            Some(-1e-12),
            None,
            Some(12_345_678.9),
            Some(1e21)
        ]
    );
}

#[test]
fn only_logs_are_written() {
    let sink: FossibotLog = testing::settings(r#"{"folder":"logs"}"#).unwrap();
    for kind in [Kind::Activity, Kind::File] {
        let header = Header {
            kind,
            ..Header::default()
        };
        let Err(error) = sink.open(&header, &Context::detached()) else {
            panic!("{kind:?}");
        };
        assert_eq!(
            error.to_string(),
            "only logs can be written row by row, a file a day"
        );
        assert!(error.help().is_some());
    }
    assert_eq!(sink.destination(), "fossibot-log:logs");
    assert_eq!(sink.folder(), Some("logs".into()));
    let start = Timestamp::parse("2026-11-21T23:59:59.9Z").unwrap();
    let summary = Summary {
        start,
        ..Summary::default()
    };
    let name = sink.file_name(&header(), &summary);
    assert_eq!(name.as_deref(), Some("POWER-2F1C_2026-11-21.csv"));
}

#[test]
fn an_empty_name_is_refused() {
    let check = |name: &str| {
        let settings = format!(r#"{{"folder":"logs","name":{name:?}}}"#);
        let sink: FossibotLog = testing::settings(&settings).unwrap();
        sink.check(&pipeline_plugin::Place::default()).len()
    };
    assert_eq!((check("shed"), check(" ")), (0, 1));
}
