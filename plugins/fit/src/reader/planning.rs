//! Where the fields of a definition go, once it is known which columns there are.

use fit::Message;
use pipeline_plugin::Field;

use super::columns::{Applications, Columns, application, element_of, instroke, source, unknown};
use super::meaning::{self, Convert, Meaning};
use super::plan::{Plan, Step, To};

impl Columns {
    /// Where the fields of a definition go.
    pub(crate) fn plan(&self, message: &Message<'_>, applications: &Applications) -> Plan {
        let mut plan = Plan::default();
        for (index, field) in message.fields().enumerate() {
            let mut step = |to| plan.steps.push(Step { field: index, to });
            match meaning::meaning(&field) {
                Meaning::Native {
                    field: column,
                    convert,
                    is_fallback,
                } => {
                    self.elements(&column, field.len(), convert, is_fallback)
                        .for_each(step);
                }
                Meaning::Unknown(number) => {
                    let column = unknown(number);
                    self.elements(&column, field.len(), Convert::SAME, false)
                        .for_each(step);
                }
                Meaning::Developer(description, reading) => {
                    let id = application(description, applications);
                    if let Some(to) = instroke(description) {
                        step(to);
                    }
                    for element in 0..field.len() {
                        let source = source(&id, description, element);
                        if let Some(at) = self.place(&source) {
                            let convert = Convert::Divide(reading.divisor);
                            step(To::Column {
                                at,
                                element,
                                convert,
                                is_fallback: false,
                            });
                        }
                    }
                }
                Meaning::Curve(description, reading) => {
                    let id = application(description, applications);
                    let source = source(&id, description, 0);
                    if let Some(at) = self.curve_place(&source) {
                        step(To::Curve {
                            at,
                            divisor: reading.divisor,
                        });
                    }
                }
                Meaning::Accumulated | Meaning::Time | Meaning::Other => {}
            }
        }
        plan
    }

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

    /// Where the elements of a field of records go.
    fn elements(
        &self,
        field: &Field,
        count: usize,
        convert: Convert,
        is_fallback: bool,
    ) -> impl Iterator<Item = To> {
        (0..count).filter_map(move |element| {
            Some(To::Column {
                at: self.native_place(&element_of(field, element, count))?,
                element,
                convert,
                is_fallback,
            })
        })
    }
}
