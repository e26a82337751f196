//! Odd but legal layouts: byte orders, compressed timestamps, many and wide fields.

use fit::{BaseType, Decoder, Event, ProblemKind as Kind, Scanner, Value};

use crate::support::{file_of, scan, strict_error};

/// The fields of the last message of a file with these records.
fn last(records: &[&[u8]]) -> Vec<(u8, Value<'static>)> {
    let file = file_of(&records.concat());
    let mut decoder = Decoder::new(&file);
    crate::support::messages(&mut decoder)
        .unwrap()
        .pop()
        .unwrap()
        .1
}

#[test]
fn big_endian_holds_for_every_type() {
    let definition = b"\x40\x00\x01\xFF\x00\x07\x00\x02\x83\x01\x04\x86\x02\x04\x88\x03\x08\x89\x04\x08\x8F\x05\x04\x84\x06\x02\x07";
    let mut message = vec![0];
    message.extend((-2_i16).to_be_bytes());
    message.extend(70_000_u32.to_be_bytes());
    message.extend(1.5_f32.to_be_bytes());
    message.extend((-0.25_f64).to_be_bytes());
    message.extend((1_u64 << 60).to_be_bytes());
    message.extend([0, 1, 0xFF, 0xFF]);
    message.extend(b"a\0");
    let fields = last(&[definition, &message]);
    let values: Vec<_> = fields.into_iter().map(|(_, value)| value).collect();
    assert_eq!(
        values[..5],
        [
            Value::Number(-2.0),
            Value::Number(70_000.0),
            Value::Number(1.5),
            Value::Number(-0.25),
            Value::Integer(1 << 60),
        ]
    );
    let Value::Numbers(numbers) = &values[5] else {
        panic!("no array")
    };
    assert_eq!(format!("{numbers:?}"), "[1.0, NaN]");
    assert_eq!(values[6], Value::from("a"));
}

#[test]
fn compressed_timestamps_roll_over() {
    let full = b"\x40\x00\x00\x14\x00\x02\xFD\x04\x86\x03\x01\x02".as_slice();
    let short = b"\x41\x00\x00\x14\x00\x01\x03\x01\x02".as_slice();
    // 0x3B is 27 seconds into its 32; local type 1.
    let messages = [
        b"\x00\x3B\x00\x00\x40\x64".as_slice(),
        b"\xBB\x65", // the same second
        b"\xBF\x66", // 31
        b"\xA2\x67", // 2, after a rollover
        b"\xA1\x68", // 1, after another
    ];
    let file = file_of(&[&[full, short], &messages[..]].concat().concat());
    let times: Vec<_> = Scanner::new(&file)
        .filter_map(|event| match event.unwrap() {
            Event::Data(data) => data.timestamp,
            _ => None,
        })
        .collect();
    let base = 0x4000_0020;
    assert_eq!(
        times,
        [base + 27, base + 27, base + 31, base + 34, base + 65]
    );
}

#[test]
fn a_definition_may_have_255_fields_of_255_bytes() {
    let mut records = vec![0x60, 0, 0, 0x34, 0x12, 255];
    (0..255).for_each(|number| records.extend([number, 255, 0x0D]));
    records.push(255);
    (0..255).for_each(|number| records.extend([number, 255, 0]));
    records.push(0);
    records.resize(records.len() + 2 * 255 * 255, 7);
    let file = file_of(&records);
    assert_eq!(scan(&file), (1, vec![]));
    let mut decoder = Decoder::new(&file);
    let message = decoder.next_message().unwrap().unwrap();
    assert_eq!((message.number(), message.fields().len()), (0x1234, 510));
    assert!(message.fields().all(|field| field.bytes() == [7; 255]));
    assert_eq!(
        decoder.problems().total(),
        255,
        "none of the developer fields is described"
    );
}

#[test]
fn base_types_without_their_upper_bit_are_read() {
    let records = [
        b"\x40\x00\x00\x14\x00\x01\x07\x02\x04".as_slice(),
        b"\x00\x2C\x01",
    ];
    let file = file_of(&records.concat());
    let right = BaseType::Uint16;
    assert_eq!(
        scan(&file),
        (
            1,
            vec![Kind::BaseTypeCode {
                field: 7,
                code: 4,
                right
            }]
        )
    );
    assert_eq!(last(&records), [(7, Value::Number(300.0))]);
}

#[test]
fn byte_orders_other_than_0_and_1_are_odd() {
    let file = file_of(b"\x40\x00\x02\x00\x14\x01\x07\x02\x84\x00\x01\x2C");
    assert_eq!(scan(&file), (1, vec![Kind::ByteOrder { found: 2 }]));
    assert_eq!(strict_error(&file), None);
}

#[test]
fn developer_fields_may_be_described_again() {
    let records = [
        // developer_data_id: index 0.
        b"\x40\x00\x00\xCF\x00\x01\x03\x01\x02".as_slice(),
        b"\x00\x00",
        // field_description: index, number, base type, name, scale.
        b"\x41\x00\x00\xCE\x00\x05\x00\x01\x02\x01\x01\x02\x02\x01\x02\x03\x02\x07\x06\x01\x02",
        b"\x01\x00\x05\x84a\0\xFF",
        b"\x62\x00\x00\x14\x00\x00\x01\x05\x02\x00",
        b"\x02\x2C\x01",
        b"\x01\x00\x05\x84b\0\x0A",
        b"\x62\x00\x00\x14\x00\x00\x01\x05\x02\x00",
        b"\x02\x2C\x01",
    ];
    let file = file_of(&records.concat());
    let mut decoder = Decoder::new(&file);
    let mut seen = Vec::new();
    while let Some(message) = decoder.next_message().unwrap() {
        if let Some(field) = message.developer_field(5) {
            seen.push((field.name().unwrap().to_owned(), field.number().unwrap()));
        }
    }
    assert_eq!(seen, [("a".to_owned(), 300.0), ("b".to_owned(), 30.0)]);
    assert!(decoder.problems().is_empty());
}

#[test]
fn texts_end_at_the_first_nul() {
    let text = |bytes: &[u8; 4]| {
        let definition = b"\x40\x00\x00\x0C\x00\x01\x03\x04\x07";
        let message = [b"\x00".as_slice(), bytes].concat();
        last(&[definition, &message]).remove(0).1
    };
    assert_eq!(text(b"ABCD"), Value::from("ABCD"));
    assert_eq!(text(b"AB\0\0"), Value::from("AB"));
    assert_eq!(
        text(b"A\0rb"),
        Value::from("A"),
        "rubbish behind the NUL, as FR735XT leaves it"
    );
    assert_eq!(text(b"\0\0\0\0"), Value::Missing);
    assert_eq!(text(b"\xC3\xBC\xFF\0"), Value::from("ü\u{FFFD}"));
}
