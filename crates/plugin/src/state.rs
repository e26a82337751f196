//! What a stage remembers from run to run.

use std::collections::{BTreeMap, btree_map::Entry};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::{Error, ErrorKind, Result};

/// The longest key, in bytes.
const KEY: usize = 200;

/// The longest value as JSON text, in bytes: state is counters and marks, not data.
const VALUE: usize = 64 * 1024;

/// The most keys of one stage.
const KEYS: usize = 10_000;

/// The small memory of one stage: values by key, kept from run to run.
///
/// It belongs to a stage of a pipeline, by the names of both. What is set can be read back at
/// once, and becomes durable with the stream's next checkpoint or its end, together with the note
/// that its items were delivered: never before them, and never without them. A stream that is
/// given up takes with it what was set since. Where there is no ledger (`convert`, a dry run,
/// tests), it lives as long as the run.
#[derive(Clone, Debug)]
pub struct State {
    stage: String,
    store: StateStore,
}

impl State {
    /// The value of a key; `None` if it was never set.
    ///
    /// # Errors
    ///
    /// When the value is there, but is not a `T`.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>> {
        let Some(value) = self.store.get(&self.stage, key) else {
            return Ok(None);
        };
        serde_json::from_value(value).map(Some).map_err(|error| {
            let message = format!("cannot understand what `{key}` was set to earlier");
            Error::skip(message).with_source(error)
        })
    }

    /// Sets the value of a key.
    ///
    /// # Errors
    ///
    /// When there is no room for it (keys of 200 bytes, values of 64 KiB, 10,000 keys a stage),
    /// or it has no JSON form.
    pub fn set<T: Serialize + ?Sized>(&self, key: &str, value: &T) -> Result<()> {
        let value = serde_json::to_value(value).map_err(|error| {
            Error::new(ErrorKind::Plugin, format!("cannot keep `{key}`")).with_source(error)
        })?;
        let length = value.to_string().len();
        if key.is_empty() || key.len() > KEY || length > VALUE {
            let message = format!(
                "cannot keep {length} bytes under a key of {}: keys have 1 to {KEY} bytes, \
                 values up to {VALUE}",
                key.len()
            );
            return Err(Error::new(ErrorKind::Plugin, message));
        }
        self.store.set(&self.stage, key, Some(value))
    }

    /// Forgets a key.
    pub fn remove(&self, key: &str) {
        // Only a new key can lack room.
        let _ = self.store.set(&self.stage, key, None);
    }

    /// Everything that is set.
    pub fn all(&self) -> Map<String, Value> {
        self.store.all(&self.stage)
    }

    /// The store behind it.
    pub fn store(&self) -> &StateStore {
        &self.store
    }
}

/// A value that a stage has set, or forgotten.
#[derive(Clone, Debug, PartialEq)]
pub struct StateChange {
    /// The stage.
    pub stage: String,
    /// Its key.
    pub key: String,
    /// What it is now; `None` if it was forgotten.
    pub value: Option<Value>,
}

/// Values by stage and key.
type Values = BTreeMap<(String, String), Value>;

/// Changes that are not durable yet.
type Changes = BTreeMap<(String, String), Option<Value>>;

/// The state of all stages of one piece of work, as the host keeps it.
///
/// Several stores over the same values see each other's changes once these were taken.
#[derive(Clone, Debug, Default)]
pub struct StateStore {
    durable: Arc<Mutex<Values>>,
    work: Arc<Work>,
}

#[derive(Debug, Default)]
struct Work {
    pending: Mutex<Pending>,
    is_changed: AtomicBool,
}

#[derive(Debug, Default)]
struct Pending {
    /// Set in the stream that is open.
    open: Changes,
    /// Set between streams: nothing that comes later can make it untrue.
    settled: Changes,
    is_stream_open: bool,
}

impl StateStore {
    /// A store with what earlier runs left: stage, key, value.
    pub fn of(values: impl IntoIterator<Item = (String, String, Value)>) -> Self {
        let values = values.into_iter();
        let values = values.map(|(stage, key, value)| ((stage, key), value));
        Self {
            durable: Arc::new(Mutex::new(values.collect())),
            work: Arc::default(),
        }
    }

    /// A store over the same durable values for another piece of work.
    #[must_use]
    pub fn beside(&self) -> Self {
        Self {
            durable: Arc::clone(&self.durable),
            work: Arc::default(),
        }
    }

    /// The memory of a stage.
    pub fn of_stage(&self, stage: impl Into<String>) -> State {
        State {
            stage: stage.into(),
            store: self.clone(),
        }
    }

    /// A stream begins: what was set before it does not depend on what becomes of it.
    pub fn stream_opened(&self) {
        let mut pending = self.pending();
        let open = std::mem::take(&mut pending.open);
        pending.settled.extend(open);
        pending.is_stream_open = true;
    }

    /// A stream has ended well: what is to become durable with it.
    pub fn stream_finished(&self) -> Vec<StateChange> {
        self.pending().is_stream_open = false;
        self.take_changes()
    }

    /// The work is done: what was set since the last stream, without that of one that was given
    /// up.
    pub fn work_done(&self) -> Vec<StateChange> {
        let mut pending = self.pending();
        if pending.is_stream_open {
            pending.open.clear();
        }
        drop(pending);
        self.take_changes()
    }

    /// Forgets what a stage has set since the last checkpoint: it failed.
    pub fn discard(&self, stage: &str) {
        self.pending().open.retain(|(of, _), _| of != stage);
    }

    /// Whether there is anything to take.
    pub fn has_changes(&self) -> bool {
        self.work.is_changed.load(Ordering::Relaxed)
    }

    /// Takes everything that was set and is not durable yet: the caller makes it so.
    pub fn take_changes(&self) -> Vec<StateChange> {
        let mut durable = lock(&self.durable);
        let mut pending = self.pending();
        self.work.is_changed.store(false, Ordering::Relaxed);
        let mut changes = std::mem::take(&mut pending.settled);
        changes.append(&mut pending.open);
        let change = |((stage, key), value): ((String, String), Option<Value>)| {
            match &value {
                Some(value) => durable.insert((stage.clone(), key.clone()), value.clone()),
                None => durable.remove(&(stage.clone(), key.clone())),
            };
            StateChange { stage, key, value }
        };
        changes.into_iter().map(change).collect()
    }

    fn get(&self, stage: &str, key: &str) -> Option<Value> {
        let place = (stage.to_owned(), key.to_owned());
        let durable = lock(&self.durable);
        let pending = self.pending();
        let changed = pending.open.get(&place);
        match changed.or_else(|| pending.settled.get(&place)) {
            Some(value) => value.clone(),
            None => durable.get(&place).cloned(),
        }
    }

    fn set(&self, stage: &str, key: &str, value: Option<Value>) -> Result<()> {
        let is_new = value.is_some() && self.get(stage, key).is_none();
        if is_new && self.all(stage).len() >= KEYS {
            let message = format!("cannot keep `{key}`: {KEYS} keys are set already");
            return Err(Error::new(ErrorKind::Plugin, message));
        }
        let place = (stage.to_owned(), key.to_owned());
        match self.pending().open.entry(place) {
            Entry::Occupied(mut entry) => drop(entry.insert(value)),
            Entry::Vacant(entry) => drop(entry.insert(value)),
        }
        self.work.is_changed.store(true, Ordering::Relaxed);
        Ok(())
    }

    fn all(&self, stage: &str) -> Map<String, Value> {
        let durable = lock(&self.durable);
        let pending = self.pending();
        let from = (stage.to_owned(), String::new());
        let of_stage = durable.range(from..);
        let of_stage = of_stage.take_while(|((of, _), _)| of == stage);
        let mut all: Map<String, Value> = of_stage
            .map(|((_, key), value)| (key.clone(), value.clone()))
            .collect();
        for ((of, key), value) in pending.settled.iter().chain(&pending.open) {
            match value {
                _ if of != stage => {}
                Some(value) => drop(all.insert(key.clone(), value.clone())),
                None => drop(all.shift_remove(key)),
            }
        }
        all
    }

    fn pending(&self) -> MutexGuard<'_, Pending> {
        lock(&self.work.pending)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn change(stage: &str, key: &str, value: Option<Value>) -> StateChange {
        StateChange {
            stage: stage.to_owned(),
            key: key.to_owned(),
            value,
        }
    }

    #[test]
    fn what_is_set_is_seen_at_once_and_taken_once() {
        let store = StateStore::of([("a".to_owned(), "wh".to_owned(), json!(1.5))]);
        let (a, b) = (store.of_stage("a"), store.of_stage("b"));
        assert_eq!(a.get::<f64>("wh").unwrap(), Some(1.5));
        assert_eq!(b.get::<f64>("wh").unwrap(), None);
        a.set("wh", &2.5).unwrap();
        a.set("day", "2026-03-02").unwrap();
        assert_eq!(a.get::<f64>("wh").unwrap(), Some(2.5));
        a.remove("day");
        assert_eq!(a.all(), json!({"wh": 2.5}).as_object().unwrap().clone());
        let expected = [
            change("a", "day", None),
            change("a", "wh", Some(json!(2.5))),
        ];
        assert!(store.has_changes());
        assert_eq!(store.take_changes(), expected);
        assert!(!store.has_changes());
        assert_eq!(store.take_changes(), []);
        assert_eq!(store.beside().of_stage("a").get("wh").unwrap(), Some(2.5));
    }

    #[test]
    fn a_stream_that_is_given_up_takes_its_state_with_it() {
        let store = StateStore::default();
        let state = store.of_stage("xoss");
        store.stream_opened();
        state.set("first", &1).unwrap();
        assert_eq!(store.stream_finished().len(), 1);
        state.set("between", &1).unwrap();
        store.stream_opened();
        state.set("second", &1).unwrap();
        assert_eq!(
            store.work_done(),
            [change("xoss", "between", Some(json!(1)))]
        );
        assert_eq!(state.get::<i32>("second").unwrap(), None);
        state.set("last", &1).unwrap();
        store.stream_opened();
        store.stream_finished();
        state.set("after", &1).unwrap();
        assert_eq!(store.work_done(), [change("xoss", "after", Some(json!(1)))]);
    }

    #[test]
    fn a_stage_that_failed_loses_what_it_set_since() {
        let store = StateStore::default();
        store.stream_opened();
        store.of_stage("a").set("x", &1).unwrap();
        store.of_stage("b").set("x", &1).unwrap();
        store.discard("a");
        assert_eq!(store.stream_finished(), [change("b", "x", Some(json!(1)))]);
    }

    #[test]
    fn there_are_limits() {
        let state = StateStore::default().of_stage("a");
        assert!(state.set("", &1).is_err());
        assert!(state.set(&"k".repeat(201), &1).is_err());
        assert!(state.set("x", &"v".repeat(70_000)).is_err());
        let error = state.get::<String>("none").unwrap();
        assert_eq!(error, None);
        state.set("x", &1).unwrap();
        let error = state.get::<String>("x").unwrap_err();
        assert!(error.with_causes().contains("`x`"), "{error}");
    }
}
