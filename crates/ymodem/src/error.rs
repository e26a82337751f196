use std::fmt;

/// Why a transfer ended without the whole file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Occurs when the other side never began.
    #[error("the transfer was not begun: nothing came within {0} tries")]
    NotBegun(u32),
    /// Occurs when block 0 is sound but holds no name or no size.
    #[error("the first block names no file: {}", Shown(.0))]
    Header(Vec<u8>),
    /// Occurs when the file is larger than the receiver was told to accept.
    #[error("the file has {size} bytes; at most {limit} are accepted")]
    TooLarge {
        /// Bytes, by block 0.
        size: u64,
        /// Bytes that would have been accepted.
        limit: u64,
    },
    /// Occurs when name and size don't fit into block 0.
    #[error("the file's name can't be sent: {}", Shown(.0))]
    Name(Vec<u8>),
    /// Occurs when a block was asked for again as often as is allowed.
    #[error("block {block} did not arrive in {tries} tries")]
    Retries {
        /// The block's number, counted from the file's beginning.
        block: u64,
        /// How often it was asked for, or sent.
        tries: u32,
    },
    /// Occurs when a block came that is neither the next nor the last one again: something was lost
    /// that can't be asked for.
    #[error("block {found} came where {expected} was expected")]
    Sequence {
        /// The number on the block.
        found: u8,
        /// The number that was expected.
        expected: u8,
    },
    /// Occurs when the sender says that it is through too early.
    #[error("the transfer ended after {received} of {size} bytes")]
    EndedEarly {
        /// Bytes received.
        received: u64,
        /// Bytes that block 0 promised.
        size: u64,
    },
    /// Occurs when blocks go on after the last byte that block 0 promised.
    #[error("the file goes on after its {size} bytes")]
    TooLong {
        /// Bytes that block 0 promised.
        size: u64,
    },
    /// Occurs when no block was accepted for the longest time allowed.
    #[error("the transfer stood still after {received} bytes")]
    Stalled {
        /// Bytes received.
        received: u64,
    },
    /// Occurs when the receiver doesn't answer a block.
    #[error("block {block} was not answered")]
    NoAnswer {
        /// The block's number, counted from the file's beginning.
        block: u64,
    },
    /// Occurs when the other side gives up with CAN CAN.
    #[error("the other side cancelled the transfer")]
    Cancelled,
}

/// Bytes from outside, harmless on a terminal, at most 64 characters.
struct Shown<'a>(&'a [u8]);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = self.0.iter().rposition(|&byte| byte != 0);
        let text = self.0.get(..end.map_or(0, |end| end + 1));
        write!(f, "`")?;
        for &byte in text.unwrap_or_default().iter().take(64) {
            write!(f, "{}", byte.escape_ascii())?;
        }
        write!(f, "`")
    }
}
