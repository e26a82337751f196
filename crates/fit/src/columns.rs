//! The numbers of messages as rows of a table.

use crate::base::BaseType;
use crate::layout::{self, Description};
use crate::message::Message;
use crate::plan::Plan;
use crate::profile::{self, Kind};

/// The numbers of the messages of one layout as columns of a table: all fields that hold numbers,
/// those without a name and developer fields included.
///
/// Made once per layout, it fills a row per message faster than the fields can be asked one by one:
///
/// ```
/// # fn rows(bytes: &[u8]) -> Result<Vec<Vec<f64>>, fit::Error> {
/// use fit::profile::RECORD;
/// use fit::{Columns, Decoder};
///
/// let mut rows = Vec::new();
/// let mut columns = Columns::default();
/// let mut decoder = Decoder::new(bytes);
/// while let Some(message) = decoder.next_message()? {
///     if message.number() != RECORD.number {
///         continue;
///     }
///     if !columns.fit(&message) {
///         columns = Columns::of(&message);
///         // Here the names and units are known: `columns.iter()`.
///     }
///     let mut row = vec![f64::NAN; columns.width()];
///     columns.fill(&message, &mut row);
///     rows.push(row);
/// }
/// # Ok(rows)
/// # }
/// # assert!(rows(b"").is_err());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Columns {
    /// The layout that the plan is for; 0 for none.
    layout: u64,
    list: Vec<Column>,
    plan: Plan,
    width: usize,
}

/// A field that holds numbers.
#[derive(Clone, Debug)]
pub struct Column {
    inner: layout::Column,
    slot: usize,
}

impl Columns {
    /// All columns of messages that have the layout of this one.
    pub fn of(message: &Message<'_>) -> Self {
        Self::only(message, |_| true)
    }

    /// The columns of messages that have the layout of this one, of the fields that `keep` chooses.
    pub fn only(message: &Message<'_>, mut keep: impl FnMut(&Column) -> bool) -> Self {
        let layout = message.layout();
        let mut columns = Self {
            layout: layout.id,
            list: Vec::new(),
            plan: Plan::of(layout),
            width: 0,
        };
        for inner in &layout.columns {
            let column = Column {
                inner: inner.clone(),
                slot: columns.width,
            };
            if column.elements() == 0 || !keep(&column) {
                continue;
            }
            for element in 0..column.elements() {
                let slot = columns.width + usize::from(element);
                columns.plan.add(layout, inner, element, slot);
            }
            columns.width += usize::from(column.elements());
            columns.list.push(column);
        }
        columns
    }

    /// Whether a message has the layout that these columns were made for.
    #[inline]
    pub fn fit(&self, message: &Message<'_>) -> bool {
        self.layout == message.layout().id
    }

    /// The columns in the order of the file, developer fields last.
    pub fn iter(&self) -> std::slice::Iter<'_, Column> {
        self.list.iter()
    }

    /// How many numbers a row has: one per element of each column.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Puts the physical values of a message into the row; NaN for those not measured.
    ///
    /// Returns whether the message has the layout that these columns were made for; if it hasn't, the
    /// row stays as it is. What doesn't fit into the row is left out.
    #[inline]
    pub fn fill(&self, message: &Message<'_>, row: &mut [f64]) -> bool {
        let fit = self.fit(message);
        if fit {
            self.plan.fill(message.bytes(), row);
        }
        fit
    }
}

impl<'c> IntoIterator for &'c Columns {
    type Item = &'c Column;
    type IntoIter = std::slice::Iter<'c, Column>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl Column {
    /// The field's number.
    pub fn field_number(&self) -> u8 {
        self.inner.definition.number
    }

    /// The developer data index, if it is a developer field.
    pub fn developer(&self) -> Option<u8> {
        let definition = self.inner.definition;
        definition.developer.then_some(definition.code)
    }

    /// The name, from the profile or the file's own description.
    pub fn name(&self) -> Option<&str> {
        self.inner.name()
    }

    /// The unit of the numbers; empty if they have none or none is known.
    pub fn unit(&self) -> &str {
        self.inner.unit()
    }

    /// What the numbers mean.
    pub fn kind(&self) -> Kind {
        self.inner.known.map_or(Kind::Plain, |known| known.kind)
    }

    /// The field of the profile.
    pub fn known(&self) -> Option<&'static profile::Field> {
        self.inner.known
    }

    /// What the file says about this developer field.
    pub fn description(&self) -> Option<&Description> {
        self.inner.description.as_deref()
    }

    /// How an element is stored.
    pub fn base(&self) -> BaseType {
        self.inner.base
    }

    /// Where in the row the first element is; the others follow.
    pub fn slot(&self) -> usize {
        self.slot
    }

    /// How many elements there are: 1, or more of an array.
    pub fn elements(&self) -> u8 {
        let size = self.inner.definition.size;
        match self.inner.base {
            BaseType::String => 0,
            // Several bytes are something opaque.
            BaseType::Byte if size > 1 => 0,
            base => size / base.size(),
        }
    }
}
