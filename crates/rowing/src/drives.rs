use std::time::{Duration, Instant};

use esprm::ExtendedMetrics;

/// Joins force curves with the metrics of their drives.
///
/// At the end of a drive a monitor sends the curve, then the metrics, then the base measurement that
/// counts the stroke, all at once. Some seconds later, if no stroke has ended, it sends all three
/// again: then the curve may be that of the drive that goes on, as far as it has come. Nothing says
/// which is which, any of them may be lost, and a measurement that was lost comes again a second
/// later. So a curve belongs to a stroke only if
///
/// * it came together with metrics that are new,
/// * drive and recovery fill the time since the metrics of the stroke before, so that its number is
///   known,
/// * a measurement that counts one stroke, and has the same power, came with them.
///
/// What is left over belongs to none.
#[derive(Clone, Debug, Default)]
pub(crate) struct Drives {
    /// The metrics that came last.
    last: Option<(Instant, ExtendedMetrics)>,
    /// The curve that came last, and when, to know it when it comes again.
    seen: (Option<Instant>, Vec<f32>),
    /// A curve whose metrics have not come yet.
    curve: Option<(Instant, Vec<f32>)>,
    /// When something last came that was not of a stroke's end.
    between: Option<Instant>,
    /// Until then, a curve may be one that belongs to that and was late.
    stray_until: Option<Instant>,
    /// A drive that the base measurement has not counted yet.
    drive: Option<Drive>,
    /// The last metrics whose number is known.
    chain: Option<Chain>,
}

/// Metrics and the number of their stroke.
#[derive(Clone, Copy, Debug)]
struct Chain {
    at: Instant,
    number: u64,
    /// Whether the number is more than what one measurement says, which may have been late.
    sure: bool,
}

/// What a base measurement says of strokes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Count {
    /// How many it counts.
    pub(crate) new: u32,
    /// How many there are.
    pub(crate) strokes: u64,
    /// The power that it has.
    pub(crate) power: Option<f64>,
}

/// A drive, as the monitor's own characteristics tell.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Drive {
    /// When its metrics came.
    pub(crate) at: Instant,
    pub(crate) metrics: ExtendedMetrics,
    /// Empty when none came.
    pub(crate) forces: Vec<f32>,
}

/// What metrics speak of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A drive that has just ended; or the recovery before one that goes on, beside the drive
    /// before. The measurement tells which. (Two drives in a row may well take the same time.)
    Drive,
    /// The stroke before, once more.
    Again,
    /// Nobody rows.
    Stopped,
    /// Nothing: they came twice.
    Repeated,
}

/// How long before the next part of the same data event a part may come. A partial curve was sent
/// 0.21 s before the drive's end in a recording.
pub(crate) const TOGETHER: Duration = Duration::from_millis(150);

/// How late a curve may come that belongs to no stroke.
const STRAY: Duration = Duration::from_millis(250);

/// How late a curve may follow its metrics at most: its task may have run after theirs.
pub(crate) const LATE: Duration = Duration::from_millis(500);

impl Drives {
    /// Whether a curve is another than the last. Between strokes the monitor sends the last again.
    pub(crate) fn is_new(&mut self, now: Instant, forces: &[f32]) -> bool {
        let (at, seen) = &mut self.seen;
        *at = Some(now);
        if seen == forces {
            self.stray_until = None;
            return false;
        }
        seen.clear();
        seen.extend_from_slice(forces);
        true
    }

    /// Takes a curve that is new. One may follow its metrics by `late`.
    pub(crate) fn handle_curve(&mut self, now: Instant, forces: Vec<f32>, late: Duration) {
        if self.stray_until.take().is_some_and(|until| now < until) {
            return;
        }
        match &mut self.drive {
            Some(drive) if drive.takes_forces(now, late) => drive.forces = forces,
            _ => self.curve = Some((now, forces)),
        }
    }

    /// What metrics speak of, as compared with those before.
    pub(crate) fn kind(&mut self, now: Instant, metrics: ExtendedMetrics) -> Kind {
        let before = self.last.replace((now, metrics));
        match before {
            Some((at, before)) if before == metrics && now <= at + TOGETHER => Kind::Repeated,
            _ if metrics.drive_time <= 0.0 => Kind::Stopped,
            Some((_, before)) if before == metrics => Kind::Again,
            _ => Kind::Drive,
        }
    }

    /// A drive has ended; the curve that came with its metrics is its own.
    pub(crate) fn join(&mut self, now: Instant, metrics: ExtendedMetrics) -> Drive {
        let together = |(at, _): &(Instant, _)| now <= *at + TOGETHER;
        let curve = self.curve.take().filter(together);
        Drive {
            at: now,
            metrics,
            forces: curve.map(|(_, forces)| forces).unwrap_or_default(),
        }
    }

    /// Keeps a drive until it is counted.
    pub(crate) fn keep(&mut self, drive: Drive) {
        // One that was not counted yet may be of the stroke before, whose measurement was lost.
        if let Some(uncounted) = self.drive.replace(drive)
            && let Some(chain) = &mut self.chain
            && uncounted.follows(chain.at)
            && !self
                .drive
                .as_ref()
                .is_some_and(|drive| drive.follows(chain.at))
        {
            chain.at = uncounted.at;
            chain.number += 1;
        }
    }

    /// Something came that was not of a stroke's end: neither is what came with it.
    pub(crate) fn between(&mut self, now: Instant) {
        let just = |at: Option<Instant>| at.is_some_and(|at| now <= at + TOGETHER);
        self.drive = None;
        self.curve = None;
        let curve_came = just(self.seen.0);
        if !just(self.between.replace(now)) && !curve_came {
            self.stray_until = Some(now + STRAY);
        }
    }

    /// Strokes have been counted: the drive of the last, if that is sure. `begins` says whether
    /// metrics are those of a stroke after which nothing can be mistaken for it: the first, or the
    /// first after a stop.
    pub(crate) fn counted(
        &mut self,
        now: Instant,
        count: Count,
        begins: impl FnOnce(&ExtendedMetrics) -> bool,
    ) -> Option<Drive> {
        let drive = self
            .drive
            .take()
            .filter(|drive| now <= drive.at + TOGETHER)?;
        let power = f64::from(drive.metrics.average_power);
        // Both are whole watts.
        let agrees = count.new == 1 && count.power.is_none_or(|told| (told - power).abs() < 1.5);
        let follows = self.chain.filter(|chain| drive.follows(chain.at));
        let is_first = begins(&drive.metrics);
        let (number, sure) = match follows {
            _ if is_first => (count.strokes, true),
            Some(chain) => (chain.number + 1, chain.sure),
            None => (count.strokes, false),
        };
        let is_counted = agrees && number == count.strokes;
        let at = drive.at;
        let chain = |number, sure| Some(Chain { at, number, sure });
        self.chain = if is_counted {
            chain(number, sure || follows.is_some())
        } else if sure && number > count.strokes {
            // The measurement is late.
            chain(number, sure)
        } else {
            chain(count.strokes, false).filter(|_| agrees)
        };
        let is_sure = self.chain.is_some_and(|chain| chain.sure);
        (is_counted && is_sure).then_some(drive)
    }

    /// The link was lost: what comes next goes with nothing that came before.
    pub(crate) fn reset(&mut self) {
        *self = Self {
            last: self.last,
            ..Self::default()
        };
    }
}

impl Drive {
    /// Seconds of drive and recovery.
    pub(crate) fn period(&self) -> f64 {
        self.metrics.drive_time + self.metrics.recovery_time
    }

    /// Whether it ended one cycle after the end of another, and not two. A link may stall for some
    /// tenths of a second.
    fn follows(&self, before: Instant) -> bool {
        let passed = self.at.saturating_duration_since(before).as_secs_f64();
        (passed - self.period()).abs() <= self.period() / 3.0
    }

    /// Whether a curve that comes now is this drive's.
    pub(crate) fn takes_forces(&self, now: Instant, late: Duration) -> bool {
        self.forces.is_empty() && now <= self.at + late
    }
}
