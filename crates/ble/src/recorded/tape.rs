//! A recording as it is played: read forward as far as the clock has come, and a little further.

use std::collections::{HashMap, HashSet, VecDeque};
use std::io::BufRead;

use pipeline_plugin::ble::Uuid;

use super::Recording;
use super::differences::{Differences, is_write};
use crate::journal::{Entry, Op};

/// How far ahead to look for what answers a question, in microseconds: devices answer sooner.
const AHEAD: i64 = 30_000_000;

/// How far ahead to read for whoever waits long, in microseconds, so that not everything that others
/// send meanwhile has to be kept.
const NEAR: i64 = 60_000_000;

/// How long a source that ended by itself may take to do so again, in microseconds.
const GRACE: i64 = 3_600_000_000;

/// The most entries that wait because nobody has asked for them. Values of a link come 100 times
/// a second at most, and sources look further ahead than a minute only when nothing comes.
const MOST: usize = 200_000;

/// What is in a recording on a question.
#[derive(Debug)]
pub(super) enum Found {
    /// This.
    Entry(Entry),
    /// Nothing, and the recording goes on.
    Nothing,
    /// Nothing, and the recording ended while it was asked.
    End,
}

pub(super) struct Tape {
    recording: Recording<Box<dyn BufRead + Send>>,
    /// What has been read and not yet been asked for.
    seen: HashMap<u32, VecDeque<Entry>>,
    connects: HashMap<String, VecDeque<Entry>>,
    /// Values and losses, and when the source took each.
    events: HashMap<u32, VecDeque<(i64, Entry)>>,
    /// What was asked for and done.
    done: HashMap<u32, VecDeque<Entry>>,
    waiting: usize,
    /// Links that nobody listens to any more.
    closed: HashSet<u32>,
    scans: u32,
    /// The latest time that has been read.
    read: i64,
    /// When the source took the last event that has been read.
    taken: i64,
    end: Option<End>,
    /// The end has come: the run has been asked to stop.
    over: bool,
    overflowed: bool,
    differences: Differences,
}

/// The end of a recording.
#[derive(Clone, Copy, Debug)]
struct End {
    t: i64,
    /// The source had been asked to stop, or had ended; otherwise the process was.
    told: bool,
}

impl Tape {
    pub(super) fn new(recording: Recording<impl BufRead + Send + 'static>) -> Self {
        Self {
            recording: recording.boxed(),
            seen: HashMap::new(),
            connects: HashMap::new(),
            events: HashMap::new(),
            done: HashMap::new(),
            waiting: 0,
            closed: HashSet::new(),
            scans: 0,
            read: 0,
            taken: 0,
            end: None,
            over: false,
            overflowed: false,
            differences: Differences::default(),
        }
    }

    /// What the source has written otherwise than it stands in the recording; reads that to its end.
    pub(super) fn differences(&mut self) -> Vec<String> {
        while self.read_one() {}
        for entry in self.done.drain().flat_map(|(_, queue)| queue) {
            self.differences.missing(&entry);
        }
        self.differences.told()
    }

    /// The source has written what is not in the recording; what to say about it.
    pub(super) fn differs(&mut self, link: u32, now: i64, wanted: (Op, Uuid, &[u8])) -> String {
        let next = self.done.get(&link);
        let next = next.and_then(|queue| queue.iter().find(|entry| is_write(entry)));
        self.differences.other(now, wanted, next)
    }

    pub(super) fn damage(&self) -> Option<&str> {
        if self.overflowed {
            return Some(
                "the recording has more in it than its source asks for; it was not \
                         played to its end",
            );
        }
        self.recording.damage()
    }

    pub(super) fn next_scan(&mut self) -> u32 {
        self.scans += 1;
        self.scans
    }

    /// The next sighting of a scan up to that time.
    pub(super) fn sighting(&mut self, scan: u32, until: i64) -> Option<Entry> {
        // It is written down when the source connects, which it does soon after.
        self.read_to(until.saturating_add(AHEAD));
        let queue = self.seen.get_mut(&scan)?;
        let entry = front_up_to(queue, until)?;
        self.waiting -= 1;
        Some(entry)
    }

    /// What became of the next attempt to connect to that device.
    pub(super) fn connect(&mut self, device: &str, until: i64) -> Found {
        self.read_to(until);
        let queue = self.connects.get_mut(device);
        match queue.and_then(VecDeque::pop_front) {
            Some(entry) => {
                self.waiting -= 1;
                Found::Entry(entry)
            }
            None => Found::Nothing,
        }
    }

    /// The next value or loss of a link that the source took up to that time, and when it did.
    pub(super) fn event(&mut self, link: u32, until: i64) -> Option<(i64, Entry)> {
        let is_there = |tape: &Self| {
            tape.events
                .get(&link)
                .is_some_and(|queue| !queue.is_empty())
        };
        while !is_there(self) && self.read <= until && self.read_one() {}
        // What came when the run was to stop already is for those who wait to the end only.
        let end = self
            .end
            .filter(|_| !self.over)
            .map_or(i64::MAX, |end| end.t);
        let until = until.min(end);
        let queue = self.events.get_mut(&link)?;
        queue.front().filter(|(taken, _)| *taken <= until)?;
        let event = queue.pop_front()?;
        self.waiting -= 1;
        Some(event)
    }

    /// What answered that question on a link, asked now.
    pub(super) fn done(&mut self, link: u32, now: i64, wanted: (Op, Uuid, &[u8])) -> Found {
        let until = now.saturating_add(AHEAD);
        let mut from = 0;
        loop {
            if let Some(queue) = self.done.get_mut(&link) {
                let new = queue.iter().skip(from);
                if let Some(at) = { new }.position(|entry| answers(entry, wanted))
                    && let Some(entry) = queue.remove(from + at)
                {
                    self.waiting -= 1;
                    let before = queue.iter().take(from + at).find(|entry| is_write(entry));
                    if let Some(before) = before.filter(|_| is_write(&entry)) {
                        self.differences.early(&entry, before);
                    }
                    return Found::Entry(entry);
                }
                from = queue.len();
            }
            if self.read > until || !self.read_one() {
                break;
            }
        }
        let over = self.end.is_some_and(|end| !end.told);
        let events = self.events.get(&link).map_or(0, VecDeque::len);
        let done = self.done.get(&link).map_or(0, VecDeque::len);
        if over && events + done == 0 {
            Found::End
        } else {
            Found::Nothing
        }
    }

    /// Nobody listens to that link any more.
    pub(super) fn close(&mut self, link: u32) {
        let events = self.events.remove(&link).unwrap_or_default();
        let done = self.done.remove(&link).unwrap_or_default();
        self.waiting -= events.len() + done.len();
        for entry in &done {
            self.differences.missing(entry);
        }
        self.closed.insert(link);
    }

    /// The run is asked to stop now.
    pub(super) fn is_over(&mut self) {
        self.over = true;
    }

    /// Where the recording ends, if it does by that time.
    pub(super) fn end_before(&mut self, until: i64) -> Option<i64> {
        self.read_to(until);
        self.end.map(|end| end.t).filter(|end| *end <= until)
    }

    /// Reads on, at most up to what happens a minute after `now`, or next: until when, not after
    /// `until`, everything is known now.
    pub(super) fn known(&mut self, now: i64, until: i64) -> i64 {
        let near = until.min(now.saturating_add(NEAR));
        self.read_to(near);
        if self.end.is_some() {
            return until;
        }
        // What stands behind the last entry may have happened a little before it.
        let before = self.read.saturating_sub(AHEAD);
        before.max(near).min(until)
    }

    fn read_to(&mut self, until: i64) {
        while self.read <= until && self.read_one() {}
    }

    /// Reads one entry; whether there was one.
    fn read_one(&mut self) -> bool {
        if self.overflowed {
            return false;
        }
        let Some(entry) = self.recording.next() else {
            self.end.get_or_insert(End {
                t: self.read.max(self.taken),
                told: false,
            });
            return false;
        };
        self.read = self.read.max(entry.t());
        self.keep(entry);
        if self.waiting > MOST {
            self.overflowed = true;
            self.end = Some(End {
                t: self.read,
                told: true,
            });
        }
        true
    }

    fn keep(&mut self, entry: Entry) {
        if let Entry::Value { link, .. } | Entry::Lost { link, .. } = entry {
            return self.keep_event(link, entry);
        }
        let (queue, link) = match &entry {
            Entry::Seen { scan, .. } => (self.seen.entry(*scan).or_default(), None),
            Entry::Connected { device, .. } | Entry::Unconnected { device, .. } => {
                (self.connects.entry(device.clone()).or_default(), None)
            }
            Entry::Done { link, .. } => (self.done.entry(*link).or_default(), Some(*link)),
            Entry::Stop { t } => {
                // What follows is how the source left its devices.
                let t = self.taken.max(*t);
                self.end.get_or_insert(End { t, told: true });
                return;
            }
            Entry::End { t } => {
                let t = t.saturating_add(GRACE);
                self.end.get_or_insert(End { t, told: true });
                return;
            }
            Entry::Value { .. }
            | Entry::Lost { .. }
            | Entry::Disconnected { .. }
            | Entry::Delivered { .. } => return,
        };
        if link.is_none_or(|link| !self.closed.contains(&link)) {
            queue.push_back(entry);
            self.waiting += 1;
        } else {
            self.differences.missing(&entry);
        }
    }
}

impl Tape {
    /// Events stand in the order in which the source took them, which is not always that in which they
    /// came on several links: the same order makes the same of them.
    fn keep_event(&mut self, link: u32, entry: Entry) {
        if self.closed.contains(&link) {
            return;
        }
        self.taken = entry.t().max(self.taken.saturating_add(1));
        let queue = self.events.entry(link).or_default();
        queue.push_back((self.taken, entry));
        self.waiting += 1;
    }
}

fn answers(entry: &Entry, (wanted, characteristic, value): (Op, Uuid, &[u8])) -> bool {
    let Entry::Done { op, of, hex, .. } = entry else {
        return false;
    };
    *op == wanted && of.0 == characteristic && (!wanted.is_write() || hex.0 == value)
}

/// Takes the first entry, if it is not later than that.
fn front_up_to(queue: &mut VecDeque<Entry>, until: i64) -> Option<Entry> {
    queue.front().filter(|entry| entry.t() <= until)?;
    queue.pop_front()
}
