//! What was seen of the bytes to come, so that none is looked at again for each record.

use crate::segment::{HEADER_START, is_padding, next_header};
use crate::window::Window;

/// What was seen of the bytes behind the next record of a stream; all places are offsets in it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Ahead {
    /// No header starts before this place.
    searched: usize,
    /// A header starts here.
    header: Option<usize>,
    /// Where padding starts, and where it ends as far as it was seen.
    padding: (usize, usize),
}

impl Ahead {
    /// Nothing was seen from this place on.
    pub(crate) fn from(place: usize) -> Self {
        Self {
            searched: place,
            header: None,
            padding: (place, place),
        }
    }

    /// Where the next header starts, if it is in the window.
    pub(crate) fn header<R>(&mut self, window: &Window<R>) -> Option<usize> {
        if self.header.is_none() {
            let from = self.searched.max(window.offset());
            let at = next_header(window.rest(), from - window.offset());
            self.header = at.map(|at| window.offset() + at);
            self.searched = from.max(window.end().saturating_sub(HEADER_START - 1));
        }
        self.header
    }

    /// Whether there is nothing but padding from `start` to `end`, which is in the window.
    pub(crate) fn is_padding<R>(&mut self, window: &Window<R>, start: usize, end: usize) -> bool {
        let (first, last) = self.padding;
        let seen = if (first..last).contains(&start) {
            last
        } else {
            start
        };
        let rest = window.rest().get(seen - window.offset()..);
        let more = rest.unwrap_or_default().iter();
        let more = more.take_while(|byte| is_padding(**byte)).count();
        self.padding = (start, seen + more);
        seen + more >= end
    }
}
