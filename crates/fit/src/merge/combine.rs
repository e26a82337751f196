//! One message out of several that sum up the same things: sessions, splits, times in zones.

use std::borrow::Cow;

use crate::base::BaseType;
use crate::developer::DeveloperField;
use crate::error::Error;
use crate::field::MessageField;
use crate::message::Message;
use crate::profile::{self, Field};
use crate::shape::{Shape, text_size};
use crate::value::Value;

/// A message that was read, with its values.
#[derive(Clone, Debug)]
pub(super) struct Collected {
    pub(super) message: u16,
    pub(super) fields: Vec<CollectedField>,
}

/// A field of a message that was read.
#[derive(Clone, Debug)]
pub(super) struct CollectedField {
    pub(super) number: u8,
    /// The developer data index.
    pub(super) developer: Option<u8>,
    pub(super) base: BaseType,
    scale: f64,
    offset: f64,
    known: Option<&'static Field>,
    pub(super) value: Value<'static>,
}

/// How the values of a field become one.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Rule {
    Sum,
    /// The same, if all have it.
    SumOfAll,
    Largest,
    Smallest,
    /// The mean over time; of what goes into it with this power.
    Mean(i32),
    First,
    Last,
    /// The value, if all agree.
    Same,
    /// None: it can't be computed from the values.
    Nothing,
}

impl Collected {
    pub(super) fn of(message: &Message<'_>) -> Self {
        Self {
            message: message.number(),
            fields: message
                .fields()
                .map(|field| CollectedField::of(&field))
                .collect(),
        }
    }

    pub(super) fn find(&self, key: (Option<u8>, u8)) -> Option<&CollectedField> {
        self.fields.iter().find(|field| field.key() == key)
    }

    /// The physical value of a field of the profile.
    pub(super) fn number(&self, field: Field) -> Option<f64> {
        self.find((None, field.number))?.value.number()
    }

    /// Gives a field of the profile a value; adds it, if it isn't there.
    pub(super) fn set(&mut self, field: Field, value: f64) {
        let here = self
            .fields
            .iter_mut()
            .find(|it| it.key() == (None, field.number));
        if let Some(here) = here {
            here.value = value.into();
        } else if !value.is_nan() {
            self.fields.push(CollectedField::new(field, value));
        }
    }

    /// The shape of the message, and its values.
    pub(super) fn message(&self) -> Result<(Shape, Vec<Value<'_>>), Error> {
        let there = |field: &&CollectedField| field.value != Value::Missing;
        let (own, developer): (Vec<_>, Vec<_>) = self
            .fields
            .iter()
            .filter(there)
            .partition(|it| it.developer.is_none());
        let mut shape = Shape::of_number(self.message);
        let mut values = Vec::new();
        for field in own.into_iter().chain(developer) {
            shape = field.add_to(shape);
            values.push(field.value.clone());
        }
        Ok((shape.build()?, values))
    }
}

impl CollectedField {
    fn of(field: &MessageField<'_>) -> Self {
        let known = field.known();
        let (scale, offset) = match (field.description(), known) {
            (Some(described), _) => (described.scale, described.offset),
            (None, Some(known)) => (known.scale, known.offset),
            (None, None) => (1.0, 0.0),
        };
        Self {
            number: field.field_number(),
            developer: field.developer(),
            base: field.base(),
            scale,
            offset,
            known,
            value: field.value().into_owned(),
        }
    }

    fn new(field: Field, value: f64) -> Self {
        Self {
            number: field.number,
            developer: None,
            base: field.base,
            scale: field.scale,
            offset: field.offset,
            known: None,
            value: value.into(),
        }
    }

    fn key(&self) -> (Option<u8>, u8) {
        (self.developer, self.number)
    }

    /// How many elements the value has.
    fn len(&self) -> usize {
        match &self.value {
            Value::Numbers(numbers) => numbers.len(),
            Value::Text(text) => text_size(text),
            Value::Bytes(bytes) => bytes.len(),
            _ => 1,
        }
    }

    fn add_to(&self, shape: crate::shape::ShapeBuilder) -> crate::shape::ShapeBuilder {
        let Self {
            number,
            base,
            scale,
            offset,
            ..
        } = *self;
        let count = self.len();
        match self.developer {
            None => {
                let field = Field {
                    scale,
                    offset,
                    ..Field::unnamed(number, base)
                };
                shape.array(field, count)
            }
            Some(developer) => {
                let count = u8::try_from(count).unwrap_or(u8::MAX);
                let field = DeveloperField::new(number, base, "", "").array(count);
                shape.developer(&DeveloperField {
                    developer,
                    scale,
                    offset,
                    ..field
                })
            }
        }
    }

    fn rule(&self) -> Rule {
        match self.known {
            // What isn't stored as the profile has it is nothing to compute with.
            Some(known) if known.base == self.base || known.base.size() != self.base.size() => {
                if self.base == BaseType::Byte && known.base != BaseType::Byte {
                    return Rule::Same;
                }
                rule(known.name)
            }
            _ => Rule::Same,
        }
    }
}

/// The rule for a field of that name.
fn rule(name: &str) -> Rule {
    match name {
        // They depend on the course of a whole activity.
        "total_training_effect"
        | "total_anaerobic_training_effect"
        | "training_load_peak"
        | "avg_stroke_count"
        | "avg_lap_time"
        | "best_lap_index"
        | "sport_index" => Rule::Nothing,
        "start_time"
        | "start_position_lat"
        | "start_position_long"
        | "start_elevation"
        | "sport_profile_name"
        | "event"
        | "event_type"
        | "message_index" => Rule::First,
        "timestamp" | "end_time" | "end_position_lat" | "end_position_long" | "trigger" => {
            Rule::Last
        }
        "nec_lat" | "nec_long" => Rule::Largest,
        "swc_lat" | "swc_long" => Rule::Smallest,
        // Half an hour at 200 W and one at 300 W are as hard as one at 264 W.
        "normalized_power" => Rule::Mean(4),
        "intensity_factor" => Rule::Mean(2),
        "training_stress_score"
        | "time_standing"
        | "stand_count"
        | "jump_count"
        | "stroke_count"
        | "zone_count" => Rule::Sum,
        name if name.starts_with("time_in_") => Rule::SumOfAll,
        name if name.starts_with("total_") || name.starts_with("num_") => Rule::Sum,
        name if name.starts_with("max_") || name.starts_with("enhanced_max_") => Rule::Largest,
        name if name.starts_with("min_") || name.starts_with("enhanced_min_") => Rule::Smallest,
        name if name.starts_with("avg_") || name.starts_with("enhanced_avg_") => Rule::Mean(1),
        _ => Rule::Same,
    }
}

/// Combines messages of one number, each with its weight in means. What can't be combined is left
/// out, and `lost` is told the field's number.
pub(super) fn combine(
    messages: &[(&Collected, f64)],
    mut lost: impl FnMut(u8),
) -> Option<Collected> {
    let (first, _) = messages.first()?;
    let mut keys = Vec::new();
    for field in messages.iter().flat_map(|(message, _)| &message.fields) {
        if !keys.contains(&field.key()) {
            keys.push(field.key());
        }
    }
    let mut combined = Collected {
        message: first.message,
        fields: Vec::new(),
    };
    for key in keys {
        let fields = messages
            .iter()
            .map(|(message, weight)| (message.find(key), *weight));
        let there: Vec<_> = fields
            .filter_map(|(field, weight)| Some((field?, weight)))
            .collect();
        let there: Vec<_> = there
            .into_iter()
            .filter(|(field, _)| field.value != Value::Missing)
            .collect();
        let Some((field, _)) = there.first() else {
            continue;
        };
        let rule = field.rule();
        let enough = rule != Rule::SumOfAll || there.len() == messages.len();
        match combine_values(rule, &there).filter(|_| enough) {
            Some(value) => combined.fields.push(CollectedField {
                value,
                ..(*field).clone()
            }),
            None => lost(key.1),
        }
    }
    carry(&mut combined);
    Some(combined)
}

/// One value out of several, each with its weight.
fn combine_values(rule: Rule, fields: &[(&CollectedField, f64)]) -> Option<Value<'static>> {
    let (first, last) = (fields.first()?.0, fields.last()?.0);
    match rule {
        Rule::Nothing => return None,
        Rule::First => return Some(first.value.clone()),
        Rule::Last => return Some(last.value.clone()),
        Rule::Same => {
            let same = fields
                .iter()
                .all(|(field, _)| same(&field.value, &first.value));
            return same.then(|| first.value.clone());
        }
        _ => {}
    }
    let rows: Option<Vec<_>> = fields
        .iter()
        .map(|(field, weight)| Some((numbers(&field.value)?, *weight)))
        .collect();
    let rows = rows?;
    let width = rows.first()?.0.len();
    if rows.iter().any(|(row, _)| row.len() != width) {
        return None;
    }
    let column = |at: usize| {
        let values = rows
            .iter()
            .filter_map(|(row, weight)| Some((*row.get(at)?, *weight)));
        reduce(rule, values.filter(|(value, _)| !value.is_nan()))
    };
    let combined: Vec<f64> = (0..width).map(column).collect();
    Some(match combined[..] {
        [number] if !matches!(first.value, Value::Numbers(_)) => Value::from(number),
        _ => Value::Numbers(Cow::Owned(combined)),
    })
}

/// Whether two values are the same; elements of arrays may be missing in both.
fn same(one: &Value<'_>, other: &Value<'_>) -> bool {
    match (one, other) {
        (Value::Numbers(one), Value::Numbers(other)) => {
            let equal = |(a, b): (&f64, &f64)| a.to_bits() == b.to_bits();
            one.len() == other.len() && one.iter().zip(other.iter()).all(equal)
        }
        (one, other) => one == other,
    }
}

fn numbers(value: &Value<'_>) -> Option<Vec<f64>> {
    match value {
        Value::Numbers(numbers) => Some(numbers.to_vec()),
        value => value.number().map(|number| vec![number]),
    }
}

fn reduce(rule: Rule, values: impl Iterator<Item = (f64, f64)>) -> f64 {
    let plain = |(value, _): (f64, f64)| value;
    match rule {
        Rule::Sum | Rule::SumOfAll => values.map(plain).reduce(|a, b| a + b),
        Rule::Largest => values.map(plain).reduce(f64::max),
        Rule::Smallest => values.map(plain).reduce(f64::min),
        Rule::Mean(power) => mean(power, &values.collect::<Vec<_>>()),
        _ => None,
    }
    .unwrap_or(f64::NAN)
}

/// The mean of values to a power; of those without weight the plain one.
fn mean(power: i32, values: &[(f64, f64)]) -> Option<f64> {
    let weight: f64 = values.iter().map(|(_, weight)| weight).sum();
    let all_equal = weight <= 0.0;
    let weigh = |weight: f64| if all_equal { 1.0 } else { weight };
    let sum: f64 = values
        .iter()
        .map(|(value, weight)| value.powi(power) * weigh(*weight))
        .sum();
    let weights: f64 = values.iter().map(|(_, weight)| weigh(*weight)).sum();
    (weights > 0.0).then(|| (sum / weights).powf(1.0 / f64::from(power)))
}

/// Fractions whose sum is more than one go over into the whole numbers.
fn carry(combined: &mut Collected) {
    let pairs: &[(Field, Field)] = match combined.message {
        n if n == profile::SESSION.number => {
            use profile::session as it;
            &[
                (it::TOTAL_FRACTIONAL_CYCLES, it::TOTAL_CYCLES),
                (it::TOTAL_FRACTIONAL_ASCENT, it::TOTAL_ASCENT),
                (it::TOTAL_FRACTIONAL_DESCENT, it::TOTAL_DESCENT),
            ]
        }
        _ => &[],
    };
    for (fraction, whole) in pairs {
        if let (Some(part), Some(number)) = (combined.number(*fraction), combined.number(*whole)) {
            combined.set(*whole, number + part.floor());
            combined.set(*fraction, part - part.floor());
        }
    }
}
