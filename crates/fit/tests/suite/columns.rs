//! Rows have the numbers that the fields have.

use std::fs;

use fit::profile::{self, record};
use fit::{BaseType, Columns, Decoder, Encoder, Message, Shape, Value};
use proptest::prelude::*;

use crate::support::{data, file_of, files, shared};

/// The numbers of all fields that have columns, one after the other.
fn numbers(message: &Message<'_>) -> Vec<f64> {
    let fields = message.fields().filter(|field| {
        let is_opaque = field.base() == BaseType::Byte && field.len() > 1;
        field.base() != BaseType::String && !is_opaque
    });
    let numbers = fields.flat_map(|field| field.numbers());
    numbers.map(|it| it.unwrap_or(f64::NAN)).collect()
}

fn row(message: &Message<'_>) -> Vec<f64> {
    let columns = Columns::of(message);
    let mut row = vec![-1.0; columns.width()];
    assert!(columns.fill(message, &mut row));
    row
}

/// To the last bit, and NaN is NaN.
fn bits(numbers: &[f64]) -> Vec<Option<u64>> {
    let bits = |number: &f64| (!number.is_nan()).then(|| number.to_bits());
    numbers.iter().map(bits).collect()
}

#[test]
fn every_file_has_the_same_numbers() {
    let mut paths = files(&data().join("golden"));
    paths.extend(files(&data().join("made")));
    paths.extend(shared("valid").unwrap_or_default());
    for path in paths {
        let file = fs::read(&path).unwrap();
        let mut decoder = Decoder::tolerant(&file);
        while let Some(message) = decoder.next_message().unwrap() {
            let (row, numbers) = (row(&message), numbers(&message));
            assert_eq!(bits(&row), bits(&numbers), "{}", path.display());
        }
    }
}

#[test]
fn columns_fit_their_layout_only() {
    let one = Shape::of(profile::RECORD).field(record::POWER);
    let one = one.build().unwrap();
    let other = Shape::of(profile::RECORD).field(record::HEART_RATE);
    let other = other.build().unwrap();
    let mut encoder = Encoder::new(std::io::Cursor::new(Vec::new())).unwrap();
    for (shape, number) in [(&one, 200.0), (&other, 140.0), (&one, 210.0)] {
        encoder.write(shape, &[number]).unwrap();
    }
    let file = encoder.finish().unwrap().into_inner();
    let mut decoder = Decoder::new(&file);
    let mut columns = Columns::default();
    let mut row = [0.0];
    let mut seen = Vec::new();
    while let Some(message) = decoder.next_message().unwrap() {
        if !columns.fill(&message, &mut row) && seen.is_empty() {
            columns = Columns::of(&message);
            assert!(columns.fill(&message, &mut row));
        }
        seen.push((columns.fit(&message), row[0]));
    }
    assert_eq!(seen, [(true, 200.0), (false, 200.0), (true, 210.0)]);
    assert_eq!(
        columns.iter().map(fit::Column::name).next(),
        Some(Some("power"))
    );
    assert_eq!(columns.iter().next().unwrap().unit(), "watts");
}

#[test]
fn a_definition_that_is_sent_again_has_the_same_columns() {
    let definition = [0x40, 0, 0, 20, 0, 1, 3, 1, 2];
    let message = |rate| [0, rate];
    let records = [&definition[..], &message(60), &definition, &message(61)].concat();
    let file = file_of(&records);
    let mut decoder = Decoder::new(&file);
    let columns = Columns::of(&decoder.next_message().unwrap().unwrap());
    let next = decoder.next_message().unwrap().unwrap();
    assert!(columns.fit(&next));
    assert_eq!(
        next.data().definition.offset,
        14 + 9 + 2,
        "its own definition"
    );
}

#[test]
fn developer_fields_that_are_described_anew_have_new_columns() {
    let describe = |name: u8| [0, 0, 1, 2, name];
    let description = [0x40, 0, 0, 206, 0, 4, 0, 1, 2, 1, 1, 2, 2, 1, 2, 3, 1, 7];
    let definition = [0x61, 0, 0, 20, 0, 0, 1, 1, 1, 0];
    let records = [
        &description[..],
        &describe(b'a'),
        &definition,
        &[1, 60],
        &describe(b'b'),
        &definition,
        &[1, 61],
    ];
    let file = file_of(&records.concat());
    let mut decoder = Decoder::new(&file);
    let mut seen: Vec<(Columns, String)> = Vec::new();
    while let Some(message) = decoder.next_message().unwrap() {
        if message.number() == profile::RECORD.number {
            let columns = Columns::of(&message);
            assert!(seen.iter().all(|(before, _)| !before.fit(&message)));
            let name = columns.iter().next().unwrap().name().unwrap().to_owned();
            seen.push((columns, name));
        }
    }
    assert_eq!(
        seen.iter().map(|(_, name)| &name[..]).collect::<String>(),
        "ab"
    );
}

#[test]
fn chosen_columns_only() {
    let shape = Shape::of(profile::RECORD)
        .field(record::TIMESTAMP)
        .field(record::POWER)
        .array(record::SPEED_1S, 3)
        .field(record::HEART_RATE)
        .build()
        .unwrap();
    let mut encoder = Encoder::new(std::io::Cursor::new(Vec::new())).unwrap();
    let curve = [1.0, 2.0, 3.0];
    let values = [
        1e9.into(),
        200.0.into(),
        Value::from(&curve[..]),
        140.0.into(),
    ];
    encoder.write_values(&shape, &values).unwrap();
    let file = encoder.finish().unwrap().into_inner();
    let mut decoder = Decoder::new(&file);
    let message = decoder.next_message().unwrap().unwrap();
    let columns = Columns::only(&message, |column| {
        !matches!(column.name(), Some("timestamp" | "power"))
    });
    let places = columns.iter().map(|it| (it.slot(), it.elements()));
    assert_eq!(places.collect::<Vec<_>>(), [(0, 3), (3, 1)]);
    let mut row = vec![0.0; columns.width()];
    columns.fill(&message, &mut row);
    assert_eq!(row, [1.0, 2.0, 3.0, 140.0]);
    let mut short = [0.0; 2];
    assert!(columns.fill(&message, &mut short));
    assert_eq!(
        bits(&short),
        bits(&curve[..2]),
        "what doesn't fit is left out"
    );
}

proptest! {
    /// Any base type anywhere in a message of any length, in either byte order.
    #[test]
    fn numbers_are_cut_out_anywhere(
        fields in prop::collection::vec((0..17_usize, 1..4_u8), 1..8),
        bytes in prop::collection::vec(prop_oneof![Just(0xFF), Just(0x7F), Just(0), any::<u8>()], 300),
        big_endian: bool,
    ) {
        let fields = fields.iter().map(|(base, count)| (BaseType::ALL[*base], *count));
        let sizes: Vec<_> = fields.map(|(base, count)| (base, base.size() * count)).collect();
        let count = u8::try_from(sizes.len()).unwrap();
        let mut records = vec![0x40, 0, u8::from(big_endian), 0x34, 0x12, count];
        for (number, (base, size)) in (0..).zip(&sizes) {
            records.extend([number, *size, base.code()]);
        }
        records.push(0);
        let size = sizes.iter().map(|(_, size)| usize::from(*size)).sum::<usize>();
        records.extend(&bytes[..size]);
        let file = file_of(&records);
        let mut decoder = Decoder::new(&file);
        let message = decoder.next_message().unwrap().unwrap();
        prop_assert_eq!(bits(&row(&message)), bits(&numbers(&message)));
    }
}
