//! Laps: where they begin and end, and what becomes of points that don't say when they were.

use std::collections::VecDeque;
use std::io::Read;

use track_xml::{Error, RepairKind, Time};

use super::track::furthest;
use super::{CleanLap, Cleaner, Entry, TimeOrigin};
use crate::event::{LapStart, LapTotals, Trackpoint};

pub(crate) const SECOND: i64 = 1_000_000;
/// A lap that starts this long before its first point starts at another time than it says.
const LONGEST_WAIT: i64 = 86_400 * SECOND;
/// At most this many points without time are kept to be spread over their lap.
const MOST_TIMELESS: usize = 4096;
/// At most this many laps wait for their last points; more only when their points are all one.
const MOST_WAITING: usize = 1024;
/// Nobody is faster, in metres per second.
const FASTEST: f64 = 100.0;
/// FIT keeps calories in two bytes; a lap with more has small calories.
const MOST_CALORIES: f64 = 65_535.0;

/// The laps of an activity.
#[derive(Debug, Default)]
pub(crate) struct Laps {
    pub(super) open: LapInProgress,
    /// The lap before the open one, until its end is known.
    ended: Option<CleanLap>,
    /// Laps that wait until their last point has been given.
    waiting: VecDeque<CleanLap>,
    /// The latest point so far.
    last: Option<Time>,
    /// When the timer of the last lap stopped, going by its totals.
    timer_end: Option<i64>,
    /// The latest distance as written, in metres, and what laps that began at 0 covered before.
    written: Option<f64>,
    base: f64,
    /// The next point comes after a pause.
    pause: bool,
    /// The points since the last one that have nothing but a time: the first, and how many.
    stop: Option<(i64, u32)>,
    /// How long the timer stood still before the open lap, going by the last lap's totals.
    standstill: i64,
}

/// The lap that is being read.
#[derive(Debug, Default)]
pub(crate) struct LapInProgress {
    start: Option<Time>,
    first: Option<Time>,
    tracks: u32,
    has_distance: bool,
    /// The first and the last time of points that have nothing but a time.
    bare: Option<(Time, Time)>,
    timeless: Vec<Trackpoint>,
}

impl Laps {
    /// Another track begins; within a lap that means a pause.
    pub(super) fn put_track(&mut self) {
        self.open.tracks += 1;
        self.pause |= self.open.tracks > 1;
    }

    /// Whether the next point is the first of its lap or track, which often repeats the last one.
    #[inline]
    pub(super) fn at_seam(&self) -> bool {
        self.open.first.is_none() || self.pause
    }

    #[inline]
    pub(super) fn saw(&mut self, entry: &Entry) {
        let time = Time {
            micros: entry.time,
            utc_offset: entry.point.time.and_then(|time| time.utc_offset),
        };
        if self.open.first.is_none() {
            self.open.first = Some(time);
        }
        if self.last.is_none_or(|last| last.micros < entry.time) {
            self.last = Some(time);
        }
        self.pause = false;
        self.stop = None;
    }

    /// The end of the last lap is known: it is the start of the next one, else its last point.
    pub(super) fn finish(&mut self, next: Option<i64>) {
        let Some(mut lap) = self.ended.take() else {
            return;
        };
        let end = next
            .or(self.last.map(|last| last.micros))
            .unwrap_or(lap.end);
        lap.end = end.max(lap.start);
        if self.waiting.len() < MOST_WAITING {
            self.waiting.push_back(lap);
        }
    }

    /// The first lap that ends before `time`.
    #[inline]
    pub(super) fn take_before(&mut self, time: i64) -> Option<Box<CleanLap>> {
        let ended = self.waiting.front().is_some_and(|lap| lap.end < time);
        if ended {
            self.waiting.pop_front().map(Box::new)
        } else {
            None
        }
    }

    /// Opens a lap.
    fn begin(&mut self, start: Option<Time>) {
        self.finish(start.map(|start| start.micros));
        self.standstill = match (start, self.timer_end.take(), self.last) {
            (Some(start), Some(end), Some(last)) if last.micros <= end + SECOND => {
                start.micros - end
            }
            _ => 0,
        };
        let mut timeless = std::mem::take(&mut self.open.timeless);
        timeless.clear();
        self.open = LapInProgress {
            start,
            timeless,
            ..LapInProgress::default()
        };
    }

    /// A point that says only when it was.
    fn saw_bare(&mut self, time: Time) {
        let first = self.open.bare.map_or(time, |(first, _)| first);
        self.open.bare = Some((first, time));
        // One at the start of a lap says when the next point comes, not when the timer stopped.
        if self.open.first.is_some() {
            let (stop, count) = self.stop.unwrap_or((time.micros, 0));
            self.stop = Some((stop, count.saturating_add(1)));
        }
        self.pause = true;
    }

    /// When the timer stopped before a point: what a single point says that has nothing but a time
    /// and is nearer to the point before. Of several, nobody knows which it is.
    #[inline]
    fn stopped(&self, next: i64) -> Option<i64> {
        let (stop, last) = match (self.stop, self.last) {
            (Some((stop, 1)), Some(last)) => (stop, last.micros),
            _ => return None,
        };
        (stop > last && stop - last < next - stop).then_some(stop)
    }

    /// Notes the distance of a point; tells whether the lap's begin at 0 again.
    #[inline]
    fn saw_distance(&mut self, distance: f64, time: i64) -> bool {
        let first = !std::mem::replace(&mut self.open.has_distance, true);
        let written = self.written.unwrap_or(f64::NEG_INFINITY);
        let reset = first && distance < written / 2.0 && self.begins_anew(distance, time);
        if reset {
            self.base += written;
        }
        self.written = Some(if reset {
            distance
        } else {
            written.max(distance)
        });
        reset
    }

    /// Whether a short distance at the first point of a lap is one since the lap's start; one out
    /// of order is not (Coros repeats the whole track in every lap).
    fn begins_anew(&self, distance: f64, time: i64) -> bool {
        let since = self.open.start.map_or(0, |start| time - start.micros);
        distance <= furthest(since) && self.last.is_none_or(|last| time >= last.micros)
    }
}

impl<R: Read> Cleaner<R> {
    pub(super) fn put_lap(&mut self, lap: LapStart) {
        self.laps.begin(lap.start_time);
    }

    #[inline]
    pub(super) fn put_trackpoint(&mut self, mut point: Trackpoint) -> Result<(), Error> {
        let bare = point.is_bare();
        let Some(time) = point.time else {
            if bare || self.laps.open.timeless.len() >= MOST_TIMELESS {
                return self.reader.note(RepairKind::MissingTime);
            }
            self.laps.open.timeless.push(point);
            return Ok(());
        };
        if bare {
            self.laps.saw_bare(time);
            return Ok(());
        }
        let shifted = self.options.coxswain_time_origin == TimeOrigin::Shifted;
        if self.laps.open.first.is_none() {
            self.settle_start(time)?;
            if shifted && self.laps.last.is_none() {
                let distance = if point.distance.is_nan() {
                    f64::NAN
                } else {
                    0.0
                };
                self.hold(self.entry(
                    time,
                    Trackpoint {
                        time: Some(time),
                        distance,
                        ..Trackpoint::EMPTY
                    },
                ))?;
            }
        }
        if !point.distance.is_nan() && self.laps.saw_distance(point.distance, time.micros) {
            self.reader.note(RepairKind::DistanceReset)?;
        }
        let mut time = time;
        if shifted {
            time.micros += SECOND;
            point.time = Some(time);
        }
        self.hold(self.entry(time, point))
    }

    #[inline]
    fn entry(&self, time: Time, point: Trackpoint) -> Entry {
        Entry {
            time: time.micros,
            point,
            base: self.laps.base,
            pause: self.laps.pause,
            stopped: self.laps.stopped(time.micros),
        }
    }

    /// Decides when the open lap began, at its first point.
    fn settle_start(&mut self, first: Time) -> Result<(), Error> {
        let in_order = self.laps.last.is_none_or(|last| first >= last);
        let start = match self.laps.open.start {
            None => {
                self.reader.note(RepairKind::MissingLapStart)?;
                first
            }
            Some(start)
                if in_order
                    && (start.micros > first.micros + SECOND
                        || first.micros - start.micros > LONGEST_WAIT) =>
            {
                self.reader.note(RepairKind::WrongLapStart)?;
                first
            }
            Some(start) => start,
        };
        // A standstill much shorter than the gap between the points is only sparse recording, and
        // a point before the lap's start says that there was none.
        let standstill = std::mem::take(&mut self.laps.standstill);
        let gap = self.laps.last.map_or(0, |last| first.micros - last.micros);
        self.laps.pause |=
            standstill > SECOND && 2 * standstill >= gap && first.micros + SECOND >= start.micros;
        self.laps.open.start = Some(start);
        self.start.get_or_insert((start.micros, start.utc_offset));
        Ok(())
    }

    pub(super) fn put_lap_end(&mut self, mut totals: LapTotals) -> Result<(), Error> {
        self.check_totals(&mut totals)?;
        if self.laps.open.first.is_none() && !self.laps.open.timeless.is_empty() {
            self.spread(&totals)?;
        }
        for _ in 0..self.laps.open.timeless.len() {
            self.reader.note(RepairKind::MissingTime)?;
        }
        if self.laps.open.first.is_none() {
            self.stand_in(&totals)?;
        }
        let (Some(start), Some(last)) = (self.laps.open.start, self.laps.last) else {
            return Ok(());
        };
        if self.laps.open.first.is_some() {
            let start = start.micros;
            self.laps.timer_end = micros(totals.total_time).map(|time| start + time);
            self.laps.ended = Some(CleanLap {
                start,
                end: last.micros,
                totals,
            });
        }
        Ok(())
    }

    /// Puts right what a lap can't have covered or burnt.
    fn check_totals(&mut self, totals: &mut LapTotals) -> Result<(), Error> {
        if totals.calories > MOST_CALORIES {
            totals.calories /= 1000.0;
            self.reader.note(RepairKind::SmallCalories)?;
            if totals.calories > MOST_CALORIES {
                totals.calories = f64::NAN;
                self.reader.note(RepairKind::AbsurdTotal)?;
            }
        }
        for speed in [&mut totals.maximum_speed, &mut totals.average_speed] {
            if *speed > FASTEST {
                *speed = f64::NAN;
                self.reader.note(RepairKind::AbsurdTotal)?;
            }
        }
        Ok(())
    }

    /// When a lap that says nothing else began: after the last point, or at the activity's Id.
    fn likely_start(&self) -> Option<Time> {
        let bare = self.laps.open.bare.map(|(first, _)| first);
        let id = || Time::read(&self.waiting.as_ref()?.id);
        let open = self.laps.open.start;
        open.or(bare).or(self.laps.last).or_else(id)
    }

    /// Spreads points without times over their lap, the last at its end.
    fn spread(&mut self, totals: &LapTotals) -> Result<(), Error> {
        let Some(start) = self.likely_start() else {
            return Ok(());
        };
        let points = std::mem::take(&mut self.laps.open.timeless);
        self.reader.note(RepairKind::SpreadTimes)?;
        self.settle_start(start)?;
        let count = i64::try_from(points.len()).unwrap_or(1);
        let length = micros(totals.total_time).unwrap_or(count * SECOND);
        for (point, index) in points.into_iter().zip(1..) {
            let micros = start.micros + length / count * index;
            if !point.distance.is_nan() && self.laps.saw_distance(point.distance, micros) {
                self.reader.note(RepairKind::DistanceReset)?;
            }
            let time = Time { micros, ..start };
            self.hold(self.entry(
                time,
                Trackpoint {
                    time: Some(time),
                    ..point
                },
            ))?;
        }
        Ok(())
    }

    /// Puts two points for a lap that has none, so that its totals are not lost.
    fn stand_in(&mut self, totals: &LapTotals) -> Result<(), Error> {
        let Some(start) = self.likely_start() else {
            return Ok(());
        };
        let length = micros(totals.total_time);
        let moved = if totals.distance > 0.0 {
            totals.distance
        } else {
            0.0
        };
        let end = match (length, self.laps.open.bare) {
            (Some(length), _) => start.micros + length,
            (None, Some((_, last))) => last.micros,
            (None, None) if moved > 0.0 => start.micros,
            (None, None) => return Ok(()),
        };
        self.reader.note(RepairKind::LapWithoutPoints)?;
        self.settle_start(start)?;
        let known = !totals.distance.is_nan() || self.laps.written.is_some();
        let from = self.laps.written.unwrap_or(0.0);
        for (micros, distance) in [(start.micros, from), (end, from + moved)] {
            let time = Time { micros, ..start };
            let distance = if known { distance } else { f64::NAN };
            let point = Trackpoint {
                time: Some(time),
                distance,
                ..Trackpoint::EMPTY
            };
            self.hold(self.entry(time, point))?;
        }
        if known {
            self.laps.written = Some(from + moved);
        }
        Ok(())
    }
}

/// Seconds of a lap in microseconds; `None` if there are none, or more than a year.
#[expect(clippy::cast_possible_truncation, reason = "at most a year")]
fn micros(seconds: f64) -> Option<i64> {
    (seconds > 0.0 && seconds < 366.0 * 86_400.0).then(|| (seconds * 1e6).round() as i64)
}
