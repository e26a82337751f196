//! Writes again what could be read of any bytes, and compares.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[expect(dead_code, reason = "the other levels have targets of their own")]
#[path = "../../crates/fit/tests/suite/levels.rs"]
mod levels;

fuzz_target!(|file: &[u8]| levels::encode(file));
