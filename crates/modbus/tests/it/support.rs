use modbus::{Assembler, Event, Frame, Options};
use serde_json::Value;

/// The vectors of the reference, which another implementation made.
pub(crate) fn vectors() -> Value {
    serde_json::from_str(include_str!("../data/vectors.json")).unwrap()
}

pub(crate) fn bytes(hex: &str) -> Vec<u8> {
    let pairs = hex.as_bytes().chunks(2);
    pairs
        .map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

/// The bytes of a vector.
pub(crate) fn vector(group: &str, name: &str) -> Vec<u8> {
    let vectors = vectors();
    let value = &vectors[group][name];
    bytes(value["hex"].as_str().or(value.as_str()).unwrap())
}

/// What comes of pieces, and the assembler behind it.
pub(crate) fn play<T: AsRef<[u8]>>(
    options: Options,
    pieces: impl IntoIterator<Item = T>,
) -> (Vec<Event>, Assembler) {
    let mut assembler = Assembler::new(options);
    let mut events = Vec::new();
    for piece in pieces {
        assembler.handle_bytes(piece.as_ref());
        events.extend(std::iter::from_fn(|| assembler.poll_event()));
    }
    (events, assembler)
}

pub(crate) fn frames(events: &[Event]) -> Vec<&Frame> {
    let frames = events.iter().filter_map(|event| match event {
        Event::Frame(frame) => Some(frame),
        Event::Text(_) => None,
    });
    frames.collect()
}
