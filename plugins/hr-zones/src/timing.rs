use pipeline_plugin::{
    Batch, Context, Header, HrZones, Item, Lap, Level, MAX_STEP, Output, PendingLaps, Result,
    Summary, Timer, Timestamp, Transform, field,
};

/// How long the heart has to beat faster than its highest rate, in microseconds, until that is
/// said to be wrong: a belt that slips gives high values for a few seconds.
const ABOVE: f64 = 10e6;

/// By how many bpm more than the highest rate is worth a warning; a few are a good day.
const MUCH: f64 = 10.0;

/// Sums up one stream's time in each zone, and gives each lap its part.
pub(crate) struct Timing {
    cx: Context,
    zones: HrZones,
    /// For how many microseconds the heart rate was higher than the highest, and how high.
    above: f64,
    peak: f64,
    timer: Timer,
    /// The time of the last sample.
    reached: Timestamp,
    /// The zone of the next sample, which stands for the time since the last; `None` without
    /// heart rate.
    zone: Option<usize>,
    any_heart_rate: bool,
    /// Whether there was a sample: the time before the first one stands for nothing.
    begun: bool,
    /// Time in each zone, in whole microseconds, so that the laps add up exactly.
    spent: Vec<f64>,
    /// The same at the end of the last lap.
    before: Vec<f64>,
    laps: PendingLaps,
}

impl Timing {
    /// With zones that have two or more bounds, rising.
    pub(crate) fn new(header: &Header, zones: HrZones, cx: &Context) -> Self {
        let spent = vec![0.0; zones.bounds.len()];
        Self {
            cx: cx.clone(),
            zones,
            above: 0.0,
            peak: 0.0,
            timer: Timer::default(),
            reached: header.start,
            zone: None,
            any_heart_rate: false,
            begun: false,
            before: spent.clone(),
            spent,
            laps: PendingLaps::default(),
        }
    }

    fn samples(&mut self, batch: &Batch, out: &mut dyn Output) -> Result<()> {
        let heart_rates = batch.column(&field::HEART_RATE);
        let zone_at = |timing: &Self, row: usize| timing.zones.zone_of(*heart_rates?.get(row)?);
        if let Some(next) = batch.time().first() {
            self.zone = zone_at(self, 0);
            self.any_heart_rate |= self.zone.is_some();
            self.settle(*next, out)?;
        }
        for (row, time) in batch.time().iter().enumerate() {
            let time = self.reached.max(*time);
            self.zone = zone_at(self, row);
            self.any_heart_rate |= self.zone.is_some();
            let micros = self.micros(time, time);
            if let Some(spent) = self.zone.and_then(|zone| self.spent.get_mut(zone)) {
                *spent += micros;
            }
            self.compare(heart_rates.and_then(|rates| rates.get(row)), micros);
            self.timer.forget(time);
            self.reached = time;
            self.begun = true;
        }
        Ok(())
    }

    /// Notes how long the heart beat faster than its highest rate, where that is known.
    fn compare(&mut self, heart_rate: Option<&f64>, micros: f64) {
        if let (Some(rate), Some(most)) = (heart_rate, self.zones.max)
            && *rate > most
        {
            self.above += micros;
            self.peak = self.peak.max(*rate);
        }
    }

    /// Says once that the zones are too low.
    fn tell_of_peak(&self) {
        if let Some(most) = self.zones.max.filter(|_| self.above >= ABOVE) {
            let level = if self.peak > most + MUCH {
                Level::Warn
            } else {
                Level::Info
            };
            let message = format!(
                "the heart rate reaches {:.0} bpm, more than the highest of {most:.0}: the zones \
                 are too low, set a higher `max` or `max-hr`",
                self.peak
            );
            self.cx.log(level, message);
        }
    }

    /// Microseconds from the last sample to `end`, as far as they count if the next sample is at
    /// `next`.
    fn micros(&self, end: Timestamp, next: Timestamp) -> f64 {
        if !self.begun || self.timer.active(self.reached, next) > MAX_STEP {
            return 0.0;
        }
        (self.timer.active(self.reached, end) * 1e6).round()
    }

    /// Completes the laps that end between the last sample and the one at `next`.
    fn settle(&mut self, next: Timestamp, out: &mut dyn Output) -> Result<()> {
        std::mem::take(&mut self.laps).settle(|lap| self.complete(lap, next), out)
    }

    fn complete(&mut self, lap: &mut Lap, next: Timestamp) {
        let mut end = self.spent.clone();
        if let Some(spent) = self.zone.and_then(|zone| end.get_mut(zone)) {
            *spent += self.micros(lap.end.min(next), next);
        }
        let differences = end.iter().zip(&self.before);
        let times = differences.map(|(end, before)| (end - before) / 1e6);
        lap.time_in_hr_zone = self.any_heart_rate.then(|| times.collect());
        self.before = end;
    }
}

impl Transform for Timing {
    fn process(&mut self, item: Item, out: &mut dyn Output) -> Result<()> {
        match &item {
            Item::Samples(batch) => self.samples(batch, out)?,
            Item::Event(event) => self.timer.event(event),
            Item::Lap(_) | Item::Curve(_) | Item::Bytes(_) => {}
        }
        self.laps.pass(item, out)
    }

    fn finish(&mut self, summary: &mut Summary, out: &mut dyn Output) -> Result<()> {
        self.settle(self.reached, out)?;
        self.tell_of_peak();
        if self.any_heart_rate {
            summary.time_in_hr_zone = Some(self.spent.iter().map(|micros| micros / 1e6).collect());
        }
        Ok(())
    }
}
