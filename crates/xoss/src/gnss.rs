//! Satellite data for NAV: messages MGA-ANO of u-blox, one after another.
//!
//! | byte | what |
//! |---|---|
//! | 0 | `B5 62`: a message |
//! | 2 | `13 20`: MGA-ANO |
//! | 4 | `4C 00`: 76 bytes follow |
//! | 6 | orbit of one satellite on one day |
//! | 82 | two sums over bytes 2 to 81 |
//!
//! Source: f-xoss, and u-blox' description of its protocol. Other models have other receivers, for
//! which nothing is known.

/// Bytes of a message.
const MESSAGE: usize = 84;

/// Why satellite data can't be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GnssProblem {
    /// Occurs when there is nothing, or half a message at the end.
    #[error("{0} bytes are no whole number of messages of 84 bytes")]
    Length(usize),
    /// Occurs when something else stands where a message is expected.
    #[error("byte {0} does not begin an MGA-ANO message")]
    Header(usize),
    /// Occurs when a message was damaged.
    #[error("the message at byte {0} has a wrong checksum")]
    Checksum(usize),
}

/// How many messages there are.
///
/// # Errors
///
/// When the bytes are something else.
pub fn messages(bytes: &[u8]) -> Result<usize, GnssProblem> {
    if bytes.is_empty() || !bytes.len().is_multiple_of(MESSAGE) {
        return Err(GnssProblem::Length(bytes.len()));
    }
    for (number, message) in bytes.chunks_exact(MESSAGE).enumerate() {
        let at = number * MESSAGE;
        let body = message
            .strip_prefix(&[0xB5, 0x62])
            .filter(|body| body.starts_with(&[0x13, 0x20, 0x4C, 0x00]));
        let (body, sums) = body
            .and_then(<[u8]>::split_last_chunk::<2>)
            .ok_or(GnssProblem::Header(at))?;
        let (mut first, mut second) = (0_u8, 0_u8);
        for byte in body {
            first = first.wrapping_add(*byte);
            second = second.wrapping_add(first);
        }
        if *sums != [first, second] {
            return Err(GnssProblem::Checksum(at));
        }
    }
    Ok(bytes.len() / MESSAGE)
}
