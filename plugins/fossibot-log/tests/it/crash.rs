//! What a crash leaves.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use pipeline_plugin::{Item, Timestamp};

use crate::support::{files, log, open, row};

const NAME: &str = "POWER-2F1C_2026-11-21.csv";

/// Cut off anywhere, a file goes on behind its last whole row.
#[test]
fn a_file_cut_off_anywhere_is_repaired() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(NAME);
    let rows = ["2026-11-21T10:00:00Z a=1.5", "2026-11-21T10:00:05Z a=230"];
    log(folder.path(), "{}", &rows);
    let whole = fs::read_to_string(&path).unwrap();
    for cut in 0..whole.len() {
        fs::write(&path, &whole[..cut]).unwrap();
        let said = log(folder.path(), "{}", &["2026-11-21T10:00:10Z a=231"]);
        let after = fs::read_to_string(&path).unwrap();
        let head = "time,a (V)\n";
        let kept = whole[..cut].rfind('\n').map_or(head, |end| &whole[..=end]);
        assert_eq!(
            after,
            format!("{kept}2026-11-21T10:00:10Z,231\n"),
            "{cut}: {said}"
        );
        let torn = cut > 0 && !whole[..cut].ends_with('\n');
        assert_eq!(said.contains("took away half a row"), torn, "{cut}: {said}");
        assert_eq!(files(folder.path()).len(), 1, "{cut}");
    }
}

/// A power cut may leave zeros where a row should be.
#[test]
fn zeros_at_the_end_are_taken_away() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(NAME);
    log(folder.path(), "{}", &["2026-11-21T10:00:00Z a=1"]);
    let whole = fs::read_to_string(&path).unwrap();
    for zeros in ["\0\0\0\0", "2026-11\0\0", "\0\0\n\0"] {
        fs::write(&path, format!("{whole}{zeros}")).unwrap();
        log(folder.path(), "{}", &["2026-11-21T10:00:05Z a=2"]);
        let after = fs::read_to_string(&path).unwrap();
        assert_eq!(after, format!("{whole}2026-11-21T10:00:05Z,2\n"));
    }
}

/// The process that [`a_killed_run_loses_no_row`] kills: writes rows for ever.
#[test]
fn writer_to_be_killed() {
    let Some(folder) = std::env::var_os("LOG_FOLDER") else {
        return;
    };
    let start = Timestamp::parse("2026-11-21T00:00:00Z").unwrap();
    let (sink, _) = open(folder.as_ref(), "{}");
    let mut sink = sink.unwrap();
    for second in 0..86_000 {
        let text = format!("{} a={second} b=0.5 c=230.1", start + f64::from(second));
        sink.write(&Item::Samples(row(&text))).unwrap();
        println!("wrote {second}");
    }
}

/// Every row that was taken is in the file, and the file goes on.
#[test]
fn a_killed_run_loses_no_row() {
    for round in 0..5 {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "crash::writer_to_be_killed", "--nocapture"])
            .env("LOG_FOLDER", folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut lines = lines
            .map(Result::unwrap)
            .filter(|line| line.contains("wrote"));
        let mut written: u32 = 0;
        let last = 100 + 371 * round;
        for line in lines.by_ref() {
            written = line.rsplit(' ').next().unwrap().parse().unwrap();
            if written >= last {
                break;
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
        // What it still said before it died counts too, but for a line that was cut off.
        let rest = lines.filter(|line| line.rsplit(' ').next().is_some_and(|n| n.len() >= 3));
        written += u32::try_from(rest.count()).unwrap().saturating_sub(1);
        let text = fs::read_to_string(folder.path().join(NAME)).unwrap();
        let whole = u32::try_from(text.matches('\n').count()).unwrap() - 1;
        assert!(whole > written, "{whole} rows, {written} were acknowledged");
        // It goes on: nothing of it is written again, and the file stays sound.
        log(folder.path(), "{}", &["2026-11-21T23:59:59Z a=1"]);
        let text = fs::read_to_string(folder.path().join(NAME)).unwrap();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        assert_eq!(
            reader.records().map(Result::unwrap).count(),
            whole as usize + 1
        );
    }
}
