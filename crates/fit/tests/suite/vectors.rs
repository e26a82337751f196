//! Numbers from documents.

use fit::profile::{self, record, types};
use fit::{BaseType, Crc, Header, time};

#[test]
fn crc_has_the_check_value() {
    assert_eq!(fit::crc::checksum(b"123456789"), 0xBB3D);
    assert_eq!(fit::crc::checksum(b""), 0);
}

#[test]
fn crc_grows_piece_by_piece() {
    let bytes: Vec<u8> = (0..=255).cycle().take(1000).collect();
    for cut in [0, 1, 15, 16, 17, 500, 999, 1000] {
        let mut crc = Crc::new();
        crc.update(&bytes[..cut]);
        crc.update(&bytes[cut..]);
        assert_eq!(crc.value(), fit::crc::checksum(&bytes), "{cut}");
    }
}

#[test]
fn headers_have_these_crcs() {
    let cases = [
        (0x10, 2115, 591_480, 0x8596),
        (0x10, 2009, 0, 0x3391),
        (0x10, 1424, 4275, 0x0800),
        (0x20, 2140, 102_752, 0x0BBF),
    ];
    for (protocol, profile, data_size, crc) in cases {
        let header = Header::new(protocol, profile, data_size);
        assert_eq!(header.crc, Some(crc));
        let bytes = header.to_bytes();
        assert_eq!(fit::crc::checksum(&bytes[..12]), crc);
        assert_eq!(
            fit::crc::checksum(&bytes),
            0,
            "a right CRC takes the state back to 0"
        );
    }
    let bytes = Header::new(0x10, 2115, 591_480).to_bytes();
    let expected = *b"\x0E\x10\x43\x08\x78\x06\x09\x00.FIT\x96\x85";
    assert_eq!(bytes, expected);
}

#[test]
fn base_types_have_these_codes() {
    let codes = [
        0x00, 0x01, 0x02, 0x83, 0x84, 0x85, 0x86, 0x07, 0x88, 0x89, 0x0A, 0x8B, 0x8C, 0x0D, 0x8E,
        0x8F, 0x90,
    ];
    assert_eq!(BaseType::ALL.map(BaseType::code), codes);
    for base in BaseType::ALL {
        assert_eq!(BaseType::from_code(base.code()), Some(base));
        assert_eq!(base.code() & 0x80 != 0, base.size() > 1, "{base}");
        // The profile's own list of base types agrees.
        assert_eq!(
            types::FIT_BASE_TYPE.name_of(base.code().into()),
            Some(base.name())
        );
    }
    assert_eq!(BaseType::from_code(0x1F), None);
    assert_eq!(
        BaseType::from_code(0x04),
        Some(BaseType::Uint16),
        "without its upper bit"
    );
}

#[test]
fn time_starts_in_1989() {
    // 2025-10-09T08:53:20Z, as in the golden files.
    assert!((time::from_unix_seconds(1_760_000_000) - 1_128_934_400.0).abs() < f64::EPSILON);
    assert_eq!(time::to_unix_seconds(1_128_934_400), Some(1_760_000_000));
    assert_eq!(
        time::to_unix_micros(1_128_934_400),
        Some(1_760_000_000_000_000)
    );
    assert_eq!(
        time::to_unix_seconds(0x0FFF_FFFF),
        None,
        "seconds since the device was on"
    );
    assert_eq!(time::to_unix_seconds(u32::MAX), None, "invalid");
    let last = time::from_unix_micros(1_760_000_000_999_999);
    assert!(
        (last - 1_128_934_400.0).abs() < f64::EPSILON,
        "rounded down"
    );
}

#[test]
fn positions_go_there_and_back() {
    let cases = [
        (51.5, 614_418_933.0),
        (-90.0, -1_073_741_824.0),
        (180.0, -2_147_483_648.0),
    ];
    for (degrees, semicircles) in cases {
        let raw: f64 = fit::semicircles_from_degrees(degrees);
        assert!((raw - semicircles).abs() < 0.5, "{degrees} gives {raw}");
    }
    let degrees = fit::degrees_from_semicircles(fit::semicircles_from_degrees(51.5));
    assert!(
        (degrees - 51.5).abs() < 1e-7,
        "one semicircle is less than a centimetre"
    );
    assert!(fit::semicircles_from_degrees(f64::NAN).is_nan());
}

#[test]
fn profile_is_in_order() {
    assert!(profile::MESSAGES.is_sorted_by_key(|message| message.number));
    for message in profile::MESSAGES {
        assert!(
            message.fields.is_sorted_by_key(|field| field.number),
            "{}",
            message.name
        );
        assert_eq!(profile::message(message.number), Some(message));
        assert_eq!(profile::message_named(message.name), Some(message));
        for field in message.fields {
            assert_eq!(message.field(field.number), Some(field));
            assert_eq!(
                message.field_named(field.name),
                Some(field),
                "{}",
                message.name
            );
        }
        assert_eq!(
            types::MESG_NUM.value_of(message.name),
            Some(message.number.into())
        );
    }
    assert_eq!(profile::message(65_280), None);
}

#[test]
fn profile_has_these_facts() {
    assert_eq!(
        (record::ALTITUDE.scale, record::ALTITUDE.offset),
        (5.0, 500.0)
    );
    assert_eq!(
        record::ALTITUDE.components[0].field,
        record::ENHANCED_ALTITUDE.number
    );
    assert_eq!((record::DISTANCE.number, record::DISTANCE.unit), (5, "m"));
    assert_eq!(types::sport::ROWING, 15);
    assert_eq!(types::sub_sport::INDOOR_ROWING, 14);
    assert_eq!(types::MANUFACTURER.name_of(118), Some("waterrower"));
}
