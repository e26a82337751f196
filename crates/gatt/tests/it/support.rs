//! The vectors, and bytes as people write them.

use serde_json::Value;

/// `2C 09 4F` as bytes.
pub(crate) fn hex(text: &str) -> Vec<u8> {
    text.split_whitespace()
        .map(|byte| u8::from_str_radix(byte, 16).unwrap())
        .collect()
}

/// The cases of one part of `tests/data/vectors.json`.
pub(crate) fn vectors(part: &str) -> Vec<Value> {
    let all: Value = serde_json::from_str(include_str!("../data/vectors.json")).unwrap();
    let cases = all[part].as_array().unwrap().clone();
    assert!(!cases.is_empty());
    cases
}
