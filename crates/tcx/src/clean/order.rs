//! Brings points into the order of time, within a window.

use std::collections::VecDeque;

use crate::event::Trackpoint;

/// How many points are held back to be sorted.
pub(crate) const WINDOW: usize = 64;

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
}

/// What became of a point that was put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Put {
    /// It is the latest so far.
    Last,
    /// It went before others.
    Sorted,
    /// Another of the same time has taken what it knows.
    Merged,
    /// It is too late to be sorted in.
    Late,
}

/// Holds points back until no earlier one can come.
#[derive(Debug, Default)]
pub(crate) struct Order {
    held: VecDeque<Entry>,
    /// The time of the last point given out.
    given: Option<i64>,
}

impl Order {
    pub(crate) fn clear(&mut self) {
        self.held.clear();
        self.given = None;
    }

    #[inline]
    pub(crate) fn put(&mut self, entry: Entry) -> Put {
        match self.held.back_mut() {
            Some(last) if last.time >= entry.time => self.put_among(entry),
            None if self.given.is_some_and(|given| given >= entry.time) => Put::Late,
            _ => {
                self.held.push_back(entry);
                Put::Last
            }
        }
    }

    fn put_among(&mut self, entry: Entry) -> Put {
        if self.given.is_some_and(|given| given >= entry.time) {
            return Put::Late;
        }
        let index = self.held.partition_point(|held| held.time < entry.time);
        match self.held.get_mut(index) {
            Some(held) if held.time == entry.time => {
                merge(held, &entry);
                Put::Merged
            }
            _ => {
                self.held.insert(index, entry);
                Put::Sorted
            }
        }
    }

    /// The first point, if none can come before it any more.
    #[inline]
    pub(crate) fn take_settled(&mut self) -> Option<Entry> {
        if self.held.len() > WINDOW {
            self.take()
        } else {
            None
        }
    }

    /// The first point.
    pub(crate) fn take(&mut self) -> Option<Entry> {
        let entry = self.held.pop_front()?;
        self.given = Some(entry.time);
        Some(entry)
    }

    /// The points held back, in order.
    pub(crate) fn held(&self) -> impl Iterator<Item = &Entry> {
        self.held.iter()
    }
}

/// Lets `held` take what `other`, of the same time, knows; the later in the file wins.
fn merge(held: &mut Entry, other: &Entry) {
    let (into, from) = (&mut held.point, &other.point);
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
        held.base = other.base;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(time: i64, heart_rate: f64, distance: f64) -> Entry {
        let point = Trackpoint {
            distance,
            heart_rate,
            ..Trackpoint::EMPTY
        };
        Entry {
            time,
            point,
            base: 0.0,
            pause: false,
        }
    }

    #[test]
    fn sorts_within_the_window_and_drops_later_ones() {
        let mut order = Order::default();
        for time in [1, 3, 2, 4] {
            order.put(entry(time, f64::NAN, f64::NAN));
        }
        let times: Vec<_> = order.held().map(|entry| entry.time).collect();
        assert_eq!(times, [1, 2, 3, 4]);
        assert!(order.take_settled().is_none());
        order.take();
        order.take();
        assert_eq!(order.put(entry(2, f64::NAN, f64::NAN)), Put::Late);
        order.take();
        order.take();
        assert_eq!(order.put(entry(4, f64::NAN, f64::NAN)), Put::Late);
        assert_eq!(order.put(entry(5, f64::NAN, f64::NAN)), Put::Last);
    }

    #[test]
    fn merges_equal_times_keeping_what_is_known() {
        let mut order = Order::default();
        order.put(entry(1, 100.0, 5.0));
        assert_eq!(order.put(entry(1, f64::NAN, 6.0)), Put::Merged);
        let merged = order.take().unwrap();
        assert_eq!(
            (merged.point.heart_rate, merged.point.distance),
            (100.0, 6.0)
        );
    }

    #[test]
    fn holds_a_window_back() {
        let mut order = Order::default();
        for time in 0..=64 {
            assert!(order.take_settled().is_none());
            order.put(entry(time, f64::NAN, f64::NAN));
        }
        assert_eq!(order.take_settled().unwrap().time, 0);
        assert!(order.take_settled().is_none());
    }
}
