//! The plugin interface as C sees it.
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "tests fail, and say what they skip"
)]

mod header;
mod items;
mod json;
