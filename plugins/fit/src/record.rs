//! Samples as record messages.

use std::collections::VecDeque;
use std::io::{Seek, Write};

use fit::profile::{Field as FitField, RECORD, record};
use fit::{BaseType, Encoder, Shape, Value, time};
use pipeline_plugin::{Batch, Curve, DeveloperField, Field, Result, field};

use crate::activity::cannot;
use crate::curves::{CurveRow, CurveShapes};
use crate::developer::{Developer, Developers, element_of};

/// A column, the field of a record that it becomes, and what is done to its values.
type Native = (Field, FitField, fn(f64) -> f64);

/// The columns for which a record has a field of another name, or which come first.
const NATIVE: &[Native] = &[
    (
        field::POSITION_LAT,
        record::POSITION_LAT,
        fit::semicircles_from_degrees,
    ),
    (
        field::POSITION_LONG,
        record::POSITION_LONG,
        fit::semicircles_from_degrees,
    ),
    (field::ALTITUDE, record::ENHANCED_ALTITUDE, same),
    (field::DISTANCE, record::DISTANCE, same),
    (field::SPEED, record::ENHANCED_SPEED, same),
    (field::POWER, record::POWER, same),
    (field::HEART_RATE, record::HEART_RATE, same),
    (field::CADENCE, record::CADENCE, same),
    (field::TOTAL_CYCLES, record::TOTAL_CYCLES, same),
    (field::CYCLE_LENGTH, record::CYCLE_LENGTH16, same),
    (field::TEMPERATURE, record::TEMPERATURE, same),
    (field::CALORIES, record::CALORIES, same),
];

fn same(value: f64) -> f64 {
    value
}

/// The record messages of batches with the same columns.
#[derive(Debug)]
pub(crate) struct RecordLayout {
    columns: Vec<Field>,
    /// For each field of the shape behind the timestamp: where its values come from.
    sources: Vec<Source>,
    shape: Shape,
    natives: Vec<FitField>,
    developers: Vec<Developer>,
    /// Whether each field has one element.
    is_scalar: bool,
    curves: CurveShapes,
    row: Vec<f64>,
}

/// Where the values of a field come from.
#[derive(Clone, Debug)]
struct Source {
    /// The column of each of its elements; none for those that no column has.
    columns: Vec<Option<usize>>,
    conversion: Conversion,
}

#[derive(Clone, Copy, Debug)]
enum Conversion {
    Function(fn(f64) -> f64),
    Factor(f64),
    /// Less the values of this column, which have a field of their own.
    Without(usize),
}

impl RecordLayout {
    pub(crate) fn of(batch: &Batch, developers: &mut Developers) -> Result<Self> {
        let columns: Vec<Field> = batch
            .columns()
            .iter()
            .map(|column| column.field.clone())
            .collect();
        let mut layout = Self {
            columns,
            sources: Vec::new(),
            shape: Shape::of(RECORD).build().map_err(cannot)?,
            natives: Vec::new(),
            developers: Vec::new(),
            is_scalar: true,
            curves: CurveShapes::default(),
            row: Vec::new(),
        };
        layout.known();
        let mut sources = Vec::new();
        for index in 0..layout.columns.len() {
            layout.other(index, developers, &mut sources);
        }
        layout.sources.append(&mut sources);
        let mut sources = layout.sources.iter();
        layout.is_scalar = sources.all(|source| source.columns.len() == 1);
        layout.shape = layout.shape_with(&CurveRow::default())?;
        layout.row = vec![f64::NAN; layout.sources.len() + 1];
        Ok(layout)
    }

    /// The columns of the table, in its order.
    fn known(&mut self) {
        let position = |name: &str| self.columns.iter().position(|it| it.name() == name);
        let fraction = position(record::FRACTIONAL_CADENCE.name);
        for (column, field, convert) in NATIVE {
            let Some(index) = position(column.name()) else {
                continue;
            };
            let conversion = match fraction {
                Some(fraction) if *column == field::CADENCE => Conversion::Without(fraction),
                _ => Conversion::Function(*convert),
            };
            let mut source = Source::none(conversion);
            source.put(0, index);
            self.natives.push(*field);
            self.sources.push(source);
        }
    }

    /// A column that the table doesn't have, or that was a developer field before. The sources of
    /// developer fields come last.
    fn other(&mut self, index: usize, developers: &mut Developers, last: &mut Vec<Source>) {
        let Some(column) = self.columns.get(index) else {
            return;
        };
        let is_known = NATIVE.iter().any(|(known, ..)| known == column);
        let said = developers.said(column.name());
        let has_been = said.is_some_and(|said| !said.name.is_empty());
        if is_known && !has_been {
            return;
        }
        let element = developers.element(column);
        let field = if has_been {
            None
        } else {
            let unnamed = said.map(|said| (unnamed(said), element));
            unnamed.or_else(|| native(column))
        };
        if let Some((field, element)) = field {
            let same = |known: &FitField| known.number == field.number;
            let at = self.natives.iter().position(same);
            let at = at.unwrap_or_else(|| {
                self.natives.push(field);
                self.sources.push(Source::none(Conversion::Factor(1.0)));
                self.natives.len() - 1
            });
            if self
                .sources
                .get_mut(at)
                .is_some_and(|it| it.put(element, index))
            {
                return;
            }
        }
        let developer = developers.of(column);
        let element = if has_been { element } else { 0 };
        let same = |known: &Developer| has_been && known.is_same(&developer);
        let at = self.developers.iter().position(same);
        let at = at.unwrap_or_else(|| {
            last.push(Source::none(Conversion::Factor(developer.factor)));
            self.developers.push(developer);
            last.len() - 1
        });
        if let Some(source) = last.get_mut(at) {
            source.put(element, index);
        }
    }

    /// The shape of a record with these curves.
    fn shape_with(&self, curves: &CurveRow) -> Result<Shape> {
        let mut shape = Shape::of(RECORD).field(record::TIMESTAMP);
        let mut counts = self.sources.iter().map(|source| source.columns.len());
        for (field, count) in self.natives.iter().zip(counts.by_ref()) {
            shape = shape.array(*field, count);
        }
        let developers = self.developers.iter().zip(counts);
        let curves = curves
            .fields
            .iter()
            .map(|(developer, count)| (developer, *count));
        for (developer, count) in developers.chain(curves) {
            let count = u8::try_from(count).unwrap_or(u8::MAX);
            shape = shape.developer(&developer.as_field(count));
        }
        shape.build().map_err(cannot)
    }

    pub(crate) fn fits(&self, batch: &Batch) -> bool {
        let columns = batch.columns();
        columns.len() == self.columns.len()
            && columns
                .iter()
                .zip(&self.columns)
                .all(|(column, field)| column.field == *field)
    }

    /// Writes the records of a batch, each with the curves of its time.
    pub(crate) fn write<W: Write + Seek>(
        &mut self,
        batch: &Batch,
        curves: &mut VecDeque<Curve>,
        developers: &mut Developers,
        encoder: &mut Encoder<W>,
    ) -> Result<()> {
        let columns: Vec<&[f64]> = batch
            .columns()
            .iter()
            .map(|c| c.values.as_slice())
            .collect();
        for (number, at) in batch.time().iter().enumerate() {
            let time = time::from_unix_seconds(at.rounded_seconds());
            let earlier = curves.partition_point(|curve| curve.time < *at);
            curves.drain(..earlier);
            let here = curves.partition_point(|curve| curve.time == *at);
            if here > 0 {
                let here = curves.drain(..here).collect();
                let added = CurveRow::of(here, &self.columns, developers);
                developers.describe(encoder)?;
                let mut shapes = std::mem::take(&mut self.curves);
                let shape = shapes.get(&added, || self.shape_with(&added))?;
                self.curves = shapes;
                let mut values = self.values(time, number, &columns);
                values.extend(added.values);
                encoder.write_values(&shape, &values).map_err(cannot)?;
            } else if self.is_scalar {
                self.fill(time, number, &columns);
                encoder.write(&self.shape, &self.row).map_err(cannot)?;
            } else {
                let values = self.values(time, number, &columns);
                encoder.write_values(&self.shape, &values).map_err(cannot)?;
            }
        }
        Ok(())
    }

    /// The values of a row whose fields have one element each.
    #[inline]
    fn fill(&mut self, time: f64, number: usize, columns: &[&[f64]]) {
        let Some((timestamp, values)) = self.row.split_first_mut() else {
            return;
        };
        *timestamp = time;
        for (value, source) in values.iter_mut().zip(&self.sources) {
            let column = source.columns.first().copied().flatten();
            *value = source.conversion.of(column, number, columns);
        }
    }

    fn values(&self, time: f64, number: usize, columns: &[&[f64]]) -> Vec<Value<'static>> {
        let mut values = Vec::with_capacity(self.sources.len() + 4);
        values.push(Value::Number(time));
        values.extend(self.sources.iter().map(|source| {
            let convert = |column: &Option<usize>| source.conversion.of(*column, number, columns);
            match source.columns.as_slice() {
                [column] => convert(column).into(),
                several => Value::Numbers(several.iter().map(convert).collect()),
            }
        }));
        values
    }
}

impl Source {
    fn none(conversion: Conversion) -> Self {
        Self {
            columns: Vec::new(),
            conversion,
        }
    }

    /// Says which column has an element; `false` if another one has it already.
    fn put(&mut self, element: usize, column: usize) -> bool {
        if self.columns.len() <= element {
            self.columns.resize(element + 1, None);
        }
        match self.columns.get_mut(element) {
            Some(place @ None) => {
                *place = Some(column);
                true
            }
            _ => false,
        }
    }
}

impl Conversion {
    /// The value of a column in a row, as the field has it.
    #[inline]
    fn of(self, column: Option<usize>, row: usize, columns: &[&[f64]]) -> f64 {
        let at = |column: usize| {
            let values = columns.get(column);
            let value = values.and_then(|values| values.get(row)).copied();
            value.unwrap_or(f64::NAN)
        };
        let value = column.map_or(f64::NAN, at);
        match self {
            Self::Function(convert) => convert(value),
            Self::Factor(factor) => value * factor,
            Self::Without(other) => {
                let other = at(other);
                if other.is_nan() { value } else { value - other }
            }
        }
    }
}

/// The field of a record that the profile doesn't know, as it was before.
fn unnamed(said: &DeveloperField) -> FitField {
    let base = BaseType::ALL
        .into_iter()
        .find(|base| base.name() == said.base_type);
    let base = base.filter(|base| *base != BaseType::String);
    FitField::unnamed(said.number, base.unwrap_or(BaseType::Float64))
}

/// The field of a record that a column is, or is an element of, by its name and unit; and which
/// element, from 0.
fn native(column: &Field) -> Option<(FitField, usize)> {
    let of_name = |name: &str| {
        let field = RECORD.field_named(name)?;
        let is_it = field.unit == column.unit()
            && field.base != BaseType::String
            && field.number != record::TIMESTAMP.number;
        is_it.then_some(*field)
    };
    let element = || {
        let (name, element) = element_of(column.name())?;
        let field = of_name(name).filter(|field| field.array)?;
        Some((field, element))
    };
    of_name(column.name())
        .map(|field| (field, 0))
        .or_else(element)
}
