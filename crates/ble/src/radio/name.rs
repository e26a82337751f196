//! Names as they come from the air: anybody may send anything.

use pipeline_plugin::is_hostile;

/// More than fits into any advertisement or name characteristic (248 bytes).
const LONGEST: usize = 248;

/// A name that can be shown: control characters and those that turn the direction of writing are
/// replaced, too long ones are cut; `None` when nothing is left.
pub(super) fn shown(name: &str) -> Option<String> {
    let name: String = name
        .trim_end_matches('\0')
        .chars()
        .take(LONGEST)
        .map(|c| if is_hostile(c) { '\u{fffd}' } else { c })
        .collect();
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_harmless() {
        for (sent, expected) in [
            ("XOSS G-040989", Some("XOSS G-040989")),
            ("a\u{1b}[2Jb\u{202e}", Some("a\u{fffd}[2Jb\u{fffd}")),
            ("belt\0\0\0", Some("belt")),
            ("Körper 🚣‍♀️", Some("Körper 🚣‍♀️")),
            ("  ", None),
            ("", None),
        ] {
            assert_eq!(shown(sent).as_deref(), expected, "{sent:?}");
        }
        assert_eq!(
            shown(&"x".repeat(9999)).map(|name| name.len()),
            Some(LONGEST)
        );
    }
}
