//! Damage of the sort that devices and transfers do, on the golden files.

use std::io::Cursor;

use fit::profile::{self, record};
use fit::{Encoder, Header, ProblemKind as Kind, Shape, Verdict};

use crate::support::{GOLDEN, file_of, golden, scan, strict_error};

const NAME: &str = "golden-row-1000m-dev";
const MESSAGES: usize = 259;

/// The golden file with another size of the data in its header, whose CRC stays right.
fn with_size(data_size: u32) -> Vec<u8> {
    let mut file = golden(NAME);
    file[..14].copy_from_slice(&Header::new(0x20, 21_158, data_size).to_bytes());
    file
}

fn data_size() -> u32 {
    u32::try_from(golden(NAME).len() - 16).unwrap()
}

#[test]
fn every_prefix_is_survived() {
    for name in GOLDEN {
        let file = golden(name);
        let step = match file.len() {
            ..1000 => 1,
            1000..10_000 => 13,
            _ => 1999,
        };
        let mut last = 0;
        for cut in (0..file.len()).step_by(step) {
            let report = fit::inspect(&file[..cut]);
            assert!(!report.is_valid(), "{name} {cut}");
            assert!(strict_error(&file[..cut]).is_some(), "{name} {cut}");
            let messages = scan(&file[..cut]).0;
            assert!(messages >= last, "{name} {cut}: no whole message is lost");
            last = messages;
        }
    }
}

#[test]
fn file_crc_is_checked() {
    let mut file = golden(NAME);
    let end = file.len() - 1;
    file[end] ^= 0xFF;
    let Some(Kind::FileCrc { given, right }) = strict_error(&file) else {
        panic!("accepted")
    };
    assert_eq!(given ^ right, 0xFF00, "both values are named");
    assert_eq!(
        scan(&file),
        (MESSAGES, vec![Kind::FileCrc { given, right }])
    );
    assert_eq!(fit::inspect(&file).verdict(), Verdict::Damaged);
}

#[test]
fn header_crc_zero_is_none() {
    let mut file = golden(NAME);
    file[12..14].fill(0);
    let end = file.len() - 2;
    let crc = fit::crc::checksum(&file[..end]);
    file[end..].copy_from_slice(&crc.to_le_bytes());
    assert_eq!(scan(&file), (MESSAGES, vec![]));
    assert_eq!(strict_error(&file), None);
}

#[test]
fn header_crc_is_checked() {
    let mut file = golden(NAME);
    file[12] ^= 1;
    let end = file.len() - 2;
    let crc = fit::crc::checksum(&file[..end]);
    file[end..].copy_from_slice(&crc.to_le_bytes());
    assert!(matches!(strict_error(&file), Some(Kind::HeaderCrc { .. })));
    assert_eq!(scan(&file).0, MESSAGES);
}

#[test]
fn any_header_size_from_12_is_read() {
    let golden = golden(NAME);
    let data = &golden[14..golden.len() - 2];
    for size in [12_u8, 13, 14, 15, 20, 255] {
        let mut file = Header::new(0x20, 21_158, data_size()).to_bytes();
        file[0] = size;
        file[12..].fill(0);
        file.resize(size.into(), 0);
        file.extend(data);
        file.extend(fit::crc::checksum(&file).to_le_bytes());
        assert_eq!(scan(&file), (MESSAGES, vec![]), "{size}");
    }
    let mut file = golden;
    file[0] = 11;
    assert_eq!(strict_error(&file), Some(Kind::HeaderSize { size: 11 }));
}

#[test]
fn data_size_zero_is_searched_for_records() {
    let file = with_size(0);
    let found = data_size() as usize;
    assert_eq!(scan(&file), (MESSAGES, vec![Kind::DataSizeZero { found }]));
    assert!(strict_error(&file).is_some());
    // The power failed: no CRC, half a record.
    let cut = &file[..file.len() - 5];
    let (messages, problems) = scan(cut);
    assert_eq!(messages, MESSAGES - 1);
    assert!(matches!(
        problems[..],
        [Kind::DataSizeZero { .. }, Kind::MessageTruncated { .. }]
    ));
}

#[test]
fn data_size_too_big_is_clamped() {
    let found = data_size() as usize;
    for declared in [data_size() + 1, data_size() + 1000, u32::MAX] {
        let expected = (MESSAGES, vec![Kind::DataSize { declared, found }]);
        assert_eq!(scan(&with_size(declared)), expected);
    }
}

#[test]
fn data_size_too_small_is_seen_by_the_crc() {
    let found = data_size() as usize;
    for declared in [1, 100, data_size() - 1] {
        let expected = (MESSAGES, vec![Kind::DataSize { declared, found }]);
        assert_eq!(scan(&with_size(declared)), expected);
    }
}

#[test]
fn padding_is_stripped() {
    for byte in [0x00, 0x1A] {
        for bytes in [1, 100, 1023] {
            let mut file = golden(NAME);
            file.resize(file.len() + bytes, byte);
            assert_eq!(scan(&file), (MESSAGES, vec![Kind::Padding { bytes }]));
            assert_eq!(strict_error(&file), None);
            // Even where the size in the header is no help.
            let mut file = with_size(u32::MAX);
            file.resize(file.len() + bytes, byte);
            let (messages, problems) = scan(&file);
            assert_eq!((messages, problems.len()), (MESSAGES, 2), "{problems:?}");
        }
    }
}

#[test]
fn garbage_behind_the_end_is_a_warning() {
    let mut file = golden(NAME);
    file.extend(b"garbage");
    assert_eq!(scan(&file), (MESSAGES, vec![Kind::Trailing { bytes: 7 }]));
    assert_eq!(strict_error(&file), None);
    assert_eq!(fit::inspect(&file).verdict(), Verdict::Odd);
}

#[test]
fn chained_files_are_read_to_the_end() {
    let mut file = golden(NAME);
    let first = file.len();
    file.extend(golden("golden-row-3s-min"));
    assert_eq!(scan(&file), (MESSAGES + 17, vec![]));
    let report = fit::inspect(&file);
    assert_eq!(
        (report.segments.len(), report.verdict()),
        (2, Verdict::Sound)
    );
    assert_eq!(report.segments[1].segment.offset, first);
    // The second segment is cut: the first is kept.
    let (messages, problems) = scan(&file[..first + 100]);
    assert!(messages > MESSAGES);
    assert!(matches!(problems[0], Kind::Truncated { .. }));
    assert_eq!(problems.len(), 2);
    // The size of the first one is wrong: the second is found by its header.
    file[..14].copy_from_slice(&Header::new(0x20, 21_158, u32::MAX).to_bytes());
    let (messages, problems) = scan(&file);
    assert_eq!((messages, problems.len()), (MESSAGES + 17, 1));
}

/// Each of these headers claims all that follows, and each end can be found: without a limit the
/// time would grow with the square of the size.
#[test]
fn many_wrong_sizes_take_no_time() {
    let count = 20_000;
    let mut file = Vec::new();
    for left in (0..count).rev() {
        let header = Header::new(0x20, 2140, 16 * left + 1);
        file.extend(header.to_bytes());
        file.extend([0, 0]);
    }
    let report = fit::inspect(&file);
    assert_eq!(report.verdict(), Verdict::Unreadable);
    assert!(report.segments.len() < 100, "{}", report.segments.len());
}

#[test]
fn not_a_fit_file() {
    assert_eq!(
        strict_error(b""),
        Some(Kind::HeaderTruncated { need: 12, have: 0 })
    );
    assert_eq!(
        strict_error(&[0; 64]),
        Some(Kind::Signature { found: [0; 4] })
    );
    assert!(matches!(
        strict_error(b"<?xml version=\"1.0\"?>"),
        Some(Kind::Signature { .. })
    ));
    assert_eq!(fit::inspect(b"").verdict(), Verdict::Unreadable);
}

#[test]
fn a_dropped_encoder_leaves_a_readable_file() {
    let shape = Shape::of(profile::RECORD)
        .field(record::TIMESTAMP)
        .field(record::POWER);
    let shape = shape.build().unwrap();
    let mut file = Cursor::new(Vec::new());
    let mut encoder = Encoder::new(&mut file).unwrap();
    for second in 0..10 {
        encoder
            .write(&shape, &[1.1e9 + f64::from(second), 200.0])
            .unwrap();
    }
    encoder.flush().unwrap();
    drop(encoder);
    let (messages, problems) = scan(file.get_ref());
    assert_eq!(messages, 10);
    assert!(matches!(problems[..], [Kind::DataSizeZero { .. }]));
}

#[test]
fn local_types_may_change_their_meaning() {
    let records = [
        b"\x40\x00\x00\x14\x00\x01\x03\x01\x02".as_slice(), // heart rate
        b"\x00\x78",
        b"\x40\x00\x01\x00\x14\x01\x07\x02\x84", // power, big-endian
        b"\x00\x01\x2C",
        b"\x20\x01\x2C", // bit 5 of a data message means nothing
    ];
    let file = file_of(&records.concat());
    let mut decoder = fit::Decoder::new(&file);
    let mut values = Vec::new();
    while let Some(message) = decoder.next_message().unwrap() {
        values.push((message.number(), message.fields().next().unwrap().number()));
    }
    assert_eq!(
        values,
        [(20, Some(120.0)), (20, Some(300.0)), (20, Some(300.0))]
    );
}
