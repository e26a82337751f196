//! Which of the messages at the end of an activity are missing, and what they come to.

use super::survey::{Stretch, Sums, Survey};
use super::tally::{Tally, Window, tally};

/// What an activity lacks.
#[derive(Clone, Debug, Default)]
pub(super) struct Missing {
    /// When the timer is to be stopped, in FIT seconds.
    pub(super) stop: Option<f64>,
    pub(super) laps: Vec<Made>,
    pub(super) session: Option<Made>,
    /// Laps of that session, and the index of its first.
    pub(super) session_laps: (f64, f64),
    /// The activity: seconds with the timer running, sessions, and its end in FIT seconds.
    pub(super) activity: Option<(f64, f64, f64)>,
}

/// A lap or session that is made.
#[derive(Clone, Debug)]
pub(super) struct Made {
    pub(super) window: Window,
    pub(super) tally: Tally,
    pub(super) index: f64,
}

/// What has to be made, before the records are summed up.
#[derive(Clone, Debug, Default)]
struct Plan {
    laps: Vec<Window>,
    session: Option<Window>,
    /// Laps that there are in that session.
    kept: Vec<Stretch>,
}

/// How far a lap may end from the last record, in seconds: starts of laps are whole seconds.
const SLACK: f64 = 1.0;

impl Missing {
    /// What `part`, a sound part with that survey, lacks; `cut` if it isn't as long as it was.
    pub(super) fn of(part: &[u8], survey: &Survey, cut: bool) -> Self {
        let Some((first, last)) = survey.span.filter(|_| survey.is_activity()) else {
            return Self::default();
        };
        let plan = Plan::of(survey, f64::from(first), f64::from(last), cut);
        let complete = plan.laps.is_empty() && plan.session.is_none() && survey.activities > 0;
        if complete {
            return Self::default();
        }
        let windows: Vec<_> = plan.laps.iter().copied().chain(plan.session).collect();
        let mut tallies = tally(part, &windows, &survey.timer);
        let session = plan
            .session
            .and_then(|window| Some((window, tallies.pop()?)));
        let made = plan.laps.iter().zip(tallies).zip(survey.laps.len()..);
        let laps = made.map(|((window, tally), index)| Made {
            window: *window,
            tally,
            index: count(index),
        });
        let mut made = Self {
            laps: laps.collect(),
            ..Self::default()
        };
        if let Some((window, tally)) = session {
            made.session_of(window, tally, &plan.kept, survey);
        }
        made.end_of(survey, f64::from(last));
        made
    }

    fn session_of(&mut self, window: Window, mut tally: Tally, kept: &[Stretch], survey: &Survey) {
        if let Some(lap) = self.laps.last_mut() {
            reconcile(&mut lap.tally.sums, &mut tally.sums, kept);
        } else {
            add_up(&mut tally.sums, kept);
        }
        let laps = kept.len() + self.laps.len();
        self.session_laps = (count(laps), count(survey.laps.len() - kept.len()));
        let index = count(survey.sessions.len());
        self.session = Some(Made {
            window,
            tally,
            index,
        });
    }

    /// The stop of the timer, and the activity.
    fn end_of(&mut self, survey: &Survey, last: f64) {
        let ends = survey.sessions.iter().map(|session| session.end);
        let ends = ends.chain(self.session.iter().map(|session| session.window.end));
        let end = ends.fold(last, f64::max);
        self.stop = (survey.timer.runs_on() && survey.activities == 0).then_some(end);
        if survey.activities == 0 {
            let timers = survey.sessions.iter().map(|session| session.sums.timer);
            let timers = timers.chain(self.session.iter().map(|session| session.tally.sums.timer));
            let (mut sum, mut sessions) = (0.0, 0);
            for timer in timers {
                sum += if timer.is_nan() { 0.0 } else { timer };
                sessions += 1;
            }
            self.activity = Some((sum, count(sessions), end));
        }
    }
}

impl Plan {
    fn of(survey: &Survey, first: f64, last: f64, cut: bool) -> Self {
        let stop = survey.timer.last_stop().map(f64::from);
        let last = stop
            .filter(|stop| *stop > last && *stop - last < 24.0 * 3600.0)
            .unwrap_or(last);
        let Some(covered) = survey
            .sessions
            .iter()
            .map(|session| session.end)
            .reduce(f64::max)
        else {
            let start = start(survey, first);
            return Self::session(
                survey,
                Window {
                    start,
                    end: last.max(start),
                },
            );
        };
        // A second leg, of which the session wasn't written any more.
        if cut && survey.activities == 0 && last > covered + SLACK {
            let start = survey.timer.start_after(covered).map_or(covered, f64::from);
            let start = start.min(last);
            return Self::session(survey, Window { start, end: last });
        }
        let window = |session: &Stretch| Window {
            start: session.start,
            end: session.end,
        };
        let laps = if survey.laps.is_empty() {
            survey.sessions.iter().map(window).collect()
        } else {
            Vec::new()
        };
        Self {
            laps,
            ..Self::default()
        }
    }

    /// A session, and the laps of it that there aren't.
    fn session(survey: &Survey, window: Window) -> Self {
        let within =
            |lap: &&Stretch| survey.sessions.is_empty() || lap.start >= window.start - SLACK;
        let kept: Vec<_> = survey.laps.iter().filter(within).copied().collect();
        let Some(covered) = end_of_laps(&kept, window.start) else {
            return Self {
                laps: vec![window],
                session: Some(window),
                kept,
            };
        };
        // Records behind the last lap belong to the next one. Else, a second more is no lap.
        let slack = if survey.goes_on { 0.0 } else { SLACK };
        if window.end > covered + slack {
            let lap = Window {
                start: covered,
                end: window.end,
            };
            return Self {
                laps: vec![lap],
                session: Some(window),
                kept,
            };
        }
        let session = Window {
            end: covered,
            ..window
        };
        Self {
            laps: Vec::new(),
            session: Some(session),
            kept,
        }
    }
}

/// When the first session starts: with its first lap, else with the timer, else with the records.
fn start(survey: &Survey, first: f64) -> f64 {
    const HOUR: f64 = 3600.0;
    let lap = survey.laps.iter().map(|lap| lap.start).reduce(f64::min);
    let timer = survey
        .timer
        .first_start()
        .map(f64::from)
        .filter(|start| *start <= first);
    lap.or(timer)
        .filter(|start| (start - first).abs() < HOUR)
        .unwrap_or(first)
}

/// Where laps end; with the fractions of seconds that their starts lack, if one follows the other.
fn end_of_laps(laps: &[Stretch], start: f64) -> Option<f64> {
    let last = laps.iter().map(|lap| lap.end).reduce(f64::max)?;
    let elapsed: f64 = laps.iter().map(|lap| lap.sums.elapsed).sum();
    let tiled = start + elapsed;
    Some(if (tiled - last).abs() <= 2.0 * SLACK {
        tiled
    } else {
        last
    })
}

impl Sums {
    /// What the laps of a session add up to, and the steps to a unit in which it is written.
    fn each(&mut self) -> [(&mut f64, f64); 5] {
        let Self {
            timer,
            distance,
            cycles,
            calories,
            work,
            ..
        } = self;
        [
            (timer, 1000.0),
            (distance, 100.0),
            (cycles, 1.0),
            (calories, 1.0),
            (work, 1.0),
        ]
    }

    /// The same, but for the time: counters that the records have.
    fn counters(&mut self) -> [&mut f64; 3] {
        [&mut self.distance, &mut self.cycles, &mut self.calories]
    }

    /// Whole steps, as they are written: sums of what was written are right to the last one.
    fn round(&mut self) {
        for (sum, scale) in self.each() {
            *sum = (*sum * scale).round() / scale;
        }
    }
}

/// Makes a last lap and the session fit the laps before: the lap gets what the records have more than
/// those, and the session is the sum of all.
fn reconcile(lap: &mut Sums, session: &mut Sums, kept: &[Stretch]) {
    let mut before = sums_of(kept);
    let counters = lap
        .counters()
        .into_iter()
        .zip(session.counters())
        .zip(before.counters());
    for ((lap, session), before) in counters {
        let rest = *session - *before;
        // Laps that others made need not agree with the records.
        let agree = (rest - *lap).abs() <= (0.01 * *session).max(5.0);
        if agree && rest >= 0.0 {
            *lap = rest;
        }
    }
    lap.round();
    let gaps = session.elapsed - before.elapsed - lap.elapsed;
    let timer = Some(session.timer).filter(|_| !kept.is_empty() && gaps.abs() > 2.0 * SLACK);
    let each = lap
        .each()
        .into_iter()
        .zip(session.each())
        .zip(before.each());
    for (((lap, _), (session, _)), (before, _)) in each {
        if kept.is_empty() {
            *session = *lap;
        } else if before.is_nan() {
            // The laps before don't say: a single one that does would only mislead.
            *lap = f64::NAN;
        } else {
            *session = *before + *lap;
        }
    }
    // Laps that leave out some of the time don't say how long the timer ran.
    session.timer = timer.unwrap_or(session.timer);
    session.round();
}

/// Makes a session the sum of its laps, where those have a quantity.
fn add_up(session: &mut Sums, kept: &[Stretch]) {
    let mut laps = sums_of(kept);
    if (session.elapsed - laps.elapsed).abs() > 2.0 * SLACK {
        laps.timer = f64::NAN;
    }
    for ((session, _), (sum, _)) in session.each().into_iter().zip(laps.each()) {
        if !sum.is_nan() {
            *session = *sum;
        }
    }
    session.round();
}

/// The sums of laps; NaN for what not all of them have.
fn sums_of(laps: &[Stretch]) -> Sums {
    let sum = |of: fn(&Sums) -> f64| laps.iter().map(|lap| of(&lap.sums)).sum();
    Sums {
        elapsed: sum(|sums| sums.elapsed),
        timer: sum(|sums| sums.timer),
        distance: sum(|sums| sums.distance),
        cycles: sum(|sums| sums.cycles),
        calories: sum(|sums| sums.calories),
        work: sum(|sums| sums.work),
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of laps and sessions")]
fn count(number: usize) -> f64 {
    number as f64
}
