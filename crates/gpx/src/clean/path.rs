//! From points in order to distance that only grows, and to speed.

use track_xml::RepairKind;

use super::Entry;
use crate::event::Measured;

/// A first distance up to here was moved before the first point; a longer one belongs to something
/// else. In metres.
const HEAD_START: f64 = 100.0;
/// Distances since the point before stay below this, in metres.
const LONGEST_STEP: f64 = 200.0;
/// Distances closer in time say more about their rounding than about the speed. In microseconds.
const SHORTEST_STEP: i64 = 1_000_000;
/// WGS 84: the equator's radius in metres, and the square of the eccentricity.
const RADIUS: f64 = 6_378_137.0;
const ECCENTRICITY: f64 = 0.006_694_379_990_141_317;

/// The path so far.
#[derive(Debug, Default)]
pub(super) struct Path {
    last_time: Option<i64>,
    source: Source,
    /// Metres since the start.
    distance: f64,
    /// The last distance as written.
    written: Option<f64>,
    /// The last position, in degrees.
    position: Option<(f64, f64)>,
    moved: Option<Moved>,
}

/// Where distances come from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Source {
    /// The positions, as the file has none, or has them for few points only.
    #[default]
    Positions,
    /// The file, since the start.
    File,
    /// The file, since the point before.
    Steps,
}

/// The point from which the next speed is derived, and the speed there.
#[derive(Debug, Clone, Copy)]
struct Moved {
    time: i64,
    distance: f64,
    speed: f64,
}

impl Path {
    /// The time of the last point.
    pub(super) fn last_time(&self) -> Option<i64> {
        self.last_time
    }

    /// Looks at the first points of a track for distances; says whether they are since the point
    /// before, as those of older exports of `OpenTracks` are.
    pub(super) fn look_ahead<'a>(&mut self, held: impl Iterator<Item = &'a Entry>) -> bool {
        let (mut last, mut highest) = (0.0, 0.0_f64);
        let (mut points, mut count, mut drops) = (0, 0, 0);
        for distance in held.map(|entry| entry.measured.distance) {
            points += 1;
            if !distance.is_nan() {
                count += 1;
                drops += u32::from(distance < last);
                last = distance;
                highest = highest.max(distance);
            }
        }
        self.source = if count * 2 < points || points == 0 {
            Source::Positions
        } else if drops >= 3 && drops * 5 >= count && highest < LONGEST_STEP {
            Source::Steps
        } else {
            Source::File
        };
        self.source == Source::Steps
    }

    /// Takes the next point and puts in what follows from it; gives what had to be put right.
    #[inline]
    pub(super) fn step(
        &mut self,
        time: i64,
        point: &mut Measured,
        pause: bool,
    ) -> Option<RepairKind> {
        // Writers without a position put 0/0, a place in the sea.
        if point.latitude.abs() < f64::EPSILON && point.longitude.abs() < f64::EPSILON
            || point.latitude.is_nan()
            || point.longitude.is_nan()
        {
            (point.latitude, point.longitude) = (f64::NAN, f64::NAN);
        }
        let repair = match self.source {
            Source::Positions => {
                self.follow(point, pause);
                None
            }
            Source::File => self.count(point),
            Source::Steps => {
                if point.distance >= 0.0 {
                    self.distance += point.distance;
                    point.distance = self.distance;
                }
                None
            }
        };
        self.derive_speed(time, point, pause);
        self.last_time = Some(time);
        repair
    }

    /// Adds the way from the last position, unless it was made in a pause.
    fn follow(&mut self, point: &mut Measured, pause: bool) {
        let here = (point.latitude, point.longitude);
        if here.0.is_nan() {
            // The few distances of such a file don't fit to the others.
            point.distance = f64::NAN;
            return;
        }
        if let (Some(last), false) = (self.position, pause) {
            self.distance += metres_between(last, here);
        }
        self.position = Some(here);
        point.distance = self.distance;
    }

    /// Counts on with the distances of the file.
    fn count(&mut self, point: &mut Measured) -> Option<RepairKind> {
        let written = point.distance;
        if written.is_nan() {
            return None;
        }
        let repair = match self.written {
            None if written <= HEAD_START => {
                self.distance = written;
                None
            }
            None => Some(RepairKind::DistanceOffset),
            Some(last) if written >= last => {
                self.distance += written - last;
                None
            }
            Some(last) if written < last / 2.0 => {
                self.distance += written;
                Some(RepairKind::DistanceReset)
            }
            Some(_) => {
                point.distance = self.distance;
                return Some(RepairKind::DistanceDecrease);
            }
        };
        self.written = Some(written);
        point.distance = self.distance;
        repair
    }

    fn derive_speed(&mut self, time: i64, point: &mut Measured, pause: bool) {
        if pause {
            self.moved = None;
        }
        let distance = point.distance;
        if distance.is_nan() {
            return;
        }
        let speed = match self.moved {
            None => f64::NAN,
            Some(moved) if time - moved.time < SHORTEST_STEP => moved.speed,
            Some(moved) => (distance - moved.distance) / seconds(time - moved.time),
        };
        if self
            .moved
            .is_none_or(|moved| time - moved.time >= SHORTEST_STEP)
        {
            self.moved = Some(Moved {
                time,
                distance,
                speed,
            });
        }
        if point.speed.is_nan() {
            point.speed = speed;
        }
    }
}

/// Metres between two positions in degrees, on the ellipsoid of WGS 84.
///
/// The ellipsoid is taken for flat, with its curvature at the middle latitude: for the steps of a
/// track that is exact to a millionth, and two calls of `sin` cheap. Steps of more than a degree go
/// along the great circle of a ball, which is exact to half a percent.
fn metres_between(from: (f64, f64), to: (f64, f64)) -> f64 {
    let middle = f64::midpoint(from.0, to.0).to_radians();
    let north = (to.0 - from.0).to_radians();
    let east = match to.1 - from.1 {
        east if east > 180.0 => east - 360.0,
        east if east < -180.0 => east + 360.0,
        east => east,
    };
    let east = east.to_radians();
    if north.abs() + east.abs() > 0.02 {
        let (a, b) = (from.0.to_radians(), to.0.to_radians());
        let haversine =
            (north / 2.0).sin().powi(2) + a.cos() * b.cos() * (east / 2.0).sin().powi(2);
        return 2.0 * 6_371_008.8 * haversine.sqrt().min(1.0).asin();
    }
    let (sin, cos) = middle.sin_cos();
    let bulge = 1.0 - ECCENTRICITY * sin * sin;
    let across = RADIUS / bulge.sqrt();
    let along = across * (1.0 - ECCENTRICITY) / bulge;
    (along * north).hypot(across * cos * east)
}

/// Microseconds in seconds.
#[expect(
    clippy::cast_precision_loss,
    reason = "a century of microseconds is below 2^53"
)]
fn seconds(micros: i64) -> f64 {
    micros as f64 / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lengths are those of the geodesics, from `GeographicLib`.
    #[test]
    fn short_steps_are_as_long_as_on_the_ellipsoid() {
        for (from, to, metres) in [
            ((52.2, 0.1), (52.200_05, 0.100_05), 6.529_917_748_799),
            ((0.0, 0.0), (0.000_1, 0.0), 11.057_427_582_160),
            ((0.0, 0.0), (0.0, 0.000_1), 11.131_949_079_327),
            ((-33.9, 151.2), (-33.899_5, 151.200_5), 72.212_120_311_455),
            ((78.2, 15.6), (78.21, 15.65), 1_596.659_080_205),
            ((10.0, 179.999_9), (10.0, -179.999_9), 21.927_872_814_358),
        ] {
            let told = metres_between(from, to);
            assert!((told / metres - 1.0).abs() < 1e-6, "{told} {metres}");
            assert!((metres_between(to, from) - told).abs() < 1e-9);
        }
        assert!(metres_between((1.0, 2.0), (1.0, 2.0)).abs() < f64::EPSILON);
    }

    #[test]
    fn long_steps_are_nearly() {
        for (from, to, metres) in [
            ((89.9, 0.0), (89.9, 1.0), 194.940_194_551),
            ((52.5, 13.4), (48.1, 11.6), 505_912.846_698),
            ((0.0, 0.0), (0.0, 180.0), 20_003_931.458_625),
        ] {
            let told = metres_between(from, to);
            assert!((told / metres - 1.0).abs() < 0.006, "{told} {metres}");
        }
    }
}
