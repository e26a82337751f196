use crate::request::{END, MAX_REGISTERS};
use crate::{Bank, WriteShape};

/// How a frame is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Registers behind the head of the request: `A F SS SS NN NN`. What units send.
    Echo,
    /// Registers behind their number of bytes: `A F BB`, as Modbus RTU has it; a bridge may speak so.
    ByteCount,
    /// Registers behind their number of bytes in two: `A F BB BB`, as bridges to Modbus with long
    /// frames do it.
    LongByteCount,
    /// One register was written.
    Write,
    /// A count of registers was written; the values may follow or not.
    CountedWrite,
    /// The unit refuses: `A F|80 CC`.
    Exception,
    /// The same behind the rest of the request's head.
    EchoException,
    /// An answer to Wi-Fi settings, for which this crate never asks.
    Wifi,
}

/// What the first bytes of a frame say about its layouts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Head {
    /// Too short to say.
    Short,
    /// No frame begins so.
    No,
    /// The layouts that it can have with the frame's length, the shortest first.
    Some([Option<(Layout, usize)>; 2]),
}

/// The addresses that units of the family have. A frame from one of them is told as such, so that
/// a wrong address in the settings can be named.
const ADDRESSES: [u8; 3] = [0x11, 0x12, 0x15];

/// Decides on the bytes of the head only, so that the way in which a stream is cut has no influence.
pub(crate) fn head(bytes: &[u8], address: u8, shape: WriteShape) -> Head {
    let Some(&first) = bytes.first() else {
        return Head::Short;
    };
    if first != address && !ADDRESSES.contains(&first) {
        return Head::No;
    }
    let Some(&function) = bytes.get(1) else {
        return Head::Short;
    };
    match function {
        3 | 4 => registers(bytes),
        6 if shape == WriteShape::Single => one(Layout::Write, 8),
        6 => counted(bytes),
        7 => one(Layout::Wifi, 5),
        0x83 | 0x84 | 0x86 | 0x87 => Head::Some([
            Some((Layout::Exception, 5)),
            Some((Layout::EchoException, 8)),
        ]),
        _ => Head::No,
    }
}

fn one(layout: Layout, length: usize) -> Head {
    Head::Some([Some((layout, length)), None])
}

fn registers(bytes: &[u8]) -> Head {
    let &[_, function, b2, b3, b4, b5, ..] = bytes else {
        return Head::Short;
    };
    debug_assert!(Bank::of(function).is_some());
    let [start, count] = [[b2, b3], [b4, b5]].map(u16::from_be_bytes);
    let echo = (1..=MAX_REGISTERS).contains(&count) && start.saturating_add(count) <= END;
    let echo = echo.then_some((Layout::Echo, 8 + 2 * usize::from(count)));
    // The number of bytes in one byte, or in two: a start below 256 has 0 in its high byte, so only
    // one of them is possible. Short ones would take the data of other frames for frames.
    let other = match b2 {
        0 => (start >= 4).then_some((Layout::LongByteCount, 6 + usize::from(start))),
        bytes => Some((Layout::ByteCount, 5 + usize::from(bytes))),
    };
    let other = other.filter(|_| (if b2 == 0 { b3 } else { b2 }).is_multiple_of(2));
    match (echo, other) {
        (None, None) => Head::No,
        (Some(a), Some(b)) if b.1 < a.1 => Head::Some([Some(b), Some(a)]),
        (a, b) => Head::Some([a.or(b), a.and(b)]),
    }
}

fn counted(bytes: &[u8]) -> Head {
    let &[_, _, register, n0, n1, ..] = bytes else {
        return Head::Short;
    };
    let count = u16::from_be_bytes([n0, n1]);
    if count == 0 || u16::from(register).saturating_add(count) > END {
        return Head::No;
    }
    Head::Some([
        Some((Layout::CountedWrite, 7)),
        Some((Layout::CountedWrite, 7 + 2 * usize::from(count))),
    ])
}
