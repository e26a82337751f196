//! Developer fields of several applications in one file.

use std::io::Cursor;

use fit::profile::types::file;
use fit::profile::{
    self, activity, developer_data_id, field_description, file_id, lap, record, session,
};
use fit::{BaseType, Decoder, DeveloperField, Encoder, Shape};

use super::{merged, values};
use crate::made_activity::START;

/// An activity whose records and session have a field of an application.
fn with_field(
    start: u32,
    application: &[u8; 16],
    field: &DeveloperField<'_>,
    value: f64,
) -> Vec<u8> {
    let time = |seconds: u32| f64::from(START + start + seconds);
    let mut encoder = Encoder::new(Cursor::new(Vec::new())).unwrap();
    let id = Shape::of(profile::FILE_ID)
        .field(file_id::TYPE)
        .build()
        .unwrap();
    encoder.write(&id, &[file::ACTIVITY.into()]).unwrap();
    encoder
        .write_application(field.developer, application, 1)
        .unwrap();
    encoder.write_description(field).unwrap();
    let mut write = |message, fields: &[(profile::Field, f64)], own: bool| {
        let (fields, mut values): (Vec<_>, Vec<_>) = fields.iter().copied().unzip();
        let mut shape = Shape::of(message).fields(&fields);
        if own {
            shape = shape.developer(field);
            values.push(value);
        }
        encoder.write(&shape.build().unwrap(), &values).unwrap();
    };
    write(profile::RECORD, &[(record::TIMESTAMP, time(0))], true);
    write(profile::RECORD, &[(record::TIMESTAMP, time(100))], true);
    write(
        profile::LAP,
        &[(lap::START_TIME, time(0)), (lap::TOTAL_ELAPSED_TIME, 100.0)],
        false,
    );
    let fields = [
        (session::START_TIME, time(0)),
        (session::TOTAL_ELAPSED_TIME, 100.0),
        (session::TOTAL_TIMER_TIME, 100.0),
    ];
    write(profile::SESSION, &fields, true);
    write(
        profile::ACTIVITY,
        &[(activity::TIMESTAMP, time(100))],
        false,
    );
    encoder.finish().unwrap().into_inner()
}

const DRAG: DeveloperField<'_> = DeveloperField::new(2, BaseType::Uint16, "DragFactor", "");
const OTHER: DeveloperField<'_> = DeveloperField::new(2, BaseType::Uint8, "Mood", "smiles");
const FIRST: &[u8; 16] = b"the first app   ";
const SECOND: &[u8; 16] = b"the second app  ";

/// Name and value of the developer field of each message of a sort.
fn fields_of(file: &[u8], message: profile::Message) -> Vec<(String, f64)> {
    let mut seen = Vec::new();
    let mut decoder = Decoder::new(file);
    while let Some(it) = decoder.next_message().unwrap() {
        let field = it
            .developer_field(2)
            .filter(|_| it.number() == message.number);
        seen.extend(field.and_then(|field| Some((field.name()?.to_owned(), field.number()?))));
    }
    seen
}

fn indexes(file: &[u8]) -> (Vec<Vec<f64>>, Vec<Vec<f64>>) {
    let id = [developer_data_id::DEVELOPER_DATA_INDEX];
    let field = [field_description::DEVELOPER_DATA_INDEX];
    (
        values(file, profile::DEVELOPER_DATA_ID, &id),
        values(file, profile::FIELD_DESCRIPTION, &field),
    )
}

#[test]
fn the_same_application_is_described_once() {
    let first = with_field(0, FIRST, &DRAG, 110.0);
    let second = with_field(200, FIRST, &DRAG, 120.0);
    let one = merged(&[&first, &second]);
    assert_eq!(indexes(&one.file), (vec![vec![0.0]], vec![vec![0.0]]));
    let drag = |value| ("DragFactor".to_owned(), value);
    assert_eq!(
        fields_of(&one.file, profile::RECORD),
        [110.0, 110.0, 120.0, 120.0].map(drag)
    );
    // The sessions differ, and nobody knows what their mean would be.
    assert_eq!(fields_of(&one.file, profile::SESSION), []);
    assert_eq!(
        one.left_out,
        [fit::LeftOut::Field(profile::SESSION.number, 2)]
    );
    let same = with_field(200, FIRST, &DRAG, 110.0);
    let one = merged(&[&first, &same]);
    assert_eq!(fields_of(&one.file, profile::SESSION), [drag(110.0)]);
}

#[test]
fn another_application_with_the_same_index_gets_another_one() {
    for (application, what) in [(SECOND, "another"), (FIRST, "the same, with other fields")] {
        let first = with_field(0, FIRST, &DRAG, 110.0);
        let second = with_field(200, application, &OTHER, 7.0);
        let third = with_field(400, FIRST, &DRAG, 130.0);
        let one = merged(&[&first, &second, &third]);
        assert_eq!(
            indexes(&one.file),
            (vec![vec![0.0], vec![1.0]], vec![vec![0.0], vec![1.0]]),
            "{what}"
        );
        let drag = |value| ("DragFactor".to_owned(), value);
        let mood = |value| ("Mood".to_owned(), value);
        let expected = [
            drag(110.0),
            drag(110.0),
            mood(7.0),
            mood(7.0),
            drag(130.0),
            drag(130.0),
        ];
        assert_eq!(fields_of(&one.file, profile::RECORD), expected, "{what}");
    }
}

#[test]
fn the_same_application_under_another_index_is_one() {
    let first = with_field(0, FIRST, &DRAG, 110.0);
    let elsewhere = DeveloperField {
        developer: 5,
        ..DRAG
    };
    let second = with_field(200, FIRST, &elsewhere, 110.0);
    let one = merged(&[&first, &second]);
    assert_eq!(indexes(&one.file), (vec![vec![0.0]], vec![vec![0.0]]));
    assert_eq!(fields_of(&one.file, profile::RECORD).len(), 4);
    assert_eq!(fields_of(&one.file, profile::SESSION).len(), 1);
}

#[test]
fn a_developer_field_that_stands_for_the_distance_goes_on() {
    let native = Some((profile::RECORD.number, record::DISTANCE.number));
    for base in [BaseType::Uint32, BaseType::Float32] {
        let metres = DeveloperField {
            native,
            ..DeveloperField::new(2, base, "Distance", "m")
        };
        let row = |start| with_field(start, FIRST, &metres, 300.0);
        let one = merged(&[&row(0), &row(200), &row(400)]);
        let fields = fields_of(&one.file, profile::RECORD);
        let distances: Vec<f64> = fields.iter().map(|it| it.1).collect();
        assert_eq!(
            distances,
            [300.0, 300.0, 600.0, 600.0, 900.0, 900.0],
            "{base}"
        );
    }
}
