//! Numbers so large that they can be read from the seat of a rower.

use std::fmt::Write;

use crate::words;

/// Lines that a number has.
pub(super) const HEIGHT: usize = 5;

/// What stands between two numbers.
const GAP: usize = 4;

/// A number with what it counts in, and for how many characters there is always room, so that the
/// others stay where they are.
pub(super) struct Number {
    pub(super) text: String,
    pub(super) unit: &'static str,
    pub(super) room: usize,
}

/// The units and below them the numbers, as many as fit into `width`, from the first; nothing if
/// none does.
pub(super) fn lines(numbers: &[Number], width: usize) -> Vec<String> {
    let mut shown = Vec::new();
    let mut used = 0;
    for number in numbers {
        let text = format!("{:>1$}", number.text, number.room);
        let wide = wide(&text);
        let with_gap = if shown.is_empty() { 2 } else { GAP };
        used += with_gap + wide;
        if used > width {
            break;
        }
        shown.push((with_gap, wide, text, number.unit));
    }
    if shown.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![String::new(); HEIGHT + 1];
    for (gap, wide, text, unit) in shown {
        for (row, line) in lines.iter_mut().enumerate() {
            line.extend(std::iter::repeat_n(' ', gap));
            match row.checked_sub(1) {
                None => {
                    let _ = write!(line, "{unit:>wide$}");
                }
                Some(row) => line.push_str(&drawn(&text, row)),
            }
        }
    }
    for line in &mut lines {
        line.truncate(line.trim_end().len());
    }
    lines
}

/// The columns of a text in large.
fn wide(text: &str) -> usize {
    drawn(text, 0).chars().count()
}

/// One line of a text in large.
fn drawn(text: &str, row: usize) -> String {
    let mut line = String::new();
    for (index, c) in text.chars().enumerate() {
        if index > 0 {
            line.push(' ');
        }
        let (width, rows) = pattern(c);
        for dot in (0..width).rev() {
            let is_set = rows[row] >> dot & 1 == 1;
            line.push_str(if is_set { "██" } else { "  " });
        }
    }
    line
}

/// How many dots wide a character is, and its dots, a number of bits for each row.
const fn pattern(c: char) -> (u8, [u8; HEIGHT]) {
    match c {
        '0' => (3, [0b111, 0b101, 0b101, 0b101, 0b111]),
        '1' => (3, [0b010, 0b110, 0b010, 0b010, 0b111]),
        '2' => (3, [0b111, 0b001, 0b111, 0b100, 0b111]),
        '3' => (3, [0b111, 0b001, 0b111, 0b001, 0b111]),
        '4' => (3, [0b101, 0b101, 0b111, 0b001, 0b001]),
        '5' => (3, [0b111, 0b100, 0b111, 0b001, 0b111]),
        '6' => (3, [0b111, 0b100, 0b111, 0b101, 0b111]),
        '7' => (3, [0b111, 0b001, 0b001, 0b001, 0b001]),
        '8' => (3, [0b111, 0b101, 0b111, 0b101, 0b111]),
        '9' => (3, [0b111, 0b101, 0b111, 0b001, 0b111]),
        ':' => (1, [0, 1, 0, 1, 0]),
        '.' => (1, [0, 0, 0, 0, 1]),
        words::UNKNOWN => (3, [0, 0, 0b111, 0, 0]),
        _ => (3, [0; HEIGHT]),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    fn number(text: &str, unit: &'static str, room: usize) -> Number {
        Number {
            text: text.to_owned(),
            unit,
            room,
        }
    }

    /// With a line at the left, so that the blanks there count.
    fn edged(lines: &[String]) -> String {
        let lines: Vec<String> = lines.iter().map(|line| format!("|{line}")).collect();
        lines.join("\n")
    }

    #[test]
    fn as_many_as_fit() {
        let numbers = [number("2:04.7", "/500 m", 6), number("9", "spm", 2)];
        expect![[r"
            |                             /500 m              spm
            |  ██████    ██████ ██  ██    ██████           ██████
            |      ██ ██ ██  ██ ██  ██        ██           ██  ██
            |  ██████    ██  ██ ██████        ██           ██████
            |  ██     ██ ██  ██     ██        ██               ██
            |  ██████    ██████     ██ ██     ██           ██████"]]
        .assert_eq(&edged(&lines(&numbers, 80)));
        assert_eq!(lines(&numbers, 40).len(), HEIGHT + 1);
        assert!(lines(&numbers, 40)[0].ends_with("/500 m"));
        assert!(lines(&numbers, 20).is_empty());
    }
}
