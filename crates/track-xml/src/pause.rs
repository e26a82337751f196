//! Times in which nothing was recorded.

/// A gap has to be longer to be a pause, in microseconds.
const SHORTEST: i64 = 1_000_000;

/// A time in which nothing was recorded on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    /// The time of the last point before, in microseconds UTC.
    pub start: i64,
    /// The time of the first point after, in microseconds UTC.
    pub end: i64,
}

impl Pause {
    /// The pause between two points, `None` when no more than a second lies between them.
    #[inline]
    pub fn between(start: i64, end: i64) -> Option<Pause> {
        (end - start > SHORTEST).then_some(Pause { start, end })
    }
}
