//! Vectors and bytes.

use serde_json::Value;

/// `tests/data/README.md` says where they come from.
pub(crate) fn vectors() -> Value {
    serde_json::from_str(include_str!("../data/vectors.json")).unwrap()
}

pub(crate) fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(|byte| *byte != b' ').collect();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.chunks(2).map(byte).collect()
}

/// The bytes of a named vector.
pub(crate) fn vector(vectors: &Value, group: &str, name: &str) -> Vec<u8> {
    let all = vectors[group].as_array().unwrap();
    let found = all.iter().find(|vector| vector["name"] == name);
    hex(found.unwrap_or_else(|| panic!("no vector `{name}`"))["hex"]
        .as_str()
        .unwrap())
}
