//! The vectors, and bytes as people write them.

use serde_json::Value;

/// `2C 09 4F` as bytes.
pub(crate) fn hex(text: &str) -> Vec<u8> {
    text.split_whitespace()
        .map(|byte| u8::from_str_radix(byte, 16).unwrap())
        .collect()
}

/// One part of `tests/data/vectors.json`.
pub(crate) fn vectors(part: &str) -> Value {
    let mut all: Value = serde_json::from_str(include_str!("../data/vectors.json")).unwrap();
    all[part].take()
}

/// The bytes of a list of frames.
pub(crate) fn frames(list: &Value) -> Vec<Vec<u8>> {
    let frames = list.as_array().unwrap().iter();
    frames.map(|frame| hex(frame.as_str().unwrap())).collect()
}
