//! Where a segment starts and ends.

use std::ops::Range;

use crate::crc::{Crc, checksum};
use crate::header::Header;
use crate::problem::{Problem, ProblemKind as Kind};

/// A segment: header, data, CRC. A file has one or, if it is chained, several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Where the header is, in bytes from the start of the file.
    pub offset: usize,
    /// The header.
    pub header: Header,
    /// Where the data are: as the header says or, if that can't be, what was found instead.
    pub data: Range<usize>,
    /// The CRC behind the data; `None` if the file ends before, or a stream hasn't got there yet.
    pub crc: Option<u16>,
    /// The CRC of header and data; `None` if it wasn't computed or there is none to compare with.
    pub right_crc: Option<u16>,
}

impl Segment {
    /// Where the next segment would start.
    pub fn end(&self) -> usize {
        self.data.end + if self.crc.is_some() { 2 } else { 0 }
    }
}

/// Bytes that a header has at most.
pub(crate) const MAX_HEADER: usize = 255;

/// Reads the header at the start of `bytes`.
pub(crate) fn header(bytes: &[u8]) -> Result<Header, Kind> {
    let short = |need| Kind::HeaderTruncated {
        need,
        have: bytes.len(),
    };
    let Some(first) = bytes.first_chunk::<12>() else {
        return Err(short(12));
    };
    let [size, protocol, p0, p1, d0, d1, d2, d3, signature @ ..] = *first;
    if signature != Header::SIGNATURE {
        return Err(Kind::Signature { found: signature });
    }
    if size < Header::MIN_SIZE {
        return Err(Kind::HeaderSize { size });
    }
    if bytes.len() < size.into() {
        return Err(short(size.into()));
    }
    let crc = bytes.get(12..14).filter(|_| size >= Header::SIZE);
    Ok(Header {
        size,
        protocol,
        profile: u16::from_le_bytes([p0, p1]),
        data_size: u32::from_le_bytes([d0, d1, d2, d3]),
        crc: crc
            .and_then(|crc| crc.first_chunk())
            .map(|crc| u16::from_le_bytes(*crc)),
    })
}

/// How much work to put into finding the end of a segment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effort {
    /// Whether to check the CRC of a segment whose size is plausible.
    pub(crate) check_crc: bool,
    /// Whether to look for the end where the size in the header is wrong. A file that was made to
    /// waste time has many such segments.
    pub(crate) search: bool,
}

/// Finds the end of the segment with this header, and what is wrong with it.
pub(crate) fn measure(
    file: &[u8],
    offset: usize,
    header: Header,
    effort: Effort,
) -> (Segment, Vec<Problem>) {
    let mut problems = Vec::from_iter(header_crc(&header, offset));
    let start = offset + usize::from(header.size);
    let end = usize::try_from(header.data_size)
        .ok()
        .and_then(|size| start.checked_add(size));
    let end = end.filter(|end| *end <= file.len());
    let (crc, right_crc) = (None, None);
    let mut segment = Segment {
        offset,
        header,
        data: start..start,
        crc,
        right_crc,
    };
    if let Some((end, given)) = end.and_then(|end| Some((end, crc_at(file, end)?))) {
        segment.data.end = end;
        segment.crc = Some(given);
        // A size of 0 is what a device leaves that lost power: worth a look at any rate.
        if !effort.check_crc && header.data_size != 0 {
            return (segment, problems);
        }
        let right = checksum(file.get(offset..end).unwrap_or_default());
        segment.right_crc = Some(right);
        if given == right {
            return (segment, problems);
        }
    }
    let (at, kind) = search(file, &mut segment, end, effort);
    problems.push(Problem {
        offset: offset + at,
        kind,
    });
    (segment, problems)
}

pub(crate) fn header_crc(header: &Header, offset: usize) -> Option<Problem> {
    let right = header.right_crc();
    let given = header.crc.filter(|given| *given != 0 && *given != right)?;
    Some(Problem {
        offset: offset + 12,
        kind: Kind::HeaderCrc { given, right },
    })
}

/// Where in a header the size of the data is.
pub(crate) const SIZE_AT: usize = 4;

/// Finds the end of a segment whose header and CRC don't agree about it. Returns what is wrong and
/// where, counted from the segment's start.
fn search(
    file: &[u8],
    segment: &mut Segment,
    declared_end: Option<usize>,
    effort: Effort,
) -> (usize, Kind) {
    let mut limit = file.len();
    if effort.search {
        limit = next_header(file, segment.data.start).unwrap_or(limit);
        if let Some(end) = end_with_crc(file, segment, limit) {
            segment.crc = crc_at(file, end);
            segment.right_crc = segment.crc;
            return (SIZE_AT, resized(segment, end));
        }
    }
    let declared = segment.header.data_size;
    if let (Some(given), Some(right), 1..) = (segment.crc, segment.right_crc, declared) {
        return (
            segment.data.end - segment.offset,
            Kind::FileCrc { given, right },
        );
    }
    (segment.crc, segment.right_crc) = (None, None);
    if let Some(end) = declared_end.filter(|end| declared > 0 || *end == limit) {
        segment.data.end = end;
        let have = if declared > 0 { file.len() - end } else { 0 };
        return (end - segment.offset, Kind::CrcMissing { have });
    }
    match resized(segment, limit) {
        Kind::DataSize { declared, found } => (SIZE_AT, Kind::Truncated { declared, found }),
        kind => (SIZE_AT, kind),
    }
}

/// Gives the data another end than the header does.
fn resized(segment: &mut Segment, end: usize) -> Kind {
    segment.data.end = end;
    let found = segment.data.len();
    match segment.header.data_size {
        0 => Kind::DataSizeZero { found },
        declared => Kind::DataSize { declared, found },
    }
}

/// The end of the data if the last two bytes before `limit`, or before padding, are their CRC.
fn end_with_crc(file: &[u8], segment: &Segment, limit: usize) -> Option<usize> {
    let bytes = file.get(segment.offset..limit)?;
    let first = segment.data.start - segment.offset;
    let unpadded = bytes
        .iter()
        .rposition(|byte| !is_padding(*byte))
        .map_or(0, |at| at + 1);
    // The CRC itself may end in what looks like padding.
    let shortest = unpadded.saturating_sub(2).max(first);
    let mut crc = Crc::new();
    crc.update(bytes.get(..shortest)?);
    for end in shortest..=shortest + 2 {
        let (data_crc, rest) = (crc.value(), bytes.get(end..)?);
        if data_crc.to_le_bytes().as_slice() == rest.get(..2)? && end > first {
            return Some(segment.offset + end);
        }
        crc.update(rest.get(..1)?);
    }
    None
}

fn crc_at(file: &[u8], at: usize) -> Option<u16> {
    file.get(at..)?
        .first_chunk()
        .map(|crc| u16::from_le_bytes(*crc))
}

/// Where the next thing that looks like a header starts, counted from the start of `file`, if it
/// starts at `from` or behind it.
pub(crate) fn next_header(file: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let rest = file.get(at + SIGNATURE_AT..)?;
        at += rest
            .windows(Header::SIGNATURE.len())
            .position(|window| window == Header::SIGNATURE)?;
        if is_header(file.get(at..)?) {
            return Some(at);
        }
        at += 1;
    }
}

/// Where in a header its signature is.
const SIGNATURE_AT: usize = 8;

/// Bytes that show whether something looks like a header.
pub(crate) const HEADER_START: usize = 12;

/// Whether the bytes look like those of a header that a device wrote.
#[inline]
pub(crate) fn is_header(bytes: &[u8]) -> bool {
    let signature = bytes.get(SIGNATURE_AT..HEADER_START);
    signature == Some(&Header::SIGNATURE)
        && matches!(bytes, [12 | 14, protocol, ..] if *protocol < 0x30)
}

/// Whether the bytes look as if they were behind the end of a segment: a header, or padding.
#[inline]
pub(crate) fn may_be_outside(bytes: &[u8]) -> bool {
    let first = bytes.first_chunk::<8>();
    first.is_some_and(|it| *it == [0x00; 8] || *it == [0x1A; 8]) || is_header(bytes)
}

/// Whether a header that a device wrote can start with this byte.
pub(crate) fn is_header_size(byte: Option<u8>) -> bool {
    matches!(byte, Some(12 | 14))
}

/// Whether a byte may be what YMODEM or flash memory fills up with.
pub(crate) fn is_padding(byte: u8) -> bool {
    matches!(byte, 0x00 | 0x1A)
}
