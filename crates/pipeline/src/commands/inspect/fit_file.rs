//! A FIT file as `inspect` sees it.

use fit::{Decoder, Report, Segment, Verdict};

use super::Outcome;
use super::part::Part;
use super::problem::Fault;

/// What is in a FIT file, and what is wrong with it.
pub(super) struct FitFile {
    pub(super) report: Report,
    pub(super) faults: Vec<Fault>,
    /// One for each segment of the report.
    pub(super) parts: Vec<Part>,
}

impl FitFile {
    /// Reads whatever can be read.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let report = fit::inspect(bytes);
        let mut parts = vec![Part::default(); report.segments.len()];
        let mut decoder = Decoder::tolerant(bytes);
        // A tolerant decoder has no errors.
        while let Ok(Some(message)) = decoder.next_message() {
            let part = segment_at(&report, message.offset()).and_then(|at| parts.get_mut(at));
            if let Some(part) = part {
                part.take(&message);
            }
        }
        parts.iter_mut().for_each(Part::finish);
        let faults = Fault::all_of_fit(&report.problems);
        Self {
            report,
            faults,
            parts,
        }
    }

    pub(super) fn outcome(&self) -> Outcome {
        match self.report.verdict() {
            Verdict::Sound | Verdict::Odd => Outcome::Sound,
            Verdict::Damaged => Outcome::Damaged,
            Verdict::Unreadable => Outcome::Unreadable,
        }
    }
}

/// Which segment the byte at `offset` is in.
pub(super) fn segment_at(report: &Report, offset: usize) -> Option<usize> {
    let after = report
        .segments
        .partition_point(|it| it.segment.offset <= offset);
    after.checked_sub(1)
}

/// How a header's own CRC is: `ok`, `wrong`, or `none` in headers without.
pub(super) fn header_crc(segment: &Segment) -> &'static str {
    match segment.header.crc {
        None | Some(0) => "none",
        Some(given) if given == segment.header.right_crc() => "ok",
        Some(_) => "wrong",
    }
}

/// How the CRC of a segment's data is: `ok`, `wrong` or `missing`.
pub(super) fn data_crc(segment: &Segment) -> &'static str {
    match (segment.crc, segment.right_crc) {
        (Some(given), Some(right)) if given == right => "ok",
        (Some(_), Some(_)) => "wrong",
        _ => "missing",
    }
}

/// `2.0`: the version of the protocol that a segment uses.
pub(super) fn protocol(segment: &Segment) -> String {
    let header = &segment.header;
    format!("{}.{}", header.protocol_major(), header.protocol & 0x0F)
}
