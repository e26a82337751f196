//! The second pass over a file: its records as streams.

use std::collections::VecDeque;

use fit::{Message, Piece, profile};
use pipeline_plugin::{Content, Event, Header, Item, Meta, Result, Streams, Timestamp, Totals};

use super::clock::Clock;
use super::counter::{COUNTS, Counter};
use super::definitions::Definitions;
use super::plan::Plan;
use super::repairs::Repairs;
use super::sessions::{self, Session};
use super::settings::FitReader;
use super::stream::{ActivityStream, TimerEvent};
use super::survey::{Recording, Survey, cannot_read};

/// Reads the recordings of a file that was surveyed before.
pub(crate) struct Activities<'a> {
    pub(crate) reader: &'a FitReader,
    pub(crate) name: &'a str,
    pub(crate) repairs: Repairs,
    /// How many streams were opened.
    pub(crate) opened: usize,
}

impl Activities<'_> {
    /// Passes on every session of every recording.
    pub(crate) fn pass_on(
        &mut self,
        survey: &mut Survey,
        bytes: &mut dyn Content,
        out: &mut dyn Streams,
    ) -> Result<()> {
        let mut decoder = self.reader.decoder(bytes);
        let mut segments = 0;
        let mut recordings = std::mem::take(&mut survey.recordings)
            .into_iter()
            .peekable();
        let mut open: Option<Open> = None;
        while open.is_some() || recordings.peek().is_some() {
            let piece = match decoder.next_piece() {
                Ok(piece) => piece,
                // It was met before, and is told at the end.
                Err(fit::Error::File(_)) => None,
                Err(error) => return Err(cannot_read(error)),
            };
            match piece {
                None => break,
                Some(Piece::Segment(_)) => {
                    self.close(open.take(), out)?;
                    open = recordings
                        .next_if(|recording| recording.segment == segments)
                        .and_then(|recording| Open::new(recording, self));
                    if let Some(open) = &mut open {
                        open.next(self, out)?;
                    }
                    segments += 1;
                }
                Some(Piece::Message(message)) => {
                    if let Some(open) = &mut open {
                        open.take(&message, self, out)?;
                    }
                }
                Some(Piece::Problem(_)) => {}
            }
        }
        self.close(open, out)
    }

    fn close(&mut self, open: Option<Open>, out: &mut dyn Streams) -> Result<()> {
        match open {
            Some(open) => open.close(self, out),
            None => Ok(()),
        }
    }
}

/// The recording that is being read.
struct Open {
    recording: Recording,
    clock: Clock,
    /// The sessions that haven't begun.
    ahead: VecDeque<Session>,
    /// Whether there is one session only.
    is_single: bool,
    stream: Option<ActivityStream>,
    header: Header,
    definitions: Definitions,
    /// Where the fields go, by local type.
    plans: [Plan; 16],
    accumulator: fit::Accumulator,
    row: Vec<f64>,
}

impl Open {
    /// `None` if nothing in it has a date.
    fn new(recording: Recording, activities: &Activities<'_>) -> Option<Self> {
        let clock = recording.times.clock();
        let ahead: VecDeque<_> = sessions::sessions(&recording, clock, activities.reader).into();
        let first = ahead.front()?;
        let header = Header {
            name: activities.name.to_owned(),
            device: recording.who.recorder(),
            utc_offset: recording.who.utc_offset,
            athlete: recording.who.athlete(first.start),
            zones: recording.who.hr_zones(),
            developer_fields: recording.columns.developer.clone(),
            ..Header::default()
        };
        Some(Self {
            clock,
            is_single: ahead.len() == 1,
            ahead,
            stream: None,
            header,
            definitions: Definitions::default(),
            plans: Default::default(),
            accumulator: fit::Accumulator::default(),
            row: vec![f64::NAN; recording.columns.len()],
            recording,
        })
    }

    /// Ends the session that is open and begins the next.
    fn next(&mut self, activities: &mut Activities<'_>, out: &mut dyn Streams) -> Result<()> {
        let Some(session) = self.ahead.pop_front() else {
            return Ok(());
        };
        let counters = match self.stream.take() {
            Some(before) => before.finish(activities.reader, &mut activities.repairs, out)?,
            None => self.first_counters(&session),
        };
        self.header.start = session.start;
        self.header.sport = session.sport;
        out.open(self.header.clone())?;
        activities.opened += 1;
        let sensors = self.recording.who.sensors();
        if !sensors.is_empty() {
            out.send(Item::Event(Event::Meta(Meta {
                sensors,
                ..Meta::default()
            })))?;
        }
        let columns = &self.recording.columns;
        self.stream = Some(ActivityStream::new(
            &self.header,
            session,
            columns,
            counters,
        ));
        Ok(())
    }

    /// The counters at the start of the recording. Of a single session it is known what they
    /// should have counted.
    fn first_counters(&self, session: &Session) -> [Counter; COUNTS] {
        let Totals {
            distance,
            cycles,
            calories,
            ..
        } = session.totals;
        let mut totals = [distance, cycles, calories].into_iter();
        self.recording.reach.map(|reach| {
            let total = totals.next().filter(|_| self.is_single);
            Counter::new(total.map_or(0.0, |total| reach.before(total)))
        })
    }

    /// Goes on to the session that a time belongs to.
    fn go_to(
        &mut self,
        time: Timestamp,
        activities: &mut Activities<'_>,
        out: &mut dyn Streams,
    ) -> Result<()> {
        while self
            .ahead
            .front()
            .is_some_and(|session| time >= session.start)
        {
            self.next(activities, out)?;
        }
        Ok(())
    }

    fn take(
        &mut self,
        message: &Message<'_>,
        activities: &mut Activities<'_>,
        out: &mut dyn Streams,
    ) -> Result<()> {
        let number = message.number();
        if number == profile::RECORD.number {
            return self.record(message, activities, out);
        }
        self.definitions.take(message);
        let time = message
            .timestamp()
            .and_then(|seconds| self.clock.time(seconds));
        let (Some(timer), Some(time)) = (TimerEvent::of(message), time) else {
            return Ok(());
        };
        // Where one session ends and the next begins, a stop is the first one's.
        if timer == TimerEvent::Start {
            self.go_to(time, activities, out)?;
        }
        if let Some(stream) = &mut self.stream {
            stream.timer(timer, time);
        }
        Ok(())
    }

    fn record(
        &mut self,
        message: &Message<'_>,
        activities: &mut Activities<'_>,
        out: &mut dyn Streams,
    ) -> Result<()> {
        let columns = &self.recording.columns;
        let local = usize::from(message.data().definition.local);
        let Some(plan) = self.plans.get_mut(local) else {
            return Ok(());
        };
        if !plan.fits(message) {
            *plan = Plan::of(message, columns, &self.definitions.applications);
        }
        let Some(seconds) = message.timestamp() else {
            activities.repairs.timeless += 1;
            return Ok(());
        };
        let Some(time) = self.clock.time(seconds) else {
            activities.repairs.undated += 1;
            return Ok(());
        };
        self.go_to(time, activities, out)?;
        let (Some(stream), Some(plan)) = (&mut self.stream, self.plans.get_mut(local)) else {
            return Ok(());
        };
        let columns = &self.recording.columns;
        self.row.fill(f64::NAN);
        plan.fill(message, &mut self.row);
        if columns.accumulates {
            for total in self.accumulator.expand(message) {
                columns.fill_total(&total, &mut self.row);
            }
        }
        columns.complete(&mut self.row);
        let curves = |time| plan.curves(time, columns);
        stream.record(time, &self.row, curves, out)
    }

    fn close(mut self, activities: &mut Activities<'_>, out: &mut dyn Streams) -> Result<()> {
        while !self.ahead.is_empty() {
            self.next(activities, out)?;
        }
        if let Some(stream) = self.stream.take() {
            stream.finish(activities.reader, &mut activities.repairs, out)?;
        }
        Ok(())
    }
}
