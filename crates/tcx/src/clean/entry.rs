//! A point on its way through the cleaner.

use track_xml::Timed;

use crate::event::Trackpoint;

/// A point on its way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    /// Microseconds UTC.
    pub time: i64,
    pub point: Trackpoint,
    /// What laps before have covered, when each lap's distance begins at 0; in metres.
    pub base: f64,
    /// The timer stood still before it.
    pub pause: bool,
    /// When it stopped, where the file says so.
    pub stopped: Option<i64>,
}

impl Timed for Entry {
    #[inline]
    fn micros(&self) -> i64 {
        self.time
    }

    fn merge(&mut self, later: Entry) {
        let (into, from) = (&mut self.point, &later.point);
        for (into, from) in [
            (&mut into.latitude, from.latitude),
            (&mut into.longitude, from.longitude),
            (&mut into.altitude, from.altitude),
            (&mut into.heart_rate, from.heart_rate),
            (&mut into.cadence, from.cadence),
            (&mut into.speed, from.speed),
            (&mut into.power, from.power),
        ] {
            if !from.is_nan() {
                *into = from;
            }
        }
        if !from.distance.is_nan() {
            into.distance = from.distance;
            self.base = later.base;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merging_keeps_what_is_known() {
        let entry = |heart_rate, distance| Entry {
            time: 1,
            point: Trackpoint {
                distance,
                heart_rate,
                ..Trackpoint::EMPTY
            },
            base: 0.0,
            pause: false,
            stopped: None,
        };
        let mut merged = entry(100.0, 5.0);
        merged.merge(entry(f64::NAN, 6.0));
        assert_eq!(
            (merged.point.heart_rate, merged.point.distance),
            (100.0, 6.0)
        );
    }
}
