//! Curves of a stroke as developer fields of the stroke's record.

use fit::{Shape, Value};
use pipeline_plugin::{Curve, Field};

use crate::developer::{Developer, Developers};
use crate::rowing::{ABSCISSA, INTERVAL, POINTS, UNIFORM_TIME, snake_case};

/// A definition has room for so many elements more than a curve has, at most: curves of about the
/// same length share one.
const STEP: usize = 8;

/// The most shapes of records with curves that are kept.
const KEPT: usize = 64;

/// Developer data index, number and elements of each field.
type Key = Vec<(u8, u8, usize)>;

/// The fields and values that curves add to a record.
#[derive(Debug, Default)]
pub(crate) struct CurveRow {
    /// Each with its number of elements.
    pub(crate) fields: Vec<(Developer, usize)>,
    pub(crate) values: Vec<Value<'static>>,
}

impl CurveRow {
    /// What the curves of a record become. What is known of them is said beside them, unless
    /// `columns` has that.
    pub(crate) fn of(curves: Vec<Curve>, columns: &[Field], developers: &mut Developers) -> Self {
        let mut row = Self::default();
        for Curve {
            field,
            interval,
            values,
            ..
        } in curves
        {
            let is_said = developers.said(&field).is_some();
            let developer = developers.of_curve(&field);
            let most = developer.most().max(1);
            // More values than fit are thinned out evenly.
            let every = values.len().div_ceil(most).max(1);
            let values: Vec<f64> = values.into_iter().step_by(every).collect();
            let points = values.len();
            let count = points.next_multiple_of(STEP).min(most);
            row.fields.push((developer, count));
            row.values.push(Value::Numbers(values.into()));
            let known = columns
                .iter()
                .any(|column| column.name() == snake_case(POINTS.name));
            if !is_said && !known {
                row.companions(interval, every, points, developers);
            }
        }
        row
    }

    fn companions(
        &mut self,
        interval: Option<f64>,
        every: usize,
        points: usize,
        developers: &mut Developers,
    ) {
        let every = u32::try_from(every).map_or(f64::NAN, f64::from);
        let points = u32::try_from(points).map_or(f64::NAN, f64::from);
        let companions = [
            (ABSCISSA, interval.map_or(0.0, |_| UNIFORM_TIME)),
            (
                INTERVAL,
                interval.map_or(f64::NAN, |seconds| seconds * every * 1000.0),
            ),
            (POINTS, points),
        ];
        for (convention, value) in companions {
            let column = Field::new(&snake_case(convention.name), convention.unit);
            let developer = developers.of(&column);
            if self
                .fields
                .iter()
                .all(|(known, _)| !known.is_same(&developer))
            {
                self.fields.push((developer, 1));
                self.values.push(value.into());
            }
        }
    }

    /// What tells its shape from that of others.
    fn key(&self) -> Key {
        let keys = self.fields.iter().map(|(developer, count)| {
            let (index, number) = developer.place();
            (index, number, *count)
        });
        keys.collect()
    }
}

/// The shapes of records with curves.
#[derive(Debug, Default)]
pub(crate) struct CurveShapes {
    shapes: Vec<(Key, Shape)>,
}

impl CurveShapes {
    /// The shape for a row, made if it is new.
    pub(crate) fn get<E>(
        &mut self,
        row: &CurveRow,
        make: impl FnOnce() -> Result<Shape, E>,
    ) -> Result<Shape, E> {
        let key = row.key();
        if let Some((_, shape)) = self.shapes.iter().find(|(known, _)| *known == key) {
            return Ok(shape.clone());
        }
        if self.shapes.len() >= KEPT {
            self.shapes.clear();
        }
        let shape = make()?;
        self.shapes.push((key, shape.clone()));
        Ok(shape)
    }
}
