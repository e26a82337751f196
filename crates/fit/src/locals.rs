//! Which shape each of the sixteen local message types stands for.

use std::sync::Arc;

use crate::shape::Shape;

const LOCALS: usize = 16;

/// The local message types, least recently used first to go.
#[derive(Debug, Default)]
pub(crate) struct Locals {
    /// The shape last seen on each local type; 0 for none.
    ids: [u64; LOCALS],
    /// When each was used last.
    used: [u64; LOCALS],
    definitions: [Option<Arc<[u8]>>; LOCALS],
    clock: u64,
    last_id: u64,
    last: u8,
}

/// The local type of a shape, and whether its definition must be written first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Local {
    pub(crate) number: u8,
    pub(crate) fresh: bool,
}

impl Locals {
    #[inline]
    pub(crate) fn find(&mut self, shape: &Shape) -> Local {
        if self.last_id == shape.id {
            return Local {
                number: self.last,
                fresh: false,
            };
        }
        self.change(shape)
    }

    /// Another shape than the one before.
    fn change(&mut self, shape: &Shape) -> Local {
        let known = self.ids.iter().position(|id| *id == shape.id).or_else(|| {
            let same = |other: &Option<Arc<[u8]>>| other.as_ref() == Some(&shape.definition);
            self.definitions.iter().position(same)
        });
        let at = known.unwrap_or_else(|| self.oldest());
        self.clock += 1;
        if let (Some(id), Some(used)) = (self.ids.get_mut(at), self.used.get_mut(at)) {
            (*id, *used) = (shape.id, self.clock);
        }
        if let (None, Some(definition)) = (known, self.definitions.get_mut(at)) {
            *definition = Some(Arc::clone(&shape.definition));
        }
        self.last_id = shape.id;
        self.last = u8::try_from(at).unwrap_or_default();
        Local {
            number: self.last,
            fresh: known.is_none(),
        }
    }

    fn oldest(&self) -> usize {
        let oldest = self.used.iter().enumerate().min_by_key(|(_, used)| **used);
        oldest.map_or(0, |(at, _)| at)
    }
}
