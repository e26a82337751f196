//! From points in order to distance, speed and strokes that only grow.

use track_xml::RepairKind;

use super::Point;
use super::entry::Entry;

/// Faster than any rower; what a first distance or a distance after a reset may come to.
const FASTEST: f64 = 10.0; // m/s
/// Time that a first distance is given besides.
const START_SLACK: f64 = 10.0; // s
/// A stroke rate holds at most this long.
const LONGEST_STEP: f64 = 10.0; // s
/// Distances per stroke stay below this.
const LONGEST_STROKE: f64 = 50.0; // m
/// Distances closer in time say more about their rounding than about the speed.
const SHORTEST_STEP: i64 = 1_000_000; // µs
const SECOND: f64 = 1e6; // µs

/// The track so far.
#[derive(Debug, Default)]
pub(crate) struct Track {
    previous: Option<Point>,
    moved: Option<Moved>,
    distance: Distance,
    strokes: Option<f64>,
}

/// The point with a distance from which the next speed is derived, and the speed there.
#[derive(Debug, Clone, Copy)]
struct Moved {
    time: i64,
    distance: f64,
    speed: f64,
}

#[derive(Debug, Default)]
struct Distance {
    /// Every point's distance is its stroke's own.
    per_stroke: bool,
    /// What is added to a distance of the file, besides its lap's base.
    shift: f64,
    /// The last distance as written, its base, and what it came to.
    last: Option<(f64, f64, f64)>,
}

impl Track {
    /// The last point given.
    pub(crate) fn previous(&self) -> Option<&Point> {
        self.previous.as_ref()
    }

    /// Looks at the first points of an activity; says whether their distances are per stroke.
    pub(crate) fn look_ahead<'a>(&mut self, held: impl Iterator<Item = &'a Entry>) -> bool {
        let (mut last, mut steps, mut drops) = ((0.0, 0.0), 0, 0);
        for entry in held.filter(|entry| !entry.point.distance.is_nan()) {
            let distance = entry.point.distance;
            if distance > LONGEST_STROKE {
                return false;
            }
            steps += 1;
            drops += u32::from(distance < last.0 && entry.base <= last.1);
            last = (distance, entry.base);
        }
        self.distance.per_stroke = drops >= 3 && drops * 5 >= steps;
        self.distance.per_stroke
    }

    /// The next point, and what had to be put right; `start` is the activity's.
    #[inline]
    pub(crate) fn step(&mut self, entry: &Entry, start: i64) -> (Point, Option<RepairKind>) {
        let raw = &entry.point;
        let (distance, repair) = self.distance.step(entry, start, self.previous.as_ref());
        let mut point = Point {
            time: entry.time,
            utc_offset: raw.time.and_then(|time| time.utc_offset),
            latitude: raw.latitude,
            longitude: raw.longitude,
            altitude: raw.altitude,
            distance,
            heart_rate: raw.heart_rate,
            cadence: raw.cadence,
            speed: raw.speed,
            power: raw.power,
            strokes: f64::NAN,
        };
        // Writers without a position put 0/0, a place in the sea.
        if point.latitude.abs() < f64::EPSILON && point.longitude.abs() < f64::EPSILON
            || point.latitude.is_nan()
            || point.longitude.is_nan()
        {
            (point.latitude, point.longitude) = (f64::NAN, f64::NAN);
        }
        self.count_strokes(&mut point, entry.pause);
        self.derive_speed(&mut point, entry.pause);
        self.previous = Some(point);
        (point, repair)
    }

    fn count_strokes(&mut self, point: &mut Point, pause: bool) {
        if let (Some(previous), Some(strokes), false) = (&self.previous, &mut self.strokes, pause)
            && !previous.cadence.is_nan()
        {
            let step = seconds(point.time - previous.time).min(LONGEST_STEP);
            *strokes += previous.cadence / 60.0 * step;
        }
        if self.strokes.is_none() && !point.cadence.is_nan() {
            self.strokes = Some(0.0);
        }
        point.strokes = self.strokes.unwrap_or(f64::NAN);
    }

    fn derive_speed(&mut self, point: &mut Point, pause: bool) {
        if pause {
            self.moved = None;
        }
        if point.distance.is_nan() {
            return;
        }
        let derived = match self.moved {
            None => f64::NAN,
            Some(moved) if point.time - moved.time < SHORTEST_STEP => moved.speed,
            Some(moved) => (point.distance - moved.distance) / seconds(point.time - moved.time),
        };
        if self
            .moved
            .is_none_or(|moved| point.time - moved.time >= SHORTEST_STEP)
        {
            let (time, distance) = (point.time, point.distance);
            self.moved = Some(Moved {
                time,
                distance,
                speed: derived,
            });
        }
        if point.speed.is_nan() {
            point.speed = derived;
        }
    }
}

impl Distance {
    /// The distance since the start of the activity.
    fn step(
        &mut self,
        entry: &Entry,
        start: i64,
        previous: Option<&Point>,
    ) -> (f64, Option<RepairKind>) {
        let written = entry.point.distance;
        if written.is_nan() {
            return (f64::NAN, None);
        }
        let Some((last_written, last_base, last)) = self.last else {
            let far = written + entry.base > furthest(entry.time - start);
            if far {
                self.shift = -(written + entry.base);
            }
            let distance = written + entry.base + self.shift;
            self.last = Some((written, entry.base, distance));
            return (distance, far.then_some(RepairKind::DistanceOffset));
        };
        let (distance, repair) = if self.per_stroke {
            (last + written, None)
        } else {
            let distance = written + entry.base + self.shift;
            let step = previous.map_or(0, |previous| entry.time - previous.time);
            if distance >= last {
                (distance, None)
            } else if written < last_written / 2.0
                && written <= furthest(step)
                && (entry.base - last_base).abs() < f64::EPSILON
            {
                (last + written, Some(RepairKind::DistanceReset))
            } else {
                (last, Some(RepairKind::DistanceDecrease))
            }
        };
        if repair.is_some() {
            self.shift = distance - written - entry.base;
        }
        self.last = Some((written, entry.base, distance));
        (distance, repair)
    }
}

/// What a distance that began at 0 may have come to after `micros`, in metres.
pub(super) fn furthest(micros: i64) -> f64 {
    FASTEST * (seconds(micros) + START_SLACK)
}

/// Microseconds in seconds.
#[expect(
    clippy::cast_precision_loss,
    reason = "a century of microseconds is below 2^53"
)]
fn seconds(micros: i64) -> f64 {
    micros as f64 / SECOND
}
