//! Merging: one activity out of several, in which everything adds up.

mod developers;
mod messages;
mod refused;
mod sums;

use std::io::Cursor;

use fit::profile::types::file;
use fit::profile::{self, Field, activity, file_id, lap, record, session};
use fit::{Decoder, Encoder, Merged, Shape, Sports};

use crate::made_activity::START;

/// Merges files that can be, and checks what holds for every result.
fn merged(files: &[&[u8]]) -> Merged {
    let merged = fit::merge(files, Sports::Same).unwrap();
    let report = fit::inspect(&merged.file);
    assert!(report.is_valid(), "{report}");
    assert!(matches!(fit::repair(&merged.file), Ok(None)), "complete");
    for once in [profile::FILE_ID, profile::SESSION, profile::ACTIVITY] {
        assert_eq!(report.count(once.number), 1, "{}", once.name);
    }
    let records = |file: &&[u8]| fit::inspect(file).count(profile::RECORD.number);
    let all: u64 = files.iter().map(records).sum();
    assert_eq!(records(&&merged.file[..]), all);
    assert_eq!(
        numbers(&merged.file).last(),
        Some(&profile::ACTIVITY.number)
    );
    merged
}

/// The numbers of all messages.
fn numbers(file: &[u8]) -> Vec<u16> {
    let mut numbers = Vec::new();
    let mut decoder = Decoder::new(file);
    while let Some(message) = decoder.next_message().unwrap() {
        numbers.push(message.number());
    }
    numbers
}

/// The values of fields of every message of a sort; NaN where there are none.
fn values(file: &[u8], message: profile::Message, fields: &[Field]) -> Vec<Vec<f64>> {
    let mut rows = Vec::new();
    let mut decoder = Decoder::new(file);
    while let Some(it) = decoder.next_message().unwrap() {
        if it.number() == message.number {
            let value = |field: &Field| it.number_of(field.number).unwrap_or(f64::NAN);
            rows.push(fields.iter().map(value).collect());
        }
    }
    rows
}

/// An activity with a session of these fields.
fn with_session(
    start: u32,
    fields: &[(Field, f64)],
    more: &[(profile::Message, Vec<(Field, f64)>)],
) -> Vec<u8> {
    let time = |seconds: u32| f64::from(START + start + seconds);
    let mut session = vec![
        (session::TIMESTAMP, time(100)),
        (session::START_TIME, time(0)),
        (session::TOTAL_ELAPSED_TIME, 100.0),
    ];
    session.extend(fields);
    let mut rows = vec![
        (
            profile::FILE_ID,
            vec![(file_id::TYPE, file::ACTIVITY.into())],
        ),
        (profile::RECORD, vec![(record::TIMESTAMP, time(0))]),
        (profile::RECORD, vec![(record::TIMESTAMP, time(100))]),
        (
            profile::LAP,
            vec![(lap::START_TIME, time(0)), (lap::TOTAL_ELAPSED_TIME, 100.0)],
        ),
    ];
    rows.extend(more.iter().cloned());
    rows.push((profile::SESSION, session));
    rows.push((profile::ACTIVITY, vec![(activity::TIMESTAMP, time(100))]));
    let mut encoder = Encoder::new(Cursor::new(Vec::new())).unwrap();
    for (message, fields) in rows {
        let (fields, values): (Vec<_>, Vec<_>) = fields.into_iter().unzip();
        let shape = Shape::of(message).fields(&fields).build().unwrap();
        encoder.write(&shape, &values).unwrap();
    }
    encoder.finish().unwrap().into_inner()
}
