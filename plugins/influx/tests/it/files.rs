//! Files of line protocol.

use std::fs;

use crate::support::{lines, open, open_with, plugin};

fn options(path: &std::path::Path) -> String {
    format!(r#"{{"file":{:?}}}"#, path.to_str().unwrap())
}

#[test]
fn a_file_is_appended_to() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/power.lp");
    let mut log = open(&options(&path), folder.path());
    log.rows(0..3);
    assert_eq!(fs::read_to_string(&path).unwrap(), lines(0..3), "at once");
    let (_, told) = log.finish();
    assert_eq!(told, format!("done {}/pipeline\n", path.display()));
    let mut log = open(&options(&path), folder.path());
    log.rows(3..5);
    log.finish();
    assert_eq!(fs::read_to_string(&path).unwrap(), lines(0..5));
}

/// Whoever takes the file elsewhere takes no line of what comes after the next checkpoint.
#[test]
fn a_file_that_is_taken_away_is_begun_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/power.lp");
    let mut log = open(&options(&path), folder.path());
    log.rows(0..2);
    fs::rename(folder.path().join("deep"), folder.path().join("elsewhere")).unwrap();
    log.rows(2..3);
    log.sink.checkpoint().unwrap();
    log.rows(3..5);
    log.sink.checkpoint().unwrap();
    let (_, told) = log.finish();
    assert_eq!(fs::read_to_string(&path).unwrap(), lines(3..5));
    let moved = folder.path().join("elsewhere/power.lp");
    assert_eq!(fs::read_to_string(moved).unwrap(), lines(0..3));
    let words = "was moved or deleted; the lines go on in a new file\n";
    assert_eq!(told.matches(words).count(), 1, "{told}");
}

/// Cut off anywhere, a file goes on behind its last whole line.
#[test]
fn a_file_cut_off_anywhere_is_repaired() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("power.lp");
    let whole = lines(0..3);
    for cut in 0..whole.len() {
        fs::write(&path, &whole[..cut]).unwrap();
        let mut log = open(&options(&path), folder.path());
        log.rows(7..8);
        log.finish();
        let kept = whole[..cut].rfind('\n').map_or("", |end| &whole[..=end]);
        let expected = format!("{kept}{}", lines(7..8));
        assert_eq!(fs::read_to_string(&path).unwrap(), expected, "{cut}");
    }
}

#[test]
fn files_of_others_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    for text in [
        "hello\n",
        "a b c\n1 2\n",
        "time,power\n2026-11-21T10:00:00Z,1\n",
    ] {
        fs::write(&path, text).unwrap();
        let Err(error) = open_with(plugin(&options(&path), folder.path())) else {
            panic!("{text}");
        };
        assert!(error.to_string().ends_with("is no file of line protocol"));
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}

/// Streams of several workers may share a file: their lines stay whole.
#[test]
fn streams_share_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("power.lp");
    std::thread::scope(|scope| {
        for worker in 0..4 {
            let (options, folder) = (options(&path), folder.path());
            scope.spawn(move || {
                for round in 0..5 {
                    let start = (worker * 5 + round) * 100;
                    let mut log = open(&options, folder);
                    log.rows(start..start + 100);
                    log.finish();
                }
            });
        }
    });
    let text = fs::read_to_string(&path).unwrap();
    let mut found: Vec<_> = text.lines().collect();
    found.sort_unstable();
    let expected = lines(0..2000);
    let mut expected: Vec<_> = expected.lines().collect();
    expected.sort_unstable();
    assert!(found == expected);
}
