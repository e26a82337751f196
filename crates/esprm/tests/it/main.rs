//! Vectors from the firmware's tests and documents, a simulated monitor, and what holds for every
//! input.
#![expect(clippy::unwrap_used, reason = "a test that fails may panic")]
#![expect(
    clippy::float_cmp,
    reason = "what was rounded once is rounded the same again"
)]

mod control;
mod handle_forces;
mod metrics;
mod properties;
mod settings;
mod support;
mod update;
