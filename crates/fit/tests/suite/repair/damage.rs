//! Damage of every sort that devices and transfers do.

use fit::profile::{self, file_id, record};
use fit::{Header, Unrepairable};

use super::{Message, count, messages, place_of, repaired, steps};
use crate::made_activity::made_activity;
use crate::support::{GOLDEN, file_of, golden, made};

const NAME: &str = "golden-row-1000m-dev";

/// The golden file with another size of the data in its header, whose CRC stays right.
fn with_size(data_size: u32) -> Vec<u8> {
    let mut file = golden(NAME);
    file[..14].copy_from_slice(&Header::new(0x20, 21_158, data_size).to_bytes());
    file
}

fn data_size() -> usize {
    golden(NAME).len() - 16
}

/// How many messages of a sound file are missing in another, and how many of that are new.
fn difference(sound: &[u8], other: &[u8]) -> (usize, usize) {
    let mut left: Vec<_> = messages(sound).iter().map(|it| (it.0, it.1)).collect();
    let mut new = 0;
    for it in messages(other) {
        match left.iter().position(|there| *there == (it.0, it.1)) {
            Some(at) => drop(left.remove(at)),
            None => new += 1,
        }
    }
    (left.len(), new)
}

#[test]
fn a_wrong_size_in_the_header() {
    let size = data_size();
    for declared in [
        0,
        1,
        100,
        u32::try_from(size).unwrap() - 1,
        u32::try_from(size).unwrap() + 1,
        u32::MAX,
    ] {
        let fixed = repaired(&with_size(declared));
        assert_eq!(fixed.file, golden(NAME), "{declared}");
        let expected =
            format!("byte 4: corrected the size of the data from {declared} to {size} bytes");
        assert_eq!(steps(&fixed), [expected]);
    }
}

#[test]
fn power_loss_leaves_no_size_and_no_crc() {
    for declared in [0, u32::MAX] {
        let mut file = with_size(declared);
        file.truncate(14 + data_size());
        let fixed = repaired(&file);
        assert_eq!(fixed.file, golden(NAME));
        assert_eq!(
            steps(&fixed)[1],
            format!("byte {}: added the file CRC", file.len())
        );
        // Flash memory that was never written, or was erased, behind half a record.
        let records = messages(&file);
        let last = records
            .iter()
            .rfind(|it| it.0 == profile::RECORD.number)
            .unwrap()
            .2;
        for blank in [0x00, 0xFF] {
            let mut blanked = file.clone();
            blanked[last + 9..].fill(blank);
            blanked.resize(16_384, blank);
            let fixed = repaired(&blanked);
            assert_eq!(fixed.records, 240, "{:?}", steps(&fixed));
            assert_eq!(
                difference(&golden(NAME), &fixed.file).0,
                9,
                "{:?}",
                steps(&fixed)
            );
        }
    }
}

#[test]
fn a_size_that_was_right_once() {
    // A device that writes the size every now and then, and lost power.
    let file = golden(NAME);
    let list = messages(&file);
    for at in [list[50].2, list[200].2, list[248].2] {
        let size = u32::try_from(at - 14).unwrap();
        let mut left = with_size(size);
        left.truncate(list[250].2);
        let fixed = repaired(&left);
        assert_eq!(fixed.messages, 250, "{at}: {:?}", steps(&fixed));
    }
}

#[test]
fn padding() {
    for (byte, bytes) in [(0x00, 1), (0x00, 100), (0x1A, 1), (0x1A, 1023), (0xFF, 512)] {
        let mut file = golden(NAME);
        let size = file.len();
        file.resize(size + bytes, byte);
        let fixed = repaired(&file);
        assert_eq!(fixed.file, golden(NAME), "{byte} {bytes}");
        assert_eq!(
            steps(&fixed),
            [format!("byte {size}: removed {bytes} bytes of padding")]
        );
        // Also where the size in the header is no help.
        let mut file = with_size(0);
        file.resize(size + bytes, byte);
        assert_eq!(repaired(&file).file, golden(NAME), "{byte} {bytes}");
    }
}

#[test]
fn wrong_crcs() {
    let size = golden(NAME).len();
    let mut file = golden(NAME);
    file[size - 1] ^= 0xFF;
    let fixed = repaired(&file);
    assert_eq!(fixed.file, golden(NAME));
    assert_eq!(steps(&fixed).len(), 1);
    assert!(
        steps(&fixed)[0].starts_with(&format!("byte {}: corrected the file CRC from", size - 2))
    );
    // The header's own, and with it the file's.
    let mut file = golden(NAME);
    file[12] ^= 1;
    let fixed = repaired(&file);
    assert_eq!(fixed.file, golden(NAME));
    assert!(steps(&fixed)[0].starts_with("byte 12: corrected the header CRC from"));
    // None is legal, and nothing to repair.
    let mut file = golden(NAME);
    file[12..14].fill(0);
    let crc = fit::crc::checksum(&file[..size - 2]);
    file[size - 2..].copy_from_slice(&crc.to_le_bytes());
    assert!(matches!(fit::repair(&file), Ok(None)));
}

#[test]
fn a_lost_header() {
    for blank in [0x00, 0xFF, b'?'] {
        let mut file = golden(NAME);
        file[..14].fill(blank);
        let fixed = repaired(&file);
        assert_eq!(fixed.file, golden(NAME), "{blank}");
        assert_eq!(steps(&fixed), ["byte 0: made a new header"]);
    }
    // One of which a byte is wrong, and one that isn't there at all.
    for at in [0, 8, 11] {
        let mut file = golden(NAME);
        file[at] ^= 0xA0;
        assert_eq!(repaired(&file).file, golden(NAME), "{at}");
    }
    assert_eq!(repaired(&golden(NAME)[14..]).file, golden(NAME));
}

#[test]
fn garbage_around() {
    let file = golden(NAME);
    let before = [b"HTTP/1.1 200 OK\r\n\r\n", &file[..]].concat();
    let fixed = repaired(&before);
    assert_eq!(fixed.file, file);
    assert_eq!(steps(&fixed), ["byte 0: removed 19 bytes that are no FIT"]);
    let behind = [&file[..], b"garbage"].concat();
    let fixed = repaired(&behind);
    assert_eq!(fixed.file, file);
    assert_eq!(
        steps(&fixed),
        [format!(
            "byte {}: removed 7 bytes that are no FIT",
            file.len()
        )]
    );
}

#[test]
fn chained_files() {
    let (first, second) = (golden(NAME), golden("golden-row-3s-min"));
    let both = [&first[..], &second].concat();
    assert!(matches!(fit::repair(&both), Ok(None)));
    let between = [&first[..], b"garbage in between", &second].concat();
    assert_eq!(repaired(&between).file, both);
    let padded = [&first[..], &[0; 200], &second].concat();
    assert_eq!(repaired(&padded).file, both);
    // The first one breaks off, and the second one follows at once.
    let cut = [&first[..first.len() - 30], &second].concat();
    let fixed = repaired(&cut);
    assert!(fixed.file.ends_with(&second));
    assert_eq!(count(&fixed.file, profile::RECORD), 241 + 4);
    assert_eq!(count(&fixed.file, profile::ACTIVITY), 2);
    // The second one has nothing to keep: half a header, or no record.
    for left in [5, 13, 20, 100] {
        let fixed = repaired(&both[..first.len() + left]);
        assert_eq!(fixed.file, first, "{left}: {:?}", steps(&fixed));
    }
}

#[test]
fn data_without_definition() {
    // The local type of a record is changed to one that there isn't.
    let file = golden("golden-row-1000m-plain");
    let list = messages(&file);
    let records: Vec<&Message<'_>> = list
        .iter()
        .filter(|it| it.0 == profile::RECORD.number)
        .collect();
    for index in [0, 1, 100, 237] {
        let mut bent = file.clone();
        bent[records[index].2] = 0x0F;
        let fixed = repaired(&bent);
        assert_eq!(
            difference(&file, &fixed.file),
            (1, 0),
            "{index}: {:?}",
            steps(&fixed)
        );
        let bytes = records[index].1.len() + 1;
        assert_eq!(
            steps(&fixed)[0],
            format!(
                "byte {}: removed {bytes} bytes that can't be read",
                records[index].2
            )
        );
    }
}

#[test]
fn blocks_that_were_overwritten() {
    for file in [
        golden("golden-row-1000m-plain"),
        golden(NAME),
        made_activity(),
    ] {
        for at in (600..file.len() - 700).step_by(97) {
            for byte in [0x00, 0xFF, 0x55, 0x1A] {
                let mut bent = file.clone();
                bent[at..at + 64].fill(byte);
                let Ok(Some(fixed)) = fit::repair(&bent) else {
                    panic!("{at}: nothing done")
                };
                let (lost, new) = difference(&file, &fixed.file);
                // At most six records are hit. What is parsed of zeros can't always be told.
                assert!(
                    lost <= 24 && new <= 24,
                    "{at} {byte}: {lost} {new} {:?}",
                    steps(&fixed)
                );
            }
        }
    }
}

#[test]
fn a_file_id_belongs_to_the_start() {
    let file = made("35");
    let first = messages(&file)[0].0;
    assert_eq!(first, profile::RECORD.number);
    let fixed = repaired(&file);
    assert_eq!(steps(&fixed)[0], "moved `file_id` to the start");
    let numbers: Vec<_> = messages(&fixed.file).iter().map(|it| it.0).collect();
    assert_eq!(
        numbers[..2],
        [profile::FILE_ID.number, profile::RECORD.number]
    );
    assert_eq!(difference(&file, &fixed.file).0, 0);
    assert_eq!(fit::inspect(&fixed.file).segments[0].file_type, Some(4));
}

#[test]
fn a_lost_file_id_is_made() {
    let file = golden(NAME);
    let from = place_of(&file, profile::EVENT);
    // From the definition of the first event on: its header, and nine bytes or more behind.
    let start = (0..from)
        .rev()
        .find(|at| file[*at] & 0xF0 == 0x40 && file[at + 3] == 21)
        .unwrap();
    let fixed = repaired(&file_of(&file[start..file.len() - 2]));
    assert_eq!(steps(&fixed)[0], "added a `file_id`");
    let id = super::values(
        &fixed.file,
        profile::FILE_ID,
        &[file_id::TYPE, file_id::TIME_CREATED],
    );
    let times = super::values(&fixed.file, profile::RECORD, &[record::TIMESTAMP]);
    assert_eq!(id, [[4.0, times[0][0]]]);
}

#[test]
fn made_files_are_repaired_or_refused() {
    for number in [
        "19", "20", "21", "22", "23", "28", "30", "31", "32", "33", "34", "35", "36", "37",
    ] {
        let file = made(number);
        match fit::repair(&file) {
            Ok(None) => assert!(fit::inspect(&file).is_valid(), "{number}"),
            Ok(Some(_)) => drop(repaired(&file)),
            Err(error) => assert!(
                matches!(number, "19" | "20" | "28" | "36"),
                "{number}: {error}"
            ),
        }
    }
}

#[test]
fn what_cannot_be_repaired() {
    let error = |file: &[u8]| fit::repair(file).unwrap_err();
    assert!(matches!(error(b""), Unrepairable::NoFit));
    assert!(matches!(
        error(b"<?xml version=\"1.0\"?>"),
        Unrepairable::NoFit
    ));
    assert!(matches!(error(&[0; 5000]), Unrepairable::NoFit));
    assert!(matches!(error(&made("19")), Unrepairable::Nothing));
    assert!(matches!(
        error(&made("36")),
        Unrepairable::Protocol { major: 3 }
    ));
    for name in GOLDEN {
        let file = golden(name);
        let before_records = place_of(&file, profile::RECORD);
        assert!(
            matches!(error(&file[..before_records]), Unrepairable::Nothing),
            "{name}"
        );
        assert!(matches!(error(&file[..7]), Unrepairable::NoFit), "{name}");
    }
    let text = "nothing to keep in it: no whole record";
    assert_eq!(error(&made("19")).to_string(), text);
}
