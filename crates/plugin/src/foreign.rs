/// Whether a character of a text from outside (the name of a file or of a device, say) could play
/// tricks with a terminal or with who reads it.
///
/// So do control characters, marks and overrides that turn the direction of writing, separators of
/// lines and paragraphs, and the space without a width. Joiners (U+200C and U+200D) do not: names in
/// Persian and pictures of people are made with them.
pub fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_all_peoples_stay_as_they_are() {
        for name in ["XOSS G-040989", "Körper 🚣‍♀️", "می‌خواهم", "שלום"] {
            assert!(!name.contains(is_hostile), "{name}");
        }
        for hostile in [
            "\u{1b}[2J",
            "a\u{202e}b",
            "a\tb",
            "a\u{2029}b",
            "a\u{200b}b",
            "\u{9b}",
        ] {
            assert!(hostile.contains(is_hostile), "{hostile:?}");
        }
    }
}
