//! Definition messages and the data messages that they lay out, as they are in the file.

use crate::base::BaseType;
use crate::problem::ProblemKind;

/// A definition message: the layout of the data messages of one local type.
///
/// | offset | size | field |
/// |---|---|---|
/// | 0 | 1 | record header: `01d0llll`, d: developer fields follow, l: local type |
/// | 1 | 1 | reserved |
/// | 2 | 1 | byte order: 0 little-endian, 1 big-endian |
/// | 3 | 2 | message number, in that byte order |
/// | 5 | 1 | n, fields |
/// | 6 | 3 n | number, size and base type of each |
/// | 6 + 3 n | 1 | m, developer fields; only if d |
/// | 7 + 3 n | 3 m | number, size and developer data index of each |
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Definition<'a> {
    /// Where the definition is, in bytes from the start of the file.
    pub offset: usize,
    /// The whole definition, with its record header.
    pub bytes: &'a [u8],
    /// The message's number.
    pub number: u16,
    /// The local type, 0 to 15.
    pub local: u8,
    /// Whether numbers are big-endian.
    pub big_endian: bool,
    /// Bytes of a data message without its record header.
    pub(crate) size: u32,
    /// Where in a data message the timestamp is, record header included; 0 if there is none.
    timestamp: u32,
}

/// A field's entry in a definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldDefinition {
    /// The field's number.
    pub number: u8,
    /// Bytes of the field.
    pub size: u8,
    /// Base type code or, of a developer field, the developer data index.
    pub code: u8,
    /// Whether it is a developer field.
    pub developer: bool,
}

/// A data message: the bytes that a [`Definition`] lays out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Data<'a> {
    /// Its layout.
    pub definition: Definition<'a>,
    /// Where the message is, in bytes from the start of the file.
    pub offset: usize,
    /// The whole message, with its record header.
    pub bytes: &'a [u8],
    /// The message's time in FIT seconds: its timestamp field, or the one computed from a compressed
    /// timestamp.
    pub timestamp: Option<u32>,
}

/// A field of a data message, as it is in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawField<'a> {
    /// Its entry in the definition.
    pub definition: FieldDefinition,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// Whether numbers are big-endian.
    pub big_endian: bool,
}

/// The message number of fields named `timestamp`.
pub(crate) const TIMESTAMP: u8 = 253;

const FIXED: usize = 6;

/// Bytes of the longest message: 255 fields and 255 developer fields of 255 bytes each.
pub(crate) const MAX_MESSAGE: usize = 1 + 2 * 255 * 255;

/// The bit of a record header that says that a definition has developer fields.
const DEVELOPER: u8 = 0x20;

impl Definition<'static> {
    /// A definition of nothing.
    pub(crate) const EMPTY: Self = Self {
        offset: 0,
        bytes: &[],
        number: 0,
        local: 0,
        big_endian: false,
        size: 0,
        timestamp: 0,
    };
}

impl<'a> Definition<'a> {
    /// Reads the definition at the start of `bytes`, which is `offset` bytes into the file.
    pub(crate) fn read(bytes: &'a [u8], offset: usize) -> Result<Self, ProblemKind> {
        let short = |need| ProblemKind::DefinitionTruncated {
            need,
            have: bytes.len(),
        };
        let Some((fixed, rest)) = bytes.split_first_chunk::<FIXED>() else {
            return Err(short(FIXED));
        };
        let [header, _, order, n0, n1, count] = *fixed;
        let mut size = FIXED + 3 * usize::from(count);
        let (_, rest) = triples(rest, count).ok_or_else(|| short(size))?;
        if header & DEVELOPER != 0 {
            let (&count, rest) = rest.split_first().ok_or_else(|| short(size + 1))?;
            size += 1 + 3 * usize::from(count);
            triples(rest, count).ok_or_else(|| short(size))?;
        }
        let big_endian = order != 0;
        let number = if big_endian {
            u16::from_be_bytes
        } else {
            u16::from_le_bytes
        }([n0, n1]);
        let mut definition = Self {
            offset,
            bytes: bytes.get(..size).unwrap_or_default(),
            number,
            local: header & 0x0F,
            big_endian,
            size: 0,
            timestamp: 0,
        };
        definition.measure();
        Ok(definition)
    }

    /// The same definition without its bytes, and with others that are equal.
    pub(crate) fn with_bytes<'b>(&self, bytes: &'b [u8]) -> Definition<'b> {
        Definition { bytes, ..*self }
    }

    /// Adds up the sizes, and finds the timestamp.
    fn measure(&mut self) {
        let mut at = 1;
        for field in self.fields() {
            if field.number == TIMESTAMP && field.size == 4 && !field.developer {
                self.timestamp = at;
            }
            at += u32::from(field.size);
        }
        self.size = at - 1;
    }

    /// The fields, then the developer fields.
    pub fn fields(&self) -> impl Iterator<Item = FieldDefinition> + use<'a> {
        let entry = |developer| {
            move |[number, size, code]: &[u8; 3]| {
                let (number, size, code) = (*number, *size, *code);
                FieldDefinition {
                    number,
                    size,
                    code,
                    developer,
                }
            }
        };
        let (fields, developer) = self.lists();
        fields
            .iter()
            .map(entry(false))
            .chain(developer.iter().map(entry(true)))
    }

    /// Number, size and base type of each field; number, size and developer data index of each
    /// developer field.
    fn lists(&self) -> (&'a [[u8; 3]], &'a [[u8; 3]]) {
        let list = |bytes: &'a [u8]| bytes.split_first().and_then(|(n, rest)| triples(rest, *n));
        let counted = self.bytes.get(FIXED - 1..).and_then(list);
        let (fields, rest) = counted.unwrap_or_default();
        (fields, list(rest).unwrap_or_default().0)
    }

    /// Bytes of a data message with its record header.
    pub fn message_size(&self) -> usize {
        self.size as usize + 1
    }

    /// Whether data messages have developer fields.
    pub fn has_developer_fields(&self) -> bool {
        !self.lists().1.is_empty()
    }

    /// What is odd about the definition.
    pub(crate) fn oddities(&self) -> impl Iterator<Item = ProblemKind> + use<'a> {
        let order = self.bytes.get(2).copied().unwrap_or_default();
        let order = (order > 1).then_some(ProblemKind::ByteOrder { found: order });
        order
            .into_iter()
            .chain(self.fields().filter_map(FieldDefinition::oddity))
    }

    /// The timestamp field of a message of this layout.
    #[inline]
    pub(crate) fn timestamp(&self, message: &[u8]) -> Option<u32> {
        let at = self.timestamp as usize;
        let bytes = message.get(at..)?.first_chunk().filter(|_| at > 0)?;
        let seconds = if self.big_endian {
            u32::from_be_bytes(*bytes)
        } else {
            u32::from_le_bytes(*bytes)
        };
        (seconds != u32::MAX).then_some(seconds)
    }
}

impl FieldDefinition {
    /// The type of the field's elements. Bytes, if the base type doesn't exist, doesn't go into the
    /// size, or is the matter of a `field_description`.
    pub fn base(&self) -> BaseType {
        match BaseType::from_code(self.code) {
            Some(base) if !self.developer => fitting(base, self.size),
            _ => BaseType::Byte,
        }
    }

    fn oddity(self) -> Option<ProblemKind> {
        let Self {
            number: field,
            size,
            code,
            developer,
        } = self;
        if size == 0 {
            return Some(ProblemKind::FieldEmpty { field });
        }
        if developer {
            return None;
        }
        match BaseType::from_code(code) {
            None => Some(ProblemKind::BaseTypeUnknown { field, code }),
            Some(right) if right.code() != code => {
                Some(ProblemKind::BaseTypeCode { field, code, right })
            }
            Some(base) if size % base.size() != 0 => {
                Some(ProblemKind::FieldSize { field, size, base })
            }
            _ => None,
        }
    }
}

/// So many entries of three bytes, and the rest.
fn triples(bytes: &[u8], count: u8) -> Option<(&[[u8; 3]], &[u8])> {
    let (triples, rest) = bytes.split_at_checked(3 * usize::from(count))?;
    Some((triples.as_chunks().0, rest))
}

/// The base type, or bytes if a field of `size` bytes can't be made of it.
pub(crate) fn fitting(base: BaseType, size: u8) -> BaseType {
    if size.is_multiple_of(base.size()) {
        base
    } else {
        BaseType::Byte
    }
}

impl<'a> Data<'a> {
    /// The message without its record header.
    pub fn payload(&self) -> &'a [u8] {
        self.bytes.get(1..).unwrap_or_default()
    }

    /// The seconds of a compressed timestamp, 0 to 31, if the record header has one.
    pub fn compressed(&self) -> Option<u8> {
        self.bytes
            .first()
            .filter(|header| **header & 0x80 != 0)
            .map(|header| header & 0x1F)
    }

    /// The fields with their bytes, developer fields last.
    pub fn fields(&self) -> impl Iterator<Item = RawField<'a>> + use<'a> {
        let big_endian = self.definition.big_endian;
        self.definition
            .fields()
            .scan(self.payload(), move |rest, definition| {
                let (bytes, tail) = rest.split_at_checked(definition.size.into())?;
                *rest = tail;
                Some(RawField {
                    definition,
                    bytes,
                    big_endian,
                })
            })
    }
}
