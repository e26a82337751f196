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
//! Lines stand in the order in which the source took what happened; values of several links may have
//! come in another, which their times tell. Times are microseconds since the start. A file may end anywhere, also within a line; what is
//! whole counts.
//!
//! A source that listens for weeks says when it needs nothing of what it heard so far. Then the
//! recording can go on in another file, which begins with how things stand: the links that are up,
//! as if they had been made just then, and the last value of each characteristic. It is a recording
//! like any other.

mod entry;
mod files;
mod folder;
mod standing;
mod transport;
mod unsynced;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use pipeline_plugin::ble::{Central, Sighting};
use pipeline_plugin::{Cancel, Clock, Timestamp};

pub(crate) use self::entry::{Device, Entry, Fault, Hex, Id, Op, ServiceLine};
pub use self::entry::{Head, HeadPipeline, HeadSource, VERSION};
use self::files::{Files, text};
pub use self::folder::{Claim, Kept, Mark, claim, keep, unfinished};
use self::standing::Standing;
use self::transport::Journalled;

/// Sightings of a scan that are remembered in case that the source connects to one.
const REMEMBERED: usize = 4096;

/// A recording under way.
pub struct Journal {
    files: Files,
    /// When the file begins, in microseconds since 1970.
    start: AtomicI64,
    clock: Arc<dyn Clock>,
    cancel: Cancel,
    links: AtomicU32,
    /// A device was connected, so that there is something to play.
    heard: AtomicBool,
    state: Mutex<State>,
    redact: Option<crate::Redactor>,
}

#[derive(Default)]
struct State {
    /// The last sighting of each device, which is written down when the source connects to it.
    seen: Vec<(u32, Timestamp, Sighting)>,
    /// That the run is to stop has been written down.
    stopped: bool,
    /// How many scans the file has.
    scans: u32,
    /// Scans under way, each with its number.
    scanning: Vec<Weak<AtomicU32>>,
    /// How things stand, for another file.
    standing: Standing,
    /// The time of the last value, in microseconds since the start.
    last: i64,
    /// How many streams were delivered before the file begins.
    before: u32,
}

impl State {
    /// Scans that are under way get the numbers behind those that led to how things stand.
    fn renumber(&mut self) {
        let numbers = self.standing.scans() + 1..;
        for (scan, number) in self.scanning.iter().zip(numbers) {
            let Some(scan) = scan.upgrade() else { continue };
            let before = scan.swap(number, Ordering::Relaxed);
            for (of, _, _) in self.seen.iter_mut().filter(|(of, _, _)| *of == before) {
                *of = number;
            }
        }
    }
}

/// Told once of each file that can't be written any more; the run goes on without it.
pub type Broken = Box<dyn Fn(&Path, &pipeline_plugin::Error) + Send + Sync>;

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
            start: AtomicI64::new(head.start.micros()),
            clock,
            cancel,
            links: AtomicU32::new(0),
            heard: AtomicBool::new(false),
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
        let streams = streams.saturating_sub(self.lock().before);
        self.write(&Entry::Delivered {
            t: self.now(),
            streams,
        });
    }

    /// Whether a device was connected since it began; without one, there is nothing to play.
    pub fn has_heard(&self) -> bool {
        self.heard.load(Ordering::Relaxed)
    }

    /// How long it has become since it began, or went on in another file; `None` if it can't: a
    /// recording in several files, which somebody wants to have whole.
    pub fn length(&self) -> Option<u64> {
        let is_alone = self.files.count() == 1 && self.redact.is_none();
        (is_alone && !self.cancel.is_thrown()).then(|| self.files.length())
    }

    /// Goes on in another file, with this first line; `streams` are delivered, and the source needs
    /// nothing of what is in the file so far, whose path is returned.
    ///
    /// # Errors
    ///
    /// When the other file can't be written. The recording goes on where it was.
    pub fn go_on_in(
        &self,
        next: Kept,
        head: &Head,
        streams: u32,
    ) -> pipeline_plugin::Result<Vec<PathBuf>> {
        let mut state = self.lock();
        // What arrived and was not taken yet is not older than the last value.
        let start = self
            .start
            .load(Ordering::Relaxed)
            .saturating_add(state.last);
        let head = Head {
            start: Timestamp::from_micros(start),
            ..head.clone()
        };
        state.scanning.retain(|scan| scan.strong_count() > 0);
        let scans = state.scanning.len();
        let scans = state.standing.scans() + u32::try_from(scans).unwrap_or_default();
        let mut lines = vec![text(&head)];
        lines.extend(state.standing.entries(scans).iter().map(text));
        let before = self.files.go_on_in(next, &lines)?;
        self.start.store(start, Ordering::Relaxed);
        state.renumber();
        (state.scans, state.last, state.before) = (scans, 0, streams);
        Ok(before)
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
        let since = time
            .micros()
            .saturating_sub(self.start.load(Ordering::Relaxed));
        since.max(0)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A scan begins; its number, which changes when the recording goes on in another file.
    fn next_scan(&self) -> Arc<AtomicU32> {
        let mut state = self.lock();
        state.scans += 1;
        let number = Arc::new(AtomicU32::new(state.scans));
        state.scanning.retain(|scan| scan.strong_count() > 0);
        state.scanning.push(Arc::downgrade(&number));
        number
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
        state.standing.take(entry);
        if let Entry::Connected { .. } = entry {
            self.heard.store(true, Ordering::Relaxed);
        }
        if let Entry::Value { t, .. } = entry {
            state.last = state.last.max(*t);
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
