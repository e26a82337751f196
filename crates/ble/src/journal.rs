//! Writing down what happens on the transport, so that it can be played again.
//!
//! A journal is a text file of JSON Lines: a first line that says what is recorded ([`Head`]), and
//! then a line for everything that happens ([`Entry`]). A packet is in the file before the source
//! sees it, so that whatever ends this process takes nothing with it; once a second the file is
//! made durable, so that an empty battery takes a second.
//!
//! ```text
//! {"capture":1,"start":"2026-11-21T10:00:00Z","program":"pipeline 0.1.0","source":{…},"pipeline":{…}}
//! {"t":1203114,"is":"seen","scan":1,"device":{"id":"24:0A:C4:00:00:01","name":"ESPRowingMonitor","services":["1818"]}}
//! {"t":1698001,"is":"connected","asked":1203170,"link":1,"device":"24:0A:C4:00:00:01","mtu":247,"services":[…]}
//! {"t":1760440,"is":"subscribe","asked":1698093,"link":1,"of":"2a63"}
//! {"t":2816020,"is":"value","link":1,"of":"2a63","hex":"3400…"}
//! ```
//!
//! Times are microseconds since the start. A file may end anywhere, also within a line; what is
//! whole counts.

mod entry;
mod files;
mod folder;
mod transport;

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pipeline_plugin::ble::{Central, Sighting};
use pipeline_plugin::{Cancel, Clock, Timestamp};

pub(crate) use self::entry::{Device, Entry, Fault, Hex, Id, Op, ServiceLine};
pub use self::entry::{Head, HeadPipeline, HeadSource, VERSION};
use self::files::Files;
pub use self::folder::{Claim, Kept, claim, keep, unfinished};
use self::transport::Journalled;

/// Sightings of a scan that are remembered in case that the source connects to one.
const REMEMBERED: usize = 4096;

/// A recording under way.
pub struct Journal {
    files: Files,
    start: Timestamp,
    clock: Arc<dyn Clock>,
    cancel: Cancel,
    scans: AtomicU32,
    links: AtomicU32,
    state: Mutex<State>,
    redact: Option<crate::Redactor>,
}

#[derive(Default)]
struct State {
    /// The last sighting of each device, which is written down when the source connects to it.
    seen: Vec<(u32, Timestamp, Sighting)>,
    /// That the run is to stop has been written down.
    stopped: bool,
}

/// Told once when the journal can't be written any more; the run goes on without it.
pub type Broken = Box<dyn Fn(&pipeline_plugin::Error) + Send + Sync>;

impl Journal {
    /// Begins to record into these files, which are empty; the first line of each is `head`.
    ///
    /// `clock` is the run's, and `cancel` says when it is to stop.
    ///
    /// # Errors
    ///
    /// When a file can't be written.
    pub fn begin(
        files: Vec<Kept>,
        head: &Head,
        clock: Arc<dyn Clock>,
        cancel: Cancel,
        broken: Broken,
    ) -> pipeline_plugin::Result<Self> {
        let files = Files::new(files, broken)?;
        files.first_line(head)?;
        Ok(Self {
            files,
            start: head.start,
            clock,
            cancel,
            scans: AtomicU32::new(0),
            links: AtomicU32::new(0),
            state: Mutex::default(),
            redact: None,
        })
    }

    /// Makes everything unrecognisable by which a person could be found; for bug reports.
    #[must_use]
    pub fn redacted(mut self) -> Self {
        self.redact = Some(crate::Redactor::default());
        self
    }

    /// The same Bluetooth; everything that happens on it is written down.
    pub fn over(self: &Arc<Self>, central: Arc<dyn Central>) -> Arc<dyn Central> {
        Arc::new(Journalled::new(central, Arc::clone(self)))
    }

    /// Writes down that as many streams are delivered.
    pub fn delivered(&self, streams: u32) {
        self.write(&Entry::Delivered {
            t: self.now(),
            streams,
        });
    }

    /// The source has ended. Makes everything durable.
    pub fn end(&self) {
        self.write(&Entry::End { t: self.now() });
        self.files.sync();
    }

    /// Microseconds since the start.
    fn now(&self) -> i64 {
        self.since_start(self.clock.now())
    }

    fn since_start(&self, time: Timestamp) -> i64 {
        time.micros().saturating_sub(self.start.micros())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next_scan(&self) -> u32 {
        1 + self.scans.fetch_add(1, Ordering::Relaxed)
    }

    fn next_link(&self) -> u32 {
        1 + self.links.fetch_add(1, Ordering::Relaxed)
    }

    fn write(&self, entry: &Entry) {
        let mut state = self.lock();
        if !state.stopped && self.cancel.is_thrown() {
            state.stopped = true;
            // It was thrown just now: whoever waited has come back at once.
            self.files.line(&Entry::Stop { t: self.now() });
        }
        match &self.redact {
            Some(redactor) => self.files.line(&redactor.redact(entry)),
            None => self.files.line(entry),
        }
    }

    /// Remembers a sighting; it is written down only if it is used, so that a recording doesn't
    /// tell who else was there.
    fn remember(&self, scan: u32, sighting: &Sighting) {
        let now = self.clock.now();
        let mut state = self.lock();
        state.seen.retain(|(_, _, known)| known.id != sighting.id);
        if state.seen.len() >= REMEMBERED {
            state.seen.remove(0);
        }
        state.seen.push((scan, now, sighting.clone()));
    }

    /// The source wants to connect to that device.
    fn used(&self, device: &Sighting) {
        let mut state = self.lock();
        let Some(at) = state
            .seen
            .iter()
            .position(|(_, _, one)| one.id == device.id)
        else {
            return;
        };
        let (scan, time, sighting) = state.seen.remove(at);
        drop(state);
        self.write(&Entry::Seen {
            t: self.since_start(time),
            scan,
            device: Device::from(&sighting),
        });
    }
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journal")
            .field("files", &self.files)
            .finish_non_exhaustive()
    }
}
