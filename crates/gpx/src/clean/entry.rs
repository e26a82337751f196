//! A point on its way through the cleaner.

use track_xml::{Time, Timed};

use crate::event::Measured;

/// A point on its way.
#[derive(Debug)]
pub(crate) struct Entry {
    pub time: Time,
    pub measured: Measured,
    /// It is the first of its segment.
    pub seam: bool,
}

impl Timed for Entry {
    #[inline]
    fn micros(&self) -> i64 {
        self.time.micros
    }

    fn merge(&mut self, later: Entry) {
        self.measured.merge(later.measured);
    }
}
