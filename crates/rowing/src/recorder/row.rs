use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::event::{Event, Gap, Sample, Stroke, Totals};

/// The row as it is told: its events in order of time, and its phases.
#[derive(Debug, Default)]
pub(super) struct Row {
    events: VecDeque<Event>,
    phase: Phase,
    start: Option<Instant>,
    /// The time of the last event.
    last: Option<Instant>,
    /// The end of the last stroke.
    stroke: Option<Instant>,
    /// When the boat last moved.
    moved: Option<Instant>,
    stopping: Option<Stopping>,
    paused: Duration,
    paused_at: Option<Instant>,
    strokes: u64,
    distance: f64,
    /// The distance at the end of the last stroke.
    stroke_distance: f64,
    leg: Leg,
}

/// The way since the last sample, or since the end of a gap, from which the speed follows.
#[derive(Clone, Copy, Debug, Default)]
struct Leg {
    /// Where and when it begins.
    distance: f64,
    time: Option<Instant>,
    /// Seconds that the wheel has taken, while that is known.
    wheel: Option<f64>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Phase {
    /// Nothing was done yet.
    #[default]
    Waiting,
    Rowing,
    Paused,
    Over,
}

/// The monitor has said that nobody rows; the last metres may be still to come.
#[derive(Clone, Copy, Debug)]
struct Stopping {
    at: Instant,
    until: Instant,
}

impl Row {
    pub(super) fn push(&mut self, event: Event) {
        self.events.push_back(event);
    }

    pub(super) fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    pub(super) fn phase(&self) -> Phase {
        self.phase
    }

    /// When the boat last moved, while somebody rows.
    pub(super) fn moved(&self) -> Option<Instant> {
        self.moved.filter(|_| self.phase == Phase::Rowing)
    }

    /// When the last stroke ended.
    pub(super) fn stroke_at(&self) -> Option<Instant> {
        self.stroke
    }

    /// When the last sample was.
    pub(super) fn last(&self) -> Option<Instant> {
        self.last
    }

    /// Metres that no sample has told.
    pub(super) fn untold(&self, distance: f64) -> f64 {
        distance - self.distance
    }

    /// Metres since the last stroke.
    pub(super) fn since_stroke(&self, distance: f64) -> f64 {
        distance - self.stroke_distance
    }

    /// Metres in a second on the way to `distance` metres from the start.
    pub(super) fn speed(&self, time: Instant, distance: f64) -> f64 {
        let passed = self
            .leg
            .time
            .map(|begin| time.saturating_duration_since(begin));
        let seconds = self.leg.wheel.or(passed.map(|passed| passed.as_secs_f64()));
        match seconds {
            Some(seconds) if seconds > 0.0 => (distance - self.leg.distance) / seconds,
            _ => f64::NAN,
        }
    }

    /// Lets the wheel's clock run.
    pub(super) fn run(&mut self, wheel: Option<f64>) {
        let before = self.leg.wheel.zip(wheel);
        self.leg.wheel = before.map(|(before, wheel)| before + wheel);
    }

    /// A way of which nothing is known has ended here: speed and length of what comes are its own.
    pub(super) fn begin_anew(&mut self, time: Instant, distance: f64) {
        self.stroke = None;
        self.stroke_distance = distance;
        self.leg = Leg {
            distance,
            time: Some(time),
            wheel: Some(0.0),
        };
    }

    pub(super) fn start(&mut self, time: Instant, heart_rate: f64) {
        self.phase = Phase::Rowing;
        self.start = Some(time);
        self.last = Some(time);
        self.moved = Some(time);
        self.push(Event::Started { time });
        self.sample(Sample {
            heart_rate,
            ..Sample::bare(time, 0, 0.0)
        });
    }

    pub(super) fn sample(&mut self, mut sample: Sample) {
        sample.time = self.stamp(sample.time);
        self.told(&sample);
        self.push(Event::Sample(sample));
    }

    pub(super) fn stroke(&mut self, mut stroke: Box<Stroke>) {
        stroke.sample.time = self.stamp(stroke.sample.time);
        self.stroke = Some(stroke.sample.time);
        self.stroke_distance = stroke.sample.distance;
        self.move_at(stroke.sample.time);
        self.told(&stroke.sample);
        self.push(Event::Stroke(stroke));
    }

    /// The boat moves.
    pub(super) fn move_at(&mut self, time: Instant) {
        self.moved = self.moved.max(Some(time));
    }

    /// The monitor says that nobody has rowed since then; `until` is when to take it at its word.
    pub(super) fn stop_at_last(&mut self, at: Instant, until: Instant) {
        self.stopping = Some(Stopping { at, until });
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.stopping.is_some()
    }

    pub(super) fn stop_at(&self) -> Option<Instant> {
        self.stopping.map(|stopping| stopping.until)
    }

    pub(super) fn stop_is_due(&self, now: Instant) -> bool {
        self.stop_at().is_some_and(|until| now >= until)
    }

    /// Since when nobody rows, once.
    pub(super) fn take_stop(&mut self) -> Option<Instant> {
        self.stopping.take().map(|stopping| stopping.at)
    }

    pub(super) fn pause(&mut self, time: Instant) {
        self.stopping = None;
        if self.phase != Phase::Rowing {
            return;
        }
        let time = self.stamp(time);
        self.phase = Phase::Paused;
        self.paused_at = Some(time);
        self.push(Event::Paused { time });
    }

    pub(super) fn resume(&mut self, time: Instant) {
        let time = self.stamp(time);
        self.phase = Phase::Rowing;
        if let Some(paused_at) = self.paused_at.take() {
            self.paused += time.saturating_duration_since(paused_at);
        }
        self.move_at(time);
        self.push(Event::Resumed { time });
    }

    /// What comes next comes after the gap has begun.
    pub(super) fn gap(&mut self, mut gap: Gap) {
        gap.start = self.stamp(gap.start);
        self.push(Event::Gap(gap));
    }

    pub(super) fn segment(&mut self, time: Instant) {
        let time = self.stamp(time);
        self.push(Event::Segment { time });
    }

    pub(super) fn end(&mut self) {
        if let (Phase::Rowing | Phase::Paused, Some(time)) = (self.phase, self.last) {
            self.push(Event::Ended { time });
        }
        self.phase = Phase::Over;
    }

    pub(super) fn totals(&self) -> Totals {
        let (Some(start), Some(last)) = (self.start, self.last) else {
            return Totals::default();
        };
        let elapsed = last.saturating_duration_since(start);
        Totals {
            strokes: self.strokes,
            distance: self.distance,
            elapsed,
            active: elapsed.saturating_sub(self.paused),
            ..Totals::default()
        }
    }

    /// Times never decrease.
    fn stamp(&mut self, time: Instant) -> Instant {
        let time = self.last.map_or(time, |last| last.max(time));
        self.last = Some(time);
        time
    }

    fn told(&mut self, sample: &Sample) {
        self.strokes = sample.strokes;
        self.distance = sample.distance;
        self.leg = Leg {
            distance: sample.distance,
            time: Some(sample.time),
            wheel: Some(0.0),
        };
    }
}
