//! The way from streams to the broker, kept over streams.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use pipeline_plugin::{Batch, Context, Error, ErrorKind, Header, Result};
use rumqttc::{LastWill, MqttOptions, QoS};
use tokio::sync::Notify;

use crate::device::{Device, identifier, name};
use crate::inner::{Inner, Open, Places};
use crate::sink::Mqtt;
use crate::worker;

/// How long a stream that comes faster than the broker takes it waits for each sample, and its
/// end for the last ones.
const PATIENCE: Duration = Duration::from_secs(10);

/// After how long without a word the broker is gone: half as much again.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// The largest message, in bytes: of others, and of ours (the introduction of a device).
const INCOMING: usize = 64 << 10;
const OUTGOING: usize = 1 << 20;

/// What the streams and the thread with the connection share.
#[derive(Debug)]
pub(crate) struct Shared {
    inner: Mutex<Inner>,
    /// The broker has taken something, or is gone.
    pub(crate) changed: Condvar,
    /// There is something to send, or it is time to stop.
    pub(crate) wake: Notify,
}

impl Shared {
    pub(crate) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The connection to a broker, on a thread of its own.
#[derive(Debug)]
pub(crate) struct Bridge {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Bridge {
    /// Begins to connect; does not wait for it.
    ///
    /// # Errors
    ///
    /// When a secret or a certificate can't be read.
    pub(crate) fn open(settings: &Mqtt) -> Result<Self> {
        let places = Places {
            broker: settings.broker.to_string(),
            base: settings.topic.clone(),
            discovery: settings
                .home_assistant
                .then(|| settings.discovery_topic.clone()),
            expire: Duration::from_secs_f64(settings.expire.value()),
            queue: settings.queue.max(1),
            control: settings.control,
        };
        let options = options(settings, &places)?;
        let shared = Arc::new(Shared {
            inner: Mutex::new(Inner::new(places)),
            changed: Condvar::new(),
            wake: Notify::new(),
        });
        let worker = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("mqtt".to_owned())
            .spawn(move || worker::run(&worker, options))
            .map_err(|error| Error::io("start a thread", error))?;
        Ok(Self {
            shared,
            thread: Some(thread),
        })
    }

    /// Begins a stream; its number, and its device's part of topics.
    pub(crate) fn attach(&self, header: &Header, cx: &Context) -> (u64, String) {
        let id = identifier(name(header));
        let mut inner = self.shared.lock();
        let device = inner
            .devices
            .entry(id.clone())
            .or_insert_with(|| Device::new(header));
        device.header = header.clone();
        (device.taken, device.published) = (0, 0);
        if let Some(trouble) = &inner.trouble {
            // It was told when it began, to others or to nobody.
            let broker = &inner.places.broker;
            cx.warn(format!(
                "cannot reach the broker `{broker}`: {trouble}; it is tried again"
            ));
        }
        let number = inner.streams.last().map_or(0, |open| open.number + 1);
        inner.streams.push(Open {
            number,
            device: id.clone(),
            context: cx.clone(),
        });
        (number, id)
    }

    /// Sends the rows of a batch. While the broker takes them, it waits for it rather than
    /// dropping any.
    pub(crate) fn publish(&self, id: &str, batch: &Batch) {
        for row in 0..batch.len() {
            let mut inner = self.shared.lock();
            if inner.is_full() && inner.is_hopeful() {
                self.shared.wake.notify_one();
                let until = |inner: &mut Inner| inner.is_full() && inner.is_hopeful();
                let waited = self
                    .shared
                    .changed
                    .wait_timeout_while(inner, PATIENCE, until);
                inner = waited.unwrap_or_else(PoisonError::into_inner).0;
            }
            inner.sample(id, batch, row);
        }
        self.shared.wake.notify_one();
    }

    /// Waits until the broker has taken a stream's samples.
    ///
    /// # Errors
    ///
    /// When it has taken none.
    pub(crate) fn wait(&self, id: &str) -> Result<()> {
        self.shared.wake.notify_one();
        let until = |inner: &mut Inner| inner.on_their_way(id) > 0 && inner.is_hopeful();
        let inner = self.shared.lock();
        let waited = self
            .shared
            .changed
            .wait_timeout_while(inner, PATIENCE, until);
        let (inner, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let Some(device) = inner.devices.get(id) else {
            return Ok(());
        };
        let missing = device.taken.saturating_sub(device.published);
        if missing == 0 {
            return Ok(());
        }
        let broker = &inner.places.broker;
        if device.published == 0 {
            let why = inner.trouble.as_deref().unwrap_or("it does not answer");
            let message = format!("no sample has reached the broker `{broker}`: {why}");
            return Err(Error::new(ErrorKind::Device, message)
                .with_help("check `broker`, and whether it is running"));
        }
        let noun = if missing == 1 {
            "sample has"
        } else {
            "samples have"
        };
        let message = format!("{missing} {noun} not reached the broker `{broker}`");
        if let Some(context) = inner.context(id) {
            context.warn(message);
        }
        Ok(())
    }

    /// Ends a stream.
    pub(crate) fn detach(&self, number: u64) {
        let mut inner = self.shared.lock();
        inner.streams.retain(|open| open.number != number);
    }

    /// Where a device's samples are.
    pub(crate) fn place(&self, id: &str) -> String {
        let inner = self.shared.lock();
        format!("{}/{}", inner.places.broker, inner.places.of(id, "state"))
    }
}

impl Drop for Bridge {
    /// Says good-bye, which takes a moment at most.
    fn drop(&mut self) {
        self.shared.lock().is_stopping = true;
        self.shared.wake.notify_one();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn options(settings: &Mqtt, places: &Places) -> Result<MqttOptions> {
    // Two programs with the same name would throw each other out.
    let number = RandomState::new().build_hasher().finish();
    let client = format!("pipeline-{number:016x}");
    let mut options = MqttOptions::new(client, settings.broker.host.clone(), settings.port());
    options
        .set_keep_alive(KEEP_ALIVE)
        .set_clean_session(true)
        .set_max_packet_size(INCOMING, OUTGOING)
        .set_inflight(worker::IN_FLIGHT)
        .set_last_will(LastWill::new(
            places.status(),
            "offline",
            QoS::AtLeastOnce,
            true,
        ));
    if let Some(user) = &settings.user {
        let password = settings
            .password
            .as_ref()
            .map(pipeline_plugin::Secret::read);
        options.set_credentials(user, password.transpose()?.unwrap_or_default());
    }
    if let Some(tls) = &settings.tls {
        options.set_transport(tls.transport()?);
    }
    Ok(options)
}

/// How long something took, for people: `45 s`, `12 min`.
pub(crate) fn for_people(since: Instant) -> String {
    let seconds = since.elapsed().as_secs();
    match seconds {
        0..=119 => format!("{seconds} s"),
        120..=7199 => format!("{} min", seconds / 60),
        _ => format!("{} h", seconds / 3600),
    }
}
