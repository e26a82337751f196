//! The second layer: from what a file says to what was rowed.
//!
//! Files repeat times at the seams of laps, start distances anew in every lap, mark pauses by empty
//! points. [`Cleaner`] takes the pieces of a [`Reader`] and gives points whose time increases and
//! whose distance does not decrease, with pauses and laps told apart, in memory for 64 points.

use std::io::Read;

use track_xml::{Ahead, Error, ErrorKind, Order, Pause, RepairKind, Repairs};

use crate::event::{ActivityEnd, ActivityStart, Author, Event, LapTotals};
use crate::reader::Reader;

mod entry;
mod lap;
mod track;

use entry::Entry;
use lap::Laps;
use track::Track;

/// What a file needs at least one of.
const USABLE: &str = "trackpoint with a time and no lap with totals";

/// Settings of a [`Cleaner`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CleanOptions {
    /// How to read Coxswain's times. Set it only for files that Coxswain wrote.
    pub coxswain_time_origin: TimeOrigin,
}

/// Where Coxswain's times begin: its first point, at +0 s, is the state after the first second.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TimeOrigin {
    /// Leave the times as they are in the file.
    #[default]
    File,
    /// Put every point one second later, and one with distance 0 at the start.
    Shifted,
}

/// One step through a cleaned file. Every activity gives `Activity`, then points, pauses and laps
/// in the order of time, then `End`.
#[derive(Debug, Clone, PartialEq)]
pub enum Cleaned {
    /// An activity that has at least one point.
    Activity(CleanActivity),
    /// A point; each is later than the one before.
    Point(Point),
    /// The timer stood still between the point before, or later where the file says so, and the one
    /// after.
    Pause(Pause),
    /// A lap of the file has ended; it follows its last point.
    Lap(Box<CleanLap>),
    /// The activity has ended.
    End(Box<ActivityEnd>),
    /// The program that wrote the file.
    Author(Box<Author>),
}

/// The beginning of an activity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CleanActivity {
    /// The `Sport` attribute as written.
    pub sport: String,
    /// The `Id` as written.
    pub id: String,
    /// Start of the first lap, in microseconds UTC; never after the first point.
    pub start: i64,
    /// Seconds that the local time is ahead of UTC, if the file says so.
    pub utc_offset: Option<i32>,
}

/// A cleaned point; NaN means not known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Microseconds UTC.
    pub time: i64,
    /// Seconds that the local time is ahead of UTC, if the file says so.
    pub utc_offset: Option<i32>,
    /// Latitude, in degrees north; NaN also where the file has 0/0.
    pub latitude: f64,
    /// Longitude, in degrees east; NaN also where the file has 0/0.
    pub longitude: f64,
    /// Altitude, in metres.
    pub altitude: f64,
    /// Distance since the start of the activity, in metres; never decreases.
    pub distance: f64,
    /// Heart rate, in beats per minute.
    pub heart_rate: f64,
    /// Strokes, turns or double steps per minute.
    pub cadence: f64,
    /// Speed in metres per second: the file's, else from the distances of this point and the last.
    pub speed: f64,
    /// Power, in watts.
    pub power: f64,
    /// Strokes since the start, integrated from the cadence.
    pub strokes: f64,
}

/// A lap as the file has it.
#[derive(Debug, Clone, PartialEq)]
pub struct CleanLap {
    /// Its start, in microseconds UTC.
    pub start: i64,
    /// The start of the next lap, or the last point of the activity, in microseconds UTC.
    pub end: i64,
    /// What the file says about it, impossible totals left out.
    pub totals: LapTotals,
}

/// Cleans a file while reading it.
///
/// As with [`Reader`], an error comes after everything that was sound before it.
#[derive(Debug)]
pub struct Cleaner<R> {
    reader: Reader<R>,
    options: CleanOptions,
    ready: Ahead<Cleaned>,
    order: Order<Entry>,
    track: Track,
    laps: Laps,
    /// The open activity, until its first point is given.
    waiting: Option<ActivityStart>,
    /// Its start and offset, as soon as they are known.
    start: Option<(i64, Option<i32>)>,
    /// Whether any activity had points.
    any: bool,
}

impl<R: Read> Cleaner<R> {
    /// Cleans what `reader` reads.
    pub fn new(reader: Reader<R>, options: CleanOptions) -> Cleaner<R> {
        Cleaner {
            reader,
            options,
            ready: Ahead::default(),
            order: Order::default(),
            track: Track::default(),
            laps: Laps::default(),
            waiting: None,
            start: None,
            any: false,
        }
    }

    /// Starts anew with another input, keeping buffers and options.
    pub fn reset(&mut self, input: R) {
        self.reader.reset(input);
        self.ready.clear();
        self.begin(None);
        self.any = false;
    }

    /// What had to be put right so far, by the reader and here.
    pub fn repairs(&self) -> &Repairs {
        self.reader.repairs()
    }

    /// The byte up to which the input has been understood, counted from 0.
    pub fn offset(&self) -> u64 {
        self.reader.offset()
    }

    /// The next piece; `None` at the end of the file.
    #[expect(
        clippy::should_implement_trait,
        reason = "an iterator of results would go on after errors"
    )]
    #[inline]
    pub fn next(&mut self) -> Result<Option<Cleaned>, Error> {
        loop {
            if let Some(next) = self.ready.next() {
                return next;
            }
            if let Err(error) = self.advance() {
                self.salvage(error);
            }
        }
    }

    #[inline]
    fn advance(&mut self) -> Result<(), Error> {
        match self.reader.next()? {
            Some(Event::Trackpoint(point)) => self.put_trackpoint(point),
            Some(event) => self.put(event),
            None if self.any => {
                self.ready.end();
                Ok(())
            }
            None => Err(self.reader.error(ErrorKind::NoPoints(USABLE))),
        }
    }

    /// Gives what is held back before `error`.
    fn salvage(&mut self, error: Error) {
        // In strict mode this may find another repair; the first error is the one to tell.
        let _ = self.give_rest();
        self.ready.fail(error);
    }

    fn put(&mut self, event: Event) -> Result<(), Error> {
        match event {
            Event::Activity(activity) => {
                self.begin(Some(activity));
                Ok(())
            }
            Event::Lap(lap) => {
                self.put_lap(lap);
                Ok(())
            }
            Event::Track => {
                self.laps.put_track();
                Ok(())
            }
            Event::Trackpoint(point) => self.put_trackpoint(point),
            Event::LapEnd(totals) => self.put_lap_end(*totals),
            Event::ActivityEnd(end) => {
                self.give_rest()?;
                if self.waiting.take().is_some() {
                    return self.reader.note(RepairKind::EmptyActivity);
                }
                self.ready.push(Cleaned::End(end));
                Ok(())
            }
            Event::Author(author) => {
                self.ready.push(Cleaned::Author(author));
                Ok(())
            }
        }
    }

    fn begin(&mut self, activity: Option<ActivityStart>) {
        self.order.clear();
        self.track = Track::default();
        self.laps = Laps::default();
        self.waiting = activity;
        self.start = None;
    }

    /// Puts a point of the open lap in order.
    #[inline]
    fn hold(&mut self, entry: Entry) -> Result<(), Error> {
        let seam = self.laps.at_seam();
        self.laps.saw(&entry);
        if let Some(kind) = self.order.put(entry).repair(seam) {
            self.reader.note(kind)?;
        }
        match self.order.take_settled() {
            Some(entry) => self.give(&entry),
            None => Ok(()),
        }
    }

    /// Gives everything that is held back.
    fn give_rest(&mut self) -> Result<(), Error> {
        self.laps.finish(None);
        while let Some(entry) = self.order.take() {
            self.give(&entry)?;
        }
        while let Some(lap) = self.laps.take_before(i64::MAX) {
            self.ready.push(Cleaned::Lap(lap));
        }
        Ok(())
    }

    fn give(&mut self, entry: &Entry) -> Result<(), Error> {
        let start = match (self.waiting.take(), self.start) {
            (Some(activity), start) => self.give_activity(activity, start, entry)?,
            (None, start) => start.map_or(entry.time, |(start, _)| start),
        };
        while let Some(lap) = self.laps.take_before(entry.time) {
            self.ready.push(Cleaned::Lap(lap));
        }
        let previous = self.track.previous().map(|point| point.time);
        if entry.pause
            && let Some(before) = previous
            && let start = entry.stopped.map_or(before, |stop| stop.max(before))
            && let Some(pause) = Pause::between(start, entry.time)
        {
            self.ready.push(Cleaned::Pause(pause));
        }
        let (point, repair) = self.track.step(entry, start);
        self.ready.push(Cleaned::Point(point));
        match repair {
            Some(kind) => self.reader.note(kind),
            None => Ok(()),
        }
    }

    /// Gives the beginning of `activity`, whose first point is `entry`; returns its start.
    fn give_activity(
        &mut self,
        activity: ActivityStart,
        start: Option<(i64, Option<i32>)>,
        entry: &Entry,
    ) -> Result<i64, Error> {
        self.any = true;
        let offset = entry.point.time.and_then(|time| time.utc_offset);
        let (start, utc_offset) = start.unwrap_or((entry.time, offset));
        let start = start.min(entry.time);
        self.start = Some((start, utc_offset));
        let ActivityStart { sport, id } = activity;
        let utc_offset = utc_offset.or(offset);
        self.ready.push(Cleaned::Activity(CleanActivity {
            sport,
            id,
            start,
            utc_offset,
        }));
        let held = std::iter::once(entry).chain(self.order.held());
        if self.track.look_ahead(held) {
            self.reader.note(RepairKind::DistancePerStroke)?;
        }
        Ok(start)
    }
}
