//! The plugin interface as C sees it.
#![expect(clippy::unwrap_used, reason = "a test that fails may panic")]

mod header;
mod items;
mod json;
