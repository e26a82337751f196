use std::fmt;
use std::ops::Range;

use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

/// A JSON file of a device.
///
/// It stays the text that came: a change replaces the characters of one value. Keys that aren't
/// known, their order and spelling (`update_at` here, `updated_at` there, `verison`), how numbers are
/// written, and white space go back to the device as they were, because nobody knows what its parser
/// depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    text: String,
}

/// Why a file isn't a document, or can't be changed so.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// Occurs when the bytes aren't text.
    #[error("the file is not UTF-8 text")]
    Encoding,
    /// Occurs when the text isn't a JSON object.
    #[error("the file is not a JSON object")]
    Syntax(#[source] serde_json::Error),
    /// Occurs when a value is of another type than was asked for.
    #[error("`{path}` is not what is expected there")]
    Type {
        /// The keys that lead to it.
        path: String,
        /// What the parser says.
        source: serde_json::Error,
    },
    /// Occurs when the device's file doesn't have what is to be set: the device doesn't know it.
    #[error("the device has no setting `{0}`")]
    Missing(String),
    /// Occurs when a file was made for another model.
    #[error("the file is of a device `{found}`; this one is `{expected}`")]
    OtherDevice {
        /// What the device says.
        expected: String,
        /// What the file says.
        found: String,
    },
    /// Occurs when a value is out of range.
    #[error("`{path}` must be {expected}")]
    Range {
        /// The keys that lead to it.
        path: String,
        /// What it has to be.
        expected: &'static str,
    },
}

/// What all files of format 2 begin with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// Version of the format: `2.0.0`, with laps 2.0.2.
    pub version: Option<String>,
    /// `NAV`, `A1`, `A2`, `N8`, `XL`.
    pub device_model: Option<String>,
    /// Serial number.
    pub serial: Option<String>,
    /// When it was written, in seconds since 1970, UTC; `None` also where the device's clock was not
    /// set.
    pub updated: Option<u32>,
}

/// Both spellings of the time in the header; a file has one of them.
const UPDATED: [&str; 2] = ["updated_at", "update_at"];

impl Document {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// When it isn't UTF-8 or no JSON object.
    pub fn parse(bytes: &[u8]) -> Result<Self, DocumentError> {
        let text = std::str::from_utf8(bytes).map_err(|_| DocumentError::Encoding)?;
        entries(body(text)).map_err(DocumentError::Syntax)?;
        Ok(Self {
            text: text.to_owned(),
        })
    }

    /// The file as it is to be sent.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The file as it is to be sent.
    pub fn into_bytes(self) -> Vec<u8> {
        self.text.into_bytes()
    }

    /// The value behind some keys; `None` when there is none, or `null`.
    ///
    /// # Errors
    ///
    /// When it is of another type.
    pub fn get<T: DeserializeOwned>(&self, path: &[&str]) -> Result<Option<T>, DocumentError> {
        let Some(raw) = self.raw(path) else {
            return Ok(None);
        };
        serde_json::from_str(raw).map_err(|source| DocumentError::Type {
            path: path.join("."),
            source,
        })
    }

    /// The characters of a value.
    pub fn raw(&self, path: &[&str]) -> Option<&str> {
        self.text.get(self.range(path)?)
    }

    /// Replaces a value, or adds it to an object that is there.
    ///
    /// # Errors
    ///
    /// When there is no such object.
    pub fn set(&mut self, path: &[&str], value: &impl Serialize) -> Result<(), DocumentError> {
        let missing = || DocumentError::Missing(path.join("."));
        let value = serde_json::to_string(value).map_err(|source| DocumentError::Type {
            path: path.join("."),
            source,
        })?;
        if let Some(range) = self.range(path) {
            self.text.replace_range(range, &value);
            return Ok(());
        }
        let (key, object) = path.split_last().ok_or_else(missing)?;
        let range = self.range(object).ok_or_else(missing)?;
        let object = self.text.get(range.clone()).ok_or_else(missing)?;
        let empty = entries(object).map_err(|_| missing())?.is_empty();
        let comma = if empty { "" } else { "," };
        let entry = format!("{comma}{}:{value}", serde_json::Value::from(*key));
        // Behind the last value, or before the brace.
        let inside = object.strip_suffix('}').ok_or_else(missing)?;
        let inside = if empty { inside } else { inside.trim_end() };
        let at = range.start + inside.len();
        self.text.insert_str(at, &entry);
        Ok(())
    }

    /// What the file says of itself.
    pub fn header(&self) -> Header {
        let text = |key| self.get(&[key]).ok().flatten();
        let updated = UPDATED
            .iter()
            .find_map(|key| self.get(&[key]).ok().flatten());
        Header {
            version: text("version"),
            device_model: text("device_model"),
            serial: text("sn"),
            updated: updated.filter(|seconds| *seconds != 0),
        }
    }

    /// Says when the file was changed, in seconds since 1970, UTC, in the spelling that it has; a
    /// file that doesn't say it isn't made to.
    pub fn touch(&mut self, seconds: u32) {
        let spelling = UPDATED.iter().find(|key| self.raw(&[key]).is_some());
        if let Some(range) = spelling.and_then(|key| self.range(&[key])) {
            self.text.replace_range(range, &seconds.to_string());
        }
    }

    /// Where a value stands.
    fn range(&self, path: &[&str]) -> Option<Range<usize>> {
        let mut range = 0..body(&self.text).len();
        for key in path {
            let object = self.text.get(range.clone())?;
            let entries = entries(object).ok()?;
            // Devices read the first of two.
            let (_, value) = entries.into_iter().find(|(name, _)| name == key)?;
            let value = value.get();
            let start = (value.as_ptr() as usize).checked_sub(self.text.as_ptr() as usize)?;
            range = start..start + value.len();
        }
        if path.is_empty() {
            // Without the white space around.
            let object = self.text.get(range.clone())?;
            let start = object.len() - object.trim_start().len();
            range = start..object.trim_end().len();
        }
        Some(range)
    }
}

/// Without the zeros that some devices fill up with.
fn body(text: &str) -> &str {
    text.trim_end_matches(['\0', '\x1A'])
}

/// Keys and values of an object, in their order, values as they are written.
fn entries(object: &str) -> Result<Vec<(String, &RawValue)>, serde_json::Error> {
    serde_json::from_str::<Entries<'_>>(object).map(|entries| entries.0)
}

struct Entries<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Entries<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntriesVisitor)
    }
}

struct EntriesVisitor;

impl<'de> Visitor<'de> for EntriesVisitor {
    type Value = Entries<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries<'de>, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Entries(entries))
    }
}
