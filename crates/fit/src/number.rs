//! Physical value to raw value.

use crate::base::BaseType;

/// How one physical value becomes the low bytes of a word.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scaling {
    pub(crate) offset: f64,
    pub(crate) scale: f64,
    /// What "not measured" looks like.
    pub(crate) invalid: u64,
    pub(crate) class: Class,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Class {
    /// Fits `i64`: smallest and largest valid value.
    Integer(i64, i64),
    /// Fits only `u64`.
    Unsigned(u64, u64),
    Float32,
    Float64,
    Text,
}

/// The physical value: `raw / scale - offset`, reckoned so that decimals come out as they went in
/// (2562 with scale 5 and offset 500 is 12.4, not 12.399999999999977).
#[inline]
pub(crate) fn physical(raw: f64, scale: f64, offset: f64) -> f64 {
    (raw - offset * scale) / scale
}

impl Scaling {
    pub(crate) fn new(base: BaseType, scale: f64, offset: f64) -> Self {
        let class = match (base, base.range()) {
            (BaseType::Float32, _) => Class::Float32,
            (BaseType::Float64, _) => Class::Float64,
            (_, None) => Class::Text,
            (_, Some((min, max))) => match (i64::try_from(min), i64::try_from(max)) {
                (Ok(min), Ok(max)) => Class::Integer(min, max),
                _ => Class::Unsigned(
                    u64::try_from(min).unwrap_or_default(),
                    u64::try_from(max).unwrap_or(u64::MAX),
                ),
            },
        };
        Self {
            offset,
            scale,
            invalid: base.invalid(),
            class,
        }
    }

    /// The raw value in the low bytes, and whether it had to be saturated. NaN is the invalid pattern.
    #[inline]
    pub(crate) fn raw(&self, value: f64) -> (u64, bool) {
        if value.is_nan() {
            return (self.invalid, false);
        }
        let scaled = (value + self.offset) * self.scale;
        match self.class {
            Class::Integer(min, max) => {
                let raw = round(scaled);
                let valid = raw.clamp(min, max);
                (valid.cast_unsigned(), valid != raw)
            }
            _ => self.wide(scaled),
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "rounding to f32 is what is asked for"
    )]
    #[expect(
        clippy::cast_sign_loss,
        reason = "the cast saturates, and the result is compared"
    )]
    #[cold]
    #[inline(never)]
    fn wide(&self, scaled: f64) -> (u64, bool) {
        match self.class {
            Class::Integer(..) | Class::Text => (self.invalid, false),
            Class::Unsigned(min, max) => {
                let raw = (scaled + HALF) as u64;
                let valid = raw.clamp(min, max);
                (valid, valid != raw || scaled <= -0.5 || scaled >= TWO_TO_64)
            }
            Class::Float32 => {
                let valid = (scaled as f32).clamp(f32::MIN, f32::MAX);
                let saturated = scaled.is_infinite() || (scaled as f32).is_infinite();
                (u64::from(valid.to_bits()), saturated)
            }
            Class::Float64 => (
                scaled.clamp(f64::MIN, f64::MAX).to_bits(),
                scaled.is_infinite(),
            ),
        }
    }

    /// The low bytes of a raw integer, saturated to the valid ones. `None` if the field holds none.
    pub(crate) fn integer(&self, raw: i128) -> Option<(u64, bool)> {
        match self.class {
            Class::Integer(min, max) => {
                let valid = raw.clamp(min.into(), max.into());
                let word = i64::try_from(valid).unwrap_or_default().cast_unsigned();
                Some((word, valid != raw))
            }
            Class::Unsigned(min, max) => {
                let valid = raw.clamp(min.into(), max.into());
                Some((u64::try_from(valid).unwrap_or_default(), valid != raw))
            }
            _ => None,
        }
    }
}

const TWO_TO_64: f64 = 18_446_744_073_709_551_616.0;

/// The largest number below a half: added before truncation it rounds half away from zero, and
/// doesn't lift 0.49999999999999994 to 1 as a half would.
const HALF: f64 = 0.499_999_999_999_999_94;

/// Rounds half away from zero; saturates at the ends of `i64`. Twice as fast as `f64::round`, which
/// is a call where SSE 4.1 isn't assumed.
#[inline]
#[expect(
    clippy::cast_possible_truncation,
    reason = "the cast truncates and saturates: wanted"
)]
pub(crate) fn round(value: f64) -> i64 {
    (value + HALF.copysign(value)) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_half_away_from_zero() {
        let cases = [
            (0.5, 1),
            (-0.5, -1),
            (1.5, 2),
            (2.5, 3),
            (-2.5, -3),
            (0.499_999_999_999_999_94, 0),
            (-0.499_999_999_999_999_94, 0),
            (4_503_599_627_370_495.5, 4_503_599_627_370_496),
            (4_503_599_627_370_497.0, 4_503_599_627_370_497),
            (9_007_199_254_740_993.0, 9_007_199_254_740_992),
            (f64::INFINITY, i64::MAX),
            (f64::NEG_INFINITY, i64::MIN),
        ];
        for (value, raw) in cases {
            assert_eq!(round(value), raw, "{value}");
        }
    }

    #[test]
    fn decimals_come_out_as_they_went_in() {
        assert!(physical(2562.0, 5.0, 500.0).total_cmp(&12.4).is_eq());
        assert!(physical(1234.0, 100.0, 0.0).total_cmp(&12.34).is_eq());
    }

    #[test]
    fn saturates_to_valid_values() {
        let raw = |base, value| Scaling::new(base, 1.0, 0.0).raw(value);
        assert_eq!(raw(BaseType::Uint8, 300.0), (254, true));
        assert_eq!(raw(BaseType::Uint8, 255.0), (254, true));
        assert_eq!(raw(BaseType::Uint8, 254.0), (254, false));
        assert_eq!(raw(BaseType::Uint8, -1.0), (0, true));
        assert_eq!(raw(BaseType::Uint8, -0.4), (0, false));
        assert_eq!(raw(BaseType::Sint8, 127.0), (126, true));
        assert_eq!(raw(BaseType::Uint16, 70_000.0), (65_534, true));
        assert_eq!(raw(BaseType::Uint8z, 0.0), (1, true));
        assert_eq!(raw(BaseType::Uint8z, 255.0), (255, false));
        assert_eq!(raw(BaseType::Uint64, 1e30), (u64::MAX - 1, true));
        assert_eq!(raw(BaseType::Uint64z, 1e30), (u64::MAX, true));
        assert_eq!(raw(BaseType::Uint64, -3.0), (0, true));
        assert_eq!(raw(BaseType::Uint64, 5.5), (6, false));
        assert_eq!(raw(BaseType::Sint64, 1e30), (i64::MAX as u64 - 1, true));
        assert_eq!(
            raw(BaseType::Float32, 1e300),
            (f32::MAX.to_bits().into(), true)
        );
        assert_eq!(
            raw(BaseType::Float64, f64::INFINITY),
            (f64::MAX.to_bits(), true)
        );
        for base in BaseType::ALL {
            assert_eq!(raw(base, f64::NAN), (base.invalid(), false), "{base}");
        }
    }
}
