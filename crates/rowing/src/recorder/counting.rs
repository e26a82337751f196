use std::time::{Duration, Instant};

use esprm::ExtendedMetrics;
use esprm::assigned::characteristic as own;

use super::Recorder;
use super::row::Phase;
use crate::Device;
use crate::drives::{Count, Drive};
use crate::event::Gap;
use crate::measurement::Measurement;
use crate::odometer::{Progress, Step};

/// A stroke that the rower has counted, and that waits for its forces.
#[derive(Debug)]
pub(super) struct Pending {
    /// When it was counted.
    pub(super) at: Instant,
    /// Until when to wait.
    pub(super) until: Instant,
    pub(super) drive: Option<Drive>,
    pub(super) progress: Progress,
    /// Seconds that the crank took.
    pub(super) crank: Option<f64>,
    /// Seconds that the wheel took, if its clock stands still while nobody rows.
    pub(super) wheel: Option<f64>,
    pub(super) measurement: Measurement,
    pub(super) strokes: u64,
    pub(super) distance: f64,
}

/// A rower that sends something every second and was not heard for this long was away.
const AWAY: Duration = Duration::from_secs(5);

/// While the boat glides, a sample is taken when there was none for this long.
const GLIDE: Duration = Duration::from_millis(3500);

/// A stroke that was missed took about this long.
const STROKE: Duration = Duration::from_secs(3);

/// The longest way from one data event to the next, in seconds: there is one at least every four.
const LEG: f64 = 8.0;

/// The least stop threshold that a monitor takes, in seconds.
const SHORTEST_STOP: f64 = 4.0;

impl Recorder {
    /// A measurement of the base service.
    pub(super) fn measured(&mut self, now: Instant, measurement: Measurement) {
        let Some(odometer) = &mut self.odometer else {
            return;
        };
        let heard = odometer.last_heard().unwrap_or(now);
        let step = odometer.take(now, measurement.reading);
        if step == Step::Stale {
            return;
        }
        let repeated = measurement == self.measurement;
        if !repeated {
            self.conclude();
        }
        self.measurement = measurement;
        if let Some(rate) = measurement.stroke_rate.filter(|rate| *rate > 0.0) {
            self.rate = Some((now, rate));
        }
        let [wheel, crank] = self.clock.advance(now, &measurement);
        let monitor = self
            .device
            .as_ref()
            .is_some_and(Device::is_esp_rowing_monitor);
        let rowing = wheel.filter(|wheel| monitor && (0.0..=LEG).contains(wheel));
        let lost = std::mem::take(&mut self.link.lost);
        match step {
            Step::Stale => {}
            Step::Baseline => self.drives.reset(),
            Step::Restarted(progress) => {
                if self.row.phase() != Phase::Waiting {
                    self.segments += 1;
                    self.row.segment(now);
                }
                self.away(heard, now, progress);
            }
            Step::Forward(progress) => {
                self.row.run(wheel);
                let silent = now.saturating_duration_since(heard) > AWAY && progress.strokes > 1;
                if lost || silent {
                    self.away(heard, now, progress);
                } else if progress.strokes > 0 {
                    self.counted(now, measurement, progress, [rowing, crank]);
                } else {
                    self.moved(now, heard, progress, repeated, rowing);
                }
            }
        }
    }

    fn counted(
        &mut self,
        now: Instant,
        measurement: Measurement,
        progress: Progress,
        [wheel, crank]: [Option<f64>; 2],
    ) {
        // The last metres before the stop come with this stroke.
        if let Some(since) = self.row.take_stop() {
            self.row.pause(since);
        }
        let Some(odometer) = &self.odometer else {
            return;
        };
        let phase = self.row.phase();
        let begins = |metrics: &ExtendedMetrics| match phase {
            Phase::Waiting => metrics.recovery_time <= 0.0,
            // While the monitor's clock stands still, the recovery stays at the stop threshold.
            Phase::Paused => metrics.recovery_time >= SHORTEST_STOP,
            Phase::Rowing | Phase::Over => false,
        };
        let count = Count {
            new: progress.strokes,
            strokes: odometer.strokes(),
            power: measurement.power,
        };
        let drive = self.drives.counted(now, count, begins);
        self.pending = Some(Pending {
            at: now,
            until: now + self.late(),
            drive,
            progress,
            crank,
            wheel,
            measurement,
            strokes: odometer.strokes(),
            distance: odometer.distance(),
        });
        self.conclude_if_complete();
    }

    /// A measurement that counts no stroke.
    fn moved(
        &mut self,
        now: Instant,
        heard: Instant,
        progress: Progress,
        repeated: bool,
        wheel: Option<f64>,
    ) {
        if repeated {
            return;
        }
        self.drives.between(now);
        let moves = progress.distance > 0.0;
        match self.row.phase() {
            Phase::Waiting if moves => {
                let heard = before(now, wheel).map_or(heard, |began| began.min(heard));
                self.begin(heard, wheel);
            }
            // A monitor says itself when somebody rows again; until then the wheel runs out.
            Phase::Paused if moves && !self.sends(&own::EXTENDED_METRICS) => {
                self.row.resume(heard);
            }
            _ => {}
        }
        if moves {
            self.row.move_at(now);
        }
        if self.row.is_stopping() {
            self.stop();
        } else if self.row.phase() == Phase::Rowing
            && self.row.last().is_some_and(|last| now >= last + GLIDE)
        {
            self.glide(now);
        }
    }

    /// The row begins; the wheel took so long for the metres that come.
    pub(super) fn begin(&mut self, time: Instant, wheel: Option<f64>) {
        self.row.start(time, self.heart.at(time));
        if wheel.is_some() {
            self.row.run(wheel);
        }
    }

    /// The rower was not heard, or has begun anew: what it counted comes in one step.
    fn away(&mut self, heard: Instant, now: Instant, progress: Progress) {
        self.drives.reset();
        let about = STROKE * progress.strokes;
        let began = now
            .checked_sub(about)
            .map_or(heard, |began| began.max(heard));
        let nothing = progress.strokes == 0 && progress.distance <= 0.0;
        if self.row.phase() == Phase::Waiting {
            if nothing {
                return;
            }
            self.row.start(began, self.heart.at(began));
        }
        self.gaps += 1;
        self.row.gap(Gap {
            start: heard,
            end: now,
            strokes: progress.strokes.into(),
            distance: progress.distance,
        });
        if progress.strokes == 0 {
            let moved = self.row.moved();
            let stopped = moved.map(|moved| moved + self.stop_threshold());
            if let Some(stopped) = stopped.filter(|stopped| *stopped < now) {
                self.glide(stopped);
                self.row.pause(stopped);
            }
        } else if self.row.phase() == Phase::Paused {
            self.row.resume(began);
        }
        if !nothing && self.row.phase() == Phase::Rowing {
            self.row.move_at(now);
        }
        // This measurement may be one that is repeated and some seconds old. Taken for a sample of
        // this moment, it would make the boat jump at the next.
        if let Some((_, distance)) = self.counters() {
            self.row.begin_anew(now, distance);
        }
    }
}

/// So many seconds before.
pub(super) fn before(now: Instant, seconds: Option<f64>) -> Option<Instant> {
    let seconds = Duration::try_from_secs_f64(seconds?).ok()?;
    now.checked_sub(seconds)
}
