//! Quantities in settings: `500 m`, `78 kg`, `185 bpm`.
//!
//! A quantity is written with its unit. A bare number is refused, with what to write instead.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A physical dimension: which units may be written, and their factors to the SI unit (or to
/// beats per minute).
pub trait Dimension: 'static {
    /// The format's name in schemas: `length`.
    const NAME: &'static str;
    /// Each unit's symbol and its factor; the first is the one that stands inside.
    const UNITS: &'static [(&'static str, f64)];
    /// What a person would write.
    const EXAMPLE: &'static str;
}

macro_rules! dimensions {
    ($($(#[doc = $doc:literal])* $marker:ident $alias:ident = $name:literal, $example:literal,
       [$($unit:literal $factor:expr),*];)*) => {
        $(
            $(#[doc = $doc])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq)]
            pub enum $marker {}
            impl Dimension for $marker {
                const NAME: &'static str = $name;
                const UNITS: &'static [(&'static str, f64)] = &[$(($unit, $factor)),*];
                const EXAMPLE: &'static str = $example;
            }
            $(#[doc = $doc])*
            pub type $alias = Quantity<$marker>;
        )*
        /// Every dimension: name, units with factors, example.
        const DIMENSIONS: &[(&str, &[(&str, f64)], &str)] =
            &[$(($name, <$marker as Dimension>::UNITS, $example)),*];
    };
}

dimensions! {
    /// A length in metres.
    LengthDimension Length = "length", "500 m",
        ["m" 1.0, "km" 1000.0, "cm" 0.01, "mi" 1609.344, "yd" 0.9144, "ft" 0.3048];
    /// A duration in seconds.
    TimeDimension Duration = "time", "5 min",
        ["s" 1.0, "min" 60.0, "h" 3600.0, "ms" 0.001, "d" 86_400.0];
    /// A mass in kilograms.
    MassDimension Mass = "mass", "78 kg",
        ["kg" 1.0, "g" 0.001, "lb" 0.453_592_37];
    /// A heart rate in beats per minute.
    BeatsDimension Beats = "heart-rate", "185 bpm",
        ["bpm" 1.0, "/min" 1.0];
    /// A share in percent.
    ShareDimension Percent = "percent", "80 %",
        ["%" 1.0];
    /// A power in watts.
    PowerDimension Power = "power", "200 W",
        ["W" 1.0, "kW" 1000.0];
}

/// A number in the inside unit of its dimension; written with a unit.
#[derive(Debug)]
pub struct Quantity<D>(f64, PhantomData<D>);

impl<D: Dimension> Quantity<D> {
    /// A quantity of `value` in the dimension's first unit.
    pub const fn new(value: f64) -> Self {
        Self(value, PhantomData)
    }

    /// The value in the dimension's first unit.
    pub const fn value(self) -> f64 {
        self.0
    }
}

impl<D> Clone for Quantity<D> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<D> Copy for Quantity<D> {}

impl<D> PartialEq for Quantity<D> {
    fn eq(&self, other: &Self) -> bool {
        self.0.total_cmp(&other.0).is_eq()
    }
}

impl<D: Dimension> fmt::Display for Quantity<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {}",
            self.0,
            D::UNITS.first().map_or("", |unit| unit.0)
        )
    }
}

impl<D: Dimension> std::str::FromStr for Quantity<D> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        parse(text, D::NAME).map(|(_, value)| Self::new(value))
    }
}

impl<D: Dimension> Serialize for Quantity<D> {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de, D: Dimension> Deserialize<'de> for Quantity<D> {
    fn deserialize<F: serde::Deserializer<'de>>(from: F) -> Result<Self, F::Error> {
        String::deserialize(from)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

impl<D: Dimension> JsonSchema for Quantity<D> {
    fn schema_name() -> Cow<'static, str> {
        D::NAME.into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schema(D::NAME)
    }
}

/// The schema of an option that takes a quantity of one of these dimensions, separated by `|`:
/// `length|time`.
pub fn schema(format: &str) -> schemars::Schema {
    let examples: Vec<_> = dimensions(format).map(|(_, _, example)| *example).collect();
    schemars::json_schema!({ "type": "string", "format": format, "examples": examples })
}

/// Whether `format` (of a schema) names quantities.
pub fn is_quantity(format: &str) -> bool {
    format
        .split('|')
        .all(|name| DIMENSIONS.iter().any(|(known, ..)| *known == name))
}

fn dimensions(
    format: &str,
) -> impl Iterator<Item = &'static (&'static str, &'static [(&'static str, f64)], &'static str)> {
    DIMENSIONS
        .iter()
        .filter(move |(name, ..)| format.split('|').any(|part| part == *name))
}

/// Reads a quantity of one of the dimensions of `format` (`length`, `length|time`).
///
/// Returns the dimension's name and the value in its inside unit.
///
/// # Errors
///
/// A sentence fragment that says what to write: a missing unit, an unknown one, no number, a
/// negative or infinite one.
pub fn parse(text: &str, format: &str) -> Result<(&'static str, f64), String> {
    let text = text.trim();
    let end = text
        .char_indices()
        .find(|(at, c)| {
            !(c.is_ascii_digit()
                || matches!(c, '.' | '_' | '+' | '-')
                || (matches!(c, 'e' | 'E')
                    && text[at + 1..].starts_with(|c: char| c.is_ascii_digit() || c == '-')))
        })
        .map_or(text.len(), |(at, _)| at);
    let (number, unit) = (&text[..end], text[end..].trim_start());
    let examples: Vec<_> = dimensions(format)
        .map(|(_, _, e)| format!("`{e}`"))
        .collect();
    let examples = examples.join(" or ");
    let Ok(value) = number.replace('_', "").parse::<f64>() else {
        return Err(format!(
            "`{text}` is no quantity: write for example {examples}"
        ));
    };
    if unit.is_empty() {
        let guess: Vec<_> = dimensions(format)
            .filter_map(|(_, units, _)| units.first())
            .map(|(unit, _)| format!("`{number} {unit}`"))
            .collect();
        return Err(format!("the unit is missing: write {}", guess.join(" or ")));
    }
    let found = dimensions(format).find_map(|(name, units, _)| {
        let exact = units.iter().find(|(symbol, _)| *symbol == unit);
        let (_, factor) = exact.or_else(|| {
            units
                .iter()
                .find(|(symbol, _)| symbol.eq_ignore_ascii_case(unit))
        })?;
        Some((*name, value * factor))
    });
    match found {
        None => {
            let known: Vec<_> = dimensions(format)
                .flat_map(|(_, units, _)| units.iter().map(|u| u.0))
                .collect();
            Err(format!(
                "unknown unit `{unit}`; write one of {}",
                known.join(", ")
            ))
        }
        Some((_, value)) if !value.is_finite() || value < 0.0 => {
            Err(format!("`{text}` must not be negative or infinite"))
        }
        Some(found) => Ok(found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantity_has_a_unit() {
        let check = |text: &str, format: &str| match parse(text, format) {
            Ok((name, value)) => format!("{name} {value}"),
            Err(error) => error,
        };
        assert_eq!(check("500 m", "length"), "length 500");
        assert_eq!(check("500m", "length|time"), "length 500");
        assert_eq!(check("1_500 m", "length"), "length 1500");
        assert_eq!(check("5 min", "length|time"), "time 300");
        assert_eq!(check("1e3 m", "length"), "length 1000");
        assert_eq!(check("2 KM", "length"), "length 2000");
        assert_eq!(check("172 lb", "mass"), "mass 78.01788764");
        assert_eq!(check("500", "length"), "the unit is missing: write `500 m`");
        assert_eq!(
            check("500", "length|time"),
            "the unit is missing: write `500 m` or `500 s`"
        );
        assert_eq!(
            check("5 kg", "heart-rate"),
            "unknown unit `kg`; write one of bpm, /min"
        );
        assert_eq!(
            check("five m", "length"),
            "`five m` is no quantity: write for example `500 m`"
        );
        assert_eq!(
            check("-5 m", "length"),
            "`-5 m` must not be negative or infinite"
        );
    }
}
