//! Which columns the records of a recording become.

mod source;
mod stand_in;

use fit::{BaseType, Description, Message, MessageField};
use pipeline_plugin::{DeveloperField, Field, field};

pub(crate) use self::source::{Applications, hexadecimal};
pub(super) use self::source::{Source, application, element_of, instroke, source, unknown};
use self::source::{is_redundant, ours};
use self::stand_in::StandIn;
use super::meaning::{self, Meaning};
use crate::developer::FIRST_OWN;
use crate::rowing;

/// The most columns that a stream has.
const MOST: usize = 256;

/// How many names of what was left out are kept.
const NAMED: usize = 8;

/// The columns that the records of a recording become: the quantities that everybody knows, other
/// fields of records by their numbers, then the developer fields of each application.
///
/// [`note`](Self::note) takes the fields of each new definition; [`settle`](Self::settle) ends
/// that. From then on, a [`Plan`](super::plan::Plan) tells where the numbers of a record go.
#[derive(Clone, Debug, Default)]
pub(crate) struct Columns {
    all: Vec<Column>,
    /// The curves, as items call them.
    curves: Vec<(Source, String)>,
    /// What the developer fields were in the file.
    pub(crate) developer: Vec<DeveloperField>,
    /// Names of fields that no column can hold.
    pub(crate) left_out: Vec<String>,
    /// Developer fields that stand for fields of records.
    stand_ins: Vec<StandIn>,
    /// Whether some fields have low bits only.
    pub(crate) accumulates: bool,
    /// Where the cadence and its fraction are.
    pub(super) cadence: Option<(usize, usize)>,
}

#[derive(Clone, Debug)]
struct Column {
    field: Field,
    source: Source,
    order: Order,
    /// Whether another column has the quantity instead.
    is_dropped: bool,
}

/// Where a column stands among the others, whenever the file has it first: sort of field,
/// application, number, name, element.
type Order = (u8, String, usize, String, usize);

impl Columns {
    /// How many columns there are.
    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    /// The columns, but for those of which others have the quantity.
    pub(crate) fn fields(&self) -> impl Iterator<Item = Option<&Field>> {
        self.all
            .iter()
            .map(|column| (!column.is_dropped).then_some(&column.field))
    }

    /// Where a column is.
    pub(crate) fn position(&self, field: &Field) -> Option<usize> {
        self.all
            .iter()
            .position(|column| column.field == *field && !column.is_dropped)
    }

    /// What a curve is called.
    pub(crate) fn curve(&self, at: usize) -> &str {
        self.curves.get(at).map_or("", |(_, name)| name)
    }

    /// Where the values of a source go, unless another column has the quantity instead.
    pub(super) fn place(&self, source: &Source) -> Option<usize> {
        let is_it = |column: &Column| column.source == *source && !column.is_dropped;
        self.all.iter().position(is_it)
    }

    /// Where the values of fields of records go, unless another column has the quantity instead.
    pub(super) fn native_place(&self, field: &Field) -> Option<usize> {
        let at = self.native(field)?;
        self.all.get(at).filter(|column| !column.is_dropped)?;
        Some(at)
    }

    /// Which curve a source is.
    pub(super) fn curve_place(&self, source: &Source) -> Option<usize> {
        self.curves.iter().position(|(known, _)| known == source)
    }

    /// Takes the fields of a definition that hasn't been met before.
    pub(crate) fn note(&mut self, message: &Message<'_>, applications: &Applications) {
        for field in message.fields() {
            match meaning::meaning(&field) {
                Meaning::Native {
                    field: column,
                    elements,
                    ..
                } => self.note_native(&column, field.field_number(), elements),
                Meaning::Unknown(number) => self.note_unknown(number, &field),
                Meaning::Accumulated => {
                    self.accumulates = true;
                    for number in meaning::totals_in(field.field_number()) {
                        if let Some(Meaning::Native { field, .. }) = meaning::native(number) {
                            self.note_native(&field, number, 1);
                        }
                    }
                }
                Meaning::Developer(description, _) => {
                    let id = application(description, applications);
                    self.note_developer(&id, description, field.len());
                }
                Meaning::Curve(description, _) => {
                    let id = application(description, applications);
                    self.note_curve(&id, description);
                }
                Meaning::Time => {}
                Meaning::Other => self.leave_out(&field),
            }
        }
    }

    fn leave_out(&mut self, field: &MessageField<'_>) {
        let name = match field.name() {
            Some(name) => name.to_owned(),
            None => format!("field {}", field.field_number()),
        };
        self.leave_out_named(&name);
    }

    fn leave_out_named(&mut self, name: &str) {
        if self.left_out.len() < NAMED && self.left_out.iter().all(|known| known != name) {
            self.left_out.push(name.to_owned());
        }
    }

    fn add(&mut self, field: Field, source: Source, number: usize) -> bool {
        if self.all.len() >= MOST {
            self.leave_out_named(field.name());
            return false;
        }
        let order = match &source {
            Source::Native => (0, String::new(), number, String::new(), self.all.len()),
            Source::Developer(from, element) => {
                let (id, description) = &**from;
                let sort = if *id == ours() { 2 } else { 1 };
                (sort, id.clone(), number, description.name.clone(), *element)
            }
        };
        self.all.push(Column {
            field,
            source,
            order,
            is_dropped: false,
        });
        true
    }

    fn note_native(&mut self, field: &Field, number: u8, count: usize) {
        for element in 0..count {
            let column = element_of(field, element, count);
            if self.native(&column).is_none() {
                self.add(column, Source::Native, meaning::order(field, number));
            }
        }
    }

    fn native(&self, field: &Field) -> Option<usize> {
        let is_it = |column: &Column| column.field == *field && column.source == Source::Native;
        self.all.iter().position(is_it)
    }

    /// A field that the profile doesn't know goes by its number, and comes back under it.
    fn note_unknown(&mut self, number: u8, field: &MessageField<'_>) {
        let count = field.len();
        for element in 0..count {
            let column = element_of(&unknown(number), element, count);
            if self.native(&column).is_some() {
                continue;
            }
            let name = column.name().to_owned();
            let order = meaning::order(&column, number);
            if self.add(column, Source::Native, order) {
                self.developer.push(DeveloperField {
                    column: name,
                    base_type: field.base().name().to_owned(),
                    number,
                    native: Some(number),
                    ..DeveloperField::default()
                });
            }
        }
    }

    fn note_developer(&mut self, id: &str, description: &Description, count: usize) {
        if is_redundant(id, description) {
            return;
        }
        let reading = rowing::reading(description);
        for element in 0..count {
            let source = source(id, description, element);
            if self.all.iter().any(|column| column.source == source) {
                continue;
            }
            let column = self.column_of(id, description, &reading, element, count);
            let at = self.all.len();
            let name = column.name().to_owned();
            // This program numbers its own fields anew each time, but for the convention's.
            let is_numbered = id != ours() || description.number < FIRST_OWN;
            let number = if is_numbered {
                description.number.into()
            } else {
                usize::MAX
            };
            if !self.add(column, source, number) {
                continue;
            }
            let stands_for = meaning::overridden(description, &reading.unit);
            if let (1, Some(field)) = (count, stands_for) {
                let stand_in = StandIn::new(at, description.number, field);
                self.stand_ins.push(stand_in);
            }
            if id != ours() {
                self.developer
                    .push(entry(name, id, description, &reading.units));
            }
        }
    }

    /// The column of a developer field: a known quantity, or one of its own.
    fn column_of(
        &self,
        id: &str,
        description: &Description,
        reading: &rowing::Reading,
        element: usize,
        count: usize,
    ) -> Field {
        let is_free = |name: &str| self.all.iter().all(|column| column.field.name() != name);
        let known = reading.column.as_ref().filter(|_| count == 1);
        if let Some(known) = known.filter(|known| is_free(known.name())) {
            return known.clone();
        }
        // This program's own fields were columns of these names before.
        let own = Field::new(&description.name, &reading.unit);
        if id == ours() && count == 1 && own.unit() == reading.unit && is_free(own.name()) {
            return own;
        }
        let mut name = rowing::snake_case(&description.name);
        if name.is_empty() {
            name = format!("developer_{}", description.number);
        }
        // Another quantity must not pass for one of those that everybody knows.
        let record = fit::profile::RECORD.field_named(&name);
        if Field::find(&name).is_some() || record.is_some() {
            name.insert_str(0, "developer_");
        }
        let numbered = |number: usize| match number {
            1 => name.clone(),
            _ => format!("{name}_{number}"),
        };
        let unit = reading.unit.as_str();
        (1..=MOST)
            .map(|number| element_of(&Field::new(&numbered(number), unit), element, count))
            .find(|field| is_free(field.name()))
            .unwrap_or_else(|| Field::new(&name, unit))
    }

    fn note_curve(&mut self, id: &str, description: &Description) {
        let source = source(id, description, 0);
        if self.curves.iter().any(|(known, _)| *known == source) || self.curves.len() >= NAMED {
            return;
        }
        let name = rowing::snake_case(&description.name);
        let name = name.strip_suffix("_curve").unwrap_or(&name).to_owned();
        if id != ours() {
            let reading = rowing::reading(description);
            let entry = entry(name.clone(), id, description, &reading.units);
            self.developer.push(entry);
        }
        self.curves.push((source, name));
    }

    /// Takes a record's values into account, as far as they decide what columns there are.
    pub(crate) fn weigh(&mut self, message: &Message<'_>) {
        for stand_in in &mut self.stand_ins {
            stand_in.weigh(message);
        }
    }

    /// All records have been met: puts stand-ins where they are needed, and the columns in order.
    pub(crate) fn settle(&mut self) {
        for stand_in in std::mem::take(&mut self.stand_ins) {
            let taken =
                |column: &Column| column.field == stand_in.field && column.source != Source::Native;
            if !stand_in.is_needed() || self.all.iter().any(taken) {
                continue;
            }
            for column in &mut self.all {
                column.is_dropped |= column.field == stand_in.field;
            }
            let Some(column) = self.all.get_mut(stand_in.column) else {
                continue;
            };
            let entry = self
                .developer
                .iter_mut()
                .find(|it| it.column == column.field.name());
            if let Some(entry) = entry {
                stand_in.field.name().clone_into(&mut entry.column);
            }
            column.field = stand_in.field;
        }
        self.all.sort_by(|a, b| a.order.cmp(&b.order));
        let order = |it: &DeveloperField| (it.application.clone(), it.number);
        self.developer.sort_by_key(order);
        self.settle_cadence();
    }

    /// Leaves a quantity out.
    pub(crate) fn drop(&mut self, field: &Field) {
        for column in &mut self.all {
            column.is_dropped |= column.field == *field;
        }
    }

    fn settle_cadence(&mut self) {
        let fraction = self.position(&Field::new("fractional_cadence", ""));
        self.cadence = self.position(&field::CADENCE).zip(fraction);
    }
}

/// What is to be remembered of a developer field.
fn entry(column: String, id: &str, description: &Description, units: &str) -> DeveloperField {
    let shifted = description.offset.abs() > 0.0;
    let base = if shifted {
        BaseType::Float32
    } else {
        description.base
    };
    let record = fit::profile::RECORD.number;
    let native = description.native.filter(|(message, _)| *message == record);
    DeveloperField {
        column,
        name: description.name.clone(),
        units: units.to_owned(),
        base_type: base.name().to_owned(),
        number: description.number,
        application: id.to_owned(),
        native: native.map(|(_, field)| field),
    }
}
