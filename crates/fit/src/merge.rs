//! Making one activity out of several.
//!
//! For a ride whose recorder was switched off at lunch, or a row that was saved by mistake. The records
//! of all follow each other in time, with what is between them; distance and other counters go on
//! where the activity before ended. The time between two is a pause of the last lap before it, with
//! the timer stopped. There is one `file_id`, one `session` with the sums, means and extremes of all,
//! and one `activity`; laps, splits and lengths are numbered anew. Messages and fields that nobody
//! knows are kept as they are, developer fields with their descriptions.

mod combine;
mod developer;
mod ending;
mod leg;
mod patch;
mod plan;
mod write;

use self::leg::Leg;
use crate::error::Error;
use crate::profile::types;

/// One activity out of several.
#[derive(Clone, Debug, PartialEq)]
pub struct Merged {
    /// The bytes of the file.
    pub file: Vec<u8>,
    /// The activities, in the order of time.
    pub legs: Vec<LegReport>,
    /// What could not be kept.
    pub left_out: Vec<LeftOut>,
}

/// An activity of a merged one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LegReport {
    /// Which of the files it comes from.
    pub file: usize,
    /// FIT seconds of its start.
    pub start: u32,
    /// FIT seconds of its end.
    pub end: u32,
    /// Seconds with the timer running.
    pub timer_time: f64,
    /// Metres; `None` where the session doesn't say.
    pub distance: Option<f64>,
    /// Laps.
    pub laps: usize,
}

/// Something that could not be kept, because the activities differ in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeftOut {
    /// Messages of this number of the second and later activities: the first one has others.
    Messages(u16),
    /// A field of this message, by its number.
    Field(u16, u8),
}

/// Which activities may be merged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sports {
    /// Those of one sport.
    #[default]
    Same,
    /// All; the session has the sport that takes most of the time, laps keep theirs.
    Any,
}

/// Why files can't be merged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Unmergeable {
    /// A file is no FIT file.
    #[error("no FIT file")]
    NoFit {
        /// Which of the files.
        file: usize,
    },
    /// A file is damaged, or lacks a lap, the session or the activity.
    #[error("the file is damaged or not complete")]
    Damaged {
        /// Which of the files.
        file: usize,
    },
    /// A file, or a segment of it, is no activity.
    #[error("expected an activity, found {}", kind.map_or("no `file_id`".to_owned(), name_of_type))]
    Other {
        /// Which of the files.
        file: usize,
        /// The type of the file.
        kind: Option<u8>,
    },
    /// There is one activity, or none.
    #[error("expected two activities or more, found {found}")]
    TooFew {
        /// How many there are.
        found: usize,
    },
    /// The times of an activity are no dates.
    #[error("the recorder didn't know the date")]
    NoDate {
        /// Which of the files.
        file: usize,
    },
    /// Two activities were at the same time.
    #[error("two activities overlap: one ends at {end} s, the next one starts at {start} s")]
    Overlap {
        /// Which file the earlier one comes from, and which the later one.
        files: [usize; 2],
        /// FIT seconds at which the earlier one ends.
        end: u32,
        /// FIT seconds at which the later one starts.
        start: u32,
    },
    /// From the start of the first to the end of the last one it is longer than a session can be.
    #[error("from start to end it would be {days} days; at most 49 are possible")]
    TooLong {
        /// How many days it would be.
        days: u32,
    },
    /// The activities are of different sports.
    #[error("the activities are of different sports")]
    DifferentSports {
        /// Which files have them.
        files: [usize; 2],
        /// Their sports, by their number in the profile.
        sports: [u8; 2],
    },
    /// There are more applications with developer fields than a file can have.
    #[error("more than 255 applications with developer fields")]
    TooManyApplications,
    /// The result can't be written.
    #[error(transparent)]
    Write(#[from] Error),
}

fn name_of_type(kind: u8) -> String {
    let name = types::FILE.name_of(kind.into());
    name.map_or_else(
        || format!("a file of type {kind}"),
        |name| format!("a file of type `{name}`"),
    )
}

/// Merges activities into one. The files must be sound; a chained one may hold several activities.
///
/// # Errors
///
/// If one is damaged, is no activity or has no date, if two overlap, or if they are of different
/// sports.
pub fn merge(files: &[&[u8]], sports: Sports) -> Result<Merged, Unmergeable> {
    let mut legs = Vec::new();
    for (index, file) in files.iter().enumerate() {
        leg::read(index, file, &mut legs)?;
    }
    legs.sort_by(|a, b| a.start.total_cmp(&b.start));
    check(&legs, sports)?;
    let (file, left_out) = write::write(&legs)?;
    Ok(Merged {
        file,
        legs: legs.iter().map(Leg::report).collect(),
        left_out,
    })
}

const DAY: f64 = 24.0 * 3600.0;
/// Seconds that a session can last: 32 bits of milliseconds.
const LONGEST: f64 = 4_294_967.0;

fn check(legs: &[Leg<'_>], sports: Sports) -> Result<(), Unmergeable> {
    if legs.len() < 2 {
        return Err(Unmergeable::TooFew { found: legs.len() });
    }
    for (before, after) in legs.iter().zip(legs.iter().skip(1)) {
        let files = [before.file, after.file];
        // Starts of sessions are whole seconds.
        if after.start + 1.0 <= before.busy {
            let (end, start) = (leg::seconds(before.busy), leg::seconds(after.start));
            return Err(Unmergeable::Overlap { files, end, start });
        }
    }
    let first = legs.first().map_or(0.0, |leg| leg.start);
    let elapsed = legs.last().map_or(0.0, |leg| leg.busy) - first;
    if elapsed > LONGEST {
        let days = leg::seconds(elapsed / DAY);
        return Err(Unmergeable::TooLong { days });
    }
    let all = legs
        .iter()
        .flat_map(|leg| leg.sports().map(|sport| (leg.file, sport)));
    let mut all = all.collect::<Vec<_>>().into_iter();
    if let (Sports::Same, Some((first, sport))) = (sports, all.next())
        && let Some((second, other)) = all.find(|(_, other)| *other != sport)
    {
        let (files, sports) = ([first, second], [sport, other]);
        return Err(Unmergeable::DifferentSports { files, sports });
    }
    Ok(())
}
