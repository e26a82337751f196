//! Texts: encodings, entities, attributes.

use std::borrow::Cow;

use crate::grammar::Raw;
use crate::scan::local;

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
        let attributes = Attributes(instruction.strip_prefix(b"xml")?);
        let name = attributes.get(b"encoding")?.bytes.to_ascii_lowercase();
        Some(match name.as_slice() {
            b"iso-8859-1" | b"iso-8859-15" | b"latin1" | b"latin-1" | b"windows-1252"
            | b"cp1252" => Encoding::Latin1,
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

/// The attributes of a tag: the text after its name.
///
/// What is no attribute ends them, as nothing behind it can be trusted.
#[derive(Debug, Clone)]
pub struct Attributes<'a>(pub(crate) &'a [u8]);

impl<'a> Attributes<'a> {
    /// The value of the attribute `name`, whatever its prefix.
    pub fn get(&self, name: &[u8]) -> Option<Raw<'a>> {
        self.clone()
            .find(|(found, _)| *found == name)
            .map(|(_, value)| value)
    }

    /// The value of the attribute `name`, empty where there is none.
    pub fn value(&self, name: &[u8]) -> Raw<'a> {
        self.get(name).unwrap_or(Raw::literal(&[]))
    }
}

/// The names without their prefixes, and the values.
impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a [u8], Raw<'a>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let text = self.0.trim_ascii_start();
        let stop = |&b: &u8| b == b'=' || b.is_ascii_whitespace();
        let (name, rest) = text.split_at_checked(text.iter().position(stop)?)?;
        let rest = rest.trim_ascii_start().strip_prefix(b"=")?;
        let (quote @ (b'"' | b'\''), rest) = rest.trim_ascii_start().split_first()? else {
            return None;
        };
        let end = rest.iter().position(|b| b == quote)?;
        let (value, rest) = rest.split_at_checked(end)?;
        self.0 = rest.get(1..)?;
        Some((local(name), Raw::escaped(value)))
    }
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
        let attributes =
            Attributes(br#" xmlns:x="urn:x" x:Sport = 'Other' StartTime="2020" quote='a"b'"#);
        let get = |name: &str| attributes.get(name.as_bytes()).map(|raw| raw.bytes);
        assert_eq!(get("Sport"), Some(&b"Other"[..]));
        assert_eq!(get("StartTime"), Some(&b"2020"[..]));
        assert_eq!(get("quote"), Some(&b"a\"b"[..]));
        assert_eq!(get("Nothing"), None);
        for none in [
            &b" Sport=Other"[..],
            b"",
            b" ",
            b"Sport",
            b"Sport=",
            b"Sport='",
        ] {
            assert!(Attributes(none).get(b"Sport").is_none());
        }
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
