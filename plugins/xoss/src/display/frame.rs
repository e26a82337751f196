use pipeline_plugin::{Event, Field as Column, Header, Item, Timestamp, field};
use xoss::remote::{Combine, Encoding, Field, Key, Packet, Sport, WorkoutState};

use super::sink::Form;

/// What is to be seen at a moment: the last value of everything.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    sport: Sport,
    start: Timestamp,
    now: Timestamp,
    state: WorkoutState,
    /// Since when the timer stands.
    stopped: Option<Timestamp>,
    /// Seconds of pauses that are over.
    paused: f64,
    values: Vec<(Key, f64)>,
}

/// The columns that a display knows.
const KNOWN: [(Column, Key); 9] = [
    (field::DISTANCE, Key::DISTANCE),
    (field::SPEED, Key::SPEED),
    (field::ALTITUDE, Key::ELEVATION),
    (field::HEART_RATE, Key::HEART_RATE),
    (field::CADENCE, Key::CADENCE),
    (field::POWER, Key::POWER),
    (field::CALORIES, CALORIES),
    (field::POSITION_LAT, Key::LATITUDE),
    (field::POSITION_LONG, Key::LONGITUDE),
];

const CALORIES: Key = Key(3);
const TOTAL_TIME: Key = Key(5);
const PAUSED_TIME: Key = Key(6);

impl Frame {
    /// Nothing yet.
    pub(super) fn new(header: &Header) -> Self {
        Self {
            sport: sport(header),
            start: header.start,
            now: header.start,
            state: WorkoutState::Recording,
            stopped: None,
            paused: 0.0,
            values: Vec::new(),
        }
    }

    /// The time of the last sample.
    pub(super) fn now(&self) -> Timestamp {
        self.now
    }

    /// Takes over what an item says; whether that can be seen at once.
    pub(super) fn take(&mut self, item: &Item) -> bool {
        match item {
            Item::Samples(batch) => {
                let Some(last) = batch.time().last() else {
                    return false;
                };
                self.now = *last;
                for (column, key) in &KNOWN {
                    let values = batch.columns().iter().find(|has| has.field == *column);
                    let values = values.into_iter().flat_map(|has| has.values.iter().rev());
                    if let Some(value) = values.copied().find(|value| !value.is_nan()) {
                        self.set(*key, value);
                    }
                }
                false
            }
            Item::Event(Event::TimerStop { time }) => {
                self.state = WorkoutState::Paused;
                self.stopped.get_or_insert(*time);
                self.now = self.now.max(*time);
                true
            }
            Item::Event(Event::TimerStart { time }) => {
                self.now = self.now.max(*time);
                self.paused = self.paused();
                self.stopped = None;
                self.state = WorkoutState::Recording;
                true
            }
            _ => false,
        }
    }

    /// It is over.
    pub(super) fn end(&mut self) {
        self.state = WorkoutState::Ended;
    }

    fn set(&mut self, key: Key, value: f64) {
        match self.values.iter_mut().find(|(has, _)| *has == key) {
            Some((_, has)) => *has = value,
            None => self.values.push((key, value)),
        }
    }

    /// Seconds of all pauses so far.
    fn paused(&self) -> f64 {
        let going_on = self
            .stopped
            .map_or(0.0, |since| self.now.seconds_since(since));
        self.paused + going_on.max(0.0)
    }

    /// Everything, as the document numbers it.
    fn fields(&self) -> Vec<Field> {
        let total = self.now.seconds_since(self.start).max(0.0);
        let paused = self.paused();
        let mut fields = vec![
            self.sport.field(),
            self.state.field(),
            Field::new(Key::MOVING_TIME, (total - paused).max(0.0)),
            Field::new(TOTAL_TIME, total),
            Field::new(PAUSED_TIME, paused),
        ];
        fields.extend(
            self.values
                .iter()
                .map(|(key, value)| Field::new(*key, *value)),
        );
        fields
    }

    /// The packets that show it.
    pub(super) fn packets(&self, form: Form, encoding: &Encoding) -> Vec<Packet> {
        let fields = self.fields();
        match form {
            Form::Dynamic => Packet::dynamic(&fields, encoding),
            Form::Combined => [Combine::One, Combine::Three]
                .map(|combine| Packet::Combine(combine, fields.clone()))
                .to_vec(),
        }
    }
}

/// The document has no rowing.
fn sport(header: &Header) -> Sport {
    match (header.sport.sport(), header.sport.sub_sport()) {
        ("cycling", "indoor_cycling" | "spin") => Sport::IndoorCycling,
        ("cycling", "virtual_activity") => Sport::Virtual,
        ("cycling", "e_bike_fitness" | "e_bike_mountain") | ("e_biking", _) => Sport::EBike,
        ("cycling", _) => Sport::Cycling,
        ("running", _) => Sport::Running,
        ("walking", _) => Sport::Walking,
        ("hiking", _) => Sport::Hiking,
        ("swimming", _) => Sport::Swimming,
        ("alpine_skiing" | "cross_country_skiing", _) => Sport::Skiing,
        ("motorcycling", _) => Sport::Motorbike,
        _ => Sport::Generic,
    }
}
