//! Texts: encodings, entities, attributes.

use std::borrow::Cow;

use quick_xml::events::BytesStart;

/// How texts are encoded; numbers, times and names of elements are ASCII in all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8,
    /// Also stands for Windows-1252, whose few other characters no name of a device has.
    Latin1,
}

impl Encoding {
    /// The encoding that `<?xml …?>` declares, if `instruction` is that and says so.
    pub(crate) fn declared(instruction: &[u8]) -> Option<Encoding> {
        let attributes = instruction.strip_prefix(b"xml")?;
        let name = attribute(attributes, "encoding").to_ascii_lowercase();
        Some(match name.as_str() {
            "iso-8859-1" | "iso-8859-15" | "latin1" | "latin-1" | "windows-1252" | "cp1252" => {
                Encoding::Latin1
            }
            _ => Encoding::Utf8,
        })
    }

    /// Decodes `raw`; and whether that went without replacing anything.
    pub(crate) fn decode(self, raw: &[u8]) -> (Cow<'_, str>, bool) {
        match (std::str::from_utf8(raw), self) {
            (Ok(text), _) => (Cow::Borrowed(text), true),
            (Err(_), Encoding::Latin1) => (raw.iter().map(|&b| char::from(b)).collect(), true),
            (Err(_), Encoding::Utf8) => (String::from_utf8_lossy(raw), false),
        }
    }
}

/// The value of the attribute `local`, whatever its prefix; empty when there is none.
pub(crate) fn attribute(attributes: &[u8], local: &str) -> String {
    let text = String::from_utf8_lossy(attributes);
    let tag = BytesStart::from_content(&*text, 0);
    tag.attributes()
        .with_checks(false)
        .map_while(Result::ok)
        .find(|attribute| attribute.key.local_name().as_ref() == local)
        .map(|attribute| attribute.value.into_owned())
        .unwrap_or_default()
}

/// `text` with its entities and character references resolved; `None` if it has unknown ones.
pub(crate) fn unescape(text: &str) -> Option<String> {
    quick_xml::escape::unescape(text).ok().map(Cow::into_owned)
}

/// `text` without control characters and white space around it; and whether there were controls.
pub(crate) fn clean(text: &str) -> (String, bool) {
    let illegal = |c: char| c.is_control() && !c.is_ascii_whitespace();
    let cleaned: String = text.chars().filter(|&c| !illegal(c)).collect();
    (cleaned.trim().to_owned(), text.contains(illegal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_attributes_by_local_name() {
        let attributes = br#" xmlns:x="urn:x" x:Sport = 'Other' StartTime="2020""#;
        assert_eq!(attribute(attributes, "Sport"), "Other");
        assert_eq!(attribute(attributes, "StartTime"), "2020");
        assert_eq!(attribute(attributes, "Nothing"), "");
        assert_eq!(attribute(b" Sport=Other", "Sport"), "");
        assert_eq!(attribute(b"", "Sport"), "");
    }

    #[test]
    fn resolves_entities() {
        assert_eq!(
            unescape("a &amp; b &#60;&#x3e;").as_deref(),
            Some("a & b <>")
        );
        assert_eq!(unescape("&nbsp;"), None);
        assert_eq!(unescape("a & b"), None);
    }

    #[test]
    fn decodes_latin_1_when_declared() {
        let declared = Encoding::declared(b"xml version='1.0' encoding='ISO-8859-1' ").unwrap();
        assert_eq!(declared.decode(b"Ren\xe9").0, "René");
        assert_eq!(
            Encoding::Utf8.decode(b"Ren\xe9"),
            (Cow::Borrowed("Ren\u{fffd}"), false)
        );
    }

    #[test]
    fn drops_control_characters() {
        assert_eq!(clean("Concept2\0\0\0"), ("Concept2".to_owned(), true));
        assert_eq!(clean("  two\nlines "), ("two\nlines".to_owned(), false));
    }
}
