//! Where the fields of a record go.

use fit::Message;
use pipeline_plugin::{Curve, Timestamp};

use super::columns::Columns;
use super::meaning::Convert;
use crate::rowing::UNIFORM_TIME;

/// Where the fields of the records of a definition go.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plan {
    /// In the order of the fields.
    pub(crate) steps: Vec<Step>,
}

/// Where a field goes.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// Its place among the fields.
    pub(crate) field: usize,
    pub(crate) to: To,
}

/// Where a field goes.
#[derive(Clone, Debug)]
pub(crate) enum To {
    /// One of its elements to a column.
    Column {
        at: usize,
        element: usize,
        convert: Convert,
        /// Whether another field has the same quantity in more detail.
        is_fallback: bool,
    },
    /// All of it to a curve.
    Curve {
        at: usize,
        /// What each value is divided by.
        divisor: f64,
    },
    /// What the values of the curve stand for.
    Abscissa,
    /// How far apart the values of the curve are.
    Interval,
    /// How many values the curve has.
    Points,
}

/// The curves of a record.
#[derive(Clone, Debug, Default)]
pub(crate) struct Instroke {
    /// Which curve, and its values.
    pub(crate) curves: Vec<(usize, Vec<f64>)>,
    pub(crate) abscissa: Option<f64>,
    pub(crate) interval: Option<f64>,
    pub(crate) points: Option<f64>,
}

impl Plan {
    /// Puts the values of a record into the row of its columns, which has `NaN` for each.
    #[inline]
    pub(crate) fn fill(&self, message: &Message<'_>, row: &mut [f64], instroke: &mut Instroke) {
        let mut steps = self.steps.iter().peekable();
        for (index, field) in message.fields().enumerate() {
            while let Some(step) = steps.next_if(|step| step.field == index) {
                let number = || field.number();
                match step.to {
                    To::Column {
                        at,
                        element,
                        convert,
                        is_fallback,
                    } => {
                        let number = match element {
                            0 => field.number(),
                            _ => field.numbers().nth(element).flatten(),
                        };
                        if let (Some(value), Some(number)) = (row.get_mut(at), number)
                            && (!is_fallback || value.is_nan())
                        {
                            *value = convert.apply(number);
                        }
                    }
                    To::Curve { at, divisor } => {
                        let values = field.numbers();
                        let values = values.map(|value| value.map_or(f64::NAN, |it| it / divisor));
                        instroke.curves.push((at, values.collect()));
                    }
                    To::Abscissa => instroke.abscissa = number(),
                    To::Interval => instroke.interval = number(),
                    To::Points => instroke.points = number(),
                }
            }
        }
    }
}

impl Instroke {
    pub(crate) fn clear(&mut self) {
        self.curves.clear();
        (self.abscissa, self.interval, self.points) = (None, None, None);
    }
}

impl Instroke {
    /// The curves as items, with the time of their record.
    pub(crate) fn take<'a>(
        &'a mut self,
        time: Timestamp,
        columns: &'a Columns,
    ) -> impl Iterator<Item = Curve> + 'a {
        let is_timed = self.abscissa == Some(UNIFORM_TIME);
        let interval = self
            .interval
            .filter(|_| is_timed)
            .map(|interval| interval / 1000.0);
        let points = self.points;
        self.curves.drain(..).filter_map(move |(at, values)| {
            Some(Curve {
                time,
                field: columns.curve(at).to_owned(),
                interval,
                values: measured(values, points)?,
            })
        })
    }
}

/// The values that a curve has: as many as it says, or up to the last that was measured. `None`
/// without any.
fn measured(mut values: Vec<f64>, points: Option<f64>) -> Option<Vec<f64>> {
    let last = values.iter().rposition(|value| !value.is_nan());
    let told = |number: u32| points.is_none_or(|points| f64::from(number) <= points);
    let told = (1_u32..)
        .zip(&values)
        .take_while(|(number, _)| told(*number));
    let count = told.count().min(last.map_or(0, |last| last + 1));
    values.truncate(count);
    (!values.is_empty()).then_some(values)
}
