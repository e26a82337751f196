//! Activities as typed values: records, laps, sessions and what belongs to them.
//!
//! This is the level above messages. What a field means is decided here once: `altitude` is the
//! enhanced one where there is one, `speed` and `distance` come out of the packed fields of old
//! devices, positions are degrees. What a type has no field for is still there: every [`Entry`] has
//! its [`Message`], and [`Columns`](crate::Columns) gives all numbers of a record as a row.
//!
//! Quantities are `f64`, in the unit that the field's documentation names, and NaN where nothing was
//! measured: a number is then one word without a branch, goes into a column of a table as it is, and
//! back into an [`Encoder`](crate::Encoder), to which NaN means the same. Numbers that name or count
//! something are `Option`s of integers; the names of their values are in [`profile::types`].
//! Times are FIT seconds; [`time`](crate::time) converts them.
//!
//! ```
//! # fn strokes(file: &[u8]) -> Result<(), fit::Error> {
//! use fit::activity::{Content, Reader};
//!
//! let mut reader = Reader::new(file);
//! let (mut distance, mut fastest) = (0.0, f64::NAN);
//! while let Some(entry) = reader.next_entry()? {
//!     match entry.content {
//!         Content::Record(record) => {
//!             fastest = f64::max(fastest, record.speed); // NaN loses.
//!         }
//!         Content::Lap(lap) => println!("{} m in {} s", lap.totals.distance, lap.totals.timer_time),
//!         Content::Session(session) => distance += session.totals.distance,
//!         _ => {}
//!     }
//! }
//! # Ok(())
//! # }
//! # assert!(strokes(b"").is_err());
//! ```
//!
//! Values are those of the file: nothing is computed from records, put in order or left out.

mod messages;
mod record;
mod totals;

pub use messages::{Activity, DeviceInfo, Event, FileId, Sport};
pub use record::Record;
pub use totals::{Lap, Session, Totals};

use crate::expand::Accumulator;
use crate::message::{Decoder, Message, Next};
use crate::problems::Problems;
use crate::profile;
use crate::scan::Scanner;
use crate::segment::Segment;
use crate::walk::Walk;
use record::RecordPlan;

/// Reads the messages of a file as typed values.
#[derive(Clone, Debug)]
pub struct Reader<S> {
    decoder: Decoder<S>,
    /// How many segments there were.
    segments: u64,
    /// How to read the records of each local type.
    plans: [RecordPlan; 16],
    /// The totals of fields of which there are the low bits only, if there are any.
    totals: Option<Accumulator>,
    latest: Latest,
}

/// The last message of each kind.
#[derive(Clone, Debug, Default)]
struct Latest {
    record: Record,
    lap: Option<Lap>,
    session: Option<Session>,
    activity: Option<Activity>,
    event: Option<Event>,
    file_id: Option<FileId>,
    device_info: Option<DeviceInfo>,
    sport: Option<Sport>,
}

/// A message of an activity.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'m> {
    /// What it says.
    pub content: Content<'m>,
    /// The message itself, with all fields of the file.
    pub message: Message<'m>,
    /// Which segment it is in, from 0: each segment of a chained file is a file of its own.
    pub segment: u64,
}

/// What a message of an activity says.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Content<'m> {
    /// What was measured at one time.
    Record(&'m Record),
    /// A lap: it ends here.
    Lap(&'m Lap),
    /// A session: the whole, or one sport of several.
    Session(&'m Session),
    /// The activity as a whole.
    Activity(&'m Activity),
    /// Something happened: the timer was started or stopped, for example.
    Event(&'m Event),
    /// What the file is, and who made it.
    FileId(&'m FileId),
    /// The device, or one of its sensors.
    DeviceInfo(&'m DeviceInfo),
    /// The sport.
    Sport(&'m Sport),
    /// Another message: [`Entry::message`] has it.
    Other,
}

impl<'a> Reader<Scanner<'a>> {
    /// A strict reader of a whole file in memory.
    pub fn new(file: &'a [u8]) -> Self {
        Self::over(Scanner::new(file))
    }

    /// A tolerant reader of a whole file in memory.
    pub fn tolerant(file: &'a [u8]) -> Self {
        Self::over(Scanner::tolerant(file))
    }
}

impl<S: Walk> Reader<S> {
    /// A reader of what a scanner meets from here on: a file in memory or a
    /// [stream](crate::StreamScanner).
    pub fn over(scanner: S) -> Self {
        Self {
            decoder: Decoder::over(scanner),
            segments: 0,
            plans: Default::default(),
            totals: None,
            latest: Latest::default(),
        }
    }

    /// The next message; `None` at the end of the file.
    ///
    /// # Errors
    ///
    /// The first error of the file, if the reader is strict; if it is tolerant, a stream that can't be
    /// read is the only one.
    #[inline]
    pub fn next_entry(&mut self) -> Result<Option<Entry<'_>>, S::Error> {
        let local = loop {
            match self.decoder.advance()? {
                Next::Message(local) => break local,
                Next::Problem(problem) => self.decoder.note(problem),
                Next::Segment => {
                    self.segments += 1;
                    self.totals = None;
                    self.latest.record = Record::default();
                }
                Next::End => return Ok(None),
            }
        };
        let Some(message) = self.decoder.message(local) else {
            return Ok(None);
        };
        let content = if message.number() == profile::RECORD.number {
            if let Some(plan) = self.plans.get_mut(usize::from(local)) {
                plan.read(&message, &mut self.totals, &mut self.latest.record);
            }
            Content::Record(&self.latest.record)
        } else {
            self.latest.other(&message)
        };
        Ok(Some(Entry {
            content,
            message,
            segment: self.segments.saturating_sub(1),
        }))
    }

    /// What was wrong with the file so far.
    pub fn problems(&self) -> &Problems {
        self.decoder.problems()
    }

    /// The segment that the last message is in; see [`Decoder::segment`].
    pub fn segment(&self) -> Option<&Segment> {
        self.decoder.segment()
    }
}

impl Latest {
    fn other(&mut self, message: &Message<'_>) -> Content<'_> {
        match message.number() {
            LAP => Content::Lap(self.lap.insert(Lap::of(message))),
            SESSION => Content::Session(self.session.insert(Session::of(message))),
            ACTIVITY => Content::Activity(self.activity.insert(Activity::of(message))),
            EVENT => Content::Event(self.event.insert(Event::of(message))),
            FILE_ID => Content::FileId(self.file_id.insert(FileId::of(message))),
            DEVICE_INFO => Content::DeviceInfo(self.device_info.insert(DeviceInfo::of(message))),
            SPORT => Content::Sport(self.sport.insert(Sport::of(message))),
            _ => Content::Other,
        }
    }
}

const LAP: u16 = profile::LAP.number;
const SESSION: u16 = profile::SESSION.number;
const ACTIVITY: u16 = profile::ACTIVITY.number;
const EVENT: u16 = profile::EVENT.number;
const FILE_ID: u16 = profile::FILE_ID.number;
const DEVICE_INFO: u16 = profile::DEVICE_INFO.number;
const SPORT: u16 = profile::SPORT.number;
