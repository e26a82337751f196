//! The thread with the connection.

use std::time::{Duration, Instant};

use pipeline_plugin::{Answer, Result};
use rumqttc::{AsyncClient, ConnectionError, Event, EventLoop, Incoming, MqttOptions, Outgoing};
use rumqttc::{Publish, QoS};
use serde_json::{Value, json};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::{sleep, timeout};

use crate::bridge::{Shared, for_people};
use crate::inner::Message;

/// Messages that the broker has not acknowledged yet.
pub(crate) const IN_FLIGHT: u16 = 16;

/// Between attempts to connect: at first, and at most.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// How often answers of the source are looked for, and silent devices.
const ANSWERS: Duration = Duration::from_millis(100);
const SILENCE: Duration = Duration::from_secs(1);

/// How long a command may take.
const COMMAND: Duration = Duration::from_secs(60);

/// How long the good-bye may take.
const GOOD_BYE: Duration = Duration::from_secs(2);

/// The longest command, in bytes.
const LONGEST: usize = 100;

type Happened = Result<Event, Box<ConnectionError>>;

/// Runs until the bridge stops.
pub(crate) fn run(shared: &Shared, options: MqttOptions) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            shared.lock().trouble = Some(error.to_string());
            shared.changed.notify_all();
            return;
        }
    };
    let (client, events) = AsyncClient::new(options, usize::from(IN_FLIGHT) * 2);
    let (sender, receiver) = channel(64);
    let worker = Worker {
        shared,
        client,
        waiting: Vec::new(),
        lost_at: None,
        told_retained: false,
    };
    runtime.block_on(async {
        // Its future must never be dropped half way, as a connection that takes long would
        // never be made.
        tokio::select! {
            () = drive(events, sender) => {}
            () = worker.run(receiver) => {}
        }
    });
}

/// Keeps the connection going, and makes it again for ever.
async fn drive(mut events: EventLoop, out: Sender<Happened>) {
    let mut pause = FIRST_PAUSE;
    loop {
        let event = events.poll().await.map_err(Box::new);
        let failed = event.is_err();
        if matches!(event, Ok(Event::Incoming(Incoming::ConnAck(_)))) {
            pause = FIRST_PAUSE;
        }
        if out.send(event).await.is_err() {
            return;
        }
        if failed {
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}

/// A command that the source has not answered.
struct Waiting {
    device: String,
    command: String,
    answer: Answer,
    since: Instant,
}

struct Worker<'a> {
    shared: &'a Shared,
    client: AsyncClient,
    waiting: Vec<Waiting>,
    lost_at: Option<Instant>,
    told_retained: bool,
}

impl Worker<'_> {
    async fn run(mut self, mut events: Receiver<Happened>) {
        let mut stop_at = None;
        loop {
            {
                let mut inner = self.shared.lock();
                if inner.is_stopping {
                    inner.leave();
                }
                let done = !inner.is_connected || inner.queue.is_empty() && inner.sent.is_empty();
                let now = Instant::now();
                if inner.is_stopping && (done || now >= *stop_at.get_or_insert(now + GOOD_BYE)) {
                    break;
                }
            }
            let is_awaited = !self.waiting.is_empty() || stop_at.is_some();
            let tick = if is_awaited { ANSWERS } else { SILENCE };
            tokio::select! {
                biased;
                event = events.recv() => match event {
                    Some(Ok(event)) => self.happened(event),
                    Some(Err(error)) => self.lost(&error),
                    None => return,
                },
                () = self.shared.wake.notified() => {}
                () = sleep(tick) => {}
            }
            self.shared.lock().expire(Instant::now());
            self.answer();
            self.send();
            self.shared.changed.notify_all();
        }
        self.good_bye(events).await;
    }

    /// Hands messages to the connection, a few at a time.
    fn send(&mut self) {
        let mut inner = self.shared.lock();
        while inner.is_connected
            && inner.sent.len() < usize::from(IN_FLIGHT)
            && let Some(message) = inner.next()
        {
            let Message {
                topic,
                payload,
                retain,
                ..
            } = message;
            let sent = self
                .client
                .try_publish(topic, QoS::AtLeastOnce, retain, payload);
            if sent.is_err() {
                // No room, or no topic that can be published to: the latter was checked.
                inner.sent.pop_back();
                break;
            }
        }
    }

    fn happened(&mut self, event: Event) {
        match event {
            Event::Incoming(Incoming::ConnAck(_)) => self.connected(),
            Event::Incoming(Incoming::PubAck(ack)) => self.shared.lock().acknowledged(ack.pkid),
            Event::Incoming(Incoming::Publish(publish)) => self.heard(&publish),
            Event::Outgoing(Outgoing::Publish(packet)) => self.shared.lock().went_out(packet),
            _ => {}
        }
    }

    fn connected(&mut self) {
        let mut inner = self.shared.lock();
        if let Some(since) = self.lost_at.take() {
            let (away, dropped) = (for_people(since), std::mem::take(&mut inner.dropped));
            let lost = match dropped {
                0 => "nothing was lost".to_owned(),
                1 => "1 sample was dropped".to_owned(),
                dropped => format!("{dropped} samples were dropped"),
            };
            let broker = &inner.places.broker;
            inner.warn(format!(
                "the broker `{broker}` is there again after {away}: {lost}"
            ));
        }
        inner.connected();
        let places = &inner.places;
        let mut topics = vec![places.status()];
        topics.extend(
            places
                .discovery
                .as_ref()
                .map(|topic| format!("{topic}/status")),
        );
        if places.control {
            topics.push(format!("{}/+/set/+", places.base));
        }
        for topic in topics {
            // There is room: nothing else was handed over yet.
            let _ = self.client.try_subscribe(topic, QoS::AtLeastOnce);
        }
    }

    fn lost(&mut self, error: &ConnectionError) {
        let mut inner = self.shared.lock();
        let was_connected = inner.is_connected;
        inner.lost();
        let trouble = error.to_string();
        if self.lost_at.is_none() {
            let broker = &inner.places.broker;
            let what = if was_connected {
                format!("the connection to the broker `{broker}` is lost")
            } else {
                format!("cannot reach the broker `{broker}`")
            };
            inner.warn(format!("{what}: {trouble}; it is tried again"));
            self.lost_at = Some(Instant::now());
        }
        inner.trouble = Some(trouble);
    }

    /// A message of somebody else.
    fn heard(&mut self, publish: &Publish) {
        let mut inner = self.shared.lock();
        let birth = inner
            .places
            .discovery
            .as_ref()
            .map(|topic| format!("{topic}/status"));
        if Some(&publish.topic) == birth.as_ref() {
            if publish.payload.as_ref() == b"online" {
                inner.introduce();
            }
        } else if publish.topic == inner.places.status() {
            // The last will of an earlier connection may come late.
            if publish.payload.as_ref() == b"offline" && !publish.retain {
                let status = Message::new(inner.places.status(), "online", true);
                inner.tell(status);
            }
        } else if inner.places.control {
            drop(inner);
            self.command(publish);
        }
    }

    /// Passes a command on to the source of the device's stream.
    fn command(&mut self, publish: &Publish) {
        let mut inner = self.shared.lock();
        let base = format!("{}/", inner.places.base);
        let Some((device, command)) = publish
            .topic
            .strip_prefix(&base)
            .and_then(|rest| rest.split_once("/set/"))
        else {
            return;
        };
        if publish.retain {
            if !std::mem::replace(&mut self.told_retained, true) {
                let topic = publish.topic.escape_debug();
                inner.warn(format!(
                    "ignored a retained command in `{topic}`: it would be carried out at every start"
                ));
            }
            return;
        }
        if !inner.devices.contains_key(device) {
            return;
        }
        let asked = match (value(&publish.payload), inner.context(device)) {
            (None, _) => Err("this is no value".to_owned()),
            (_, None) => Err("the device is not there".to_owned()),
            (Some(value), Some(context)) => context
                .command(command, value)
                .map_err(|error| error.with_causes()),
        };
        let (device, command) = (device.to_owned(), command.to_owned());
        match asked {
            Ok(answer) => self.waiting.push(Waiting {
                device,
                command,
                answer,
                since: Instant::now(),
            }),
            Err(error) => {
                let topic = inner.places.of(&device, "ack");
                inner.tell(refused(topic, &command, &error));
            }
        }
    }

    /// Tells what became of commands.
    fn answer(&mut self) {
        let mut inner = self.shared.lock();
        self.waiting.retain(|waiting| {
            let Waiting {
                device,
                command,
                answer,
                since,
            } = waiting;
            let topic = inner.places.of(device, "ack");
            let message = match answer.poll() {
                None if since.elapsed() < COMMAND => return true,
                None => refused(topic, command, "there was no answer"),
                Some(Err(error)) => refused(topic, command, &error.with_causes()),
                Some(Ok(result)) => {
                    let ack = json!({ "command": command, "ok": true, "result": result });
                    Message::new(topic, ack.to_string(), false)
                }
            };
            inner.tell(message);
            false
        });
    }

    /// Leaves in peace: the broker does not publish the last will then, so it is done here.
    async fn good_bye(self, mut events: Receiver<Happened>) {
        let status = {
            let inner = self.shared.lock();
            if !inner.is_connected {
                return;
            }
            inner.places.status()
        };
        let said = self
            .client
            .try_publish(status, QoS::AtLeastOnce, true, "offline");
        if said.is_err() {
            return;
        }
        let goes = async {
            let mut packet = None;
            while let Some(Ok(event)) = events.recv().await {
                match event {
                    Event::Outgoing(Outgoing::Publish(number)) => packet = Some(number),
                    Event::Incoming(Incoming::PubAck(ack)) if Some(ack.pkid) == packet => {
                        // The broker has it: now it may close the connection.
                        let _ = self.client.try_disconnect();
                    }
                    Event::Outgoing(Outgoing::Disconnect) => return,
                    _ => {}
                }
            }
        };
        let _ = timeout(GOOD_BYE, goes).await;
    }
}

fn refused(topic: String, command: &str, error: &str) -> Message {
    let ack = json!({ "command": command, "ok": false, "error": error });
    Message::new(topic, ack.to_string(), false)
}

/// The value of a command: `ON` and `OFF` in lower case, a number, or a word.
fn value(payload: &[u8]) -> Option<Value> {
    let text = str::from_utf8(payload).ok()?.trim();
    if text.is_empty() || text.len() > LONGEST || text.contains(char::is_control) {
        return None;
    }
    let number = text.parse::<i64>().map(Value::from);
    let number = number.or_else(|_| text.parse::<f64>().map(Value::from));
    match number {
        // What is not finite has no number in JSON.
        Ok(number @ Value::Number(_)) => Some(number),
        _ if text.eq_ignore_ascii_case("on") || text.eq_ignore_ascii_case("off") => {
            Some(text.to_ascii_lowercase().into())
        }
        _ => Some(text.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_a_switch_a_number_or_a_word() {
        let check = |payload: &str, expect: Option<Value>| {
            assert_eq!(value(payload.as_bytes()), expect, "{payload:?}");
        };
        check("ON", Some("on".into()));
        check(" off\n", Some("off".into()));
        check("80", Some(80.into()));
        check("82.5", Some(json!(82.5)));
        check("sos", Some("sos".into()));
        check("NaN", Some("NaN".into()));
        check("", None);
        check("a\0b", None);
        check(&"9".repeat(200), None);
        assert_eq!(value(b"\xff"), None);
    }
}
