//! A device: its fields, and the latest value of each.

use std::time::{Duration, Instant};

use pipeline_plugin::{Batch, Field, Header, Timestamp};
use serde_json::{Map, Value};

/// More fields than this are an accident.
const MOST: usize = 500;

/// What is known of a device.
#[derive(Debug)]
pub(crate) struct Device {
    pub(crate) header: Header,
    pub(crate) values: Vec<Latest>,
    /// The last sample, to be sent again when somebody asks.
    pub(crate) state: Option<Vec<u8>>,
    /// When it came.
    pub(crate) seen: Option<Instant>,
    pub(crate) is_online: bool,
    /// Samples of the open stream: that came, and that the broker has taken.
    pub(crate) taken: u64,
    pub(crate) published: u64,
}

/// A field and its latest value.
#[derive(Debug)]
pub(crate) struct Latest {
    pub(crate) field: Field,
    pub(crate) value: f64,
    pub(crate) time: Timestamp,
    /// Whether it ever had a value: a device need not have everything that its kind can have.
    pub(crate) was_measured: bool,
}

impl Device {
    pub(crate) fn new(header: &Header) -> Self {
        Self {
            header: header.clone(),
            values: Vec::new(),
            state: None,
            seen: None,
            is_online: false,
            taken: 0,
            published: 0,
        }
    }

    /// The name for people.
    pub(crate) fn name(&self) -> &str {
        name(&self.header)
    }

    /// Takes notice of a batch's fields.
    fn learn(&mut self, batch: &Batch) {
        for column in batch.columns() {
            let known = self
                .values
                .iter()
                .any(|latest| latest.field == column.field);
            if !known && self.values.len() < MOST {
                self.values.push(Latest {
                    field: column.field.clone(),
                    value: f64::NAN,
                    time: Timestamp::from_micros(i64::MIN),
                    was_measured: false,
                });
            }
        }
    }

    /// How many fields ever had a value.
    pub(crate) fn measured(&self) -> usize {
        let values = self.values.iter();
        values.filter(|latest| latest.was_measured).count()
    }

    /// The state after a row of a batch, as JSON.
    ///
    /// A column that is not there says nothing about its field: the value before stands until it
    /// is too old. One that is there without a value says that there is none.
    pub(crate) fn state(&mut self, batch: &Batch, row: usize, expire: Duration) -> Vec<u8> {
        self.learn(batch);
        let time = batch.time().get(row).copied().unwrap_or_default();
        let mut state = Map::new();
        state.insert("time".to_owned(), time.to_string().into());
        for latest in &mut self.values {
            if let Some(values) = batch.column(&latest.field) {
                latest.value = values.get(row).copied().unwrap_or(f64::NAN);
                latest.time = time;
                latest.was_measured |= latest.value.is_finite();
            }
            let old = time - latest.time > expire.as_secs_f64();
            let value = if old { f64::NAN } else { latest.value };
            // What is not finite becomes `null`.
            state.insert(key(&latest.field), Value::from(value));
        }
        let json = Value::from(state).to_string().into_bytes();
        self.state = Some(json.clone());
        self.seen = Some(Instant::now());
        json
    }
}

/// The name of what recorded a stream, for people.
pub(crate) fn name(header: &Header) -> &str {
    let names = [&header.device.name, &header.name];
    let mut names = names.into_iter().map(|name| name.trim());
    names.find(|name| !name.is_empty()).unwrap_or("log")
}

/// A name as part of a topic and of an identifier: `POWER_2F1C`.
pub(crate) fn identifier(name: &str) -> String {
    let safe = |c: char| {
        if c.is_ascii_alphanumeric() || matches!(c, '_' | '-') {
            c
        } else {
            '_'
        }
    };
    name.chars().map(safe).take(64).collect()
}

/// A field's key in the state; `time` is that of the sample.
pub(crate) fn key(field: &Field) -> String {
    match field.name() {
        "time" => "time_".to_owned(),
        name => name.to_owned(),
    }
}
