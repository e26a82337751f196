//! XML in the making.

use std::io::{self, Write};

use crate::calendar::Calendar;
use crate::value::Value;

/// XML in the making: elements indented by two spaces, texts escaped, numbers as short as they can be.
///
/// It collects bytes until [`write_to`](Self::write_to) passes them on. What is closed is what was
/// opened last, so that the tags always fit together.
#[derive(Debug, Default)]
pub struct Markup {
    bytes: Vec<u8>,
    open: Vec<&'static str>,
    /// How deep the first elements stand.
    base: usize,
    calendar: Calendar,
}

impl Markup {
    /// Markup for a file, beginning with the XML declaration.
    pub fn new() -> Markup {
        Markup {
            bytes: b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_vec(),
            ..Markup::default()
        }
    }

    /// Markup for a part of a file that stands inside `depth` elements.
    pub fn inside(depth: usize) -> Markup {
        Markup {
            base: depth,
            ..Markup::default()
        }
    }

    /// How many bytes wait to be written.
    #[inline]
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether no bytes wait to be written.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// How many elements are open.
    pub fn depth(&self) -> usize {
        self.open.len()
    }

    /// Writes everything collected so far to `out`.
    pub fn write_to(&mut self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(&self.bytes)?;
        self.bytes.clear();
        Ok(())
    }

    /// Opens an element.
    #[inline]
    pub fn open(&mut self, name: &'static str) {
        self.open_with(name, &[]);
    }

    /// Opens an element with attributes, but for those that say nothing.
    #[inline]
    pub fn open_with(&mut self, name: &'static str, attributes: &[(&str, Value<'_>)]) {
        self.indent();
        self.bytes.push(b'<');
        self.bytes.extend_from_slice(name.as_bytes());
        for &(attribute, value) in attributes {
            if !value.is_nothing() {
                self.bytes.push(b' ');
                self.bytes.extend_from_slice(attribute.as_bytes());
                self.bytes.extend_from_slice(b"=\"");
                self.value(value, true);
                self.bytes.push(b'"');
            }
        }
        self.bytes.extend_from_slice(b">\n");
        self.open.push(name);
    }

    /// Closes the element opened last.
    #[inline]
    pub fn close(&mut self) {
        if let Some(name) = self.open.pop() {
            self.indent();
            self.end_tag(name);
        }
    }

    /// An element with a value, unless the value says nothing.
    #[inline]
    pub fn leaf(&mut self, name: &str, value: Value<'_>) {
        if value.is_nothing() {
            return;
        }
        self.indent();
        self.bytes.push(b'<');
        self.bytes.extend_from_slice(name.as_bytes());
        self.bytes.push(b'>');
        self.value(value, false);
        self.end_tag(name);
    }

    /// An element around others with values, unless none of the values says anything.
    #[inline]
    pub fn leaves(&mut self, name: &'static str, values: &[(&str, Value<'_>)]) {
        if values.iter().all(|(_, value)| value.is_nothing()) {
            return;
        }
        self.open(name);
        for &(name, value) in values {
            self.leaf(name, value);
        }
        self.close();
    }

    #[inline]
    fn end_tag(&mut self, name: &str) {
        self.bytes.extend_from_slice(b"</");
        self.bytes.extend_from_slice(name.as_bytes());
        self.bytes.extend_from_slice(b">\n");
    }

    #[inline]
    fn indent(&mut self) {
        const BLANKS: &[u8] = &[b' '; 64];
        let width = 2 * (self.base + self.open.len());
        self.bytes
            .extend_from_slice(BLANKS.get(..width).unwrap_or(BLANKS));
    }

    #[inline]
    fn value(&mut self, value: Value<'_>, in_attribute: bool) {
        match value {
            Value::Text(text) => escape(&mut self.bytes, text, in_attribute),
            Value::Number(number, places) => decimal(&mut self.bytes, number, places),
            Value::Time(micros) => self.calendar.write(&mut self.bytes, micros),
        }
    }
}

/// Writes `text` so that a parser gives it back: marks as entities, control characters not at all.
fn escape(out: &mut Vec<u8>, text: &str, in_attribute: bool) {
    for c in text.chars() {
        match c {
            '&' => out.extend_from_slice(b"&amp;"),
            '<' => out.extend_from_slice(b"&lt;"),
            '>' => out.extend_from_slice(b"&gt;"),
            '"' => out.extend_from_slice(b"&quot;"),
            // Parsers make these a line feed or a space where they stand for themselves.
            '\r' => out.extend_from_slice(b"&#13;"),
            '\n' if in_attribute => out.extend_from_slice(b"&#10;"),
            '\t' if in_attribute => out.extend_from_slice(b"&#9;"),
            '\n' | '\t' => out.extend(u8::try_from(c)),
            // XML can't hold these, not even as entities; C1 controls it can, but they mean nothing.
            '\u{fffe}' | '\u{ffff}' => {}
            c if c.is_control() => {}
            c => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}

/// Writes `number` with at most `places` decimals and no zeros at their end.
#[inline]
fn decimal(out: &mut Vec<u8>, number: f64, places: usize) {
    const TENS: [f64; 10] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
    /// Below it, every whole number is an `f64`.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let places = places.min(TENS.len() - 1);
    let ten = TENS.get(places).copied().unwrap_or(1.0);
    let scaled = (number * ten).round();
    if scaled.abs() >= EXACT {
        return long_decimal(out, number, places);
    }
    if scaled < 0.0 {
        out.push(b'-');
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a whole number from 0 to 2^53, and a power of ten"
    )]
    let (mut fraction, ten) = (scaled.abs() as u64, ten as u64);
    let mut digits = itoa::Buffer::new();
    out.extend_from_slice(digits.format(fraction / ten).as_bytes());
    fraction %= ten;
    if fraction == 0 {
        return;
    }
    let mut unit = ten / 10;
    out.push(b'.');
    while fraction > 0 && unit > 0 {
        // A digit, so the conversion can't fail.
        out.push(b'0' + u8::try_from(fraction / unit).unwrap_or(0));
        fraction %= unit;
        unit /= 10;
    }
}

/// The same for numbers that are too large for it.
#[cold]
fn long_decimal(out: &mut Vec<u8>, number: f64, places: usize) {
    let text = format!("{number:.places$}");
    let text = if places > 0 {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        &text
    };
    out.extend_from_slice(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number(number: f64, places: usize) -> String {
        let mut out = Vec::new();
        decimal(&mut out, number, places);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn numbers_are_as_short_as_they_can_be() {
        for (value, places, expect) in [
            (0.0, 3, "0"),
            (-0.0, 3, "0"),
            (-0.0004, 3, "0"),
            (0.0005, 3, "0.001"),
            (-0.5, 1, "-0.5"),
            (3.92, 3, "3.92"),
            (12.0, 3, "12"),
            (99.999_9, 3, "100"),
            (12.345_678_9, 3, "12.346"),
            (1.05, 2, "1.05"),
            (-77.038_563_4, 8, "-77.0385634"),
            (0.000_000_01, 8, "0.00000001"),
            (71.5, 0, "72"),
            (1e15, 3, "1000000000000000"),
            (1.5e15, 1, "1500000000000000"),
            (1e20, 2, "100000000000000000000"),
        ] {
            assert_eq!(number(value, places), expect);
        }
    }

    #[test]
    fn elements_are_indented_and_say_nothing_of_nothing() {
        let mut markup = Markup::new();
        markup.open_with(
            "a",
            &[
                ("text", Value::Text("<\"&'>\n\t")),
                ("none", Value::Text("")),
                ("number", Value::Number(1.5, 3)),
                ("nan", Value::Number(f64::NAN, 3)),
            ],
        );
        markup.open("b");
        markup.leaf("c", Value::Text("\0two\r\nlines\tЖ\u{ffff}\u{85}"));
        markup.leaf("d", Value::Number(f64::INFINITY, 3));
        markup.leaf("e", Value::Time(1_606_225_596_000_000));
        markup.leaves("f", &[("g", Value::NOTHING)]);
        markup.leaves("h", &[("i", Value::NOTHING), ("j", Value::Number(2.0, 0))]);
        markup.close();
        markup.close();
        markup.close();
        let mut out = Vec::new();
        markup.write_to(&mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <a text=\"&lt;&quot;&amp;'&gt;&#10;&#9;\" number=\"1.5\">\n\
             \x20 <b>\n\
             \x20   <c>two&#13;\nlines\tЖ</c>\n\
             \x20   <e>2020-11-24T13:46:36Z</e>\n\
             \x20   <h>\n\
             \x20     <j>2</j>\n\
             \x20   </h>\n\
             \x20 </b>\n\
             </a>\n"
        );
        assert!(markup.is_empty());
    }

    proptest! {
        /// What is written is the number to the places asked for, and no digit could be left out.
        #[test]
        fn numbers_are_right(value in -1e7_f64..1e7, places in 0_usize..=9) {
            let text = number(value, places);
            let back: f64 = text.parse().unwrap();
            let half = 0.5 / 10_f64.powi(i32::try_from(places).unwrap());
            let rounding = 4.0 * f64::EPSILON * value.abs();
            prop_assert!((back - value).abs() <= half + rounding, "{} {}", value, text);
            prop_assert!(!text.contains('.') || !text.ends_with(['0', '.']), "{}", text);
        }

        /// FIT counts angles in semicircles of 180/2³¹ degrees: eight places keep every one of them.
        #[test]
        fn eight_places_keep_semicircles(semicircles in any::<i32>()) {
            let degrees = f64::from(semicircles) * (180.0 / 2_147_483_648.0);
            let back: f64 = number(degrees, 8).parse().unwrap();
            prop_assert!((back * (2_147_483_648.0 / 180.0) - f64::from(semicircles)).abs() < 0.1);
        }
    }
}
