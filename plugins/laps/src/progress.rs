use pipeline_plugin::{Event, MAX_STEP, Timer, Timestamp};

use crate::counter::{COUNTS, Counter, DISTANCE, Point};
use crate::part::Cut;

/// How far into the stream the samples have been counted.
#[derive(Clone, Debug)]
pub(crate) struct Progress {
    timer: Timer,
    /// The end of the last pause.
    resumed: Timestamp,
    /// The last sample or cut.
    pub(crate) reached: Timestamp,
    /// Microseconds of running timer up to there; whole, so that laps add up exactly.
    pub(crate) elapsed: f64,
    counters: [Counter; COUNTS],
}

impl Progress {
    pub(crate) fn new(start: Timestamp) -> Self {
        Self {
            timer: Timer::default(),
            resumed: start,
            reached: start,
            elapsed: 0.0,
            counters: [Counter::START; COUNTS],
        }
    }

    pub(crate) fn event(&mut self, event: &Event) {
        self.timer.event(event);
        if let Event::TimerStart { time } = event {
            self.resumed = self.resumed.max(*time);
        }
    }

    /// Where the stream ends if the last sample is at `last`, or has been reached.
    pub(crate) fn end(&self, last: Option<Timestamp>) -> Timestamp {
        let end = self.resumed.max(self.reached);
        last.map_or(end, |last| last.max(end))
    }

    /// Microseconds of running timer up to `time`, from what has been reached.
    pub(crate) fn until(&self, time: Timestamp) -> f64 {
        if time > self.reached {
            (self.timer.active(self.reached, time) * 1e6).round()
        } else {
            0.0
        }
    }

    /// Goes on to `time`, over `micros` of running timer.
    pub(crate) fn advance(&mut self, time: Timestamp, micros: f64) {
        self.elapsed += micros;
        self.reached = self.reached.max(time);
    }

    /// A sample has been reached: takes its counters.
    pub(crate) fn sample(&mut self, counted: [f64; COUNTS]) {
        self.timer.forget(self.reached);
        let elapsed = self.elapsed;
        for (counter, value) in self.counters.iter_mut().zip(counted) {
            counter.take(Point { elapsed, value });
        }
    }

    /// The first moment, up to `end`, at which the timer has run for `elapsed`.
    pub(crate) fn moment(&self, elapsed: f64, end: Timestamp) -> Timestamp {
        let wanted = (elapsed - self.elapsed).round();
        if wanted <= 0.0 {
            return self.reached;
        }
        let direct = self.reached + wanted / 1e6;
        if direct <= end && self.until(direct) >= wanted {
            return direct;
        }
        // There is a pause on the way. Looks for the moment by halves.
        let (mut before, mut after) = (self.reached.micros(), end.micros());
        while after - before > 1 {
            let middle = before + (after - before) / 2;
            if self.until(Timestamp::from_micros(middle)) >= wanted {
                after = middle;
            } else {
                before = middle;
            }
        }
        Timestamp::from_micros(after)
    }

    /// Here, with the counters as they were at the last samples.
    pub(crate) fn here(&self) -> Cut {
        Cut {
            time: self.reached,
            elapsed: self.elapsed,
            counted: self.counters.map(|counter| counter.value()),
        }
    }

    /// Here, between the last samples and the ones ahead.
    pub(crate) fn between(&self, ahead: &Ahead) -> Cut {
        let mut cut = self.here();
        let counters = self.counters.iter().zip(ahead.next.iter().zip(&ahead.last));
        for (value, (counter, (next, last))) in cut.counted.iter_mut().zip(counters) {
            *value = counter.at(self.elapsed, [*next, *last]);
        }
        cut
    }

    /// The furthest distance so far, in metres.
    pub(crate) fn distance(&self) -> f64 {
        self.counters[DISTANCE].value().max(0.0)
    }

    /// Whether any sample had a distance.
    pub(crate) fn knows_distance(&self) -> bool {
        !self.counters[DISTANCE].value().is_nan()
    }
}

/// What the counters will say at the samples after a cut.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ahead {
    /// At the very next sample.
    pub(crate) next: [Point; COUNTS],
    /// At the sample up to which the cuts are known.
    pub(crate) last: [Point; COUNTS],
}

impl Ahead {
    /// No sample ahead has a counter.
    pub(crate) fn nothing() -> Self {
        let nothing = points(0.0, [f64::NAN; COUNTS]);
        Self {
            next: nothing,
            last: nothing,
        }
    }
}

/// The counters of one sample.
pub(crate) fn points(elapsed: f64, counted: [f64; COUNTS]) -> [Point; COUNTS] {
    counted.map(|value| Point { elapsed, value })
}

/// The share of a stretch of running timer that counts as measured, for its length in
/// microseconds: a gap counts as much as the longest step.
pub(crate) fn measured_share(micros: f64) -> f64 {
    const LONGEST: f64 = MAX_STEP * 1e6;
    if micros > LONGEST {
        LONGEST / micros
    } else {
        1.0
    }
}
