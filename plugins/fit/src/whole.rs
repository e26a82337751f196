//! What was done in all of a stream, where its laps and its samples don't say the same.
//!
//! Laps have to add up to the session. Those that a transform made do; a recorder's own do so with
//! its own session, which knows milliseconds and what happened behind the last sample.

use pipeline_plugin::{Lap, Summary, Timestamp, Totals};

/// The end and the totals of a session.
#[derive(Clone, Debug)]
pub(crate) struct Whole {
    pub(crate) end: Timestamp,
    pub(crate) totals: Totals,
    /// Seconds in each heart-rate zone.
    pub(crate) zones: Option<Vec<f64>>,
}

/// How much is lost where seconds or metres are rounded.
const ROUNDED: f64 = 1.0;

/// How far behind the last sample the last lap may end, in seconds, where laps leave gaps.
const LATE: f64 = 5.0;

/// How much is lost where pauses are rounded to whole seconds, or where the last sample comes before
/// the end, as a share of the time or distance.
const NEAR: f64 = 0.01;

/// One of the totals.
type Part = fn(&mut Totals) -> &mut f64;

impl Whole {
    pub(crate) fn of(summary: &Summary, laps: &[Lap]) -> Self {
        let mut totals = summary.totals.clone();
        totals.cycles = summary.cycles();
        let mut whole = Self {
            end: summary.end,
            totals,
            zones: summary.time_in_hr_zone.clone().or_else(|| zones(laps)),
        };
        let tile = tile(summary, laps);
        let ends_near = |lap: &&Lap| tile || lap.end - summary.end <= LATE;
        if let Some(last) = laps.last().filter(ends_near) {
            whole.end = whole.end.max(last.end);
        }
        whole.totals.timer_time += whole.end - summary.end;
        // A recorder may tell the heart rate of its laps only.
        let of_laps: Vec<&Totals> = laps.iter().map(|lap| &lap.totals).collect();
        whole.totals.fill_measured(&Totals::measured_over(&of_laps));
        let slack = |own: f64| NEAR * own + ROUNDED;
        let (running, apart) = (slack(whole.totals.timer_time), slack(whole.totals.distance));
        // How far the sum of the laps may be from what is known of the whole to be more exact.
        // Cycles and energy of the whole are the recorder's own already, where it says them.
        let parts: [(Part, f64); 5] = [
            (|totals| &mut totals.timer_time, running),
            (|totals| &mut totals.distance, apart),
            (|totals| &mut totals.work, f64::INFINITY),
            (|totals| &mut totals.cycles, 0.0),
            (|totals| &mut totals.calories, 0.0),
        ];
        for (part, slack) in parts {
            let sum: f64 = laps.iter().map(|lap| *part(&mut lap.totals.clone())).sum();
            let own = part(&mut whole.totals);
            let is_exact = tile && (sum - *own).abs() <= slack;
            if !laps.is_empty() && (own.is_nan() || is_exact) {
                *own = sum;
            }
        }
        whole
    }
}

/// Whether the laps cover the stream without gaps.
fn tile(summary: &Summary, laps: &[Lap]) -> bool {
    let mut at = summary.start;
    for lap in laps {
        if (lap.start - at).abs() > ROUNDED {
            return false;
        }
        at = lap.end;
    }
    at - summary.end >= -ROUNDED
}

/// The time in each zone of all laps; `None` if one doesn't have it.
fn zones(laps: &[Lap]) -> Option<Vec<f64>> {
    let mut laps = laps.iter().map(|lap| lap.time_in_hr_zone.as_ref());
    let mut sum = laps.next()??.clone();
    for times in laps {
        let times = times?;
        sum.resize(sum.len().max(times.len()), 0.0);
        for (sum, time) in sum.iter_mut().zip(times) {
            *sum += time;
        }
    }
    Some(sum)
}
