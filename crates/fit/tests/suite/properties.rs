//! What holds for all inputs.

use std::io::Cursor;

use fit::profile::Field;
use fit::{BaseType, Decoder, Encoder, Scanner, Shape, Value};
use proptest::prelude::*;

use crate::support::{GOLDEN, golden};

/// The CRC as the FIT documents describe it, half a byte at a time.
fn nibble_crc(bytes: &[u8]) -> u16 {
    const TABLE: [u16; 16] = [
        0x0000, 0xCC01, 0xD801, 0x1400, 0xF001, 0x3C00, 0x2800, 0xE401, 0xA001, 0x6C00, 0x7800,
        0xB401, 0x5000, 0x9C01, 0x8801, 0x4400,
    ];
    let mut crc = 0_u16;
    for byte in bytes {
        for nibble in [byte & 0x0F, byte >> 4] {
            let low = TABLE[usize::from(crc & 0x0F)];
            crc = (crc >> 4) ^ low ^ TABLE[usize::from(nibble)];
        }
    }
    crc
}

/// A field of any type, and a value that it can hold.
fn field_and_value() -> impl Strategy<Value = (BaseType, usize, Value<'static>)> {
    prop::sample::select(BaseType::ALL.to_vec()).prop_flat_map(|base| {
        let room = 255 / usize::from(base.size());
        value(base, room.min(20)).prop_map(move |(count, value)| (base, count, value))
    })
}

/// A number of elements, and a value that fills them.
fn value(base: BaseType, room: usize) -> BoxedStrategy<(usize, Value<'static>)> {
    let missing = (1..=room).prop_map(|count| (count, Value::Missing));
    match (base, base.range()) {
        (BaseType::String, _) => {
            let text = "[a-zäß\u{1F6A3}]{1,10}"
                .prop_map(|text| (text.len() + 1, Value::Text(text.into())));
            prop_oneof![text, missing].boxed()
        }
        (BaseType::Byte, _) => {
            let bytes = prop::collection::vec(0..=254_u8, 2..=room);
            bytes
                .prop_map(|bytes| (bytes.len(), Value::Bytes(bytes.into())))
                .boxed()
        }
        (_, Some((min, max))) if base.size() == 8 => {
            let integer = (min..=max).prop_map(|raw| (1, Value::Integer(raw)));
            prop_oneof![integer, missing].boxed()
        }
        (_, Some((min, max))) => {
            let (min, max) = (i64::try_from(min).unwrap(), i64::try_from(max).unwrap());
            #[expect(clippy::cast_precision_loss, reason = "below 2^53")]
            numbers((min..=max).prop_map(|raw| raw as f64), room)
        }
        (BaseType::Float32, _) => numbers(any::<f32>().prop_map(f64::from), room),
        _ => numbers(any::<f64>(), room),
    }
}

/// One number or several.
fn numbers(
    number: impl Strategy<Value = f64> + 'static,
    room: usize,
) -> BoxedStrategy<(usize, Value<'static>)> {
    let numbers = prop::collection::vec(number, 1..=room);
    let value = |numbers: Vec<f64>| match numbers[..] {
        [number] => (1, Value::Number(number)),
        _ => (numbers.len(), Value::Numbers(numbers.into())),
    };
    numbers.prop_map(value).boxed()
}

fn finite(value: &Value<'_>) -> bool {
    match value {
        Value::Number(number) => number.is_finite(),
        Value::Numbers(numbers) => numbers.iter().all(|number| number.is_finite()),
        _ => true,
    }
}

proptest! {
    #[test]
    fn every_crc_is_the_same(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        prop_assert_eq!(fit::crc::checksum(&bytes), nibble_crc(&bytes));
    }

    #[test]
    fn what_is_written_is_read(
        fields in prop::collection::vec(
            field_and_value().prop_filter("finite", |(_, _, value)| finite(value)),
            0..12,
        ),
        message in any::<u16>().prop_filter("unknown", |n| fit::profile::message(*n).is_none()),
    ) {
        let shape = fields.iter().zip(0..).fold(
            Shape::of_number(message),
            |shape, ((base, count, _), number)| {
                shape.array(Field::unnamed(number, *base), *count)
            },
        );
        let shape = shape.build().unwrap();
        let values: Vec<_> = fields.iter().map(|(_, _, value)| value.clone()).collect();
        let mut encoder = Encoder::new(Cursor::new(Vec::new())).unwrap();
        encoder.write_values(&shape, &values).unwrap();
        prop_assert_eq!(encoder.saturated(), 0);
        let file = encoder.finish().unwrap().into_inner();
        let mut decoder = Decoder::new(&file);
        let read = decoder.next_message().unwrap().unwrap();
        prop_assert_eq!(read.number(), message);
        let read: Vec<_> = read.fields().map(|field| field.value().into_owned()).collect();
        prop_assert_eq!(read, values);
        prop_assert!(decoder.next_message().unwrap().is_none());
    }

    /// One path for numbers, one for values: the same bytes.
    #[test]
    fn both_paths_write_the_same(numbers in prop::collection::vec(any::<f64>(), 15)) {
        let bases = BaseType::ALL.into_iter().filter(|base| *base != BaseType::String);
        let fields: Vec<_> = (0..).zip(bases).map(|(n, base)| Field {
            scale: f64::from(n % 3 * 50 + 1),
            offset: f64::from(n % 2) * 500.0,
            ..Field::unnamed(n, base)
        }).take(15).collect();
        let shape = Shape::of_number(1).fields(&fields).build().unwrap();
        let values: Vec<_> = numbers.iter().map(|number| Value::from(*number)).collect();
        let mut fast = Encoder::new(Cursor::new(Vec::new())).unwrap();
        fast.write(&shape, &numbers).unwrap();
        let mut slow = Encoder::new(Cursor::new(Vec::new())).unwrap();
        slow.write_values(&shape, &values).unwrap();
        prop_assert_eq!(fast.saturated(), slow.saturated());
        prop_assert_eq!(fast.finish().unwrap(), slow.finish().unwrap());
    }

    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut file = fit::Header::new(0x20, 2140, 300).to_bytes();
        file.extend(&bytes);
        for file in [&file[..], &bytes[..]] {
            let _ = fit::inspect(file);
            prop_assert!(Scanner::tolerant(file).count() <= 1000 + 600 * file.len());
        }
    }

    #[test]
    fn changed_bytes_are_survived(
        name in prop::sample::select(GOLDEN[..5].to_vec()),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..10),
    ) {
        let mut file = golden(name);
        for (at, byte) in changes {
            let at = at.index(file.len());
            file[at] = byte;
        }
        let report = fit::inspect(&file);
        prop_assert!(report.segments.iter().all(|it| it.segment.end() <= file.len()));
        let strict = Scanner::new(&file).filter(Result::is_err).count();
        prop_assert!(strict <= 1);
    }
}
