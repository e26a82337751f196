//! How to read.

/// Settings of a [`Reader`](crate::Reader); the defaults are tolerant and bounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Refuse the file at its first repair instead of counting it.
    pub strict: bool,
    /// Bounds that hold whatever the file says.
    pub limits: Limits,
}

/// Bounds that keep memory and time flat on any input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Nested elements.
    pub depth: usize,
    /// Bytes of one tag, comment or text; also the size of the reader's only buffer.
    pub event: usize,
    /// Bytes of the whole file.
    pub file: u64,
    /// Trackpoints in the whole file.
    pub points: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            depth: 64,
            event: 64 * 1024,
            file: 256 * 1024 * 1024,
            points: 5_000_000,
        }
    }
}

#[expect(
    clippy::derivable_impls,
    reason = "the defaults are meant to be read here"
)]
impl Default for Options {
    fn default() -> Self {
        Options {
            strict: false,
            limits: Limits::default(),
        }
    }
}
