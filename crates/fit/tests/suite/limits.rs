//! What the encoder refuses, and the largest that it takes.

use fit::profile::{self, Field, file_id};
use fit::{BaseType, DeveloperField, Encoder, Error, Event, Scanner, Shape, Value};

use crate::encoder::{finish, memory, numbered};
use crate::support::scan;

#[test]
fn shapes_that_no_definition_can_hold_are_refused() {
    let array = Field {
        array: true,
        ..Field::unnamed(1, BaseType::Uint32)
    };
    let text = Field::unnamed(3, BaseType::String);
    let build = |shape: fit::ShapeBuilder| shape.build().unwrap_err();
    let shape = || Shape::of_number(9);
    let (message, field) = (9, 1);
    assert!(shape().array(array, 63).build().is_ok());
    let error = build(shape().array(array, 64));
    assert!(
        matches!(error, Error::FieldTooLarge { size: 256, .. }),
        "{error}"
    );
    assert!(shape().text(text, 255).build().is_ok());
    assert!(matches!(
        build(shape().text(text, 256)),
        Error::FieldTooLarge { size: 256, .. }
    ));
    assert!(matches!(
        build(shape().field(text)),
        Error::SizeMissing { .. }
    ));
    let twice = build(shape().field(array).field(array));
    assert!(
        matches!(twice, Error::DuplicateField { message: m, field: f } if (m, f) == (message, field))
    );
    let force = DeveloperField::new(1, BaseType::Float64, "", "");
    assert!(matches!(
        build(shape().developer(&force.array(32))),
        Error::FieldTooLarge { .. }
    ));
    assert!(matches!(
        build(shape().developer(&force).developer(&force)),
        Error::DuplicateField { .. }
    ));
    let other = DeveloperField {
        developer: 1,
        ..force
    };
    assert!(shape().developer(&force).developer(&other).build().is_ok());
}

#[test]
fn unsuitable_values_are_refused_and_leave_no_trace() {
    let scalar = Shape::of(profile::FILE_ID)
        .field(file_id::PRODUCT)
        .build()
        .unwrap();
    let text = Shape::of(profile::FILE_ID)
        .text(file_id::PRODUCT_NAME, 4)
        .build()
        .unwrap();
    let list = Field::unnamed(7, BaseType::Uint16);
    let list = Shape::of(profile::FILE_ID)
        .field(file_id::TYPE)
        .array(list, 2)
        .build()
        .unwrap();
    let mut encoder = memory();
    let count = encoder.write(&scalar, &[1.0, 2.0]).unwrap_err();
    assert!(matches!(
        count,
        Error::ValueCount {
            message: 0,
            expected: 1,
            given: 2
        }
    ));
    assert!(matches!(
        encoder.write(&text, &[1.0]),
        Err(Error::ValueKind { field: 8, .. })
    ));
    let cases: [(&Shape, &[Value<'_>]); 4] = [
        (&text, &[Value::Number(1.0)]),
        (&scalar, &["a".into()]),
        (&scalar, &[]),
        (
            &list,
            &[Value::Number(4.0), [1.0, 2.0, 3.0].as_slice().into()],
        ),
    ];
    for (shape, values) in cases {
        encoder.write_values(shape, values).unwrap_err();
    }
    encoder.write_bytes(&scalar, &[1]).unwrap_err();
    assert_eq!(encoder.messages(), 0);
    encoder.write(&scalar, &[5.0]).unwrap();
    let file = finish(encoder);
    assert_eq!(scan(&file).0, 1);
}

#[test]
fn copied_shapes_take_bytes_only() {
    let mut encoder = memory();
    encoder.write(&numbered(7), &[1.0]).unwrap();
    let file = finish(encoder);
    let copied = Scanner::new(&file).find_map(|event| match event.unwrap() {
        Event::Definition(definition) => Some(definition),
        _ => None,
    });
    let raw = Shape::copy_of(&copied.unwrap());
    let mut encoder = memory();
    assert!(matches!(
        encoder.write(&raw, &[]),
        Err(Error::RawOnly { message: 7 })
    ));
    assert!(matches!(
        encoder.write_values(&raw, &[]),
        Err(Error::RawOnly { message: 7 })
    ));
    encoder.write_bytes(&raw, &[1]).unwrap();
    assert_eq!(finish(encoder), file);
}

#[test]
fn the_widest_message_fits() {
    let fields = (0..255).map(|number| Field::unnamed(number, BaseType::Byte));
    let shape = fields.fold(Shape::of_number(1), |shape, field| shape.array(field, 255));
    let shape = (0..255).fold(shape, |shape, number| {
        shape.developer(&DeveloperField::new(number, BaseType::Byte, "", "").array(255))
    });
    let shape = shape.build().unwrap();
    assert_eq!(
        (shape.len(), shape.message_size()),
        (510, 2 * 255 * 255 + 1)
    );
    let mut encoder = memory();
    let values = vec![Value::from([3_u8; 255].as_slice()); 510];
    encoder.write_values(&shape, &values).unwrap();
    encoder.write_values(&shape, &values).unwrap();
    let file = finish(encoder);
    assert_eq!(scan(&file).0, 2);
}

/// A writer that takes so many bytes and no more.
struct Full(usize);

impl std::io::Write for Full {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let taken = bytes.len().min(self.0);
        self.0 -= taken;
        Ok(taken)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl std::io::Seek for Full {
    fn seek(&mut self, _: std::io::SeekFrom) -> std::io::Result<u64> {
        Ok(0)
    }
}

#[test]
fn a_full_disk_is_an_error() {
    assert!(matches!(Encoder::new(Full(13)), Err(Error::Write(_))));
    let mut encoder = Encoder::new(Full(20)).unwrap();
    encoder.write(&numbered(0), &[1.0]).unwrap();
    assert!(matches!(encoder.flush(), Err(Error::Write(_))));
}
