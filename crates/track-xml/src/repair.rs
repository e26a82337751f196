//! What had to be put right while reading, counted by kind.

use std::fmt;

/// A kind of repair. Each is reported once per file, however often it was needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RepairKind {
    /// A time without zone; UTC is assumed.
    MissingZone,
    /// A time that is none; the point's or lap's own is left out.
    UnparsableTime,
    /// A time in non-Latin digits or of the Buddhist era, as phones set to such locales write them.
    ForeignTime,
    /// Text where a number belongs; the value is left out.
    UnparsableNumber,
    /// `NaN` or infinity where a number belongs; the value is left out.
    NotANumber,
    /// A number outside what its field can mean (heart rate 255, latitude 200); left out.
    OutOfRange,
    /// Control characters in a text; dropped.
    ControlCharacters,
    /// A text that is not in the file's encoding; the bad bytes are replaced.
    InvalidText,
    /// An entity that XML does not define; kept as written.
    UnknownEntity,
    /// Text between elements; ignored.
    StrayText,
    /// Something after the end of the document; ignored.
    TrailingContent,
    /// Points before others of an earlier time; sorted.
    OutOfOrder,
    /// Points too far out of order to be sorted; dropped.
    LatePoint,
    /// Several points of the same time; merged into one.
    DuplicateTime,
    /// Points without time in a track that has times; dropped.
    MissingTime,
    /// A lap whose points have no times; they are spread evenly over it.
    SpreadTimes,
    /// A lap whose start is not given; its first point's time is taken.
    MissingLapStart,
    /// A lap start that its points contradict; its first point's time is taken.
    WrongLapStart,
    /// A lap without points but with totals; two points stand for it.
    LapWithoutPoints,
    /// An activity with neither points nor totals; left out.
    EmptyActivity,
    /// Distance that begins anew; counted on.
    DistanceReset,
    /// Distance that goes back; held.
    DistanceDecrease,
    /// Distance per stroke instead of since the start; summed.
    DistancePerStroke,
    /// Distance that starts far from 0; counted from 0.
    DistanceOffset,
    /// Calories of a lap that can only be small calories; divided by 1,000.
    SmallCalories,
    /// A total of a lap that can't be; left out.
    AbsurdTotal,
    /// Distance since the point before instead of since the start; summed.
    DistancePerPoint,
    /// A point without position where every point has to have one; kept.
    MissingPosition,
    /// An element after those that it has to precede; left out.
    Misplaced,
    /// Values of more sorts than are kept; left out.
    SurplusValue,
}

impl RepairKind {
    /// How many kinds there are.
    pub(crate) const COUNT: usize = RepairKind::SurplusValue as usize + 1;

    /// What was wrong and what was done, as a message about a file.
    pub fn text(self) -> &'static str {
        match self {
            RepairKind::MissingZone => "time without zone, taken as UTC",
            RepairKind::UnparsableTime => "not a time, left out",
            RepairKind::ForeignTime => "time in other digits or of another era, translated",
            RepairKind::UnparsableNumber => "not a number, left out",
            RepairKind::NotANumber => "number is NaN or infinite, left out",
            RepairKind::OutOfRange => "number out of range, left out",
            RepairKind::ControlCharacters => "control characters in a text, dropped",
            RepairKind::InvalidText => "text not in the file's encoding, bad bytes replaced",
            RepairKind::UnknownEntity => "unknown entity, kept as written",
            RepairKind::StrayText => "text between elements, ignored",
            RepairKind::TrailingContent => "content after the end of the document, ignored",
            RepairKind::OutOfOrder => "points out of order, sorted",
            RepairKind::LatePoint => "points too far out of order, dropped",
            RepairKind::DuplicateTime => "points of equal time, merged",
            RepairKind::MissingTime => "points without time, dropped",
            RepairKind::SpreadTimes => "lap whose points have no times, spread evenly",
            RepairKind::MissingLapStart => "lap without start time, first point's taken",
            RepairKind::WrongLapStart => {
                "lap start that its points contradict, first point's taken"
            }
            RepairKind::LapWithoutPoints => "lap without points, two made from its totals",
            RepairKind::EmptyActivity => "activity without points and totals, left out",
            RepairKind::DistanceReset => "distance begins anew, counted on",
            RepairKind::DistanceDecrease => "distance goes back, held",
            RepairKind::DistancePerStroke => "distance per stroke, summed",
            RepairKind::DistanceOffset => "distance starts far from 0, counted from 0",
            RepairKind::SmallCalories => "calories too large, divided by 1,000",
            RepairKind::AbsurdTotal => "absurd total of a lap, left out",
            RepairKind::DistancePerPoint => "distance since the point before, summed",
            RepairKind::MissingPosition => "point without position, kept without",
            RepairKind::Misplaced => "element after those that it has to precede, left out",
            RepairKind::SurplusValue => "values of too many sorts, left out",
        }
    }
}

impl fmt::Display for RepairKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// All repairs of one kind in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repair {
    /// What was wrong.
    pub kind: RepairKind,
    /// How often.
    pub count: u64,
    /// The line of the first, counted from 1; for repairs that a cleaner made, the line to which the
    /// file had been read.
    pub line: u64,
    /// The byte of the first, counted from 0; likewise.
    pub offset: u64,
    /// The offending text of the first, shortened and without control characters; may be empty.
    pub sample: String,
}

impl fmt::Display for Repair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.kind)?;
        if !self.sample.is_empty() {
            write!(f, ": `{}`", self.sample)?;
        }
        if self.count > 1 {
            write!(f, " ({} times)", self.count)?;
        }
        Ok(())
    }
}

/// The repairs of a file, at most one entry per kind, in the order in which they were first needed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Repairs {
    list: Vec<Repair>,
    /// 1 + index into `list` by kind; 0 for none.
    index: [u8; RepairKind::COUNT],
}

impl Repairs {
    /// All of them.
    pub fn iter(&self) -> std::slice::Iter<'_, Repair> {
        self.list.iter()
    }

    /// Whether nothing had to be put right.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How often `kind` was needed.
    pub fn count(&self, kind: RepairKind) -> u64 {
        self.list
            .iter()
            .find(|repair| repair.kind == kind)
            .map_or(0, |repair| repair.count)
    }

    /// Counts one repair; `first` tells its place and sample, and is asked only for the first of a kind.
    pub(crate) fn note(&mut self, kind: RepairKind, first: impl FnOnce() -> (u64, u64, String)) {
        let Some(slot) = self.index.get_mut(kind as usize) else {
            return;
        };
        if let Some(repair) = usize::from(*slot)
            .checked_sub(1)
            .and_then(|index| self.list.get_mut(index))
        {
            repair.count += 1;
            return;
        }
        let (line, offset, sample) = first();
        self.list.push(Repair {
            kind,
            count: 1,
            line,
            offset,
            sample,
        });
        *slot = u8::try_from(self.list.len()).unwrap_or(0);
    }
}

impl<'a> IntoIterator for &'a Repairs {
    type Item = &'a Repair;
    type IntoIter = std::slice::Iter<'a, Repair>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The longest sample that is kept, in characters.
const SAMPLE: usize = 40;

/// `raw` as it can be shown to a person: one line, no control characters, short.
pub(crate) fn sample(raw: &[u8]) -> String {
    let head = raw.get(..SAMPLE * 8).unwrap_or(raw);
    let text = String::from_utf8_lossy(head);
    let clean = |c: char| if c.is_control() { ' ' } else { c };
    let mut words = text
        .trim_matches(|c: char| c.is_control() || c == ' ')
        .chars()
        .map(clean);
    let mut short: String = words.by_ref().take(SAMPLE).collect();
    if words.next().is_some() {
        short.push('…');
    }
    short
}
