use std::time::{Duration, Instant};

use crate::BaseService;

/// The counters of a rower.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reading {
    pub(crate) strokes: Option<u16>,
    pub(crate) distance: Option<u32>,
}

/// Makes totals of counters that begin anywhere, wrap, begin anew, and arrive out of order.
///
/// A count that is less than the one before may be three things. It has wrapped: then it is a small
/// step forward. It was delayed: then a higher one follows soon. Or the rower has begun anew: then
/// it stays low, and after a while that is believed.
#[derive(Clone, Debug)]
pub(crate) struct Odometer {
    base: BaseService,
    last: Option<(Instant, Reading)>,
    /// A reading that can't follow the last.
    suspect: Option<(Instant, Reading)>,
    /// Nothing from before the link was lost can arrive after it.
    relinked: bool,
    strokes: u64,
    /// Counts of distance in this segment, and metres before it.
    counts: u64,
    before: f64,
}

/// What a reading says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Step {
    /// It is the first: what was counted before does not count.
    Baseline,
    /// So much was done since the last.
    Forward(Progress),
    /// It is older than the last, or that is not decided yet.
    Stale,
    /// The rower has begun anew; so much was done since that.
    Restarted(Progress),
}

/// What was done between two readings.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Progress {
    pub(crate) strokes: u32,
    /// In metres.
    pub(crate) distance: f64,
}

/// How long a low count must stay to be believed. Measurements come every second.
const DOUBT: Duration = Duration::from_millis(1500);

/// More than this can't be done: strokes and metres per second, and what was on its way.
const STROKE_RATE: f64 = 4.0;
const STROKES: f64 = 5.0;
const SPEED: f64 = 30.0;
const METRES: f64 = 50.0;

impl Odometer {
    pub(crate) fn new(base: BaseService) -> Self {
        Self {
            base,
            last: None,
            suspect: None,
            relinked: false,
            strokes: 0,
            counts: 0,
            before: 0.0,
        }
    }

    /// Strokes since the first reading.
    pub(crate) fn strokes(&self) -> u64 {
        self.strokes
    }

    /// Metres since the first reading.
    pub(crate) fn distance(&self) -> f64 {
        self.before + self.metres(self.counts)
    }

    /// When the last reading that counts was taken.
    pub(crate) fn last_heard(&self) -> Option<Instant> {
        self.last.map(|(time, _)| time)
    }

    /// There is a new link, to a device that counts in that service.
    pub(crate) fn relink(&mut self, base: BaseService) {
        if base != self.base {
            self.begin_anew();
            self.base = base;
            // Its counts have nothing to do with those before.
            self.last = self.last.map(|(time, _)| (time, Reading::default()));
        }
        self.suspect = None;
        self.relinked = true;
    }

    pub(crate) fn take(&mut self, now: Instant, reading: Reading) -> Step {
        let relinked = std::mem::take(&mut self.relinked);
        let Some(last) = self.last else {
            self.last = Some((now, reading));
            return Step::Baseline;
        };
        if let Some((strokes, counts)) = self.forward(last, now, reading) {
            self.suspect = None;
            self.last = Some((now, reading.or(last.1)));
            return Step::Forward(self.add(strokes, counts));
        }
        let suspect = *self.suspect.get_or_insert((now, reading));
        let Some((strokes, counts)) = self.forward(suspect, now, reading) else {
            self.suspect = Some((now, reading));
            return Step::Stale;
        };
        if !relinked && now.saturating_duration_since(suspect.0) < DOUBT {
            return Step::Stale;
        }
        self.suspect = None;
        self.begin_anew();
        self.last = Some((now, reading.or(last.1)));
        Step::Restarted(self.add(strokes, counts))
    }

    /// Strokes and counts of distance from one reading to another, if it can follow.
    fn forward(&self, from: (Instant, Reading), now: Instant, to: Reading) -> Option<(u16, u32)> {
        let seconds = now.saturating_duration_since(from.0).as_secs_f64();
        let strokes = match (from.1.strokes, to.strokes) {
            (Some(from), Some(to)) => to.wrapping_sub(from),
            _ => 0,
        };
        let counts = match (from.1.distance, to.distance) {
            (Some(from), Some(to)) => to.wrapping_sub(from) & self.base.highest(),
            _ => 0,
        };
        let possible = f64::from(strokes) <= STROKES + STROKE_RATE * seconds
            && self.metres(counts.into()) <= METRES + SPEED * seconds;
        possible.then_some((strokes, counts))
    }

    fn add(&mut self, strokes: u16, counts: u32) -> Progress {
        self.strokes += u64::from(strokes);
        self.counts += u64::from(counts);
        Progress {
            strokes: strokes.into(),
            distance: self.metres(counts.into()),
        }
    }

    fn begin_anew(&mut self) {
        self.before = self.distance();
        self.counts = 0;
    }

    #[expect(clippy::cast_precision_loss, reason = "2^53 centimetres are no row")]
    fn metres(&self, counts: u64) -> f64 {
        counts as f64 / f64::from(self.base.per_metre())
    }
}

impl Reading {
    /// A counter that this reading lacks is that of the one before.
    fn or(self, before: Self) -> Self {
        Self {
            strokes: self.strokes.or(before.strokes),
            distance: self.distance.or(before.distance),
        }
    }
}
