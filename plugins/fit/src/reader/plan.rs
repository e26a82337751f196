//! Where the numbers of a record go.

use fit::Message;
use pipeline_plugin::{Curve, Timestamp};

use super::columns::{Applications, Columns, application, element_of, instroke, source, unknown};
use super::meaning::{self, Convert, Meaning};
use crate::rowing::UNIFORM_TIME;

/// Where the numbers of the records of one layout go.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plan {
    /// The numbers as they are in the file.
    raw: fit::Columns,
    row: Vec<f64>,
    moves: Vec<Move>,
    curves: Vec<CurveOf>,
    abscissa: Option<usize>,
    interval: Option<usize>,
    points: Option<usize>,
}

/// A number that goes to a column.
#[derive(Clone, Copy, Debug)]
struct Move {
    from: usize,
    to: usize,
    convert: Convert,
    /// Whether another field has the same quantity in more detail.
    is_fallback: bool,
}

/// Numbers that are a curve.
#[derive(Clone, Copy, Debug)]
struct CurveOf {
    from: usize,
    elements: usize,
    /// Which curve.
    curve: usize,
    /// What each value is divided by.
    divisor: f64,
}

/// What a developer field says about the curve beside it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Instroke {
    /// What its values stand for.
    Abscissa,
    /// How far apart they are.
    Interval,
    /// How many there are.
    Points,
}

impl Plan {
    /// Whether the message has the layout that the plan was made for.
    #[inline]
    pub(crate) fn fits(&self, message: &Message<'_>) -> bool {
        self.raw.fit(message)
    }

    /// Where the numbers of messages with the layout of this one go.
    pub(crate) fn of(
        message: &Message<'_>,
        columns: &Columns,
        applications: &Applications,
    ) -> Self {
        let raw = fit::Columns::of(message);
        let mut plan = Self {
            row: vec![f64::NAN; raw.width()],
            ..Self::default()
        };
        for column in &raw {
            plan.add(column, columns, applications);
        }
        plan.raw = raw;
        plan
    }

    fn add(&mut self, column: &fit::Column, columns: &Columns, applications: &Applications) {
        let (from, elements) = (column.slot(), usize::from(column.elements()));
        match meaning::meaning(column) {
            Meaning::Native {
                field,
                convert,
                is_fallback,
                elements,
            } => {
                let to = |element| columns.native_place(&element_of(&field, element, elements));
                self.go(from, elements, to, convert, is_fallback);
            }
            Meaning::Unknown(number) => {
                let field = unknown(number);
                let to = |element| columns.native_place(&element_of(&field, element, elements));
                self.go(from, elements, to, Convert::SAME, false);
            }
            Meaning::Developer(description, reading) => {
                match instroke(description) {
                    Some(Instroke::Abscissa) => self.abscissa = Some(from),
                    Some(Instroke::Interval) => self.interval = Some(from),
                    Some(Instroke::Points) => self.points = Some(from),
                    None => {}
                }
                let id = application(description, applications);
                let to = |element| columns.place(&source(&id, description, element));
                self.go(from, elements, to, Convert::Divide(reading.divisor), false);
            }
            Meaning::Curve(description, reading) => {
                let id = application(description, applications);
                let curve = columns.curve_place(&source(&id, description, 0));
                self.curves.extend(curve.map(|curve| CurveOf {
                    from,
                    elements,
                    curve,
                    divisor: reading.divisor,
                }));
            }
            Meaning::Accumulated | Meaning::Time | Meaning::Other => {}
        }
    }

    fn go(
        &mut self,
        from: usize,
        elements: usize,
        to: impl Fn(usize) -> Option<usize>,
        convert: Convert,
        is_fallback: bool,
    ) {
        let moves = (0..elements).filter_map(|element| {
            Some(Move {
                from: from + element,
                to: to(element)?,
                convert,
                is_fallback,
            })
        });
        self.moves.extend(moves);
    }

    /// Puts the numbers of a record into the row of its columns, which has `NaN` for each.
    #[inline]
    pub(crate) fn fill(&mut self, message: &Message<'_>, row: &mut [f64]) {
        self.raw.fill(message, &mut self.row);
        for step in &self.moves {
            let (Some(number), Some(value)) = (self.row.get(step.from), row.get_mut(step.to))
            else {
                continue;
            };
            if !number.is_nan() && (!step.is_fallback || value.is_nan()) {
                *value = step.convert.apply(*number);
            }
        }
    }

    /// The curves of the record whose numbers were put into a row last.
    pub(crate) fn curves(&self, time: Timestamp, columns: &Columns) -> impl Iterator<Item = Curve> {
        let said = |at: Option<usize>| {
            let value = at.and_then(|at| self.row.get(at).copied());
            value.filter(|value| !value.is_nan())
        };
        let is_timed = said(self.abscissa) == Some(UNIFORM_TIME);
        let interval = said(self.interval).filter(|_| is_timed);
        let points = said(self.points);
        self.curves.iter().filter_map(move |curve| {
            let values = self.row.get(curve.from..curve.from + curve.elements)?;
            let values = measured(values, points)?;
            Some(Curve {
                time,
                field: columns.curve(curve.curve).to_owned(),
                interval: interval.map(|interval| interval / 1000.0),
                values: values.iter().map(|value| value / curve.divisor).collect(),
            })
        })
    }
}

/// The values that a curve has: as many as it says, or up to the last that was measured. `None`
/// without any.
fn measured(values: &[f64], points: Option<f64>) -> Option<&[f64]> {
    let last = values.iter().rposition(|value| !value.is_nan())?;
    let is_one = |number: u32| points.is_none_or(|points| f64::from(number) <= points);
    let told = (1_u32..)
        .zip(values)
        .take_while(|(number, _)| is_one(*number));
    values
        .get(..told.count().min(last + 1))
        .filter(|values| !values.is_empty())
}

impl Columns {
    /// Adds the fraction of the cadence to it.
    #[inline]
    pub(crate) fn complete(&self, row: &mut [f64]) {
        let Some((cadence, fraction)) = self.cadence else {
            return;
        };
        let fraction = row
            .get(fraction)
            .copied()
            .filter(|fraction| !fraction.is_nan());
        if let (Some(cadence), Some(fraction)) = (row.get_mut(cadence), fraction) {
            *cadence += fraction;
        }
    }

    /// Puts a total, of which the record has the low bits, into the record's row.
    pub(crate) fn fill_total(&self, total: &fit::Expanded, row: &mut [f64]) {
        let Some(Meaning::Native { field, .. }) = meaning::native(total.field.number) else {
            return;
        };
        let value = self.position(&field).and_then(|at| row.get_mut(at));
        if let Some(value) = value.filter(|value| value.is_nan()) {
            *value = total.number();
        }
    }
}
