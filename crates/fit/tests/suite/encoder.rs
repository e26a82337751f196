//! What the encoder writes.

use std::borrow::Cow;
use std::io::Cursor;

use fit::profile::{self, Field, record, sport, time_in_zone};
use fit::{
    BaseType, Decoder, DeveloperField, Encoder, Event, Options, Protocol, Scanner, Shape, Value,
};

use crate::support::{messages, scan, strict_error};

pub(crate) type Memory = Encoder<Cursor<Vec<u8>>>;

pub(crate) fn memory() -> Memory {
    Encoder::new(Cursor::new(Vec::new())).unwrap()
}

pub(crate) fn finish(encoder: Memory) -> Vec<u8> {
    let file = encoder.finish().unwrap().into_inner();
    assert_eq!(strict_error(&file), None);
    file
}

/// A shape with a single number of its own.
pub(crate) fn numbered(message: u16) -> Shape {
    Shape::of_number(message)
        .field(Field::unnamed(0, BaseType::Uint8))
        .build()
        .unwrap()
}

/// The local types of all definitions, and those of all messages.
fn locals(file: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let (mut definitions, mut messages) = (Vec::new(), Vec::new());
    for event in Scanner::new(file) {
        match event.unwrap() {
            Event::Definition(definition) => definitions.push(definition.local),
            Event::Data(data) => messages.push(data.bytes[0]),
            _ => {}
        }
    }
    (definitions, messages)
}

#[test]
fn a_shape_is_defined_once() {
    let (a, b) = (numbered(1), numbered(2));
    let mut encoder = memory();
    for shape in [&a, &b, &a, &b.clone(), &numbered(1), &b] {
        encoder.write(shape, &[1.0]).unwrap();
    }
    assert_eq!(encoder.messages(), 6);
    let file = finish(encoder);
    assert_eq!(locals(&file), (vec![0, 1], vec![0, 1, 0, 1, 0, 1]));
}

#[test]
fn the_least_recently_used_local_type_is_redefined() {
    let shapes: Vec<_> = (0..18).map(numbered).collect();
    let mut encoder = memory();
    for shape in &shapes[..16] {
        encoder.write(shape, &[0.0]).unwrap();
    }
    encoder.write(&shapes[0], &[0.0]).unwrap();
    encoder.write(&shapes[16], &[0.0]).unwrap(); // takes the place of shape 1
    encoder.write(&shapes[17], &[0.0]).unwrap(); // and this that of shape 2
    encoder.write(&shapes[0], &[0.0]).unwrap();
    encoder.write(&shapes[1], &[0.0]).unwrap(); // is defined again, instead of shape 3
    let file = finish(encoder);
    let (definitions, messages) = locals(&file);
    assert_eq!(definitions, (0..16).chain([1, 2, 3]).collect::<Vec<_>>());
    assert_eq!(messages, (0..16).chain([0, 1, 2, 0, 3]).collect::<Vec<_>>());
    let mut decoder = Decoder::new(&file);
    let mut numbers = Vec::new();
    while let Some(message) = decoder.next_message().unwrap() {
        numbers.push(message.number());
    }
    assert_eq!(
        numbers,
        (0..16).chain([0, 16, 17, 0, 1]).collect::<Vec<_>>()
    );
}

#[test]
fn values_out_of_range_are_saturated_and_counted() {
    let shape = Shape::of(profile::RECORD)
        .fields(&[
            record::HEART_RATE,
            record::POWER,
            record::ALTITUDE,
            record::TEMPERATURE,
        ])
        .build()
        .unwrap();
    let mut encoder = memory();
    encoder
        .write(&shape, &[300.0, 70_000.0, -1000.0, 127.0])
        .unwrap();
    assert_eq!(encoder.saturated(), 4);
    encoder
        .write(
            &shape,
            &[f64::INFINITY, f64::NEG_INFINITY, 12_606.8, -128.0],
        )
        .unwrap();
    assert_eq!(encoder.saturated(), 6);
    encoder.write(&shape, &[f64::NAN; 4]).unwrap();
    assert_eq!(
        encoder.saturated(),
        6,
        "not measured is no number out of range"
    );
    let file = finish(encoder);
    let values = messages(&mut Decoder::new(&file)).unwrap();
    let numbers = |row: usize| {
        values[row]
            .1
            .iter()
            .map(|(_, it)| it.number())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        numbers(0),
        [Some(254.0), Some(65_534.0), Some(-500.0), Some(126.0)]
    );
    assert_eq!(
        numbers(1),
        [Some(254.0), Some(0.0), Some(12_606.8), Some(-128.0)]
    );
    assert_eq!(numbers(2), [None; 4]);
}

#[test]
fn texts_are_cut_at_a_character() {
    let shape = Shape::of(profile::SPORT)
        .text(sport::NAME, 6)
        .build()
        .unwrap();
    let mut encoder = memory();
    for text in [
        "",
        "Row",
        "Rowing",
        "Ruderü",
        "Ru\u{1F6A3}x",
        "\u{1F6A3}\u{1F6A3}",
    ] {
        encoder.write_values(&shape, &[text.into()]).unwrap();
    }
    let file = finish(encoder);
    let mut decoder = Decoder::new(&file);
    let mut texts = Vec::new();
    while let Some(message) = decoder.next_message().unwrap() {
        texts.push(message.text_of(sport::NAME.number).map(Cow::into_owned));
        assert_eq!(
            message.data().payload().last(),
            Some(&0),
            "room for the NUL"
        );
    }
    let expected = ["", "Row", "Rowin", "Ruder", "Ru", "\u{1F6A3}"];
    assert_eq!(
        texts,
        expected.map(|text| (!text.is_empty()).then(|| text.to_owned()))
    );
}

#[test]
fn arrays_are_filled_up() {
    let shape = Shape::of(profile::TIME_IN_ZONE)
        .array(time_in_zone::TIME_IN_HR_ZONE, 4)
        .array(time_in_zone::HR_ZONE_HIGH_BOUNDARY, 3)
        .build()
        .unwrap();
    let mut encoder = memory();
    let times: &[f64] = &[1.0, f64::NAN, 2.0005];
    encoder
        .write_values(&shape, &[times.into(), Value::Missing])
        .unwrap();
    encoder
        .write_values(&shape, &[7.5.into(), [93_u8, 111].as_slice().into()])
        .unwrap();
    let file = finish(encoder);
    let mut decoder = Decoder::new(&file);
    let message = decoder.next_message().unwrap().unwrap();
    let field = message.field(2).unwrap();
    let numbers: Vec<_> = field.numbers().collect();
    assert_eq!(
        numbers,
        [Some(1.0), None, Some(2.001), None],
        "half away from zero"
    );
    assert_eq!(message.field(6).unwrap().value(), Value::Missing);
    let message = decoder.next_message().unwrap().unwrap();
    assert_eq!(
        message
            .field(2)
            .unwrap()
            .numbers()
            .flatten()
            .collect::<Vec<_>>(),
        [7.5]
    );
    assert_eq!(message.field(6).unwrap().bytes(), [93, 111, 255]);
}

#[test]
fn developer_fields_are_described() {
    const DRAG: DeveloperField<'_> = DeveloperField::new(2, BaseType::Uint16, "DragFactor", "");
    const FORCE: DeveloperField<'_> =
        DeveloperField::new(6, BaseType::Uint16, "AverageDriveForceN", "0.1 N").scaled(10.0);
    let shape = Shape::of(profile::RECORD)
        .developer(&DRAG)
        .developer(&FORCE)
        .field(record::TIMESTAMP)
        .build()
        .unwrap();
    let mut encoder = memory();
    encoder.write_application(0, &[7; 16], 3).unwrap();
    encoder.write_description(&DRAG).unwrap();
    encoder.write_description(&FORCE).unwrap();
    encoder.write(&shape, &[1.1e9, 112.0, 73.5]).unwrap();
    let file = finish(encoder);
    assert_eq!(file[1], Protocol::V2.byte());
    let mut decoder = Decoder::new(&file);
    for _ in 0..3 {
        decoder.next_message().unwrap();
    }
    let message = decoder.next_message().unwrap().unwrap();
    let drag = message.field_named("DragFactor").unwrap();
    assert_eq!((drag.number(), drag.unit()), (Some(112.0), ""));
    // The description has no scale, since readers don't apply it: the unit names the step.
    let force = message.field_named("AverageDriveForceN").unwrap();
    assert_eq!((force.number(), force.unit()), (Some(735.0), "0.1 N"));
}

#[test]
fn protocol_2_is_declared_where_it_is_needed() {
    let wide = Shape::of_number(1)
        .field(Field::unnamed(0, BaseType::Sint64))
        .build()
        .unwrap();
    for (shape, byte) in [(&numbered(1), 0x10), (&wide, 0x20)] {
        let mut encoder = memory();
        encoder.write(shape, &[1.0]).unwrap();
        assert_eq!(finish(encoder)[1], byte);
    }
    let options = Options {
        protocol: Some(Protocol::V2),
        profile: 2140,
    };
    let encoder = Encoder::with_options(Cursor::new(Vec::new()), options).unwrap();
    assert_eq!(finish(encoder)[..4], [14, 0x20, 0x5C, 0x08]);
}

#[test]
fn files_can_be_chained() {
    let mut encoder = memory();
    encoder.write(&numbered(0), &[1.0]).unwrap();
    let first = encoder.finish().unwrap();
    let mut encoder = Encoder::new(first).unwrap();
    encoder.write(&numbered(0), &[2.0]).unwrap();
    let file = finish(encoder);
    assert_eq!(scan(&file), (2, vec![]));
    assert_eq!(fit::inspect(&file).segments.len(), 2);
}

#[test]
fn long_files_pass_through_the_buffer() {
    let shape = Shape::of(profile::RECORD)
        .field(record::TIMESTAMP)
        .field(record::DISTANCE);
    let shape = shape.build().unwrap();
    let mut encoder = memory();
    for second in 0..20_000 {
        let second = f64::from(second);
        encoder
            .write(&shape, &[1.1e9 + second, 4.25 * second])
            .unwrap();
    }
    let file = finish(encoder);
    let mut decoder = Decoder::new(&file);
    let mut expected = 0.0;
    while let Some(message) = decoder.next_message().unwrap() {
        assert_eq!(message.number_of(record::DISTANCE.number), Some(expected));
        expected += 4.25;
    }
    assert_eq!(scan(&file).0, 20_000);
}
