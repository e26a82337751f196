mod clock;
mod counting;
mod row;
mod telling;

use std::time::{Duration, Instant};

use esprm::{ExtendedMetrics, ForceEvent, HandleForces, Settings};
use gatt::{
    CscMeasurement, CyclingPowerMeasurement, HeartRateMeasurement, RowerData, RowerRecord, Uuid,
};

use crate::Device;
use crate::drives::{Drives, Kind, LATE, TOGETHER};
use crate::event::{Event, Totals, Warning};
use crate::heart::Heart;
use crate::measurement::Measurement;
use crate::odometer::Odometer;
use clock::Clock;
use counting::Pending;
use row::{Phase, Row};

/// Makes a row of what arrives.
///
/// Tell it when the rower is connected and when the link is lost, and hand it every value that
/// arrives, from the rower and from a heart-rate belt, with the time of arrival. After every call,
/// take [`poll_event`](Self::poll_event) until it returns `None`, and ask
/// [`poll_timeout`](Self::poll_timeout) when to call [`handle_timeout`](Self::handle_timeout).
///
/// * What the rower had counted before the first measurement does not count.
/// * The row starts with the first stroke (or the first metre, if the rower counts no strokes).
/// * It pauses when a monitor says that nobody rows, or after seven seconds (or the monitor's own
///   threshold) without a stroke or a metre.
/// * When the link was lost, what the rower counted meanwhile is credited in one step, and no
///   stroke is made up.
/// * When it begins to count anew, the totals go on.
///
/// Strokes have the time at which they arrived. A stroke waits up to half a second for its forces if
/// the measurement overtook them.
#[derive(Debug, Default)]
pub struct Recorder {
    device: Option<Device>,
    settings: Option<Settings>,
    odometer: Option<Odometer>,
    record: RowerRecord,
    forces: HandleForces,
    /// When the last frame of handle forces came.
    frame: Option<Instant>,
    drives: Drives,
    heart: Heart,
    clock: Clock,
    /// The last measurement that counted.
    measurement: Measurement,
    row: Row,
    pending: Option<Pending>,
    /// The last stroke rate that the rower itself told.
    rate: Option<(Instant, f64)>,
    /// The last time from stroke to stroke.
    period: Option<Duration>,
    link: Link,
    said: Vec<Warning>,
    /// Strokes in a row with a longer drive than recovery.
    long_drives: u32,
    gaps: u64,
    segments: u64,
}

/// What is known of the link.
#[derive(Debug, Default)]
struct Link {
    connected: bool,
    /// It was lost since the last measurement.
    lost: bool,
    /// When it was made.
    made: Option<Instant>,
    /// Since when it was silent when that was said, and how often that wait was doubled since.
    silent: Option<(Instant, u32)>,
}

/// A rower that has sent no measurement for this long is silent.
const SILENCE: Duration = Duration::from_secs(2);

/// How often that is doubled at most: to more than a year.
const DOUBLED: u32 = 24;

/// How long nobody rows until it is a pause, if the monitor does not say: its default.
const STOP_THRESHOLD: Duration = Duration::from_secs(7);

/// The monitor's own characteristics.
use esprm::assigned::characteristic as own;
/// Adopted characteristics of a base service, and the belt's.
use gatt::assigned::characteristic as adopted;

impl Recorder {
    /// The rower is connected and subscribed to.
    pub fn handle_connected(&mut self, now: Instant, device: Device) {
        if self.is_over() {
            return;
        }
        match &mut self.odometer {
            Some(odometer) => odometer.relink(device.base()),
            None => self.odometer = Some(Odometer::new(device.base())),
        }
        self.clock.reset(device.clocks());
        self.record.reset();
        self.device = Some(device);
        self.link.connected = true;
        self.link.made = Some(now);
    }

    /// The link to the rower was lost.
    pub fn handle_disconnected(&mut self, now: Instant) {
        if self.is_over() {
            return;
        }
        self.conclude();
        self.forces.reset();
        self.drain_forces(now);
        self.drives.reset();
        self.record.reset();
        self.link.connected = false;
        self.link.lost = true;
    }

    /// A value has arrived: notified, indicated or read, from the rower or from a belt.
    pub fn handle_value(&mut self, now: Instant, characteristic: Uuid, value: &[u8]) {
        if self.is_over() {
            return;
        }
        self.handle_timeout(now);
        // The belt has a link of its own. What the rower sends comes over its link or not at all.
        if characteristic == adopted::HEART_RATE_MEASUREMENT {
            match HeartRateMeasurement::decode(value) {
                Ok(measurement) => self.heart.belt(now, measurement.bpm()),
                Err(error) => self.warn(Warning::Value(error)),
            }
            return;
        }
        if !self.link.connected {
            return;
        }
        let base = self
            .device
            .as_ref()
            .map(|device| device.base().measurement());
        match characteristic {
            own::HANDLE_FORCES => {
                // A burst comes at once; what comes later is another stroke's.
                let late = self.late();
                if self
                    .frame
                    .replace(now)
                    .is_some_and(|frame| now >= frame + late)
                {
                    self.forces.abandon();
                }
                self.forces.handle_frame(now, value);
                self.drain_forces(now);
            }
            own::EXTENDED_METRICS => match ExtendedMetrics::decode(value) {
                Ok(metrics) => self.metrics(now, metrics),
                Err(error) => self.warn(Warning::OwnValue(error)),
            },
            own::SETTINGS => match Settings::decode(value) {
                Ok(settings) => self.settings = Some(settings),
                Err(error) => self.warn(Warning::OwnValue(error)),
            },
            _ if Some(characteristic) == base => match self.decode(now, characteristic, value) {
                Ok(Some(measurement)) => self.measured(now, measurement),
                Ok(None) => {}
                Err(error) => self.warn(Warning::Value(error)),
            },
            // What the device tells of itself is for whoever read it.
            _ => {}
        }
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.is_over() {
            return;
        }
        self.forces.handle_timeout(now);
        self.drain_forces(now);
        if let Some(record) = self.record.handle_timeout(now) {
            self.measured(now, record.into());
        }
        if self
            .pending
            .as_ref()
            .is_some_and(|pending| now >= pending.until)
        {
            self.conclude();
        }
        if self.row.stop_is_due(now) {
            self.stop();
        }
        if self.idle_until().is_some_and(|until| now >= until) {
            self.idle();
        }
        if self.silent_at().is_some_and(|at| now >= at) {
            self.link.silent = self.next_silence(now);
            if let Some(device) = &self.device {
                let characteristic = device.base().measurement();
                self.row.push(Event::Silent { characteristic });
            }
        }
    }

    /// The row is over; what comes later is not of it.
    pub fn finish(&mut self, now: Instant) {
        if self.is_over() {
            return;
        }
        self.handle_timeout(now);
        self.conclude();
        if self.row.is_stopping() {
            self.stop();
        }
        self.end();
    }

    /// What happened.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.row.poll_event()
    }

    /// When to call [`handle_timeout`](Self::handle_timeout).
    pub fn poll_timeout(&self) -> Option<Instant> {
        if self.is_over() {
            return None;
        }
        let pending = self.pending.as_ref().map(|pending| pending.until);
        [
            pending,
            self.forces.poll_timeout(),
            self.record.poll_timeout(),
            self.row.stop_at(),
            self.idle_until(),
            self.silent_at(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// What the row comes to so far.
    pub fn totals(&self) -> Totals {
        Totals {
            gaps: self.gaps,
            segments: self.segments,
            ..self.row.totals()
        }
    }

    fn is_over(&self) -> bool {
        self.row.phase() == Phase::Over
    }

    fn decode(
        &mut self,
        now: Instant,
        characteristic: Uuid,
        value: &[u8],
    ) -> Result<Option<Measurement>, gatt::Error> {
        match characteristic {
            adopted::CYCLING_POWER_MEASUREMENT => {
                CyclingPowerMeasurement::decode(value).map(|measurement| Some(measurement.into()))
            }
            adopted::CSC_MEASUREMENT => {
                CscMeasurement::decode(value).map(|measurement| Some(measurement.into()))
            }
            _ => {
                let part = RowerData::decode(value)?;
                if part.heart_rate.is_some() {
                    self.heart.rower(now, part.bpm());
                }
                Ok(self.record.handle_part(now, &part).map(Measurement::from))
            }
        }
    }

    fn drain_forces(&mut self, now: Instant) {
        while let Some(event) = self.forces.poll_event() {
            match event {
                ForceEvent::Curve(forces) => self.curve(now, forces),
                ForceEvent::Malformed => self.warn(Warning::Forces),
                ForceEvent::Incomplete { .. } | ForceEvent::Gap { .. } | ForceEvent::Skipped => {}
            }
        }
        if self.forces.tally().changed_totals > 0 {
            self.warn(Warning::ForceTotals);
        }
    }

    fn curve(&mut self, now: Instant, forces: Vec<f32>) {
        if !self.drives.is_new(now, &forces) {
            return;
        }
        let late = self.late();
        let waiting = self
            .pending
            .as_mut()
            .and_then(|pending| pending.drive.as_mut());
        match waiting {
            Some(drive) if drive.takes_forces(now, late) => {
                drive.forces = forces;
                self.conclude_if_complete();
            }
            _ => self.drives.handle_curve(now, forces, late),
        }
    }

    /// How late a frame may follow the one before, or a curve its metrics: never so late that it may
    /// be the next stroke's.
    fn late(&self) -> Duration {
        self.period
            .map_or(TOGETHER, |period| (period / 3).min(LATE))
    }

    fn metrics(&mut self, now: Instant, metrics: ExtendedMetrics) {
        match self.drives.kind(now, metrics) {
            Kind::Drive => {
                let drive = self.drives.join(now, metrics);
                self.drives.keep(drive);
            }
            Kind::Again => self.drives.between(now),
            Kind::Stopped => {
                self.drives.between(now);
                self.conclude();
                self.stopped(now, metrics);
            }
            Kind::Repeated => {}
        }
    }

    /// How long nobody rows until it is a pause.
    fn stop_threshold(&self) -> Duration {
        self.settings.map_or(STOP_THRESHOLD, |settings| {
            Duration::from_secs(settings.sensor.stop_threshold.into()).max(STOP_THRESHOLD)
        })
    }

    /// When it is a pause if nothing moves until then; a lost link says nothing.
    fn idle_until(&self) -> Option<Instant> {
        let moved = self
            .row
            .moved()
            .filter(|_| self.link.connected && !self.link.lost)?;
        Some(moved + self.stop_threshold())
    }

    /// When the silence is said: soon at first, then ever more seldom, for it may be that nobody rows.
    fn silent_at(&self) -> Option<Instant> {
        let (since, doubled) = self.silence()?;
        let wait = SILENCE * (1 << doubled.min(DOUBLED));
        self.link.connected.then(|| since + wait)
    }

    /// Since when it is silent, and how often the wait for saying so was doubled.
    fn silence(&self) -> Option<(Instant, u32)> {
        let heard = self.odometer.as_ref().and_then(Odometer::last_heard);
        let since = self.link.made.max(heard)?;
        let said = self.link.silent.filter(|(said, _)| *said == since);
        Some(said.unwrap_or((since, 0)))
    }

    /// The same when it has been said, at `now`.
    fn next_silence(&self, now: Instant) -> Option<(Instant, u32)> {
        let (since, doubled) = self.silence()?;
        let silent = now.saturating_duration_since(since);
        let is_over = |doubled: &u32| SILENCE * (1 << doubled) > silent;
        let next = (doubled + 1..DOUBLED).find(is_over);
        Some((since, next.unwrap_or(DOUBLED)))
    }

    /// Says each kind of thing once.
    fn warn(&mut self, warning: Warning) {
        let same =
            |said: &Warning| std::mem::discriminant(said) == std::mem::discriminant(&warning);
        if !self.said.iter().any(same) {
            self.said.push(warning.clone());
            self.row.push(Event::Warning(warning));
        }
    }
}
