use pipeline_plugin::{Item, Timestamp};

/// Items that wait, and how many samples are among them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Queue {
    items: Vec<Item>,
    samples: usize,
}

impl Queue {
    pub(crate) fn push(&mut self, item: Item) {
        if let Item::Samples(batch) = &item {
            self.samples += batch.len();
        }
        self.items.push(item);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    pub(crate) fn samples(&self) -> usize {
        self.samples
    }

    /// The time of the last sample.
    pub(crate) fn last_time(&self) -> Option<Timestamp> {
        self.items.iter().rev().find_map(|item| match item {
            Item::Samples(batch) => batch.time().last().copied(),
            _ => None,
        })
    }

    /// All that waits; the queue is empty then.
    pub(crate) fn take(&mut self) -> Vec<Item> {
        self.samples = 0;
        std::mem::take(&mut self.items)
    }
}
