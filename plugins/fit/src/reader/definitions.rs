//! What a segment says about its developer fields, and which layouts its records have.

use fit::Message;
use fit::profile::{self, developer_data_id, record};

use super::columns::{Applications, hexadecimal};
use super::counter::COUNTS;
use super::facts::Numbers;

/// What a segment says about its developer fields, and which layouts its records have.
#[derive(Debug, Default)]
pub(crate) struct Definitions {
    pub(crate) applications: Applications,
    /// The last layout of each local type.
    layouts: [Layout; 16],
}

/// Where the counters of records are.
#[derive(Debug, Default)]
struct Layout {
    raw: fit::Columns,
    row: Vec<f64>,
    counters: [Option<usize>; COUNTS],
}

/// The fields of records with counters, as in [`COUNTED`](super::counter::COUNTED).
const COUNTERS: [profile::Field; COUNTS] =
    [record::DISTANCE, record::TOTAL_CYCLES, record::CALORIES];

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

    /// Whether the record has another layout than the last one of its local type; and what its
    /// counters say, `NaN` where they say nothing.
    #[inline]
    pub(crate) fn look(&mut self, record: &Message<'_>) -> (bool, [f64; COUNTS]) {
        let local = usize::from(record.data().definition.local);
        let Some(layout) = self.layouts.get_mut(local) else {
            return (true, [f64::NAN; COUNTS]);
        };
        let is_new = !layout.raw.fit(record);
        if is_new {
            *layout = Layout::of(record);
        }
        layout.raw.fill(record, &mut layout.row);
        let value = |slot: Option<usize>| slot.and_then(|slot| layout.row.get(slot).copied());
        (
            is_new,
            layout.counters.map(|slot| value(slot).unwrap_or(f64::NAN)),
        )
    }
}

impl Layout {
    fn of(record: &Message<'_>) -> Self {
        let is_counter = |column: &fit::Column, field: &profile::Field| {
            column.developer().is_none() && column.field_number() == field.number
        };
        let raw = fit::Columns::only(record, |column| {
            COUNTERS.iter().any(|field| is_counter(column, field))
        });
        let slot = |field| {
            let column = raw.iter().find(|column| is_counter(column, &field))?;
            Some(column.slot())
        };
        Self {
            row: vec![f64::NAN; raw.width()],
            counters: COUNTERS.map(slot),
            raw,
        }
    }
}
