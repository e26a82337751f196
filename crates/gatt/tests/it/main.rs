//! Vectors from captures and from the standard's layouts, and what holds for every input.
#![expect(clippy::unwrap_used, reason = "a test that fails may panic")]
#![expect(clippy::float_cmp, reason = "binary fractions are exact")]

mod control;
mod measurements;
mod properties;
mod rower_data;
mod rower_record;
mod support;
