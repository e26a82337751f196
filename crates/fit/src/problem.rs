//! What is wrong with a file, and where.

use crate::base::BaseType;

/// Something wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("byte {offset}: {kind}")]
pub struct Problem {
    /// Where, in bytes from the start of the file.
    pub offset: usize,
    /// What.
    pub kind: ProblemKind,
}

/// How bad a [`Problem`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Odd, but nothing is lost.
    Warning,
    /// The file isn't as it was written, or can't be read to its end.
    Error,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProblemKind {
    /// The file ends within a header.
    #[error("expected a header of {need} bytes, found {have}")]
    HeaderTruncated {
        /// Bytes of the header.
        need: usize,
        /// Bytes there are.
        have: usize,
    },
    /// A header gives itself a size that no header has.
    #[error("expected a header size of at least 12, found {size}")]
    HeaderSize {
        /// The size given.
        size: u8,
    },
    /// A header lacks the signature.
    #[error("expected the signature `.FIT`, found `{}`", found.escape_ascii())]
    Signature {
        /// What is there instead.
        found: [u8; 4],
    },
    /// A protocol that is newer than this crate; the segment is skipped.
    #[error("expected protocol 1 or 2, found {major}")]
    Protocol {
        /// The major version.
        major: u8,
    },
    /// The header's own CRC is wrong.
    #[error("expected the header CRC {right:#06x}, found {given:#06x}")]
    HeaderCrc {
        /// The CRC in the header.
        given: u16,
        /// The CRC of the header.
        right: u16,
    },
    /// The CRC of a segment is wrong.
    #[error("expected the file CRC {right:#06x}, found {given:#06x}")]
    FileCrc {
        /// The CRC behind the data.
        given: u16,
        /// The CRC of header and data.
        right: u16,
    },
    /// The file ends right behind the data.
    #[error("expected a file CRC of 2 bytes, found {have}")]
    CrcMissing {
        /// Bytes there are.
        have: usize,
    },
    /// The file ends before the data do.
    #[error("expected {declared} bytes of data, found {found}")]
    Truncated {
        /// Bytes of data according to the header.
        declared: u32,
        /// Bytes of data there are.
        found: usize,
    },
    /// The header says that there are no data, as a device writes it that lost power.
    #[error("expected no data, found {found} bytes")]
    DataSizeZero {
        /// Bytes of data there are.
        found: usize,
    },
    /// The header gives a wrong size of the data; the CRC shows the right one.
    #[error("expected {declared} bytes of data, found {found} with a CRC that fits")]
    DataSize {
        /// Bytes of data according to the header.
        declared: u32,
        /// Bytes of data there are.
        found: usize,
    },
    /// A data message of a local type that has no definition; the rest of the segment is skipped.
    #[error("expected a definition of local type {local} before its data")]
    UndefinedLocal {
        /// The local message type.
        local: u8,
    },
    /// The data end within a definition.
    #[error("expected a definition of {need} bytes, found {have}")]
    DefinitionTruncated {
        /// Bytes of the definition as far as it is known.
        need: usize,
        /// Bytes there are.
        have: usize,
    },
    /// The data end within a data message.
    #[error("expected a message of {need} bytes, found {have}")]
    MessageTruncated {
        /// Bytes of the message.
        need: usize,
        /// Bytes there are.
        have: usize,
    },
    /// Bytes 0x00 or 0x1A behind the last segment, as YMODEM and flash memory leave them.
    #[error("{bytes} bytes of padding behind the end")]
    Padding {
        /// How many.
        bytes: usize,
    },
    /// Bytes behind the last segment that are neither padding nor a segment.
    #[error("{bytes} bytes behind the end that are no FIT segment")]
    Trailing {
        /// How many.
        bytes: usize,
    },
    /// A base type that doesn't exist; the field is read as bytes.
    #[error("field {field} has the unknown base type {code:#04x}")]
    BaseTypeUnknown {
        /// The field's number.
        field: u8,
        /// The code of the base type.
        code: u8,
    },
    /// A base type with wrong upper bits, at which some readers fail.
    #[error("field {field}: expected the base type {:#04x}, found {code:#04x}", right.code())]
    BaseTypeCode {
        /// The field's number.
        field: u8,
        /// The code of the base type.
        code: u8,
        /// The base type that was meant.
        right: BaseType,
    },
    /// A field without bytes.
    #[error("field {field} has size 0")]
    FieldEmpty {
        /// The field's number.
        field: u8,
    },
    /// A field whose size isn't a multiple of its base type's; it is read as bytes.
    #[error("field {field}: expected a multiple of {} bytes for {base}, found {size}", base.size())]
    FieldSize {
        /// The field's number.
        field: u8,
        /// The field's size.
        size: u8,
        /// The field's base type.
        base: BaseType,
    },
    /// A byte order that is neither 0 nor 1; it is read as 1.
    #[error("expected byte order 0 or 1, found {found}")]
    ByteOrder {
        /// The byte order.
        found: u8,
    },
    /// A compressed timestamp before any full one: the time of these messages is unknown.
    #[error("expected a full timestamp before the first compressed one")]
    TimestampMissing,
    /// A developer field that no `field_description` describes; it is kept as bytes.
    #[error("expected a description of field {field} of developer {developer}")]
    Undescribed {
        /// The developer data index.
        developer: u8,
        /// The field's number.
        field: u8,
    },
    /// A segment whose first message isn't `file_id`.
    #[error("expected `file_id` as the first message, found message {found}")]
    FileIdMissing {
        /// The number of the first message.
        found: u16,
    },
    /// A segment without messages.
    #[error("no messages")]
    NoMessages,
    /// A record that is older than the one before it.
    #[error("expected record times to ascend, found {after} after {before}")]
    TimeReversed {
        /// FIT seconds of the record before.
        before: u32,
        /// FIT seconds of this record.
        after: u32,
    },
    /// An activity without a message that every activity has.
    #[error("expected message {number} in an activity")]
    MessageMissing {
        /// The number of the message.
        number: u16,
    },
    /// An activity with more than one `activity` message.
    #[error("expected one message {number} in an activity, found {found}")]
    MessageRepeated {
        /// The number of the message.
        number: u16,
        /// How many there are.
        found: u64,
    },
}

impl Problem {
    /// How bad it is.
    pub fn severity(&self) -> Severity {
        match self.kind {
            ProblemKind::HeaderTruncated { .. }
            | ProblemKind::HeaderSize { .. }
            | ProblemKind::Signature { .. }
            | ProblemKind::Protocol { .. }
            | ProblemKind::HeaderCrc { .. }
            | ProblemKind::FileCrc { .. }
            | ProblemKind::CrcMissing { .. }
            | ProblemKind::Truncated { .. }
            | ProblemKind::DataSizeZero { .. }
            | ProblemKind::DataSize { .. }
            | ProblemKind::UndefinedLocal { .. }
            | ProblemKind::DefinitionTruncated { .. }
            | ProblemKind::MessageTruncated { .. } => Severity::Error,
            _ => Severity::Warning,
        }
    }
}
