//! What stands in elements and attributes that are written.

use std::ops::RangeInclusive;

/// Decimal places of degrees: a millimetre, and enough to keep all of FIT's semicircles apart.
const DEGREES: usize = 8;
/// Decimal places of everything else: millimetres, millimetres per second.
const FINE: usize = 3;

/// What stands in an element or an attribute.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// A text; an empty one says nothing.
    Text(&'a str),
    /// A number, with at most so many decimal places, up to 9; NaN and infinities say nothing.
    Number(f64, usize),
    /// An instant, in microseconds since 1970-01-01T00:00:00Z. It is written in UTC, with
    /// milliseconds only where there are any, and rounded to them.
    Time(i64),
}

impl Value<'_> {
    /// The value that says nothing.
    pub const NOTHING: Value<'static> = Value::Text("");

    /// Whether there is nothing to write.
    #[inline]
    pub fn is_nothing(self) -> bool {
        match self {
            Value::Text(text) => text.is_empty(),
            Value::Number(number, _) => !number.is_finite(),
            Value::Time(_) => false,
        }
    }

    /// The whole number next to `number`, or nothing if it is outside `range`.
    #[inline]
    pub fn whole(number: f64, range: RangeInclusive<f64>) -> Value<'static> {
        let number = number.round();
        if range.contains(&number) {
            Value::Number(number, 0)
        } else {
            Value::NOTHING
        }
    }

    /// A number with at most three decimal places, or nothing if it is outside `range`.
    #[inline]
    pub fn fine(number: f64, range: RangeInclusive<f64>) -> Value<'static> {
        if range.contains(&number) {
            Value::Number(number, FINE)
        } else {
            Value::NOTHING
        }
    }

    /// Latitude and longitude, in degrees, if they are a place on Earth.
    ///
    /// They have at most eight decimal places. 180° east becomes 180° west, as the schemas of GPX and
    /// TCX end just before it.
    #[inline]
    pub fn position(latitude: f64, longitude: f64) -> Option<[Value<'static>; 2]> {
        if !(-90.0..=90.0).contains(&latitude) || !(-180.0..=180.0).contains(&longitude) {
            return None;
        }
        let longitude = if longitude >= 180.0 - 5e-9 {
            -180.0
        } else {
            longitude
        };
        Some([
            Value::Number(latitude, DEGREES),
            Value::Number(longitude, DEGREES),
        ])
    }

    /// This value, or 0 if it says nothing.
    #[inline]
    #[must_use]
    pub fn or_0(self) -> Self {
        if self.is_nothing() {
            Value::Number(0.0, 0)
        } else {
            self
        }
    }

    /// This value if `condition` holds, else nothing.
    #[inline]
    #[must_use]
    pub fn only_if(self, condition: bool) -> Self {
        if condition { self } else { Value::NOTHING }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_out_of_range_is_nothing() {
        assert_eq!(Value::whole(119.6, 1.0..=254.0), Value::Number(120.0, 0));
        for odd in [0.4, 254.5, f64::NAN, f64::INFINITY] {
            assert!(Value::whole(odd, 1.0..=254.0).is_nothing());
        }
        assert_eq!(Value::fine(0.5, 0.0..=9.0), Value::Number(0.5, 3));
        assert!(Value::fine(-0.1, 0.0..=9.0).is_nothing());
        assert!(Value::fine(f64::NAN, 0.0..=9.0).is_nothing());
        assert_eq!(Value::NOTHING.or_0(), Value::Number(0.0, 0));
        assert!(Value::Text("a").only_if(false).is_nothing());
    }

    #[test]
    fn the_date_line_is_west() {
        for (longitude, expect) in [
            (180.0, -180.0),
            (179.999_999_999, -180.0),
            (180.0 - 5e-9, -180.0),
            (179.999_999_99, 179.999_999_99),
            (-180.0, -180.0),
        ] {
            let [_, found] = Value::position(0.0, longitude).unwrap();
            assert_eq!(found, Value::Number(expect, 8));
        }
        for (latitude, longitude) in [(90.1, 0.0), (0.0, 180.1), (f64::NAN, 0.0), (0.0, f64::NAN)] {
            assert_eq!(Value::position(latitude, longitude), None);
        }
    }
}
