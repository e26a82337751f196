//! What a field of a record means.

use fit::profile::{RECORD, record};
use fit::{BaseType, Description, MessageField};
use pipeline_plugin::{Field, field};

use crate::rowing::{self, Reading};

/// What a field of a record means.
#[derive(Clone, Debug)]
pub(crate) enum Meaning<'m> {
    /// A quantity of records.
    Native {
        field: Field,
        /// How its numbers become the column's.
        convert: Convert,
        /// Whether another field has the same quantity in more detail.
        is_fallback: bool,
        /// How many elements count: one, unless the profile knows it as an array.
        elements: usize,
    },
    /// A quantity of records that the profile doesn't know, by its number.
    Unknown(u8),
    /// A developer field.
    Developer(&'m Description, Reading),
    /// A curve of a stroke.
    Curve(&'m Description, Reading),
    /// Low bits of other fields that grow from record to record.
    Accumulated,
    /// The time.
    Time,
    /// Nothing that a column could hold.
    Other,
}

/// How a number of the file becomes one of a column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Convert {
    /// Semicircles become degrees.
    Degrees,
    /// It is a whole number of steps, so many a unit, whatever is lost in taking an offset off.
    Steps(f64),
    /// It is divided by this.
    Divide(f64),
}

impl Convert {
    pub(crate) const SAME: Self = Self::Divide(1.0);

    #[inline]
    pub(crate) fn apply(self, number: f64) -> f64 {
        match self {
            Self::Degrees => fit::degrees_from_semicircles(number),
            Self::Steps(steps) => (number * steps).round() / steps,
            Self::Divide(divisor) => number / divisor,
        }
    }
}

/// The quantities that a record has fields for, beside those that go by the profile's name: each
/// with its field, and whether another field has it in more detail.
const NATIVE: &[(u8, Field, bool)] = &[
    (record::POSITION_LAT.number, field::POSITION_LAT, false),
    (record::POSITION_LONG.number, field::POSITION_LONG, false),
    (record::ENHANCED_ALTITUDE.number, field::ALTITUDE, false),
    (record::ALTITUDE.number, field::ALTITUDE, true),
    (record::DISTANCE.number, field::DISTANCE, false),
    (record::ENHANCED_SPEED.number, field::SPEED, false),
    (record::SPEED.number, field::SPEED, true),
    (record::POWER.number, field::POWER, false),
    (record::HEART_RATE.number, field::HEART_RATE, false),
    (record::CADENCE.number, field::CADENCE, false),
    (record::CADENCE256.number, field::CADENCE, true),
    (record::TOTAL_CYCLES.number, field::TOTAL_CYCLES, false),
    (record::CYCLE_LENGTH16.number, field::CYCLE_LENGTH, false),
    (record::CYCLE_LENGTH.number, field::CYCLE_LENGTH, true),
    (record::TEMPERATURE.number, field::TEMPERATURE, false),
    (record::CALORIES.number, field::CALORIES, false),
];

/// Where a quantity of records stands among the others: the ones that everybody knows come first.
pub(crate) fn order(field: &Field, number: u8) -> usize {
    let known = NATIVE.iter().position(|(_, known, _)| known == field);
    known.unwrap_or(NATIVE.len() + usize::from(number))
}

/// What a field of a record of that number means, if the profile knows it.
pub(crate) fn native(number: u8) -> Option<Meaning<'static>> {
    if let Some((_, field, is_fallback)) = NATIVE.iter().find(|(known, ..)| *known == number) {
        return Some(Meaning::Native {
            field: field.clone(),
            convert: match field.name() {
                "position_lat" | "position_long" => Convert::Degrees,
                "altitude" => Convert::Steps(record::ENHANCED_ALTITUDE.scale),
                _ => Convert::SAME,
            },
            is_fallback: *is_fallback,
            elements: 1,
        });
    }
    let known = RECORD.field(number)?;
    Some(Meaning::Native {
        field: Field::new(known.name, known.unit),
        convert: Convert::SAME,
        is_fallback: false,
        elements: 1,
    })
}

/// The numbers of the fields that hold a quantity.
pub(crate) fn numbers_of(field: &Field) -> impl Iterator<Item = u8> {
    let of = NATIVE.iter().filter(move |(_, known, _)| known == field);
    of.map(|(number, ..)| *number)
}

/// A field of a record, as far as its meaning goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout<'m> {
    number: u8,
    is_developer: bool,
    base: BaseType,
    elements: usize,
    description: Option<&'m Description>,
}

impl<'m> From<&MessageField<'m>> for Layout<'m> {
    fn from(field: &MessageField<'m>) -> Self {
        Self {
            number: field.field_number(),
            is_developer: field.developer().is_some(),
            base: field.base(),
            elements: field.len(),
            description: field.description(),
        }
    }
}

impl<'m> From<&'m fit::Column> for Layout<'m> {
    fn from(column: &'m fit::Column) -> Self {
        Self {
            number: column.field_number(),
            is_developer: column.developer().is_some(),
            base: column.base(),
            elements: column.elements().into(),
            description: column.description(),
        }
    }
}

/// What a field of a record means.
pub(crate) fn meaning<'m>(field: impl Into<Layout<'m>>) -> Meaning<'m> {
    let field = field.into();
    if field.base == BaseType::String || field.elements == 0 {
        return Meaning::Other;
    }
    let is_opaque = field.base == BaseType::Byte && field.elements > 1;
    if let Some(description) = field.description {
        let reading = rowing::reading(description);
        let is_curve = description.name.to_ascii_lowercase().ends_with("curve");
        return match is_curve && field.elements > 2 {
            _ if is_opaque => Meaning::Other,
            true => Meaning::Curve(description, reading),
            false => Meaning::Developer(description, reading),
        };
    }
    match field.number {
        _ if field.is_developer => Meaning::Other,
        number if number == record::TIMESTAMP.number => Meaning::Time,
        number if accumulates(number) => Meaning::Accumulated,
        _ if is_opaque => Meaning::Other,
        number => {
            let mut meaning = native(number).unwrap_or(Meaning::Unknown(number));
            let is_array = RECORD.field(number).is_some_and(|known| known.array);
            if let (true, Meaning::Native { elements, .. }) = (is_array, &mut meaning) {
                *elements = field.elements;
            }
            meaning
        }
    }
}

/// Whether a field of a record has low bits only.
fn accumulates(number: u8) -> bool {
    let known = RECORD.field(number);
    known.is_some_and(|known| {
        known
            .components
            .iter()
            .any(|component| component.accumulate)
    })
}

/// The numbers of the fields of which a field of a record has the low bits.
pub(crate) fn totals_in(number: u8) -> impl Iterator<Item = u8> {
    let components = RECORD
        .field(number)
        .map_or(&[][..], |known| known.components);
    components.iter().map(|component| component.field)
}

/// The quantity that a developer field stands for, if it says so and has its unit.
pub(crate) fn overridden(description: &Description, unit: &str) -> Option<Field> {
    let (message, number) = description.native?;
    let known = NATIVE.iter().find(|(known, ..)| *known == number)?;
    let (_, field, _) = known;
    (message == RECORD.number && is_unit_of(unit, field)).then(|| field.clone())
}

/// Whether an application may mean the field's unit when it writes this.
fn is_unit_of(unit: &str, field: &Field) -> bool {
    let unit = unit.to_ascii_lowercase();
    let names: &[&str] = match field.name() {
        "distance" | "altitude" | "cycle_length" => &["m", "meters", "metres"],
        "speed" => &["m/s"],
        "power" => &["w", "watt", "watts"],
        "heart_rate" => &["bpm", "beats/min"],
        "cadence" => &["1/min", "rpm", "spm", "strokes/min"],
        "total_cycles" => &["", "cycles", "strokes"],
        "calories" => &["kcal"],
        "temperature" => &["c", "°c"],
        _ => &[],
    };
    names.contains(&unit.as_str())
}
