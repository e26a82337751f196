//! The source and the visits of commands, with simulated stations in virtual time.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(clippy::float_cmp, reason = "what is told is told exactly")]

mod control;
mod settings;
mod source;
mod support;
mod visit;
mod week;
