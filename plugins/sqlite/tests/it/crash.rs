//! Programs that are killed.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use pipeline_plugin::{Item, Kind, Timestamp};

use crate::support::{ask, dump, header, log, open, row};

fn text(second: u32) -> String {
    let start = Timestamp::parse("2026-11-21T00:00:00Z").unwrap();
    format!("{} a={second} b=0.5", start + f64::from(second))
}

/// The process that [`a_killed_run_loses_no_row`] kills: writes rows for ever.
#[test]
fn writer_to_be_killed() {
    let Some(file) = std::env::var_os("LOG_FILE") else {
        return;
    };
    let (sink, _) = open(file.as_ref(), "{}", &header(Kind::Log, "POWER-2F1C"));
    let mut sink = sink.unwrap();
    for second in 0..86_000 {
        sink.write(&Item::Samples(row(&text(second)))).unwrap();
        println!("wrote {second}");
    }
}

/// Every row that was taken is in the database, with its minute and hour if that minute is over.
#[test]
fn a_killed_run_loses_no_row() {
    for round in 0..4 {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("power.sqlite3");
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "crash::writer_to_be_killed", "--nocapture"])
            .env("LOG_FILE", &file)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut lines = lines
            .map(Result::unwrap)
            .filter(|line| line.contains("wrote"));
        let wanted = format!("wrote {}", 100 + 371 * round);
        assert!(lines.by_ref().any(|line| line.ends_with(&wanted)));
        child.kill().unwrap();
        child.wait().unwrap();
        let count: u32 = ask(&file, "SELECT count(*) FROM sample")
            .trim()
            .parse()
            .unwrap();
        assert!(count > 100 + 371 * round, "{count}");
        assert_eq!(ask(&file, "PRAGMA integrity_check"), "ok\n");
        let sums = "SELECT sum(count) FROM minute WHERE field = 1
            UNION ALL SELECT sum(count) FROM hour WHERE field = 1";
        let over = (count - 1) / 60 * 60;
        assert_eq!(ask(&file, sums), format!("{over}\n{over}\n"));
        // Whoever opens it next makes up for the last one.
        drop(open(&file, "{}", &header(Kind::Log, "POWER-2F1C")));
        assert_eq!(ask(&file, sums), format!("{count}\n{count}\n"));
        // The same again, and a bit more, makes what an undisturbed run makes.
        let texts: Vec<String> = (0..count + 7).map(text).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        log(&file, "{}", &texts);
        let other = folder.path().join("other.sqlite3");
        log(&other, "{}", &texts);
        assert!(dump(&file) == dump(&other), "round {round}");
    }
}
