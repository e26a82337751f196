//! What fields mean beside their names: sub-fields and components.

use std::collections::BTreeMap;

use crate::field::MessageField;
use crate::message::Message;
use crate::number::{physical, round};
use crate::profile::{self, Component, Field, Kind, SubField};

/// A value that was a component of another field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Expanded {
    /// The field whose value it is.
    pub field: &'static Field,
    /// Which bits of the other field it was.
    pub component: &'static Component,
    /// The bits, or the total that they are the low bits of, in the component's scale.
    pub raw: u64,
}

/// Keeps the totals of which messages carry the low bits only, like the distance in
/// `compressed_speed_distance`.
///
/// Give every message of a segment to it, in their order; start anew with the next segment.
#[derive(Clone, Debug, Default)]
pub struct Accumulator {
    /// By message and field, in the component's scale.
    totals: BTreeMap<(u16, u8), u64>,
}

impl Expanded {
    /// The physical value, in the unit of the field.
    #[expect(
        clippy::cast_precision_loss,
        reason = "a total would need centuries to get there"
    )]
    pub fn number(&self) -> f64 {
        physical(self.raw as f64, self.component.scale, self.component.offset)
    }

    /// The name of the value, if the field is an enumeration whose names are known.
    pub fn label(&self) -> Option<&'static str> {
        let Kind::Named(names) = self.field.kind else {
            return None;
        };
        names.name_of(u32::try_from(self.raw).ok()?)
    }
}

impl<'m> Message<'m> {
    /// The field under the name, unit, scale and enumeration that other fields of this message give
    /// it; as it is, if they don't.
    ///
    /// ```
    /// # fn strokes(message: fit::Message<'_>) -> Option<f64> {
    /// use fit::profile::session;
    ///
    /// let cycles = message.resolved(message.field(session::TOTAL_CYCLES.number)?);
    /// if cycles.name() == Some("total_strokes") { // The session's sport is rowing, for example.
    ///     return cycles.number();
    /// }
    /// # None
    /// # }
    /// ```
    #[must_use]
    pub fn resolved(&self, field: MessageField<'m>) -> MessageField<'m> {
        let subfields = field.column.known.map_or(&[][..], |known| known.subfields);
        let found = subfields.iter().find(|subfield| self.fulfils(subfield));
        MessageField {
            subfield: found.map(|subfield| &subfield.field),
            ..field
        }
    }

    /// The values of other fields that are in the bits of this one, or of the sub-field that applies.
    ///
    /// Totals, of which there are the low bits only, are left out: an [`Accumulator`] has them. A
    /// value can have components itself; those aren't followed.
    pub fn expanded(&self, field: MessageField<'m>) -> impl Iterator<Item = Expanded> + use<'m> {
        self.components(field)
            .filter(|expanded| !expanded.component.accumulate)
    }

    fn components(&self, field: MessageField<'m>) -> impl Iterator<Item = Expanded> + use<'m> {
        let (message, field) = (self.known(), self.resolved(field));
        let components = field.known().map_or(&[][..], |known| known.components);
        components.iter().filter_map(move |component| {
            Some(Expanded {
                field: message?.field(component.field)?,
                component,
                raw: field.bits(component)?,
            })
        })
    }

    fn fulfils(&self, subfield: &SubField) -> bool {
        subfield.conditions.iter().any(|(field, values)| {
            let raw = self.field(*field).and_then(|it| it.integers().next()?);
            raw.and_then(|raw| u32::try_from(raw).ok())
                .is_some_and(|raw| values.contains(&raw))
        })
    }
}

impl Accumulator {
    /// The values in the components of all fields of the next message, totals included.
    pub fn expand(&mut self, message: &Message<'_>) -> Vec<Expanded> {
        self.note(message);
        let mut values: Vec<_> = message
            .fields()
            .flat_map(|field| message.components(field))
            .collect();
        for value in values.iter_mut().filter(|it| it.component.accumulate) {
            let total = self
                .totals
                .entry((message.number(), value.field.number))
                .or_default();
            let range = 1 << value.component.bits;
            let grown = value.raw.wrapping_sub(*total) & (range - 1);
            *total += grown;
            value.raw = *total;
        }
        values
    }

    /// Takes over the totals that the message has in full.
    fn note(&mut self, message: &Message<'_>) {
        let Some(known) = message.known() else {
            return;
        };
        let components = known.fields.iter().flat_map(|field| field.components);
        for component in components.filter(|component| component.accumulate) {
            if let Some(total) = message.number_of(component.field) {
                self.set(known.number, component, total);
            }
        }
    }

    /// Starts with a total of which only low bits follow, unless it is NaN.
    pub(crate) fn start(&mut self, message: &profile::Message, field: u8, total: f64) {
        let components = message.fields.iter().flat_map(|field| field.components);
        let is_it = |component: &&Component| component.accumulate && component.field == field;
        for component in components.filter(is_it).filter(|_| !total.is_nan()) {
            self.set(message.number, component, total);
        }
    }

    fn set(&mut self, message: u16, component: &Component, total: f64) {
        let raw = round((total + component.offset) * component.scale);
        let total = raw.try_into().unwrap_or_default();
        self.totals.insert((message, component.field), total);
    }
}
