//! Real and broken files that stay outside the repository; without them these tests pass.

use std::fs;

use fit::{Decoder, Options, ProblemKind, Scanner, Severity};

use crate::support::{messages, reencode, rewrite, scan, shared, strict_error};

/// Messages of each valid file, counted by an independent scanner.
const VALID: [(&str, usize); 15] = [
    ("20", 640),
    ("21", 1717),
    ("24", 25),
    ("25", 696),
    ("26", 780),
    ("27", 6202),
    ("29", 3228),
    ("30", 11_293),
    ("31", 165),
    ("32", 2323),
    ("34", 840),
    ("35", 215),
    ("36", 839),
    ("37", 104),
    ("38", 13_982),
];

#[test]
fn valid_files_are_accepted_and_copied() {
    for path in shared("valid").unwrap_or_default() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let file = fs::read(&path).unwrap();
        assert_eq!(strict_error(&file), None, "{name}");
        assert_eq!(rewrite(&file).unwrap(), file, "{name}");
        let expected = VALID.iter().find(|(number, _)| name.starts_with(number));
        assert_eq!(
            Some(scan(&file).0),
            expected.map(|(_, count)| *count),
            "{name}"
        );
        let report = fit::inspect(&file);
        assert!(report.is_valid(), "{name}: {report}");
    }
}

/// Encoding the decoded values changes bytes (byte order, rubbish behind a NUL), but no value.
#[test]
fn valid_files_keep_every_value() {
    for path in shared("valid").unwrap_or_default() {
        let file = fs::read(&path).unwrap();
        let again = reencode(&file, Options::default());
        let before = messages(&mut Decoder::new(&file)).unwrap();
        let after = messages(&mut Decoder::new(&again)).unwrap();
        assert_eq!(before.len(), after.len(), "{}", path.display());
        for (before, after) in before.iter().zip(&after) {
            // NaN stands for missing elements of arrays and isn't equal to itself.
            assert_eq!(
                format!("{before:?}"),
                format!("{after:?}"),
                "{}",
                path.display()
            );
        }
    }
}

#[test]
fn compressed_timestamps_are_expanded() {
    for path in shared("valid").unwrap_or_default() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !name.contains("compressed") {
            continue;
        }
        let file = fs::read(&path).unwrap();
        let mut decoder = Decoder::new(&file);
        let (mut records, mut last) = (0, None);
        while let Some(message) = decoder.next_message().unwrap() {
            if message.data().compressed().is_some() {
                records += 1;
                assert!(
                    message.timestamp().is_some() && message.timestamp() >= last,
                    "{name}"
                );
                last = message.timestamp();
            }
        }
        assert!(records > 600, "{name}");
    }
}

#[test]
fn broken_files_are_read_as_far_as_they_go() {
    use ProblemKind as Kind;
    let Some(paths) = shared("broken") else {
        return;
    };
    let broken = |number: &str| {
        let name = |path: &&std::path::PathBuf| {
            path.file_name()
                .unwrap()
                .to_string_lossy()
                .starts_with(number)
        };
        fs::read(paths.iter().find(name).unwrap()).unwrap()
    };
    let crc = |kind: &Kind| matches!(kind, Kind::FileCrc { .. });
    let file = broken("01");
    assert!(strict_error(&file).as_ref().is_some_and(crc));
    assert!(matches!(scan(&file), (22, problems) if problems.iter().all(crc)));
    // The second segment of a chained file has the bad CRC: its records are kept, too.
    let (messages, problems) = scan(&broken("02"));
    assert_eq!((messages, problems.len()), (44, 1));
    assert!(crc(&problems[0]));
    let (messages, problems) = scan(&broken("03"));
    assert_eq!(
        (messages, &problems[..]),
        (22, &[Kind::Signature { found: *b".GIT" }][..])
    );
    let (messages, problems) = scan(&broken("04"));
    assert_eq!(messages, 22);
    assert_eq!(
        problems[0],
        Kind::Truncated {
            declared: 68,
            found: 3
        }
    );
    let (messages, problems) = scan(&broken("05"));
    // One byte of the last record is missing.
    assert_eq!((messages, problems.len()), (21, 2));
    assert_eq!(
        problems[0],
        Kind::Truncated {
            declared: 757,
            found: 756
        }
    );
}

#[test]
fn damaged_real_files_never_panic() {
    for path in shared("valid").unwrap_or_default() {
        let file = fs::read(&path).unwrap();
        for step in 1..10 {
            let cut = file.len() * step / 10;
            let _ = fit::inspect(&file[..cut]);
            let mut bent = file.clone();
            bent[cut] ^= 0x55;
            let report = fit::inspect(&bent);
            let worst = report.problems.iter().map(fit::Problem::severity).max();
            assert_eq!(
                worst,
                Some(Severity::Error),
                "{}: a CRC sees it",
                path.display()
            );
            assert!(Scanner::new(&bent).any(|event| event.is_err()));
        }
    }
}
