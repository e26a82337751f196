//! The sessions of a recording, each of which becomes a stream, and their laps.

use std::collections::VecDeque;

use pipeline_plugin::{Lap, Sport, Timestamp, Totals};

use super::clock::Clock;
use super::facts::{LapFacts, Span};
use super::settings::FitReader;
use super::survey::Recording;

/// A session of a recording.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) start: Timestamp,
    /// Where the recorder says that it ends.
    pub(crate) end: Option<Timestamp>,
    pub(crate) sport: Sport,
    /// What the recorder says was done in it.
    pub(crate) totals: Totals,
    /// Its laps, in the order of their starts.
    pub(crate) laps: VecDeque<Lap>,
}

/// How far apart the end of a lap and the start of the next may be to be the same, in seconds:
/// starts are rounded to whole seconds.
pub(crate) const ROUNDED: f64 = 1.0;

/// How far a lap's start may be from where it follows the one before, in seconds, if all of them
/// make up the session.
const LATE: f64 = 5.0;

/// The longest that a lap or session can be, in seconds: a year.
const LONGEST: f64 = 366.0 * 86_400.0;

impl Span {
    fn start(&self, clock: Clock) -> Option<Timestamp> {
        let written = || {
            let elapsed = self.elapsed().unwrap_or(0.0);
            Some(clock.time(self.written?)? + -elapsed)
        };
        self.start
            .and_then(|start| clock.time(start))
            .or_else(written)
    }

    fn elapsed(&self) -> Option<f64> {
        (self.elapsed >= 0.0 && self.elapsed <= LONGEST).then_some(self.elapsed)
    }

    /// Where it ends if it starts there: the time at which the message was written is no help where
    /// summaries come first.
    fn end(&self, start: Timestamp, clock: Clock) -> Option<Timestamp> {
        let written = || {
            clock
                .time(self.written?)
                .filter(|written| *written >= start)
        };
        self.elapsed()
            .map(|elapsed| start + elapsed)
            .or_else(written)
    }
}

/// The sessions of a recording, in their order; one over everything where the file has none.
pub(crate) fn sessions(recording: &Recording, clock: Clock, reader: &FitReader) -> Vec<Session> {
    let sport = |own: Option<Sport>| reader.sport.or(own).or(recording.sport).unwrap_or_default();
    let known = recording.sessions.iter().filter_map(|facts| {
        let start = facts.span.start(clock)?;
        Some(Session {
            start,
            end: facts.span.end(start, clock),
            sport: sport(facts.sport),
            totals: facts.totals.clone(),
            laps: VecDeque::new(),
        })
    });
    let mut sessions: Vec<_> = known.collect();
    sessions.sort_by_key(|session| session.start);
    let mut laps: Vec<_> = recording
        .laps
        .iter()
        .filter_map(|lap| timed(lap, clock))
        .collect();
    laps.sort_by_key(|(start, _)| *start);
    if sessions.is_empty() {
        let first = [recording.first, recording.first_undated]
            .into_iter()
            .flatten();
        let first = first.filter_map(|seconds| clock.time(seconds));
        let lap = laps.first().map(|(start, _)| *start);
        sessions.extend(first.chain(lap).min().map(|start| Session {
            start,
            end: None,
            sport: sport(None),
            totals: Totals::default(),
            laps: VecDeque::new(),
        }));
    }
    let bounds = recording
        .who
        .hr_zones()
        .map_or(0, |zones| zones.bounds.len());
    let mut own: Vec<Vec<(Timestamp, &LapFacts)>> = vec![Vec::new(); sessions.len()];
    for lap in laps {
        if let Some(own) = own.get_mut(at(&sessions, lap.0 + ROUNDED)) {
            own.push(lap);
        }
    }
    for (session, own) in sessions.iter_mut().zip(own) {
        session.laps = settled(&own, session, clock, reader);
        let times = session
            .laps
            .iter_mut()
            .filter_map(|lap| lap.time_in_hr_zone.as_mut());
        times.for_each(|times| fold(times, bounds));
    }
    sessions
}

/// Which session a time belongs to: the last that has started.
pub(crate) fn at(sessions: &[Session], time: Timestamp) -> usize {
    let started = sessions.partition_point(|session| session.start <= time);
    started.saturating_sub(1)
}

fn timed(lap: &LapFacts, clock: Clock) -> Option<(Timestamp, &LapFacts)> {
    Some((lap.span.start(clock)?, lap))
}

/// FIT has one time more than there are bounds: below the first, between, above the last. Where it
/// is empty, what lies above all bounds counts for the top zone, as everywhere in Pipeline.
fn fold(times: &mut Vec<f64>, bounds: usize) {
    let above: f64 = times.iter().skip(bounds).sum();
    times.truncate(bounds);
    if above > 0.0 {
        times.push(above);
    }
}

/// The laps of a session. Each starts where the one before ends, to the millisecond, if the whole
/// seconds of its own start don't say otherwise.
fn settled(
    own: &[(Timestamp, &LapFacts)],
    session: &Session,
    clock: Clock,
    reader: &FitReader,
) -> VecDeque<Lap> {
    let tile = tile(own, session);
    let mut laps = VecDeque::with_capacity(own.len());
    let mut before = session.start;
    for (start, lap) in own {
        let late = *start - before;
        let is_next = tile || (-ROUNDED..=ROUNDED / 2.0).contains(&late);
        let start = if is_next { before } else { *start };
        let end = lap.span.end(start, clock).unwrap_or(start);
        before = end;
        laps.push_back(made(lap, start, end, reader));
    }
    // What is a bit behind the last lap is its own.
    let last = laps.back_mut().zip(session.end);
    if let Some((lap, end)) = last.filter(|(lap, end)| (0.0..=ROUNDED).contains(&(*end - lap.end)))
    {
        lap.end = end;
    }
    laps
}

/// Whether the laps follow one another without gaps. Watches start the next lap with the next
/// second, or the one after, though no time is lost in between.
fn tile(own: &[(Timestamp, &LapFacts)], session: &Session) -> bool {
    let mut at = session.start;
    for (start, lap) in own {
        if (*start - at).abs() > LATE {
            return false;
        }
        at = at + lap.span.elapsed().unwrap_or(f64::INFINITY);
    }
    session.end.is_some_and(|end| (end - at).abs() <= ROUNDED)
}

fn made(lap: &LapFacts, start: Timestamp, end: Timestamp, reader: &FitReader) -> Lap {
    let mut totals = lap.totals.clone();
    if totals.timer_time > end - start || totals.timer_time.is_nan() {
        totals.timer_time = end - start;
    }
    if !reader.believes_calories() {
        totals.calories = f64::NAN;
    }
    Lap {
        start,
        end,
        trigger: lap.trigger,
        intensity: lap.intensity,
        totals,
        time_in_hr_zone: lap.zones.clone(),
    }
}
