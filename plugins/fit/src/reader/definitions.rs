//! What a segment says about its developer fields, and which layouts its records have.

use fit::Message;
use fit::profile::{self, developer_data_id};

use super::columns::{Applications, hexadecimal};
use super::facts::Numbers;

/// What a segment says about its developer fields, and which layouts its records have.
#[derive(Debug, Default)]
pub(crate) struct Definitions {
    pub(crate) applications: Applications,
    /// The last layout of each local type.
    layouts: [fit::Columns; 16],
}

impl Definitions {
    /// Takes what a message says about an application, if it does.
    pub(crate) fn take(&mut self, message: &Message<'_>) {
        if message.number() != profile::DEVELOPER_DATA_ID.number {
            return;
        }
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

    /// Whether the message has another layout than the last one of its local type.
    #[inline]
    pub(crate) fn is_new(&mut self, message: &Message<'_>) -> bool {
        let local = usize::from(message.data().definition.local);
        let Some(known) = self.layouts.get_mut(local) else {
            return true;
        };
        let is_new = !known.fit(message);
        if is_new {
            *known = fit::Columns::only(message, |_| false);
        }
        is_new
    }
}
