use serde_json::{Number, Value};

use super::Wrong;
use crate::diagnostic::shorten;
use crate::schema::Bounds;

/// A whole number, written plainly: neither `010` nor `1e3` nor `"5"`.
pub(super) fn integer(text: &str, quoted: bool, bounds: Bounds) -> Result<Value, Wrong> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let value = if plain {
        text.parse::<i64>().ok()
    } else {
        None
    };
    let Some(value) = value else {
        let help = meant(text, bounds).filter(|value| value.fract().abs() < f64::EPSILON);
        return Err(no_number("a whole number", text, help));
    };
    if quoted {
        return Err(without_quotes(text));
    }
    if digits.len() > 1 && digits.starts_with('0') {
        // Octal to some readers, decimal to others.
        return Err(no_number(
            "a whole number without leading zeros",
            text,
            Some(to_f64(value)),
        ));
    }
    within(to_f64(value), bounds)?;
    Ok(Value::Number(value.into()))
}

/// A number such as `5`, `-0.5` or `1e3`.
pub(super) fn number(text: &str, quoted: bool, bounds: Bounds) -> Result<Value, Wrong> {
    let is_number = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | 'e' | 'E');
    let plain = text.chars().all(is_number);
    let value = if plain {
        text.parse::<f64>().ok()
    } else {
        None
    };
    match value.filter(|value| value.is_finite()) {
        Some(_) if quoted => Err(without_quotes(text)),
        Some(value) => {
            within(value, bounds)?;
            Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
        }
        None => Err(no_number("a number", text, meant(text, bounds))),
    }
}

/// The number that somebody meant who wrote `1_000`, `1e3`, `2,5` or `"5"`.
fn meant(text: &str, bounds: Bounds) -> Option<f64> {
    let value: f64 = text
        .trim()
        .replace('_', "")
        .replace(',', ".")
        .parse()
        .ok()?;
    (value.is_finite() && value.abs() < 1e15 && within(value, bounds).is_ok()).then_some(value)
}

fn no_number(expected: &str, text: &str, meant: Option<f64>) -> Wrong {
    let help = meant.map_or_else(
        || format!("write {expected}"),
        |value| format!("write `{value}`"),
    );
    (format!("is {expected}, not `{}`", shorten(text)), help)
}

fn without_quotes(text: &str) -> Wrong {
    let text = shorten(text);
    (
        "is a number, not a text".to_owned(),
        format!("write `{text}` without quotes"),
    )
}

fn within(value: f64, bounds: Bounds) -> Result<(), Wrong> {
    let too_small = bounds.least.is_some_and(|least| value < least);
    let too_great = bounds.greatest.is_some_and(|greatest| value > greatest);
    if !too_small && !too_great {
        return Ok(());
    }
    let message = format!("can't be {value}");
    let help = match bounds {
        Bounds {
            least: Some(least),
            greatest: Some(greatest),
        } => {
            format!("write a number from {least} to {greatest}")
        }
        Bounds {
            least: Some(least), ..
        } => format!("write a number of at least {least}"),
        Bounds {
            greatest: Some(greatest),
            ..
        } => format!("write a number of at most {greatest}"),
        Bounds { .. } => String::new(),
    };
    Err((message, help))
}

#[expect(clippy::cast_precision_loss, reason = "for bounds and help texts only")]
fn to_f64(value: i64) -> f64 {
    value as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_never_change_silently() {
        let bounds = Bounds {
            least: Some(0.0),
            greatest: Some(5000.0),
        };
        let text = |result: Result<Value, Wrong>| match result {
            Ok(value) => value.to_string(),
            Err((message, help)) => format!("{message}; {help}"),
        };
        let whole = |value: &str| text(integer(value, false, bounds));
        assert_eq!(whole("12"), "12");
        assert_eq!(whole("0"), "0");
        assert_eq!(
            whole("010"),
            "is a whole number without leading zeros, not `010`; write `10`"
        );
        assert_eq!(whole("1e3"), "is a whole number, not `1e3`; write `1000`");
        assert_eq!(
            whole("1_000"),
            "is a whole number, not `1_000`; write `1000`"
        );
        assert_eq!(
            whole("0x10"),
            "is a whole number, not `0x10`; write a whole number"
        );
        assert_eq!(
            whole("2.5"),
            "is a whole number, not `2.5`; write a whole number"
        );
        assert_eq!(whole("-1"), "can't be -1; write a number from 0 to 5000");
        assert_eq!(
            whole("99999999999999999999"),
            "is a whole number, not `99999999999999999999`; write a whole number"
        );
        assert_eq!(
            text(integer("5", true, bounds)),
            "is a number, not a text; write `5` without quotes"
        );
        let real = |value: &str| text(number(value, false, bounds));
        assert_eq!(real("2.5"), "2.5");
        assert_eq!(real("1e3"), "1000.0");
        assert_eq!(real("2,5"), "is a number, not `2,5`; write `2.5`");
        assert_eq!(real(".inf"), "is a number, not `.inf`; write a number");
        assert_eq!(real("nan"), "is a number, not `nan`; write a number");
    }
}
