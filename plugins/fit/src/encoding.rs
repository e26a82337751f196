//! How an activity is encoded, beyond what the stream says.

use std::borrow::Cow;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::Deserialize;

/// How an activity is encoded, beyond what the stream says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Encoding {
    /// What the file says made it.
    pub creator: Creator,
    /// The local time of the activity; `None` for the recorder's own offset, else UTC.
    pub timezone: Option<UtcOffset>,
}

/// What the file says made it.
///
/// The default is the truth: this program, under the manufacturer number for development.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(inline)]
pub struct Creator {
    /// Manufacturer number of the FIT profile; 255 is "development".
    #[schemars(range(min = 0, max = 65_535), extend("examples" = [255]))]
    pub manufacturer: u16,
    /// Product number of that manufacturer.
    #[schemars(range(min = 0, max = 65_535))]
    pub product: u16,
    /// Serial number; not 0.
    #[schemars(range(min = 1, max = 4_294_967_295_u32))]
    pub serial: u32,
    /// Name of the product.
    pub name: String,
}

impl Default for Creator {
    fn default() -> Self {
        // The serial number only has to be stable and not zero.
        Self {
            manufacturer: 255,
            product: 1,
            serial: 1_346_981_957,
            name: "pipeline".to_owned(),
        }
    }
}

/// A fixed offset from UTC in seconds: `+02:00`, `-05:30`, `UTC`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
        let (hours, minutes) = digits.split_once(':').ok_or_else(wrong)?;
        let number = |text: &str| {
            text.bytes()
                .all(|byte| byte.is_ascii_digit())
                .then(|| text.parse::<i32>().ok())?
        };
        match (number(hours), number(minutes)) {
            (Some(hours @ 0..=14), Some(minutes @ 0..=59)) if digits.len() == 5 => {
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
        assert_eq!(check("UTC"), Some(0));
        for wrong in [
            "2",
            "+2:00",
            "+25:00",
            "+02:60",
            "Europe/Berlin",
            "",
            "+é:00",
        ] {
            assert_eq!(check(wrong), None, "{wrong}");
        }
    }
}
