use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{Header, Summary};

/// The longest name, in bytes, with its ending.
const LONGEST: usize = 100;

/// A file name with placeholders, as a sink's option.
///
/// The default names an activity by UTC start, sport, distance and the first digits of the
/// content key, `2026-07-24T103005Z_rowing_10000m_3f9a1c2e.fit`: it says what it is, sorts by
/// time, and two activities never share one.
///
/// Data never chooses a folder, nor any character beyond `[A-Za-z0-9._-]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameTemplate(Cow<'static, str>);

impl NameTemplate {
    /// What can stand in braces.
    pub const PLACEHOLDERS: [&'static str; 6] =
        ["start", "date", "sport", "distance", "key", "input"];

    /// The name of a stream's file with that ending (without the dot), which is added where the
    /// template does not have it.
    pub fn fill(&self, header: &Header, summary: &Summary, extension: &str) -> String {
        let start = summary.start.for_file_name();
        let metres = summary.totals.distance;
        let distance = if metres.is_nan() {
            "0m".to_owned()
        } else {
            format!("{metres:.0}m")
        };
        let input = header.name.rsplit(['/', '\\']).next().unwrap_or_default();
        let input = input.strip_suffix(".gz").unwrap_or(input);
        let input = input.rsplit_once('.').map_or(input, |(stem, _)| stem);
        let template = match self.0.rsplit_once('.') {
            Some((stem, ending)) if ending.eq_ignore_ascii_case(extension) => stem,
            _ => &self.0,
        };
        let stem = template
            .replace("{start}", &start)
            .replace("{date}", start.split('T').next().unwrap_or_default())
            .replace("{sport}", header.sport.sport())
            .replace("{distance}", &distance)
            .replace("{key}", &summary.content_key.short())
            .replace("{input}", input);
        plain(&stem, extension)
    }
}

impl Default for NameTemplate {
    fn default() -> Self {
        Self(Cow::Borrowed("{start}_{sport}_{distance}_{key}"))
    }
}

impl FromStr for NameTemplate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.contains(['/', '\\']) {
            return Err("a name has no folders: use `folder` for them".to_owned());
        }
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            let inside = &rest[open + 1..];
            let close = inside.find('}').ok_or("a `{` has no `}`")?;
            let name = &inside[..close];
            if !Self::PLACEHOLDERS.contains(&name) {
                let known = Self::PLACEHOLDERS
                    .map(|name| format!("{{{name}}}"))
                    .join(", ");
                return Err(format!("unknown placeholder `{{{name}}}`; known: {known}"));
            }
            rest = &inside[close + 1..];
        }
        if text.trim_matches(['.', ' ']).is_empty() {
            return Err("the name is empty".to_owned());
        }
        Ok(Self(text.to_owned().into()))
    }
}

impl fmt::Display for NameTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for NameTemplate {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

impl serde::Serialize for NameTemplate {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl JsonSchema for NameTemplate {
    fn schema_name() -> Cow<'static, str> {
        "NameTemplate".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string" })
    }
}

/// Only characters that every file system and every cloud folder takes, and not too many.
fn plain(stem: &str, extension: &str) -> String {
    let safe: String = stem
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') {
                c
            } else {
                '_'
            }
        })
        .take(LONGEST - ".".len() - extension.len())
        .collect();
    let safe = safe.trim_start_matches(['.', '-']);
    let stem = if safe.is_empty() { "activity" } else { safe };
    format!("{stem}.{extension}")
}

#[cfg(test)]
mod tests;
