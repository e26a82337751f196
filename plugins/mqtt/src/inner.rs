//! What streams and the connection share: devices, and messages on their way.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use pipeline_plugin::{Batch, Context};

use crate::device::Device;
use crate::discovery;

/// Messages beside samples that may wait.
const OTHERS: usize = 1024;

/// Topics and limits, as the settings say.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    /// The broker, for people.
    pub(crate) broker: String,
    pub(crate) base: String,
    /// Where Home Assistant listens.
    pub(crate) discovery: Option<String>,
    pub(crate) expire: Duration,
    /// How many samples wait.
    pub(crate) queue: usize,
    pub(crate) control: bool,
}

impl Places {
    /// Where it says whether this program is connected.
    pub(crate) fn status(&self) -> String {
        format!("{}/status", self.base)
    }

    /// A topic of a device.
    pub(crate) fn of(&self, id: &str, what: &str) -> String {
        format!("{}/{id}/{what}", self.base)
    }
}

/// A message to publish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) topic: String,
    pub(crate) payload: Vec<u8>,
    pub(crate) retain: bool,
    /// Whose sample it is; `None` for all other messages.
    pub(crate) sample_of: Option<String>,
}

impl Message {
    pub(crate) fn new(topic: String, payload: impl Into<Vec<u8>>, retain: bool) -> Self {
        Self {
            topic,
            payload: payload.into(),
            retain,
            sample_of: None,
        }
    }
}

/// A message that the broker has not acknowledged yet.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) message: Message,
    /// Its packet identifier, once it is on the wire.
    pub(crate) packet: Option<u16>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) places: Places,
    pub(crate) devices: BTreeMap<String, Device>,
    pub(crate) queue: VecDeque<Message>,
    /// How many messages of the queue are samples.
    pub(crate) samples: usize,
    pub(crate) sent: VecDeque<Sent>,
    pub(crate) is_connected: bool,
    pub(crate) is_stopping: bool,
    /// Samples dropped since the connection was lost.
    pub(crate) dropped: u64,
    /// Why there is no connection.
    pub(crate) trouble: Option<String>,
    /// The streams that are open. Nothing of a stream is kept when it has ended: the host waits
    /// until nobody can say anything any more.
    pub(crate) streams: Vec<Open>,
}

/// A stream that is open.
#[derive(Debug)]
pub(crate) struct Open {
    pub(crate) number: u64,
    pub(crate) device: String,
    /// To tell the user, and to ask the source.
    pub(crate) context: Context,
}

impl Inner {
    pub(crate) fn new(places: Places) -> Self {
        Self {
            places,
            devices: BTreeMap::new(),
            queue: VecDeque::new(),
            samples: 0,
            sent: VecDeque::new(),
            is_connected: false,
            is_stopping: false,
            dropped: 0,
            trouble: None,
            streams: Vec::new(),
        }
    }

    pub(crate) fn warn(&self, message: impl Into<String>) {
        if let Some(open) = self.streams.last() {
            open.context.warn(message);
        }
    }

    /// The latest stream of a device.
    pub(crate) fn context(&self, id: &str) -> Option<&Context> {
        let mut streams = self.streams.iter().rev();
        streams
            .find(|open| open.device == id)
            .map(|open| &open.context)
    }

    /// Whether waiting for the broker makes sense: it is there, or was not asked yet.
    pub(crate) fn is_hopeful(&self) -> bool {
        self.is_connected || self.trouble.is_none()
    }

    /// Whether another sample would push out an older one.
    pub(crate) fn is_full(&self) -> bool {
        self.samples >= self.places.queue
    }

    /// How many samples of a device the broker has not taken.
    pub(crate) fn on_their_way(&self, id: &str) -> usize {
        let sent = self.sent.iter().map(|sent| &sent.message);
        let all = self.queue.iter().chain(sent);
        all.filter(|message| message.sample_of.as_deref() == Some(id))
            .count()
    }

    /// Takes a row of a batch.
    pub(crate) fn sample(&mut self, id: &str, batch: &Batch, row: usize) {
        let (expire, topic) = (self.places.expire, self.places.of(id, "state"));
        let Some(device) = self.devices.get_mut(id) else {
            return;
        };
        let before = device.measured();
        let payload = device.state(batch, row, expire);
        let is_new = device.measured() > before;
        device.taken += 1;
        let was_online = std::mem::replace(&mut device.is_online, true);
        // Without a connection they are told when there is one.
        if self.is_connected && is_new {
            self.queue.extend(self.config(id));
        }
        if self.is_connected && (is_new || !was_online) {
            self.queue.extend(self.device_status(id));
        }
        if self.is_full()
            && let Some(oldest) = self.queue.iter().position(|m| m.sample_of.is_some())
        {
            self.queue.remove(oldest);
            self.samples -= 1;
            self.dropped += 1;
        }
        self.samples += 1;
        self.queue.push_back(Message {
            sample_of: Some(id.to_owned()),
            ..Message::new(topic, payload, false)
        });
    }

    /// Adds a message that is no sample, while there is a connection.
    pub(crate) fn tell(&mut self, message: Message) {
        if self.is_connected && self.queue.len() < self.places.queue + OTHERS {
            self.queue.push_back(message);
        }
    }

    /// The next message to send, noted as sent.
    pub(crate) fn next(&mut self) -> Option<Message> {
        let message = self.queue.pop_front()?;
        self.samples -= usize::from(message.sample_of.is_some());
        let (packet, copy) = (None, message.clone());
        self.sent.push_back(Sent { message, packet });
        Some(copy)
    }

    /// A message went out under that packet identifier.
    pub(crate) fn went_out(&mut self, packet: u16) {
        let mut sent = self.sent.iter_mut();
        if let Some(sent) = sent.find(|sent| sent.packet.is_none()) {
            sent.packet = Some(packet);
        }
    }

    /// The broker has taken a message.
    pub(crate) fn acknowledged(&mut self, packet: u16) {
        let of_packet = |sent: &Sent| sent.packet == Some(packet);
        let found = self.sent.iter().position(of_packet);
        let message = found.and_then(|index| self.sent.remove(index));
        let sample_of = message.and_then(|sent| sent.message.sample_of);
        if let Some(device) = sample_of.and_then(|id| self.devices.get_mut(&id)) {
            device.published += 1;
        }
    }

    /// The connection is gone: what was not acknowledged is sent again, in its order.
    pub(crate) fn lost(&mut self) {
        self.is_connected = false;
        // All but samples is told anew when there is a connection.
        self.queue.retain(|message| message.sample_of.is_some());
        while let Some(Sent { message, .. }) = self.sent.pop_back() {
            if message.sample_of.is_some() {
                self.queue.push_front(message);
            }
        }
        while self.queue.len() > self.places.queue {
            self.queue.pop_front();
            self.dropped += 1;
        }
        self.samples = self.queue.len();
    }

    /// There is a connection: says who is here, before the samples that wait.
    pub(crate) fn connected(&mut self) {
        self.is_connected = true;
        self.trouble = None;
        let mut messages = vec![Message::new(self.places.status(), "online", true)];
        messages.extend(self.introductions());
        messages
            .into_iter()
            .rev()
            .for_each(|message| self.queue.push_front(message));
    }

    /// Home Assistant has started: everything again that it has not kept.
    pub(crate) fn introduce(&mut self) {
        let mut messages = self.introductions();
        let states = self.devices.iter().filter_map(|(id, device)| {
            let state = device.state.clone().filter(|_| device.is_online)?;
            Some(Message::new(self.places.of(id, "state"), state, false))
        });
        messages.extend(states);
        for message in messages {
            self.tell(message);
        }
    }

    /// What every device is, and whether it is there.
    fn introductions(&self) -> Vec<Message> {
        let known = self
            .devices
            .iter()
            .filter(|(_, device)| device.state.is_some());
        known
            .flat_map(|(id, _)| self.config(id).into_iter().chain(self.device_status(id)))
            .collect()
    }

    fn config(&self, id: &str) -> Option<Message> {
        let places = &self.places;
        let discovery = places.discovery.as_ref()?;
        let base = crate::device::identifier(&places.base);
        let topic = format!("{discovery}/device/{base}_{id}/config");
        let place = discovery::Place {
            base: &places.base,
            id,
            expire: places.expire.as_secs(),
            control: places.control,
        };
        let config = discovery::config(self.devices.get(id)?, &place);
        Some(Message::new(topic, config.to_string(), true))
    }

    fn device_status(&self, id: &str) -> Option<Message> {
        let status = if self.devices.get(id)?.is_online {
            "online"
        } else {
            "offline"
        };
        Some(Message::new(self.places.of(id, "status"), status, true))
    }

    /// The program ends: what it told of devices does not come any more, whatever other programs
    /// say at the same place.
    pub(crate) fn leave(&mut self) {
        let there = self.devices.iter_mut().filter(|(_, it)| it.is_online);
        let there: Vec<_> = there
            .map(|(id, device)| {
                device.is_online = false;
                id.clone()
            })
            .collect();
        for id in there {
            if let Some(message) = self.device_status(&id) {
                self.tell(message);
            }
        }
    }

    /// Devices of which nothing was heard for too long are offline.
    pub(crate) fn expire(&mut self, now: Instant) {
        let expire = self.places.expire;
        let mut gone = Vec::new();
        for (id, device) in &mut self.devices {
            let seen = device.seen.map(|seen| now.saturating_duration_since(seen));
            if device.is_online && seen.is_some_and(|since| since > expire) {
                device.is_online = false;
                gone.push(id.clone());
            }
        }
        for id in gone {
            if let Some(message) = self.device_status(&id) {
                self.tell(message);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use pipeline_plugin::{Batch, Field, Header, Timestamp};

    use super::*;

    fn inner(queue: usize) -> Inner {
        let mut inner = Inner::new(Places {
            broker: "localhost".to_owned(),
            base: "pipeline".to_owned(),
            discovery: Some("homeassistant".to_owned()),
            expire: Duration::from_secs(60),
            queue,
            control: false,
        });
        let device = Device::new(&Header::default());
        inner.devices.insert("shed".to_owned(), device);
        inner
    }

    fn sample(inner: &mut Inner, value: f64) {
        let mut batch = Batch::of_times(vec![Timestamp::from_seconds(0)]);
        batch.add(Field::new("power", "W"), vec![value]);
        inner.sample("shed", &batch, 0);
    }

    fn topics(inner: &Inner) -> Vec<&str> {
        inner.queue.iter().map(|m| m.topic.as_str()).collect()
    }

    #[test]
    fn the_oldest_samples_are_dropped() {
        let mut inner = inner(3);
        for value in 0..10 {
            sample(&mut inner, f64::from(value));
        }
        assert_eq!((inner.queue.len(), inner.samples, inner.dropped), (3, 3, 7));
        assert!(inner.queue[0].payload.ends_with(b"\"power\":7.0}"));
        inner.connected();
        assert_eq!(
            topics(&inner),
            [
                "pipeline/status",
                "homeassistant/device/pipeline_shed/config",
                "pipeline/shed/status",
                "pipeline/shed/state",
                "pipeline/shed/state",
                "pipeline/shed/state",
            ]
        );
    }

    #[test]
    fn what_was_not_acknowledged_is_sent_again_in_its_order() {
        let mut inner = inner(10);
        inner.connected();
        for value in 0..4 {
            sample(&mut inner, f64::from(value));
        }
        for packet in 1..=5 {
            inner.next().unwrap();
            inner.went_out(packet);
        }
        // The status, the configuration and the device's status, then a sample.
        (1..=4).for_each(|packet| inner.acknowledged(packet));
        inner.acknowledged(77);
        assert_eq!(inner.devices["shed"].published, 1);
        assert_eq!(inner.on_their_way("shed"), 3);
        inner.lost();
        let left: Vec<_> = inner
            .queue
            .iter()
            .map(|m| m.payload[m.payload.len() - 4])
            .collect();
        assert_eq!(left, *b"123");
        assert_eq!((inner.samples, inner.dropped), (3, 0));
    }

    #[test]
    fn other_messages_have_a_bound_too() {
        let mut inner = inner(1);
        inner.tell(Message::new("a".to_owned(), "", false));
        assert!(inner.queue.is_empty(), "not connected");
        inner.connected();
        for _ in 0..5000 {
            inner.tell(Message::new("a".to_owned(), "", false));
        }
        assert_eq!(inner.queue.len(), 1 + OTHERS);
    }

    #[test]
    fn a_silent_device_is_offline_until_it_speaks() {
        let mut inner = inner(10);
        inner.connected();
        sample(&mut inner, 1.0);
        inner.queue.clear();
        inner.samples = 0;
        inner.expire(Instant::now() + Duration::from_secs(61));
        assert_eq!(inner.queue.pop_front().unwrap().payload, b"offline");
        inner.expire(Instant::now() + Duration::from_secs(62));
        assert!(inner.queue.is_empty());
        sample(&mut inner, 1.0);
        assert_eq!(inner.queue.pop_front().unwrap().payload, b"online");
    }

    #[test]
    fn whoever_leaves_takes_its_devices_along() {
        let mut inner = inner(10);
        inner.connected();
        sample(&mut inner, 1.0);
        inner.queue.clear();
        inner.leave();
        let status = inner.queue.pop_front().unwrap();
        assert_eq!(
            (
                status.topic.as_str(),
                status.payload.as_slice(),
                status.retain
            ),
            ("pipeline/shed/status", b"offline".as_slice(), true)
        );
        inner.leave();
        assert!(inner.queue.is_empty(), "it is told once");
    }
}
