//! What was done to make a file sound.

use std::fmt;

use crate::profile::{Enumeration, types};

/// Something that was done to make a file sound. Places are bytes from the start of the damaged file.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Step {
    /// A header was made, because there was none or it couldn't be right.
    Header {
        /// Where it should have been.
        offset: usize,
    },
    /// The header's own CRC was corrected.
    HeaderCrc {
        /// Where it is.
        offset: usize,
        /// The CRC in the header.
        given: u16,
        /// The CRC of the header.
        right: u16,
    },
    /// The size of the data was corrected.
    DataSize {
        /// Where it is.
        offset: usize,
        /// Bytes of data according to the header.
        declared: u32,
        /// Bytes of data there are.
        found: usize,
    },
    /// The CRC was corrected: bytes have changed since it was computed, nobody knows which.
    FileCrc {
        /// Where it is.
        offset: usize,
        /// The CRC in the file.
        given: u16,
        /// The CRC of header and data.
        right: u16,
    },
    /// A CRC was added, because the data were the last there was.
    CrcMissing {
        /// Where the data end.
        offset: usize,
    },
    /// A message that isn't whole was removed from the end.
    Cut {
        /// Where it starts.
        offset: usize,
        /// Bytes of it that there are.
        bytes: usize,
    },
    /// Bytes were removed that can't be read as messages.
    Gap {
        /// Where they start.
        offset: usize,
        /// How many.
        bytes: usize,
    },
    /// Padding was removed: what YMODEM or flash memory fills up with.
    Padding {
        /// Where it starts.
        offset: usize,
        /// How many bytes.
        bytes: usize,
    },
    /// Bytes were removed that are no part of a FIT file.
    Garbage {
        /// Where they start.
        offset: usize,
        /// How many.
        bytes: usize,
    },
    /// A segment was left out: there is nothing in it to keep.
    Segment {
        /// Where it starts.
        offset: usize,
        /// How many bytes it has.
        bytes: usize,
    },
    /// The `file_id` was moved to the start, where it belongs.
    FileIdMoved,
    /// A `file_id` was made, because there was none.
    FileIdMade,
    /// The timer was stopped at the end.
    TimerStopped {
        /// FIT seconds.
        time: u32,
    },
    /// A `lap` was made from the records.
    Lap(Summary),
    /// A `session` was made from the laps and the records.
    Session(Summary),
    /// An `activity` was made.
    Activity {
        /// Seconds with the timer running.
        timer_time: f64,
    },
    /// And so many other steps.
    More {
        /// How many.
        count: usize,
    },
}

/// What a lap or a session that was made comes to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// FIT seconds of its start.
    pub start: u32,
    /// Seconds from its start to its end.
    pub elapsed_time: f64,
    /// Seconds with the timer running.
    pub timer_time: f64,
    /// Metres; `None` where the records have no distance.
    pub distance: Option<f64>,
    /// Kilocalories; `None` where neither the records nor all laps have them.
    pub calories: Option<f64>,
    /// The sport, by its number in the profile.
    pub sport: u8,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header { offset } => write!(f, "byte {offset}: made a new header"),
            Self::HeaderCrc {
                offset,
                given,
                right,
            } => {
                write!(
                    f,
                    "byte {offset}: corrected the header CRC from {given:#06x} to {right:#06x}"
                )
            }
            Self::DataSize {
                offset,
                declared,
                found,
            } => write!(
                f,
                "byte {offset}: corrected the size of the data from {declared} to {found} bytes"
            ),
            Self::FileCrc {
                offset,
                given,
                right,
            } => {
                write!(
                    f,
                    "byte {offset}: corrected the file CRC from {given:#06x} to {right:#06x}"
                )
            }
            Self::CrcMissing { offset } => write!(f, "byte {offset}: added the file CRC"),
            Self::Cut { offset, bytes } => {
                write!(
                    f,
                    "byte {offset}: removed {bytes} bytes of a message that isn't whole"
                )
            }
            Self::Gap { offset, bytes } => {
                write!(f, "byte {offset}: removed {bytes} bytes that can't be read")
            }
            Self::Padding { offset, bytes } => {
                write!(f, "byte {offset}: removed {bytes} bytes of padding")
            }
            Self::Garbage { offset, bytes } => {
                write!(f, "byte {offset}: removed {bytes} bytes that are no FIT")
            }
            Self::Segment { offset, bytes } => {
                write!(
                    f,
                    "byte {offset}: removed a segment of {bytes} bytes with nothing to keep"
                )
            }
            Self::FileIdMoved => f.write_str("moved `file_id` to the start"),
            Self::FileIdMade => f.write_str("added a `file_id`"),
            Self::TimerStopped { time } => write!(f, "added the stop of the timer at {time} s"),
            Self::Lap(summary) => write!(f, "added a lap: {summary}"),
            Self::Session(summary) => write!(f, "added a session: {summary}"),
            Self::Activity { timer_time } => write!(f, "added an activity: {timer_time} s"),
            Self::More { count } => write!(f, "and {count} steps more"),
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: &Enumeration = &types::SPORT;
        write!(f, "{} s", self.timer_time)?;
        if let Some(distance) = self.distance {
            write!(f, ", {distance} m")?;
        }
        match names.name_of(self.sport.into()) {
            Some(name) => write!(f, ", {name}"),
            None => write!(f, ", sport {}", self.sport),
        }
    }
}

/// Steps that are kept; a file with more is no FIT file.
const KEPT: usize = 1000;

/// The steps so far.
#[derive(Debug, Default)]
pub(super) struct Steps {
    kept: Vec<Step>,
    more: usize,
}

impl Steps {
    pub(super) fn push(&mut self, step: Step) {
        if self.kept.len() < KEPT {
            self.kept.push(step);
        } else {
            self.more += 1;
        }
    }

    pub(super) fn count(&self) -> usize {
        self.kept.len() + self.more
    }

    pub(super) fn into_list(mut self) -> Vec<Step> {
        if self.more > 0 {
            self.kept.push(Step::More { count: self.more });
        }
        self.kept
    }
}
