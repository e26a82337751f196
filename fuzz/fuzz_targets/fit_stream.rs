//! Any bytes as a stream: the same however it is cut, and the same as a sound file in memory.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[expect(dead_code, reason = "the other levels have targets of their own")]
#[path = "../../crates/fit/tests/suite/levels.rs"]
mod levels;

fuzz_target!(|file: &[u8]| levels::stream(file));
