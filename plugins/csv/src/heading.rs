//! The title of a column: a name, and its unit in parentheses.

use pipeline_plugin::Field;

/// Columns of the file that are no values; a field of that name gets an underscore.
const TAKEN: [&str; 3] = ["time", "elapsed", "lap"];

/// `heart_rate (bpm)`.
pub(crate) fn title(field: &Field) -> String {
    let (name, unit) = (field.name(), field.unit());
    let underscore = if TAKEN.contains(&name) { "_" } else { "" };
    if unit.is_empty() && !name.ends_with([')', ']']) {
        return format!("{name}{underscore}");
    }
    // A name that ends with a parenthesis gets empty ones for its unit.
    format!("{name}{underscore} ({unit})")
}

/// Name and unit of a title: `name (unit)`, `name [unit]` or `name`.
pub(crate) fn split(title: &str) -> (&str, Option<&str>) {
    let title = title.trim();
    let (open, close) = match title.chars().next_back() {
        Some(')') => ('(', ')'),
        Some(']') => ('[', ']'),
        _ => return (title, None),
    };
    let mut depth = 0_u32;
    for (at, c) in title.char_indices().rev() {
        if c == close {
            depth += 1;
        } else if c == open {
            depth -= 1;
        }
        if depth == 0 {
            let (name, unit) = title.split_at(at);
            let unit = unit.trim_matches([open, close]).trim();
            return (name.trim(), Some(unit));
        }
    }
    (title, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_a_name_and_a_unit() {
        let check = |title: &str, name: &str, unit: Option<&str>| {
            assert_eq!(split(title), (name, unit), "{title:?}");
        };
        check("heart_rate (bpm)", "heart_rate", Some("bpm"));
        check(" HRCur (bpm)", "HRCur", Some("bpm"));
        check("Temp [°C]", "Temp", Some("°C"));
        check("power", "power", None);
        check("calm ()", "calm", Some(""));
        check("left (raw) (V)", "left (raw)", Some("V"));
        check("force (N (approx))", "force", Some("N (approx"));
        check("odd)", "odd)", None);
        check("(s)", "", Some("s"));
        check("", "", None);
    }

    #[test]
    fn what_is_written_is_read() {
        for (name, unit) in [
            ("speed", "m/s"),
            ("total_cycles", ""),
            ("left (raw)", ""),
            ("left (raw)", "V"),
            ("drag_factor", "1e-6 N m s2"),
        ] {
            let title = title(&Field::new(name, unit));
            let (back, back_unit) = split(&title);
            assert_eq!((back, back_unit.unwrap_or_default()), (name, unit));
        }
    }
}
