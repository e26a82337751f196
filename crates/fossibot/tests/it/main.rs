//! Conversations with stations, in virtual time.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(clippy::float_cmp, reason = "tenths are told exactly")]

mod captures;
mod faults;
mod permitted;
mod profiles;
mod session;
mod support;
mod vectors;
mod week;
mod writes;
