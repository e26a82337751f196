//! Cutting the numbers out of the messages of one definition, as fast as can be.

use crate::base::BaseType;
use crate::field::element;
use crate::layout::{Column, Layout};

/// Where the numbers of a message are, and where in a row they go.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plan {
    big_endian: bool,
    /// Integers that are the physical values.
    plain: Vec<Load>,
    /// Integers with a scale or an offset. A division takes longer than all the rest.
    scaled: Vec<(Load, Scale)>,
    others: Vec<(Other, Scale)>,
}

/// An integer that is cut out of a word of eight bytes without a branch.
///
/// The word is read from `at`, `left` bits are shifted out of its top and `right` out of its bottom.
#[derive(Clone, Copy, Debug)]
struct Load {
    at: u32,
    slot: u32,
    left: u8,
    right: u8,
    signed: bool,
    invalid: i64,
}

/// `physical = (raw - shift) / scale`, as [`physical`](crate::number::physical) reckons it.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Scale {
    scale: f64,
    /// The offset in units of the raw value.
    shift: f64,
}

/// A number that needs more care: a float, or an integer that has no word around it.
#[derive(Clone, Copy, Debug)]
struct Other {
    at: u32,
    slot: u32,
    base: BaseType,
}

/// Bytes of a word.
const WORD: usize = 8;

impl Plan {
    /// An empty plan for messages of this layout.
    pub(crate) fn of(layout: &Layout) -> Self {
        Self {
            big_endian: layout.definition.big_endian,
            ..Self::default()
        }
    }

    /// Adds an element of a column, which goes into this slot of the row.
    pub(crate) fn add(&mut self, layout: &Layout, column: &Column, element: u8, slot: usize) {
        let (base, size) = (column.base, column.base.size());
        let start = column.start as usize + usize::from(element) * usize::from(size);
        let slot = u32::try_from(slot).unwrap_or(u32::MAX);
        let scale = Scale {
            scale: column.scale,
            shift: column.offset * column.scale,
        };
        match self.load(base, start, layout.definition.message_size()) {
            Some(load) if scale == Scale::NONE => self.plain.push(Load { slot, ..load }),
            Some(load) => self.scaled.push((Load { slot, ..load }, scale)),
            None => {
                let at = u32::try_from(start).unwrap_or(u32::MAX);
                self.others.push((Other { at, slot, base }, scale));
            }
        }
    }

    /// How to read an integer at `start`; `None` if that can't be done with one word.
    fn load(&self, base: BaseType, start: usize, message: usize) -> Option<Load> {
        let size = usize::from(base.size());
        let is_integer = base.range().is_some();
        // What doesn't fit an `i64`.
        let is_huge = size == WORD && !base.is_signed();
        if !is_integer || is_huge || message < WORD {
            return None;
        }
        // The word starts with the number, unless the message ends before the word would.
        let at = start.min(message - WORD);
        let (before, behind) = (start - at, WORD - size - (start - at));
        let bits = |bytes: usize| u8::try_from(8 * bytes).ok();
        let left = if self.big_endian { before } else { behind };
        let spare = bits(WORD - size)?;
        let invalid = base.invalid() << spare;
        Some(Load {
            at: u32::try_from(at).ok()?,
            slot: 0,
            left: bits(left)?,
            right: spare,
            signed: base.is_signed(),
            invalid: shifted(invalid, spare, base.is_signed()),
        })
    }

    /// Puts the numbers of a message into their slots of the row; NaN for those not measured.
    #[inline]
    pub(crate) fn fill(&self, message: &[u8], row: &mut [f64]) {
        if self.big_endian {
            self.run(message, row, u64::from_be_bytes);
        } else {
            self.run(message, row, u64::from_le_bytes);
        }
        for (other, scale) in &self.others {
            let bytes = message.get(other.at as usize..).unwrap_or_default();
            let number = element(other.base, bytes, self.big_endian);
            if let Some(slot) = row.get_mut(other.slot as usize) {
                *slot = number.map_or(f64::NAN, |raw| scale.physical(raw));
            }
        }
    }

    #[inline]
    fn run(&self, message: &[u8], row: &mut [f64], word: impl Fn([u8; WORD]) -> u64) {
        for load in &self.plain {
            let Some((raw, slot)) = load.raw(message, row, &word) else {
                continue;
            };
            *slot = if raw == load.invalid {
                f64::NAN
            } else {
                number(raw)
            };
        }
        for (load, scale) in &self.scaled {
            let Some((raw, slot)) = load.raw(message, row, &word) else {
                continue;
            };
            let physical = scale.physical(number(raw));
            *slot = if raw == load.invalid {
                f64::NAN
            } else {
                physical
            };
        }
    }
}

impl Load {
    /// The raw number, and its slot.
    #[inline]
    fn raw<'r>(
        &self,
        message: &[u8],
        row: &'r mut [f64],
        word: impl Fn([u8; WORD]) -> u64,
    ) -> Option<(i64, &'r mut f64)> {
        let bytes = message.get(self.at as usize..)?.first_chunk()?;
        let raw = shifted(word(*bytes) << self.left, self.right, self.signed);
        Some((raw, row.get_mut(self.slot as usize)?))
    }
}

impl Scale {
    const NONE: Self = Self {
        scale: 1.0,
        shift: 0.0,
    };

    #[inline]
    fn physical(self, raw: f64) -> f64 {
        (raw - self.shift) / self.scale
    }
}

#[inline]
#[expect(
    clippy::cast_precision_loss,
    reason = "who needs all 64 bits asks for integers"
)]
fn number(raw: i64) -> f64 {
    raw as f64
}

/// The number in the top bits of a word.
#[inline]
fn shifted(word: u64, right: u8, signed: bool) -> i64 {
    let (unsigned, extended) = (word >> right, word.cast_signed() >> right);
    if signed {
        extended
    } else {
        unsigned.cast_signed()
    }
}
