//! Everything that can go wrong.

use crate::base::BaseType;
use crate::problem::Problem;

/// Why something couldn't be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Something is wrong with the file that is read.
    #[error(transparent)]
    File(#[from] Problem),
    /// The reader refused.
    #[error("the input can't be read")]
    Read(#[source] std::io::Error),
    /// The writer refused.
    #[error("the output can't be written")]
    Write(#[from] std::io::Error),
    /// A field of a shape doesn't fit the one byte in which a definition gives its size.
    #[error("field {field} of message {message} takes {size} bytes; at most 255 are possible")]
    FieldTooLarge {
        /// The message's number.
        message: u16,
        /// The field's number.
        field: u8,
        /// Bytes that the field would need.
        size: usize,
    },
    /// A shape has more fields than the one byte in which a definition counts them.
    #[error("message {message} has {count} fields of one sort; at most 255 are possible")]
    TooManyFields {
        /// The message's number.
        message: u16,
        /// Fields asked for.
        count: usize,
    },
    /// A shape names a field twice.
    #[error("field {field} of message {message} is there twice")]
    DuplicateField {
        /// The message's number.
        message: u16,
        /// The field's number.
        field: u8,
    },
    /// A string was added to a shape without its size.
    #[error("field {field} of message {message} is a string: give its size with `text`")]
    SizeMissing {
        /// The message's number.
        message: u16,
        /// The field's number.
        field: u8,
    },
    /// A message came with more or fewer values than its shape has fields.
    #[error("message {message} has {expected} fields, but {given} values were given")]
    ValueCount {
        /// The message's number.
        message: u16,
        /// Fields of the shape.
        expected: usize,
        /// Values given.
        given: usize,
    },
    /// A value can't be stored in the field's base type.
    #[error("field {field} of message {message} is of type {base}: it can't hold this value")]
    ValueKind {
        /// The message's number.
        message: u16,
        /// The field's number.
        field: u8,
        /// The field's type.
        base: BaseType,
    },
    /// An array has more elements than the shape has room for.
    #[error("field {field} of message {message} has room for {room} bytes; the value has {given}")]
    ValueTooLong {
        /// The message's number.
        message: u16,
        /// The field's number.
        field: u8,
        /// Bytes of the field.
        room: usize,
        /// Bytes of the value.
        given: usize,
    },
    /// Only bytes can be written with a shape that was copied from a file.
    #[error("the shape of message {message} was copied from a file: write bytes with it")]
    RawOnly {
        /// The message's number.
        message: u16,
    },
    /// The data don't fit the four bytes in which the header gives their size.
    #[error("the file would have {size} bytes of data; at most 4,294,967,295 are possible")]
    FileTooLarge {
        /// Bytes of data.
        size: u64,
    },
}
