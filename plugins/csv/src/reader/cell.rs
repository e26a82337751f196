//! What stands in a cell.

use table::read_number;

/// What a cell holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Cell {
    /// Nothing, or a word for it.
    Blank,
    /// A number.
    Number(f64),
    /// `h:mm:ss`, `mm:ss.s`: so many seconds.
    Clock(f64),
    /// Anything else.
    Other,
}

/// Words for a value that is missing, as programs write them.
const BLANKS: [&[u8]; 8] = [
    b"nan", b"null", b"none", b"na", b"n/a", b"#n/a", b"-", b"--",
];

/// Reads a cell; in files with decimal commas, `4,16` is a number.
#[inline]
pub(crate) fn read(cell: &[u8], decimal_comma: bool) -> Cell {
    match read_number(cell) {
        Some(value) => Cell::Number(value),
        None if cell.is_empty() => Cell::Blank,
        None => unusual(cell, decimal_comma),
    }
}

fn unusual(cell: &[u8], decimal_comma: bool) -> Cell {
    let cell = cell.trim_ascii();
    if cell.is_empty() || BLANKS.iter().any(|blank| cell.eq_ignore_ascii_case(blank)) {
        return Cell::Blank;
    }
    if let Some(value) = number(cell, decimal_comma) {
        return Cell::Number(value);
    }
    clock(cell, decimal_comma).map_or(Cell::Other, Cell::Clock)
}

/// A number, with a decimal comma where they are written so.
fn number(text: &[u8], decimal_comma: bool) -> Option<f64> {
    if !decimal_comma || !text.contains(&b',') {
        return read_number(text);
    }
    // `1.234,5` is not read: nobody can tell whether `1.234` has thousands or decimals.
    if text.contains(&b'.') {
        return None;
    }
    let point = |byte: &u8| if *byte == b',' { b'.' } else { *byte };
    read_number(&text.iter().map(point).collect::<Vec<_>>())
}

/// `h:mm:ss.s` or `mm:ss.s` in seconds.
fn clock(text: &[u8], decimal_comma: bool) -> Option<f64> {
    let mut parts = text.rsplit(|byte| *byte == b':');
    let seconds = parts.next()?;
    let whole = |text: &[u8]| {
        let digits = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
        digits.then(|| read_number(text)).flatten()
    };
    let minutes = whole(parts.next()?)?;
    let hours = match parts.next() {
        Some(hours) => whole(hours)?,
        None => 0.0,
    };
    if parts.next().is_some() || !seconds.first()?.is_ascii_digit() {
        return None;
    }
    let seconds = number(seconds, decimal_comma)?;
    (seconds < 60.0).then_some(hours * 3600.0 + minutes * 60.0 + seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_of_all_sorts() {
        let check = |cell: &str, comma: bool, expect: Cell| {
            assert_eq!(read(cell.as_bytes(), comma), expect, "{cell:?}");
        };
        check("4.16", false, Cell::Number(4.16));
        check(" 4.16 ", false, Cell::Number(4.16));
        check("4,16", true, Cell::Number(4.16));
        check("4.16", true, Cell::Number(4.16));
        check("4,16", false, Cell::Other);
        check("1.234,5", true, Cell::Other);
        check("2:05.3", false, Cell::Clock(125.3));
        check("2:05,3", true, Cell::Clock(125.3));
        check("1:02:03", false, Cell::Clock(3723.0));
        check("90:00", false, Cell::Clock(5400.0));
        for blank in ["", "  ", "NaN", "null", "N/A", "--"] {
            check(blank, false, Cell::Blank);
        }
        for other in [
            "abc", "inf", "1:2:3:4", ":", "1:", ":1", "1:60", "1:-5", "12 W",
        ] {
            check(other, false, Cell::Other);
        }
    }
}
