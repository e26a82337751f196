//! Where the parts of a damaged file are, and what there is to keep of them.

use std::ops::Range;

use super::record::is_familiar;
use super::resync::Budget;
use super::step::{Step, Steps};
use super::walk::{Extent, MUCH_PADDING, Stop, Walked, walk};
use crate::crc::{Crc, checksum};
use crate::definition::Definition;
use crate::encode::Options;
use crate::header::Header;
use crate::segment;

/// A part of a file: a header and what belongs to it.
#[derive(Debug)]
pub(super) struct Part {
    /// Where it starts.
    pub(super) offset: usize,
    /// Where it ends, with its CRC and the padding behind it.
    pub(super) end: usize,
    /// The header as it should have been, but for the size and its CRC.
    pub(super) header: Header,
    /// Whole messages, in runs.
    pub(super) kept: Vec<Range<usize>>,
    /// Whether nothing is wrong with it.
    pub(super) intact: bool,
    /// The major version of a protocol that is newer than this crate, and meant.
    pub(super) newer: Option<u8>,
}

impl Part {
    /// The whole messages in a row.
    pub(super) fn records(&self, file: &[u8]) -> Vec<u8> {
        let runs = self.kept.iter().filter_map(|run| file.get(run.clone()));
        runs.flatten().copied().collect()
    }
}

/// A header, and where its records start.
#[derive(Clone, Copy, Debug)]
struct Start {
    offset: usize,
    header: Header,
    records: usize,
    /// Whether the header isn't in the file, or can't be right.
    lost: bool,
}

/// Where the records of a part are, and how its end was found.
struct Found {
    extent: Extent,
    /// Where the next part is looked for.
    next: usize,
}

/// The longest header that is looked behind, if the header itself can't be read.
const HEADERS: usize = 64;
const SIZE_AT: usize = 4;
const CRC_AT: usize = 12;
/// The protocol of a part whose header is lost.
const PROTOCOL: u8 = 0x20;

/// Finds the next part at or behind `at`, and what is wrong on the way to it and with it.
pub(super) fn next(file: &[u8], at: usize, budget: &mut Budget, steps: &mut Steps) -> Option<Part> {
    let rest = file.get(at..).filter(|rest| !rest.is_empty())?;
    let start = start(file, at);
    let skipped = start.map_or(rest.len(), |start| start.offset - at);
    if skipped > 0 {
        steps.push(removed(at, rest.get(..skipped).unwrap_or_default()));
    }
    Some(read(file, start?, budget, steps))
}

/// The next header at or behind `at`; at the start of a file also records whose header is lost.
fn start(file: &[u8], at: usize) -> Option<Start> {
    let whole = |offset: usize| {
        let header = header(file, offset)?;
        let records = offset + usize::from(header.size);
        Some(Start {
            offset,
            header,
            records,
            lost: false,
        })
    };
    let here = whole(at);
    if here.is_some_and(|start| {
        matches!(start.header.size, 12 | 14) || starts_records(file, start.records)
    }) {
        return here;
    }
    let next = next_header(file, at + 1);
    let places = at..file.len().min(at.saturating_add(HEADERS));
    let mut places = places.filter(|_| at == 0 || here.is_some());
    let lost = places.find(|place| starts_records(file, *place));
    match lost.filter(|lost| next.is_none_or(|next| *lost < next)) {
        Some(records) => {
            let readable = here
                .map(|start| start.header)
                .filter(|header| header.protocol < 0x30);
            let (protocol, profile) = readable
                .map_or((PROTOCOL, Options::default().profile), |it| {
                    (it.protocol, it.profile)
                });
            Some(Start {
                offset: at,
                header: Header::new(protocol, profile, 0),
                records,
                lost: true,
            })
        }
        None => here.or_else(|| whole(next?)),
    }
}

fn header(file: &[u8], at: usize) -> Option<Header> {
    segment::header(file.get(at..)?).ok()
}

/// Whether a header is one beyond doubt, wherever it stands.
fn is_certain(header: &Header) -> bool {
    let crc = header
        .crc
        .is_none_or(|crc| crc == 0 || crc == header.right_crc());
    matches!(header.size, 12 | 14) && header.protocol < 0x30 && crc
}

/// Where the next certain header at or behind `from` starts.
fn next_header(file: &[u8], from: usize) -> Option<usize> {
    const SIGNATURE_AT: usize = 8;
    let mut at = from;
    loop {
        let rest = file.get(at + SIGNATURE_AT..)?;
        at += rest
            .windows(4)
            .position(|window| window == Header::SIGNATURE)?;
        if header(file, at).is_some_and(|header| is_certain(&header)) {
            return Some(at);
        }
        at += 1;
    }
}

/// Whether a definition that everybody knows is there, with a message of its own behind it.
fn starts_records(file: &[u8], at: usize) -> bool {
    let rest = file.get(at..).unwrap_or_default();
    if rest.first().is_none_or(|header| header & 0xD0 != 0x40) {
        return false;
    }
    Definition::read(rest, at).is_ok_and(|definition| {
        is_familiar(&definition) && rest.get(definition.bytes.len()) == Some(&definition.local)
    })
}

/// How many bytes at the end are padding: what YMODEM or flash memory fills up with.
fn padding(bytes: &[u8]) -> usize {
    const ERASED: u8 = 0xFF;
    const MANY: usize = 16;
    let trailing =
        |is_it: fn(u8) -> bool| bytes.iter().rev().take_while(|byte| is_it(**byte)).count();
    match trailing(segment::is_padding) {
        0 => Some(trailing(|byte| byte == ERASED))
            .filter(|count| *count >= MANY)
            .unwrap_or(0),
        some => some,
    }
}

/// Reads a part.
fn read(file: &[u8], start: Start, budget: &mut Budget, steps: &mut Steps) -> Part {
    let Found { extent, next } = find_end(file, &start, budget);
    let walked = walk(file, &extent, budget);
    let before = steps.count();
    let header = start.header;
    let authentic = header
        .crc
        .is_some_and(|crc| crc != 0 && crc == header.right_crc());
    let major = header.protocol_major();
    let newer = Some(major).filter(|major| *major > 2 && (extent.verified || authentic));
    complain_of_header(&start, &extent, &walked, steps);
    complain_of_gaps(&start, &walked, steps);
    complain_of_end(file, &start, &extent, &walked, next, steps);
    let protocol = if major > 2 { PROTOCOL } else { header.protocol };
    Part {
        offset: start.offset,
        end: next,
        header: Header::new(protocol, header.profile, 0),
        kept: walked.kept,
        intact: steps.count() == before,
        newer,
    }
}

/// Finds where the records of a part end at the latest.
fn find_end(file: &[u8], start: &Start, budget: &mut Budget) -> Found {
    let declared = usize::try_from(start.header.data_size).ok();
    let declared = declared.and_then(|size| start.records.checked_add(size));
    let declared = declared.filter(|end| *end <= file.len() && !start.lost);
    let found = |limit, unpadded, verified, next| Found {
        extent: Extent {
            start: start.records,
            limit,
            unpadded,
            declared,
            verified,
        },
        next,
    };
    if let Some((end, given)) = declared.and_then(|end| Some((end, crc_at(file, end)?)))
        && budget.crc(end - start.offset)
        && checksum(file.get(start.offset..end).unwrap_or_default()) == given
    {
        return found(end, end, true, end + 2);
    }
    let limit = next_header(file, start.records).unwrap_or(file.len());
    let bytes = file.get(start.records..limit).unwrap_or_default();
    let unpadded = limit - padding(bytes);
    match end_with_crc(file, start, unpadded, limit, budget) {
        Some(end) => found(end, end, true, limit),
        None => found(limit, unpadded, false, limit),
    }
}

/// The end of the records if the last bytes before padding are their CRC, whatever the header says.
fn end_with_crc(
    file: &[u8],
    start: &Start,
    unpadded: usize,
    limit: usize,
    budget: &mut Budget,
) -> Option<usize> {
    // The CRC itself may end in what looks like padding.
    let ends = unpadded.saturating_sub(2)..=unpadded.min(limit.saturating_sub(2));
    let mut ends = ends.filter(|end| *end > start.records);
    ends.find(|end| {
        let records = file.get(start.records..*end).unwrap_or_default();
        let given = crc_at(file, *end);
        let size = u32::try_from(records.len()).unwrap_or(u32::MAX);
        let header = Header {
            data_size: size,
            ..start.header
        };
        let as_it_is = file.get(start.offset..start.records).unwrap_or_default();
        // The CRC was computed when the header was right.
        let headers = [
            as_it_is.to_vec(),
            header.to_bytes(),
            with_crc(header).to_bytes(),
        ];
        headers.iter().any(|header| {
            let mut crc = Crc::new();
            crc.update(header);
            crc.update(records);
            budget.crc(records.len()) && given == Some(crc.value())
        })
    })
}

/// The same header with its true CRC, if it has any.
fn with_crc(header: Header) -> Header {
    let crc = header.crc.map(|_| header.right_crc());
    Header { crc, ..header }
}

fn crc_at(file: &[u8], at: usize) -> Option<u16> {
    let bytes = file.get(at..)?.first_chunk()?;
    Some(u16::from_le_bytes(*bytes))
}

/// Notes what is wrong with the header.
fn complain_of_header(start: &Start, extent: &Extent, walked: &Walked, steps: &mut Steps) {
    let Start { offset, header, .. } = *start;
    if start.lost {
        steps.push(Step::Header { offset });
        return;
    }
    let (declared, right) = (header.data_size, walked.end - start.records);
    let right_crc = header.right_crc();
    let wrong = header
        .crc
        .filter(|given| *given != 0 && *given != right_crc);
    if let Some(given) = wrong {
        let (offset, right) = (offset + CRC_AT, right_crc);
        steps.push(Step::HeaderCrc {
            offset,
            given,
            right,
        });
    }
    let consistent = extent.verified && extent.declared == Some(extent.limit);
    if !consistent && usize::try_from(declared) != Ok(right) {
        let (offset, found) = (offset + SIZE_AT, right);
        steps.push(Step::DataSize {
            offset,
            declared,
            found,
        });
    }
}

/// Notes what can't be read between messages.
fn complain_of_gaps(start: &Start, walked: &Walked, steps: &mut Steps) {
    let mut at = start.records;
    for run in &walked.kept {
        if run.start > at {
            steps.push(Step::Gap {
                offset: at,
                bytes: run.start - at,
            });
        }
        at = run.end;
    }
}

/// Notes what is wrong behind the last message.
fn complain_of_end(
    file: &[u8],
    start: &Start,
    extent: &Extent,
    walked: &Walked,
    next: usize,
    steps: &mut Steps,
) {
    let end = walked.end;
    let rest = match walked.stop {
        Stop::Limit if extent.verified => end,
        Stop::Limit => {
            steps.push(Step::CrcMissing { offset: end });
            end
        }
        Stop::Declared => complain_of_crc(file, start, end, next, steps),
        Stop::Lost => {
            let bytes = extent.limit - end;
            steps.push(Step::Gap { offset: end, bytes });
            extent.limit
        }
        Stop::Short | Stop::Padding if extent.unpadded > end => {
            // A few zeros at the end may as well belong to the message.
            let few = extent.limit - extent.unpadded < MUCH_PADDING;
            let rest = if few { extent.limit } else { extent.unpadded };
            let bytes = rest - end;
            steps.push(Step::Cut { offset: end, bytes });
            rest
        }
        Stop::Short | Stop::Padding => end,
    };
    let rest = rest + if extent.verified { 2 } else { 0 };
    if let Some(bytes) = file.get(rest..next).filter(|bytes| !bytes.is_empty()) {
        steps.push(removed(rest, bytes));
    }
}

/// Notes that the CRC at `end` is wrong or missing; returns where it ends.
fn complain_of_crc(
    file: &[u8],
    start: &Start,
    end: usize,
    next: usize,
    steps: &mut Steps,
) -> usize {
    let offset = end;
    let Some(given) = crc_at(file, end).filter(|_| end + 2 <= next) else {
        steps.push(Step::CrcMissing { offset });
        return next;
    };
    let right = checksum(file.get(start.offset..end).unwrap_or_default());
    steps.push(Step::FileCrc {
        offset,
        given,
        right,
    });
    end + 2
}

/// What is removed between or behind parts.
fn removed(offset: usize, bytes: &[u8]) -> Step {
    let only_padding = padding(bytes) == bytes.len();
    let bytes = bytes.len();
    if only_padding {
        Step::Padding { offset, bytes }
    } else {
        Step::Garbage { offset, bytes }
    }
}
