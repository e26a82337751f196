//! What has arrived on a connection and waits to be taken.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use pipeline_plugin::ble::{LinkEvent, Uuid};
use pipeline_plugin::{Error, ErrorKind, Result, Timestamp};
use tokio::sync::Notify;

/// Values that may wait: a minute of the fastest device at the fastest link; at most 8 MiB.
const LIMIT: usize = 16_384;

/// How long after a read its echo may come, in seconds.
const ECHO: f64 = 0.25;

/// What has arrived on a connection.
#[derive(Debug)]
pub(super) struct Queue {
    title: String,
    limit: usize,
    state: Mutex<State>,
    news: Notify,
}

#[derive(Debug, Default)]
struct State {
    waiting: VecDeque<Waiting>,
    subscribed: HashSet<Uuid>,
    read: Option<Read>,
    lost: Option<Timestamp>,
}

#[derive(Debug)]
enum Waiting {
    Value(Timestamp, Uuid, Vec<u8>),
    /// So many values had no room here.
    Missing(u64),
}

/// A read of a characteristic that also notifies: BlueZ tells what was read as if it had been
/// notified.
#[derive(Debug)]
struct Read {
    characteristic: Uuid,
    /// What has arrived while it was under way.
    held: Vec<(Timestamp, Vec<u8>)>,
    /// What was read, and when.
    result: Option<(Timestamp, Vec<u8>)>,
}

impl Queue {
    pub(super) fn new(title: &str) -> Self {
        Self::with_limit(title, LIMIT)
    }

    fn with_limit(title: &str, limit: usize) -> Self {
        Self {
            title: title.to_owned(),
            limit,
            state: Mutex::default(),
            news: Notify::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on values of that characteristic pass.
    pub(super) fn subscribe(&self, characteristic: Uuid) {
        self.state().subscribed.insert(characteristic);
    }

    /// And now no longer.
    pub(super) fn unsubscribe(&self, characteristic: Uuid) {
        self.state().subscribed.remove(&characteristic);
    }

    /// A read begins.
    pub(super) fn begin_read(&self, characteristic: Uuid) {
        let mut state = self.state();
        // Windows tells nothing of reads.
        if state.subscribed.contains(&characteristic) && !cfg!(windows) {
            state.end_read(self.limit);
            state.read = Some(Read {
                characteristic,
                held: Vec::new(),
                result: None,
            });
        }
    }

    /// It has ended, with that value or none: its echo is taken out of what was held, or out of
    /// what comes next.
    pub(super) fn finish_read(&self, now: Timestamp, value: Option<&[u8]>) {
        let mut state = self.state();
        let Some(mut read) = state.read.take() else {
            return;
        };
        let echo = value.and_then(|value| read.held.iter().position(|(_, held)| held == value));
        let is_echoed = echo.map(|place| read.held.remove(place)).is_some();
        read.result = match value {
            Some(value) if !is_echoed => Some((now, value.to_vec())),
            _ => None,
        };
        for (time, held) in std::mem::take(&mut read.held) {
            state.put(self.limit, time, read.characteristic, held);
        }
        if read.result.is_some() {
            state.read = Some(read);
        }
        drop(state);
        self.news.notify_one();
    }

    /// A value has arrived.
    pub(super) fn push(&self, time: Timestamp, characteristic: Uuid, value: Vec<u8>) {
        let mut state = self.state();
        if !state.subscribed.contains(&characteristic) || state.lost.is_some() {
            return;
        }
        if let Some(value) = state.unless_read(time, characteristic, value) {
            state.put(self.limit, time, characteristic, value);
            drop(state);
            self.news.notify_one();
        }
    }

    /// The link is lost; nothing comes any more.
    pub(super) fn lose(&self, time: Timestamp) {
        let mut state = self.state();
        state.end_read(self.limit);
        state.lost.get_or_insert(time);
        drop(state);
        self.news.notify_one();
    }

    pub(super) fn is_lost(&self) -> bool {
        self.state().lost.is_some()
    }

    /// What waits longest.
    pub(super) fn take(&self) -> Option<Result<LinkEvent>> {
        let mut state = self.state();
        match state.waiting.pop_front() {
            Some(Waiting::Value(time, characteristic, value)) => Some(Ok(LinkEvent::Value {
                time,
                characteristic,
                value,
            })),
            Some(Waiting::Missing(count)) => Some(Err(self.missing(count))),
            None => state.lost.map(|time| Ok(LinkEvent::Lost { time })),
        }
    }

    /// Waits for what comes next.
    pub(super) async fn next(&self) -> Result<LinkEvent> {
        loop {
            // One who waits is told also of what came before it waited.
            if let Some(event) = self.take() {
                return event;
            }
            self.news.notified().await;
        }
    }

    fn missing(&self, count: u64) -> Error {
        let title = &self.title;
        let text =
            format!("{count} values of `{title}` came faster than they could be used and are lost");
        Error::new(ErrorKind::Device, text)
            .with_help("see whether the disk or another program keeps this computer busy")
    }
}

impl State {
    fn put(&mut self, limit: usize, time: Timestamp, characteristic: Uuid, value: Vec<u8>) {
        if self.waiting.len() < limit {
            self.waiting
                .push_back(Waiting::Value(time, characteristic, value));
        } else if let Some(Waiting::Missing(count)) = self.waiting.back_mut() {
            *count += 1;
        } else {
            self.waiting.push_back(Waiting::Missing(1));
        }
    }

    /// The value, unless it belongs to a read.
    fn unless_read(
        &mut self,
        time: Timestamp,
        characteristic: Uuid,
        value: Vec<u8>,
    ) -> Option<Vec<u8>> {
        let Some(read) = &mut self.read else {
            return Some(value);
        };
        if read.characteristic != characteristic {
            return Some(value);
        }
        let Some((when, result)) = &read.result else {
            read.held.push((time, value));
            return None;
        };
        let is_echo = *result == value && time - *when < ECHO;
        self.read = None;
        (!is_echo).then_some(value)
    }

    /// Gives up waiting for an echo.
    fn end_read(&mut self, limit: usize) {
        if let Some(read) = self.read.take() {
            for (time, held) in read.held {
                self.put(limit, time, read.characteristic, held);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pipeline_plugin::ble::uuid16;

    const RATE: Uuid = uuid16(0x2A37);
    const BATTERY: Uuid = uuid16(0x2A19);

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_micros(millis * 1000)
    }

    /// What comes out, as text.
    fn taken(queue: &Queue) -> Vec<String> {
        let mut taken = Vec::new();
        while let Some(event) = queue.take() {
            match event {
                Ok(LinkEvent::Value { value, .. }) => taken.push(format!("{value:?}")),
                Ok(LinkEvent::Lost { time }) => {
                    taken.push(format!("lost at {}", time.micros() / 1000));
                    break;
                }
                Err(error) => taken.push(error.to_string()),
            }
        }
        taken
    }

    #[test]
    fn only_what_was_asked_for_passes_and_the_loss_comes_last() {
        let queue = Queue::new("belt");
        queue.subscribe(RATE);
        queue.push(at(1), RATE, vec![1]);
        queue.push(at(2), BATTERY, vec![100]);
        queue.push(at(3), RATE, vec![1]);
        queue.lose(at(4));
        queue.lose(at(5));
        queue.push(at(6), RATE, vec![2]);
        assert_eq!(taken(&queue), ["[1]", "[1]", "lost at 4"]);
        assert_eq!(taken(&queue), ["lost at 4"]);
    }

    #[test]
    fn what_nobody_takes_is_counted_where_it_is_missing() {
        let queue = Queue::with_limit("belt", 2);
        queue.subscribe(RATE);
        for number in 0..5 {
            queue.push(at(0), RATE, vec![number]);
        }
        assert_eq!(
            queue.take().unwrap().ok(),
            Some(LinkEvent::Value {
                time: at(0),
                characteristic: RATE,
                value: vec![0],
            })
        );
        assert_eq!(queue.state().waiting.len(), 2);
        queue.take();
        queue.push(at(0), RATE, vec![9]);
        let missing = "3 values of `belt` came faster than they could be used and are lost";
        assert_eq!(taken(&queue), [missing, "[9]"]);
    }

    #[test]
    fn an_echo_before_the_answer_is_taken_out_and_others_stay() {
        let queue = Queue::new("belt");
        queue.subscribe(BATTERY);
        queue.begin_read(BATTERY);
        queue.push(at(1), BATTERY, vec![99]);
        queue.push(at(2), BATTERY, vec![98]);
        queue.finish_read(at(3), Some(&[98]));
        queue.push(at(4), BATTERY, vec![98]);
        assert_eq!(taken(&queue), ["[99]", "[98]"]);
    }

    #[test]
    fn an_echo_after_the_answer_is_taken_out_once() {
        let queue = Queue::new("belt");
        queue.subscribe(BATTERY);
        queue.begin_read(BATTERY);
        queue.finish_read(at(3), Some(&[98]));
        queue.push(at(4), BATTERY, vec![98]);
        queue.push(at(5), BATTERY, vec![98]);
        assert_eq!(taken(&queue), ["[98]"]);
        queue.begin_read(BATTERY);
        queue.finish_read(at(6), Some(&[98]));
        queue.push(at(400), BATTERY, vec![98]);
        assert_eq!(taken(&queue), ["[98]"]);
    }

    #[test]
    fn a_read_that_fails_holds_nothing_back() {
        let queue = Queue::new("belt");
        queue.subscribe(BATTERY);
        queue.begin_read(BATTERY);
        queue.push(at(1), BATTERY, vec![98]);
        queue.finish_read(at(2), None);
        queue.begin_read(BATTERY);
        queue.push(at(3), BATTERY, vec![97]);
        queue.lose(at(4));
        assert_eq!(taken(&queue), ["[98]", "[97]", "lost at 4"]);
    }
}
