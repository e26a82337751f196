//! Developer fields that stand for fields of records.

use fit::Message;
use pipeline_plugin::Field;

use crate::reader::meaning;

/// A developer field that stands for a field of records.
#[derive(Clone, Debug)]
pub(super) struct StandIn {
    /// Its column.
    pub(super) column: usize,
    number: u8,
    /// The quantity that it stands for.
    pub(super) field: Field,
    /// Whether the developer field has any value but 0.
    has_values: bool,
    /// Whether the field of records has any.
    is_needless: bool,
}

impl StandIn {
    /// The developer field of that number, whose values go into that column, stands for `field`.
    pub(super) fn new(column: usize, number: u8, field: Field) -> Self {
        Self {
            column,
            number,
            field,
            has_values: false,
            is_needless: false,
        }
    }

    /// Takes a record's values into account.
    pub(super) fn weigh(&mut self, message: &Message<'_>) {
        let is_something = |number: Option<f64>| number.is_some_and(|number| number.abs() > 0.0);
        if !self.has_values {
            let field = message.developer_field(self.number);
            self.has_values = is_something(field.and_then(|field| field.number()));
        }
        if !self.is_needless {
            let mut numbers = meaning::numbers_of(&self.field);
            self.is_needless = numbers.any(|it| is_something(message.number_of(it)));
        }
    }

    /// Whether it takes the place of the field that it stands for: where the file has nothing but
    /// zeros there, as watches write them that don't know what the application knows.
    pub(super) fn is_needed(&self) -> bool {
        self.has_values && !self.is_needless
    }
}
