//! Repairing: whatever is left of a file becomes a sound one, and nothing that can be read is lost.

mod damage;
mod prefix;
mod random;
mod summary;
mod unusual;

use std::io::Cursor;

use fit::profile::{self, Field};
use fit::{Encoder, Event, Repaired, Scanner, Shape};

/// A message: its number, its bytes without the record header, and where it is.
type Message<'a> = (u16, &'a [u8], usize);

/// The messages of a file, read tolerantly.
fn messages(file: &[u8]) -> Vec<Message<'_>> {
    let data = |event| match event {
        Ok(Event::Data(data)) => Some((data.definition.number, data.payload(), data.offset)),
        _ => None,
    };
    Scanner::tolerant(file).filter_map(data).collect()
}

/// How many messages there are.
fn count(file: &[u8], message: profile::Message) -> usize {
    let is_it = |it: &&Message<'_>| it.0 == message.number;
    messages(file).iter().filter(is_it).count()
}

/// Where the first message of a sort is.
fn place_of(file: &[u8], message: profile::Message) -> usize {
    let list = messages(file);
    list.iter().find(|it| it.0 == message.number).unwrap().2
}

/// The values of fields of every message of a sort; NaN where there are none.
fn values(file: &[u8], message: profile::Message, fields: &[Field]) -> Vec<Vec<f64>> {
    let mut rows = Vec::new();
    let mut decoder = fit::Decoder::tolerant(file);
    while let Some(it) = decoder.next_message().unwrap() {
        if it.number() == message.number {
            let value = |field: &Field| it.number_of(field.number).unwrap_or(f64::NAN);
            rows.push(fields.iter().map(value).collect());
        }
    }
    rows
}

/// Repairs a file in which there is something to repair, and checks what holds for every result.
fn repaired(file: &[u8]) -> Repaired {
    let repaired = fit::repair(file).unwrap().expect("something to repair");
    let report = fit::inspect(&repaired.file);
    assert!(report.is_valid(), "{report}");
    assert!(!repaired.steps.is_empty());
    assert!(
        matches!(fit::repair(&repaired.file), Ok(None)),
        "{:?}: there is more to repair",
        repaired.steps
    );
    repaired
}

/// The steps, each as its text.
fn steps(repaired: &Repaired) -> Vec<String> {
    repaired.steps.iter().map(ToString::to_string).collect()
}

/// A file of these messages.
fn file_of(rows: &[(profile::Message, &[(Field, f64)])]) -> Vec<u8> {
    let mut encoder = Encoder::new(Cursor::new(Vec::new())).unwrap();
    for (message, fields) in rows {
        let (fields, values): (Vec<_>, Vec<_>) = fields.iter().copied().unzip();
        let shape = Shape::of(*message).fields(&fields).build().unwrap();
        encoder.write(&shape, &values).unwrap();
    }
    encoder.finish().unwrap().into_inner()
}
