use pipeline_plugin::{
    Batch, Curve, Field, Header, HrZones, Item, Kind, Lap, Timer, Timestamp, field,
};

/// What there is to see of a stream at a moment.
pub(crate) struct Glance {
    /// Whose stream it is.
    pub(crate) title: String,
    pub(crate) kind: Kind,
    pub(crate) is_row: bool,
    zones: Option<HrZones>,
    /// The first and the last sample.
    span: Option<(Timestamp, Timestamp)>,
    timer: Timer,
    /// Seconds with the timer running up to the last sample.
    active: f64,
    /// The last value of every field, in the order in which the fields came.
    values: Vec<(Field, f64)>,
    /// The first values of a log, for what has been counted since.
    firsts: Vec<(Field, f64)>,
    /// The names of what the last sample had.
    fresh: Vec<String>,
    pub(crate) laps: Vec<Lap>,
    pub(crate) curve: Option<Curve>,
    /// The greatest force of all curves.
    pub(crate) strongest: f64,
}

impl Glance {
    pub(crate) fn new(header: &Header) -> Self {
        let device = &header.device.name;
        let title = if device.is_empty() {
            &header.name
        } else {
            device
        };
        Self {
            title: title.clone(),
            kind: header.kind,
            is_row: header.sport.sport() == "rowing",
            zones: header.zones.clone(),
            span: None,
            timer: Timer::default(),
            active: 0.0,
            values: Vec::new(),
            firsts: Vec::new(),
            fresh: Vec::new(),
            laps: Vec::new(),
            curve: None,
            strongest: 0.0,
        }
    }

    pub(crate) fn take(&mut self, item: &Item) {
        match item {
            Item::Samples(batch) => {
                for time in batch.time() {
                    self.sample(*time);
                }
                if self.kind == Kind::Log {
                    self.keep(batch);
                }
                for column in batch.columns() {
                    let known = column.values.iter().rev().find(|value| !value.is_nan());
                    if let Some(value) = known {
                        self.set(&column.field, *value);
                    }
                }
            }
            Item::Lap(lap) => self.laps.push((**lap).clone()),
            Item::Event(event) => self.timer.event(event),
            Item::Curve(curve) => {
                self.strongest = curve.values.iter().copied().fold(self.strongest, f64::max);
                self.curve = Some(curve.clone());
            }
            Item::Bytes(_) => {}
        }
    }

    /// Keeps of a log's samples what came first, and what the last one has.
    fn keep(&mut self, batch: &Batch) {
        self.fresh.clear();
        for column in batch.columns() {
            let (first, last) = (column.values.first(), column.values.last());
            if let Some(first) = first.filter(|value| !value.is_nan())
                && !self.firsts.iter().any(|(known, _)| *known == column.field)
            {
                self.firsts.push((column.field.clone(), *first));
            }
            if last.is_some_and(|value| !value.is_nan()) {
                self.fresh.push(column.field.name().to_owned());
            }
        }
    }

    /// The first value of a field of a log; `NaN` when there is none.
    pub(crate) fn first(&self, name: &str) -> f64 {
        let mut firsts = self.firsts.iter();
        let first = firsts.find(|(field, _)| field.name() == name);
        first.map_or(f64::NAN, |(_, value)| *value)
    }

    /// Whether the last sample of a log had a value of that field.
    pub(crate) fn is_fresh(&self, name: &str) -> bool {
        self.fresh.iter().any(|fresh| fresh == name)
    }

    fn sample(&mut self, time: Timestamp) {
        let (start, last) = self.span.unwrap_or((time, time));
        self.active += self.timer.active(last, time);
        self.timer.forget(time);
        self.span = Some((start, time));
    }

    fn set(&mut self, field: &Field, value: f64) {
        match self.values.iter_mut().find(|(known, _)| known == field) {
            Some((_, known)) => *known = value,
            None => self.values.push((field.clone(), value)),
        }
    }

    /// The last value of a field; `NaN` when there is none.
    pub(crate) fn value(&self, field: &Field) -> f64 {
        let of_field = |(known, _): &&(Field, f64)| known == field;
        self.values
            .iter()
            .find(of_field)
            .map_or(f64::NAN, |(_, value)| *value)
    }

    /// The last value of every field.
    pub(crate) fn values(&self) -> &[(Field, f64)] {
        &self.values
    }

    /// When the last sample came.
    pub(crate) fn last(&self) -> Option<Timestamp> {
        self.span.map(|(_, last)| last)
    }

    pub(crate) fn is_paused(&self) -> bool {
        !self.timer.is_running()
    }

    /// Seconds with the timer running up to now.
    pub(crate) fn active(&self, now: Timestamp) -> f64 {
        match self.span {
            Some((_, last)) => self.active + self.timer.active(last, now.max(last)),
            None => 0.0,
        }
    }

    /// The zone of the heart rate, where zones are known.
    pub(crate) fn zone(&self) -> Option<usize> {
        let rate = self.value(&field::HEART_RATE);
        let bounds = &self.zones.as_ref()?.bounds;
        if rate.is_nan() {
            return None;
        }
        let reached = bounds.iter().filter(|bound| **bound <= rate).count();
        Some(reached.min(bounds.len().saturating_sub(1)))
    }
}
