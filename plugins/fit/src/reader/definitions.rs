//! Which definitions the records of a segment have.

use fit::Message;
use fit::profile::{self, developer_data_id};

use super::columns::{Applications, hexadecimal};
use super::facts::Numbers;

/// The definition that a local type had last.
#[derive(Debug, Default)]
struct Known {
    offset: usize,
    bytes: Vec<u8>,
    /// How many descriptions of developer fields there were.
    descriptions: u64,
}

/// The definitions of the records of a segment, to know new ones.
#[derive(Debug, Default)]
pub(crate) struct Definitions {
    known: [Option<Known>; 16],
    pub(crate) descriptions: u64,
    pub(crate) applications: Applications,
}

impl Definitions {
    /// Takes what a message says about developer fields, if it is such.
    pub(crate) fn take(&mut self, message: &Message<'_>) {
        if message.number() == profile::FIELD_DESCRIPTION.number {
            self.descriptions += 1;
        } else if message.number() == profile::DEVELOPER_DATA_ID.number {
            self.descriptions += 1;
            let said = Numbers(*message);
            let id = message.field(developer_data_id::APPLICATION_ID.number);
            if let Some(index) = said.integer(developer_data_id::DEVELOPER_DATA_INDEX) {
                let id = id.map_or(&[][..], |id| id.bytes());
                // Files without an identifier fill its place with what means "nothing".
                let is_empty = id.iter().all(|byte| *byte == u8::MAX);
                let id = if is_empty {
                    String::new()
                } else {
                    hexadecimal(id)
                };
                self.applications.insert(index, id);
            }
        }
    }

    /// Whether the message has another layout than the last one of its local type.
    #[inline]
    pub(crate) fn is_new(&mut self, message: &Message<'_>) -> bool {
        let definition = message.data().definition;
        let Some(known) = self.known.get_mut(usize::from(definition.local)) else {
            return true;
        };
        let known = known.get_or_insert_default();
        if known.offset == definition.offset && definition.offset > 0 {
            return false;
        }
        known.offset = definition.offset;
        if known.bytes == definition.bytes && known.descriptions == self.descriptions {
            return false;
        }
        known.bytes.clear();
        known.bytes.extend_from_slice(definition.bytes);
        known.descriptions = self.descriptions;
        true
    }
}
