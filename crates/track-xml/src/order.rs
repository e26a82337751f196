//! Brings points into the order of time, within a window.

use std::collections::VecDeque;

use crate::repair::RepairKind;

/// A point on its way.
pub trait Timed {
    /// When, in microseconds UTC.
    fn micros(&self) -> i64;

    /// Takes what `later`, of the same time and later in the file, knows.
    fn merge(&mut self, later: Self);
}

/// What became of a point that was put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// It is the latest so far.
    Last,
    /// It went before others.
    Sorted,
    /// Another of the same time has taken what it knows.
    Merged,
    /// It is too late to be sorted in; it is dropped.
    Late,
}

impl Put {
    /// What had to be put right. That a point repeats the time of another is nothing at a `seam`:
    /// laps and segments often begin with the point that ended the one before.
    #[inline]
    pub fn repair(self, seam: bool) -> Option<RepairKind> {
        match self {
            Put::Last => None,
            Put::Sorted => Some(RepairKind::OutOfOrder),
            Put::Merged if seam => None,
            Put::Merged => Some(RepairKind::DuplicateTime),
            Put::Late => Some(RepairKind::LatePoint),
        }
    }
}

/// Holds points back until no earlier one can come: 64 of them.
#[derive(Debug)]
pub struct Order<P> {
    held: VecDeque<P>,
    /// The time of the last point given out.
    given: Option<i64>,
}

impl<P> Default for Order<P> {
    fn default() -> Order<P> {
        Order {
            held: VecDeque::new(),
            given: None,
        }
    }
}

impl<P: Timed> Order<P> {
    /// How many points are held back to be sorted.
    const WINDOW: usize = 64;

    /// Forgets all points.
    pub fn clear(&mut self) {
        self.held.clear();
        self.given = None;
    }

    /// Puts a point where it belongs.
    #[inline]
    pub fn put(&mut self, point: P) -> Put {
        let time = point.micros();
        match self.held.back() {
            Some(last) if last.micros() >= time => self.put_among(point),
            None if self.given.is_some_and(|given| given >= time) => Put::Late,
            _ => {
                self.held.push_back(point);
                Put::Last
            }
        }
    }

    fn put_among(&mut self, point: P) -> Put {
        let time = point.micros();
        if self.given.is_some_and(|given| given >= time) {
            return Put::Late;
        }
        let index = self.held.partition_point(|held| held.micros() < time);
        match self.held.get_mut(index) {
            Some(held) if held.micros() == time => {
                held.merge(point);
                Put::Merged
            }
            _ => {
                self.held.insert(index, point);
                Put::Sorted
            }
        }
    }

    /// The first point, if none can come before it any more.
    #[inline]
    pub fn take_settled(&mut self) -> Option<P> {
        if self.held.len() > Self::WINDOW {
            self.take()
        } else {
            None
        }
    }

    /// The first point.
    pub fn take(&mut self) -> Option<P> {
        let point = self.held.pop_front()?;
        self.given = Some(point.micros());
        Some(point)
    }

    /// The points held back, in order.
    pub fn held(&self) -> impl Iterator<Item = &P> {
        self.held.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A time and what is known of it.
    #[derive(Debug, PartialEq)]
    struct Point(i64, &'static str);

    impl Timed for Point {
        fn micros(&self) -> i64 {
            self.0
        }

        fn merge(&mut self, later: Point) {
            self.1 = later.1;
        }
    }

    #[test]
    fn sorts_within_the_window_and_drops_later_ones() {
        let mut order = Order::default();
        for time in [1, 3, 2, 4] {
            order.put(Point(time, ""));
        }
        let times: Vec<_> = order.held().map(Point::micros).collect();
        assert_eq!(times, [1, 2, 3, 4]);
        assert!(order.take_settled().is_none());
        order.take();
        order.take();
        assert_eq!(order.put(Point(2, "")), Put::Late);
        order.take();
        order.take();
        assert_eq!(order.put(Point(4, "")), Put::Late);
        assert_eq!(order.put(Point(5, "")), Put::Last);
    }

    #[test]
    fn merges_equal_times() {
        let mut order = Order::default();
        order.put(Point(1, "first"));
        assert_eq!(order.put(Point(1, "second")), Put::Merged);
        assert_eq!(order.take(), Some(Point(1, "second")));
        assert_eq!(order.take(), None);
    }

    #[test]
    fn holds_a_window_back() {
        let mut order = Order::default();
        for time in 0..=64 {
            assert!(order.take_settled().is_none());
            order.put(Point(time, ""));
        }
        assert_eq!(order.take_settled(), Some(Point(0, "")));
        assert!(order.take_settled().is_none());
    }
}
