//! Checking a whole file.

use std::collections::BTreeMap;
use std::fmt;

use crate::message::{Decoder, Message, Piece};
use crate::problem::{Problem, ProblemKind, Severity};
use crate::problems::Problems;
use crate::profile::{self, file_id, types};
use crate::segment::Segment;

/// What [`inspect`] found.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// Bytes of the file.
    pub size: usize,
    /// The segments, in the order of the file; the first 1,000.
    pub segments: Vec<SegmentReport>,
    /// How many segments there are beyond those.
    pub omitted_segments: u64,
    /// What is wrong, by ascending offset of the first place.
    pub problems: Problems,
}

/// Segments that are reported; a file with more is no recording.
const SEGMENTS: usize = 1000;

/// What [`inspect`] found about a segment.
#[derive(Clone, Debug, PartialEq)]
pub struct SegmentReport {
    /// Header, extent and CRCs.
    pub segment: Segment,
    /// How many messages there are of each number.
    pub counts: BTreeMap<u16, u64>,
    /// The type of the file, such as 4 for an activity.
    pub file_type: Option<u8>,
    /// FIT seconds of the first and the last message with a time.
    pub times: Option<(u32, u32)>,
}

/// How good a file is; [`Report::problems`] has the reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Nothing is wrong.
    Sound,
    /// Odd in places, but nothing is lost.
    Odd,
    /// Not as it was written; part of it can be read.
    Damaged,
    /// Not a single message can be read.
    Unreadable,
}

/// Reads a whole file tolerantly and says what is in it and what is wrong with it.
///
/// What it keeps in memory doesn't grow with the file.
pub fn inspect(file: &[u8]) -> Report {
    let mut decoder = Decoder::tolerant(file);
    let mut report = Report {
        size: file.len(),
        segments: Vec::new(),
        omitted_segments: 0,
        problems: Problems::default(),
    };
    let mut last: Option<SegmentReport> = None;
    let mut last_record = None;
    // A tolerant decoder has no errors.
    while let Ok(Some(piece)) = decoder.next_piece() {
        match piece {
            Piece::Problem(problem) => report.problems.push(problem),
            Piece::Segment(segment) => {
                report.add(last.replace(SegmentReport::new(segment.clone())));
                last_record = None;
            }
            Piece::Message(message) => {
                let (Some(last), seen) = (&mut last, Seen::of(&message)) else {
                    continue;
                };
                last.take(&seen, &mut report.problems);
                if seen.number == profile::RECORD.number {
                    seen.reversed(last_record, &mut report.problems);
                    last_record = seen.time.or(last_record);
                }
            }
        }
    }
    report.add(last);
    report.problems.sort();
    report
}

/// What the report needs to know of a message.
struct Seen {
    number: u16,
    offset: usize,
    time: Option<u32>,
    file_type: Option<u8>,
}

impl Seen {
    fn of(message: &Message<'_>) -> Self {
        let number = message.number();
        let is_file_id = number == profile::FILE_ID.number;
        let file_type = message.field(file_id::TYPE.number).filter(|_| is_file_id);
        let file_type = file_type.and_then(|field| field.integers().next().flatten());
        let file_type = file_type.and_then(|raw| raw.try_into().ok());
        Self {
            number,
            offset: message.offset(),
            time: message.timestamp(),
            file_type,
        }
    }

    fn reversed(&self, before: Option<u32>, problems: &mut Problems) {
        let reversed = before
            .zip(self.time)
            .filter(|(before, after)| after < before);
        if let Some((before, after)) = reversed {
            let (offset, kind) = (self.offset, ProblemKind::TimeReversed { before, after });
            problems.push(Problem { offset, kind });
        }
    }
}

impl SegmentReport {
    fn new(segment: Segment) -> Self {
        Self {
            segment,
            counts: BTreeMap::new(),
            file_type: None,
            times: None,
        }
    }

    /// How many messages there are.
    pub fn messages(&self) -> u64 {
        self.counts.values().sum()
    }

    fn take(&mut self, seen: &Seen, problems: &mut Problems) {
        if self.counts.is_empty() && seen.number != profile::FILE_ID.number {
            let kind = ProblemKind::FileIdMissing { found: seen.number };
            problems.push(Problem {
                offset: seen.offset,
                kind,
            });
        }
        *self.counts.entry(seen.number).or_default() += 1;
        self.file_type = self.file_type.or(seen.file_type);
        if let Some(time) = seen.time {
            self.times = Some((self.times.map_or(time, |(first, _)| first), time));
        }
    }

    /// What the segment as a whole lacks.
    fn complain(&self, problems: &mut Problems) {
        let offset = self.segment.offset;
        let mut complain = |kind| problems.push(Problem { offset, kind });
        if self.counts.is_empty() {
            complain(ProblemKind::NoMessages);
        }
        if self.file_type != Some(types::file::ACTIVITY) {
            return;
        }
        let needed = [
            profile::RECORD,
            profile::LAP,
            profile::SESSION,
            profile::ACTIVITY,
        ];
        for number in needed.map(|message| message.number) {
            match self.counts.get(&number) {
                None => complain(ProblemKind::MessageMissing { number }),
                Some(&found @ 2..) if number == profile::ACTIVITY.number => {
                    complain(ProblemKind::MessageRepeated { number, found });
                }
                _ => {}
            }
        }
    }
}

impl Report {
    fn add(&mut self, segment: Option<SegmentReport>) {
        let Some(segment) = segment else {
            return;
        };
        segment.complain(&mut self.problems);
        if self.segments.len() < SEGMENTS {
            self.segments.push(segment);
        } else {
            self.omitted_segments += 1;
        }
    }

    /// How many messages with this number there are in all segments.
    pub fn count(&self, message: u16) -> u64 {
        self.segments
            .iter()
            .filter_map(|segment| segment.counts.get(&message))
            .sum()
    }

    /// How good the file is.
    pub fn verdict(&self) -> Verdict {
        match self.problems.worst() {
            _ if self
                .segments
                .iter()
                .all(|segment| segment.counts.is_empty()) =>
            {
                Verdict::Unreadable
            }
            Some(Severity::Error) => Verdict::Damaged,
            Some(Severity::Warning) => Verdict::Odd,
            None => Verdict::Sound,
        }
    }

    /// Whether the file is as it was written: whether there are no errors, warnings aside.
    pub fn is_valid(&self) -> bool {
        self.errors().next().is_none()
    }

    /// The problems that are errors.
    pub fn errors(&self) -> impl Iterator<Item = &Problem> {
        self.problems
            .iter()
            .filter(|problem| problem.severity() == Severity::Error)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sound => "sound",
            Self::Odd => "sound, with oddities",
            Self::Damaged => "damaged",
            Self::Unreadable => "unreadable",
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}: {} bytes, {} segments",
            self.verdict(),
            self.size,
            self.segments.len()
        )?;
        for segment in &self.segments {
            writeln!(f, "{segment}")?;
        }
        if self.omitted_segments > 0 {
            writeln!(f, "and {} more segments", self.omitted_segments)?;
        }
        for (problem, count) in self.problems.counted() {
            let severity = match problem.severity() {
                Severity::Warning => "warning",
                Severity::Error => "error",
            };
            match count {
                1 => writeln!(f, "{severity}: {problem}")?,
                _ => writeln!(f, "{severity}: {problem} ({count} times)")?,
            }
        }
        if self.problems.omitted() > 0 {
            writeln!(f, "and {} more problems", self.problems.omitted())?;
        }
        Ok(())
    }
}

impl fmt::Display for SegmentReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Segment { offset, header, .. } = &self.segment;
        let (major, minor) = (header.protocol_major(), header.protocol & 0x0F);
        write!(
            f,
            "byte {offset}: header {}, protocol {major}.{minor}, ",
            header.size
        )?;
        write!(
            f,
            "profile {}, {} bytes of data",
            header.profile, header.data_size
        )?;
        for (number, count) in &self.counts {
            match profile::message(*number) {
                Some(message) => write!(f, ", {count} {}", message.name)?,
                None => write!(f, ", {count} message {number}")?,
            }
        }
        Ok(())
    }
}
