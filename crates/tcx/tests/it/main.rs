//! What the crate does with files, told as text; the cases are data.
#![expect(clippy::unwrap_used, reason = "a test that fails may panic")]

mod clean;
mod errors;
#[path = "../../../track-xml/tests/support/order.rs"]
mod order;
mod properties;
mod quirks;
mod real;
mod tell;
mod write;
mod writer;
