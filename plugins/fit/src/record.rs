//! Samples as record messages.

use fit::profile::{self, Field as FitField, record};
use fit::{Shape, time};
use pipeline_plugin::{Batch, Field, Result, field};

use crate::activity::cannot;
use crate::developer::{Developer, Developers};

/// A column, the field of a record that it becomes, and what is done to its values.
type Native = (Field, FitField, fn(f64) -> f64);

/// The columns for which a record has a field.
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
    /// For each field of the shape behind the timestamp: index of its column, and what is done
    /// to the value.
    sources: Vec<(usize, Conversion)>,
    pub(crate) shape: Shape,
    /// Developer fields that the file has not had before.
    pub(crate) new: Vec<Developer>,
    row: Vec<f64>,
}

#[derive(Clone, Copy, Debug)]
enum Conversion {
    Function(fn(f64) -> f64),
    Factor(f64),
}

impl RecordLayout {
    pub(crate) fn of(batch: &Batch, known: &mut Developers) -> Result<Self> {
        let columns: Vec<Field> = batch
            .columns()
            .iter()
            .map(|column| column.field.clone())
            .collect();
        let mut shape = Shape::of(profile::RECORD).field(record::TIMESTAMP);
        let mut sources = Vec::with_capacity(columns.len());
        for (column, native, convert) in NATIVE {
            if let Some(index) = columns.iter().position(|known| known == column) {
                shape = shape.field(*native);
                sources.push((index, Conversion::Function(*convert)));
            }
        }
        let mut new = Vec::new();
        for (index, column) in columns.iter().enumerate() {
            if NATIVE.iter().all(|(native, ..)| native != column) {
                let (developer, is_new) = known.of(column);
                shape = shape.developer(&developer.as_field());
                sources.push((index, Conversion::Factor(developer.factor)));
                new.extend(is_new.then_some(developer));
            }
        }
        let shape = shape.build().map_err(cannot)?;
        let row = vec![f64::NAN; shape.len()];
        Ok(Self {
            columns,
            sources,
            shape,
            new,
            row,
        })
    }

    pub(crate) fn fits(&self, batch: &Batch) -> bool {
        let columns = batch.columns();
        columns.len() == self.columns.len()
            && columns
                .iter()
                .zip(&self.columns)
                .all(|(column, field)| column.field == *field)
    }

    /// Gives the values of each record of a batch to `write`.
    pub(crate) fn rows(
        &mut self,
        batch: &Batch,
        mut write: impl FnMut(&Shape, &[f64]) -> Result<()>,
    ) -> Result<()> {
        let columns: Vec<&[f64]> = self
            .sources
            .iter()
            .map(|(index, _)| batch.columns().get(*index).map_or(&[][..], |c| &c.values))
            .collect();
        for (number, at) in batch.time().iter().enumerate() {
            if let Some((timestamp, values)) = self.row.split_first_mut() {
                *timestamp = time::from_unix_seconds(at.rounded_seconds());
                let sources = self.sources.iter().zip(&columns);
                for (value, ((_, conversion), column)) in values.iter_mut().zip(sources) {
                    let measured = column.get(number).copied().unwrap_or(f64::NAN);
                    *value = match conversion {
                        Conversion::Function(convert) => convert(measured),
                        Conversion::Factor(factor) => measured * factor,
                    };
                }
            }
            write(&self.shape, &self.row)?;
        }
        Ok(())
    }
}
