//! The second layer: from what a file says to where somebody was.

use std::io::Read;

use track_xml::{Ahead, Error, ErrorKind, Order, Pause, Put, RepairKind, Repairs, Time};

use crate::event::{Event, Measured, Metadata, Others, Track, Trackpoint};
use crate::reader::Reader;

mod entry;
mod path;

use entry::Entry;
use path::Path;

/// What a file needs at least one of.
const USABLE: &str = "trackpoint with a time";

/// One step through a cleaned file: first `Metadata`, then, for every track that has points with
/// times, `Track`, points and pauses in the order of time, and `End`.
#[derive(Debug, Clone, PartialEq)]
pub enum Cleaned {
    /// What the file says about itself.
    Metadata(Box<Metadata>),
    /// A track that has at least one point.
    Track(Box<CleanTrack>),
    /// A point; each is later than the one before.
    Point(Point),
    /// Nothing was recorded between the point before and the one after: another segment begins.
    Pause(Pause),
    /// The track has ended; all that it says about itself.
    End(Box<Track>),
}

/// The beginning of a track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CleanTrack {
    /// What stands before its points.
    pub track: Track,
    /// The time of its first point.
    pub start: Time,
}

/// A cleaned point.
///
/// Of what was [`Measured`], the distance is since the start of the track and never decreases: the
/// file's, or along the positions where the file has none; the speed is the file's, or from the
/// distances of this point and the last; and a position of 0/0 is none.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// When.
    pub time: Time,
    /// What was measured, or follows from it; NaN means not known.
    pub measured: Measured,
}

/// Cleans a file while reading it.
///
/// As with [`Reader`], an error comes after everything that was sound before it.
#[derive(Debug)]
pub struct Cleaner<R> {
    reader: Reader<R>,
    ready: Ahead<Cleaned>,
    order: Order<Entry>,
    path: Path,
    /// The open track, until its first point is given.
    waiting: Option<Box<Track>>,
    /// The next point is the first of another segment.
    seam: bool,
    /// Whether any track had points.
    any: bool,
}

impl<R: Read> Cleaner<R> {
    /// Cleans what `reader` reads.
    pub fn new(reader: Reader<R>) -> Cleaner<R> {
        Cleaner {
            reader,
            ready: Ahead::default(),
            order: Order::default(),
            path: Path::default(),
            waiting: None,
            seam: false,
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

    /// The names of the extra values of points, so far; see [`Reader::extras`].
    pub fn extras(&self) -> &[String] {
        self.reader.extras()
    }

    /// What the file held besides tracks, so far.
    pub fn others(&self) -> Others {
        self.reader.others()
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
            Some(Event::Point(point)) => self.put_point(point),
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
            Event::Metadata(metadata) => {
                self.ready.push(Cleaned::Metadata(metadata));
                Ok(())
            }
            Event::Track(track) => {
                self.begin(Some(track));
                Ok(())
            }
            Event::Segment => {
                self.seam = true;
                Ok(())
            }
            Event::Point(point) => self.put_point(point),
            Event::TrackEnd(track) => {
                self.give_rest()?;
                if self.waiting.take().is_some() {
                    return self.reader.note(RepairKind::EmptyActivity);
                }
                self.ready.push(Cleaned::End(track));
                Ok(())
            }
        }
    }

    fn begin(&mut self, track: Option<Box<Track>>) {
        self.order.clear();
        self.path = Path::default();
        self.waiting = track;
        self.seam = false;
    }

    /// Puts a point in order.
    #[inline]
    fn put_point(&mut self, point: Trackpoint) -> Result<(), Error> {
        let Some(time) = point.time else {
            return self.reader.note(RepairKind::MissingTime);
        };
        let seam = self.seam;
        let measured = point.measured;
        let put = self.order.put(Entry {
            time,
            measured,
            seam,
        });
        // Where the first point of a segment is dropped, the next one is its first.
        self.seam = seam && put == Put::Late;
        if let Some(kind) = put.repair(seam) {
            self.reader.note(kind)?;
        }
        match self.order.take_settled() {
            Some(entry) => self.give(entry),
            None => Ok(()),
        }
    }

    /// Gives everything that is held back.
    fn give_rest(&mut self) -> Result<(), Error> {
        while let Some(entry) = self.order.take() {
            self.give(entry)?;
        }
        Ok(())
    }

    #[inline]
    fn give(&mut self, entry: Entry) -> Result<(), Error> {
        if let Some(track) = self.waiting.take() {
            self.any = true;
            let (track, start) = (*track, entry.time);
            let track = Box::new(CleanTrack { track, start });
            self.ready.push(Cleaned::Track(track));
            if self
                .path
                .look_ahead(std::iter::once(&entry).chain(self.order.held()))
            {
                self.reader.note(RepairKind::DistancePerPoint)?;
            }
        }
        let Entry {
            time,
            mut measured,
            seam,
        } = entry;
        let before = self.path.last_time().unwrap_or(time.micros);
        let pause = Pause::between(before, time.micros).filter(|_| seam);
        if let Some(pause) = pause {
            self.ready.push(Cleaned::Pause(pause));
        }
        let paused = pause.is_some();
        let repair = self.path.step(time.micros, &mut measured, paused);
        self.ready.push(Cleaned::Point(Point { time, measured }));
        match repair {
            Some(kind) => self.reader.note(kind),
            None => Ok(()),
        }
    }
}
