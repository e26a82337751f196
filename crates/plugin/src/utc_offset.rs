use std::borrow::Cow;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::Deserialize;

/// A fixed offset from UTC in seconds, east positive. Its text form is `+02:00`, `-05:30` or
/// `UTC`; `+2` and `+0200` are understood, too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UtcOffset(pub i32);

impl FromStr for UtcOffset {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no offset from UTC; write `+02:00`, `-05:30` or `UTC`");
        if matches!(text, "UTC" | "Z") {
            return Ok(Self(0));
        }
        let (sign, digits) = match text.split_at_checked(1) {
            Some(("+", digits)) => (1, digits),
            Some(("-", digits)) => (-1, digits),
            _ => return Err(wrong()),
        };
        let (hours, minutes) = match digits.split_once(':') {
            Some((hours, minutes)) if minutes.len() == 2 => (hours, minutes),
            Some(_) => return Err(wrong()),
            None if digits.len() == 4 => digits.split_at_checked(2).ok_or_else(wrong)?,
            None => (digits, "00"),
        };
        let number = |text: &str| {
            let is_number =
                matches!(text.len(), 1 | 2) && text.bytes().all(|byte| byte.is_ascii_digit());
            is_number.then(|| text.parse::<i32>().ok())?
        };
        match (number(hours), number(minutes)) {
            // No place is further from UTC than 14 hours.
            (Some(hours @ 0..=14), Some(minutes @ 0..=59)) => {
                Ok(Self(sign * (hours * 3600 + minutes * 60)))
            }
            _ => Err(wrong()),
        }
    }
}

impl<'de> Deserialize<'de> for UtcOffset {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for UtcOffset {
    fn schema_name() -> Cow<'static, str> {
        "UtcOffset".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "examples": ["+02:00"] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_has_a_sign_hours_and_minutes() {
        let check = |text: &str| text.parse().map(|UtcOffset(seconds)| seconds).ok();
        assert_eq!(check("+02:00"), Some(7200));
        assert_eq!(check("-05:30"), Some(-19_800));
        assert_eq!(check("+14:00"), Some(50_400));
        assert_eq!(check("UTC"), Some(0));
        assert_eq!(check("+2"), Some(7200));
        assert_eq!(check("-5:30"), Some(-19_800));
        assert_eq!(check("+0200"), Some(7200));
        for wrong in [
            "2",
            "+2:0",
            "+002:0",
            "+25:00",
            "+02:60",
            "Europe/Berlin",
            "",
            "+020",
            "+15",
            "+",
            ":00.00",
            "+é:00",
        ] {
            assert_eq!(check(wrong), None, "{wrong}");
        }
    }
}
