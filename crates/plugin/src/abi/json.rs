use std::fmt;
use std::ops::Index;

/// A JSON value, for plugins without a JSON library of their own.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Json {
    /// `null`, and whatever is not there.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A text.
    String(String),
    /// A list.
    Array(Vec<Json>),
    /// Members in their order.
    Object(Vec<(String, Json)>),
}

const NULL: &Json = &Json::Null;

/// How deep lists and objects may nest.
const DEPTH: usize = 64;

impl Json {
    /// Reads a JSON text.
    ///
    /// # Errors
    ///
    /// What is wrong, and at which byte.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parser = Parser {
            bytes: text.as_bytes(),
            at: 0,
        };
        let value = parser.value(0)?;
        parser.space();
        match parser.peek() {
            None => Ok(value),
            Some(_) => Err(parser.wrong("the end")),
        }
    }

    /// An object with these members.
    pub fn object<const N: usize>(members: [(&str, Json); N]) -> Self {
        let members = members.map(|(name, value)| (name.to_owned(), value));
        Self::Object(members.into())
    }

    /// A member of an object; `None` for anything else.
    pub fn get(&self, name: &str) -> Option<&Json> {
        match self {
            Self::Object(members) => members
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value),
            _ => None,
        }
    }

    /// The number, if it is one.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The text, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// `true` or `false`, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The elements of a list; none for anything else.
    pub fn elements(&self) -> &[Json] {
        match self {
            Self::Array(elements) => elements,
            _ => &[],
        }
    }
}

impl Index<&str> for Json {
    type Output = Json;

    /// A member of an object; `Null` if there is none.
    fn index(&self, name: &str) -> &Json {
        self.get(name).unwrap_or(NULL)
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<f64> for Json {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Json {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            // JSON has no infinity; NaN stands for "not known" everywhere.
            Self::Number(number) if !number.is_finite() => f.write_str("null"),
            Self::Number(number) => write!(f, "{number}"),
            Self::String(text) => quoted(text, f),
            Self::Array(elements) => {
                f.write_str("[")?;
                for (index, element) in elements.iter().enumerate() {
                    let comma = if index > 0 { "," } else { "" };
                    write!(f, "{comma}{element}")?;
                }
                f.write_str("]")
            }
            Self::Object(members) => {
                f.write_str("{")?;
                for (index, (name, value)) in members.iter().enumerate() {
                    f.write_str(if index > 0 { "," } else { "" })?;
                    quoted(name, f)?;
                    write!(f, ":{value}")?;
                }
                f.write_str("}")
            }
        }
    }
}

fn quoted(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("\"")?;
    for c in text.chars() {
        match c {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            c if c < ' ' => write!(f, "\\u{:04x}", u32::from(c))?,
            c => write!(f, "{c}")?,
        }
    }
    f.write_str("\"")
}

struct Parser<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn wrong(&self, expected: &str) -> String {
        format!("no JSON: {expected} expected at byte {}", self.at)
    }

    fn take(&mut self, text: &str) -> Result<(), String> {
        match self.bytes.get(self.at..) {
            Some(rest) if rest.starts_with(text.as_bytes()) => {
                self.at += text.len();
                Ok(())
            }
            _ => Err(self.wrong(&format!("`{text}`"))),
        }
    }

    fn value(&mut self, depth: usize) -> Result<Json, String> {
        if depth > DEPTH {
            return Err(self.wrong("less depth"));
        }
        self.space();
        match self.peek() {
            Some(b'n') => self.take("null").map(|()| Json::Null),
            Some(b't') => self.take("true").map(|()| Json::Bool(true)),
            Some(b'f') => self.take("false").map(|()| Json::Bool(false)),
            Some(b'"') => self.string().map(Json::String),
            Some(b'[') => self.array(depth),
            Some(b'{') => self.object(depth),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => Err(self.wrong("a value")),
        }
    }

    fn number(&mut self) -> Result<Json, String> {
        let start = self.at;
        while matches!(
            self.peek(),
            Some(b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')
        ) {
            self.at += 1;
        }
        let text = self.bytes.get(start..self.at).unwrap_or_default();
        let number: Option<f64> = std::str::from_utf8(text)
            .ok()
            .and_then(|text| text.parse().ok());
        // JSON knows no infinity: a number that large is none.
        let number = number.filter(|number| number.is_finite());
        number.map(Json::Number).ok_or_else(|| {
            self.at = start;
            self.wrong("a number")
        })
    }

    /// The elements between brackets: `one` reads each.
    fn list(
        &mut self,
        end: &str,
        mut one: impl FnMut(&mut Self) -> Result<(), String>,
    ) -> Result<(), String> {
        self.at += 1;
        self.space();
        if self.take(end).is_ok() {
            return Ok(());
        }
        loop {
            one(self)?;
            self.space();
            if self.take(",").is_err() {
                return self.take(end);
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Json, String> {
        let mut elements = Vec::new();
        self.list("]", |parser| {
            elements.push(parser.value(depth + 1)?);
            Ok(())
        })?;
        Ok(Json::Array(elements))
    }

    fn object(&mut self, depth: usize) -> Result<Json, String> {
        let mut members = Vec::new();
        self.list("}", |parser| {
            parser.space();
            let name = parser.string()?;
            parser.space();
            parser.take(":")?;
            members.push((name, parser.value(depth + 1)?));
            Ok(())
        })?;
        Ok(Json::Object(members))
    }

    fn string(&mut self) -> Result<String, String> {
        self.take("\"")?;
        let mut text = Vec::new();
        loop {
            let Some(byte) = self.peek() else {
                return Err(self.wrong("`\"`"));
            };
            self.at += 1;
            match byte {
                b'"' => break,
                b'\\' => {
                    let mut buffer = [0; 4];
                    text.extend_from_slice(self.escape()?.encode_utf8(&mut buffer).as_bytes());
                }
                byte => text.push(byte),
            }
        }
        String::from_utf8(text).map_err(|_| self.wrong("UTF-8"))
    }

    fn escape(&mut self) -> Result<char, String> {
        let Some(byte) = self.peek() else {
            return Err(self.wrong("an escape"));
        };
        self.at += 1;
        Ok(match byte {
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let unit = self.unit()?;
                let code = match unit {
                    0xd800..=0xdbff => {
                        self.take("\\u")?;
                        let low = self.unit()?.wrapping_sub(0xdc00) & 0x3ff;
                        0x1_0000 + ((unit - 0xd800) << 10) + low
                    }
                    unit => unit,
                };
                char::from_u32(code).ok_or_else(|| self.wrong("a character"))?
            }
            b'"' | b'\\' | b'/' => char::from(byte),
            _ => return Err(self.wrong("an escape")),
        })
    }

    fn unit(&mut self) -> Result<u32, String> {
        let digits = self.bytes.get(self.at..self.at + 4).unwrap_or_default();
        let unit = std::str::from_utf8(digits)
            .ok()
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .ok_or_else(|| self.wrong("four hexadecimal digits"))?;
        self.at += 4;
        Ok(unit)
    }
}
