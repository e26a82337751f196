//! File names of activities. Data never chooses a folder, nor any character beyond
//! `[A-Za-z0-9._-]`.

use pipeline_plugin::{Header, Summary};

/// The longest name, in bytes.
const LONGEST: usize = 100;

/// The name of an activity in an upload folder: UTC start, sport, distance and the first
/// digits of the content key, `2026-07-24T103005Z_rowing_10000m_3f9a1c2e.fit`.
///
/// It says what it is, sorts by time, and two activities never share one.
pub fn activity_name(header: &Header, summary: &Summary) -> String {
    NameTemplate::ACTIVITY.fill(header, summary)
}

/// A file name with placeholders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameTemplate(std::borrow::Cow<'static, str>);

impl NameTemplate {
    /// The template of [`activity_name`].
    pub const ACTIVITY: Self = Self(std::borrow::Cow::Borrowed(
        "{start}_{sport}_{distance}_{key}.fit",
    ));

    /// What can stand in braces.
    pub const PLACEHOLDERS: [&'static str; 6] =
        ["start", "date", "sport", "distance", "key", "input"];

    /// A template; an ending `.fit` is added where there is none.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn new(text: &str) -> Result<Self, String> {
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
        let ending = text
            .rsplit_once('.')
            .is_some_and(|(_, end)| end.eq_ignore_ascii_case("fit"));
        Ok(Self(
            if ending {
                text.to_owned()
            } else {
                format!("{text}.fit")
            }
            .into(),
        ))
    }

    /// The name for one stream.
    pub fn fill(&self, header: &Header, summary: &Summary) -> String {
        let start = summary.start.for_file_name();
        let metres = summary.totals.distance;
        let distance = if metres.is_nan() {
            "0m".to_owned()
        } else {
            format!("{metres:.0}m")
        };
        let input = header.name.rsplit(['/', '\\']).next().unwrap_or_default();
        let input = input.rsplit_once('.').map_or(input, |(stem, _)| stem);
        let name = self
            .0
            .replace("{start}", &start)
            .replace("{date}", start.split('T').next().unwrap_or_default())
            .replace("{sport}", header.sport.sport())
            .replace("{distance}", &distance)
            .replace("{key}", &summary.content_key.short())
            .replace("{input}", input);
        plain(&name)
    }
}

/// Only characters that every file system and every cloud folder takes, and not too many.
fn plain(name: &str) -> String {
    let stem = name.strip_suffix(".fit").unwrap_or(name);
    let safe: String = stem
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') {
                c
            } else {
                '_'
            }
        })
        .take(LONGEST - ".fit".len())
        .collect();
    let safe = safe.trim_start_matches(['.', '-']);
    format!("{}.fit", if safe.is_empty() { "activity" } else { safe })
}

#[cfg(test)]
mod tests {
    use pipeline_plugin::{ContentKey, Sport, Timestamp, Totals};

    use super::*;

    fn check(template: &str, input: &str) -> String {
        let header = Header {
            name: input.to_owned(),
            sport: Sport::INDOOR_ROWING,
            ..Header::default()
        };
        let summary = Summary {
            start: Timestamp::parse("2026-07-24T10:30:05.4Z").unwrap(),
            totals: Totals {
                distance: 9999.6,
                ..Totals::default()
            },
            content_key: ContentKey([0x3f; 32]),
            ..Summary::default()
        };
        NameTemplate::new(template).map_or_else(|error| error, |name| name.fill(&header, &summary))
    }

    #[test]
    fn names_are_plain() {
        let usual = "{start}_{sport}_{distance}_{key}.fit";
        assert_eq!(
            check(usual, "x"),
            "2026-07-24T103005Z_rowing_10000m_3f3f3f3f.fit"
        );
        assert_eq!(check("{input}", "in/Row 1 — é.tcx"), "Row_1____.fit");
        assert_eq!(check("{input}.fit", "../../.bashrc"), "activity.fit");
        assert_eq!(check("{date}.FIT", "x"), "2026-07-24.FIT.fit");
        assert_eq!(check("{input}", &"x".repeat(300)).len(), LONGEST);
        assert!(check("a/{input}", "x").starts_with("a name has no folders"));
        assert!(check("{strat}", "x").starts_with("unknown placeholder `{strat}`"));
        assert_eq!(check("{start", "x"), "a `{` has no `}`");
    }
}
