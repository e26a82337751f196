//! The golden files come out of this crate byte for byte.

use std::fs;
use std::io::Cursor;

use fit::profile::{self, record};
use fit::{Decoder, Encoder, Options, Protocol, Shape, Value, Verdict};

use crate::support::{GOLDEN, data, golden, messages, reencode, rewrite};

/// The golden files say 2.0 whether they need it or not.
const OPTIONS: Options = Options {
    protocol: Some(Protocol::V2),
    profile: 21_158,
};

#[test]
fn wire_rewrite_is_identical() {
    for name in GOLDEN {
        let file = golden(name);
        assert_eq!(rewrite(&file).unwrap(), file, "{name}");
    }
}

#[test]
fn encoding_the_decoded_values_is_identical() {
    for name in GOLDEN {
        let file = golden(name);
        let again = reencode(&file, OPTIONS);
        assert_eq!(
            messages(&mut Decoder::new(&again)),
            messages(&mut Decoder::new(&file))
        );
        assert_eq!(again, file, "{name}");
    }
}

#[test]
fn copying_shapes_is_identical() {
    for name in GOLDEN {
        let file = golden(name);
        let mut encoder = Encoder::with_options(Cursor::new(Vec::new()), OPTIONS).unwrap();
        let mut decoder = Decoder::new(&file);
        while let Some(message) = decoder.next_message().unwrap() {
            let data = message.data();
            encoder
                .write_bytes(&Shape::copy_of(&data.definition), data.payload())
                .unwrap();
        }
        assert_eq!(encoder.finish().unwrap().into_inner(), file, "{name}");
    }
}

#[test]
fn protocol_is_the_lowest_that_will_do() {
    for name in GOLDEN {
        let file = reencode(&golden(name), Options::default());
        let expected = if name.contains("dev") { 0x20 } else { 0x10 };
        assert_eq!(file[1], expected, "{name}");
        assert!(fit::inspect(&file).is_valid(), "{name}");
    }
}

#[test]
fn inspection_finds_nothing() {
    for name in GOLDEN {
        let report = fit::inspect(&golden(name));
        assert_eq!(report.verdict(), Verdict::Sound, "{name}: {report}");
        assert_eq!(report.segments.len(), 1);
        assert_eq!(
            report.segments[0].file_type,
            Some(profile::types::file::ACTIVITY)
        );
    }
    let report = fit::inspect(&golden("golden-row-10km-dev"));
    assert_eq!(report.segments[0].messages(), 2459);
    assert_eq!(report.count(profile::RECORD.number), 2405);
    assert_eq!(report.count(profile::LAP.number), 20);
    let text = report.to_string();
    assert!(
        text.contains("protocol 2.0, profile 21158, 67594 bytes of data"),
        "{text}"
    );
    assert!(text.contains("2405 record"), "{text}");
}

#[test]
fn first_bytes_are_these() {
    let file = golden("golden-row-3s-min");
    let head = b"\x0e\x20\xa6\x52\xfe\x02\x00\x00.FIT";
    let definition =
        b"\x40\x00\x00\x00\x00\x05\x00\x01\x00\x01\x02\x84\x02\x02\x84\x03\x04\x8c\x04\x04\x86";
    let message = b"\x00\x04\xff\x00\x01\x00\x87\xd6\x12\x00\x00\x2c\x4a\x43";
    assert!(file.starts_with(head));
    assert_eq!(&file[14..][..definition.len()], definition);
    assert_eq!(&file[14 + definition.len()..][..message.len()], message);
    let hex = fs::read_to_string(data().join("golden/golden-row-3s-min.hex")).unwrap();
    let digits: String = hex.split_whitespace().collect();
    let bytes = (0..digits.len()).step_by(2);
    let bytes: Vec<u8> = bytes
        .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap())
        .collect();
    assert_eq!(bytes, file);
}

#[test]
fn values_have_names_and_units() {
    let file = golden("golden-row-1000m-dev");
    let mut decoder = Decoder::new(&file);
    let mut seen = 0;
    while let Some(message) = decoder.next_message().unwrap() {
        match message.name().unwrap() {
            "device_info" => {
                let name = message.field_named("product_name").unwrap();
                assert_eq!(name.value(), Value::from("pipeline"));
                let version = message.field_named("software_version").unwrap();
                assert_eq!(version.number(), Some(1.0), "raw 100, scale 100");
            }
            "sport" => {
                let sport = message.field_named("sport").unwrap();
                assert_eq!(
                    (sport.number(), sport.label()),
                    (Some(15.0), Some("rowing"))
                );
            }
            "time_in_zone" => {
                let boundaries = message.field_named("hr_zone_high_boundary").unwrap();
                let expected = [93.0, 111.0, 130.0, 148.0, 167.0, 185.0];
                assert_eq!(boundaries.value(), Value::from(expected.as_slice()));
                assert_eq!(boundaries.unit(), "bpm");
            }
            "record" if seen == 0 => {
                seen += 1;
                let speed = message.field(record::ENHANCED_SPEED.number).unwrap();
                assert_eq!((speed.number(), speed.unit()), (Some(4.16), "m/s"));
                let drag = message.field_named("DragFactor").unwrap();
                assert_eq!((drag.field_number(), drag.developer()), (2, Some(0)));
                assert!(drag.number().is_some());
                assert_eq!(message.field_named("PeakDriveForce").unwrap().unit(), "N");
                assert_eq!(message.timestamp(), Some(1_128_934_400));
            }
            _ => {}
        }
    }
    assert_eq!(seen, 1);
    assert_eq!(decoder.descriptions().count(), 2);
    assert_eq!(decoder.application(0).map(|id| id[0]), Some(0x42));
    assert!(decoder.problems().is_empty());
}
