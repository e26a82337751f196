use std::hint::black_box;

use crate::{Header, Item, Output, Result, Streams};

/// Counts samples and keeps nothing, for benchmarks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counted {
    /// How many rows of samples came.
    pub rows: usize,
}

impl Output for Counted {
    #[inline]
    fn send(&mut self, item: Item) -> Result<()> {
        if let Item::Samples(batch) = black_box(item) {
            self.rows += batch.len();
        }
        Ok(())
    }
}

impl Streams for Counted {
    fn open(&mut self, _: Header) -> Result<()> {
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        Ok(())
    }
}
