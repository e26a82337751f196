//! A value of any field.

use std::borrow::Cow;

/// The value of a field, read or to be written.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value<'a> {
    /// Not measured: the field holds the invalid pattern.
    Missing,
    /// A physical value in the field's unit.
    Number(f64),
    /// A raw integer, neither scaled nor shifted: exact where `f64` isn't (64-bit fields).
    Integer(i128),
    /// The physical values of an array; NaN for elements that hold the invalid pattern.
    Numbers(Cow<'a, [f64]>),
    /// A text.
    Text(Cow<'a, str>),
    /// Bytes as they are in the file.
    Bytes(Cow<'a, [u8]>),
}

impl Value<'_> {
    /// The physical value; the first one of an array. `None` if there is no number.
    #[expect(
        clippy::cast_precision_loss,
        reason = "whoever needs all digits matches `Integer`"
    )]
    pub fn number(&self) -> Option<f64> {
        match self {
            Value::Number(number) => Some(*number),
            Value::Integer(raw) => Some(*raw as f64),
            Value::Numbers(numbers) => numbers.first().copied().filter(|number| !number.is_nan()),
            _ => None,
        }
    }

    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The same value without a borrow.
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Value::Missing => Value::Missing,
            Value::Number(number) => Value::Number(number),
            Value::Integer(raw) => Value::Integer(raw),
            Value::Numbers(numbers) => Value::Numbers(Cow::Owned(numbers.into_owned())),
            Value::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Value::Bytes(bytes) => Value::Bytes(Cow::Owned(bytes.into_owned())),
        }
    }
}

impl From<f64> for Value<'_> {
    fn from(number: f64) -> Self {
        if number.is_nan() {
            Value::Missing
        } else {
            Value::Number(number)
        }
    }
}

impl From<u8> for Value<'_> {
    fn from(number: u8) -> Self {
        Value::Number(number.into())
    }
}

impl From<u16> for Value<'_> {
    fn from(number: u16) -> Self {
        Value::Number(number.into())
    }
}

impl From<u32> for Value<'_> {
    fn from(number: u32) -> Self {
        Value::Number(number.into())
    }
}

impl From<i32> for Value<'_> {
    fn from(number: i32) -> Self {
        Value::Number(number.into())
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Value::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<&'a [f64]> for Value<'a> {
    fn from(numbers: &'a [f64]) -> Self {
        Value::Numbers(Cow::Borrowed(numbers))
    }
}

impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Value::Bytes(Cow::Borrowed(bytes))
    }
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Missing, Into::into)
    }
}
