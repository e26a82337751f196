//! One session of a recording as a stream.

use fit::Message;
use fit::profile::types::{event as events, event_type};
use fit::profile::{EVENT, event};
use pipeline_plugin::{
    Batch, Curve, Event, Header, Item, Meta, Output, Result, Streams, Timestamp, Totals, field,
};

use super::columns::Columns;
use super::counter::{COUNTED, COUNTS, Counter};
use super::facts::Numbers;
use super::repairs::Repairs;
use super::rows::Rows;
use super::sessions::{ROUNDED, Session};
use super::settings::FitReader;

/// The shortest time behind the last stop of the timer that counts as a pause, in seconds.
const PAUSE: f64 = 1.0;

/// What happened to the timer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimerEvent {
    Start,
    Stop,
}

impl TimerEvent {
    /// What a message says of the timer, if anything.
    pub(crate) fn of(message: &Message<'_>) -> Option<Self> {
        let said = Numbers(*message);
        if message.number() != EVENT.number || said.integer(event::EVENT) != Some(events::TIMER) {
            return None;
        }
        match said.integer::<u8>(event::EVENT_TYPE)? {
            event_type::START => Some(Self::Start),
            event_type::STOP
            | event_type::STOP_ALL
            | event_type::STOP_DISABLE
            | event_type::STOP_DISABLE_ALL => Some(Self::Stop),
            _ => None,
        }
    }
}

/// Passes the records and events of one session on.
#[derive(Debug)]
pub(crate) struct ActivityStream {
    start: Timestamp,
    end: Option<Timestamp>,
    totals: Totals,
    rows: Rows,
    /// When the timer was stopped, if nothing has come since.
    stopping: Option<Timestamp>,
    is_stopped: bool,
    repairs: Repairs,
}

impl ActivityStream {
    pub(crate) fn new(
        header: &Header,
        session: Session,
        columns: &Columns,
        counters: [Counter; COUNTS],
    ) -> Self {
        let fields = columns.fields().map(Option::<&_>::cloned).collect();
        let mut places = COUNTED.into_iter().map(|field| columns.position(&field));
        let counters = counters.map(|counter| (places.next().flatten(), counter));
        Self {
            start: header.start,
            end: session.end,
            totals: session.totals,
            rows: Rows::new(fields, session.laps, counters),
            stopping: None,
            is_stopped: false,
            repairs: Repairs::default(),
        }
    }

    /// Takes the values and curves of a record.
    pub(crate) fn record<C: Iterator<Item = Curve>>(
        &mut self,
        time: Timestamp,
        row: &[f64],
        curves: impl FnOnce(Timestamp) -> C,
        out: &mut dyn Output,
    ) -> Result<()> {
        if let Some(stopped) = self.stopping.filter(|stopped| time > *stopped) {
            self.stop(stopped);
        }
        // A record's time is rounded to a whole second, the end of the session isn't.
        let time = match self.end {
            Some(end) if time > end && time - end <= ROUNDED => end,
            _ => time,
        };
        self.rows.push(time, row, curves(time), out)
    }

    /// Takes what happened to the timer. It runs at first.
    pub(crate) fn timer(&mut self, event: TimerEvent, time: Timestamp) {
        match event {
            TimerEvent::Start => self.go_on(time),
            TimerEvent::Stop if !self.is_stopped => {
                self.stopping.get_or_insert(time);
            }
            TimerEvent::Stop => {}
        }
    }

    fn go_on(&mut self, time: Timestamp) {
        if let Some(stopped) = self.stopping {
            self.stop(stopped);
        }
        if std::mem::replace(&mut self.is_stopped, false) {
            self.rows.event(Event::TimerStart { time }, time);
        }
    }

    fn stop(&mut self, time: Timestamp) {
        self.stopping = None;
        self.is_stopped = true;
        self.rows.event(Event::TimerStop { time }, time);
    }

    /// Ends the stream; returns the counters as the next session finds them.
    ///
    /// # Errors
    ///
    /// When something had to be put right, and the reader is strict; what a stage says.
    pub(crate) fn finish(
        mut self,
        reader: &FitReader,
        repairs: &mut Repairs,
        out: &mut dyn Streams,
    ) -> Result<[Counter; COUNTS]> {
        if self.rows.count == 0 {
            self.repairs.empty += 1;
            self.make_up(out)?;
        }
        // The timer is stopped at the end in any case. What comes behind that is a pause.
        if let (Some(stopped), Some(end)) = (self.stopping, self.end)
            && end - stopped > PAUSE
        {
            self.go_on(end);
        }
        self.rows.finish(out)?;
        self.repairs.counters = self.rows.repairs;
        self.repairs.sorted += self.rows.sorted;
        self.repairs.late += self.rows.late;
        repairs.add(&self.repairs);
        repairs.refused(reader)?;
        let known = |total: f64| (total > 0.0).then_some(total);
        let meta = Meta {
            total_cycles: known(self.totals.cycles),
            calories: known(self.totals.calories).filter(|_| reader.believes_calories()),
            ..Meta::default()
        };
        if meta != Meta::default() {
            out.send(Item::Event(Event::Meta(meta)))?;
        }
        out.finish()?;
        Ok(self.rows.next_counters())
    }

    /// A session without records goes from its start to its end.
    fn make_up(&self, out: &mut dyn Output) -> Result<()> {
        let end = self.end.map_or(self.start, |end| end.max(self.start));
        let mut batch = Batch::of_times(vec![self.start, end]);
        if self.totals.distance > 0.0 {
            batch.add(field::DISTANCE, vec![0.0, self.totals.distance]);
        }
        out.send(Item::Samples(batch))
    }
}
