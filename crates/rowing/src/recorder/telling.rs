use std::time::{Duration, Instant};

use esprm::assigned::characteristic as own;
use esprm::{ExtendedMetrics, MachineSettings};
use gatt::Uuid;

use super::Recorder;
use super::counting::{Pending, before};
use super::row::Phase;
use crate::drives::{Drive, LATE};
use crate::event::{Handle, Sample, Stroke, Warning};
use crate::{BaseService, Device};

/// A drive of which nothing is known took about this long.
const DRIVE: Duration = Duration::from_secs(1);

/// How long a stroke rate is held that the rower does not tell between strokes.
const RATE: Duration = Duration::from_millis(4500);

impl Recorder {
    /// The metrics say that nobody rows.
    pub(super) fn stopped(&mut self, now: Instant, metrics: ExtendedMetrics) {
        if self.row.phase() != Phase::Rowing || self.row.is_stopping() {
            return;
        }
        let waited = self.unwrapped(metrics.recovery_time);
        let since = self.row.stroke_at().map(|stroke| stroke + waited);
        let since = since.map_or(now, |since| since.min(now));
        self.row.stop_at_last(since, now + LATE);
    }

    /// A recovery that is known to be no shorter than the stop threshold, but counts modulo 16 s.
    fn unwrapped(&self, recovery: f64) -> Duration {
        let threshold = self
            .settings
            .map_or(0.0, |settings| f64::from(settings.sensor.stop_threshold));
        let wraps = ((threshold - 0.5 - recovery) / ExtendedMetrics::WRAP).ceil();
        Duration::from_secs_f64(recovery + wraps.max(0.0) * ExtendedMetrics::WRAP)
    }

    /// Since then nobody rows; the last metres have come.
    pub(super) fn stop(&mut self) {
        if let Some(since) = self.row.take_stop() {
            self.glide(since);
            self.row.pause(since);
        }
    }

    /// Nothing has moved for long enough.
    pub(super) fn idle(&mut self) {
        if let Some(moved) = self.row.moved() {
            self.glide(moved);
            self.row.pause(moved);
        }
    }

    pub(super) fn end(&mut self) {
        if let Some(moved) = self.row.moved() {
            self.glide(moved);
        }
        self.row.end();
    }

    /// A sample without a stroke, if there is something to tell.
    pub(super) fn glide(&mut self, time: Instant) {
        let Some((strokes, distance)) = self.counters() else {
            return;
        };
        if self.row.untold(distance) <= 0.0 && self.row.totals().strokes == strokes {
            return;
        }
        let own = self.sends(&own::EXTENDED_METRICS);
        let power = self.measurement.power.filter(|_| !own);
        self.row.sample(Sample {
            speed: self.row.speed(time, distance),
            heart_rate: self.heart.at(time),
            power: power.unwrap_or(f64::NAN),
            ..Sample::bare(time, strokes, distance)
        });
    }

    pub(super) fn counters(&self) -> Option<(u64, f64)> {
        let odometer = self.odometer.as_ref()?;
        Some((odometer.strokes(), odometer.distance()))
    }

    pub(super) fn sends(&self, name: &Uuid) -> bool {
        self.device
            .as_ref()
            .is_some_and(|device| device.sends(name))
    }

    /// Tells the stroke that waits, if nothing more can come.
    pub(super) fn conclude_if_complete(&mut self) {
        let has_forces = self.sends(&own::HANDLE_FORCES);
        let waits = |pending: &Pending| {
            let drive = pending.drive.as_ref();
            has_forces && drive.is_some_and(|drive| drive.forces.is_empty())
        };
        if !self.pending.as_ref().is_some_and(waits) {
            self.conclude();
        }
    }

    /// Tells the stroke that waits, with what there is.
    pub(super) fn conclude(&mut self) {
        let Some(mut pending) = self.pending.take() else {
            return;
        };
        let drive = pending.drive.as_mut();
        let forces = drive.map(|drive| std::mem::take(&mut drive.forces));
        let metrics = pending.drive.as_ref().map(|drive| drive.metrics);
        let at = pending.drive.as_ref().map(|drive| drive.at);
        let time = at.map_or(pending.at, |at| at.min(pending.at));
        let drive = metrics.map_or(DRIVE, |metrics| Duration::from_secs_f64(metrics.drive_time));
        let drive_began = time.checked_sub(drive).unwrap_or(time);
        // The first stroke, and the first after a pause, have no recovery before them.
        let first = match self.row.phase() {
            Phase::Waiting => {
                // Where the link was made in the middle of a row, the stroke has a recovery, and
                // brings its metres along.
                let wheel = pending.wheel.filter(|_| pending.distance > 0.0);
                let began = before(time, wheel).map_or(drive_began, |began| began.min(drive_began));
                self.begin(began, wheel);
                true
            }
            Phase::Paused => {
                self.row.resume(drive_began);
                true
            }
            Phase::Rowing => false,
            Phase::Over => return,
        };
        let stroke = self.stroke(&pending, time, first, forces.unwrap_or_default());
        self.judge(&stroke);
        self.row.stroke(Box::new(stroke));
    }

    fn stroke(
        &mut self,
        pending: &Pending,
        time: Instant,
        first: bool,
        forces: Vec<f32>,
    ) -> Stroke {
        let metrics = pending.drive.as_ref().map(|drive| drive.metrics);
        let measurement = &pending.measurement;
        let power = metrics.map(|metrics| f64::from(metrics.average_power));
        let power = power
            .or(measurement.power)
            .filter(|power| !first || *power > 0.0);
        let speed = measurement.speed.filter(|speed| !first || *speed > 0.0);
        let speed = speed.unwrap_or_else(|| self.row.speed(time, pending.distance));
        let stroke_rate = if first {
            f64::NAN
        } else {
            self.stroke_rate(pending)
        };
        let recovery = metrics
            .filter(|_| !first)
            .map(|metrics| metrics.recovery_time);
        let step = self.settings.as_ref();
        let step = step.and_then(|settings| MachineSettings::handle_step(&settings.machine));
        Stroke {
            sample: Sample {
                time,
                strokes: pending.strokes,
                distance: pending.distance,
                speed,
                stroke_rate,
                power: power.unwrap_or(f64::NAN),
                heart_rate: self.heart.at(time),
                drag_factor: self.drag_factor(pending),
            },
            count: pending.progress.strokes,
            length: self.length(pending, speed, stroke_rate),
            drive_time: metrics.map_or(f64::NAN, |metrics| metrics.drive_time),
            recovery_time: recovery.unwrap_or(f64::NAN),
            handle: Handle::of(&forces, step),
            forces,
        }
    }

    /// Strokes per minute: from drive and recovery, or the crank's clock, or as the rower says.
    fn stroke_rate(&mut self, pending: &Pending) -> f64 {
        let count = f64::from(pending.progress.strokes);
        let own = pending.drive.as_ref().map(Drive::period);
        let crank = pending.crank.map(|crank| crank / count);
        if let Some(period) = own.or(crank).filter(|period| *period > 0.0) {
            self.period = Some(Duration::from_secs_f64(period));
            return 60.0 / period;
        }
        // Between strokes some say 0.
        let held = self.period.map_or(RATE, |period| RATE.max(period * 2));
        let told = self.rate.filter(|(told, _)| pending.at <= *told + held);
        told.map_or(f64::NAN, |(_, rate)| {
            self.period = Some(Duration::from_secs_f64(60.0 / rate));
            rate
        })
    }

    /// Metres of a stroke. Where the distance counts whole metres, speed and rate are finer.
    fn length(&self, pending: &Pending, speed: f64, stroke_rate: f64) -> f64 {
        let counted = self.row.since_stroke(pending.distance) / f64::from(pending.progress.strokes);
        let base = self.device.as_ref().map(Device::base);
        let reckoned = speed * 60.0 / stroke_rate;
        if base == Some(BaseService::FitnessMachine) && reckoned.is_finite() && reckoned > 0.0 {
            reckoned
        } else {
            counted
        }
    }

    fn drag_factor(&self, pending: &Pending) -> f64 {
        let own = pending
            .drive
            .as_ref()
            .map(|drive| drive.metrics.drag_factor);
        let monitor = self
            .device
            .as_ref()
            .is_some_and(Device::is_esp_rowing_monitor);
        let resistance = pending.measurement.resistance.filter(|_| monitor);
        let known = own.or(resistance).filter(|drag_factor| *drag_factor > 0);
        known.map_or(f64::NAN, f64::from)
    }

    /// At steady rowing the recovery is longer than the drive.
    fn judge(&mut self, stroke: &Stroke) {
        const ODD: u32 = 5;
        if stroke.drive_time > stroke.recovery_time {
            self.long_drives += 1;
        } else if stroke.drive_time < stroke.recovery_time {
            self.long_drives = 0;
        }
        if self.long_drives == ODD {
            self.warn(Warning::LongDrives);
        }
    }
}
