//! The JSON of lines with samples, read without building a tree.

use std::borrow::Cow;

use memchr::memchr2;
use table::read_number;

/// What is wrong with a line, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wrong {
    /// The byte in the line, counted from 1.
    pub(crate) column: usize,
    /// What is wrong: a lower-case fragment.
    pub(crate) what: String,
}

/// A place in a line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scan<'a> {
    line: &'a [u8],
    at: usize,
}

impl<'a> Scan<'a> {
    pub(crate) fn new(line: &'a [u8]) -> Self {
        Self { line, at: 0 }
    }

    /// Something is wrong here.
    #[cold]
    pub(crate) fn wrong(&self, what: impl Into<String>) -> Wrong {
        Wrong {
            column: self.at + 1,
            what: what.into(),
        }
    }

    #[cold]
    fn expected(&self, what: &str) -> Wrong {
        match self.rest().first() {
            None => self.wrong(format!("the line ends where {what} was expected")),
            Some(_) => self.wrong(format!("expected {what}")),
        }
    }

    #[inline]
    fn rest(&self) -> &'a [u8] {
        self.line.get(self.at..).unwrap_or_default()
    }

    /// The next byte behind white space.
    #[inline]
    fn peek(&mut self) -> Option<u8> {
        loop {
            match self.line.get(self.at) {
                Some(b' ' | b'\t' | b'\r' | b'\n') => self.at += 1,
                byte => return byte.copied(),
            }
        }
    }

    /// Goes on behind `byte`, if it comes next.
    #[inline]
    pub(crate) fn take(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    /// Goes on behind `byte`, which must come next.
    #[inline]
    pub(crate) fn expect(&mut self, byte: u8) -> Result<(), Wrong> {
        if self.take(byte) {
            Ok(())
        } else {
            Err(self.expected(&format!("`{}`", char::from(byte))))
        }
    }

    /// The line must end here.
    pub(crate) fn end(&mut self) -> Result<(), Wrong> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.wrong("expected the end of the line")),
        }
    }

    /// Goes on behind `text`, if exactly this comes next.
    #[inline]
    pub(crate) fn take_text(&mut self, text: &[u8]) -> bool {
        let is_next = self.rest().starts_with(text);
        if is_next {
            self.at += text.len();
        }
        is_next
    }

    /// A string.
    #[inline]
    pub(crate) fn string(&mut self) -> Result<Cow<'a, str>, Wrong> {
        if self.peek() != Some(b'"') {
            return Err(self.expected("a string"));
        }
        let text = self.line.get(self.at + 1..).unwrap_or_default();
        match memchr2(b'"', b'\\', text) {
            Some(length) if text.get(length) == Some(&b'"') => {
                let bytes = text.get(..length).unwrap_or_default();
                let text = std::str::from_utf8(bytes).map_err(|_| self.wrong("not UTF-8"))?;
                self.at += length + 2;
                Ok(Cow::Borrowed(text))
            }
            _ => self.string_with_escapes(),
        }
    }

    #[cold]
    fn string_with_escapes(&mut self) -> Result<Cow<'a, str>, Wrong> {
        let mut strings = serde_json::Deserializer::from_slice(self.rest()).into_iter::<String>();
        match strings.next() {
            Some(Ok(text)) => {
                self.at += strings.byte_offset();
                Ok(Cow::Owned(text))
            }
            _ => Err(self.wrong("a string that is not closed, or not JSON")),
        }
    }

    /// A number; NaN for `null`, and for `NaN` as Python writes it.
    #[inline]
    pub(crate) fn number(&mut self) -> Result<f64, Wrong> {
        self.peek();
        let rest = self.rest();
        let in_number = |byte: &u8| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E');
        let length = rest.iter().take_while(|byte| in_number(byte)).count();
        if length == 0 {
            let is_nothing = self.take_text(b"null") || self.take_text(b"NaN");
            return if is_nothing {
                Ok(f64::NAN)
            } else {
                Err(self.expected("a number or `null`"))
            };
        }
        let number = rest.get(..length).and_then(read_number);
        let number = number.ok_or_else(|| self.wrong("expected a number or `null`"))?;
        self.at += length;
        Ok(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_and_numbers() {
        let string = |text: &'static str| {
            let mut scan = Scan::new(text.as_bytes());
            let text = scan.string().map(Cow::into_owned);
            text.and_then(|text| scan.end().map(|()| text))
                .map_err(|wrong| (wrong.column, wrong.what))
        };
        let wrong = |column, what: &str| Err((column, what.to_owned()));
        assert_eq!(string(r#""a""#), Ok("a".to_owned()));
        assert_eq!(string(r#"  "ä" "#), Ok("ä".to_owned()));
        assert_eq!(string(r#""a\"\u00e4""#), Ok("a\"ä".to_owned()));
        assert_eq!(
            string(r#""a"#),
            wrong(1, "a string that is not closed, or not JSON")
        );
        assert_eq!(string("1"), wrong(1, "expected a string"));
        assert_eq!(
            string(" "),
            wrong(2, "the line ends where a string was expected")
        );
        assert_eq!(string(r#""a" x"#), wrong(5, "expected the end of the line"));
        let number = |text: &'static str| {
            let mut scan = Scan::new(text.as_bytes());
            let number = scan.number().map(|number| number.to_string());
            number
                .and_then(|number| scan.end().map(|()| number))
                .map_err(|wrong| (wrong.column, wrong.what))
        };
        assert_eq!(number(" -4.16e1 "), Ok("-41.6".to_owned()));
        assert_eq!(number("null"), Ok("NaN".to_owned()));
        assert_eq!(number("NaN"), Ok("NaN".to_owned()));
        assert_eq!(number("1.2.3"), wrong(1, "expected a number or `null`"));
        assert_eq!(number("[1]"), wrong(1, "expected a number or `null`"));
    }
}
